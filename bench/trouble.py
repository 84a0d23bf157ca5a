"""What goes wrong while people apply: parts killed, paused, ended and started again, offices that misbehave; one seed.

The blows of a lane follow from the seed alone; when each falls depends on the machine. Two lanes strike side by side,
never the same part at once.
"""

import asyncio
import contextlib
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from local import PartFailed, System

LANES = 2
PAUSE_S, BLOW_S = (0.5, 3.0), (0.5, 6.0)
PROCESSES = ("web", "general", "drawing", "sealing", "temporal", "postgres", "store", "authority", "bank", "dbd")
"""`authority` holds the TSA and OCSP; `dbd` is the company register behind the government's exchange."""
WAYS = ("kill", "pause", "restart")
FAULTS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "bank": (
        {"gone": True}, {"slow_s": 3}, {"status": 500}, {"bad_body": True}, {"double": True}, {"never": True},
        {"early": True}, {"expire": True},
    ),
    "dbd": ({"gone": True}, {"slow_s": 6}, {"status": 500}, {"bad_body": True}, {"expire": True}),
    "mailbox": ({"gone": True}, {"status": 451}, {"slow_s": 2}),
    "clamd": ({"gone": True}, {"slow_s": 2}),
}  # fmt: skip
SWITCHES = {"clamd": ("mailbox", "/clamd/faults")}
"""The scanner speaks no HTTP: its switch is at the mailbox."""


@dataclass(frozen=True)
class Blow:
    """One thing that goes wrong, for so long."""

    part: str
    how: str
    seconds: float
    fault: Mapping[str, Any] = field(default_factory=dict)


def blows(seed: str) -> Iterator[tuple[float, Blow]]:
    """Without end: how long it stays quiet, and what happens then."""
    dice = random.Random(seed)
    while True:
        quiet, seconds = round(dice.uniform(*PAUSE_S), 2), round(dice.uniform(*BLOW_S), 2)
        if dice.random() < 0.75:
            yield quiet, Blow(dice.choice(PROCESSES), dice.choice(WAYS), seconds)
        else:
            part = dice.choice(tuple(FAULTS))
            fault = dice.choice(FAULTS[part])
            yield quiet, Blow(part, f"fault {next(iter(fault))}", seconds, fault)


class Trouble:
    """Strikes a running system until it is told to stop, then leaves it whole; counts what it did."""

    def __init__(self, system: System, seed: int) -> None:
        self.system, self.seed = system, seed
        self.struck: Counter[tuple[str, str]] = Counter()
        self.fell: list[str] = []  # parts that ended though nobody struck them, with their last words
        self.false_starts: Counter[str] = Counter()  # a part that ended at its start, since another was away
        self._hands = defaultdict[str, asyncio.Lock](asyncio.Lock)

    @contextlib.asynccontextmanager
    async def while_open(self) -> AsyncIterator[None]:
        """Trouble for as long as the block lasts; afterwards every part is there again."""
        calm = asyncio.Event()
        lanes = [asyncio.create_task(self._lane(f"{self.seed}:{nth}", calm)) for nth in range(LANES)]
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            calm.set()
            await asyncio.gather(*lanes)
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def _lane(self, seed: str, calm: asyncio.Event) -> None:
        for quiet, blow in blows(seed):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(calm.wait(), quiet)
            if calm.is_set():
                return
            if not self._hands[blow.part].locked():
                async with self._hands[blow.part]:
                    await self.strike(blow)

    async def strike(self, blow: Blow) -> None:
        """One blow, and its end."""
        self.struck[blow.part, blow.how] += 1
        if blow.fault:
            await self.fault(blow.part, blow.fault)
            await asyncio.sleep(blow.seconds)
            await self.fault(blow.part, {})
        elif blow.how == "pause":
            await asyncio.to_thread(self.system.pause, blow.part)
            await asyncio.sleep(blow.seconds)
            await asyncio.to_thread(self.system.resume, blow.part)
        else:
            if blow.how == "kill":
                await asyncio.to_thread(self.system.kill, blow.part)
                await asyncio.sleep(blow.seconds)
            await self.start(blow.part)

    async def start(self, part: str) -> None:
        """Start a part again, as whoever supervises it does: again and again while it cannot stay."""
        while True:
            try:
                return await asyncio.to_thread(self.system.restart, part)
            except PartFailed:
                self.false_starts[part] += 1
                await asyncio.sleep(1)

    async def fault(self, office: str, fault: Mapping[str, Any]) -> None:
        """Tell an office what to do wrong from now on; nothing: it is well again. One that is away is well anyway."""
        at, path = SWITCHES.get(office, (office, "/faults"))
        url = f"http://127.0.0.1:{self.system.ports[at]}{path}"
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            with contextlib.suppress(httpx.TransportError):
                await (http.post(url, json=dict(fault)) if fault else http.delete(url))

    async def _watch(self) -> None:
        """Start again what ended by itself; that it did is a finding."""
        while True:
            await asyncio.sleep(1)
            for part in self.system.ended():
                if not self._hands[part].locked():
                    async with self._hands[part]:
                        self.fell.append(f"{part}: {self.system.last_lines(part)}")
                        await self.start(part)

    def lines(self) -> list[str]:
        """What was struck how often."""
        parts = sorted({part for part, _ in self.struck})
        every = {part: {how: n for (one, how), n in sorted(self.struck.items()) if one == part} for part in parts}
        return [f"  {part:<10} " + ", ".join(f"{how} ×{n}" for how, n in every[part].items()) for part in parts]
