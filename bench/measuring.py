"""How things are measured here: in CPU time, because other programs share the machine and wall time is theirs too.

A figure stands beside its floor from the same run and the same hour; what is compared with a bar is the ratio of the
two, or a bound that any machine of today keeps.
"""

import os
import platform
import socket
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import psutil

PATIENCE_S = 60.0
"""For a program that was started to answer."""


@dataclass(frozen=True)
class Figure:
    """One measured number; `bar` is what it must not pass: at most, or (`at_least`) at least. None: told only.

    `goal`: the bar is what we aim at, not what must be; whether it is reached is said, and fails nothing.
    """

    name: str
    value: float
    unit: str
    bar: float | None = None
    at_least: bool = False
    goal: bool = False

    @property
    def met(self) -> bool | None:
        """Whether it keeps its bar."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def line(self) -> str:
        """As it is printed."""
        told = f"  {self.name:<72} {self.value:>12,.2f} {self.unit}"
        if self.bar is None:
            return told
        wanted = f"{'goal ' if self.goal else ''}{'≥' if self.at_least else '≤'} {self.bar:g}"
        return f"{told}   ({wanted}: {'met' if self.met else 'NOT MET'})"

    def as_json(self) -> dict[str, Any]:
        """As `results.json` keeps it."""
        return {**asdict(self), "value": round(self.value, 4), "met": self.met}


def machine() -> dict[str, Any]:
    """Where and when it was measured, and how busy the machine was besides."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "load": [round(one, 1) for one in os.getloadavg()],
    }


def tree_cpu_ms(pid: int) -> float:
    """CPU milliseconds of a process and all its children, those that ended too. Ticks of 10 ms: measure many."""
    leader = psutil.Process(pid)
    return sum(map(_cpu_ms, [leader, *leader.children(recursive=True)]))


def _cpu_ms(process: psutil.Process) -> float:
    try:
        used = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return 1000 * float(used.user + used.system + used.children_user + used.children_system)


def own_cpu_ms() -> float:
    """CPU milliseconds of this process so far, all threads."""
    return 1000 * time.process_time()


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def until_it_answers(serving: "subprocess.Popen[bytes]", url: str) -> None:
    """Return when a program that was started answers. Raises RuntimeError when it ended, or is silent for too long."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and serving.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")


def each_ms(work: Callable[[], object], times: int) -> float:
    """The median CPU milliseconds of one of several rounds in this process."""
    rounds = []
    for _ in range(times):
        began = own_cpu_ms()
        work()
        rounds.append(own_cpu_ms() - began)
    return median(rounds)


def median(values: Iterable[float]) -> float:
    """The middle one."""
    return statistics.median(values)
