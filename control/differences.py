"""The first place at which a recorded run and today's code part, in words.

The engine's core says it tersely, and names an event or two steps; here the event is found in the history again and
said as people say it: what the run did there, and what today's code would do instead.
"""

import re
from dataclasses import dataclass
from datetime import UTC

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter

from control import points, steps
from control.timeline import in_words
from licences.errors import Sentence

_MESSAGE = re.compile(r"Nondeterminism error: (.*?)(?:\", source:|$)", re.S)
_EVENT_ID = re.compile(r"HistoryEvent\(id: (\d+)")
_OTHER_STEP = re.compile(r"'([^']*)' does not match [a-z ]*command '([^']*)'")
_MACHINE = re.compile(r"(\w+?)(?:Machine| machine) does not handle")
DOES = {
    "Timer": Sentence("ตั้งเวลารอ", "sets a timer"),
    "Activity": Sentence("เริ่มขั้นตอนอื่น", "begins another step"),
    "LocalActivity": Sentence("เขียนข้อมูลขั้นตอนอื่น", "makes another short write"),
    "CompleteWorkflow": Sentence("จบการเดินเรื่อง", "ends the journey"),
    "FailWorkflow": Sentence("ล้มเหลวทั้งเรื่อง", "fails the journey"),
}


@dataclass(frozen=True)
class Difference:
    """Where they part: the event (0 = the history has nothing more), what it was, what today's code would do."""

    event: int
    recorded: Sentence
    today: Sentence

    @property
    def sentence(self) -> Sentence:
        """The same in one sentence."""
        return Sentence(
            f"เหตุการณ์ที่ {self.event}: ประวัติคือ {self.recorded.th} แต่โปรแกรมวันนี้{self.today.th}",
            f"first difference at event {self.event}: the run took {self.recorded.en}; today's code {self.today.en}",
        )


async def first(history: WorkflowHistory, said: str, converter: DataConverter) -> Difference:
    """Where they part, out of what the core said of it."""
    found = _MESSAGE.search(said)
    words = found[1] if found else said
    recorded_step, today_step = _steps(words)
    event = await _event(history, words, recorded_step, converter)
    if event is None:
        return Difference(0, Sentence("ไม่มีเหตุการณ์อื่น", "nothing more"), _today(today_step, words))
    what = await in_words(event, converter) or Sentence(_kind(event), _kind(event))
    at = f"{event.event_time.ToDatetime(tzinfo=UTC):%Y-%m-%d %H:%M:%S} UTC"
    recorded = Sentence(f"{what.th} เมื่อ {at}", f"{what.en} at {at}")
    return Difference(event.event_id, recorded, _today(today_step, words))


def _steps(words: str) -> tuple[str, str]:
    """The step that was recorded and the one that today's code takes, where the core names both."""
    found = _OTHER_STEP.search(words)
    return (found[1], found[2]) if found else ("", "")


async def _event(history: WorkflowHistory, words: str, step: str, converter: DataConverter) -> HistoryEvent | None:
    """The event that the core speaks of: by its id, or by its step's name."""
    by_id = _EVENT_ID.search(words)
    for event in history.events:
        if by_id and event.event_id == int(by_id[1]):
            return event
        if step and await points.step_of(event, converter) == step:
            return event
    return None


def _today(step: str, words: str) -> Sentence:
    if step:
        title = steps.title(step)
        return Sentence(f"จะทำขั้นตอน {title.th}", f"would take step {title.en}")
    if "No command scheduled" in words:
        return Sentence("ไม่ทำสิ่งใดตรงนั้น", "does nothing there")
    machine = _MACHINE.search(words)
    return DOES.get(machine[1] if machine else "", Sentence("ทำอย่างอื่นตรงนั้น", "does something else there"))


def _kind(event: HistoryEvent) -> str:
    return EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").replace("_", " ").lower()
