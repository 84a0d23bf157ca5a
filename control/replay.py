"""A recorded run against today's code: does it walk the same way, and would it go on?

The engine's own replayer stops at the last completed task, and so calls a run that stumbles *after* it well. Here the
task that is pending is made to look completed: what today's code would do with it is then seen too.
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from control import differences
from control.differences import Difference
from control.waits import OURS, quiet
from licences.errors import NotAllowed, Sentence

UNDER_WAY = {
    EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
}
_TOLD = re.compile(r'type: "(\w+)"')
QUIETLY = LoggingConfig(TelemetryFilter(core_level="ERROR", other_level="ERROR"))
"""The core would repeat on standard output what is said here in words."""
COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED


@dataclass(frozen=True)
class Replayed:
    """How one run fares on today's code; `error` "" = it walks the same way and would go on."""

    number: str
    events: int
    error: str = ""
    said: str = ""
    difference: Difference | None = None

    @property
    def sentence(self) -> Sentence:
        """The same in words."""
        if not self.error:
            return Sentence("เดินตามประวัติได้และไปต่อได้", f"same way over {self.events} events, and it would go on")
        if self.difference:
            says = self.difference.sentence
            return Sentence(f"โปรแกรมวันนี้เดินต่างจากประวัติ: {says.th}", f"today's code walks another way: {says.en}")
        return Sentence(f"โปรแกรมวันนี้ผิดพลาด: {self.error}", f"today's code fails with {self.error}")


def with_pending_task(history: WorkflowHistory) -> WorkflowHistory:
    """The same history with what came after the last completed task taken as one completed task more."""
    done = max((i for i, event in enumerate(history.events) if event.event_type == COMPLETED), default=0)
    kept = [event for i, event in enumerate(history.events) if i <= done or event.event_type not in UNDER_WAY]
    events = [HistoryEvent() for _ in range(len(kept) + 3)]
    for event, original in zip(events, kept, strict=False):
        event.CopyFrom(original)
    scheduled, started, completed = events[-3:]
    for place, event in enumerate(events, start=1):
        event.event_id = place
        if place > len(kept):
            event.event_time.CopyFrom(history.events[-1].event_time)
    scheduled.event_type = EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED
    scheduled.workflow_task_scheduled_event_attributes.attempt = 1
    started.event_type = EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
    started.workflow_task_started_event_attributes.scheduled_event_id = scheduled.event_id
    completed.event_type = COMPLETED
    says = completed.workflow_task_completed_event_attributes
    says.scheduled_event_id, says.started_event_id = scheduled.event_id, started.event_id
    return WorkflowHistory(workflow_id=history.workflow_id, events=events)


def _is_over(history: WorkflowHistory) -> bool:
    """Whether the run has ended: then there is no task to come."""
    last = EventType.Name(history.events[-1].event_type)
    return last.startswith("EVENT_TYPE_WORKFLOW_EXECUTION_") and not last.endswith(("SIGNALED", "STARTED", "REQUESTED"))


class Walker:
    """Walks recorded runs with the stories given, as our workers run them."""

    def __init__(self, stories: Sequence[type], converter: DataConverter) -> None:
        self._converter = converter
        self._replayer = Replayer(
            workflows=stories,
            data_converter=converter,
            workflow_failure_exception_types=[NotAllowed],
            workflow_runner=UnsandboxedWorkflowRunner(),
            runtime=Runtime(telemetry=TelemetryConfig(logging=QUIETLY)),
        )

    async def of(self, history: WorkflowHistory) -> Replayed:
        """One recorded run."""
        whole = history if _is_over(history) else with_pending_task(history)
        result = await self._replayer.replay_workflow(whole, raise_on_replay_failure=False)
        wrong, events = result.replay_failure, len(history.events)
        if wrong is None:
            return Replayed(history.workflow_id, events)
        # A failure of our code names its sort; anything else is the core's: it cannot lead the code along the history.
        if not isinstance(wrong, NondeterminismError) and (sort := _sort(wrong)):
            return Replayed(history.workflow_id, events, sort, quiet(str(wrong)))
        parts = await differences.first(whole, str(wrong), self._converter)
        return Replayed(history.workflow_id, events, type(wrong).__name__, difference=parts)


class Replays(Walker):
    """Replays runs of one engine."""

    def __init__(self, client: Client, stories: Sequence[type]) -> None:
        super().__init__(stories, client.data_converter)
        self.client = client

    async def one(self, number: str) -> Replayed:
        """One application's newest run. Raises RPCError when the engine has none."""
        return await self.of(await self.client.get_workflow_handle(number).fetch_history())

    async def open(self) -> AsyncIterator[Replayed]:
        """Every open run, one after the other."""
        async for run in self.client.list_workflows(f'({OURS}) AND ExecutionStatus="Running"'):
            yield await self.one(run.id)

    async def how_many(self) -> int:
        """How many runs are open."""
        return (await self.client.count_workflows(f'({OURS}) AND ExecutionStatus="Running"')).count


def _sort(wrong: Exception) -> str:
    """The sort of the failure that the engine would have heard of; "" when there is none."""
    told = _TOLD.findall(str(wrong))
    return told[-1] if told else ""
