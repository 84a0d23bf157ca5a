"""Applications: where one stands, whose turn it is, what may be done, and what makes a decision complete.

A status says whose turn it is and nothing else; when things happened is kept as facts beside it.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import Field

from licences.errors import Conflict, Forbidden, NotAllowed
from licences.procedure import Shape

A_YEAR = timedelta(days=366)


class Status(StrEnum):
    """Where an application stands (house glossary)."""

    DRAFT = "draft"
    WAITING_SIGNATURES = "waiting-signatures"  # the other directors have not signed yet
    CHECKING = "checking"  # the company register has not answered yet
    TO_PAY = "to-pay"
    IN_REVIEW = "in-review"
    INCOMPLETE = "incomplete"
    ISSUING = "issuing"
    ISSUED = "issued"
    REFUSED = "refused"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Turn(StrEnum):
    """Who has to act next."""

    APPLICANT = "applicant"
    OFFICER = "officer"
    ENGINE = "engine"
    NOBODY = "nobody"


class Action(StrEnum):
    """What a person may do with an application."""

    EDIT = "edit"
    SUBMIT = "submit"
    DISCARD = "discard"
    SIGN = "sign"
    PAY = "pay"
    RESUBMIT = "resubmit"
    REPORT_FIXED = "report-fixed"  # what an inspection found is put right
    WITHDRAW = "withdraw"
    DECIDE = "decide"
    APPEAL = "appeal"


class Verdict(StrEnum):
    """What an officer may answer to what a stage asks."""

    APPROVE = "approve"
    ASK = "ask"
    REFUSE = "refuse"
    FIX = "fix"  # an inspection: put the premises right, and be looked at again


class Item(Shape):
    """One thing that is wrong or missing: which question or document, what is wrong, what is wanted instead.

    The texts are the officer's, in Thai; together they are the record of defects (LFA s.8).
    """

    field: str = Field(min_length=1, max_length=200)
    wrong: str = Field(min_length=1, max_length=2_000)
    wanted: str = Field(min_length=1, max_length=2_000)


class Finding(Shape):
    """One line of an inspection report: what was looked at, and what was found."""

    item: str = Field(min_length=1, max_length=500)
    result: Literal["pass", "fail", "not-applicable"]
    note: str = Field("", max_length=2_000)


class Decision(Shape):
    """What an officer decided on one task, and why. The reason is the one free text that travels in a history."""

    task_id: str = Field(min_length=1)
    verdict: Verdict
    officer: str = Field(min_length=1)  # an officer's id, never a name
    on_behalf_of: str = ""  # the absent officer at whose desk it was decided
    reason: str = Field("", max_length=4_000)
    items: tuple[Item, ...] = Field((), max_length=50)
    conditions: tuple[str, ...] = Field((), max_length=50)
    report: tuple[Finding, ...] = Field((), max_length=100)  # an inspection's findings
    fix_by: date | None = None  # the day by which what failed is to be put right
    officials_fault: bool = False  # a second request, allowed only because the first missed something (LFA s.8)
    until: date | None = None  # an appeal allowed in part: the last day that is left of a suspension (APA s.46)
    allowed_by: str = ""  # the supervisor who gave leave for it; his reason stands in the records
    number: str = Field("", max_length=100, pattern=r"^[^\n\r\t]*$")  # what is recorded: of a paper, of a receipt


class TaskClosed(Conflict):
    """Somebody decided first, or the application has moved on."""


class ReasonMissing(NotAllowed):
    """A refusal or a request without its reason (APA s.37)."""


class ItemsMissing(NotAllowed):
    """A request that does not say what is wrong."""


class ItemsNotAsked(NotAllowed):
    """Items stand only in a request."""


class ItemUnknown(NotAllowed):
    """What the manual does not ask for cannot be asked for (LFA s.8)."""


class ItemTwice(NotAllowed):
    """The same field is named twice."""


class ConditionsNotApproved(NotAllowed):
    """Conditions stand only on an approval."""


class OnlyRecorded(NotAllowed):
    """Here an officer writes down what the agency did: there is nothing to refuse or to ask."""


class NumberMissing(NotAllowed):
    """The agency's own number is what is to be recorded."""


class NumberNotAsked(NotAllowed):
    """A number stands only where one is recorded."""


class OnlyInspected(NotAllowed):
    """What stands at the premises is put right after an inspection only."""


class NothingToFix(NotAllowed):
    """Which line failed, and what is to be put right there, is what the applicant has to know."""


class FixByWrong(NotAllowed):
    """A day by which it is put right belongs to a list of things to put right, and lies ahead."""


class LineFailed(NotAllowed):
    """An inspection with a line that failed has not been passed."""


