"""Verification in a process of its own, with bounds: for files that strangers send.

Parsing PDF is the largest surface we show to strangers. The caps of `signing.verify` keep an honest parser quick; if a
file finds a way around them, it costs a child process its memory or its CPU time, and the caller an answer of
"unreadable", never more.
"""

import asyncio
import hashlib
import logging
import multiprocessing
import resource
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from signing.verify import Findings, Trust, unreadable, verify

PROCESSES = 2
FILES_A_PROCESS = 500
MEMORY_BYTES = 1_000_000_000
CPU_SECONDS = 5
PATIENCE_SECONDS = 10.0

log = logging.getLogger(__name__)


class VerifyingRoom:
    """Two processes that verify, one file each at a time; the rest wait. Close it at the end."""

    def __init__(self, trust: Path, patience_seconds: float = PATIENCE_SECONDS, processes: int = PROCESSES) -> None:
        self._trust, self._patience, self._processes = trust, patience_seconds, processes
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Semaphore(processes)

    async def verify(self, pdf: bytes) -> Findings:
        """As `signing.verify.verify`, with the trust folder as it is now. A file that asks too much is unreadable."""
        async with self._turn:
            for _ in range(2):  # the process may have died of somebody else's file: once more then
                try:
                    return await asyncio.wait_for(self._in_a_process(pdf), self._patience)
                except BrokenProcessPool:
                    self.close()
                except TimeoutError:
                    self.close()
                    break
        digest = hashlib.sha256(pdf).hexdigest()
        log.warning("verifying %s took too much", digest)
        return unreadable(digest)

    async def _in_a_process(self, pdf: bytes) -> Findings:
        return await asyncio.get_running_loop().run_in_executor(self._open(), _verify, pdf, self._trust)

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_bound_memory,
                max_tasks_per_child=FILES_A_PROCESS,
            )
        return self._pool

    def close(self) -> None:
        """End the processes, whatever they are doing; the next file starts new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)


def _bound_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _verify(pdf: bytes, trust: Path) -> Findings:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    used = int(spent.ru_utime + spent.ru_stime) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, hard))  # past it, the kernel ends this process
    return asyncio.run(verify(pdf, Trust.load(trust)))
