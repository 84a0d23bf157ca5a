"""What repairs are called, in both languages: acts, what each means before it is done, and what became of an item."""

from collections.abc import Mapping

from api.wording import BAD, GOOD, NOTE, QUIET, TURN, Tag
from control.causes import Kind
from control.repair import Act, State
from licences.procedure import Text

ACTS: Mapping[Act, Text] = {
    Act.RETRY: Text(th="ลองใหม่ตอนนี้", en="Try again now"),
    Act.RESET: Text(th="ตั้งกลับไปจุดสุดท้ายที่ยังดี", en="Set back to the last good point"),
    Act.SUSPEND: Text(th="พักไว้", en="Hold"),
    Act.RESUME: Text(th="ให้ดำเนินการต่อ", en="Let it go on"),
    Act.HAND: Text(th="ส่งให้เจ้าหน้าที่", en="Hand to an officer"),
    Act.CORRECT: Text(th="แก้คำตอบที่ผิด", en="Correct an answer"),
    Act.MOVE: Text(th="ย้ายไปใช้กฎฉบับปัจจุบัน", en="Move to today’s rules"),
    Act.END: Text(th="ยุติและคืนเงินที่ต้องคืน", en="End it and owe back what is due"),
}
MEANS: Mapping[Act, Text] = {
    Act.RETRY: Text(
        th="ขั้นตอนที่ล้มเหลวจะลองทันที ถ้าโปรแกรมของเราผิดพลาดจะตั้งกลับไปจุดที่ยังดี ไม่มีเลขที่ ใบแจ้ง ตราประทับ หรือหนังสือซ้ำ",
        en="What fails is tried at once; where our own code had failed it goes back to the last good point. "
        "No number, bill, seal or notice is made twice.",
    ),
    Act.RESET: Text(
        th="ขั้นตอนหลังจุดนั้นทำซ้ำ ข้อความที่ได้รับหลังจากนั้นเก็บไว้ ไม่มีเลขที่ ใบแจ้ง ตราประทับ หรือหนังสือซ้ำ",
        en="Steps after that point run again, messages said after it are kept, and no number, bill, seal or notice "
        "is made twice.",
    ),
    Act.SUSPEND: Text(
        th="ไม่มีขั้นตอนใดเดินต่อ และไม่รับคำสั่งจากผู้ใดจนกว่าจะให้ดำเนินการต่อ",
        en="No further step is taken, and nobody’s word is heard until it goes on.",
    ),
    Act.RESUME: Text(th="ดำเนินการต่อจากจุดที่พักไว้", en="It goes on where it was held."),
    Act.HAND: Text(
        th="ถ้ารอทะเบียนนิติบุคคล เจ้าหน้าที่จะตรวจแทน ถ้าอยู่ที่เจ้าหน้าที่ งานจะกลับเข้ากล่องรวมของหน่วยงาน",
        en="Where the company register is silent an officer looks instead; where it lies on a desk it goes back into "
        "the agency’s inbox.",
    ),
    Act.CORRECT: Text(
        th="คำตอบใหม่แทนคำตอบเดิม ประวัติเก็บทั้งสองเป็นค่าแฮช ต้องมีผู้ดูแลระบบสองคน",
        en="The new answer takes the place of the old; the history keeps the digests of both. Two operators.",
    ),
    Act.MOVE: Text(
        th="ดำเนินการต่อตามกฎฉบับปัจจุบัน ใบแจ้งที่ออกแล้วคงเดิม ต้องมีผู้ดูแลระบบสองคน",
        en="It goes on under today’s rules; bills that were raised stand. Two operators.",
    ),
    Act.END: Text(
        th="คำขอสิ้นสุด ใบแจ้งที่ค้างถูกยกเลิก เงินที่คืนได้ตามกฎต้องคืน แจ้งผู้ยื่น ต้องมีผู้ดูแลระบบสองคน",
        en="It ends, open bills are cancelled, what is refundable is owed back, the applicant is told. Two operators.",
    ),
}
STATES: Mapping[State, Tag] = {
    State.WAITING: Tag("รอลำดับ", "Waiting its turn", QUIET),
    State.WORKING: Tag("กำลังทำ", "Being worked on", NOTE),
    State.FIXED: Tag("แก้แล้ว", "Fixed", GOOD),
    State.CHECKING: Tag("กำลังตรวจผล", "Checking", TURN),
    State.AGAIN: Tag("ยังผิดพลาด", "Failed again", BAD),
    State.NOTHING: Tag("ไม่มีสิ่งใดให้ลองใหม่", "Nothing to try again", QUIET),
    State.REFUSED: Tag("กฎไม่อนุญาต", "Refused by the rules", BAD),
    State.STOPPED: Tag("หยุดไว้ก่อน", "Left alone", QUIET),
}
TO_DO: Mapping[Kind, Text] = {
    Kind.CODE: Text(
        th="โปรแกรมของเราผิดพลาด แก้โปรแกรมแล้วกดลองใหม่ เจ้าหน้าที่ช่วยไม่ได้",
        en="A fault of our own code. Deploy the mended code, then try again. No officer can help.",
    ),
    Kind.GONE: Text(
        th="เครื่องยนต์ไม่มีงานนี้แล้ว กดลองใหม่เพื่อเริ่มจากบันทึก",
        en="The engine has lost its run. Try again: it begins from the records.",
    ),
    Kind.QUEUE: Text(
        th="เปิดกระบวนการของคิวนี้ งานที่รอจะถูกรับทันที", en="Start the worker of this queue; what waits is taken at once."
    ),
    Kind.TIMER: Text(
        th="เครื่องยนต์หรือกระบวนการทั่วไปล่าช้า ตรวจว่าทำงานอยู่ แล้วกดลองใหม่",
        en="The engine or the general worker is late: see that both run, then try again.",
    ),
    Kind.OFFICE: Text(
        th="ติดต่อหน่วยงานนั้น เมื่อกลับมาแล้วกดลองใหม่ หรือส่งให้เจ้าหน้าที่",
        en="Call the office. When it is back, try again; or hand it to an officer.",
    ),
    Kind.STEP: Text(
        th="ส่วนที่ขัดข้องคือชื่อข้อผิดพลาด แก้ส่วนนั้นแล้วกดลองใหม่",
        en="The error names the part that failed. Mend it, then try again.",
    ),
    Kind.PAID: Text(
        th="ดูบันทึกของกระบวนการทั่วไป แล้วกดลองใหม่", en="Read the general worker’s log for the number, then try again."
    ),
    Kind.TOLD: Text(
        th="ถามธนาคารว่าเงินเข้าหรือไม่ ยังไม่ต้องทำสิ่งใดกับคำขอ",
        en="Ask the bank whether the money is there; nothing is wrong with the application.",
    ),
    Kind.MONEY: Text(th="เปิดหน้าการเงินของผู้ดูแลระบบ", en="See the operators’ page on money."),
    Kind.UNBEGUN: Text(
        th="กระบวนการทั่วไปหรือเครื่องยนต์ไม่ทำงาน เปิดแล้วกดลองใหม่", en="Start the general worker or the engine."
    ),
    Kind.STILL: Text(th="เปิดดูคำขอ แล้วกดลองใหม่", en="Look at one of them, then try again."),
    Kind.NOTICE: Text(
        th="ข้อผิดพลาดเป็นของเซิร์ฟเวอร์จดหมาย ที่อยู่ผิดต้องถามผู้ยื่น",
        en="The error is the mail server’s own. A wrong address needs the applicant.",
    ),
    Kind.SEAL: Text(
        th="สร้างกุญแจใหม่ในโทเคน ขอใบรับรอง แล้วใส่ทั้งสองก่อนใบเดิมหมดอายุ ขั้นตอนอยู่ในคู่มือ",
        en="Make a key in the token, get its certificate, and put both in in time: the runbook says how.",
    ),
    Kind.ARCHIVE: Text(
        th="ดูบันทึกของกระบวนการลงตราประทับ ไฟล์ที่เสียให้นำมาจากสำเนาสำรอง",
        en="Read the sealing worker’s log; a file that is damaged is fetched from the second copy.",
    ),
    Kind.SILENT: Text(th="แจ้งหัวหน้าหน่วยงาน ไม่มีสิ่งใดเสีย", en="Tell the agency’s supervisor. Nothing is broken."),
    Kind.OVERDUE: Text(
        th="ไม่มีสิ่งใดเสีย หน่วยงานอาจติดต่อผู้ยื่น", en="Nothing is broken: the agency may write to the applicant."
    ),
    Kind.DESK: Text(
        th="ไม่มีสิ่งใดเสีย หัวหน้ามอบงานให้ผู้อื่นได้", en="Nothing is broken: a supervisor may give it to somebody else."
    ),
    Kind.UNTOLD: Text(
        th="แก้สิ่งที่ทำให้หนังสือแจ้งผลออกไม่ได้ ที่อยู่ผิดต้องโทรแจ้งผู้ยื่น",
        en="Mend what keeps the letter back; where the address is wrong the agency telephones.",
    ),
    Kind.HELD: Text(th="กดให้ดำเนินการต่อเมื่อพร้อม", en="Let it go on when it is time."),
}
SOURCES: Mapping[str, Text] = {
    "engine": Text(th="เครื่องยนต์", en="engine"),
    "records": Text(th="บันทึก", en="records"),
    "money": Text(th="เงิน", en="money"),
    "notice": Text(th="จดหมาย", en="letter"),
    "repair": Text(th="การซ่อม", en="repair"),
    "now": Text(th="ขณะนี้", en="now"),
}
