"""Every step that a story takes, in words, and why taking it twice changes nothing. A test compares the stories."""

from collections.abc import Mapping

from licences.errors import Sentence

Known = tuple[Sentence, Sentence]


def _step(th: str, en: str, once_th: str, once_en: str) -> Known:
    return Sentence(th, en), Sentence(once_th, once_en)


READS = ("ขั้นตอนนี้อ่านอย่างเดียว", "it only reads")
HISTORY = ("บันทึกครั้งเดียวต่อขั้นตอน", "it is written once for its step")
STEPS: Mapping[str, Known] = {
    "acknowledge": _step(
        "ใบรับคำขอ", "the sealed acknowledgement", "ใบรับที่ประทับแล้วใช้ต่อ", "a sealed one is found and kept"
    ),
    "look": _step("ตรวจทะเบียนนิติบุคคล", "a look into the company register", *READS),
    "wait": _step("บันทึกว่ารอหน่วยงาน", "a note of what is waited for", *HISTORY),
    "confirm": _step(
        "ถามธนาคาร",
        "a question to the bank",
        "รายการชำระเดิมลงบัญชีครั้งเดียว",
        "a payment is booked once, by the bank's own number",
    ),
    "bill": _step("ใบแจ้งชำระ", "the bill", "ใบแจ้งเดิมใช้ต่อ", "the bill that was raised is found and kept"),
    "owed": _step("แจ้งยอดที่ต้องชำระที่หน่วยงาน", "the amount due at the agency", *HISTORY),
    "decide-by-rule": _step("พิจารณาตามเกณฑ์", "the decision by rule", *READS),
    "open": _step("เปิดงานเจ้าหน้าที่", "an officer's task", "งานเดิมใช้ต่อ", "the task that was opened is found and kept"),
    "close": _step("บันทึกผลพิจารณา", "an officer's decision", "ผลเดิมใช้ต่อ", "the same decision gives the same task"),
    "warn": _step("เตือนผู้บังคับบัญชา", "a warning to the supervisor", *HISTORY),
    "remind": _step("เตือนเจ้าหน้าที่", "a reminder", *HISTORY),
    "stop-clock": _step("หยุดนับเวลา", "the clock stopped", *HISTORY),
    "start-clock": _step("เริ่มนับเวลาต่อ", "the clock started again", *HISTORY),
    "answers-due": _step("ดูวันสุดท้ายของคำตอบ", "a look at the last day for answers", *HISTORY),
    "answers": _step("รับคำตอบ", "the applicant's answers", *HISTORY),
    "fixed": _step("รับแจ้งว่าแก้ไขสถานที่แล้ว", "word that the premises are put right", *HISTORY),
    "take-over": _step("เจ้าหน้าที่ดำเนินการแทน", "an officer's taking over", *HISTORY),
    "reserve-number": _step(
        "จองเลขใบอนุญาต", "the licence number", "เลขเดิมใช้ต่อ", "the number that was reserved is kept"
    ),
    "draw-up": _step("จัดทำเอกสาร", "the drawing of the paper", "เอกสารเดิมใช้ต่อ", "a drawn paper is found and kept"),
    "seal": _step("ลงตราประทับ", "the seal", "ตราประทับเดิมใช้ต่อ", "a sealed document is found and kept"),
    "enter-in-register": _step(
        "ลงทะเบียน", "the entry in the register", "รายการเดิมใช้ต่อ", "one entry for each application"
    ),
    "end": _step("บันทึกการสิ้นสุด", "the end", "การสิ้นสุดครั้งแรกคงอยู่", "the first end stays"),
    "sign": _step("ลงนามในทะเบียน", "a signature of the register", "ลายมือชื่อเดิมใช้ต่อ", "what was signed is kept"),
    "agree": _step("บันทึกผู้อนุมัติคืนเงิน", "who agreed to a refund", *HISTORY),
    "give-back": _step("คืนเงิน", "the refund", "ธนาคารรู้จักรายการนี้ด้วยชื่อเดียว", "the bank knows a refund by its own name"),
    "compare": _step("เทียบทะเบียนนิติบุคคล", "a comparison with the company register", *READS),
    "consent": _step("รอผู้รับโอนยืนยัน", "a question to who takes it over", *HISTORY),
    "hearing-due": _step("ดูวันสุดท้ายของการชี้แจง", "a look at the last day to object", *HISTORY),
    "hear": _step("แจ้งให้โต้แย้ง", "the hearing of the holder", *HISTORY),
    "extend": _step("ขยายระยะเวลา", "an extended day", *HISTORY),
    "prepare": _step("เตรียมผลของเรื่อง", "what the case will do, written down", "รายการเดิมใช้ต่อ", "it is found and kept"),
    "enter": _step("ลงทะเบียนผลของเรื่อง", "the entry of the case", "รายการเดิมใช้ต่อ", "one entry for each case"),
    "seals": _step("ตรวจใบรับรองตราประทับ", "a look at the seals' certificates", *HISTORY),
    "page": _step(
        "งานประจำวันหนึ่งหน้า", "a page of a daily round", "รายการที่ทำแล้วไม่ทำซ้ำ", "what was done that day is found and kept"
    ),
    "draw": _step(
        "จัดทำเอกสารการเงิน", "the drawing of a money paper", "เอกสารเดิมใช้ต่อ", "a drawn paper is found and kept"
    ),
    "publish": _step(
        "เผยแพร่รายการของวัน", "the day's published files", "แฟ้มของวันเขียนครั้งเดียว", "a day's files are written once"
    ),
    "send": _step("ส่งใบเสร็จ", "the letter with the receipt", *HISTORY),
    "rebill": _step("ออกใบแจ้งชำระใหม่", "a bill written anew", "ใบแจ้งใหม่ใช้ต่อ", "the newer bill is found and kept"),
    "suspend": _step("พักคำขอ", "an operator's hold", *HISTORY),
    "resume": _step("ดำเนินการต่อ", "an operator's leave to go on", *HISTORY),
    "hand": _step("ส่งให้เจ้าหน้าที่", "a handing over to an officer", *HISTORY),
    "correct": _step("แก้คำตอบ", "a corrected answer", *HISTORY),
    "move": _step("ย้ายกฎ", "a move to newer rules", *HISTORY),
}


def kind(step: str) -> str:
    """What kind of step: its name without its round."""
    return step.split(":")[0]


def title(step: str) -> Sentence:
    """A step in words, with its own name; an unknown one by its name alone."""
    known = STEPS.get(kind(step))
    return Sentence(f"{known[0].th} ({step})", f"{known[0].en} ({step})") if known else Sentence(step, step)


def once(step: str) -> Sentence:
    """Why taking it again changes nothing."""
    known = STEPS.get(kind(step))
    if known is None:
        return Sentence(f"{step}: บันทึกครั้งเดียวต่อขั้นตอน", f"{step}: it is written once for its step")
    return Sentence(f"{known[0].th}: {known[1].th}", f"{known[0].en}: {known[1].en}")
