"""`make chaos`: people apply while parts are killed, paused and started again at random; then everything is counted.

    python -m bench.chaos [--applications N] [--at-once N] [--seed N] [--minutes N]

Applications of every archetype go in by the public door. A person whose call fails makes it again, under the same
Idempotency-Key, as every client should. Trouble lasts until all have arrived, at most so many minutes; what was begun
by then may finish. What has not is named by `bizportal stuck` with its cause, and an operator retries it. Then
`aftermath` looks for whatever stands twice. Last line `chaos: held` and exit 0, or `chaos: broke` and exit 1.
"""

import argparse
import asyncio
import itertools
import json
import random
import shutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import httpx
from sqlalchemy.exc import DBAPIError

from bench import aftermath, matrix
from bench.aftermath import Found
from bench.matrix import Street, Walk
from bench.trouble import FAULTS, Trouble
from demo import Failed
from exchange.counterparts.identity import NoToken
from licences import catalogue
from licences.calendar import BANGKOK
from licences.procedure import Operation, Procedure
from local import APART, EVERYTHING, System
from records.database import Database
from records.tables import Application, Task

STATE = Path(".local/chaos")
OUT = Path("out/chaos")
APPLICATIONS, AT_ONCE, MINUTES = 500, 12, 12.0
"""At most so many minutes of trouble: with the settling and the counting a run is over within fifteen."""
SETTLE_S = 150.0
"""How long what is under way may take to finish when all is whole again, before and after an operator retries it."""
AGAIN_S = 0.5
CAUSES = {"office company-register": "dbd", "step acknowledge": "authority"}
"""At the end these parts go away: what `bizportal stuck` must say of an application filed then."""
SCENE_S = 60.0
TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
PARTS = (*EVERYTHING, *APART)
Answer = TypeVar("Answer")