class SameOfficer(Forbidden):
    """This stage needs another officer than the one who decided an earlier stage."""


class OwnApplication(Forbidden):
    """Nobody decides his own application (APA s.13)."""


class AskedBefore(Conflict):
    """Further documents may be asked for once only; a second time with the supervisor's leave (LFA s.8)."""

    def __init__(self) -> None:
        super().__init__(
            "เรียกเอกสารหรือให้แก้ไขได้เพียงครั้งเดียว (พ.ร.บ. อำนวยความสะดวกฯ มาตรา 8) หากเจ้าหน้าที่ตรวจตกหล่นเอง "
            "ต้องให้ผู้บังคับบัญชาของสำนักงานอนุญาตพร้อมเหตุผลก่อน",
            "an applicant is asked once only (Licensing Facilitation Act s.8): where the office itself missed "
            "something, its supervisor has to give leave first, with a reason",
            field="verdict",
        )


TURNS = {
    Status.DRAFT: Turn.APPLICANT,
    Status.WAITING_SIGNATURES: Turn.APPLICANT,
    Status.CHECKING: Turn.ENGINE,
    Status.TO_PAY: Turn.APPLICANT,
    Status.IN_REVIEW: Turn.OFFICER,
    Status.INCOMPLETE: Turn.APPLICANT,
    Status.ISSUING: Turn.ENGINE,
    Status.ISSUED: Turn.NOBODY,
    Status.REFUSED: Turn.NOBODY,
    Status.RETURNED: Turn.NOBODY,
    Status.WITHDRAWN: Turn.NOBODY,
}

# An application may be withdrawn before it is decided; from issuing on there is a grant, and that is cancelled instead.
ALLOWED: dict[Status, dict[Turn, frozenset[Action]]] = {
    Status.DRAFT: {Turn.APPLICANT: frozenset({Action.EDIT, Action.SUBMIT, Action.DISCARD})},
    Status.WAITING_SIGNATURES: {Turn.APPLICANT: frozenset({Action.SIGN, Action.WITHDRAW})},
    Status.CHECKING: {Turn.APPLICANT: frozenset({Action.WITHDRAW})},
    Status.TO_PAY: {Turn.APPLICANT: frozenset({Action.PAY, Action.WITHDRAW})},
    Status.IN_REVIEW: {
        Turn.APPLICANT: frozenset({Action.WITHDRAW}),
        Turn.OFFICER: frozenset({Action.DECIDE}),
    },
    Status.INCOMPLETE: {Turn.APPLICANT: frozenset({Action.RESUBMIT, Action.WITHDRAW})},
    Status.REFUSED: {Turn.APPLICANT: frozenset({Action.APPEAL})},
    Status.RETURNED: {Turn.APPLICANT: frozenset({Action.APPEAL})},  # LFA s.9: a return may be appealed
}


def turn(status: Status) -> Turn:
    """Whose turn it is."""
    return TURNS[status]


def is_over(status: Status) -> bool:
    """Whether nothing more will happen to it."""
    return turn(status) is Turn.NOBODY


def allowed(status: Status, who: Turn) -> frozenset[Action]:
    """What that party may do with an application that stands there."""
    return ALLOWED.get(status, {}).get(who, frozenset())


def check_decision(
    decision: Decision,
    *,
    task_is_open: bool,
    applicant: str = "",
    earlier_officers: Collection[str] = (),
    fields: Collection[str] | None = None,
    times_asked: int = 0,
    records: bool = False,
    inspects: bool = False,
) -> None:
    """Raise what is wrong with a decision; return when it may be taken.

    `earlier_officers` are the ids of those who decided the stages that this one's `not_same_officer_as` names; `fields`
    are the questions and documents that may be asked about (None: not checked); `times_asked` is how often this
    application was handed back already. `records`: the task only writes down what the agency did (`procedure.RECORDS`).
    `inspects`: it is a visit to the premises.
    """
    _check_who(decision, task_is_open, applicant, earlier_officers)
    _check_number(decision, records)
    _check_words(decision)
    _check_inspection(decision, inspects)
    if decision.verdict is Verdict.ASK:
        _check_request(decision, fields, times_asked)


def _check_who(decision: Decision, task_is_open: bool, applicant: str, earlier_officers: Collection[str]) -> None:
    if not task_is_open:
        raise TaskClosed(
            f"งาน {decision.task_id} ปิดแล้ว โปรดเปิดคำขออีกครั้งเพื่อดูผล",
            f"task {decision.task_id} is closed: open the application again to see what was decided",
        )
    if decision.officer == applicant:
        raise OwnApplication("เจ้าหน้าที่พิจารณาคำขอของตนเองไม่ได้", "an officer may not decide his own application")
    if decision.officer in earlier_officers:
        raise SameOfficer(
            "ขั้นตอนนี้ต้องพิจารณาโดยเจ้าหน้าที่คนละคนกับขั้นตอนก่อน",
            "this stage must be decided by another officer than the stage before it",
        )


