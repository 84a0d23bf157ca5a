"""The plain words of the pages, in both languages: where things stand, what happened, what a fee is.

Nothing internal is ever shown: every status, tag and kind has its sentence here, and a test walks them all. Colour only
repeats what the words say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from licences import acts, fees
from licences.applications import Status, Verdict
from licences.errors import Sentence
from licences.procedure import (
    RECORDS,
    Effect,
    FeeRule,
    Licence,
    Operation,
    Procedure,
    RenewalWindow,
    Routing,
    Text,
    Validity,
)
from licences.register import EntryKind, Standing
from licences.visits import Visit

# How a tag looks: no one's turn is grey, the reader's turn is coloured, good and bad ends have their own.
TURN, NOTE, GOOD, BAD, QUIET = "turn", "note", "good", "bad", ""


@dataclass(frozen=True)
class Tag:
    """A status in words, and how it looks."""

    th: str
    en: str
    look: str = QUIET


STATUSES: Mapping[Status, Tag] = {
    Status.DRAFT: Tag("ยังไม่ได้ส่ง", "Not sent yet", TURN),
    Status.WAITING_SIGNATURES: Tag("รอกรรมการร่วมลงนาม", "Waiting for co-directors to sign", TURN),
    Status.CHECKING: Tag("กำลังตรวจกับทะเบียนนิติบุคคล", "Checking with the company register", NOTE),
    Status.TO_PAY: Tag("รอชำระเงิน", "Waiting for payment", TURN),
    Status.IN_REVIEW: Tag("เจ้าหน้าที่กำลังพิจารณา", "With an officer", NOTE),
    Status.INCOMPLETE: Tag("ต้องแก้ไขหรือส่งเพิ่ม", "Something is asked of you", TURN),
    Status.ISSUING: Tag("อนุญาตแล้ว กำลังออกเอกสาร", "Granted, being issued", NOTE),
    Status.ISSUED: Tag("เสร็จสิ้น", "Completed", GOOD),
    Status.REFUSED: Tag("ไม่อนุญาต", "Refused", BAD),
    Status.RETURNED: Tag("คืนคำขอ", "Returned", BAD),
    Status.WITHDRAWN: Tag("ถอนคำขอแล้ว", "Withdrawn", QUIET),
}

# What happens next, said to the applicant.
NEXT: Mapping[Status, Text] = {
    Status.DRAFT: Text(th="กรอกให้ครบแล้วกดส่งคำขอ", en="Complete it and send it."),
    Status.WAITING_SIGNATURES: Text(
        th="กรรมการคนอื่นตามหนังสือรับรองต้องเข้าสู่ระบบและลงนามคำขอนี้",
        en="Other directors named in the company register must sign in and sign this application.",
    ),
    Status.CHECKING: Text(
        th="ท่านไม่ต้องทำอะไรตอนนี้ เรากำลังตรวจข้อมูลกับกรมพัฒนาธุรกิจการค้า",
        en="Nothing to do now. We are checking with the Department of Business Development.",
    ),
    Status.TO_PAY: Text(th="ท่านต้องชำระค่าธรรมเนียม", en="Please pay the fee."),
    Status.IN_REVIEW: Text(
        th="ท่านไม่ต้องทำอะไรตอนนี้ เราจะแจ้งเมื่อมีผลหรือต้องการข้อมูลเพิ่ม",
        en="Nothing to do now. We write to you when it is decided, or when something is needed.",
    ),
    Status.INCOMPLETE: Text(th="ท่านต้องแก้ไขหรือส่งเพิ่มตามรายการที่เจ้าหน้าที่ขอ", en="Please answer what the officer asks for."),
    Status.ISSUING: Text(
        th="ท่านไม่ต้องทำอะไรตอนนี้ ระบบกำลังลงลายมือชื่ออิเล็กทรอนิกส์และลงทะเบียน",
        en="Nothing to do now. The document is being sealed and entered in the register.",
    ),
    Status.ISSUED: Text(th="เสร็จแล้ว ไม่มีสิ่งที่ต้องทำ", en="It is done. Nothing more to do."),
    Status.REFUSED: Text(th="ท่านอุทธรณ์ได้ตามวิธีในหนังสือแจ้ง", en="You may appeal, as the letter explains."),
    Status.RETURNED: Text(
        th="ไม่ได้รับการแก้ไขภายในกำหนดจึงคืนคำขอ ท่านยื่นใหม่หรืออุทธรณ์ได้",
        en="It was returned because it was not answered in time. You may apply again or appeal.",
    ),
    Status.WITHDRAWN: Text(th="คำขอสิ้นสุดแล้วตามที่ท่านขอถอน", en="It is over, as you asked."),
}

OPERATIONS: Mapping[Operation, Text] = {
    Operation.NEW: Text(th="ขอใหม่", en="Apply"),
    Operation.RENEW: Text(th="ต่ออายุ", en="Renew"),
    Operation.AMEND: Text(th="แก้ไข", en="Change"),
    Operation.CANCEL: Text(th="ยกเลิก", en="Cancel"),
}


def operation(word: str) -> Text:
    """An operation on a licence, or an act after the grant, by its word."""
    return acts.titles().get(word) or OPERATIONS[Operation(word)]


WAITS: Mapping[str, Text] = {
    "fixes": Text(th="รอแก้ไขสถานที่ตามที่ผู้ตรวจแจ้ง", en="The premises are to be put right, as the inspector says"),
    "company-register": Text(th="รอคำตอบจากทะเบียนนิติบุคคล", en="Waiting for the company register to answer"),
    "bank": Text(th="รอธนาคารยืนยันการชำระเงิน", en="Waiting for the bank to confirm the payment"),
    "payment": Text(th="รอการชำระเงิน", en="Waiting for payment"),
    "clock": Text(th="หยุดนับเวลาพิจารณาตามกฎหมาย รอเหตุสิ้นสุด", en="The time to decide stands still, as the law allows"),
    "stage:record-payment": Text(
        th="โปรดชำระค่าธรรมเนียมที่หน่วยงาน เจ้าหน้าที่จะบันทึกเมื่อได้รับเงิน",
        en="Please pay the fee at the agency: an officer records it when the money is there",
    ),
    "stage:record-number": Text(
        th="อนุญาตแล้ว หน่วยงานกำลังออกหนังสือของหน่วยงาน", en="Granted: the agency is making out its own paper"
    ),
}

VERDICTS: Mapping[Verdict, Text] = {
    Verdict.APPROVE: Text(th="เห็นชอบ", en="Approved"),
    Verdict.ASK: Text(th="ขอให้แก้ไขหรือส่งเพิ่ม", en="Asked the applicant"),
    Verdict.REFUSE: Text(th="ไม่อนุญาต", en="Refused"),
    Verdict.FIX: Text(th="ให้แก้ไขสถานที่แล้วตรวจอีกครั้ง", en="To be put right, and looked at again"),
}

SAID: Mapping[tuple[str, Verdict], Text] = {
    ("opinion", Verdict.APPROVE): Text(th="ให้ความเห็นชอบ", en="In favour"),
    ("opinion", Verdict.REFUSE): Text(th="ให้ความเห็นไม่ชอบ", en="Against"),
    ("committee", Verdict.APPROVE): Text(th="ออกเสียงเห็นชอบ", en="Voted in favour"),
    ("committee", Verdict.REFUSE): Text(th="ออกเสียงไม่เห็นชอบ", en="Voted against"),
}
"""What those say who do not decide alone, by the kind of their stage."""


def verdict(kind: str, said: Verdict | str) -> Text:
    """A verdict by the kind of stage it is given on."""
    return SAID.get((kind, Verdict(said))) or VERDICTS[Verdict(said)]


EFFECTS: Mapping[Effect, Text] = {
    Effect.ISSUE: Text(th="ใบอนุญาตและรายการในทะเบียน", en="A licence, and its entry in the register"),
    Effect.EXTEND: Text(th="ใบอนุญาตเลขที่เดิมที่มีวันสิ้นอายุใหม่", en="The same licence number with a later end"),
    Effect.REPLACE: Text(th="ใบอนุญาตเลขที่เดิมที่มีรายการแก้ไขแล้ว", en="The same licence number with the new facts"),
    Effect.END: Text(th="ใบอนุญาตสิ้นสุดและบันทึกในทะเบียน", en="The licence ends, and the register says so"),
    Effect.NOTE: Text(th="บันทึกในทะเบียน", en="A note in the register"),
    Effect.NONE: Text(th="เอกสารตามที่ขอ", en="The document you asked for"),
}

STANDINGS: Mapping[str, Tag] = {
    Standing.IN_FORCE: Tag("ใช้ได้อยู่", "In force", GOOD),
    Standing.NOT_YET: Tag("ยังไม่ถึงวันเริ่มใช้", "Not yet in force", NOTE),
    Standing.EXPIRED: Tag("สิ้นอายุแล้ว", "Expired", BAD),
    Standing.SUSPENDED: Tag("ถูกพักใช้", "Suspended", BAD),
    Standing.REVOKED: Tag("ถูกเพิกถอน", "Revoked", BAD),
    Standing.ENDED: Tag("ยกเลิกแล้ว", "Ended", QUIET),
    Standing.SUPERSEDED: Tag("มีฉบับใหม่แทนแล้ว", "Replaced by a newer one", NOTE),
}

MEANINGS: Mapping[str, Text] = {
    Standing.IN_FORCE: Text(th="ใบอนุญาตนี้อยู่ในทะเบียนและใช้ได้ในวันนี้", en="It is in the register and valid today."),
    Standing.NOT_YET: Text(th="ใบอนุญาตนี้จะเริ่มใช้ได้ในวันที่ระบุด้านล่าง", en="It will be valid from the day shown below."),
    Standing.EXPIRED: Text(
        th="ใบอนุญาตนี้เป็นของจริงแต่หมดอายุแล้ว ผู้ประกอบการต้องต่ออายุ",
        en="It is genuine, and its time is over. It has to be renewed.",
    ),
    Standing.SUSPENDED: Text(
        th="ห้ามประกอบกิจการตามใบอนุญาตนี้ในระหว่างถูกพักใช้", en="Nobody may do business under it while it is suspended."
    ),
    Standing.REVOKED: Text(
        th="ใบอนุญาตนี้เคยออกจริง แต่ผู้อนุญาตเพิกถอนแล้ว ใช้ไม่ได้",
        en="It was issued, and the authority has revoked it. It is not valid.",
    ),
    Standing.ENDED: Text(th="ผู้รับใบอนุญาตเลิกใช้ใบอนุญาตนี้แล้ว", en="Its holder has given it up. It is not valid any more."),
    Standing.SUPERSEDED: Text(th="ให้ใช้ฉบับล่าสุดในทะเบียน", en="Use the newest one in the register."),
}

STAYED = Tag("ใช้ได้อยู่ (ทุเลาการบังคับตามคำสั่งไว้)", "In force: the order is stayed", GOOD)
STAYED_MEANS = Text(
    th="มีคำสั่งพักใช้หรือเพิกถอนซึ่งอยู่ระหว่างอุทธรณ์ และให้ทุเลาการบังคับไว้ ใบอนุญาตจึงใช้ได้จนกว่าจะมีคำวินิจฉัยหรือเลิกการทุเลา",
    en="An order to suspend or revoke it is appealed against and stayed: it is valid until the appeal is over or the "
    "stay is ended.",
)


def standing(worth: Standing, stayed: Sequence[EntryKind] = ()) -> Tag:
    """What a licence is worth, and whether that is so because an order is stayed."""
    return STAYED if stayed and worth is Standing.IN_FORCE else STANDINGS[worth]


def meaning(worth: Standing, stayed: Sequence[EntryKind] = ()) -> Text:
    """The same in a sentence."""
    return STAYED_MEANS if stayed and worth is Standing.IN_FORCE else MEANINGS[worth]


HOLDER_KINDS: Mapping[str, Text] = {
    "juristic": Text(th="นิติบุคคล", en="Companies and other juristic persons"),
    "natural": Text(th="บุคคลธรรมดา", en="Natural persons"),
}
ENTRIES: Mapping[str, Text] = {
    EntryKind.GRANT: Text(th="ออกใบอนุญาต", en="Licence granted"),
    EntryKind.RENEWAL: Text(th="ต่ออายุ", en="Renewed"),
    EntryKind.AMENDMENT: Text(th="แก้ไขรายการ", en="Changed"),
    EntryKind.CORRECTION: Text(th="แก้คำผิด", en="Corrected"),
    EntryKind.CANCELLATION: Text(th="ยกเลิก", en="Cancelled"),
    EntryKind.REMARK: Text(th="บันทึกเพิ่มเติม", en="Noted"),
    EntryKind.SUSPENSION: Text(th="พักใช้", en="Suspended"),
    EntryKind.LIFTING: Text(th="เลิกการพักใช้", en="Suspension lifted"),
    EntryKind.REVOCATION: Text(th="เพิกถอน", en="Revoked"),
    EntryKind.REINSTATEMENT: Text(th="คืนสภาพใบอนุญาต", en="Reinstated"),
    EntryKind.REPLACEMENT: Text(th="ออกใบแทน", en="Replacement issued"),
    EntryKind.EXPIRY: Text(th="สิ้นอายุ", en="Expired"),
    EntryKind.TRANSFER: Text(th="โอนใบอนุญาต", en="Transferred"),
    EntryKind.SUSPENSION_STAYED: Text(th="ทุเลาการบังคับคำสั่งพักใช้", en="Suspension stayed"),
    EntryKind.SUSPENSION_RESUMED: Text(th="คำสั่งพักใช้กลับมามีผล", en="Suspension binds again"),
    EntryKind.REVOCATION_STAYED: Text(th="ทุเลาการบังคับคำสั่งเพิกถอน", en="Revocation stayed"),
    EntryKind.REVOCATION_RESUMED: Text(th="คำสั่งเพิกถอนกลับมามีผล", en="Revocation binds again"),
}

NATIONWIDE = Text(th="ทั่วประเทศ", en="Nationwide")
BANGKOK_ONLY = Text(th="กรุงเทพมหานคร", en="Bangkok")
HEAD_OFFICE = Text(th="จากที่ใดก็ได้ ส่วนกลางเป็นผู้รับคำขอ", en="From anywhere: the head office receives it")

WHO: Mapping[str, Text] = {
    "juristic": Text(th="นิติบุคคล", en="Companies and other juristic persons"),
    "natural": Text(th="บุคคลธรรมดา", en="Natural persons"),
    "both": Text(th="บุคคลธรรมดาหรือนิติบุคคล", en="Natural persons or companies"),
}

# Who looked at what, and why, said to the person whose data it is.
ROLES: Mapping[str, Text] = {
    "officer": Text(th="เจ้าหน้าที่", en="Officer"),
    "inspector": Text(th="ผู้ตรวจสถานที่", en="Inspector"),
    "supervisor": Text(th="ผู้มีอำนาจอนุญาต", en="Supervisor"),
    "operator": Text(th="ผู้ดูแลระบบ", en="Operator of the system"),
    "auditor": Text(th="ผู้ตรวจสอบ", en="Auditor"),
}
LOOKED_AT: Mapping[str, Text] = {
    "application": Text(th="เปิดดูคำขอ", en="Opened the application"),
    "attachment": Text(th="เปิดดูเอกสารแนบของคำขอ", en="Opened a document of the application"),
    "personal-number": Text(th="เปิดดูเลขประจำตัวเต็มในคำขอ", en="Saw personal numbers in full in the application"),
    "audit": Text(th="ตรวจสอบคำขอ", en="Audited the application"),
}

PAYMENT_KINDS: Mapping[str, Text] = {
    "full": Text(th="ชำระครบ", en="Paid in full"),
    "over": Text(th="ชำระเกิน", en="Paid too much"),
    "short": Text(th="ชำระไม่ครบ", en="Paid too little"),
    "second": Text(th="ชำระซ้ำ", en="Paid a second time"),
    "dead-bill": Text(th="ชำระใบแจ้งที่ยกเลิกแล้ว", en="Paid a cancelled bill"),
}


def why_looked(reason: str) -> str:
    """The reason in somebody's own words (`application <number>: <words>`); nothing where only the place stands."""
    return reason.partition(": ")[2]


