"""The workers: each builds its tools, hands them to the activities, and runs.

`python -m worker general|drawing|sealing [QUEUE]`. Three kinds of process: *general* walks the journeys, does short
writes, and waits for other offices on a queue of their own (`outside`); *drawing* makes papers out of applicants' text;
*sealing* is the only one that is given the keys. With QUEUE a process serves that queue alone; of each there may be
several.
"""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvloop
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Interceptor, UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig

import seen
from activities.acting import Acting
from activities.alive import SayAlive
from activities.applications import Applications
from activities.archives import Archives
from activities.billing import Billing
from activities.case_drawing import CaseDrawing
from activities.clock import Clock
from activities.company_changes import CompanyChanges
from activities.dailies import Dailies
from activities.decision_papers import DecisionDrawing
from activities.issuing import Drawing, Issuing, Sealing
from activities.log import Log
from activities.notices import Postman
from activities.payments import Payments
from activities.receipts import MoneyDrawing, Receipts
from activities.refunding import Refunding
from activities.refusals import PassOnRefusals
from activities.reports import Reports
from activities.representation import Representation
from activities.settling import Settling
from activities.stating import Stating
from activities.steering import Steering
from activities.tasks import Tasks
from activities.trouble import NoteTrouble
from activities.upkeep import Upkeep
from control.alarms import Alarms
from control.archiving import Archive
from control.bulk import Bulk
from control.figures import Figures
from control.keys import case_keys
from control.money_sweeps import MoneySweeps
from control.paper_sweeps import PaperSweeps
from control.sweeps import Sweeps
from exchange.bank import Bank
from exchange.gdx import Gdx
from licences.errors import NotAllowed
from records.database import Database
from records.files import Files
from seen import Noted, WorkFigures
from settings import Role, Settings
from workflows.act import Act
from workflows.amendment import Amendment
from workflows.archives import RenewArchives
from workflows.cancellation import Cancellation
from workflows.daily import DailyScan
from workflows.errands import DrawBill, MakePaper, MakeReceipt, SealSettlement, SignTreeHead
from workflows.messages import DRAWING, GENERAL, OUTSIDE, SEALING, connect
from workflows.new import NewLicence
from workflows.publishing import MakeReport, PublishDay
from workflows.refund import GiveBack
from workflows.renewal import Renewal

log = logging.getLogger("worker")

WORKFLOWS = (
    NewLicence,
    Renewal,
    Amendment,
    Cancellation,
    Act,
    SignTreeHead,
    MakePaper,
    MakeReceipt,
    DrawBill,
    SealSettlement,
    GiveBack,
    RenewArchives,
    DailyScan,
    MakeReport,
    PublishDay,
)
Draw = Callable[[Mapping[str, Any]], Awaitable[bytes]]
"""From the fields of a sheet to the bytes of its PDF."""
Rounds = Callable[[], Coroutine[Any, Any, None]]
"""What is done again and again beside the work, until it is cancelled."""
HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"
"""Where figures are shown: to a scraper in a network that nobody else is in, or on one's own machine."""
GRACE, NO_LONGER = timedelta(seconds=20), timedelta(seconds=2)
"""How long a stopping worker may finish what it holds before it hands it back: a paper or a seal; a wait for others."""
DEPLOYMENT = "bizportal"
"""What the releases of the stories are releases of, to the engine."""


class RoundsEnded(Exception):
    """What a worker does beside its work ended by itself."""


@dataclass
class Shift:
    """What one worker process does: its activities, its stories, and the loops that run beside them."""

    activities: list[Callable[..., Any]]
    workflows: Sequence[type] = ()
    beside: list[Rounds] = field(default_factory=list)
    at_once: int = 20
    grace: timedelta = NO_LONGER
    interceptors: list[Interceptor] = field(default_factory=list)


def effects(*holders: object) -> list[Callable[..., Any]]:
    """Every activity that these objects hold."""
    methods = (getattr(holder, name) for holder in holders for name in dir(holder) if not name.startswith("_"))
    return [method for method in methods if hasattr(method, "__temporal_activity_definition")]


@dataclass(frozen=True)
class Tools:
    """What the effects are made with. Each kind of worker is given only what it needs; the rest is None."""

    database: Database
    files: Files
    gdx: Gdx | None = None
    bank: Bank | None = None
    draw: Draw | None = None
    desk: Any = None
    closed_last: Callable[[], Awaitable[None]] | None = None


def tools_for(role: Role, settings: Settings) -> Tools:
    """The tools of one kind of worker. PDF and key libraries are loaded only where they are used."""
    tools = Tools(
        Database(settings.database_url),
        Files.connect(
            settings.s3_endpoint,
            settings.s3_access_key,
            settings.s3_secret_key,
            secure=settings.s3_secure,
            buckets=settings.shelves,
        ),
    )
    match role:
        case Role.DRAWING:
            from signing.pen import Pen

            apart = Pen()  # what people wrote is drawn in a process that can be ended
            return replace(tools, draw=apart, closed_last=apart.close)
        case Role.SEALING:
            return replace(tools, draw=pen(), desk=seal_desk(settings))
        case _:
            return replace(
                tools,
                gdx=Gdx(
                    settings.gdx_url, settings.gdx_consumer_key, settings.gdx_consumer_secret, settings.gdx_agent_id
                ),
                bank=Bank(settings.bank_url, settings.bank_key, settings.bank_secret, settings.biller_id),
            )


