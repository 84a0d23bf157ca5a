"""What stands still, and why: found in the records and in the engine, grouped by cause, said in words.

A case is one application that should move and does not; a cause is what the cases have in common: what is waited for,
the sort of error, the agency. Nothing personal is said: of an error the name of its sort, and its words only where
another office spoke, with every long number taken out.
"""

import asyncio
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.api.enums.v1 import EventType, PendingActivityState, TaskQueueType
from temporalio.api.failure.v1 import Failure
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    GetWorkflowExecutionHistoryReverseRequest,
)
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from control import steps
from control.causes import Case, Kind
from control.declared import OF_OFFICE
from licences.calendar import BANGKOK
from records import archives, results, standing, troubles
from records.database import Database
from records.standing import BY_PEOPLE, OFFICES, PEOPLE, Row
from records.tables import Trouble
from workflows.case_messages import STORY
from workflows.messages import DRAWING, GENERAL, JOURNEYS, OUTSIDE, SEALING

LOOKED_AT = 2_000
"""How many runs are asked at most for what they wait for; the longest waiting first."""
AT_ONCE = 20
PROOF_ALARM = timedelta(days=275)
"""A stamp with less is said aloud: the round has been trying in vain for three months, and there are nine left."""
SEAL_ALARM = timedelta(days=60)
"""A seal certificate with less, and no newer one beside it."""
TRIES = 3
"""How often the mail server may refuse before somebody is told."""
GRACE = timedelta(hours=1)
"""How late the engine may be with what it does by itself."""
STILL_FOR = timedelta(minutes=5)
"""How long something may stand without any reason before that itself is a reason."""
TRIED_WITHIN = timedelta(minutes=10)
"""A step that fails is tried again sooner than this; what was last tried longer ago is no longer being tried."""
TOLD_BETTER = (Kind.PAID, Kind.OVERDUE, Kind.TIMER)
"""What the engine gives the reason of is not also named by what follows from it."""
POLLED_WITHIN = timedelta(seconds=90)
"""A worker asks its queue again every minute, whether or not there is work."""
STORIES = (*JOURNEYS.values(), STORY)
OURS = " OR ".join(f'WorkflowType="{story}"' for story in STORIES)
SPOKEN = ("OfficeDown", "OfficeRefused")
"""Errors whose words another office said: these may be repeated."""
BROKEN = (
    WorkflowExecutionStatus.FAILED,
    WorkflowExecutionStatus.TERMINATED,
    WorkflowExecutionStatus.TIMED_OUT,
    WorkflowExecutionStatus.CANCELED,
)
_LONG_NUMBER = re.compile(r"\d{5,}")
_TYPES = {
    GENERAL: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    DRAWING: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    SEALING: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    OUTSIDE: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}


@dataclass(frozen=True)
class Found:
    """Every case, and how many runs were too many to be asked."""

    cases: tuple[Case, ...]
    more: bool = False


async def look(database: Database, client: Client, after: timedelta, queues: Sequence[str] = tuple(_TYPES)) -> Found:
    """What stands still for longer than `after`. Raises RPCError or a database error when one of them is away."""
    now = datetime.now(UTC)
    unserved = [queue for queue in queues if not await served(client, queue, now)]
    by_records = await _by_records(database, now, after)
    faulty = await _faulty(database, client)
    async with database.reading() as session:
        asked = await standing.in_the_engine(session, now - after, LOOKED_AT + 1)
        failing = await troubles.lasting(session, now - after)
    known = {case.number for case in faulty}
    busy = await _gather(_of_run(client, row, unserved) for row in asked[:LOOKED_AT] if row.number not in known)
    by_engine = [*faulty, *(case for some in busy for case in some if _older(case, now - after))]
    by_engine += [Case("", Kind.QUEUE, queue) for queue in unserved if queue not in {c.waits_for for c in by_engine}]
    named = {case.number for case in by_engine if case.kind is not Kind.QUEUE}  # an unserved queue explains no failure
    by_engine += await _in_trouble(database, failing, named, now)
    told = {case.number for case in by_engine}
    # The engine knows the reason; that the money was there already, or a day has passed, is then no cause of its own.
    rest = [case for case in by_records if case.kind not in TOLD_BETTER or case.number not in told]
    told |= {case.number for case in rest}
    still = [_case(Kind.STILL, row) for row in asked[:LOOKED_AT] if nothing_says_why(row, told, now)]
    return Found(_without_held([*by_engine, *rest, *still]), more=len(asked) > LOOKED_AT)