FREE = Text(th="ไม่มีค่าธรรมเนียม", en="No fee")


def fee(procedure: Procedure, on: date) -> Text:
    """What it costs, as far as it can be said before the form is filled in; each line with how it is worked out."""
    lines = [_fee_line(rule) for rule in fees.in_effect(procedure.fees, on=on, authority=None) if not rule.late_only]
    if not lines:
        return FREE
    return Text(th="\n".join(line.th for line in lines), en="\n".join(line.en for line in lines))


def _fee_line(rule: FeeRule) -> Text:
    title = rule.title or fees.TITLES[rule.line]
    how, doubt = _how_much(rule), Text(th=" (ยังไม่ยืนยัน)", en=" (not confirmed)")
    return Text(
        th=f"{title.th}: {how.th}{doubt.th if rule.provisional else ''}",
        en=f"{title.en}: {how.en}{doubt.en if rule.provisional else ''}",
    )


def _how_much(rule: FeeRule) -> Text:
    match rule.basis:
        case "per-unit":
            unit = rule.unit or Text(th="หน่วย", en="unit")
            return _baht(rule.baht or "0", f" ต่อ{unit.th}", f" per {unit.en}")
        case "tiers":
            return _range([tier.baht for tier in rule.tiers], "ตามขนาด", "by size")
        case "kinds":
            return _range(list(rule.kinds.values()), "ตามประเภท", "by kind")
        case "percent":
            share = f"{Decimal(rule.basis_points) / 100:g}"
            return Text(th=f"ร้อยละ {share}", en=f"{share} per cent")
        case _:
            return _baht(rule.baht or "0")


