"""Set going again what stands still, one application at a time; recorded, with who and why.

Nothing is called fixed because it was asked for: a case is being *checked* until its run has passed the step that it
stood at. No number, bill, seal, entry or notice is made twice by any of it: every effect is written once for its step
(`control.steps` says of each how).
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from temporalio.api.workflowservice.v1 import ResetActivityRequest, ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from control import ending, opening, points, steering
from control.points import Point
from control.sweeps import begin, begin_case
from control.waits import BROKEN
from licences.errors import NotAllowed
from licences.procedure import Procedure
from licences.register import is_case
from records import applications, cases, history, troubles
from records.database import Database
from records.tables import RepairOrder
from workflows.messages import Word

PAUSE_S = 0.5
BY_ITSELF = "ไปต่อแล้วเอง / it had gone on by itself"


class Act(StrEnum):
    """What an operator may do with an application."""

    RETRY = "retry"  # try now what fails; go back to the last good point where our own code had failed
    RESET = "reset"  # go back to a point of its run
    SUSPEND = "suspend"
    RESUME = "resume"
    HAND = "hand"  # to an officer
    CORRECT = "correct"  # an answer that is wrong
    MOVE = "move"  # to a newer version of its rules
    END = "end"  # and owe back what is to be given back


TWO_PERSONS = frozenset({Act.CORRECT, Act.MOVE, Act.END})
"""What changes what an applicant said, the rules he applied under, or ends his case, is not one person's word."""


class State(StrEnum):
    """What became of a repair."""

    WAITING = "waiting"
    WORKING = "working"
    FIXED = "fixed"  # the run has passed the step it stood at, or did what was asked
    CHECKING = "checking"  # asked for, and not yet seen to pass
    AGAIN = "failed-again"
    NOTHING = "nothing-to-retry"
    REFUSED = "refused"  # the rules say no, and why
    STOPPED = "stopped"


@dataclass(frozen=True)
class Why:
    """Who repairs, who agreed, why, and under which repair."""

    by: str
    reason: str
    repair: str = field(default_factory=lambda: str(uuid.uuid4()))
    agreed: str = ""

    @property
    def word(self) -> Word:
        """The same as a journey is told."""
        return Word(repair=self.repair, by=self.by, reason=self.reason, agreed=self.agreed)

    @classmethod
    def of(cls, order: RepairOrder) -> "Why":
        """As the records keep it."""
        return cls(order.asked_by, order.reason, order.id, order.approved_by)


@dataclass(frozen=True)
class Result:
    """What became of one application, and what it must pass to be called fixed."""

    state: State
    said: str = ""
    stood_at: Mapping[str, Any] = field(default_factory=dict)