class Insistent(httpx.AsyncBaseTransport):
    """Makes a call again until it is answered: each has its own Idempotency-Key, so that it is done once."""

    def __init__(self, patience_s: float) -> None:
        self._wire, self._patience_s = httpx.AsyncHTTPTransport(), patience_s
        self.faults: list[str] = []  # what our door apologised for: nobody foresaw it

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One call, as often as it takes. Raises the last httpx.TransportError when patience ends."""
        end = time.monotonic() + self._patience_s
        while True:
            try:
                answer = await self._wire.handle_async_request(request)
                if not await self._not_yet(request, answer) or time.monotonic() > end:
                    return answer
            except httpx.TransportError:
                if time.monotonic() > end:
                    raise
            await asyncio.sleep(AGAIN_S)

    async def _not_yet(self, request: httpx.Request, answer: httpx.Response) -> bool:
        """Whether a part was away, or the first call of the same key is not answered yet."""
        if answer.status_code not in TRY_AGAIN and answer.status_code != 409:
            return False
        said = (await answer.aread()).decode("utf-8", "replace")
        if answer.status_code == 500:
            self.faults.append(f"{request.method} {request.url.path}: {said[-200:]}")
        return answer.status_code in TRY_AGAIN or "still-running" in said

    async def aclose(self) -> None:
        """Hang up."""
        await self._wire.aclose()


class Patient(Street):
    """A street whose people try again, whoever is away."""

    def __init__(self, system: System, http: httpx.AsyncClient, database: Database, insistent: Insistent) -> None:
        super().__init__(system, http, database)
        self.insistent = insistent

    @classmethod
    @asynccontextmanager
    async def opened(cls, system: System, patience_s: float) -> AsyncIterator["Patient"]:
        """A street before a system that runs, now and then."""
        database, insistent = Database(system.env["BIZ_DATABASE_URL"]), Insistent(patience_s)
        web = system.addresses["web"]
        async with httpx.AsyncClient(base_url=web, timeout=15, trust_env=False, transport=insistent) as http:
            yield cls(system, http, database, insistent)
        await database.close()

    async def token(self, persona: str) -> str:
        """Signed in once; whose sign-in failed signs in again."""
        while True:
            try:
                return await super().token(persona)
            except (httpx.HTTPError, NoToken):
                self._tokens.pop(persona, None)
                await asyncio.sleep(AGAIN_S)

    async def application(self, number: str) -> Application:
        """As the records have it, when they answer."""
        return await _insist(lambda: super(Patient, self).application(number))

    async def open_task(self, number: str) -> Task | None:
        """What is on a desk, when the records answer."""
        return await _insist(lambda: super(Patient, self).open_task(number))


async def _insist(question: Callable[[], Awaitable[Answer]]) -> Answer:
    while True:
        try:
            return await question()
        except (DBAPIError, OSError):
            await asyncio.sleep(AGAIN_S)


@dataclass
class Run:
    """How far it is: who walks, who arrived, who did not and why."""

    seed: int
    walks: list[Walk]
    walked: list[Walk] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)  # application (or procedure) → why
    never_filed: int = 0

    def under_way(self) -> set[str]:
        """Who has filed and neither arrived nor failed."""
        arrived = {walk.number for walk in self.walked}
        return {walk.number for walk in self.walks if walk.number} - arrived - self.failed.keys()

    def line(self) -> str:
        """One line for whoever watches."""
        return f"{len(self.walked)} arrived, {len(self.failed)} did not, of {len(self.walks)}"


def chosen(seed: int, applications: int) -> list[Procedure]:
    """Every archetype is there; otherwise at random."""
    every = matrix.every(datetime.now(BANGKOK).date())
    dice = random.Random(seed)
    dice.shuffle(every)
    known, seen = catalogue.load(), dict[str, Procedure]()
    for one in every:
        seen.setdefault(known.licence(one.licence).archetype, one)
    rest = [one for one in every if one is not seen[known.licence(one.licence).archetype]]
    return list(itertools.islice(itertools.cycle([*seen.values(), *rest]), applications))


async def run(
    system: System, seed: int, applications: int, at_once: int, trouble_s: float, settle_s: float = SETTLE_S
) -> tuple[Run, Trouble, Found]:
    """The whole of it on a system that runs: prepare, suffer, settle, count."""
    trouble = Trouble(system, seed)
    async with Patient.opened(system, trouble_s + settle_s) as street:
        walks = [Walk(street, one, trouble_s + 2 * settle_s) for one in chosen(seed, applications)]
        state = Run(seed, walks)
        await _prepare(state, at_once)
        gate, end = asyncio.Semaphore(at_once), time.monotonic() + trouble_s
        walking = [asyncio.create_task(_walk(state, walk, gate, end)) for walk in walks]
        showing = asyncio.create_task(_show(state, trouble))
        async with trouble.while_open():
            await asyncio.wait(walking, timeout=trouble_s)
        settled = await _settle(system, state, walking, settle_s)
        for one in (*walking, showing):
            one.cancel()
        await asyncio.gather(*walking, showing, return_exceptions=True)
        scenes = await _scenes(system, street, trouble)
        found = await aftermath.look(system, street)
        found.notes += settled.notes
        found.wrong += scenes + settled.wrong
        found.wrong += [f"{one}: {why}" for one, why in state.failed.items()]
        found.wrong += [f"the door apologised: {one}" for one in street.insistent.faults]
        found.wrong += [f"ended by itself: {one}" for one in trouble.fell]
    return state, trouble, found


async def _settle(system: System, state: Run, walking: list[asyncio.Task[None]], settle_s: float) -> Found:
    """All is whole again. What does not finish is named with its cause, and an operator retries that; what then does
    not finish either must still be named."""
    found = Found()
    await asyncio.wait(walking, timeout=settle_s)
    if not (late := state.under_way()):
        return found
    stuck = await named_stuck(system)
    named = late & stuck.keys()
    found.wrong += [f"neither finished nor named as stuck: {one}" for one in late - named]
    for number in named:
        await bizportal(system, "retry", number, "--reason", "all is whole again", "--wait", "0")
    await asyncio.wait(walking, timeout=settle_s)
    still = named & state.under_way()
    again = await named_stuck(system) if still else {}
    found.notes += [f"named, and finished when retried: {one}: {stuck[one]}" for one in named - still]
    found.notes += [f"stuck, and named: {one}: {again[one]}" for one in still & again.keys()]
    found.wrong += [f"retried, not finished, and no longer named: {one}" for one in still - again.keys()]
    return found


async def _prepare(state: Run, at_once: int) -> None:
    """What stands before each is put into the register while it is calm."""
    gate = asyncio.Semaphore(at_once)

    async def one(walk: Walk) -> None:
        async with gate:
            await walk.prepare()

    await asyncio.gather(*(one(walk) for walk in state.walks))


async def _walk(state: Run, walk: Walk, gate: asyncio.Semaphore, last_start: float) -> None:
    async with gate:
        if time.monotonic() > last_start:
            state.never_filed += 1
            return
        try:
            await walk.file()
            await walk.to_the_end()
            await walk.as_a_stranger_sees_it()
            state.walked.append(walk)
        except Exception as why:  # whatever it is, it is told
            state.failed[walk.number or matrix.name_of(walk.procedure)] = repr(why)[:600]


async def _show(state: Run, trouble: Trouble) -> None:
    while True:
        await asyncio.sleep(15)
        print(f"  {state.line()}; {sum(trouble.struck.values())} blows", flush=True)


async def _scenes(system: System, street: Street, trouble: Trouble) -> list[str]:
    """Two parts go away; what then stands still is named with its true cause, and goes on once an operator retries."""
    asked = catalogue.load().procedure("lao-ecommerce-register", Operation.NEW, datetime.now(BANGKOK).date())
    walks = {cause: Walk(street, asked, SCENE_S) for cause in CAUSES}
    for cause, walk in walks.items():
        await walk.prepare()
        while (walk.holder.kind == "juristic") != cause.startswith("office"):
            await walk.prepare()  # for a company the register is asked, for a person it is not
    for part in CAUSES.values():
        await (trouble.fault(part, {"gone": True}) if part in FAULTS else asyncio.to_thread(system.kill, part))
    for walk in walks.values():
        await walk.file()
    found = await _not_named(system, walks)
    for part in CAUSES.values():
        await (trouble.fault(part, {}) if part in FAULTS else trouble.start(part))
    for walk in walks.values():
        walking = asyncio.create_task(walk.to_the_end())
        await bizportal(system, "retry", walk.number, "--reason", "the part is back", "--wait", "5")
        try:
            await walking
        except Failed as why:
            found.append(f"all is back, and {walk.number} did not go on: {why}")
    return found


async def _not_named(system: System, walks: Mapping[str, Walk]) -> list[str]:
    """Which of them `stuck` does not name with the cause that it has, when patience ends."""
    end = time.monotonic() + SCENE_S
    while True:
        named = await named_stuck(system)
        wrong = {walk.number: cause for cause, walk in walks.items() if cause not in named.get(walk.number, [])}
        if not wrong or time.monotonic() > end:
            return [f"{one} waits for {cause}; said is {named.get(one, 'nothing')}" for one, cause in wrong.items()]
        await asyncio.sleep(AGAIN_S)


async def named_stuck(system: System, after_s: float = 2) -> dict[str, list[str]]:
    """Every application that `bizportal stuck` names: for what causes."""
    said = await bizportal(system, "stuck", "--json", "--after", str(after_s))
    named = defaultdict[str, list[str]](list)
    for cause in json.loads(said):
        for number in cause["numbers"]:
            named[number].append(f"{cause['kind']} {cause['waits_for']}")
    return named


async def bizportal(system: System, *words: str) -> bytes:
    """What a command says that an operator types."""
    command = [sys.executable, "-m", "cli", *words, "--data", str(system.folder)]
    asked = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    return (await asked.communicate())[0]


def report(state: Run, trouble: Trouble, found: Found, took_s: float) -> list[str]:
    """What was struck how often, what came of it, what was found."""
    known = catalogue.load()
    kinds = Counter(known.licence(walk.procedure.licence).archetype for walk in state.walked)
    filed = len(state.walks) - state.never_filed
    lines = [f"seed {state.seed}: {sum(trouble.struck.values())} blows in {took_s / 60:.1f} minutes"]
    lines += trouble.lines()
    if trouble.false_starts:
        lines.append(f"  could not start while another part was away: {dict(trouble.false_starts)}")
    lines.append(f"{filed} applications filed, {len(state.walked)} arrived, of {len(kinds)} archetypes")
    if state.never_filed:
        lines.append(f"  {state.never_filed} were not filed: time was up")
    lines.append("  " + ", ".join(f"{n} {what}" for what, n in found.counted.items()))
    lines += [f"  {one}" for one in found.notes]
    lines += [f"WRONG  {one}" for one in found.wrong]
    return [*lines, "chaos: broke" if found.wrong else "chaos: held"]


def main() -> int:
    """Run it on a system of its own."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos")
    parser.add_argument("--applications", type=int, default=APPLICATIONS)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of trouble, at most (default: 12)")
    options = parser.parse_args()
    shutil.rmtree(STATE, ignore_errors=True)
    asked = f"{options.applications} applications, at most {options.minutes:g} minutes of trouble"
    print(f"chaos: seed {options.seed}, {asked}", flush=True)
    began = time.monotonic()
    with System(STATE, parts=PARTS) as system:
        done = asyncio.run(run(system, options.seed, options.applications, options.at_once, options.minutes * 60))
    lines = report(*done, time.monotonic() - began)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 1 if done[2].wrong else 0


if __name__ == "__main__":
    sys.exit(main())