def _baht(amount: str, th: str = "", en: str = "") -> Text:
    figures = _figures(amount)
    return Text(th=f"{figures} บาท{th}", en=f"{figures} baht{en}")


def _range(amounts: list[str], th: str, en: str) -> Text:
    least, most = min(amounts, key=Decimal), max(amounts, key=Decimal)
    if Decimal(least) == Decimal(most):
        return _baht(least)
    between = f"{_figures(least)}–{_figures(most)}"
    return Text(th=f"{between} บาท {th}", en=f"{between} baht, {en}")


def _figures(amount: str) -> str:
    return f"{Decimal(amount):,.2f}".removesuffix(".00")


def lasts(validity: Validity | None) -> Text:
    """How long a grant lasts."""
    if validity is None or validity.ends == "never":
        return Text(th="ไม่มีวันสิ้นอายุ", en="It does not expire.")
    parts = [(validity.years, "ปี", "year"), (validity.months, "เดือน", "month"), (validity.days, "วัน", "day")]
    th = " ".join(f"{number} {unit}" for number, unit, _ in parts if number)
    en = " ".join(f"{number} {unit}{'s' if number > 1 else ''}" for number, _, unit in parts if number)
    if validity.ends == "31-december":
        return Text(th=f"{th} โดยสิ้นอายุวันที่ 31 ธันวาคม", en=f"{en}, ending on 31 December")
    return Text(th=f"{th} นับแต่วันที่ออก", en=f"{en} from the day of issue")


