"""One paper, drawn, sealed, checked and stored in one process, each step with its CPU time.

`python -m bench.papers STEPS TIMES [PAPER]` (the settings of a sealing worker in the environment) prints what each
round cost, as JSON. STEPS: some of draw, seal, seal-alone, check, put, keep, with commas, or `naive` (`naive.py`).
PAPER: one of those in `sheets.py`.
"""

import asyncio
import gc
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import psutil

from bench import stampless
from bench.measuring import own_cpu_ms
from bench.sheets import AGENCY, SHEETS
from local import ROOT, System
from records.files import Files
from settings import Role, Settings
from signing import intact
from signing.reading import Reader

WARM_UP = 3
WHOLE = ("draw", "seal", "check", "put")
UNCHECKED = ("draw", "seal", "put")
ALONE = ("draw", "seal-alone", "put")
"""As `UNCHECKED`, with the time-stamp authority in the same process."""
Round = dict[str, float]
"""Step -> CPU milliseconds; `rss_mb` is the memory after it, `wall_s` how long the round took."""
Step = Callable[[bytes], Awaitable[bytes]]


# In the process that is measured


async def rounds(steps: tuple[str, ...], times: int, paper: str) -> list[Round]:
    """So many papers, one after the other."""
    async with AsyncExitStack() as stack:
        ways, made = _steps(steps, stack, paper), list[Round]()
        for n in range(times):
            if n == WARM_UP:
                gc.collect()
                gc.freeze()  # as the workers do
            made.append(await _round(ways))
        return made


async def _round(steps: dict[str, Step]) -> Round:
    spent: Round = {}
    paper, at = b"", time.monotonic()
    for name, step in steps.items():
        began = own_cpu_ms()
        paper = await step(paper)
        spent[name] = own_cpu_ms() - began
    spent["wall_s"] = time.monotonic() - at
    return spent | {"rss_mb": psutil.Process().memory_info().rss / 2**20}


def _steps(names: tuple[str, ...], stack: AsyncExitStack, paper: str) -> dict[str, Step]:
    """The tools of a sealing worker, made once."""
    import worker

    settings, fields = Settings(), SHEETS[paper]()
    draw = worker.pen()
    desk: Any = worker.seal_desk(settings) if {"seal", "seal-alone", "check"} & set(names) else None
    files: Any = worker.tools_for(Role.GENERAL, settings).files if "put" in names else None
    if desk is not None:
        stack.push_async_callback(desk._sealer.close)
    if "seal-alone" in names:
        stampless.stamp_here(desk._sealer, Path(settings.trust_dir).parent)
    every: dict[str, Step] = {
        "draw": lambda _: draw(fields),
        "seal": lambda pdf: desk._sealer.seal(pdf, AGENCY),
        "check": partial(_checked if paper == "licence" else _looked_at, desk),
        "seal-alone": lambda pdf: desk._sealer.seal(pdf, AGENCY),
        "keep": _kept,
        "put": partial(_put, files),
    }
    return {name: every[name] for name in names}


async def _checked(desk: Any, sealed: bytes) -> bytes:
    await desk.check(sealed, AGENCY)
    return sealed


async def _looked_at(desk: Any, sealed: bytes) -> bytes:
    assert not intact.faults(Reader(io.BytesIO(sealed)), desk._trust.agencies[AGENCY].certificates)
    return sealed


async def _kept(sealed: bytes) -> bytes:
    await asyncio.to_thread(Path(os.environ["BENCH_KEEP"]).write_bytes, sealed)
    return sealed


async def _put(files: Files, sealed: bytes) -> bytes:
    await files.put_once("licences/bench", sealed, "application/pdf")
    return sealed


def main(steps: str, times: str, paper: str = "licence") -> None:
    """Print the rounds."""
    if steps == "naive":
        from bench import naive

        print(json.dumps(naive.rounds(int(times))))
        return
    print(json.dumps(asyncio.run(rounds(tuple(steps.split(",")), int(times), paper))))


# From outside


def one_paper_ms(system: System, times: int, paper: str = "licence") -> float:
    """CPU milliseconds of one paper drawn, sealed, checked and put, warm, in one process: the mean of so many."""
    return fmean(map(total, run(system, WHOLE, times, paper)))


def total(spent: Round) -> float:
    """All steps of a round."""
    return sum(ms for name, ms in spent.items() if name not in ("rss_mb", "wall_s"))


def run(system: System, steps: tuple[str, ...], times: int, paper: str = "licence", **more: str) -> list[Round]:
    """Rounds in a process of their own, the first few (which load what is used) left out."""
    told = _process(system, ",".join(steps), times + WARM_UP, paper, more)
    made: list[Round] = json.loads(told.splitlines()[-1])
    return made[WARM_UP:]


def fresh_ms(system: System) -> float:
    """CPU milliseconds of a process that is started for one paper and ends."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _process(system, ",".join(UNCHECKED), 1, "licence", {})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _process(system: System, steps: str, times: int, paper: str, more: dict[str, str]) -> str:
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env = ours | system.env_for(Role.SEALING) | more
    command = [sys.executable, "-m", "bench.papers", steps, str(times), paper]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main(*sys.argv[1:])
