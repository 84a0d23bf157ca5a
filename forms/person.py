"""Questions answered with a person: names, and a number that tells two of the same name apart."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any

from forms import sentences
from forms.asking import empty
from forms.composite import Composite, part
from forms.errors import Problem
from forms.identifiers import ThaiId
from forms.plain import Text
from forms.question import Context, Invalid, Kind, Question
from forms.words import Lang, Words, arabic

_LETTERS = re.compile(r"[^\W\d_]")
_NAME_SIGNS = " .'’-()"


class Name(Text):
    """A part of a person: letters and the few signs that names have; no markup, no digits."""

    name = "name"
    longest = 100

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """Text that is a name."""
        text = super().check(question, value, at, context)
        if not _LETTERS.search(text) or not all(_belongs_in_a_name(character) for character in text):
            raise sentences.refuse(
                question,
                at,
                "not-a-name",
                "{n}ใช้ได้เฉพาะตัวอักษร เว้นวรรค จุด และขีด ลบตัวเลขหรือเครื่องหมายอื่นออก",
                "The {n} may have only letters, spaces, full stops and hyphens. Remove digits and other signs",
            )
        return text

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Also markup, digits, signs alone."""
        yield from super().invalid(question)
        for value in ("<b>สมชาย</b>", "สมชาย2", "{{ 7*7 }}", "...", "=cmd|' /C calc'!A0"):
            yield Invalid(value, "not-a-name")


def _belongs_in_a_name(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" or character in _NAME_SIGNS


class Passport(Kind):
    """A part of a person: a passport number."""

    name = "passport"
    personal = True

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """Letters and digits, in capitals (ICAO 9303: at most nine on most passports)."""
        number = re.sub(r"[\s-]", "", arabic(value)).upper() if isinstance(value, str) and len(value) < 60 else ""
        if not re.fullmatch(r"[A-Z0-9]{5,20}", number):
            raise sentences.refuse(
                question,
                at,
                "wrong-number",
                "{n}ต้องเป็นตัวอักษรอังกฤษและตัวเลขตามหนังสือเดินทาง เช่น AA1234567",
                "The {n} must be the letters and digits of the passport, such as AA1234567",
            )
        return number

    def schema(self, question: Question) -> dict[str, Any]:
        """Letters and digits."""
        return {"type": "string", "pattern": "^[A-Z0-9]{5,20}$"}

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Other signs."""
        for value in ("ไม่มี", "A1", 1234567, "<x>12345"):
            yield Invalid(value, "wrong-number")

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """The last three signs only."""
        return f"••••••{value[-3:]}"


_NAME, _PASSPORT, _THAI_ID = Name(), Passport(), ThaiId()
_TITLES = ("นาย", "นาง", "นางสาว")
_CALLED = (
    ("นาย", "สมหมาย"),
    ("นาย", "ประเสริฐ"),
    ("นาย", "ธนกร"),
    ("นาง", "วันเพ็ญ"),
    ("นางสาว", "มาลี"),
    ("นางสาว", "รัตนา"),
)
_LAST = ("ใจดี", "ตัวอย่าง", "ทดสอบดี", "แสนสุข", "มั่นคง", "บุญมาก")


@cache
def _parts(of: Words, identity: str) -> tuple[Question, ...]:
    """Made once for each name that a form gives a person: every check asks for them."""
    return (
        part(of, "title", "คำนำหน้าชื่อ", "Title", _NAME, max_length=50),
        part(of, "first_name", "ชื่อ", "First name", _NAME),
        part(of, "middle_name", "ชื่อกลาง", "Middle name", _NAME, required=False),
        part(of, "last_name", "นามสกุล", "Last name", _NAME),
        *_numbers(of, identity),
    )


def _numbers(of: Words, identity: str) -> tuple[Question, ...]:
    if not identity:
        return ()
    either = identity == "thai-id-or-passport"
    number = part(of, "thai_id", "เลขประจำตัวประชาชน", "Thai ID number", _THAI_ID, required=not either)
    passport = part(of, "passport_no", "เลขที่หนังสือเดินทาง", "Passport number", _PASSPORT, required=False)
    return (number, passport) if either else (number,)


class Person(Composite):
    """A person: title and names, and how they are told apart, as `identity` says.

    `identity` is `thai-id`, `thai-id-or-passport` (exactly one of the two), or absent for names only.
    """

    name = "person"
    keys = frozenset({"identity"})
    personal = True

    def parts(self, question: Question) -> Sequence[Question]:
        """Title and names, then the number that the form asks for."""
        return _parts(question.name, question.identity)

    def together(self, question: Question, value: Mapping[str, Any], answers: dict[str, Any], at: str) -> list[Problem]:
        """Where either number will do, one is needed and one is enough."""
        given = [key for key in ("thai_id", "passport_no") if not empty(value.get(key))]
        if question.identity != "thai-id-or-passport" or len(given) == 1:
            return []
        number = self.parts(question)[4]
        th = "กรอก{n} หรือเลขที่หนังสือเดินทาง อย่างใดอย่างหนึ่ง"
        en = "Enter either the {n} or the passport number, one of the two"
        return [sentences.problem(number, f"{at}.thai_id", "one-of-two", th, en)]

    def example(self, question: Question, rng: Random) -> dict[str, Any]:
        """A person who does not exist."""
        title, first_name = rng.choice(_CALLED)
        names = {"title": title, "first_name": first_name, "last_name": rng.choice(_LAST)}
        return names | ({"thai_id": _THAI_ID.example(question, rng)} if question.identity else {})

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Also no number, or two, where one is asked."""
        yield from (bad for bad in super().invalid(question) if not bad.part.startswith(".passport_no"))
        if question.identity == "thai-id-or-passport":
            right = self.example(question, Random(0))
            yield Invalid(right | {"passport_no": "AA1234567"}, "one-of-two", ".thai_id")
            yield Invalid({k: v for k, v in right.items() if k != "thai_id"}, "one-of-two", ".thai_id")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`นายสมหมาย ใจดี 1-9999-...`."""
        return self._written(question, value, lang, masked=False)

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """The name in full, the number masked: two people can mask alike, so the name stands beside it."""
        return self._written(question, value, lang, masked=True)

    def printed(self, question: Question, value: Any, lang: Lang) -> str:
        """The name alone: a licence carries nothing that a register page would have to mask (EGA-13b)."""
        space = "" if value["title"] in _TITLES else " "
        names = (value[key] for key in ("first_name", "middle_name", "last_name") if key in value)
        return str(value["title"]) + space + " ".join(names)

    def _written(self, question: Question, value: Any, lang: Lang, *, masked: bool) -> str:
        numbers = [part for part in _numbers(question.name, question.identity) if part.id in value]
        shown = [
            part.kind.masked(part, value[part.id], lang) if masked else part.kind.show(part, value[part.id], lang)
            for part in numbers
        ]
        full = self.printed(question, value, lang)
        return f"{full} ({', '.join(shown)})" if shown else full