def renewal(window: RenewalWindow | None) -> Text | None:
    """When a renewal may be filed."""
    if window is None:
        return None
    th = f"ยื่นต่ออายุได้ตั้งแต่ {window.opens_days_before} วันก่อนสิ้นอายุ"
    en = f"A renewal may be filed from {window.opens_days_before} days before the end"
    if window.late_days:
        return Text(
            th=f"{th} และไม่เกิน {window.late_days} วันหลังสิ้นอายุ", en=f"{en} until {window.late_days} days after it."
        )
    return Text(th=th, en=f"{en}.")


def served(licence: Licence, provinces: Mapping[str, Text]) -> Text:
    """Where a licence may be applied for here; `provinces` are their names by DOPA code."""
    if licence.provinces:
        missing = [name for code, name in provinces.items() if code not in licence.provinces]
        given = [name for code, name in provinces.items() if code in licence.provinces]
        return _all_but(missing) if len(missing) < len(given) else _listed(given)
    if licence.coverage == "nationwide":
        return NATIONWIDE
    return HEAD_OFFICE if licence.routing is Routing.NATIONAL else BANGKOK_ONLY


def _listed(names: Sequence[Text]) -> Text:
    return Text(th=" ".join(one.th for one in names), en=", ".join(one.en for one in names))


