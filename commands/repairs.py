"""`bizportal retry`, `reset`, `suspend`, `resume`, `hand`, `correct`, `move`, `end`: set going again what stands still.

Each asks for a repair on a frozen, counted list; `agree`, `stop` and `repairs` speak of one that was asked for. "fixed"
is said only once the run has passed the step that it stood at; until then it is being checked.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from commands.asking import CannotDo, add_by, add_data
from commands.operations import parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from temporalio.client import Client

    from records.database import Database
    from records.tables import RepairItem, RepairOrder

SAYS = {
    "waiting": "ยังไม่ถึงลำดับ / waiting for its turn",
    "working": "กำลังทำ / being worked on",
    "fixed": "แก้แล้ว / fixed: it has passed the step",
    "checking": "กำลังตรวจ / checking: asked for, not yet seen to pass; see bizportal stuck",
    "failed-again": "ยังผิดพลาด / failed again; see bizportal stuck",
    "nothing-to-retry": "ไม่มีขั้นตอนใดให้ลองใหม่ / nothing of it waits for a next try",
    "refused": "กฎไม่อนุญาต / refused by the rules",
    "stopped": "หยุดไว้ก่อน / left alone: it was stopped",
}
OF_CASES = ("retry", "reset")
"""What may be done with a case after the grant, too."""
HELP = {
    "retry": "try now what fails, go back where our own code had failed; exit 0 every one fixed, 1 not",
    "reset": "set a run back to a point; exit 0 it went on, 1 not",
    "suspend": "take no further step until `resume`",
    "resume": "let go on what was suspended",
    "hand": "let an officer look: instead of the silent company register, or at the task on the desk",
    "correct": "put one answer right (two operators)",
    "move": "go on under today's version of the rules (two operators)",
    "end": "end it and owe back what is to be given back (two operators)",
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    words = {name: commands.add_parser(name, help=says) for name, says in HELP.items()}
    for name, word in words.items():
        _which(word, many=name not in ("reset", "correct", "move"))
        word.set_defaults(command=_repair, act=name)
    words["reset"].add_argument("--to", required=True, metavar="EVENT", help="a completed task's event, or last-good")
    words["hand"].add_argument("--officer", default="", metavar="ID", help="who (default: the agency's inbox)")
    words["correct"].add_argument("--field", required=True, metavar="NAME", help="which question of its form")
    words["correct"].add_argument("--value", required=True, metavar="JSON", help="the answer, as JSON or plain words")
    _add_others(commands)


def _which(word: argparse.ArgumentParser, *, many: bool) -> None:
    if many:
        which = word.add_mutually_exclusive_group(required=True)
        which.add_argument("number", nargs="?", metavar="NUMBER")
        which.add_argument("--cause", metavar="ID", help="every application of a cause that `stuck` names")
    else:
        word.add_argument("number", metavar="NUMBER")
        word.set_defaults(cause=None)
    word.add_argument("--dry-run", action="store_true", help="only count, list and say what it would mean")
    word.add_argument("--at-most", type=int, default=10, metavar="N", help="at a time (default: 10)")
    word.add_argument("--reason", default="", help="why; kept in the application's history")
    _common(word)


def _common(word: argparse.ArgumentParser) -> None:
    add_by(word)
    word.add_argument("--wait", type=float, default=30, metavar="SECONDS", help="how long to watch each (default: 30)")
    add_data(word)


def _add_others(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    agree = commands.add_parser("agree", help="agree, as another operator, to a repair that was asked for, and do it")
    stop = commands.add_parser("stop", help="stop a repair: what nobody has begun is left alone")
    for word, does in ((agree, _agree), (stop, _stop)):
        word.add_argument("repair", metavar="REPAIR")
        _common(word)
        word.set_defaults(command=does)
    listed = commands.add_parser("repairs", help="the latest repairs, or one with the result of every item")
    listed.add_argument("repair", nargs="?", metavar="REPAIR")
    listed.add_argument("--state", default="", metavar="STATE", help="only its items in this state (failed-again, …)")
    add_data(listed)
    listed.set_defaults(command=_list)


# Asking for one


def _repair(options: argparse.Namespace) -> int:
    if not options.dry_run and not options.reason:
        raise CannotDo("say why with --reason; it stays in the application's history")
    return asyncio.run(_asked(options))


async def _asked(options: argparse.Namespace) -> int:
    from control import bulk
    from control.repair import Act, Why
    from records import repairs

    act = Act(options.act)
    async with parts(options.data) as (database, client):
        await _check(database, act.value, options.number)
        numbers = [options.number] if options.number else await _frozen(database, client, options.cause)
        print(f"{len(numbers)} applications / คำขอ {len(numbers)} รายการ: {' '.join(numbers)}", flush=True)
        for line in await _meaning(database, client, act.value, numbers, options):
            print(f"  {line}")
        if options.dry_run:
            return 0
        said = await _said(database, act.value, numbers[0], options)
        wanted = bulk.wanted(act, numbers, Why(options.by, options.reason), **said)
        async with database.transaction() as session:
            order = await repairs.ask(session, _at_most(wanted, options), datetime.now(UTC))
        return await _worked(database, client, order, options)


async def _check(database: Database, act: str, number: str | None) -> None:
    """Raises CannotDo for what there is not, and for what cannot be done with a case after the grant."""
    from control.timeline import kept_of
    from licences.errors import NotAllowed
    from licences.register import is_case

    if not number:
        return
    try:
        await kept_of(database, number)
    except NotAllowed as no:
        raise CannotDo(str(no)) from no
    if is_case(number) and act not in OF_CASES:
        raise CannotDo(f"{number} is a case after the grant: {' and '.join(OF_CASES)} are for it, {act} is not")


def _at_most(wanted: Any, options: argparse.Namespace) -> Any:
    from dataclasses import replace

    return replace(wanted, at_most=max(1, options.at_most), cause=options.cause or "")


async def _frozen(database: Database, client: Client, cause: str) -> Sequence[str]:
    from control import bulk

    try:
        return await bulk.numbers_of(database, client, cause)
    except bulk.NothingStands as nothing:
        raise CannotDo(f"nothing stands still for the cause {cause} now; bizportal stuck lists them") from nothing


async def _meaning(
    database: Database, client: Client, act: str, numbers: Sequence[str], options: argparse.Namespace
) -> Sequence[str]:
    """What it would mean, said before it is done."""
    from control import ending, points
    from licences.errors import NotAllowed

    try:
        if act == "reset":
            point = await points.find(client, options.number, options.to)
            return [f"{one.en} / {one.th}" for one in point.sentences()]
        if act == "end":
            said = [ending.says(await ending.owed(database, number)) for number in numbers]
            return [f"{number}: {one.en} / {one.th}" for number, one in zip(numbers, said, strict=True)]
    except NotAllowed as no:
        raise CannotDo(str(no)) from no
    return []


async def _said(database: Database, act: str, number: str, options: argparse.Namespace) -> Mapping[str, str]:
    """What the act needs beside a number; personal data goes into a draft, and only its id travels."""
    from api import correcting
    from licences import catalogue
    from licences.errors import NotAllowed

    try:
        if act == "correct":
            return {"draft": await correcting.draft(database, number, options.field, options.value)}
        if act == "move":
            return {"version": await correcting.newer_rules(database, catalogue.load(), number)}
    except NotAllowed as no:
        raise CannotDo(str(no)) from no
    return {"to": options.to} if act == "reset" else {"officer": options.officer} if act == "hand" else {}


# Working on one


async def _worked(database: Database, client: Client, order: RepairOrder, options: argparse.Namespace) -> int:
    """Do it and watch, where one word is enough; else say who has to agree."""
    if order.approved_at is None:
        print(f"{order.id}: another operator must agree / ต้องให้ผู้ดูแลระบบอีกคนอนุมัติ: bizportal agree {order.id}")
        return 0
    states = await _watched(database, client, order, options.wait)
    for state, n in sorted(states.items()):
        print(f"{n:6}  {SAYS[state]}")
    return 0 if set(states) <= {"fixed"} else 1


async def _watched(database: Database, client: Client, order: RepairOrder, wait: float) -> Counter[str]:
    """Work on it, and print each item as it comes; the states of all at the end."""
    from control.bulk import Bulk
    from records import repairs

    async for item in Bulk(database, client, timedelta(seconds=wait)).work(order.id):
        print(_line(item), flush=True)
    async with database.reading() as session:
        return await repairs.counts(session, order.id)


def _line(item: RepairItem) -> str:
    return f"{item.number}  {item.state}" + (f"  {item.said}" if item.said else "")


def _agree(options: argparse.Namespace) -> int:
    return asyncio.run(_agreed(options))


async def _agreed(options: argparse.Namespace) -> int:
    from licences.errors import NotAllowed
    from records import repairs

    async with parts(options.data) as (database, client):
        try:
            async with database.transaction() as session:
                order = await repairs.agree(session, options.repair, options.by, datetime.now(UTC))
        except NotAllowed as no:
            raise CannotDo(str(no)) from no
        return await _worked(database, client, order, options)


def _stop(options: argparse.Namespace) -> int:
    return asyncio.run(_stopped(options))


async def _stopped(options: argparse.Namespace) -> int:
    from licences.errors import NotAllowed
    from records import repairs

    async with parts(options.data) as (database, _):
        try:
            async with database.transaction() as session:
                await repairs.stop(session, options.repair, options.by, datetime.now(UTC))
        except NotAllowed as no:
            raise CannotDo(str(no)) from no
        await _show(database, options.repair, "")
    return 0


# Looking


def _list(options: argparse.Namespace) -> int:
    asyncio.run(_listed(options))
    return 0


async def _listed(options: argparse.Namespace) -> None:
    from licences.errors import NotAllowed
    from records import repairs

    async with parts(options.data) as (database, _):
        if options.repair:
            try:
                return await _show(database, options.repair, options.state)
            except NotAllowed as no:
                raise CannotDo(str(no)) from no
        async with database.reading() as session:
            for order in await repairs.latest(session):
                print(await _summary(database, order))


async def _show(database: Database, repair: str, state: str) -> None:
    from records import repairs

    async with database.reading() as session:
        order = await repairs.get(session, repair)
        items = await repairs.items(session, repair, (state,) if state else ())
    print(await _summary(database, order))
    for item in items:
        print(f"  {_line(item)}")


async def _summary(database: Database, order: RepairOrder) -> str:
    from records import repairs

    async with database.reading() as session:
        states = await repairs.counts(session, order.id)
    how = (
        "stopped" if order.stopped_at else "done" if order.finished_at else "open" if order.approved_at else "to agree"
    )
    told = ", ".join(f"{n} {state}" for state, n in sorted(states.items()))
    return f"{order.id}  {order.act:<8} {how:<8} {order.total}: {told}  [{order.asked_by}] {order.reason}"
