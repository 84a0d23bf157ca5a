"""The engine's worker with traps in its tools: the process is SIGKILLed just before or just after one call of a tool.

`python killing_worker.py ROLE FOLDER`. A trap is a file in FOLDER with the application's number as its name, and in it
which effect, which tool, which call of it within one attempt, and when: `draw_up commit 2 before`. It springs once: the
file is renamed first. Tools: commit, draw, put, state, seal, inquire, look. Ends when its standard input does.
"""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from temporalio import activity

import worker
from activities import stating
from settings import Role, Settings
from worker import Tools

When = Literal["before", "after"]


class Traps:
    """What lies in the folder, and how often each tool was called in each attempt of an effect."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._calls: Counter[tuple[bytes, str]] = Counter()

    def step_on(self, tool: str, when: When) -> None:
        """Die here, if the trap of this application says so."""
        effect, number, attempt = _at_work()
        if not number:
            return  # the postman's and the sweeps' own
        call = (attempt, tool)
        self._calls[call] += when == "before"
        trap = self._folder / number
        if trap.exists() and trap.read_text() == f"{effect} {tool} {self._calls[call]} {when}":
            trap.rename(trap.with_suffix(".sprung"))
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, tool: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The same call with a trap before and a trap after it."""

        async def trapped(*said: Any, **named: Any) -> Any:
            self.step_on(tool, "before")
            answer = await call(*said, **named)
            self.step_on(tool, "after")
            return answer

        return trapped


def _at_work() -> tuple[str, str, bytes]:
    """Which effect is at work, for which application, in which attempt of it; a statement is tried once a life."""
    if not activity.in_activity():
        return "sign_statement", stating.FOR.get(), stating.FOR.get().encode()
    info = activity.info()
    number = str(info.workflow_id).rpartition(":")[2]  # an errand's id ends with the application's
    return info.activity_type, number, info.task_token


class Around:
    """A tool with traps around some of its methods; everything else is the tool's own."""

    def __init__(self, tool: Any, traps: Traps, **methods: str) -> None:
        self._tool = tool
        for method, name in methods.items():
            setattr(self, method, traps.around(name, getattr(tool, method)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tool, name)


class AroundCommits(Around):
    """The database with traps around each commit."""

    def __init__(self, database: Any, traps: Traps) -> None:
        super().__init__(database, traps)
        self._traps = traps

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """All of it or none, and perhaps death."""
        async with self._tool.transaction() as session:
            yield session
            self._traps.step_on("commit", "before")
        self._traps.step_on("commit", "after")


def with_traps(folder: Path) -> Callable[[Tools], Tools]:
    """What stands between the worker and its tools."""
    traps = Traps(folder)

    def wrap(tools: Tools) -> Tools:
        changed: dict[str, Any] = {
            "database": AroundCommits(tools.database, traps),
            "files": Around(tools.files, traps, put_once="put"),
        }
        if tools.draw:
            changed["draw"] = traps.around("draw", tools.draw)
        if tools.desk:
            changed["desk"] = Around(tools.desk, traps, seal="seal", seal_briefly="seal", statement="state")
        if tools.bank and tools.gdx:
            changed |= {"bank": Around(tools.bank, traps, inquire="inquire")}
            changed |= {"gdx": Around(tools.gdx, traps, fetch="look")}
        return replace(tools, **changed)

    return wrap


def die_with_parent() -> None:
    """Whoever started us holds the other end of our standard input."""
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Serve one role."""
    role, folder = Role(sys.argv[1]), Path(sys.argv[2])
    threading.Thread(target=die_with_parent, daemon=True).start()
    settings = Settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(worker.serve(role, settings, wrap=with_traps(folder)))


if __name__ == "__main__":
    main()