def _all_but(names: Sequence[Text]) -> Text:
    listed = _listed(names)
    return Text(th=f"ทุกจังหวัด ยกเว้น{listed.th}", en=f"Every province except {listed.en}")


# --- what happened, in plain words ---

HAPPENED: Mapping[str, Text] = {
    "application:submission:received": Text(th="ส่งคำขอแล้ว", en="The application was sent"),
    "application:appeal:allowed": Text(
        th="อุทธรณ์ฟังขึ้น คำขอดำเนินการต่อ", en="The appeal was allowed: the application goes on"
    ),
    "application:appeal:resumed": Text(
        th="อุทธรณ์ฟังขึ้น คำขอที่คืนไปได้รับการพิจารณาต่อ", en="The appeal was allowed: what was returned is considered after all"
    ),
    "task:due:extended": Text(th="ขยายระยะเวลาพิจารณา", en="The time to decide was extended"),
    "application:answers:replaced": Text(th="ผู้ยื่นส่งข้อมูลที่แก้ไขแล้ว", en="The applicant answered what was asked"),
    "application:answers:corrected": Text(th="แก้ไขข้อมูลที่ผิดโดยผู้ดูแลระบบสองคน", en="Two operators put an answer right"),
    "application:fee:owed": Text(th="แจ้งค่าธรรมเนียมที่ต้องชำระที่หน่วยงาน", en="The fee to be paid at the agency was told"),
    "application:history:kept": Text(th="เก็บประวัติการดำเนินงานแล้ว", en="The record of its run was kept"),
    "application:erasure:done": Text(th="ลบข้อมูลส่วนบุคคลของคำขอแล้ว", en="What was told about people in it was erased"),
    "application:bill:raised": Text(th="ออกใบแจ้งชำระค่าธรรมเนียม", en="A bill was raised"),
    "application:bill:replaced": Text(th="ออกใบแจ้งชำระใหม่แทนใบเดิม", en="The bill was written anew"),
    "application:payment:full": Text(th="ชำระค่าธรรมเนียมครบแล้ว", en="The fee was paid"),
    "application:payment:late": Text(
        th="ชำระค่าธรรมเนียมหลังวันครบกำหนด รับไว้แล้ว", en="The fee was paid after its last day, and accepted"
    ),
    "application:payment:over": Text(
        th="ชำระเงินเกิน ส่วนเกินจะคืนให้", en="More than the fee was paid; the rest is returned"
    ),
    "application:payment:short": Text(th="ชำระเงินไม่ครบ", en="Less than the fee was paid"),
    "application:payment:second": Text(th="ชำระซ้ำ จะคืนเงินให้", en="The fee was paid twice; the second is returned"),
    "application:payment:dead-bill": Text(
        th="มีการชำระใบแจ้งที่ยกเลิกแล้ว จะคืนเงินให้", en="A cancelled bill was paid; the money is returned"
    ),
    "application:payment:after-end": Text(
        th="มีการชำระหลังคำขอสิ้นสุดแล้ว จะคืนเงินให้", en="It was paid after it had ended; the money is returned"
    ),
    "application:payment:part": Text(
        th="ชำระรวมกับคำขออื่น แต่รายการนี้ไม่ต้องชำระแล้ว จะคืนเงินส่วนนี้ให้",
        en="It was paid with others and no longer owed; its part is returned",
    ),
    "application:refund:paid": Text(th="คืนเงินให้ผู้ชำระแล้ว", en="The money was given back to its payer"),
    "application:rules:asked-again": Text(
        th="หลักเกณฑ์เปลี่ยนแปลง จึงขอข้อมูลบางข้อใหม่", en="The rules changed, and ask some things anew"
    ),
    "application:rules:approve": Text(th="ผ่านเกณฑ์การอนุญาตอัตโนมัติ", en="The rules approved it by themselves"),
    "application:rules:officer": Text(th="ส่งให้เจ้าหน้าที่พิจารณา", en="It was given to an officer"),
    "application:wait:begin": Text(th="รอคำตอบจากหน่วยงานอื่น", en="Waiting for another office to answer"),
    "application:wait:take-over": Text(
        th="เจ้าหน้าที่ดำเนินการต่อโดยไม่รอหน่วยงานอื่น", en="An officer went on without the other office"
    ),
    "application:repair:suspend": Text(th="พักคำขอไว้เพื่อแก้ไขข้อขัดข้อง", en="It was held while a fault is mended"),
    "application:repair:resume": Text(th="ดำเนินการต่อแล้ว", en="It goes on"),
    "application:repair:hand": Text(th="ส่งให้เจ้าหน้าที่ตรวจแทนหน่วยงานที่ไม่ตอบ", en="It was given to an officer instead"),
    "application:repair:correct": Text(th="แก้ไขข้อมูลตามคำสั่งซ่อม", en="An answer was corrected by a repair"),
    "application:repair:move": Text(th="ย้ายไปใช้กฎฉบับใหม่กว่า", en="It goes on under newer rules"),
    "application:signature:signed": Text(th="กรรมการลงนามแล้ว", en="A director signed"),
    "application:end:ended": Text(th="ระบบขัดข้องจนดำเนินการต่อไม่ได้ จึงยุติคำขอ", en="Ended because of a fault of ours"),
    "application:end:completed": Text(th="ดำเนินการเสร็จแล้ว", en="It is done"),
    "application:end:issued": Text(th="อนุญาตและลงทะเบียนแล้ว", en="Granted and entered in the register"),
    "application:end:refused": Text(th="ไม่อนุญาต", en="Refused"),
    "application:end:returned": Text(th="คืนคำขอเพราะไม่แก้ไขภายในกำหนด", en="Returned: not answered in time"),
    "application:end:withdrawn": Text(th="ผู้ยื่นถอนคำขอ", en="Withdrawn by the applicant"),
    "task:decision:approve": Text(th="เจ้าหน้าที่เห็นชอบ", en="An officer approved"),
    "task:decision:ask": Text(th="เจ้าหน้าที่ขอให้แก้ไขหรือส่งเพิ่ม", en="An officer asked for something"),
    "task:decision:fix": Text(th="ผู้ตรวจให้แก้ไขสถานที่", en="The inspector has things put right"),
    "application:record:signed": Text(
        th="ผู้ยื่นลงนามในบันทึกความบกพร่องของคำขอ", en="The applicant signed the record of defects"
    ),
    "application:premises:fixed": Text(th="ผู้ยื่นแจ้งว่าแก้ไขสถานที่แล้ว", en="The applicant says that it is put right"),
    "task:decision:refuse": Text(th="เจ้าหน้าที่ไม่เห็นชอบ", en="An officer refused"),
    "task:request:allowed": Text(th="ผู้บังคับบัญชาอนุญาตให้เรียกเอกสารอีกครั้ง", en="The supervisor allowed one more request"),
    "task:visit:proposed": Text(th="ผู้ตรวจเสนอวันเวลานัดตรวจสถานที่", en="A visit to the premises was proposed"),
    "task:visit:confirmed": Text(th="ผู้ยื่นยืนยันนัดตรวจสถานที่", en="The applicant confirmed the visit"),
    "task:visit:move-asked": Text(th="ผู้ยื่นขอเลื่อนนัดตรวจสถานที่", en="The applicant asked for another time"),
    "task:visit:moved": Text(th="เลื่อนนัดตรวจสถานที่", en="The visit was moved"),
    "task:visit:missed": Text(th="ไม่มาตามนัดตรวจสถานที่", en="The visit was missed"),
    "task:visit:kept": Text(th="ตรวจสถานที่ตามนัดแล้ว", en="The visit took place"),
    "task:due:passed": Text(th="เลยกำหนดของขั้นตอน แจ้งเหตุล่าช้าแล้ว", en="A stage is late; the applicant was told"),
    "task:due:recounted": Text(th="นับวันครบกำหนดของขั้นตอนใหม่ตามวันหยุดที่ประกาศ", en="A stage's last day was counted anew"),
    "application:due:recounted": Text(th="นับวันครบกำหนดพิจารณาใหม่ตามวันหยุดที่ประกาศ", en="The last day was counted anew"),
    "application:answers:recounted": Text(th="ขยายวันตอบสิ่งที่ขอตามวันหยุดที่ประกาศ", en="There is more time to answer"),
    "application:clock:stopped": Text(th="หยุดนับเวลาพิจารณา", en="The clock was stopped"),
    "application:clock:started": Text(th="นับเวลาพิจารณาต่อ", en="The clock goes on"),
    "application:due:passed": Text(th="เลยกำหนดพิจารณา แจ้งเหตุล่าช้าแล้ว", en="It is late; the applicant was told why"),
    "application:due:moved": Text(th="วันที่อยู่กับผู้ยื่นไม่นับเป็นเวลาพิจารณา", en="Days with the applicant do not count"),
    "task:due:near": Text(th="ใกล้ครบกำหนด แจ้งผู้บังคับบัญชาแล้ว", en="It is due soon; the supervisor was warned"),
    "task:delay:explained": Text(th="หน่วยงานแจ้งเหตุแห่งความล่าช้า", en="The office said why it is late"),
    "task:assignment:claimed": Text(th="เจ้าหน้าที่รับงานแล้ว", en="An officer took the task"),
    "task:assignment:released": Text(th="เจ้าหน้าที่คืนงาน", en="An officer put the task back"),
    "task:assignment:reassigned": Text(th="เปลี่ยนเจ้าหน้าที่ผู้รับผิดชอบ", en="Another officer took over"),
}


