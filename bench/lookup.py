"""A look-up by number through HTTP: our door, beside a bare FastAPI route that asks the same question.

Both are served by uvicorn, one process each, on the same database; they are asked in turn. What is compared is requests
per second of the serving process's CPU: a door that is busy all the time answers exactly so many.

`python -m uvicorn bench.lookup:bare --factory` serves the bare route; the database's address in BENCH_DATABASE.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import aiohttp
from fastapi import FastAPI

from bench.measuring import Figure, free_port, median, tree_cpu_ms, until_it_answers
from licences import register as book
from local import ROOT, System
from records import register
from records.database import Database
from records.register import NewEntry
from settings import Role

BAR = 0.7
KNOWN = 50
TICK_MS = 10.0
"""CPU time is counted in ticks: less than one cannot be told from none."""
MORE = 4
"""As many times more are asked here than in the database alone: a round is to last a hundred ticks and more."""
ROUNDS = 5
AT_ONCE = 8
ON, AT = date(2026, 11, 20), datetime(2026, 11, 20, 3, tzinfo=UTC)


def bare() -> FastAPI:
    """The floor: FastAPI, the same two statements, and their rows as JSON."""
    database = Database(os.environ["BENCH_DATABASE"])

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await database.close()

    app = FastAPI(lifespan=lifespan)

    @app.get("/health/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @app.get("/api/v1/register/{number}")
    async def show(number: str) -> dict[str, Any]:
        async with database.reading() as session:
            found = await register.find(session, number)
        assert found is not None
        return {"holding": _row(found.holding), "entries": [_row(one) for one in found.entries]}

    return app


def _row(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def numbers() -> list[str]:
    """The licences that are asked for."""
    return [book.number("FDA", 2569, 5_000_000 + n) for n in range(KNOWN)]


async def fill(database: Database, facts: dict[str, Any]) -> None:
    """Enter the licences that are asked for, among those that are there."""
    for n, number in enumerate(numbers()):
        entry = NewEntry(
            licence_number=number, kind="grant", application=f"bench-{n}", licence=facts["licence"],
            agency=facts["agency"], facts=facts | {"licence_number": number}, holder_kind="juristic",
            holder_key=f"{n:013d}", valid_from=ON, document_sha256=f"{n:064x}", document=f"bench-{n}:licence",
        )  # fmt: skip
        async with database.transaction() as session:
            await register.append_once(session, entry, AT)


async def figures(system: System, url: str, times: int) -> list[Figure]:
    """Ask both, on the database at that address."""
    ours = await asyncio.to_thread(_served, system, url, "api.app:create_app")
    theirs = await asyncio.to_thread(_served, system, url, "bench.lookup:bare")
    try:
        spent: tuple[list[float], list[float]] = ([], [])
        for turn in range(ROUNDS + 1):
            for (process, address), costs in zip((ours, theirs), spent, strict=True):
                cost = await _asked(process.pid, address, times * MORE)
                if turn:
                    costs.append(cost)
    finally:
        for process, _ in (ours, theirs):
            process.terminate()
            process.wait()
    door, floor = 1000 / median(spent[0]), 1000 / median(spent[1])
    return [
        Figure("register: look-ups through HTTP a second", door, "/s"),
        Figure("register: the same question in a bare FastAPI route", floor, "/s"),
        Figure("register: look-up through HTTP, share of the bare route", door / floor, "×", BAR, at_least=True),
    ]


def _served(system: System, url: str, app: str) -> tuple["subprocess.Popen[bytes]", str]:
    port = free_port()
    env = {**os.environ, **system.env_for(Role.WEB), "BIZ_DATABASE_URL": url, "BENCH_DATABASE": url}
    command = [sys.executable, "-m", "uvicorn", app, "--factory", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([*command, "--no-access-log", "--log-level", "warning"], cwd=ROOT, env=env)
    until_it_answers(process, f"http://127.0.0.1:{port}/health/live")
    return process, f"http://127.0.0.1:{port}/api/v1/register"


async def _asked(pid: int, address: str, times: int) -> float:
    """CPU milliseconds of the serving process for one look-up, several asked at once."""
    every, wanted = numbers(), iter(range(times))
    async with aiohttp.ClientSession() as session:

        async def ask() -> None:
            for n in wanted:
                async with session.get(f"{address}/{every[n % KNOWN]}") as answer:
                    answer.raise_for_status()
                    await answer.read()

        before = tree_cpu_ms(pid)
        await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
        return max(tree_cpu_ms(pid) - before, TICK_MS) / times