class Repairs:
    """Repairs on one engine and its records."""

    def __init__(self, database: Database, client: Client, patience: timedelta) -> None:
        self.database, self.client, self.patience = database, client, patience

    async def do(self, act: Act, number: str, why: Why, said: Mapping[str, Any]) -> Result:
        """One repair of one application; what the rules refuse is a result, with their words."""
        ways: Mapping[Act, Callable[[], Awaitable[Result]]] = {
            Act.RETRY: lambda: self.retry(number, why, stood=bool(said.get("cause"))),
            Act.RESET: lambda: self.back_to(number, str(said["to"]), why),
            Act.END: lambda: self.end(number, why),
        }
        try:
            if act in ways:
                return await ways[act]()
            await steering.say(self.client, self.database, act.value, number, why.word, said)
        except NotAllowed as no:
            return Result(State.REFUSED, str(no))
        except steering.NoAnswer as silent:
            return Result(State.AGAIN, str(silent))
        return Result(State.FIXED)

    # --- trying again ---

    async def retry(self, number: str, why: Why, *, stood: bool = False) -> Result:
        """Try now what fails; begin what never began; go back where our code had failed. `stood`: it stood still when
        the list was frozen, so where nothing fails now it has gone on by itself."""
        nothing = Result(State.FIXED, BY_ITSELF) if stood else Result(State.NOTHING)
        async with self.database.reading() as session:
            failing = [one.step for one in await troubles.of(session, number)]
            over = await (cases if is_case(number) else applications).is_over(session, number)
        described = await self.describe(number)
        if described is None:
            return nothing if over else await self._begin(number, why)
        if not over and (described.status in BROKEN or code_fails(described)):
            return await self.back_to(number, points.LAST_GOOD, why)
        pending = described.raw_description.pending_activities
        if steps := [one.activity_id for one in pending if one.HasField("last_failure")]:
            return await self._try_now(described, steps, why)
        return await self.back_to(number, points.LAST_GOOD, why) if failing and not over else nothing

    async def _try_now(self, described: WorkflowExecutionDescription, steps: list[str], why: Why) -> Result:
        await self._record(described.id, "retry", why, {"steps": steps})
        for step in steps:
            asked = ResetActivityRequest(namespace=self.client.namespace, id=step)
            asked.execution.workflow_id, asked.execution.run_id = described.id, described.run_id or ""
            await self.client.workflow_service.reset_activity(asked)
        return await self._until_passed(described.id, {"steps": steps}, why)

    async def _begin(self, number: str, why: Why) -> Result:
        """Start a journey that no run was found of; the steps that were taken before are found as they were left."""
        await self._record(number, "begin", why, {})
        await (self._begin_case if is_case(number) else self._begin_journey)(number)
        return await self._until_passed(number, {"run": "", "event": 0}, why)

    async def _begin_journey(self, number: str) -> None:
        async with self.database.reading() as session:
            application = await applications.get(session, number)
            procedure: Procedure = await applications.procedure(session, application)
        await begin(self.client, number, procedure, for_company=application.holder_kind == "juristic")
        async with self.database.transaction() as session:
            await applications.begun(session, number, datetime.now(UTC))

    async def _begin_case(self, number: str) -> None:
        async with self.database.reading() as session:
            case = await cases.get(session, number)
            opened = await opening.opened_case(session, case, await cases.rules_of(session, case))
        await begin_case(self.client, opened)
        async with self.database.transaction() as session:
            await cases.begun(session, number, datetime.now(UTC))

    # --- going back ---

    async def back_to(self, number: str, to: str, why: Why) -> Result:
        """Go back to a point of its newest run. Raises NoSuchPoint, RPCError."""
        return await self.reset(number, await points.find(self.client, number, to), why)

    async def reset(self, number: str, point: Point, why: Why) -> Result:
        """Go back to there; messages said after it are said again. Raises RPCError."""
        said = {"event": point.event, "run": point.run, "again": list(point.again), "kept": len(point.kept)}
        await self._record(number, "reset", why, said)
        asked = ResetWorkflowExecutionRequest(
            namespace=self.client.namespace,
            reason=f"{why.by}: {why.reason}",
            workflow_task_finish_event_id=point.event,
            request_id=str(uuid.uuid4()),
        )
        asked.workflow_execution.workflow_id, asked.workflow_execution.run_id = number, point.run
        answer = await self.client.workflow_service.reset_workflow_execution(asked)
        async with self.database.transaction() as session:
            await troubles.forget(session, number)
        return await self._until_passed(number, {"run": answer.run_id, "event": point.event}, why)

    async def end(self, number: str, why: Why) -> Result:
        """End it, and owe back what is to be given back. Raises NotAllowed when it is granted or over."""
        await ending.end(self.database, self.client, number, why.word)
        return Result(State.FIXED)

    # --- has it passed? ---

    async def _until_passed(self, number: str, stood_at: Mapping[str, Any], why: Why) -> Result:
        """Until the run has passed where it stood, or failed there again, or patience ends."""
        state, ends = State.CHECKING, datetime.now(UTC) + self.patience
        while state is State.CHECKING and datetime.now(UTC) < ends:
            await asyncio.sleep(PAUSE_S)
            state = await self.passed(number, stood_at)
        if state is State.FIXED:
            await self._record(number, "fixed", why, dict(stood_at))
        return Result(state, stood_at=stood_at)

    async def passed(self, number: str, stood_at: Mapping[str, Any]) -> State:
        """One look: has it passed where it stood?"""
        described = await self.describe(number)
        if described is None or described.status in BROKEN:
            return State.AGAIN
        if described.status is not WorkflowExecutionStatus.RUNNING:
            return State.FIXED
        return _by_steps(described, stood_at["steps"]) if "steps" in stood_at else await self._by_run(described)

    async def _by_run(self, described: WorkflowExecutionDescription) -> State:
        """The run that was set back goes on when it has no task of its own to do, and no step of its own that fails."""
        if code_fails(described):
            return State.AGAIN
        if described.raw_description.HasField("pending_workflow_task"):
            return State.CHECKING
        async with self.database.reading() as session:
            failing = await troubles.of(session, described.id)
        return State.AGAIN if failing else State.FIXED

    async def found_fixed(self, number: str, why: Why, stood_at: Mapping[str, Any]) -> None:
        """It was seen later to have passed."""
        await self._record(number, "fixed", why, dict(stood_at))

    # --- how ---

    async def describe(self, number: str) -> WorkflowExecutionDescription | None:
        """The newest run; None: the engine has none."""
        try:
            return await self.client.get_workflow_handle(number).describe()
        except RPCError as gone:
            if gone.status is not RPCStatusCode.NOT_FOUND:
                raise
            return None

    async def _record(self, number: str, what: str, why: Why, said: dict[str, object]) -> None:
        """Into the application's history: what was done, by whom, why."""
        key, told = f"repair:{what}:{why.repair}", {"repair": why.repair, "reason": why.reason, **said}
        async with self.database.transaction() as session:
            await history.record(session, number, key, f"application:repair:{what}", why.by, datetime.now(UTC), told)


def code_fails(described: WorkflowExecutionDescription) -> bool:
    """Whether our own code has failed on the task that is pending."""
    return bool(described.raw_description.pending_workflow_task.attempt > 1)


def _by_steps(described: WorkflowExecutionDescription, steps: Sequence[str]) -> State:
    mine = [one for one in described.raw_description.pending_activities if one.activity_id in steps]
    if not mine:
        return State.FIXED
    again = any(one.attempt > 1 and one.HasField("last_failure") for one in mine)
    return State.AGAIN if again else State.CHECKING