def nothing_says_why(row: Row, told: Collection[str], now: datetime) -> bool:
    """Open, no person has anything to do, and after a while neither the engine nor the records know a reason."""
    waits = row.since is not None and row.since < now - STILL_FOR
    return waits and row.open and row.number not in told and row.waits_for not in (*OFFICES, *PEOPLE, *BY_PEOPLE)


def _without_held(cases: list[Case]) -> tuple[Case, ...]:
    """What an operator holds is named as held, and by nothing else that would follow from it."""
    held = {case.number for case in cases if case.kind is Kind.HELD}
    return tuple(case for case in cases if case.kind is Kind.HELD or case.number not in held)


async def _in_trouble(
    database: Database, failing: Sequence[Trouble], told: Collection[str], now: datetime
) -> list[Case]:
    """Short writes of ours that fail and are tried again, which the engine says nothing of; and all that fails beside
    applications (cases after the grant, refunds, rounds): there the number is the run's own name."""
    fresh = [one for one in failing if one.at > now - TRIED_WITHIN and one.application not in told]
    async with database.reading() as session:
        rows = await standing.still_open(session, [one.application for one in fresh])
    agencies = {number: row.agency for number, row in rows.items()}
    return [_of_trouble(one, agencies.get(one.application, "")) for one in fresh]


def _of_trouble(one: Trouble, agency: str) -> Case:
    return Case(one.application, Kind.STEP, one.effect, agency, one.since, one.error, one.said, one.attempt)


def _older(case: Case, than: datetime) -> bool:
    return case.kind is Kind.GONE or case.since is None or case.since < than


# --- the records ---


async def _by_records(database: Database, now: datetime, after: timedelta) -> list[Case]:
    async with database.reading() as session:
        found = {
            Kind.HELD: await standing.held(session),
            Kind.TIMER: await standing.timers_not_fired(session, now, GRACE),
            Kind.SILENT: await standing.unclaimed_tasks(session, now.astimezone(BANGKOK).date()),
            Kind.DESK: await standing.overdue_tasks(session, now.astimezone(BANGKOK).date()),
            Kind.OVERDUE: await standing.overdue_waits(session, now),
            Kind.PAID: await standing.paid_not_moving(session, now - after),
            Kind.TOLD: await standing.told_not_confirmed(session, now, now - after),
            Kind.MONEY: await standing.money_for_people(session),
            Kind.UNTOLD: await results.untold(session, now),
            Kind.UNBEGUN: await standing.not_begun(session, now - after),
        }
        letters = await standing.refused_notices(session, TRIES)
        proofs = await _ending_proofs(session, now)
    cases = [_case(kind, row) for kind, rows in found.items() for row in rows]
    cases += proofs
    return cases + [replace(_case(Kind.NOTICE, row), said=quiet(said)) for row, said in letters]


async def _ending_proofs(session: AsyncSession, now: datetime) -> list[Case]:
    """Seal certificates and archive stamps that end, long before they do: the day's round renews a year ahead."""
    papers = await archives.ending(session, now + PROOF_ALARM, now.astimezone(BANGKOK).date(), LOOKED_AT)
    seals = await archives.seals_ending(session, now + SEAL_ALARM)
    return [
        *(Case("", Kind.SEAL, "seal", seal.agency, seal.ends_at) for seal in seals),
        *(Case(p.application, Kind.ARCHIVE, "renew_archives", p.agency, p.proof_ends_at) for p in papers),
    ]


def _case(kind: Kind, row: Row) -> Case:
    return Case(row.number, kind, row.waits_for, row.agency, row.since)


def quiet(words: str) -> str:
    """The first line of what was said, without any number that could be a person's."""
    return _LONG_NUMBER.sub("…", words.strip().split("\n")[0])[:200]


# --- the engine ---


async def served(client: Client, queue: str, now: datetime) -> bool:
    """Whether a worker has asked this queue for work lately."""
    asked = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=_TYPES[queue]
    )
    answer = await client.workflow_service.describe_task_queue(asked)
    return any(now - moment(poller.last_access_time) < POLLED_WITHIN for poller in answer.pollers)