UNEXPLAINED = Text(
    th="เลยกำหนดพิจารณา แจ้งแล้วว่าหน่วยงานยังไม่ได้บอกเหตุ",
    en="It is late; the applicant was told, and that its office has not said why",
)
DECIDED = "task:decision:"


def happened(tag: str, said: Mapping[str, object], procedure: Procedure) -> Text | None:
    """One line of a history, with the stage it speaks of; None: it has no words of its own, and is not shown."""
    words = UNEXPLAINED if said.get("unexplained") else HAPPENED.get(tag)
    stage = procedure.stage(said.get("stage"))
    if words is None or stage is None:
        return words
    if tag.startswith(DECIDED):
        words = SAID.get((stage.kind, Verdict(tag.removeprefix(DECIDED))), words)
    return Text(th=f"{words.th}: {stage.title.th}", en=f"{words.en}: {stage.title.en}")


OPERATED: Mapping[str, Text] = {
    "application:repair:retry": Text(th="ผู้ดูแลระบบสั่งลองใหม่", en="An operator had it tried again"),
    "application:repair:reset": Text(th="ผู้ดูแลระบบตั้งกลับไปจุดก่อนหน้า", en="An operator set it back to a point"),
    "application:repair:begin": Text(th="ผู้ดูแลระบบเริ่มเดินเรื่องใหม่", en="An operator began its journey again"),
    "application:repair:fixed": Text(th="ผ่านจุดที่ติดแล้ว", en="It has passed the step it stood at"),
    "application:repair:end": Text(th="ผู้ดูแลระบบสองคนยุติคำขอ", en="Two operators ended it"),
}
"""What operators did, for operators: applicants and officers are told what came of it."""


