"""Headings whose Thai words stay whole: browsers break between the parts of a compound (ใบ|อนุญาต), readers stumble.

The words are the site's own, few and always the same; each is put in a span that does not break. What a screen reader
or a copy of the text gets is unchanged.
"""

import re

WHOLE = (
    "ใบอนุญาต", "ใบแทน", "ใบรับรอง", "ใบสำคัญ", "ใบทะเบียน", "ใบแจ้งหนี้", "ใบเสร็จ", "คำขอ", "คำตอบ", "คำรับรอง", "คำสั่ง",
    "คำชี้แจง", "ผู้ขออนุญาต", "ผู้ยื่นคำขอ", "ผู้ยื่น", "ผู้รับใบอนุญาต", "ผู้รับมอบอำนาจ", "ผู้มีอำนาจ", "ผู้ตรวจ", "ผู้ประกอบการ", "เจ้าหน้าที่",
    "หน่วยงาน", "นิติบุคคล", "ทะเบียน", "ค่าธรรมเนียม", "หนังสือรับรอง", "เลขที่", "สถานที่", "สถานประกอบกิจการ", "มอบอำนาจ", "รายการ",
    "ขั้นตอน", "ตรวจสอบ", "ต่ออายุ", "ยกเลิก", "เอกสาร", "อาหาร", "พื้นที่", "ตารางเมตร", "จำหน่าย", "จัดตั้ง", "ประชาชน",
    "ข้อมูล", "กรรมการ", "กิจการ", "บริการ", "อนุญาต",
)  # fmt: skip
_HEADING = re.compile(r"(<(h[1-3]|legend)\b[^>]*>)(.*?)(</\2>)", re.DOTALL)
_NUMBER = r"[A-Z]{2,8}-\d{4}-\d{7}-[0-9A-Z]"
"""An application's or a licence's: its hyphens are no places to break."""
_WORD = re.compile("|".join([_NUMBER, *sorted(WHOLE, key=len, reverse=True)]))
_TEXT = re.compile(r"[^<>]+(?=<|$)")


def headings(html: str) -> str:
    """The page with the words of its headings kept whole."""
    return _HEADING.sub(lambda found: found[1] + _TEXT.sub(_whole, found[3]) + found[4], html)


def _whole(text: re.Match[str]) -> str:
    return _WORD.sub(r'<span class="whole-word">\g<0></span>', text[0])
