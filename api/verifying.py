"""Judging a stranger's PDF: in processes of its own, two at a time, bounded in memory and time, and nothing is kept.

A hostile file can at worst end its own process; the next file gets a new one (measured bounds: signing notes 5.4).
"""

import asyncio
import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from api import photographs
from signing.trust import Trust, TrustFolder

if TYPE_CHECKING:  # what reads PDF is loaded by the processes that do, and not by the doors
    from signing.verify import Findings

AT_ONCE = 2
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_S, WALL_S = 5, 30.0
"""What one file may take; the wall's share counts the start of a process too, on a machine that is busy."""
Answer = TypeVar("Answer")


class CannotJudge(Exception):
    """The file took more time or memory than any document of ours needs."""


class Verifier:
    """Two processes that know the trust folder and judge one file after the other."""

    def __init__(self, trust: TrustFolder) -> None:
        self._folder = trust
        self._trust = trust.now()
        self._pool = self._made()

    @property
    def trust(self) -> Trust:
        """What is trusted now."""
        return self._folder.now()

    async def findings(self, pdf: bytes) -> "Findings":
        """What the file proves. Raises CannotJudge when it breaks its bounds."""
        if self._folder.now() is not self._trust:  # a key, a certificate or a root was changed
            self._trust = self._folder.now()
            self._replace(self._pool)
        return await self._in_a_process(judge, pdf)

    async def _in_a_process(self, work: Callable[[bytes], Answer], content: bytes) -> Answer:
        pool = self._pool
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(WALL_S):
                return await loop.run_in_executor(pool, work, content)
        except (TimeoutError, BrokenProcessPool, MemoryError) as error:
            self._replace(pool)
            raise CannotJudge(type(error).__name__) from error

    async def code(self, picture: bytes, public_url: str) -> photographs.Code:
        """The QR in a picture. Raises NoCode, also for a picture that breaks its bounds."""
        try:
            found = await self._in_a_process(partial(read_code, public_url), picture)
        except CannotJudge as hostile:
            raise photographs.NoCode from hostile
        if found is None:
            raise photographs.NoCode
        return found

    def close(self) -> None:
        """End the processes."""
        _end(self._pool)

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        if self._pool is broken:
            self._pool = self._made()
            _end(broken)

    def _made(self) -> ProcessPoolExecutor:
        fresh = multiprocessing.get_context("spawn")  # no open connection of ours goes along
        return ProcessPoolExecutor(AT_ONCE, mp_context=fresh, initializer=_begin, initargs=(self._trust,))


def _end(pool: ProcessPoolExecutor) -> None:
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


_trust: Trust


def _begin(trust: Trust) -> None:
    """In the new process: bound it, and remember the trust."""
    global _trust
    _trust = trust
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def judge(pdf: bytes) -> "Findings":
    """In the process: judge one file within its share of CPU time (SIGXCPU ends the process otherwise)."""
    from signing.verify import verify

    _bound_time()
    return asyncio.run(verify(pdf, _trust))


def read_code(public_url: str, picture: bytes) -> photographs.Code | None:
    """In the process: the QR in a picture, within the same bounds; None: there is none."""
    _bound_time()
    try:
        return photographs.code_in(picture, public_url)
    except photographs.NoCode:
        return None


def _bound_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def load(folder: str) -> TrustFolder:
    """The trust folder. Raises NoTrust."""
    trust = TrustFolder(Path(folder))
    trust.now()
    return trust
