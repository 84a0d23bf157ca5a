"""What it costs to issue one licence: drawn, sealed B-LTA and stored by a process that is warm, beside the three other
ways it could be done, and what a long day does to its memory. CPU of the issuing process; the authority's is its own.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import papers
from bench.measuring import Figure, median
from local import ROOT, TSA, System

FRESH_BAR, NAIVE_BAR, RENDER_BAR = 15.0, 3.5, 2.2
MEMORY_BAR = 1.5
SETTLED = 100
"""After so many papers every cache is full."""
PATIENCE_S = 60.0


def main(system: System, times: int = 1000, beside: int = 15, fresh: int = 5) -> list[Figure]:
    """The figures of issuing on a running store and authority."""
    made = papers.run(system, papers.UNCHECKED, times)
    warm = median(map(papers.total, made))
    render = median(map(papers.total, papers.run(system, ("draw",), beside)))
    check = median(spent["check"] for spent in papers.run(system, papers.WHOLE, beside))
    begun = median(papers.fresh_ms(system) for _ in range(fresh))
    with _naive_authority() as env:
        naive = median(map(papers.total, papers.run(system, ("naive",), beside, **env)))
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
        Figure("issuing: memory at the end", made[-1]["rss_mb"], "MB"),
        Figure(f"issuing: memory after {times:,} to that when settled", made[-1]["rss_mb"] / settled, "×", MEMORY_BAR),
    ]


@contextmanager
def _naive_authority() -> Iterator[dict[str, str]]:
    """An authority with an RSA seal, on a port of its own; the environment that finds it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{found.getsockname()[1]}"
    with tempfile.TemporaryDirectory(prefix="bizportal-naive-") as folder:
        env = {**os.environ, "BIZ_PROFILE": "local"}
        serving = subprocess.Popen([sys.executable, "-m", "bench.naive", folder, url], cwd=ROOT, env=env)
        try:
            _until_it_answers(serving, f"{url}/health")
            yield {"BENCH_NAIVE": str(Path(folder)), "BENCH_NAIVE_TSA": f"{url}{TSA}"}
        finally:
            serving.terminate()
            serving.wait()


def _until_it_answers(serving: "subprocess.Popen[bytes]", url: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and serving.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the authority of the naive way does not answer")
