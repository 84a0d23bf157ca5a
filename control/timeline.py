"""Everything that happened to one application, or to one case after the grant, in one line of time: events of its run,
records, money, letters, people.

Nothing personal is in it: numbers, steps, amounts, moments, ids.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.converter import DataConverter
from temporalio.service import RPCError, RPCStatusCode

from control import points, steps
from control.waits import error_of, moment, quiet
from forms.words import spelt
from licences import thai
from licences.errors import Sentence
from licences.register import is_case
from records import applications, cases, history, ledger, notices, repairs, tasks, troubles
from records.database import Database

Words = Callable[[str, Mapping[str, Any]], Sentence | None]
"""What a history's tag is called; None: it has no words."""


@dataclass(frozen=True)
class Line:
    """One thing that happened: when, where it is known from, what, and whose act it was."""

    at: datetime
    source: str  # engine | records | money | notice | repair | now
    what: Sentence
    by: str = ""


@dataclass(frozen=True)
class Kept:
    """How it stands in the records now. `operation`: of a case, its act."""

    number: str
    licence: str
    operation: str
    status: str
    waiting_for: str
    waiting_until: datetime | None
    suspended_at: datetime | None


@dataclass(frozen=True)
class Story:
    """One application, or one case, as an operator looks at it."""

    kept: Kept
    run: str  # how its newest run stands; "" = the engine has none
    lines: tuple[Line, ...]


async def of(database: Database, client: Client, number: str, words: Words) -> Story:
    """The whole story of one application or case. Raises UnknownApplication, UnknownCase, RPCError."""
    kept = await kept_of(database, number)
    described = await _described(client, number)
    known = [*await _of_records(database, number, words), *await _of_money(database, number)]
    if described:
        known += [*await _of_engine(client, described), *await _of_now(client, database, described)]
    ordered = tuple(sorted(known, key=lambda line: (line.at, line.source != "engine")))
    status = described.status.name.lower() if described and described.status else ""
    return Story(kept, status, ordered)


async def kept_of(database: Database, number: str) -> Kept:
    """How an application or a case stands in the records. Raises UnknownApplication, UnknownCase."""
    async with database.reading() as session:
        if is_case(number):
            case = await cases.get(session, number)
            return Kept(number, case.licence, case.act, case.status, case.waiting_for, case.waiting_until, None)
        one = await applications.get(session, number)
    said = (one.licence, one.operation, one.status, one.waiting_for, one.waiting_until, one.suspended_at)
    return Kept(number, *said)


async def _described(client: Client, number: str) -> WorkflowExecutionDescription | None:
    try:
        return await client.get_workflow_handle(number).describe()
    except RPCError as gone:
        if gone.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None


# --- the records ---


async def _of_records(database: Database, number: str, words: Words) -> list[Line]:
    async with database.reading() as session:
        happened = await history.of(session, number)
        letters = await notices.of(session, number)
        opened = await tasks.of(session, number)
        asked = await repairs.of_application(session, number)
    lines = [Line(one.at, "records", _said(words, one.tag, one.said), one.by) for one in happened]
    lines += [Line(one.opened_at, "records", _opened(one.stage, one.due_on)) for one in opened]
    for letter in letters:
        lines.append(Line(letter.written_at, "notice", _letter(letter.what, "เขียน", "written")))
        if letter.sent_at:
            lines.append(Line(letter.sent_at, "notice", _letter(letter.what, "ส่งแล้ว", "sent")))
    for order, item in asked:
        result = f"{order.act}: {item.state} ({order.id})"
        lines.append(Line(item.done_at or order.asked_at, "repair", Sentence(result, result), order.asked_by))
    return lines


def _said(words: Words, tag: str, said: Mapping[str, Any]) -> Sentence:
    """A line of the history in words, with the reason where one was given."""
    plain, why = words(tag, said) or Sentence(tag, tag), said.get("reason", "")
    return Sentence(f"{plain.th}: {why}", f"{plain.en}: {why}") if why else plain


def _opened(stage: str, due_on: date) -> Sentence:
    th, en = spelt(due_on, "th"), spelt(due_on, "en")
    return Sentence(f"เปิดงานขั้นตอน {stage} ครบกำหนด {th}", f"stage {stage} came onto a desk, due {en}")


def _letter(what: str, th: str, en: str) -> Sentence:
    return Sentence(f"จดหมาย {what} {th}", f"letter {what} {en}")


async def _of_money(database: Database, number: str) -> list[Line]:
    lines = []
    async with database.reading() as session:
        for bill in await ledger.bills_of(session, number):
            for paid in await ledger.payments_of(session, bill.ref1):
                baht = thai.baht(paid.satang)
                what = Sentence(
                    f"ชำระ {baht} บาท ({paid.kind}) ตามใบแจ้ง {bill.ref1}",
                    f"{baht} baht paid ({paid.kind}) on bill {bill.ref1}",
                )
                lines.append(Line(paid.paid_at, "money", what, paid.recorded_by))
    return lines