async def _faulty(database: Database, client: Client) -> list[Case]:
    """Runs whose code fails, and runs that ended though the records call the application open."""
    # A run that was set back is closed and keeps the mark; the one in its place is what counts.
    asked = 'TemporalReportedProblems IS NOT NULL AND ExecutionStatus="Running"'
    problems = [run async for run in client.list_workflows(asked)]
    failing = [run.id for run in problems if run.workflow_type in STORIES]
    others = [
        Case("", Kind.CODE, run.workflow_type, since=run.start_time, error=run.id.split(":")[0])
        for run in problems
        if run.workflow_type not in STORIES
    ]
    ended = " OR ".join(f'ExecutionStatus="{status.name.title().replace("_O", "O")}"' for status in BROKEN)
    broken = {run.id async for run in client.list_workflows(f"({OURS}) AND ({ended})")} - set(failing)
    async with database.reading() as session:
        rows = await standing.still_open(session, [*failing, *broken])
    of_code = await _gather(_of_code(client, rows[number]) for number in failing if number in rows)
    of_end = await _gather(_of_run(client, rows[number], ()) for number in broken if number in rows)
    return [*of_code, *others, *(case for some in of_end for case in some if case.kind is Kind.GONE)]


async def _of_code(client: Client, row: Row) -> Case:
    """A run whose code fails: since when, with what."""
    described = await client.get_workflow_handle(row.number).describe()
    pending = described.raw_description.pending_workflow_task
    error, said = await _last_fault(client, described)
    since = moment(pending.original_scheduled_time) if pending.HasField("original_scheduled_time") else row.since
    return Case(row.number, Kind.CODE, "code", row.agency, since, error, said, tries=pending.attempt)


async def _last_fault(client: Client, described: WorkflowExecutionDescription) -> tuple[str, str]:
    asked = GetWorkflowExecutionHistoryReverseRequest(namespace=client.namespace, maximum_page_size=50)
    asked.execution.workflow_id, asked.execution.run_id = described.id, described.run_id or ""
    answer = await client.workflow_service.get_workflow_execution_history_reverse(asked)
    for event in answer.history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            return await error_of(client, event.workflow_task_failed_event_attributes.failure)
    return "", ""


async def _of_run(client: Client, row: Row, unserved: Sequence[str]) -> list[Case]:
    """What one run waits for beside people; none when it waits for nobody else."""
    try:
        described = await client.get_workflow_handle(row.number).describe()
    except RPCError as gone:
        if gone.status is not RPCStatusCode.NOT_FOUND:
            raise
        return [Case(row.number, Kind.GONE, "engine", row.agency, row.since, "not-found")]
    if described.status in BROKEN:
        return [Case(row.number, Kind.GONE, "engine", row.agency, described.close_time, described.status.name.lower())]
    every = [await _of_activity(client, row, one, unserved) for one in described.raw_description.pending_activities]
    return [case for case in every if case]


async def _of_activity(client: Client, row: Row, pending: Any, unserved: Sequence[str]) -> Case | None:
    """One step that fails and is tried again, or that no worker takes."""
    since = row.since or moment(pending.scheduled_time)
    queue = pending.activity_options.task_queue.name
    if pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED and queue in unserved:
        return Case(row.number, Kind.QUEUE, queue, row.agency, since)
    if not pending.HasField("last_failure"):
        return None
    error, said = await error_of(client, pending.last_failure)
    again = moment(pending.next_attempt_schedule_time) if pending.HasField("next_attempt_schedule_time") else None
    asks = steps.kind(pending.activity_id) in OF_OFFICE  # another step may fail while an office is silent
    kind = Kind.OFFICE if row.waits_for in OFFICES and asks else Kind.STEP
    waits_for = row.waits_for if kind is Kind.OFFICE else pending.activity_type.name
    return Case(row.number, kind, waits_for, row.agency, since, error, said, pending.attempt, again)


async def error_of(client: Client, failure: Failure) -> tuple[str, str]:
    """The sort of an error, and its words where they may be said."""
    error: BaseException | None = await client.data_converter.decode_failure(failure)
    while error is not None and not isinstance(error, ApplicationError):
        inner = error.__cause__
        if inner is None:
            return type(error).__name__, ""
        error = inner
    sort = error.type or "Error" if error else "Error"
    return sort, quiet(error.message) if error and sort in SPOKEN else ""


def moment(stamp: Timestamp) -> datetime:
    """The engine's moment as ours."""
    return stamp.ToDatetime(tzinfo=UTC)


async def _gather(asked: Iterable[Any]) -> list[Any]:
    """Ask many, a few at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(question: Any) -> Any:
        async with room:
            return await question

    return list(await asyncio.gather(*(one(question) for question in asked)))
