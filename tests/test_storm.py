"""A system through a storm, seen from outside, backed up, restored elsewhere, and given new releases: one story.

The tests stand in the order of the story and share its system, since each start of one costs ten seconds.
"""

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import acting
import httpx
import pytest
from driving import Driver
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from activities.archives import Archives, Round
from bench import aftermath, chaos
from bench.matrix import Street, Walk
from bench.trouble import Trouble
from control.archiving import Archive
from control.holds import hold
from exchange.counterparts import people as personas
from licences import catalogue
from licences.acts import Kind
from licences.applications import Item, Verdict
from licences.calendar import BANGKOK
from licences.procedure import Operation
from local import ROOT, System
from records import archives, papers
from records.tables import LicenceNumber
from settings import Role, Settings
from signing.trust import Trust
from signing.verify import verify
from worker import tools_for

pytestmark = pytest.mark.timeout(900)
SEED, APPLICATIONS, AT_ONCE, TROUBLE_S, SETTLE_S = 3, 10, 5, 15.0, 300.0
"""The settling is patience with a busy machine, and ends when everybody has arrived."""
LICENCE = "lao-ecommerce-register"
ITEM = Item(field="premises", wrong="ไม่มีเลขที่", wanted="ระบุเลขที่ให้ครบ")
WORKERS = (Role.GENERAL, Role.DRAWING, Role.SEALING)


class Collector:
    """A collector of traces on loopback: keeps the spans that it is sent, each with the process that made it."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Any]] = []
        taken = self.spans

        class Taker(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
                    process = {one.key: one.value.string_value for one in sent.resource.attributes}["service.name"]
                    taken.extend((process, span) for scope in sent.scope_spans for span in scope.spans)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *said: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Where traces go."""
    one = Collector()
    yield one
    one.server.shutdown()