# --- the engine ---


async def _of_engine(client: Client, described: WorkflowExecutionDescription) -> list[Line]:
    handle = client.get_workflow_handle(described.id, run_id=described.run_id)
    lines = []
    async for event in handle.fetch_history_events():
        if what := await in_words(event, client.data_converter):
            lines.append(Line(event.event_time.ToDatetime(tzinfo=UTC), "engine", what))
    return lines


async def in_words(event: HistoryEvent, converter: DataConverter) -> Sentence | None:
    """One event of a run as people say it; None for the engine's own book-keeping."""
    if step := await points.step_of(event, converter):
        said = steps.title(step)
        return Sentence(f"ขั้นตอน {said.th}", f"step {said.en}")
    return next(_plainly(event), None)


def _plainly(event: HistoryEvent) -> Iterator[Sentence]:
    match EventType.Name(event.event_type).removeprefix("EVENT_TYPE_"):
        case "WORKFLOW_EXECUTION_STARTED":
            yield Sentence("เริ่มเดินเรื่อง", "the journey began")
        case "WORKFLOW_EXECUTION_COMPLETED":
            yield Sentence("เดินเรื่องจนเสร็จ", "the journey came to its end")
        case "WORKFLOW_EXECUTION_TERMINATED":
            yield Sentence("ถูกยุติ", "the run was ended from outside")
        case "WORKFLOW_EXECUTION_SIGNALED":
            name = event.workflow_execution_signaled_event_attributes.signal_name
            yield Sentence(f"ได้รับข้อความ {name}", f"heard: {name}")
        case "WORKFLOW_EXECUTION_UPDATE_ACCEPTED":
            name = event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name
            yield Sentence(f"รับคำสั่ง {name}", f"was told: {name}")
        case "WORKFLOW_TASK_FAILED":
            yield Sentence("โปรแกรมของเราผิดพลาด หรือถูกตั้งกลับ", "our code failed here, or it was set back to here")
        case "ACTIVITY_TASK_TIMED_OUT" | "ACTIVITY_TASK_FAILED":
            yield Sentence("ขั้นตอนล้มเหลว", "a step failed for good")
        case "TIMER_STARTED":
            until = span(event.timer_started_event_attributes.start_to_fire_timeout.ToSeconds())
            yield Sentence(f"ตั้งเวลา {until.th}", f"a timer of {until.en} was set")
        case "TIMER_FIRED":
            yield Sentence("ถึงเวลาที่ตั้ง", "a timer fired")


_UNITS = ((86_400, "วัน", "d"), (3_600, "ชั่วโมง", "h"), (60, "นาที", "min"), (1, "วินาที", "s"))


def span(seconds: int) -> Sentence:
    """How long that is, in its two largest units: 1 วัน 10 ชั่วโมง."""
    first = next((nth for nth, (length, _, _) in enumerate(_UNITS) if seconds >= length), len(_UNITS) - 1)
    th, en, left = list[str](), list[str](), seconds
    for length, unit_th, unit_en in _UNITS[first : first + 2]:
        count, left = divmod(left, length)
        if count or not th:
            th.append(f"{count} {unit_th}")
            en.append(f"{count} {unit_en}")
    return Sentence(" ".join(th), " ".join(en))


async def _of_now(client: Client, database: Database, described: WorkflowExecutionDescription) -> list[Line]:
    """What is being tried at this moment."""
    now, lines = datetime.now(UTC), []
    for pending in described.raw_description.pending_activities:
        said, error, again = steps.title(pending.activity_id), "-", "-"
        if pending.HasField("last_failure"):
            error = " ".join(filter(None, await error_of(client, pending.last_failure)))
            again = f"{moment(pending.next_attempt_schedule_time):%H:%M:%S} UTC"
        th = f"กำลังทำ {said.th} ครั้งที่ {pending.attempt} ข้อผิดพลาดล่าสุด {error} ลองใหม่ {again}"
        en = f"now: {said.en}, attempt {pending.attempt}, last error {error}, next try {again}"
        lines.append(Line(now, "now", Sentence(th, en)))
    async with database.reading() as session:
        failing = await troubles.of(session, described.id)
    for one in failing:
        said = steps.title(one.step)
        en = f"now: {said.en} failed {one.attempt} times, last error {one.error} {quiet(one.said)}".strip()
        lines.append(Line(now, "now", Sentence(f"{said.th} ล้มเหลว {one.attempt} ครั้ง: {one.error}", en)))
    return lines