def in_history(tag: str, said: Mapping[str, object]) -> Sentence | None:
    """What a tag is called where operators read it."""
    words = HAPPENED.get(tag) or OPERATED.get(tag)
    stage = f" ({said['stage']})" if said.get("stage") else ""
    return Sentence(f"{words.th}{stage}", f"{words.en}{stage}") if words else None


REPRESENTATION = Text(th="ตรวจสอบอำนาจลงนาม", en="Check who may sign")
RECORDED: Mapping[str, Text] = {
    "record-payment": Text(th="ชำระค่าธรรมเนียมที่หน่วยงาน", en="Pay the fee at the agency"),
    "record-number": Text(th="หน่วยงานออกหนังสือ", en="The agency makes out its paper"),
}
RECORDS_IT = Text(th="บันทึกไว้ แล้วคำขอดำเนินการต่อ", en="It is recorded, and the application goes on.")


def stage_title(procedure: Procedure, stage: str) -> Text:
    """A stage by its title; the ones on signing rules and on what the agency did are the same for every licence."""
    found = procedure.stage(stage)
    return found.title if found else RECORDED.get(stage, REPRESENTATION)


FINDINGS: Mapping[str, Text] = {
    "pass": Text(th="ผ่าน", en="Pass"),
    "fail": Text(th="ไม่ผ่าน", en="Fail"),
    "not-applicable": Text(th="ไม่เกี่ยวข้อง", en="Not applicable"),
}


