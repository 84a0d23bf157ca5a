"""How Thai offices write dates, numbers and money. Pure text: inside the engine dates are dates, years Christian.

Years are shown in the Buddhist era (+543). Before 1 January 1941 the year began in April; such days are only ever
birth dates, which are shown as the identity document writes them.
"""

from datetime import date

MONTHS = [
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
]
SHORT_MONTHS = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
BUDDHIST_ERA = 543
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
ASCII_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
DIGIT_WORDS = ["ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"]
PLACE_WORDS = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
MILLION = 1_000_000
OCTOBER = 10
CLOSE_TITLES = (
    "นาย", "นาง", "นางสาว", "เด็กชาย", "เด็กหญิง", "หม่อมเจ้า", "หม่อมราชวงศ์", "หม่อมหลวง", "ท่านผู้หญิง", "คุณหญิง",
)  # fmt: skip
"""Titles that stand close to the name; after a rank, a degree and Mr there is a space (Royal Society, on spacing)."""


def full_name(title: str, given: str, family: str) -> str:
    """A person's name as it is written: นายสมชาย ใจดี, but พันเอก สมชาย ใจดี; without a title where there is none."""
    space = "" if not title or title in CLOSE_TITLES else " "
    return f"{title}{space}{given} {family}".strip()


def thai_digits(text: str | int) -> str:
    """The same text with Thai digits; for people only, never in machine fields, QR codes or file names."""
    return str(text).translate(THAI_DIGITS)


def ascii_digits(text: str) -> str:
    """The same text with ASCII digits: both are accepted on input, ASCII is kept."""
    return text.translate(ASCII_DIGITS)


def buddhist_year(day: date) -> int:
    """The year of that day in the Buddhist era."""
    return day.year + BUDDHIST_ERA


def fiscal_year(day: date) -> int:
    """The government's fiscal year in the Buddhist era: 1 October 2569 to 30 September 2570 is 2570."""
    return buddhist_year(day) + (day.month >= OCTOBER)


def long_date(day: date, *, era: bool = True) -> str:
    """20 พฤศจิกายน พ.ศ. 2569, or without the era's mark, as official letters write it."""
    return f"{day.day} {MONTHS[day.month - 1]} {'พ.ศ. ' if era else ''}{buddhist_year(day)}"


def date_in_english(day: date) -> str:
    """20 November 2026, for the sentence beside the Thai one."""
    return f"{day.day} {day:%B %Y}"


def short_date(day: date) -> str:
    """20 พ.ย. 2569. All four digits of the year: 69 alone can be read as either era."""
    return f"{day.day} {SHORT_MONTHS[day.month - 1]} {buddhist_year(day)}"


def baht(satang: int) -> str:
    """1,070.50: baht with two places, for people."""
    sign, whole = ("-" if satang < 0 else ""), abs(satang)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


def baht_words(satang: int) -> str:
    """The amount in Thai words, as receipts write it: หนึ่งพันเจ็ดสิบบาทห้าสิบสตางค์.

    Less than a baht is said in satang alone (ห้าสิบสตางค์), as offices do. Raises ValueError below zero.
    """
    if satang < 0:
        raise ValueError("an amount in words is never negative: say refund, and give the amount")
    whole, rest = divmod(satang, 100)
    said = f"{number_words(whole)}บาท" if whole or not rest else ""
    return said + (f"{number_words(rest)}สตางค์" if rest else "ถ้วน")


def number_words(number: int) -> str:
    """A whole number in Thai words, by groups of six digits (ล้าน)."""
    if number == 0:
        return DIGIT_WORDS[0]
    millions, rest = divmod(number, MILLION)
    said = f"{number_words(millions)}ล้าน" if millions else ""
    return said + _below_a_million(rest, something_before=bool(millions))


def _below_a_million(number: int, *, something_before: bool) -> str:
    said = ""
    for place in range(5, -1, -1):
        digit = number // 10**place % 10
        if digit:
            said += _digit_words(digit, place, something_before=something_before or bool(said))
    return said


def _digit_words(digit: int, place: int, *, something_before: bool) -> str:
    if place == 0 and digit == 1 and something_before:
        return "เอ็ด"
    if place == 1 and digit <= 2:
        return ("สิบ", "ยี่สิบ")[digit - 1]
    return DIGIT_WORDS[digit] + PLACE_WORDS[place]


def mask_id(number: str) -> str:
    """A personal number as the public may see it, at most four digits kept: 1-XXXX-XXXXX-12-3.

    Anything that has not thirteen digits (a passport) keeps its last three characters only.
    """
    plain = ascii_digits(number).replace("-", "").replace(" ", "")
    if len(plain) == 13 and plain.isdigit():
        return f"{plain[0]}-XXXX-XXXXX-{plain[10:12]}-{plain[12]}"
    return "X" * max(len(plain) - 3, 3) + plain[-3:] if len(plain) > 3 else "XXX"
