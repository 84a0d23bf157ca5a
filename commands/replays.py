"""`bizportal replay`, `gate`: would what is under way go on as it began, under today's code and today's rules?

Nothing personal is printed: numbers, steps, causes, moments.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from commands.asking import BAR, CannotDo, add_data, show_bar
from commands.operations import parts

if TYPE_CHECKING:
    from temporalio.client import Client

    from control.gate import Objection
    from control.replay import Replayed, Replays
    from records.database import Database

DECLARED = Path("licences/declared-changes.toml")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    replay = commands.add_parser("replay", help="recorded runs against today's code; exit 0 the same way, 1 not")
    replay.add_argument("numbers", nargs="*", metavar="NUMBER", help="an application's, or a range FIRST..LAST")
    replay.add_argument("--open", action="store_true", help="every open run")
    replay.add_argument("--cause", metavar="ID", help="every application of a cause that `stuck` names")
    add_data(replay)
    replay.set_defaults(command=_replay)
    gate = commands.add_parser("gate", help="before a deploy: open runs on this code, rules in use; exit 0 go, 1 not")
    gate.add_argument("--declared", type=Path, default=DECLARED, metavar="FILE", help=f"default: {DECLARED}")
    add_data(gate)
    gate.set_defaults(command=_gate)


def _replay(options: argparse.Namespace) -> int:
    if bool(options.numbers) + options.open + bool(options.cause) != 1:
        raise CannotDo("say which: NUMBER …, FIRST..LAST, --open, or --cause ID")
    _quiet()
    return 1 if asyncio.run(_replayed(options)) else 0


def _quiet() -> None:
    import logging

    logging.disable(logging.WARNING)  # the engine's core repeats in the log what is said here in words


async def _replayed(options: argparse.Namespace) -> int:
    """Replay, and say what differs; answers how many do."""
    async with parts(options.data) as (database, client):
        replays = _replays(client)
        if options.open:
            return await _watch(replays.open(), await replays.how_many(), "open runs")
        numbers = await _chosen(database, client, options)
        if len(numbers) > 1:
            return await _watch(_each(replays, numbers), len(numbers), "runs")
        replayed = await _one(replays, numbers[0])
    print(f"{replayed.number}  {replayed.sentence.en}\n{'':{len(replayed.number)}}  {replayed.sentence.th}")
    return 1 if replayed.error else 0


def _replays(client: Client) -> Replays:
    from control.replay import Replays
    from worker import WORKFLOWS

    return Replays(client, WORKFLOWS)


async def _chosen(database: Database, client: Client, options: argparse.Namespace) -> list[str]:
    """The numbers that were named: one by one, by range, or by their cause."""
    from control import bulk
    from records import applications

    if options.cause:
        try:
            return list(await bulk.numbers_of(database, client, options.cause))
        except bulk.NothingStands as nothing:
            raise CannotDo(f"nothing stands still for the cause {options.cause} now") from nothing
    found: list[str] = []
    for named in options.numbers:
        first, between, last = named.partition("..")
        async with database.reading() as session:
            found += await applications.numbers_between(session, first, last) if between else [named]
    if not found:
        raise CannotDo("no application between these numbers was begun")
    return found


async def _each(replays: Replays, numbers: Iterable[str]) -> AsyncIterator[Replayed]:
    for number in numbers:
        yield await _one(replays, number)


async def _one(replays: Replays, number: str) -> Replayed:
    from temporalio.service import RPCError, RPCStatusCode

    try:
        return await replays.one(number)
    except RPCError as wrong:
        if wrong.status is not RPCStatusCode.NOT_FOUND:
            raise
        raise CannotDo(f"the engine has no run of {number}; bizportal stuck says whether it was lost") from wrong


async def _watch(runs: AsyncIterator[Replayed], every: int, what: str) -> int:
    """Each as it comes, with a bar that shows how far it is; answers how many would not go on."""
    done, wrong = 0, 0
    async for replayed in runs:
        done += 1
        if replayed.error:
            wrong += 1
            print(f"\r{replayed.number}  {replayed.sentence.en}{'':{BAR}}", flush=True)
        show_bar(done, max(every, done))
    print(f"\n{done} {what} replayed, {wrong} would not go on / ตรวจ {done} งาน ไปต่อไม่ได้ {wrong} งาน")
    return wrong


# The gate


def _gate(options: argparse.Namespace) -> int:
    _quiet()
    return 1 if asyncio.run(_wrong_at_the_gate(options)) else 0


async def _wrong_at_the_gate(options: argparse.Namespace) -> int:
    """How many differences nobody has declared."""
    from control import gate
    from licences import catalogue

    try:
        declared = gate.declared_in(options.declared)
        law = catalogue.load()
    except (ValueError, catalogue.DataFault) as wrong:
        raise CannotDo(str(wrong)) from wrong
    async with parts(options.data) as (database, client):
        replays = _replays(client)
        wrong_runs = await _watch(replays.open(), await replays.how_many(), "open runs")
        used, edited = await gate.definitions_in_use(database, law, declared)
        bills, amounts = await gate.amounts(database)
    print(f"{len(law.licences)} licences load; {used} versions in use, {len(edited)} of them edited in place")
    print(f"{bills} bills of open applications reckoned again, {len(amounts)} would be another amount")
    for one in (*edited, *amounts):
        print(_line(one))
    undeclared = wrong_runs + sum(not one.declared for one in (*edited, *amounts))
    print(f"gate: {'closed' if undeclared else 'open'}: {undeclared} differences that nobody declared")
    return undeclared


def _line(one: Objection) -> str:
    mark = "declared" if one.declared else "NOT declared"
    return f"  {one.about} [{mark}]\n    {one.says.en}\n    {one.says.th}"
