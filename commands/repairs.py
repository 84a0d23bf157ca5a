"""`bizportal retry`, `reset`: set going again what stands still. Each is recorded in the application's history.

"fixed" is said only once the run has passed the step that it stood at; until then it is being checked.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from commands.asking import CannotDo, add_data
from commands.operations import parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from temporalio.client import Client

    from control.repair import Repairs
    from records.database import Database

SAYS = {
    "fixed": "แก้แล้ว / fixed: it has passed the step",
    "checking": "กำลังตรวจ / checking: asked for, not yet seen to pass; see bizportal stuck",
    "failed-again": "ยังผิดพลาด / failed again; see bizportal stuck",
    "nothing-to-retry": "ไม่มีขั้นตอนใดให้ลองใหม่ / nothing of it waits for a next try",
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    retry = commands.add_parser("retry", help="try now what waits for its next try; exit 0 every one fixed, 1 not")
    which = retry.add_mutually_exclusive_group(required=True)
    which.add_argument("number", nargs="?", metavar="NUMBER")
    which.add_argument("--cause", metavar="ID", help="every application of a cause that `stuck` names")
    retry.add_argument("--dry-run", action="store_true", help="only count and list them")
    retry.add_argument("--at-most", type=int, default=10, metavar="N", help="at a time (default: 10)")
    _common(retry)
    retry.set_defaults(command=_retry)
    reset = commands.add_parser("reset", help="set a run back to a point; exit 0 it went on, 1 not")
    reset.add_argument("number", metavar="NUMBER")
    reset.add_argument("--to", required=True, metavar="EVENT", help="a completed task's event, or last-good")
    reset.add_argument("--dry-run", action="store_true", help="only say what it would mean")
    _common(reset)
    reset.set_defaults(command=_reset)


def _common(word: argparse.ArgumentParser) -> None:
    word.add_argument("--reason", default="", help="why; kept in the application's history")
    word.add_argument("--by", default=f"operator:{getpass.getuser()}", metavar="WHO", help="who (default: your login)")
    word.add_argument("--wait", type=float, default=30, metavar="SECONDS", help="how long to watch (default: 30)")
    add_data(word)


def _retry(options: argparse.Namespace) -> int:
    _need_reason(options)
    results = asyncio.run(_retried(options))
    for state, n in sorted(Counter(results).items()):
        print(f"{n:6}  {SAYS[state]}")
    return 0 if set(results) <= {"fixed"} else 1


def _need_reason(options: argparse.Namespace) -> None:
    if not options.dry_run and not options.reason:
        raise CannotDo("say why with --reason; it stays in the application's history")


async def _retried(options: argparse.Namespace) -> list[str]:
    """Retry one application, or a list frozen now; answers what became of each."""
    from control.repair import Repairs

    async with parts(options.data) as (database, client):
        numbers = [options.number] if options.number else await _frozen(database, client, options.cause)
        print(f"{len(numbers)} applications / คำขอ {len(numbers)} รายการ: {' '.join(numbers)}")
        if options.dry_run:
            return []
        repairs = Repairs(database, client, timedelta(seconds=options.wait))
        return await _each(repairs, numbers, options)


async def _frozen(database: Database, client: Client, cause: str) -> Sequence[str]:
    """The applications of a cause, as they are now."""
    from control import causes, waits

    found = await waits.look(database, client, timedelta(0))
    named = {one.id: one.numbers for one in causes.group(found.cases)}
    if cause not in named:
        raise CannotDo(f"nothing stands still for the cause {cause} now; bizportal stuck lists them")
    return named[cause]


async def _each(repairs: Repairs, numbers: Sequence[str], options: argparse.Namespace) -> list[str]:
    """A few at a time, each with its own result."""
    from control.repair import Why
    from licences.errors import NotAllowed

    room, why = asyncio.Semaphore(max(1, options.at_most)), Why(options.by, options.reason)

    async def one(number: str) -> str:
        async with room:
            try:
                state = (await repairs.retry(number, why)).value
            except NotAllowed as no:
                raise CannotDo(str(no)) from no
        print(f"{number}  {state}", flush=True)
        return state

    return list(await asyncio.gather(*(one(number) for number in numbers)))


def _reset(options: argparse.Namespace) -> int:
    _need_reason(options)
    state = asyncio.run(_set_back(options))
    print(SAYS[state] if state else "")
    return 0 if state in ("fixed", "") else 1


async def _set_back(options: argparse.Namespace) -> str:
    from temporalio.service import RPCError, RPCStatusCode

    from control.repair import NoSuchPoint, Repairs, Why

    async with parts(options.data) as (database, client):
        repairs = Repairs(database, client, timedelta(seconds=options.wait))
        try:
            point = await repairs.point(options.number, options.to)
        except NoSuchPoint as wrong:
            raise CannotDo(f"{options.number} can go back to {wrong}") from wrong
        except RPCError as wrong:
            if wrong.status is not RPCStatusCode.NOT_FOUND:
                raise
            raise CannotDo(f"the engine has no run of {options.number}") from wrong
        print(
            f"{options.number}: back to event {point.event}; steps that run again: {', '.join(point.again) or 'none'};"
        )
        print(f"  {point.kept} messages said after it are kept. No number, bill, seal or notice is made a second time.")
        if options.dry_run:
            return ""
        return (await repairs.reset(options.number, point, Why(options.by, options.reason))).value
