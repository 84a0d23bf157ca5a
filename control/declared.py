"""Every wait of every story, in one place: who or what ends it, by when, and how `stuck` names it when it is over.

`where` are the functions of `workflows/` that stand in it; a test reads the stories and finds no other. What a story
waits for and nobody declared here could stop for ever without a word.
"""

from dataclasses import dataclass

from control.causes import Kind
from licences.errors import Sentence


@dataclass(frozen=True)
class Wait:
    """One wait: where a story stands in it, who or what ends it, by when, and the kinds that name it when late."""

    name: str
    where: tuple[str, ...]
    ended_by: Sentence
    by: Sentence
    late: tuple[Kind, ...]
    steps: tuple[str, ...] = ()  # the kinds of steps (control.steps) that are taken in it


AT_ONCE = Sentence(
    "ภายใน 10 วินาที แล้วลองใหม่จนสำเร็จ ห่างกันไม่เกิน 100 วินาที", "within 10 seconds; tried again at most every 100 seconds"
)
A_MINUTE = Sentence(
    "ภายใน 1 นาที แล้วลองใหม่จนสำเร็จ ห่างกันไม่เกิน 5 นาที", "within a minute; tried again at most every 5 minutes"
)
NO_DAY = Sentence("ไม่มีกำหนดตามกฎหมาย", "no law sets a day")
GENERAL = Sentence("กระบวนการทั่วไปของเรา", "our general worker")
SEALING = Sentence("กระบวนการลงตราประทับของเรา", "our sealing worker")
OF_OURS = (Kind.CODE, Kind.GONE, Kind.QUEUE, Kind.STEP, Kind.STILL)