NOT_ALONE: Mapping[str, Text] = {
    "opinion": Text(
        th="บันทึกความเห็นพร้อมเหตุผล ผู้มีอำนาจพิจารณาใช้ประกอบการตัดสิน", en="It is put before those who decide; it binds nobody."
    ),
    "committee": Text(
        th="นับเป็นหนึ่งเสียง มติถือเสียงข้างมาก คะแนนเท่ากันประธานชี้ขาด",
        en="It counts as one vote: the majority decides, and the chair when votes are equal.",
    ),
}
"""What a verdict does on a stage where nobody decides alone."""


PAPERS: Mapping[str, Text] = {
    "defects": Text(th="บันทึกความบกพร่องของคำขอ (PDF)", en="Joint record of defects (PDF)"),
    "inspection": Text(th="รายงานผลการตรวจสถานที่ (PDF)", en="Inspection report (PDF)"),
}
"""The sealed papers that set out a decision."""
VISITS: Mapping[Visit, Text] = {
    Visit.PROPOSED: Text(th="รอผู้ยื่นยืนยัน", en="Proposed; the applicant has not confirmed yet"),
    Visit.CONFIRMED: Text(th="ผู้ยื่นยืนยันแล้ว", en="Confirmed by the applicant"),
    Visit.MOVE_ASKED: Text(th="ผู้ยื่นขอเลื่อน รอผู้ตรวจเสนอวันเวลาใหม่", en="The applicant asks for another time"),
    Visit.MOVED: Text(th="เลื่อนแล้ว", en="Moved"),
    Visit.MISSED: Text(th="ไม่ได้ตรวจตามนัด รอผู้ตรวจเสนอวันเวลาใหม่", en="Missed; a new time is to be proposed"),
    Visit.KEPT: Text(th="ตรวจแล้ว", en="It took place"),
}


CONFIRM_VISIT = Text(
    th="โปรดยืนยันนัดตรวจสถานที่ หรือขอเลื่อน", en="Please confirm the visit to your premises, or ask for another time."
)
FIX_AND_TELL = Text(
    th="ท่านต้องแก้ไขสถานที่ตามรายการที่ผู้ตรวจแจ้ง แล้วแจ้งให้ตรวจอีกครั้ง",
    en="Please put right what the inspector lists, and tell us when it is done.",
)
FIX_IT = Text(
    th="ผู้ยื่นได้รับรายการที่ต้องแก้ไข แล้วตรวจสถานที่อีกครั้ง",
    en="The applicant is told what to put right, and the premises are looked at again.",
)


def effects(procedure: Procedure, stage: str) -> Mapping[Verdict, Text]:
    """What each verdict does, said before it is pressed."""
    if stage in RECORDS:
        return {Verdict.APPROVE: RECORDS_IT}
    here = procedure.stage(stage)
    last = here is not None and here == procedure.stages[-1]
    onward = Text(th="ส่งต่อขั้นตอนถัดไป", en="It goes on to the next stage.")
    granted = Text(
        th="อนุญาต ระบบแจ้งชำระเงิน (ถ้ามี) ออกเอกสาร และลงทะเบียน",
        en="It is granted: the fee is asked for (if any), the document sealed and entered.",
    )
    fix = {Verdict.FIX: FIX_IT} if here and here.kind == "inspection" else {}
    return {
        **fix,
        Verdict.APPROVE: NOT_ALONE[here.kind] if here and here.kind in NOT_ALONE else granted if last else onward,
        Verdict.ASK: Text(
            th="ส่งกลับให้ผู้ยื่นแก้ไข ขอได้ครั้งเดียว นาฬิกาหยุดรอผู้ยื่น",
            en="It goes back to the applicant, once only; the clock waits.",
        ),
        Verdict.REFUSE: NOT_ALONE[here.kind]
        if here and here.kind in NOT_ALONE
        else Text(
            th=f"คำขอสิ้นสุด ออกหนังสือแจ้งพร้อมสิทธิอุทธรณ์ {procedure.appeal.days} วัน",
            en=f"It ends: a letter tells why, and how to appeal within {procedure.appeal.days} days.",
        ),
    }
