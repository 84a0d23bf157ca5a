"""What one application costs, from the submit button to the register: CPU over the doors, the workers, the engine and
the database, beside the floor in the same run.

A company applies for a licence with one fee and two officers; its signing rule was confirmed before, its documents
were uploaded before. Everything goes through HTTP: submit, two decisions, the bill, payment at the bank's counterpart.
The floor is a bare journey that only waits for the same people (`bare.py`) and the three papers that each application
is given (acknowledgement, receipt, licence) drawn, sealed, checked and put in one process (`papers.py`). What other
offices and the certificate authority spend is left out of both.

Both are counted in turn, several times, with as many at once and as means: a machine is slower when its cores are busy,
and at some hours, and a median would leave out what collecting garbage costs.
"""

import asyncio
import base64
import itertools
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import asyncpg
import httpx
from temporalio.client import Client

from bench import bare, papers
from bench.measuring import Figure, median, own_cpu_ms, tree_cpu_ms
from bench.sheets import SHEETS
from commands.catalogue import example
from exchange.counterparts import identity
from forms import form
from licences import catalogue
from licences.procedure import Operation
from local import ROOT, System
from settings import Role
from workflows.messages import connect

LICENCE = "fda-food-free-sale"
OFFICERS = ("officer-fda", "supervisor-fda")
COMPANY = "0107999000018"  # any one director signs
COUNTED = ("web", "general", "drawing", "sealing", "temporal", "postgres")
OTHERS = ("store", "authority", "counterparts")
RATIO_BAR, EVENTS_BAR = 2.0, 52
AT_ONCE = 2
"""Applications in flight, and papers of the floor made side by side: one a core."""
ROUNDS = 4
PATIENCE_S, LOOK_S = 180.0, 0.1
A_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass(frozen=True)
class Cost:
    """What one application cost: CPU milliseconds by part, seconds on the clock, and what stays in the engine."""

    by_part: dict[str, float]
    wall_s: float
    events: float
    history_bytes: float

    @property
    def total(self) -> float:
        """Over all parts that count."""
        return sum(self.by_part[part] for part in COUNTED)


@dataclass(frozen=True)
class Floor:
    """What none can do without: a bare journey (the engine's part, its worker's) and each paper, CPU milliseconds."""

    engine: float
    worker: float
    papers: dict[str, float]

    @property
    def total(self) -> float:
        """With every paper."""
        return self.engine + self.worker + sum(self.papers.values())

    @property
    def poorer(self) -> float:
        """With the licence only."""
        return self.engine + self.worker + self.papers["licence"]


