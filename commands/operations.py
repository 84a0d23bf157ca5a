"""`bizportal stuck`: what stands still and why; and the way to a running system that all operators' commands take.

Nothing personal is printed: numbers, causes, moments.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from commands.asking import CannotDo, add_data, records_of, running

if TYPE_CHECKING:
    from temporalio.client import Client

    from control.causes import Cause
    from records.database import Database

SHOWN = 3
"""How many numbers of a cause a line shows; --json has them all."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    stuck = commands.add_parser("stuck", help="what stands still, and why; exit 0 nothing, 1 something")
    stuck.add_argument("--json", action="store_true")
    stuck.add_argument("--after", type=float, default=60, metavar="SECONDS", help="how long is still (default: 60)")
    add_data(stuck)
    stuck.set_defaults(command=_stuck)


@asynccontextmanager
async def parts(data: str) -> AsyncIterator[tuple[Database, Client]]:
    """The records and the engine of a system. Raises CannotDo when one of them does not answer."""
    from temporalio.service import RPCError, RPCStatusCode

    from control.keys import case_keys
    from workflows.messages import connect

    settings = running(data)
    async with records_of(data) as database:
        try:
            cases = case_keys(database, settings.codec_key)
            client = await connect(settings.temporal_address, settings.temporal_namespace, settings.codec_key, cases)
            yield database, client
        except RPCError as wrong:
            if wrong.status is RPCStatusCode.NOT_FOUND:
                raise CannotDo(f"the engine has nothing of that name ({wrong}): bizportal stuck") from wrong
            raise CannotDo(f"the engine at {settings.temporal_address} does not answer: {wrong}") from wrong
        except RuntimeError as wrong:
            raise CannotDo(f"the engine at {settings.temporal_address} does not answer: {wrong}") from wrong


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
