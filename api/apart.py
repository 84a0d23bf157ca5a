"""Work on strangers' files in processes apart: bounded in memory and time, renewed now and then, never the door itself.

A hostile file can at worst end its own process; the next file gets a new one (measured bounds: signing notes 5.4).
"""

import asyncio
import multiprocessing
import multiprocessing.connection
import os
import resource
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

AT_ONCE = 2
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_S, WALL_S = 5, 60.0
"""What one file may take; the wall's share counts the start of a process too, on a machine that is busy."""
FILES_A_PROCESS = 200
Answer = TypeVar("Answer")


class TooMuch(Exception):
    """The file took more time or memory than any honest one needs, or ended its process."""


class Apart:
    """Two processes for one kind of work. `begin` is called in each new one with the values given."""

    def __init__(self, begin: Callable[..., None] | None = None, *values: Any) -> None:
        self._begin, self._values = begin, values
        self._pool = self._made()

    async def do(self, work: Callable[[bytes], Answer], content: bytes) -> Answer:
        """What the work makes of the file. Raises TooMuch when it breaks its bounds."""
        pool = self._pool
        try:
            async with asyncio.timeout(WALL_S):
                return await asyncio.get_running_loop().run_in_executor(pool, bounded, work, content)
        except (TimeoutError, BrokenProcessPool, MemoryError) as error:
            self._replace(pool)
            raise TooMuch(type(error).__name__) from error

    def anew(self, *values: Any) -> None:
        """New processes, begun with other values."""
        self._values = values
        self._replace(self._pool)

    def close(self) -> None:
        """End the processes."""
        _end(self._pool)

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        if self._pool is broken:
            self._pool = self._made()
            _end(broken)

    def _made(self) -> ProcessPoolExecutor:
        fresh = multiprocessing.get_context("spawn")  # no open connection of ours goes along
        begun = (self._begin, self._values)
        return ProcessPoolExecutor(
            AT_ONCE, mp_context=fresh, initializer=_first, initargs=begun, max_tasks_per_child=FILES_A_PROCESS
        )


def _end(pool: ProcessPoolExecutor) -> None:
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


def _first(begin: Callable[..., None] | None, values: tuple[Any, ...]) -> None:
    """In the new process: end with the door, and bound its memory."""
    threading.Thread(target=_end_with_the_door, daemon=True).start()
    if begin:
        begin(*values)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _end_with_the_door() -> None:
    """A process of a pool holds both ends of its queue, so that it would wait for ever after a door that was killed."""
    door = multiprocessing.parent_process()
    assert door
    multiprocessing.connection.wait([door.sentinel])
    os._exit(1)


def bounded(work: Callable[[bytes], Answer], content: bytes) -> Answer:
    """In the process: one file within its share of CPU time (SIGXCPU ends the process otherwise)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    return work(content)