def pen() -> Draw:
    """The drawing tool beside the keys, for words of our own: one thread, a font configuration is not to be shared."""
    from signing.document import render, sheet_of

    thread = ThreadPoolExecutor(1, thread_name_prefix="pen")

    async def draw(fields: Mapping[str, Any]) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(thread, lambda: render(sheet_of(fields)))

    return draw


def seal_desk(settings: Settings) -> Any:
    """The keys of this process. The seals' certificates lie beside the trust folder (`signing.authority`)."""
    from signing.desk import open_desk

    if settings.pkcs11_conf:
        os.environ["SOFTHSM2_CONF"] = settings.pkcs11_conf
    trust = Path(settings.trust_dir)
    return open_desk(
        module=settings.pkcs11_module,
        token=settings.pkcs11_token,
        pin=settings.pkcs11_pin,
        seals=trust.parent / "seals",
        trust_dir=trust,
        tsa_url=settings.tsa_url,
    )


def general(settings: Settings, tools: Tools, client: Client) -> Shift:
    """Order, short writes, other offices, the post, the sweeps."""
    assert tools.gdx and tools.bank
    billing = Billing(
        tools.database,
        settings.biller_id,
        local=settings.profile == "local",
        system_fee=settings.system_fee_basis_points,
    )
    sweeps, bulk = Sweeps(tools.database, client, tools.bank), Bulk(tools.database, client)
    alarms = Alarms(tools.database, client, tuple(filter(None, settings.operators_mail.split(","))))
    money = MoneySweeps(tools.database, client, tools.bank, billing)
    wanted, archive = PaperSweeps(tools.database, client), Archive(tools.database, tools.files, client)
    postman = Postman(
        tools.database, settings.smtp_host, settings.smtp_port, settings.mail_from, settings.public_url, tools.files
    )
    return Shift(
        activities=effects(
            Applications(tools.database),
            Representation(tools.database, tools.gdx),
            billing,
            Payments(tools.database, tools.bank),
            Refunding(tools.database, tools.bank),
            Receipts(tools.database),
            Tasks(tools.database, opdc=settings.opdc_mail),
            Clock(tools.database),
            Steering(tools.database),
            Issuing(tools.database),
            Acting(tools.database, opdc=settings.opdc_mail),
            CompanyChanges(tools.database, tools.gdx),
            Upkeep(tools.database),
        ),
        workflows=WORKFLOWS,
        beside=[one.rounds for one in (postman, sweeps, money, wanted, bulk, alarms, archive)],
        at_once=50,
        interceptors=[NoteTrouble(tools.database)],
    )


def drawing(settings: Settings, tools: Tools, client: Client) -> Shift:
    """Papers with applicants' text: no keys here."""
    assert tools.draw
    # One draws (`pen`) while others wait for their statement.
    pens = Drawing(tools.database, tools.files, tools.draw, settings.public_url)
    reports = Reports(tools.database, tools.files, tools.draw, settings.public_url)
    return Shift(
        effects(pens, CaseDrawing(pens), DecisionDrawing(pens), MoneyDrawing(pens), reports), at_once=4, grace=GRACE
    )


def sealing(settings: Settings, tools: Tools, client: Client) -> Shift:
    """The keys: what is sealed here was written down before, and no applicant's text is drawn here."""
    assert tools.draw and tools.desk
    desk = Sealing(tools.database, tools.files, tools.draw, tools.desk, settings.public_url, settings.retention_years)
    days = Dailies(tools.database, tools.files, tools.desk)
    archives = Archives(tools.database, tools.files, tools.desk, settings.archive_digest, settings.retention_years)
    settling = Settling(tools.database, tools.files, tools.desk, settings.retention_years)
    stating = Stating(tools.database, tools.desk)
    keyed = effects(desk, archives, Log(tools.database, tools.desk), settling, days)
    return Shift(keyed, beside=[stating.rounds], at_once=4, grace=GRACE)


def outside(settings: Settings, tools: Tools, client: Client) -> Shift:
    """What waits for other offices: at most so many at once, so that a slow one takes nothing from the journeys."""
    return replace(general(settings, tools, client), workflows=(), beside=[], at_once=20)


SHIFTS: dict[Role, dict[str, Callable[[Settings, Tools, Client], Shift]]] = {
    Role.GENERAL: {GENERAL: general, OUTSIDE: outside},
    Role.DRAWING: {DRAWING: drawing},
    Role.SEALING: {SEALING: sealing},
}
"""By kind of process, the queues that it serves."""