def _check_number(decision: Decision, records: bool) -> None:
    if not records and decision.number:
        raise NumberNotAsked("ขั้นตอนนี้ไม่มีเลขที่ให้บันทึก", "this stage records no number: leave it out", field="number")
    if records and decision.verdict is not Verdict.APPROVE:
        raise OnlyRecorded(
            "งานนี้มีไว้บันทึกสิ่งที่หน่วยงานดำเนินการแล้วเท่านั้น",
            "this task only records what the agency did: record it, or leave it open",
            field="verdict",
        )
    if records and not decision.number.strip():
        raise NumberMissing(
            "โปรดบันทึกเลขที่ที่หน่วยงานออกให้", "please record the number that the agency gave", field="number"
        )


def _check_words(decision: Decision) -> None:
    if decision.verdict is not Verdict.APPROVE and not decision.reason.strip():
        raise ReasonMissing(
            "โปรดระบุเหตุผล: ข้อเท็จจริง ข้อกฎหมาย และข้อพิจารณา",
            f"to {decision.verdict} an application, say why: the facts, the law, the considerations",
            field="reason",
        )
    if decision.verdict is not Verdict.ASK and decision.items:
        raise ItemsNotAsked("รายการแก้ไขใช้กับการขอให้แก้ไขเท่านั้น", "items belong to a request: choose ask", field="items")
    if decision.verdict is not Verdict.APPROVE and decision.conditions:
        raise ConditionsNotApproved("เงื่อนไขใช้กับการอนุญาตเท่านั้น", "conditions belong to an approval", field="conditions")


def _check_inspection(decision: Decision, inspects: bool) -> None:
    failed = [one for one in decision.report if one.result == "fail"]
    if inspects and decision.verdict is Verdict.APPROVE and failed:
        raise LineFailed(
            "มีรายการตรวจที่ไม่ผ่าน โปรดเลือกให้แก้ไขแล้วตรวจอีกครั้ง หรือไม่อนุญาต",
            "a line has failed: have it put right and look again, or refuse",
            field="verdict",
        )
    if decision.verdict is Verdict.FIX:
        _check_fix(decision, inspects, failed)
    elif decision.fix_by:
        raise FixByWrong("กำหนดวันแก้ไขใช้กับการให้แก้ไขสถานที่เท่านั้น", "a day to put it right belongs to a fix", field="fix_by")


def _check_fix(decision: Decision, inspects: bool, failed: Sequence[Finding]) -> None:
    if not inspects:
        raise OnlyInspected(
            "ให้แก้ไขสถานที่ใช้กับการตรวจสถานที่เท่านั้น", "only an inspection has things put right", field="verdict"
        )
    if not failed or not all(one.note.strip() for one in failed):
        raise NothingToFix(
            "โปรดระบุรายการที่ไม่ผ่าน และบันทึกสิ่งที่ต้องแก้ไขของแต่ละรายการ",
            "say which line failed, and note what is to be put right in each",
            field="report",
        )
    if decision.fix_by is None:
        raise FixByWrong("โปรดระบุวันที่ต้องแก้ไขให้เสร็จ", "say by which day it is to be put right", field="fix_by")


def check_fix_by(decision: Decision, today: date) -> None:
    """Raise FixByWrong for a day that has come, or is farther than a year."""
    if decision.fix_by and not today < decision.fix_by <= today + A_YEAR:
        raise FixByWrong("วันที่ต้องแก้ไขให้เสร็จต้องอยู่ในอนาคตไม่เกินหนึ่งปี", "that day lies ahead, within a year", field="fix_by")


def _check_request(decision: Decision, fields: Collection[str] | None, times_asked: int) -> None:
    if not decision.items:
        raise ItemsMissing(
            "โปรดระบุรายการที่ต้องแก้ไขอย่างน้อยหนึ่งรายการ", "name at least one thing to be put right", field="items"
        )
    named = [item.field for item in decision.items]
    for field in named:
        if named.count(field) > 1:
            raise ItemTwice(f"ระบุ {field} ซ้ำ", f"{field} is named twice: say everything in one item", field=field)
        if fields is not None and field not in fields:
            raise ItemUnknown(
                f"คู่มือสำหรับประชาชนไม่ได้ขอ {field} จึงเรียกเพิ่มไม่ได้",
                f"the public manual does not ask for {field}, so it cannot be asked for",
                field=field,
            )
    if times_asked and not (decision.officials_fault and decision.allowed_by):
        raise AskedBefore
