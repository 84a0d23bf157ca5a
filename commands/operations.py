"""`bizportal stuck`, `replay`: what stands still and why, and whether today's code walks as it did.

Nothing personal is printed: numbers, causes, moments.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from commands.asking import CannotDo, add_data, settings_of

if TYPE_CHECKING:
    from temporalio.client import Client

    from control.causes import Cause
    from control.replay import Replayed, Replays
    from records.database import Database

BAR = 30
"""How wide the bar is that shows how far a long command is."""
SHOWN = 3
"""How many numbers of a cause a line shows; --json has them all."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    stuck = commands.add_parser("stuck", help="what stands still, and why; exit 0 nothing, 1 something")
    stuck.add_argument("--json", action="store_true")
    stuck.add_argument("--after", type=float, default=60, metavar="SECONDS", help="how long is still (default: 60)")
    add_data(stuck)
    stuck.set_defaults(command=_stuck)
    replay = commands.add_parser("replay", help="recorded runs against today's code; exit 0 the same way, 1 not")
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("number", nargs="?", metavar="NUMBER")
    which.add_argument("--open", action="store_true", help="every open run (what `make gate` does)")
    add_data(replay)
    replay.set_defaults(command=_replay)


@asynccontextmanager
async def parts(data: str) -> AsyncIterator[tuple[Database, Client]]:
    """The records and the engine of a system. Raises CannotDo when one of them does not answer."""
    from sqlalchemy.exc import InterfaceError, OperationalError
    from temporalio.service import RPCError

    from control.keys import case_keys
    from records.database import Database
    from workflows.messages import connect

    settings = settings_of(data)
    database = Database(settings.database_url)
    try:
        cases = case_keys(database, settings.codec_key)
        client = await connect(settings.temporal_address, settings.temporal_namespace, settings.codec_key, cases)
        yield database, client
    except (RPCError, RuntimeError) as wrong:
        raise CannotDo(f"the engine at {settings.temporal_address} does not answer: {wrong}") from wrong
    except (InterfaceError, OperationalError, OSError) as wrong:
        raise CannotDo(f"the database does not answer ({type(wrong).__name__})") from wrong
    finally:
        await database.close()


def _stuck(options: argparse.Namespace) -> int:
    causes, more = asyncio.run(_causes(options))
    now = datetime.now(UTC)
    if options.json:
        print(json.dumps([_as_json(cause, now) for cause in causes], ensure_ascii=False, indent=1))
    else:
        print("\n".join(_lines(causes, now)) or "ไม่มีสิ่งใดติดค้าง / nothing is stuck")
    if more:
        print("(more runs than were asked: mend these first, then ask again)")
    return 1 if causes else 0


async def _causes(options: argparse.Namespace) -> tuple[tuple[Cause, ...], bool]:
    from control import causes, waits

    async with parts(options.data) as (database, client):
        found = await waits.look(database, client, timedelta(seconds=options.after))
    return causes.group(found.cases), found.more


def _lines(causes: tuple[Cause, ...], now: datetime) -> list[str]:
    from control.causes import sentence

    lines = []
    for cause in causes:
        said = sentence(cause, now)
        rest = len(cause.numbers) - SHOWN
        numbers = " ".join(cause.numbers[:SHOWN]) + (f" +{rest}" if rest > 0 else "")
        lines += [f"{cause.id}  {cause.kind:<8} {said.en}", f"{'':18} {said.th}"]
        lines += [f"{'':18} {numbers}"] if numbers else []
    return lines


def _as_json(cause: Cause, now: datetime) -> dict[str, Any]:
    from control.causes import sentence

    moments = {
        name: at.isoformat() if at else None for name, at in (("since", cause.since), ("next_try", cause.next_try))
    }
    return asdict(cause) | moments | {"says": asdict(sentence(cause, now)), "count": len(cause.numbers)}


def _replay(options: argparse.Namespace) -> int:
    wrong = asyncio.run(_replayed(options))
    return 1 if wrong else 0


async def _replayed(options: argparse.Namespace) -> int:
    """Replay, and say what differs; answers how many do."""
    import logging

    from control.replay import Replays
    from worker import WORKFLOWS

    logging.disable(logging.WARNING)  # the engine's core repeats in the log what is said here in words
    async with parts(options.data) as (_, client):
        replays = Replays(client, WORKFLOWS)
        if options.open:
            return await _replay_open(replays)
        replayed = await _one(replays, options.number)
    print(f"{replayed.number}  {replayed.sentence.en}\n{'':{len(replayed.number)}}  {replayed.sentence.th}")
    return 1 if replayed.error else 0


async def _one(replays: Replays, number: str) -> Replayed:
    from temporalio.service import RPCError, RPCStatusCode

    try:
        return await replays.one(number)
    except RPCError as wrong:
        if wrong.status is not RPCStatusCode.NOT_FOUND:
            raise
        raise CannotDo(f"the engine has no run of {number}; bizportal stuck says whether it was lost") from wrong


async def _replay_open(replays: Replays) -> int:
    """Every open run, with a bar that shows how far it is."""
    done, wrong, every = 0, 0, await replays.how_many()
    async for replayed in replays.open():
        done += 1
        if replayed.error:
            wrong += 1
            print(f"\r{replayed.number}  {replayed.sentence.en}{'':{BAR}}", flush=True)
        _show_bar(done, max(every, done))
    print(f"\n{done} open runs replayed, {wrong} would not go on / ตรวจ {done} งาน ไปต่อไม่ได้ {wrong} งาน")
    return wrong


def _show_bar(done: int, every: int) -> None:
    full = BAR * done // every
    print(f"\r[{'#' * full}{'.' * (BAR - full)}] {done}/{every}", end="", file=sys.stderr, flush=True)
