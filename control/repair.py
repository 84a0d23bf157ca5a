"""Set going again what stands still: retry a step now, or go back to a point of its run; recorded, with who and why.

Nothing is called fixed because it was asked for: a case is being *checked* until its run has passed the step that it
stood at. No number, bill, seal, entry or notice is made twice by either: every effect is written once for its step.
"""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetActivityRequest, ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from control.sweeps import begin
from control.waits import BROKEN
from licences.procedure import Procedure
from records import applications, history
from records.database import Database

PAUSE_S = 0.5
COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
MESSAGES = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
}


class State(StrEnum):
    """What became of a repair."""

    FIXED = "fixed"  # the run has passed the step it stood at
    CHECKING = "checking"  # asked for, and not yet seen to pass
    AGAIN = "failed-again"
    NOTHING = "nothing-to-retry"


class NoSuchPoint(ValueError):
    """A run cannot be set back to there."""


@dataclass(frozen=True)
class Why:
    """Who repairs, and why."""

    by: str
    reason: str


@dataclass(frozen=True)
class Point:
    """A point to go back to, and what that means."""

    run: str
    event: int
    again: tuple[str, ...]  # steps that run again
    kept: int  # messages after it, which are said again in the same order


class Repairs:
    """Repairs on one engine and its records."""

    def __init__(self, database: Database, client: Client, patience: timedelta) -> None:
        self.database, self.client, self.patience = database, client, patience

    async def retry(self, number: str, why: Why) -> State:
        """Try now what fails and waits for its next try; start what was never begun. Raises UnknownApplication."""
        async with self.database.reading() as session:
            application = await applications.get(session, number)
        if application.ended_at:
            return State.NOTHING
        described = await self._describe(number)
        if described is None:
            return await self._begin(number, why)
        failing = [one for one in described.raw_description.pending_activities if one.HasField("last_failure")]
        if not failing:
            return State.NOTHING
        steps = [one.activity_id for one in failing]
        await self._record(number, "retry", why, {"steps": steps})
        for step in steps:
            asked = ResetActivityRequest(namespace=self.client.namespace, id=step)
            asked.execution.workflow_id, asked.execution.run_id = number, described.run_id or ""
            await self.client.workflow_service.reset_activity(asked)
        return await self._check(number, steps, why)

    async def _begin(self, number: str, why: Why) -> State:
        """Start a journey that no run was found of; the steps that were taken before are found as they were left."""
        async with self.database.reading() as session:
            application = await applications.get(session, number)
            procedure: Procedure = await applications.procedure(session, application)
        await self._record(number, "begin", why, {})
        await begin(self.client, number, procedure, for_company=application.holder_kind == "juristic")
        async with self.database.transaction() as session:
            await applications.begun(session, number, datetime.now(UTC))
        return State.CHECKING

    async def _check(self, number: str, steps: Sequence[str], why: Why) -> State:
        """Until the run has passed the steps, or one failed again, or patience ends."""
        state, ends = State.CHECKING, datetime.now(UTC) + self.patience
        while state is State.CHECKING and datetime.now(UTC) < ends:
            await asyncio.sleep(PAUSE_S)
            described = await self._describe(number)
            if described is None or described.status in BROKEN:
                return State.AGAIN
            mine = [one for one in described.raw_description.pending_activities if one.activity_id in steps]
            if not mine:
                state = State.FIXED
            elif any(one.attempt > 1 and one.HasField("last_failure") for one in mine):
                state = State.AGAIN
        if state is State.FIXED:
            await self._record(number, "fixed", why, {"steps": list(steps)})
        return state

    # --- going back ---

    async def point(self, number: str, to: str) -> Point:
        """A point of the newest run: an event's number, or `last-good`. Raises NoSuchPoint, RPCError."""
        handle = self.client.get_workflow_handle(number)
        described = await handle.describe()
        events = [event async for event in handle.fetch_history_events()]
        good = [event.event_id for event in events if event.event_type == COMPLETED]
        wanted = good[-1:] if to == "last-good" else [event for event in good if str(event) == to]
        if not wanted:
            raise NoSuchPoint(f"one of the events {', '.join(map(str, good))}, or last-good")
        later = [event for event in events if event.event_id > wanted[0]]
        again = [event.activity_task_scheduled_event_attributes.activity_id for event in later]
        kept = sum(event.event_type in MESSAGES for event in later)
        return Point(described.run_id or "", wanted[0], tuple(filter(None, again)), kept)

    async def reset(self, number: str, point: Point, why: Why) -> State:
        """Go back to there; messages said after it are said again. Raises RPCError."""
        said = {"event": point.event, "run": point.run, "again": list(point.again), "kept": point.kept}
        await self._record(number, "reset", why, said)
        asked = ResetWorkflowExecutionRequest(
            namespace=self.client.namespace,
            reason=f"{why.by}: {why.reason}",
            workflow_task_finish_event_id=point.event,
            request_id=str(uuid.uuid4()),
        )
        asked.workflow_execution.workflow_id, asked.workflow_execution.run_id = number, point.run
        answer = await self.client.workflow_service.reset_workflow_execution(asked)
        return await self._check_run(number, answer.run_id, point, why)

    async def _check_run(self, number: str, run: str, point: Point, why: Why) -> State:
        """Until the new run has completed a task of its own, or failed one, or patience ends."""
        state, ends = State.CHECKING, datetime.now(UTC) + self.patience
        handle = self.client.get_workflow_handle(number, run_id=run)
        while state is State.CHECKING and datetime.now(UTC) < ends:
            await asyncio.sleep(PAUSE_S)
            kinds = [event.event_type async for event in handle.fetch_history_events() if event.event_id > point.event]
            if COMPLETED in kinds:
                state = State.FIXED
            elif kinds.count(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED) > 1:
                state = State.AGAIN  # the first failed task is the mark of the reset itself
        if state is State.FIXED:
            await self._record(number, "fixed", why, {"run": run})
        return state

    # --- how ---

    async def _describe(self, number: str) -> WorkflowExecutionDescription | None:
        try:
            return await self.client.get_workflow_handle(number).describe()
        except RPCError as gone:
            if gone.status is not RPCStatusCode.NOT_FOUND:
                raise
            return None

    async def _record(self, number: str, what: str, why: Why, said: dict[str, object]) -> None:
        """Into the application's history: what was done, by whom, why."""
        at = datetime.now(UTC)
        key, told = f"repair:{what}:{at.isoformat()}", {"reason": why.reason, **said}
        async with self.database.transaction() as session:
            await history.record(session, number, key, f"application:repair:{what}", why.by, at, told)
