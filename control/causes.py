"""Cases that have the same cause, and the sentence that says it in both languages."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from licences.calendar import BANGKOK
from licences.errors import Sentence
from licences.registrar import who_seals


class Kind(StrEnum):
    """Why something does not move; `docs/runbook.md` has a section for each."""

    CODE = "code"  # our own story fails
    GONE = "gone"  # the run has ended or is lost, and the application is open
    QUEUE = "queue"  # no worker serves a queue
    TIMER = "timer"  # a moment has passed at which something should have happened by itself
    OFFICE = "office"  # another office does not answer
    STEP = "step"  # a paper, a seal or a write fails
    PAID = "paid"  # paid, and not moving
    TOLD = "told"  # somebody says that it is paid, and the bank does not show it
    MONEY = "money"  # money that a person has to see to: a refund that failed, a bank line that nobody explained
    UNBEGUN = "unbegun"  # received, and not taken on
    STILL = "still"  # nobody has to do anything, and nothing says why it stands
    NOTICE = "notice"  # a letter that the mail server refuses
    SEAL = "seal"  # an agency's seal certificate ends soon, and no other is there
    ARCHIVE = "archive"  # papers whose archive stamp ends, and that nobody renewed in time
    OVERDUE = "overdue"  # the day for a payment or an answer has passed
    SILENT = "silent"  # an agency's day has passed, and nobody there has taken it up
    DESK = "desk"  # an officer's day has passed
    UNTOLD = "untold"  # decided, and the applicant was not told within seven days
    HELD = "held"  # an operator holds it


@dataclass(frozen=True)
class Case:
    """One application that stands still; without a number: a part that serves nobody."""

    number: str
    kind: Kind
    waits_for: str
    agency: str = ""
    since: datetime | None = None
    error: str = ""
    said: str = ""
    tries: int = 0
    next_try: datetime | None = None


@dataclass(frozen=True)
class Cause:
    """What several cases have in common."""

    id: str
    kind: Kind
    waits_for: str
    error: str
    agency: str
    since: datetime | None
    said: str
    next_try: datetime | None
    numbers: tuple[str, ...]


WAITED_FOR = {
    "company-register": Sentence("ทะเบียนนิติบุคคล", "the company register"),
    "bank": Sentence("ธนาคาร", "the bank"),
    "payment": Sentence("การชำระเงิน", "its payment"),
    "failed-refund": Sentence("การคืนเงินที่ธนาคารทำไม่สำเร็จ", "a refund that the bank could not make"),
    "bank-line": Sentence("รายการเดินบัญชีที่ไม่มีคำอธิบาย", "a bank line that nobody has explained"),
    "result": Sentence("การแจ้งผล", "the result to be told"),
    "signatures": Sentence("ลายมือชื่อกรรมการ", "directors' signatures"),
    "answers": Sentence("คำตอบของผู้ยื่นคำขอ", "the applicant's answers"),
    "fixes": Sentence("การแก้ไขสถานที่ของผู้ยื่นคำขอ", "the premises to be put right"),
    "acknowledge": Sentence("การออกใบรับคำขอ", "the sealed acknowledgement"),
    "draw_up": Sentence("การจัดทำใบอนุญาต", "the drawing of the licence"),
    "draw_letter": Sentence("การจัดทำหนังสือแจ้งผล", "the drawing of the letter"),
    "seal_paper": Sentence("การลงตราประทับ", "the seal"),
    "renew_archives": Sentence("การต่อตราเวลาเพื่อเก็บรักษา", "the renewal of archive stamps"),
    "sign_statement": Sentence("การลงนามข้อความในคิวอาร์", "the signed statement"),
}
SAYS = {
    Kind.CODE: Sentence(
        "{n} คำขอหยุดเพราะโปรแกรมของเราผิดพลาดตั้งแต่ {since}: {error}",
        "{n} stopped at a fault of our own code since {since}: {error}",
    ),
    Kind.GONE: Sentence(
        "{n} คำขอยังไม่เสร็จ แต่ไม่มีงานเดินอยู่ในเครื่องยนต์ ({error})", "{n} open, and the engine has no run of it ({error})"
    ),
    Kind.QUEUE: Sentence(
        "ไม่มีกระบวนการใดรับงานคิว {what} ({n} คำขอรออยู่)", "no worker serves the queue {what} ({n} waiting)"
    ),
    Kind.OFFICE: Sentence("{n} คำขอรอ{what}ตั้งแต่ {since}", "{n} waiting for {what} since {since}"),
    Kind.STEP: Sentence("{n} คำขอติดที่{what}ตั้งแต่ {since}: {error}", "{n} stopped at {what} since {since}: {error}"),
    Kind.TOLD: Sentence(
        "{n} คำขอได้รับแจ้งว่าชำระแล้วตั้งแต่ {since} แต่ธนาคารยังไม่ยืนยัน",
        "{n} said to be paid since {since}, and the bank does not show it",
    ),
    Kind.MONEY: Sentence(
        "เงินที่ต้องมีคนจัดการ ({what}) ตั้งแต่ {since}", "money that somebody must see to ({what}) since {since}"
    ),
    Kind.PAID: Sentence("{n} คำขอชำระแล้วแต่ไม่เดินต่อตั้งแต่ {since}", "{n} paid and not moving since {since}"),
    Kind.UNBEGUN: Sentence("{n} คำขอรับแล้วแต่ยังไม่เริ่มตั้งแต่ {since}", "{n} received and not begun since {since}"),
    Kind.NOTICE: Sentence("จดหมาย {n} ฉบับส่งไม่ออกตั้งแต่ {since}", "{n} letters refused by the mail server since {since}"),
    Kind.SEAL: Sentence(
        "ใบรับรองตราประทับของหน่วยงานใช้ได้ถึง {since} ต้องใส่ใบรับรองใหม่ก่อน",
        "its seal certificate ends {since}: put a new one in before",
    ),
    Kind.ARCHIVE: Sentence(
        "เอกสาร {n} ฉบับยังไม่ได้ต่อตราเวลา ซึ่งใช้ได้ถึง {since}",
        "{n} papers with an archive stamp that ends {since} and was not renewed",
    ),
    Kind.TIMER: Sentence(
        "{n} คำขอเลยเวลาที่ระบบต้องดำเนินการเอง ({what}) ตั้งแต่ {since}",
        "{n} past a moment at which the engine should have acted ({what}), since {since}",
    ),
    Kind.STILL: Sentence(
        "{n} คำขอไม่เดินต่อโดยไม่ทราบสาเหตุตั้งแต่ {since}", "{n} standing still since {since}, and nothing says why"
    ),
    Kind.SILENT: Sentence(
        "{n} งานพ้นกำหนดโดยหน่วยงานยังไม่มีผู้รับ ({what}) เปิดตั้งแต่ {since}",
        "{n} past the day at an agency where nobody has taken it up ({what}), open since {since}",
    ),
    Kind.UNTOLD: Sentence(
        "{n} คำขอพิจารณาแล้วตั้งแต่ {since} แต่ยังไม่ได้แจ้งผู้ยื่นภายใน 7 วัน",
        "{n} decided since {since}, and the applicant not told within 7 days",
    ),
    Kind.HELD: Sentence("{n} คำขอถูกพักโดยผู้ดูแลระบบตั้งแต่ {since}", "{n} held by an operator since {since}"),
    Kind.OVERDUE: Sentence("{n} คำขอพ้นกำหนดรอ{what} (รอตั้งแต่ {since})", "{n} past the day for {what} (since {since})"),
    Kind.DESK: Sentence(
        "{n} งานของเจ้าหน้าที่พ้นกำหนด ({what}) เปิดตั้งแต่ {since}", "{n} past an officer's day ({what}), open since {since}"
    ),
}  # fmt: skip


def group(cases: Iterable[Case]) -> tuple[Cause, ...]:
    """The causes, the most serious kind first, then the most cases."""
    alike: dict[tuple[Kind, str, str, str], list[Case]] = defaultdict(list)
    for case in cases:
        alike[case.kind, case.waits_for, case.error, case.agency].append(case)
    causes = [_cause(some) for some in alike.values()]
    order = list(Kind)
    return tuple(sorted(causes, key=lambda cause: (order.index(cause.kind), -len(cause.numbers), cause.id)))


def _cause(cases: list[Case]) -> Cause:
    one = cases[0]
    name = f"{one.kind}|{one.waits_for}|{one.error}|{one.agency}"
    return Cause(
        id=hashlib.sha256(name.encode()).hexdigest()[:8],
        kind=one.kind,
        waits_for=one.waits_for,
        error=one.error,
        agency=one.agency,
        since=min((case.since for case in cases if case.since), default=None),
        said=next((case.said for case in cases if case.said), ""),
        next_try=min((case.next_try for case in cases if case.next_try), default=None),
        numbers=tuple(sorted({case.number for case in cases if case.number})),
    )


def sentence(cause: Cause, now: datetime) -> Sentence:
    """What is the matter, in words: how many, for what, since when, the last error, the next try."""
    what = WAITED_FOR.get(cause.waits_for, Sentence(cause.waits_for, cause.waits_for))
    agency = who_seals(cause.agency).title if cause.agency else None
    filled = {"n": len(cause.numbers), "since": clock(cause.since, now), "error": cause.error or "-"}
    th, en = SAYS[cause.kind].th.format(what=what.th, **filled), SAYS[cause.kind].en.format(what=what.en, **filled)
    last = cause.said or (cause.error if cause.kind is Kind.OFFICE else "")
    if last:
        th, en = f"{th} ข้อผิดพลาดล่าสุด: {last}", f"{en}; the last error was: {last}"
    if cause.next_try:
        minutes = max(0, round((cause.next_try - now).total_seconds() / 60))
        th, en = f"{th} จะลองใหม่ในอีก {minutes} นาที", f"{en}; next try in {minutes} min"
    return Sentence(f"{th} [{agency.th}]", f"{en} [{agency.en}]") if agency else Sentence(th, en)


def clock(at: datetime | None, now: datetime) -> str:
    """A moment as a clock on the wall in Thailand shows it, with its day when that is not today."""
    if at is None:
        return "-"
    there = at.astimezone(BANGKOK)
    return f"{there:%H:%M}" if there.date() == now.astimezone(BANGKOK).date() else f"{there:%Y-%m-%d %H:%M}"