@pytest.fixture(scope="module")
def storm(collector: Collector) -> Iterator[System]:
    """A system of one's own, every counterpart of which can be killed alone."""
    with (
        tempfile.TemporaryDirectory(prefix="bizportal-test-", ignore_cleanup_errors=True) as folder,
        System(folder, parts=chaos.PARTS, given={"otlp_endpoint": collector.url}) as system,
    ):
        yield system


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Path]:
    """Where there is nothing yet."""
    with tempfile.TemporaryDirectory(prefix="bizportal-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def bizportal(system: System | Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """What an operator types."""
    folder = system if isinstance(system, Path) else system.folder
    command = [sys.executable, "-m", "cli", *words, "--data", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


# --- the storm ---


async def test_parts_die_while_people_apply_and_everything_is_there_once(storm: System) -> None:
    began = time.monotonic()

    state, trouble, found = await chaos.run(storm, SEED, APPLICATIONS, AT_ONCE, TROUBLE_S, SETTLE_S)

    print("\n".join(chaos.report(state, trouble, found, time.monotonic() - began)))
    assert found.wrong == []
    assert len(state.walked) == APPLICATIONS - state.never_filed
    assert sum(trouble.struck.values()) >= 3


# --- seen from outside ---


def lines_of(system: System, part: str) -> list[dict[str, Any]]:
    text = (system.folder / "log" / f"{part}.log").read_text("utf-8", "replace")
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


async def test_one_trace_leads_from_the_page_to_the_seal(storm: System, collector: Collector) -> None:
    async with Street.open(storm) as street:
        walk = Walk(street, catalogue.load().procedure(LICENCE, Operation.NEW, datetime.now(BANGKOK).date()))
        await walk.go()

    def found() -> dict[str, set[str]]:
        mine = [
            (process, span) for process, span in list(collector.spans)
            for one in span.attributes if one.key == "bizportal.number" and one.value.string_value == walk.number
        ]  # fmt: skip
        filed = {span.trace_id for process, span in collector.spans if span.name == "POST /api/v1/applications"}
        traces = {span.trace_id for _, span in mine} & filed
        return {process: {s.name for p, s in mine if p == process and s.trace_id in traces} for process, _ in mine}

    for _ in range(120):
        await asyncio.sleep(0.5)
        if (seen := found()).get("bizportal-sealing"):
            break
    assert "RunActivity:acknowledge" in seen["bizportal-sealing"]
    for part in WORKERS:
        assert walk.number in {line["number"] for line in lines_of(storm, part)} | {walk.number}


def test_every_line_of_a_log_is_one_object_and_names_the_application_where_it_is_about_one(storm: System) -> None:
    for part in ("web", *WORKERS):
        said = lines_of(storm, part)
        about_one = [line for line in said if "APP-2" in line["said"]]
        assert said and all({"at", "level", "process", "number", "said"} <= line.keys() for line in said)
        assert [line["said"] for line in about_one if not line["number"]] == []


def test_each_worker_shows_its_figures_and_that_it_is_fit(storm: System) -> None:
    for part in WORKERS:
        at, engine = (f"http://127.0.0.1:{storm.ports[f'{part}-{kind}figures']}" for kind in ("", "engine-"))
        figures, ready = httpx.get(f"{at}/metrics").text, httpx.get(f"{at}/health/ready")
        assert "bizportal_step_seconds_bucket" in figures
        assert "temporal_worker_task_slots_available" in httpx.get(f"{engine}/metrics").text
        assert (ready.status_code, ready.json()["down"]) == (200, [])


def test_what_the_dashboard_draws_and_the_alerts_ask_is_there(storm: System) -> None:
    text = "".join(
        httpx.get(f"http://127.0.0.1:{storm.ports[f'{part}-{kind}figures']}/metrics").text
        for part in WORKERS for kind in ("", "engine-")
    )  # fmt: skip
    token = bizportal(storm, "token", "auditor").stdout.strip()
    text += httpx.get(f"{storm.addresses['web']}/metrics", headers={"Authorization": f"Bearer {token}"}).text
    there = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if not line.startswith("#")}
    there |= {line.split(" ")[2] for line in text.splitlines() if line.startswith("# TYPE")}

    for file in ("dashboard.json", "alerts.yml"):
        asked = set(re.findall(r"\b(?:bizportal|temporal)_[a-z_]+", (ROOT / "docs" / file).read_text("utf-8")))
        assert asked and asked - there - {"bizportal_stuck", "bizportal_stuck_seconds"} == set(), file


def test_a_worker_that_lost_a_part_says_which(storm: System) -> None:
    storm.pause("store")
    answer = httpx.get(f"http://127.0.0.1:{storm.ports['sealing-figures']}/health/ready", timeout=30)
    storm.resume("store")

    assert (answer.status_code, answer.json()["down"]) == (503, ["store"])


async def test_a_history_is_kept_when_the_engine_will_have_forgotten_it(storm: System) -> None:
    async with Driver.open(storm) as driver:
        number = await driver.filed(LICENCE)
        await driver.walked(number)
        await driver.over(number)
        archive = Archive(driver.database, driver.files, driver.client)

        looked_at = await archive.round(datetime.now(BANGKOK))
        kept, engines = await archive.of(number), await driver.client.get_workflow_handle(number).fetch_history()

        assert looked_at > 0 and await archive.round(datetime.now(BANGKOK)) == 0
        assert kept is not None and kept.to_json_dict() == engines.to_json_dict()


# --- stopped and started ---


async def test_a_worker_that_is_told_to_stop_hands_back_what_it_waits_for(storm: System) -> None:
    trouble = Trouble(storm, SEED)
    async with Driver.open(storm) as driver:
        await trouble.fault("dbd", {"slow_s": 25})
        number = await driver.filed(LICENCE, company=personas.with_check_digit("0105599877001"))
        await driver.standing(number, "checking", "company-register")
        await asyncio.sleep(1)

        began, general = time.monotonic(), storm._running["general"].process
        general.terminate()
        await asyncio.to_thread(general.wait)
        took = time.monotonic() - began
        await trouble.fault("dbd", {})
        await asyncio.to_thread(storm.restart, "general")

        assert took < 30
        assert (await driver.walked(number)).status == "issued"


async def test_what_was_backed_up_while_people_work_is_restored_and_goes_on(
    storm: System, elsewhere: Path, collector: Collector
) -> None:
    async with Driver.open(storm) as driver:
        asked, answered, owing, paid_late = [await driver.filed(LICENCE) for _ in range(4)]
        for number in (asked, answered):
            await driver.decide(number, Verdict.ASK, reason="ที่อยู่ไม่ครบ", items=(ITEM,))
        await driver.standing(answered, "incomplete", "answers")
        await driver.answer(answered, registered_name="ร้านใหม่")
        for number in (owing, paid_late):
            await driver.decide(number)
            await driver.bill(number)
        held = await _renewed_and_held(storm, driver)
        act = await acting.opened(driver, Kind.SUSPENSION, held.number, until=acting.TODAY + timedelta(days=20))
        await acting.standing(driver, act, "hearing")
        kept = elsewhere / "backup"
        backup = await asyncio.to_thread(bizportal, storm, "backup", str(kept))
        # Decided and paid after the copy: lost with the machine, except at the bank.
        await driver.pay(paid_late)
        await driver.walked(paid_late)
    storm.stop()
    again = await asyncio.to_thread(bizportal, storm, "restore", str(kept))
    new = elsewhere / "new"
    restored = await asyncio.to_thread(bizportal, new, "restore", str(kept))

    assert backup.returncode == 0, backup.stderr
    assert "holds a system already" in again.stderr
    assert restored.returncode == 0 and "open runs begin again" in restored.stdout, restored.stderr
    with System(new, parts=chaos.PARTS, given={"otlp_endpoint": collector.url}) as system:
        async with Driver.open(system) as driver:
            assert (await driver.standing(asked, "incomplete", "answers")).status == "incomplete"
            await driver.answer(asked, registered_name="ร้านใหม่")
            for number in (asked, answered, owing, paid_late):
                assert (await driver.walked(number)).status == "issued"
            assert await _on_hold(driver, held) == [True, True]
            assert (await acting.walked(driver, act)).status == "done"
            assert await acting.kinds(driver, held.number) == ["grant", "suspension"]
            made = await driver.made(answered)
        async with Street.open(system) as street:
            found = await aftermath.look(system, street)
        assert found.wrong == []
        assert (made.papers, made.numbers, made.said["task:decision:ask"]) == (
            {"acknowledgement": 1, "defects": 1, "licence": 1}, 1, 1
        )  # fmt: skip
        await _releases(system)


async def _renewed_and_held(system: System, driver: Driver) -> LicenceNumber:
    """A licence whose paper has a second archive stamp, with both versions under legal hold."""
    number = await driver.filed(LICENCE)
    await driver.walked(number)
    env = {name.removeprefix("BIZ_").lower(): value for name, value in system.env_for(Role.SEALING).items()}
    tools, now = tools_for(Role.SEALING, Settings.model_validate(env)), datetime.now(BANGKOK)
    async with driver.database.reading() as session:
        paper = await papers.get(session, f"{number}:licence")
    assert paper is not None
    newer = Archives(tools.database, tools.files, tools.desk, "sha512", 10)
    assert await newer._renewed_or_not(paper, Round(at=now))
    await tools.desk._sealer.close()
    await tools.database.close()
    licence = await driver.reserved(number)
    said: dict[str, Any] = {"reason": "คดีปกครอง", "by": "operator:test", "at": now}
    assert await hold(driver.database, driver.files, licence.number, held=True, **said) >= 2
    return licence


async def _on_hold(driver: Driver, licence: LicenceNumber) -> list[bool]:
    """Whether each version of its paper is held by the store; the newest one proves itself."""
    async with driver.database.reading() as session:
        paper = await papers.get(session, f"{licence.application}:licence")
        assert paper is not None
        versions = await archives.versions(session, paper)
    newest = archives.newest(paper)
    assert newest == versions[-1]
    pdf = await driver.files.get(newest.key, newest.sha256, newest.version_id)
    found = await verify(pdf, Trust.load(Path(driver.settings.trust_dir)))
    assert (found.indication, found.changes_after) == ("TOTAL-PASSED", "archive")
    store = driver._store
    return [
        await asyncio.to_thread(
            store.is_object_legal_hold_enabled,
            bucket_name="licences", object_name=file.key.partition("/")[2], version_id=file.version_id,
        )
        for file in versions
    ]  # fmt: skip


# --- new releases ---


@contextlib.asynccontextmanager
async def _release(system: System, name: str, pinned: str = "false") -> AsyncIterator[None]:
    """A general worker of one release, made current, until it is told to stop."""
    process = _started(system, {"BIZ_RELEASE": name, "BIZ_PIN_RUNS": pinned})
    try:
        for _ in range(60):
            current = await asyncio.to_thread(bizportal, system, "deploy", name)
            if current.returncode == 0:
                break
        assert current.returncode == 0, current.stderr
        yield
    finally:
        process.terminate()
        process.wait()


def _started(system: System, changed: dict[str, str]) -> "subprocess.Popen[bytes]":
    """One more general worker, with other settings."""
    env, command = os.environ | system.env_for(Role.GENERAL) | changed, [sys.executable, "-m", "worker", "general"]
    with (system.folder / "log" / "releases.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)


async def _releases(system: System) -> None:
    """A release takes over what is under way; what a pinned one began, it ends."""
    async with Driver.open(system) as driver, contextlib.AsyncExitStack() as later:
        before = await driver.filed(LICENCE)
        await driver.task(before)
        async with _release(system, "a"):
            system.kill("general")
            of_a = await driver.filed(LICENCE)
            await driver.task(of_a)
            await later.enter_async_context(_release(system, "b", "true"))
        of_b = await driver.filed(LICENCE)
        await driver.task(of_b)
        await later.enter_async_context(_release(system, "c"))

        ended = [(await driver.walked(number)).status for number in (before, of_a, of_b)]

        assert ended == ["issued"] * 3
        assert [await _walked_by(driver, number) for number in (before, of_a, of_b)] == ["c", "c", "b"]
        assert "c  current" in bizportal(system, "deploy").stdout


async def _walked_by(driver: Driver, number: str) -> str:
    """The release that took the last task of a run."""
    history = await driver.client.get_workflow_handle(number).fetch_history()
    tasks = [one.workflow_task_completed_event_attributes for one in history.events]
    return [one.deployment_version.build_id or one.worker_deployment_version for one in tasks if one.identity][-1]
