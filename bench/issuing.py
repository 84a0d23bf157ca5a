"""What it costs to issue one licence: drawn, sealed B-LTA and stored by a process that is warm, beside the three other
ways it could be done, and what a long day does to its memory. CPU of the issuing process; the authority's is its own.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from api.verifying import Verifier, load
from bench import papers
from bench.measuring import Figure, free_port, median, tree_cpu_ms, until_it_answers
from local import ROOT, TSA, System

FRESH_BAR, NAIVE_BAR, RENDER_BAR = 15.0, 3.5, 2.2
MEMORY_BAR = 1.25
TWO_BAR = 1.7
VERIFY_BAR_MS = 200.0
SETTLED = 100
"""After so many papers every cache is full."""


def main(system: System, times: int = 1000, beside: int = 15, fresh: int = 5) -> list[Figure]:
    """The figures of issuing on a running store and authority."""
    made = papers.run(system, papers.UNCHECKED, times)
    warm = median(map(papers.total, made))
    render = median(map(papers.total, papers.run(system, ("draw",), beside)))
    check = median(spent["check"] for spent in papers.run(system, papers.WHOLE, beside))
    begun = median(papers.fresh_ms(system) for _ in range(fresh))
    with _naive_authority() as env:
        naive = median(map(papers.total, papers.run(system, ("naive",), beside, **env)))
    alone, both = _throughput(system, 1, beside * 2), _throughput(system, 2, beside * 2)
    settled = made[min(SETTLED, len(made) // 2)]["rss_mb"]
    return [
        Figure("issuing: one licence drawn, sealed, stored, warm", warm, "ms"),
        *(Figure(f"issuing: of which {step}", median(one[step] for one in made), "ms") for step in papers.UNCHECKED),
        Figure("issuing: and our own check of the seal", check, "ms"),
        Figure("issuing: a bare render", render, "ms"),
        Figure("issuing: a new process for each licence", begun, "ms"),
        Figure("issuing: in one process, nothing kept", naive, "ms"),
        Figure("issuing: as many times quicker than a new process", begun / warm, "×", FRESH_BAR, at_least=True),
        Figure("issuing: as many times quicker than nothing kept", naive / warm, "×", NAIVE_BAR, at_least=True),
        Figure("issuing: ratio to a bare render", warm / render, "×", RENDER_BAR),
        Figure("issuing: papers a second of one process, time stamps in process", alone, "/s"),
        Figure("issuing: papers a second of two", both, "/s"),
        Figure("issuing: two processes to one", both / alone, "×", TWO_BAR, at_least=True),
        Figure(
            "verification: of an uploaded licence, all processes", _verified_ms(system, beside), "ms", VERIFY_BAR_MS
        ),
        Figure("issuing: memory at the end", made[-1]["rss_mb"], "MB"),
        Figure(f"issuing: memory after {times:,} to that when settled", made[-1]["rss_mb"] / settled, "×", MEMORY_BAR),
    ]


@contextmanager
def _naive_authority() -> Iterator[dict[str, str]]:
    """An authority with an RSA seal, on a port of its own; the environment that finds it."""
    url = f"http://127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory(prefix="bizportal-naive-") as folder:
        env = {**os.environ, "BIZ_PROFILE": "local"}
        serving = subprocess.Popen([sys.executable, "-m", "bench.naive", folder, url], cwd=ROOT, env=env)
        try:
            until_it_answers(serving, f"{url}/health")
            yield {"BENCH_NAIVE": str(Path(folder)), "BENCH_NAIVE_TSA": f"{url}{TSA}"}
        finally:
            serving.terminate()
            serving.wait()


def _throughput(system: System, processes: int, times: int) -> float:
    """Papers a second of so many processes that work side by side, each with the time-stamp authority in itself."""
    with ThreadPoolExecutor(processes) as threads:
        runs = [threads.submit(papers.run, system, papers.ALONE, times) for _ in range(processes)]
        made = [run.result() for run in runs]
    return sum(len(rounds) / sum(one["wall_s"] for one in rounds) for rounds in made)


def _verified_ms(system: System, times: int) -> float:
    """CPU of one verification as the web does it, in a process of its own: this process and its children."""
    with tempfile.TemporaryDirectory(prefix="bizportal-verify-") as folder:
        path = Path(folder) / "sealed.pdf"
        papers.run(system, (*papers.UNCHECKED, "keep"), 1, BENCH_KEEP=str(path))
        return asyncio.run(_judged_ms(path.read_bytes(), system.env["BIZ_TRUST_DIR"], times))


async def _judged_ms(pdf: bytes, trust: str, times: int) -> float:
    verifier = Verifier(load(trust))
    for _ in range(papers.WARM_UP * 2):  # both processes
        await asyncio.gather(verifier.findings(pdf), verifier.findings(pdf))
    began = tree_cpu_ms(os.getpid())
    for _ in range(times):
        assert (await verifier.findings(pdf)).indication == "TOTAL-PASSED"
    spent = (tree_cpu_ms(os.getpid()) - began) / times
    verifier.close()
    return spent
