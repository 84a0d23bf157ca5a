"""A point of a run that one may go back to, and what it means: what runs again, what was said and stays said."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.converter import DataConverter

from control import steps
from licences.errors import NotAllowed, Sentence

LAST_GOOD = "last-good"
COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
FAILED = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED


class NoSuchPoint(NotAllowed):
    """A run cannot be set back to there."""


@dataclass(frozen=True)
class Point:
    """A point to go back to, and what that means."""

    run: str
    event: int
    again: tuple[str, ...]  # steps that run again
    kept: tuple[str, ...]  # messages after it, which are said again in the same order

    def sentences(self) -> tuple[Sentence, ...]:
        """What it means, for whoever is about to do it."""
        ran = [steps.title(step) for step in self.again]
        nothing = Sentence("ไม่มี", "none")
        th = ", ".join(one.th for one in ran) or nothing.th
        en = ", ".join(one.en for one in ran) or nothing.en
        said = ", ".join(self.kept)
        return (
            Sentence(f"กลับไปที่เหตุการณ์ {self.event}", f"back to event {self.event}"),
            Sentence(f"ขั้นตอนที่ทำซ้ำ: {th}", f"steps that run again: {en}"),
            Sentence(
                f"เก็บข้อความที่ได้รับหลังจากนั้น {len(self.kept)} รายการ ({said})",
                f"{len(self.kept)} messages said after it are kept" + (f" ({said})" if said else ""),
            ),
            *dict.fromkeys(steps.once(step) for step in self.again),
            Sentence(
                "ไม่มีเลขที่ ใบแจ้งชำระ การชำระเงิน ตราประทับ หรือหนังสือแจ้งใดเกิดขึ้นเป็นครั้งที่สอง",
                "No number, bill, payment, seal or notice is made a second time.",
            ),
        )


async def find(client: Client, number: str, to: str) -> Point:
    """A point of the newest run: an event's number, or `last-good`. Raises NoSuchPoint, RPCError."""
    handle = client.get_workflow_handle(number)
    described = await handle.describe()
    events = [event async for event in handle.fetch_history_events()]
    good = [event.event_id for event in events if event.event_type == COMPLETED]
    good = good or [event.event_id for event in events if event.event_type == FAILED][:1]  # failed from the start
    wanted = good[-1:] if to == LAST_GOOD else [event for event in good if str(event) == to]
    if not wanted:
        could = ", ".join(map(str, good))
        raise NoSuchPoint(
            f"กลับไปได้ที่เหตุการณ์ {could} หรือ last-good", f"it can go back to the events {could}, or last-good"
        )
    later = [event for event in events if event.event_id > wanted[0]]
    again = [await step_of(event, client.data_converter) for event in later]
    return Point(described.run_id or "", wanted[0], tuple(filter(None, again)), tuple(_said(later)))


def _said(events: Sequence[HistoryEvent]) -> list[str]:
    """The names of the messages among these events."""
    named = []
    for event in events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            named.append(event.workflow_execution_signaled_event_attributes.signal_name)
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            named.append(event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name)
    return named


async def step_of(event: HistoryEvent, converter: DataConverter) -> str:
    """The step that an event belongs to: an effect's own name, or that of a short write; "" for anything else."""
    if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        return event.activity_task_scheduled_event_attributes.activity_id
    if event.event_type != EventType.EVENT_TYPE_MARKER_RECORDED:
        return ""
    kept = list(event.marker_recorded_event_attributes.details["data"].payloads)
    if not kept:
        return ""
    clear = await converter.payload_codec.decode(kept) if converter.payload_codec else kept
    return str(json.loads(clear[0].data).get("activity_id", ""))