WAITS: tuple[Wait, ...] = (
    Wait(
        "signatures",
        ("Journey.signature",),
        Sentence("กรรมการคนอื่นลงนาม", "another director signs"),
        NO_DAY,
        (Kind.OVERDUE,),
    ),
    Wait(
        "payment",
        ("Journey.rumour",),
        Sentence("ผู้ยื่นชำระ และธนาคารยืนยัน", "the applicant pays, and the bank says so"),
        Sentence("วันสุดท้ายบนใบแจ้งชำระ", "the last day on the bill"),
        (Kind.PAID, Kind.OVERDUE),
    ),
    Wait(
        "desk",
        ("Journey.warn", "Journey.late"),
        Sentence("เจ้าหน้าที่ของขั้นตอน", "an officer of the stage"),
        Sentence(
            "วันครบกำหนดของขั้นตอน เตือนผู้บังคับบัญชาก่อนครบ แล้วแจ้งเหตุล่าช้าทุก 7 วัน",
            "the stage's working days, its supervisor warned before; then a notice of delay every week",
        ),
        (Kind.DESK, Kind.SILENT, Kind.TIMER),
        ("open", "warn", "remind"),
    ),
    Wait(
        "clock",
        ("Journey.while_stopped",),
        Sentence("เจ้าหน้าที่สั่งให้นับเวลาต่อ", "an officer lets the clock go on"),
        NO_DAY,
        (Kind.OVERDUE,),
    ),
    Wait(
        "answers",
        ("Journey.answers",),
        Sentence("ผู้ยื่นตอบสิ่งที่ขอ", "the applicant answers what was asked"),
        Sentence("15 วันทำการ แล้วคืนคำขอ", "15 working days; then it is returned"),
        (Kind.TIMER,),
        ("answers", "answers-due"),
    ),
    Wait(
        "fixes",
        ("Journey.fixes",),
        Sentence("ผู้ยื่นแก้ไขสถานที่", "the applicant puts the premises right"),
        Sentence("วันที่ผู้ตรวจกำหนด แล้วตรวจอีกครั้ง", "the day that the inspector named; then it is looked at again"),
        (Kind.TIMER,),
        ("fixed",),
    ),
    Wait(
        "objection",
        ("Act.hear",),
        Sentence("ผู้รับใบอนุญาตโต้แย้ง", "the holder says what he has to say"),
        Sentence("วันสุดท้ายที่แจ้งไว้ แล้วพิจารณาต่อ", "the day he was told; then it is decided without"),
        (Kind.TIMER,),
        ("hear", "hearing-due"),
    ),
    Wait(
        "consent",
        ("Act.consent",),
        Sentence("ผู้รับโอนยืนยัน", "who takes the licence over agrees"),
        Sentence("วันสุดท้ายที่แจ้งไว้ แล้วไม่เห็นชอบ", "the day he was told; then it is refused"),
        (Kind.TIMER,),
        ("consent",),
    ),
    Wait(
        "office",
        ("Steps.ask", "Steps.ask_patiently"),
        Sentence(
            "ทะเบียนนิติบุคคลหรือธนาคารตอบ หรือเจ้าหน้าที่ทำแทนทะเบียน",
            "the register or the bank answers; an officer may go on without the register",
        ),
        A_MINUTE,
        (Kind.OFFICE, Kind.QUEUE),
        ("look", "confirm", "compare"),
    ),
    Wait(
        "write",
        ("Steps.write", "Held._kept"),
        GENERAL,
        AT_ONCE,
        OF_OURS,
        (
            "wait",
            "bill",
            "owed",
            "decide-by-rule",
            "close",
            "take-over",
            "reserve-number",
            "enter-in-register",
            "end",
            "rebill",
            "prepare",
            "enter",
            "extend",
            "suspend",
            "resume",
            "hand",
            "stop-clock",
            "start-clock",
            "correct",
            "move",
        ),
    ),
    Wait(
        "paper",
        ("Steps.document",),
        Sentence("กระบวนการจัดทำเอกสารและลงตราประทับของเรา", "our drawing worker, then our sealing worker"),
        A_MINUTE,
        (*OF_OURS, Kind.UNTOLD),
        ("draw-up", "seal"),
    ),
    Wait("acknowledgement", ("Journey.through",), SEALING, A_MINUTE, OF_OURS, ("acknowledge",)),
    Wait("last-words", ("Act.run", "Act.grant_after_all", "Journey.turn_the_page"), GENERAL, AT_ONCE, OF_OURS),
    Wait("withdrawal", ("SpokenTo.withdraw",), GENERAL, AT_ONCE, OF_OURS),
    Wait("people", ("Steps.until",), Sentence("ตามที่เรียกใช้", "whoever the wait above it names"), NO_DAY, (Kind.STILL,)),
    Wait(
        "held",
        ("Held.unless_suspended",),
        Sentence("ผู้ดูแลระบบสั่งให้ไปต่อ", "an operator lets it go on"),
        Sentence("ไม่มีกำหนด แสดงในรายการสิ่งที่ติดค้างตลอด", "no day; it stays on the list of what stands still"),
        (Kind.HELD,),
    ),
    Wait(
        "refund",
        ("GiveBack.run", "GiveBack.approve"),
        Sentence("ผู้มีอำนาจอนุมัติครบ แล้วธนาคารคืนเงิน", "enough persons agree, then the bank gives it back"),
        NO_DAY,
        (Kind.CODE, Kind.QUEUE, Kind.STEP),
        ("agree", "give-back"),
    ),
    Wait(
        "archives",
        ("RenewArchives.run",),
        SEALING,
        Sentence("ภายใน 10 นาทีต่อหน้า แล้วลองใหม่จนสำเร็จ", "within 10 minutes a page; tried again until it is done"),
        (Kind.CODE, Kind.QUEUE, Kind.ARCHIVE, Kind.SEAL),
        ("seals", "page"),
    ),
    Wait(
        "daily",
        ("DailyScan.run",),
        GENERAL,
        Sentence("ภายใน 5 นาทีต่อหน้า แล้วลองใหม่จนสำเร็จ", "within 5 minutes a page; tried again until it is done"),
        (Kind.CODE, Kind.QUEUE, Kind.STEP),
    ),
    Wait(
        "errand",
        ("_effect", "MakeReceipt.run", "MakeReport.run", "PublishDay.run"),
        Sentence("กระบวนการจัดทำเอกสารและลงตราประทับของเรา", "our drawing and sealing workers"),
        A_MINUTE,
        OF_OURS,
        ("draw", "send", "publish"),
    ),
    Wait("signing", ("SignTreeHead.run",), SEALING, A_MINUTE, OF_OURS, ("sign",)),
)


OF_OFFICE = frozenset(next(one for one in WAITS if one.name == "office").steps)
"""The kinds of steps that ask another office."""
