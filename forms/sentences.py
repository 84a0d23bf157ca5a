"""Every sentence said about a wrong answer, in both languages: what is wrong and the way out.

The sentence goes by the kind of mistake; the words for the question come from the form (`name`, or else `title`).
A part of a composite is introduced by the composite: "ที่ตั้งร้าน: กรอกเลขที่".
"""

import re
from datetime import date

from forms.errors import Problem, Problems
from forms.question import Question
from forms.words import Words, grouped, spelt

SHOWN_OF_AN_UNKNOWN_NAME = 80
CLAUSE = re.compile(r"(how|what|where|which|who|when|why|whether)\b", re.IGNORECASE)
"""A name that begins so is a clause of its own, and takes no article: "Select how waste is disposed of"."""
PROPER = frozenset({"Thai", "Thailand", "Bangkok", "English", "Soi", "Moo", "X-ray"})


def called(question: Question) -> Words:
    """The question's name as it stands inside a sentence: no capital, unless it is a name or an abbreviation."""
    en = question.name.en
    keeps_its_capital = en.partition(" ")[0] in PROPER or en[1:2].isupper()
    return Words(question.name.th, en if keeps_its_capital else en[:1].lower() + en[1:])


def problem(question: Question, at: str, kind: str, th: str, en: str) -> Problem:
    """A problem with one question; `{n}` in the sentences becomes the question's name."""
    name = called(question)
    th, en = th.replace("{n}", name.th), _without_article(en, name.en).replace("{n}", name.en)
    if question.of:
        return Problem(at, f"{question.of.th}: {th}", f"{question.of.en}: {en}", kind)
    return Problem(at, th, en, kind)


def _without_article(en: str, name: str) -> str:
    if not CLAUSE.match(name):
        return en
    return en.replace("the {n}", "{n}").replace("The {n}", name[:1].upper() + name[1:])


def refuse(question: Question, at: str, kind: str, th: str, en: str) -> Problems:
    """The same, to be raised."""
    return Problems([problem(question, at, kind, th, en)])


_MISSING = {
    "enter": ("กรอก{n}", "Enter the {n}"),
    "select": ("เลือก{n}", "Select the {n}"),
    "tick": ("เลือก{n}อย่างน้อย 1 ข้อ", "Select at least one answer: {n}"),
    "attach": ("แนบ{n}", "Attach the {n}"),
    "confirm": ("ทำเครื่องหมายในช่อง{n}", "Tick the box: {n}"),
}


def missing(question: Question, at: str) -> Problem:
    """Nothing was answered."""
    th, en = _MISSING[question.kind.asks]
    return problem(question, at, "missing", th, en)


def unknown(at: str) -> Problem:
    """An answer to a question that the form does not ask."""
    shown = "".join(c if c.isprintable() else "?" for c in at)[:SHOWN_OF_AN_UNKNOWN_NAME]
    return Problem(
        shown,
        f"แบบคำขอนี้ไม่มีข้อ “{shown}” ลบข้อนี้ออกแล้วส่งใหม่",
        f"This form has no question “{shown}”. Remove it and send again.",
        "unknown",
    )


def wrong_type(question: Question, at: str, th: str, en: str) -> Problems:
    """Not even the right sort of value; `th` and `en` say which sort is wanted."""
    return refuse(question, at, "wrong-type", f"{{n}}ต้องเป็น{th}", f"The {{n}} must be {en}")


def hidden_characters(question: Question, at: str) -> Problems:
    """Characters nobody can see."""
    return refuse(
        question,
        at,
        "hidden-characters",
        "{n}มีอักขระที่มองไม่เห็นหรือซ้อนกันผิดปกติ ลบแล้วพิมพ์ใหม่โดยไม่คัดลอกมาวาง",
        "The {n} has characters that cannot be seen or are piled up. Delete it and type it again instead of pasting",
    )


def too_long(question: Question, at: str, limit: int, length: int) -> Problems:
    """More characters than fit."""
    return refuse(
        question,
        at,
        "too-long",
        f"{{n}}ต้องไม่เกิน {grouped(limit)} ตัวอักษร (ขณะนี้ {grouped(length)} ตัวอักษร)",
        f"The {{n}} must be {grouped(limit)} characters or fewer (now {grouped(length)})",
    )


def too_small(question: Question, at: str, limit: str, limit_en: str) -> Problems:
    """Under the smallest allowed; limits come spelt with their unit."""
    return refuse(question, at, "too-small", f"{{n}}ต้องไม่น้อยกว่า {limit}", f"The {{n}} must be at least {limit_en}")


def not_above(question: Question, at: str, limit: str, limit_en: str) -> Problems:
    """Not more than the limit that has to be passed."""
    return refuse(question, at, "too-small", f"{{n}}ต้องมากกว่า {limit}", f"The {{n}} must be more than {limit_en}")


def too_large(question: Question, at: str, limit: str, limit_en: str) -> Problems:
    """Over the largest allowed."""
    return refuse(question, at, "too-large", f"{{n}}ต้องไม่เกิน {limit}", f"The {{n}} must not exceed {limit_en}")


def too_early(question: Question, at: str, first: date) -> Problems:
    """Before the first day allowed."""
    return refuse(
        question,
        at,
        "too-small",
        f"{{n}}ต้องไม่ก่อนวันที่ {spelt(first, 'th')}",
        f"The {{n}} must not be before {spelt(first, 'en')}",
    )


def too_late(question: Question, at: str, last: date) -> Problems:
    """After the last day allowed."""
    return refuse(
        question,
        at,
        "too-large",
        f"{{n}}ต้องไม่หลังวันที่ {spelt(last, 'th')}",
        f"The {{n}} must not be after {spelt(last, 'en')}",
    )


def not_an_option(question: Question, at: str) -> Problems:
    """An answer that was not on offer."""
    return refuse(question, at, "not-an-option", "เลือก{n}จากรายการที่มีให้", "Select the {n} from the answers on offer")


def too_few_items(at: str, least: int, th: str, en: str) -> Problem:
    """Fewer repeating items than the form needs."""
    return Problem(
        at, f"เพิ่ม{th}อย่างน้อย {least} รายการ", f"Add at least {least} × {en}", "missing" if least == 1 else "too-few"
    )


def too_many_items(at: str, most: int, th: str, en: str) -> Problem:
    """More repeating items than the form takes."""
    return Problem(
        at, f"เพิ่ม{th}ได้ไม่เกิน {most} รายการ ลบรายการที่เกินออก", f"No more than {most} × {en}. Remove the rest", "too-many"
    )


def not_a_list(at: str, th: str, en: str) -> Problem:
    """A repeating group that did not come as a list of items."""
    return Problem(
        at, f"ส่ง{th}เป็นรายการ แต่ละรายการเป็นกลุ่มคำตอบ", f"Send “{en}” as a list of groups of answers", "wrong-type"
    )
