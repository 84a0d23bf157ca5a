"""The pen: draws papers in a process apart (`signing.room`), one after the other, renewed now and then."""

import asyncio
import json
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from signing.fitting import UnfitText
from signing.room import DRAWN, LENGTH, UNFIT

HOME = Path(__file__).parent.parent
WALL_S = 60.0
"""For one paper, the start of a process counted in: a machine may be busy."""
PAPERS_A_PROCESS = 500
GIVEN = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
"""All of our environment that the process is given."""


class CannotDraw(Exception):
    """The drawing room said what is missing or broke; or it took too much time or memory, and was ended."""


class Pen:
    """Draws papers; close it at the end. Whoever cancels a paper that is being drawn ends its process with it."""

    def __init__(self, wall_s: float = WALL_S, papers: int = PAPERS_A_PROCESS) -> None:
        self._wall_s, self._papers = wall_s, papers
        self._one_at_a_time = asyncio.Lock()
        self._room: Process | None = None
        self._drawn = 0

    async def __call__(self, fields: Mapping[str, Any]) -> bytes:
        """The PDF of a sheet's fields. Raises UnfitText, CannotDraw."""
        async with self._one_at_a_time:
            answer = await self._answer(pickle.dumps(fields))
        if answer.startswith(DRAWN):
            return answer[len(DRAWN) :]
        said = json.loads(answer[1:])
        if answer.startswith(UNFIT):
            raise UnfitText(said[0], said[1], field=said[2])
        raise CannotDraw(": ".join(said))

    async def _answer(self, asked: bytes) -> bytes:
        answer = b""
        try:
            async with asyncio.timeout(self._wall_s):
                answer = await self._spoken(await self._open(), asked)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as ended:
            raise CannotDraw(f"the paper took too much time or memory ({type(ended).__name__})") from ended
        finally:
            if not answer or self._drawn >= self._papers:
                await self.close()
        return answer

    async def _spoken(self, room: Process, asked: bytes) -> bytes:
        assert room.stdin and room.stdout
        room.stdin.write(LENGTH.pack(len(asked)) + asked)
        await room.stdin.drain()
        length = LENGTH.unpack(await room.stdout.readexactly(LENGTH.size))[0]
        self._drawn += 1
        return await room.stdout.readexactly(length)

    async def _open(self) -> Process:
        if self._room is None or self._room.returncode is not None:
            command = (sys.executable, "-m", "signing.room")
            env = {name: os.environ[name] for name in GIVEN if name in os.environ}
            self._room = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=HOME, env=env)
            self._drawn = 0
        return self._room

    async def close(self) -> None:
        """End the process."""
        room, self._room = self._room, None
        if room is not None and room.returncode is None:
            room.kill()
            await room.wait()