async def serve(
    role: Role, settings: Settings, queue: str = "", *, wrap: Callable[[Tools], Tools] = lambda tools: tools
) -> None:
    """Run one worker until SIGTERM or SIGINT; then finish or hand back within the grace. `queue` alone, or all of its
    kind. `wrap` may stand before the tools (the tests that kill a worker between two steps do)."""
    settings.refuse_defaults(role)
    async with AsyncExitStack() as stack:
        tools = wrap(tools_for(role, settings))
        stack.push_async_callback(tools.database.close)
        if tools.closed_last:
            stack.push_async_callback(tools.closed_last)
        host, figures = EVERYWHERE if settings.profile == "production" else HERE, WorkFigures()
        client = await _connected(settings, tools, host)
        shifts = _shifts(role, queue, settings, tools, client)
        if GENERAL in shifts:
            shifts[GENERAL].beside.append(Figures(tools.database, client, figures.registry).rounds)
        release = (settings.release, settings.pin_runs) if role is Role.GENERAL else ("", False)
        running = [worker(client, name, shift, figures, *release) for name, shift in shifts.items()]
        for one in running:
            await stack.enter_async_context(one)
        fit = fitness(role, tools, client, running)
        await stack.enter_async_context(seen.page(host, settings.metrics_port, figures.registry, fit))
        await _work(role, [loop for shift in shifts.values() for loop in shift.beside])


async def _connected(settings: Settings, tools: Tools, host: str) -> Client:
    cases = case_keys(tools.database, settings.codec_key)
    where = (settings.temporal_address, settings.temporal_namespace, settings.codec_key)
    return await connect(*where, cases, seen.on_the_wire(), seen.engine_figures(host, settings.engine_metrics_port))


def _shifts(role: Role, queue: str, settings: Settings, tools: Tools, client: Client) -> dict[str, Shift]:
    """What this process serves, by queue."""
    return {name: make(settings, tools, client) for name, make in SHIFTS[role].items() if queue in ("", name)}


async def _work(role: Role, rounds: Sequence[Rounds]) -> None:
    """Go round beside the work until somebody says stop."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    gc.collect()
    gc.freeze()  # what is loaded stays for good: going through it again and again was an eighth of a paper's cost
    log.info("worker %s is ready", role)
    await until_told(stopping, rounds)


async def until_told(stopping: asyncio.Event, rounds: Sequence[Rounds]) -> None:
    """Go round until it is set. Raises RoundsEnded when one of them ends before.

    They catch what they foresee; one that ended all the same would never look again, and say nothing. The worker ends
    with it instead, and whoever keeps workers running begins another.
    """
    loops = {asyncio.ensure_future(one()): one for one in rounds}
    told = asyncio.ensure_future(stopping.wait())
    ended, _ = await asyncio.wait({told, *loops}, return_when=asyncio.FIRST_COMPLETED)
    for one in {told, *loops} - ended:
        one.cancel()
    await asyncio.gather(told, *loops, return_exceptions=True)
    for one, what in loops.items():
        if one in ended:
            raise RoundsEnded(f"{what} ended by itself") from one.exception()


def fitness(role: Role, tools: Tools, client: Client, running: Sequence[Worker]) -> dict[str, seen.Check]:
    """What a worker needs to work, and a question that only a working part answers."""

    async def polls() -> None:
        if not all(one.is_running for one in running):
            raise RuntimeError("no longer asks for work")

    store = {} if role is Role.GENERAL else {"store": tools.files.ready}
    return {"queue": polls, "database": tools.database.ready, "engine": client.service_client.check_health, **store}


def deployed(release: str, *, pinned: bool) -> WorkerDeploymentConfig | None:
    """Which release of the stories this is, to the engine; None where there is only ever one.

    A run that was begun goes on with the release that is current, as the gate proved that it can; `pinned` runs stay
    with the one that began them, for a release that the gate does not let through.
    """
    if not release:
        return None
    version = WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=release)
    behaviour = VersioningBehavior.PINNED if pinned else VersioningBehavior.AUTO_UPGRADE
    return WorkerDeploymentConfig(version, use_worker_versioning=True, default_versioning_behavior=behaviour)


def worker(
    client: Client,
    queue: str,
    shift: Shift,
    figures: WorkFigures | None = None,
    release: str = "",
    pinned: bool = False,
) -> Worker:
    """The engine's worker for one queue."""
    return Worker(
        client,
        task_queue=queue,
        workflows=shift.workflows,
        activities=shift.activities,
        interceptors=[Noted(figures or WorkFigures()), PassOnRefusals(), SayAlive(), *shift.interceptors],
        workflow_failure_exception_types=[NotAllowed],
        workflow_runner=UnsandboxedWorkflowRunner(),  # what a story may not do, tests/workflows/test_purity.py says
        max_concurrent_activities=shift.at_once,
        max_cached_workflows=2000,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
        max_heartbeat_throttle_interval=timedelta(seconds=1),
        graceful_shutdown_timeout=shift.grace,
        deployment_config=deployed(release, pinned=pinned),
    )


def main() -> None:
    """`python -m worker ROLE [QUEUE]`."""
    settings = Settings()
    role = Role(sys.argv[1])
    seen.log_as_lines(role, settings.log_level)
    seen.trace_to(role, settings.otlp_endpoint)
    uvloop.run(serve(role, settings, *sys.argv[2:3]))


if __name__ == "__main__":
    main()