async def measure(system: System, times: int = 60, warm_up: int = 12, rounds: int = ROUNDS) -> list[Figure]:
    """Every figure of an application on a running system."""
    async with _crowd(system) as crowd:
        await crowd.confirm_signing_rule()
        await crowd.walk(warm_up)
        pairs = [(await crowd.cost_of(times // rounds), await _floor(crowd, times // rounds)) for _ in range(rounds)]
    return _figures([cost for cost, _ in pairs], [floor for _, floor in pairs])


def _figures(costs: list[Cost], floors: list[Floor]) -> list[Figure]:
    total, floor = fmean(one.total for one in costs), fmean(one.total for one in floors)
    ratios = [cost.total / bare.total for cost, bare in zip(costs, floors, strict=True)]
    spent = {part: fmean(one.by_part[part] for one in costs) for part in (*COUNTED, *OTHERS)}
    made = {paper: fmean(one.papers[paper] for one in floors) for paper in SHEETS}
    return [
        Figure("application: CPU of web, three workers, Temporal, PostgreSQL", total, "ms"),
        *(Figure(f"application: of which {part}", spent[part], "ms") for part in COUNTED),
        *(Figure(f"application: beside it, not counted, {part}", spent[part], "ms") for part in OTHERS),
        Figure("application: floor with its three sealed papers", floor, "ms"),
        Figure("application: of which a bare journey, Temporal", fmean(one.engine for one in floors), "ms"),
        Figure("application: of which a bare journey, its worker", fmean(one.worker for one in floors), "ms"),
        *(Figure(f"application: of which the {one} drawn, sealed, checked, put", ms, "ms") for one, ms in made.items()),
        Figure("application: ratio to its floor", total / floor, "×", RATIO_BAR),
        Figure("application: the lowest of the rounds' ratios", min(ratios), "×"),
        Figure("application: the highest", max(ratios), "×"),
        Figure("application: ratio to a floor with the licence only", total / fmean(one.poorer for one in floors), "×"),
        Figure(f"application: so many a second, {AT_ONCE} at once", 1 / fmean(one.wall_s for one in costs), "/s"),
        Figure("application: history events", median(one.events for one in costs), "events", EVENTS_BAR),
        Figure("application: history", median(one.history_bytes for one in costs), "bytes"),
    ]


# Those who use the system


@dataclass
class Crowd:
    """An applicant, two officers, the bank, and an eye on the records."""

    system: System
    http: dict[str, httpx.AsyncClient]
    bank: httpx.AsyncClient
    records: "asyncpg.Connection[Any]"
    engine: Client
    keys: "itertools.count[int]"
    standing: dict[str, tuple[str, str]]
    changed: asyncio.Condition

    async def post(self, who: str, path: str, body: Any = None, **more: Any) -> Any:
        """One unsafe call under a key of its own."""
        key = {"Idempotency-Key": f"bench-{os.getpid()}-{next(self.keys)}"}
        answer = await self.http[who].post(path, json=body, headers=key, **more)
        if answer.status_code >= 400:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:400]}")
        return answer.json()

    async def bring(self) -> dict[str, str]:
        """The documents of one application."""
        act = catalogue.load().licence(LICENCE).operations[Operation.NEW]
        asked = form.load(act.form)
        files = [name for name, one in asked.by_id.items() if one.kind.name == "file"]
        names = dict.fromkeys([*(one.id for one in act.documents), *files])
        return {name: await self._upload(name) for name in names}

    async def _upload(self, name: str) -> str:
        file = {"file": (f"{name}.pdf", A_PDF, "application/pdf")}
        kept = await self.post("applicant", "/api/v1/attachments", files=file, data={"document": name})
        return str(kept["id"])

    async def submit(self, files: dict[str, str]) -> str:
        """File one application; its number."""
        body = {
            "licence": LICENCE,
            "operation": "new",
            "holder": {"juristic_id": COMPANY},
            "answers": _with_files(example(LICENCE, Operation.NEW), files),
            "attachments": files,
        }
        return str((await self.post("applicant", "/api/v1/applications", body))["number"])

    async def decide(self, who: str, number: str, stage: str, turn: int = 1) -> None:
        """Approve one stage, once it is on the desk."""
        await self.until(number, f"stage:{stage}")
        await self.post(who, f"/api/v1/tasks/{number}:{stage}:{turn}/decision", {"verdict": "approve"})

    async def pay(self, number: str) -> None:
        """Open the bill, and pay its QR at the bank."""
        await self.until(number, "payment")
        shown = await self.http["applicant"].get(f"/api/v1/applications/{number}")
        (await self.bank.post("/pay", json={"qr": shown.json()["bill"]["qr"]})).raise_for_status()

    async def until(self, number: str, waiting_for: str = "", status: str = "") -> None:
        """Until the records say that it waits for that, or stands there."""
        self.standing.setdefault(number, ("", ""))

        def there() -> bool:
            now = self.standing[number]
            return status in ("", now[0]) and waiting_for in ("", now[1])

        async with asyncio.timeout(PATIENCE_S), self.changed:
            await self.changed.wait_for(there)

    async def watch(self) -> None:
        """Look at the records for everybody at once: one small question a tenth of a second."""
        asked = "SELECT number, status, waiting_for FROM applications WHERE number = ANY($1::text[])"
        while True:
            open_ = [number for number, (status, _) in self.standing.items() if status != "issued"]
            for row in await self.records.fetch(asked, open_):
                self.standing[row[0]] = (row[1], row[2])
            async with self.changed:
                self.changed.notify_all()
            await asyncio.sleep(LOOK_S)

    async def through(self, files: dict[str, str]) -> str:
        """One application to its end."""
        number = await self.submit(files)
        for officer, stage in zip(OFFICERS, ("completeness", "approval"), strict=True):
            await self.decide(officer, number, stage)
        await self.pay(number)
        await self.until(number, status="issued")
        return number

    async def confirm_signing_rule(self) -> None:
        """The first application of a company: an officer says how it is bound, once for all that follow."""
        number = await self.submit(await self.bring())
        await self.until(number, "stage:representation")
        await self.post(OFFICERS[0], f"/api/v1/tasks/{number}:representation:100/decision", {"verdict": "approve"})

    async def walk(self, times: int) -> list[str]:
        """So many applications, some at once; their documents are there already when they begin."""
        files = [await self.bring() for _ in range(times)]
        return await _together([lambda one=one: self.through(one) for one in files])  # type: ignore[misc]

    async def cost_of(self, times: int) -> Cost:
        """What each of so many applications cost."""
        files = [await self.bring() for _ in range(times)]
        await asyncio.sleep(2)  # what the uploads left to do
        before, began = self._spent(), time.monotonic()
        numbers = await _together([lambda one=one: self.through(one) for one in files])  # type: ignore[misc]
        await self._acknowledged(numbers)
        wall_s = (time.monotonic() - began) / times
        spent = {part: (ms - before[part]) / times for part, ms in self._spent().items()}
        kept = [await self._history(number) for number in numbers]
        return Cost(spent, wall_s, median(events for events, _ in kept), median(size for _, size in kept))

    def _spent(self) -> dict[str, float]:
        return {part: tree_cpu_ms(self.system.pid(part)) for part in (*COUNTED, *OTHERS)}

    async def _acknowledged(self, numbers: list[str]) -> None:
        """Until every journey is over: the acknowledgement's seal may come after the licence's."""
        for number in numbers:
            await self.engine.get_workflow_handle(number).result()

    async def _history(self, number: str) -> tuple[int, int]:
        told = await self.engine.get_workflow_handle(number).describe()
        return told.history_length, told.raw_description.workflow_execution_info.history_size_bytes


@asynccontextmanager
async def _crowd(system: System) -> AsyncIterator[Crowd]:
    env = system.env
    records = await asyncpg.connect(env["BIZ_DATABASE_URL"].replace("+asyncpg", ""))
    engine = await connect(env["BIZ_TEMPORAL_ADDRESS"], env["BIZ_TEMPORAL_NAMESPACE"], env["BIZ_CODEC_KEY"])
    people = {name: await _visitor(system, name) for name in ("applicant", *OFFICERS)}
    bank = httpx.AsyncClient(base_url=system.addresses["bank"], timeout=60)
    crowd = Crowd(system, people, bank, records, engine, itertools.count(), {}, asyncio.Condition())
    watching = asyncio.create_task(crowd.watch())
    try:
        yield crowd
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await records.close()
        for http in (*people.values(), bank):
            await http.aclose()


async def _visitor(system: System, persona: str) -> httpx.AsyncClient:
    env, web = system.env, system.addresses["web"]
    token = await identity.id_token(
        env["BIZ_OIDC_ISSUER"], env["BIZ_OIDC_CLIENT_ID"], env["BIZ_OIDC_CLIENT_SECRET"], f"{web}/", persona
    )
    return httpx.AsyncClient(base_url=web, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def _with_files(value: Any, files: dict[str, str]) -> Any:
    """Example answers with the uploaded files in place of the examples' names."""
    if isinstance(value, dict):
        return {key: _with_files(part, files) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_files(part, files) for part in value]
    if isinstance(value, str) and value.startswith("example-"):
        return files[value.removeprefix("example-")]
    return value


async def _together(works: list[Callable[[], Awaitable[str]]]) -> list[str]:
    """All of them, so many at once."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(work: Callable[[], Awaitable[str]]) -> str:
        async with turn:
            return await work()

    return await asyncio.gather(*map(one, works))


# The floor


async def _floor(crowd: Crowd, times: int) -> Floor:
    """The same people waited for, and the same papers made, with as many at once."""
    server, worker = await _bare_journey(crowd.system, crowd.engine, max(times, 20))
    turn = asyncio.Semaphore(AT_ONCE)

    async def made(paper: str) -> float:
        async with turn:
            return await asyncio.to_thread(papers.one_paper_ms, crowd.system, times, paper)

    return Floor(server, worker, dict(zip(SHEETS, await asyncio.gather(*map(made, SHEETS)), strict=True)))


async def _bare_journey(system: System, engine: Client, times: int) -> tuple[float, float]:
    """CPU milliseconds of one bare journey: Temporal's, and its worker's."""
    where = (system.env["BIZ_TEMPORAL_ADDRESS"], system.env["BIZ_TEMPORAL_NAMESPACE"])
    env = {**os.environ, **system.env_for(Role.GENERAL)}
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.bare", *where, cwd=ROOT, env=env, stdout=subprocess.PIPE
    )
    try:
        assert worker.stdout is not None
        await worker.stdout.readline()
        await _walk_bare(engine, times // 4)
        before = tree_cpu_ms(system.pid("temporal")), tree_cpu_ms(worker.pid)
        await _walk_bare(engine, times)
        after = tree_cpu_ms(system.pid("temporal")), tree_cpu_ms(worker.pid)
    finally:
        worker.terminate()
        await worker.wait()
    return (after[0] - before[0]) / times, (after[1] - before[1]) / times


async def _walk_bare(engine: Client, times: int) -> None:
    async def one() -> str:
        number = f"bare-{base64.b32encode(os.urandom(10)).decode()}"
        handle = await engine.start_workflow("Bare", number, id=number, task_queue=bare.QUEUE)
        for n in range(bare.WAITS):
            await handle.execute_update("say", f"word {n}")
        return str(await handle.result())

    await _together([one] * times)


def main(times: int, system: System, warm_up: int = 12, rounds: int = ROUNDS) -> list[Figure]:
    """The figures of this room of the bench."""
    began = own_cpu_ms()
    figures = asyncio.run(measure(system, times, warm_up, rounds))
    return [*figures, Figure("application: the driver's own CPU, not counted", own_cpu_ms() - began, "ms in all")]
