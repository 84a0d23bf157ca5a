"""The kinds of question that are made of several: an address, a place, a person."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import geothai
from geothai.types import Address as Found
from pydantic import BaseModel, ConfigDict, create_model

from forms import places, sentences
from forms.asking import ask, empty
from forms.errors import Problem, Problems
from forms.plain import Text, ThaiId
from forms.question import Context, Fields, Invalid, Kind, Question
from forms.words import Lang, Words, arabic, tidy

_TEXT, _THAI_ID = Text(), ThaiId()


class Composite(Kind):
    """What the composites share: parts that are questions, put together as one object."""

    derived: tuple[str, ...] = ()
    """Keys of the checked answer that are worked out; they may be sent along and must then agree."""

    def check(self, question: Question, value: Any, at: str, context: Context) -> dict[str, Any]:
        """An object of checked parts; the problems of all parts at once."""
        if not isinstance(value, Mapping):
            raise sentences.wrong_type(question, at, "กลุ่มคำตอบ", "an object of answers")
        given = {key: part for key, part in value.items() if key not in self.derived}
        answers, problems, _ = ask(self.parts(question), given, f"{at}.", {}, context)
        problems += self.together(question, value, answers, at)
        if problems:
            raise Problems(problems)
        return answers

    def together(self, question: Question, value: Mapping[str, Any], answers: dict[str, Any], at: str) -> list[Problem]:
        """What must hold between the parts; may put derived keys into `answers`."""
        return []

    def from_fields(self, question: Question, fields: Fields, name: str) -> Any:
        """Each part under its own flat name."""
        found = {part.id: part.kind.from_fields(part, fields, f"{name}.{part.id}") for part in self.parts(question)}
        return {key: value for key, value in found.items() if not empty(value)}

    def schema(self, question: Question) -> dict[str, Any]:
        """An object of the parts."""
        parts = self.parts(question)
        return {
            "type": "object",
            "properties": {part.id: titled(part) for part in parts} | {key: {"type": "string"} for key in self.derived},
            "required": [part.id for part in parts if part.required],
            "additionalProperties": False,
        }

    def type(self, question: Question) -> type[BaseModel]:
        """A small model of its own."""
        required = {part.id: (part.kind.type(part), ...) for part in self.parts(question) if part.required}
        optional = {part.id: (part.kind.type(part) | None, None) for part in self.parts(question) if not part.required}
        worked_out = {key: (str | None, None) for key in self.derived}
        name = question.id.title().replace("_", "")
        fields: dict[str, Any] = required | optional | worked_out
        return create_model(name, __config__=ConfigDict(extra="forbid", frozen=True), **fields)

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Each part wrong in turn, in an answer that is right otherwise."""
        yield Invalid("not an object", "wrong-type")
        right = self.example(question, Random(0))
        yield Invalid(right | {"no_such_part": "x"}, "unknown", ".no_such_part")
        for part in self.parts(question):
            if part.required:
                yield Invalid({k: v for k, v in right.items() if k != part.id}, "missing", f".{part.id}")
            for bad in part.kind.invalid(part):
                yield Invalid(right | {part.id: bad.value}, bad.kind, f".{part.id}{bad.part}")


def titled(question: Question) -> dict[str, Any]:
    """A question's JSON Schema with its titles, hints and what else a program may want to know."""
    schema = {"title": question.title.th, "x-title-en": question.title.en}
    if question.hint:
        schema |= {"description": question.hint.th, "x-description-en": question.hint.en}
    if question.unit:
        schema |= {"x-unit": question.unit.th, "x-unit-en": question.unit.en}
    notes = {
        "x-law": question.law,
        "x-reuse": question.reuse,
        "x-prefill": question.prefill,
        "x-sensitive": question.sensitive or question.kind.personal,
    }
    return question.kind.schema(question) | schema | {key: note for key, note in notes.items() if note}


def _part(whole: Question, part_id: str, th: str, en: str, kind: Kind = _TEXT, **more: Any) -> Question:
    return Question(part_id, kind, Words(th, en), Words(th, en), of=whole.name, **more)


class SubdistrictCode(Kind):
    """A part of an address: the subdistrict by its DOPA code. Whether it exists, the address itself finds out."""

    name = "subdistrict"
    widget = "subdistrict"
    asks = "select"

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """Six digits that are the code of a subdistrict."""
        code = arabic(value).strip() if isinstance(value, str) else ""
        if not places.by_code(code):
            raise sentences.not_an_option(question, at)
        return code

    def schema(self, question: Question) -> dict[str, Any]:
        """Six digits."""
        return {"type": "string", "pattern": "^[0-9]{6}$"}

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """No such place."""
        for value in ("999999", "1", 103301, "คลองเตย"):
            yield Invalid(value, "not-an-option")


class Postcode(Kind):
    """A part of an address: five digits."""

    name = "postcode"

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """Five digits."""
        code = arabic(value).strip() if isinstance(value, str) else ""
        if not re.fullmatch(r"[1-9]\d{4}", code, re.ASCII):
            raise sentences.refuse(
                question,
                at,
                "wrong-number",
                "{n}ต้องเป็นตัวเลข 5 หลัก เช่น 10110",
                "The {n} must be 5 digits, such as 10110",
            )
        return code

    def schema(self, question: Question) -> dict[str, Any]:
        """Five digits."""
        return {"type": "string", "pattern": "^[1-9][0-9]{4}$"}

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Not five digits."""
        for value in ("1011", "01110", "กทม", 10110):
            yield Invalid(value, "wrong-number")

    def attributes(self, question: Question) -> dict[str, str]:
        """The number pad, and the browser's own memory."""
        return {"inputmode": "numeric", "autocomplete": "postal-code", "maxlength": "5"}


_CODE, _POSTCODE = SubdistrictCode(), Postcode()
_EXAMPLE_PLACES = ("103301", "101801", "500108", "830102", "200104", "400101", "110101", "120106")


class Place(Composite):
    """A subdistrict with its district and province; `provinces` limits it to some."""

    name = "place"
    widget = "place"
    asks = "select"
    keys = frozenset({"provinces"})
    derived = ("subdistrict", "district_code", "district", "province_code", "province")

    def parts(self, question: Question) -> Sequence[Question]:
        """One part: the subdistrict."""
        return (_part(question, "subdistrict_code", "ตำบล/แขวง", "Subdistrict", _CODE),)

    def check(self, question: Question, value: Any, at: str, context: Context) -> dict[str, Any]:
        """The parts checked; a subdistrict sent by its name is found by its name."""
        return super().check(question, _with_code(value), at, context)

    def together(self, question: Question, value: Mapping[str, Any], answers: dict[str, Any], at: str) -> list[Problem]:
        """District and province follow from the subdistrict; what was sent of them must agree."""
        found = places.by_code(answers.get("subdistrict_code", ""))
        if not found:
            return []
        names = places.facts(found)
        answers |= names
        part = self.parts(question)[-1]
        wrong = [key for key in self.derived if not empty(value.get(key)) and not _agrees(value[key], key, found)]
        if wrong:
            return [
                sentences.problem(
                    part,
                    f"{at}.{key}",
                    "disagrees",
                    f"ที่ส่งมาไม่ตรงกับ{{n}}ที่เลือก ({places.show_place(names, 'th')})",
                    f"What was sent does not agree with the {{n}} ({places.show_place(names, 'en')})",
                )
                for key in wrong
            ]
        return self._inside(question, found, f"{at}.subdistrict_code")

    def _inside(self, question: Question, found: Found, at: str) -> list[Problem]:
        if not question.provinces or found.province.code in question.provinces:
            return []
        allowed = [province for code in question.provinces if (province := geothai.province(code))]
        return [
            sentences.problem(
                question,
                at,
                "elsewhere",
                f"{{n}}ต้องอยู่ใน{' '.join(province.name_th for province in allowed)}",
                f"The {{n}} must be in {', '.join(province.name_en for province in allowed)}",
            )
        ]

    def example(self, question: Question, rng: Random) -> dict[str, Any]:
        """A real subdistrict."""
        return {"subdistrict_code": self._example_code(question, rng)}

    def _example_code(self, question: Question, rng: Random) -> str:
        if not question.provinces:
            return rng.choice(_EXAMPLE_PLACES)
        districts = geothai.districts(rng.choice(question.provinces))
        return geothai.subdistricts(rng.choice(districts).code)[0].code

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Also a district that is not the subdistrict's."""
        yield from super().invalid(question)
        yield Invalid(self.example(question, Random(0)) | {"district": "ไม่มีอำเภอนี้"}, "disagrees", ".district")
        if question.provinces:
            outside = next(code for code in _EXAMPLE_PLACES if code[:2] not in question.provinces)
            moved = self.example(question, Random(0)) | {"subdistrict_code": outside}
            found = places.by_code(outside)
            if "postcode" in moved and found:
                moved["postcode"] = found.subdistrict.postal_codes[0]
            yield Invalid(moved, "elsewhere", ".subdistrict_code")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`แขวงคลองเตย เขตคลองเตย กรุงเทพมหานคร`."""
        return places.show_place(value, lang)

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """The subdistrict: an area names nobody (thai-rules 8.3)."""
        return places.show_place(value, lang)


def _with_code(value: Any) -> Any:
    """The value with the code of the one subdistrict that its names fit; as it was when they fit none or several."""
    if not isinstance(value, Mapping) or not empty(value.get("subdistrict_code")):
        return value
    keys = ("subdistrict", "district", "province", "postcode")
    if empty(value.get("subdistrict")) or not all(isinstance(value.get(key) or "", str) for key in keys):
        return value
    found = places.by_name(*(arabic(tidy(value.get(key) or "")) for key in keys))
    return {**value, "subdistrict_code": found[0].subdistrict.code} if len(found) == 1 else value


def _agrees(sent: Any, key: str, found: Found) -> bool:
    """Whether a name or code sent along is the one that the subdistrict has."""
    if not isinstance(sent, str):
        return False
    if key.endswith("_code"):
        return sent == places.facts(found)[key]
    names = {key: sent} if key == "subdistrict" else {"subdistrict": found.subdistrict.name_th, key: sent}
    return any(place.subdistrict.code == found.subdistrict.code for place in places.by_name(**names))


class Address(Place):
    """A Thai address: the house line, the postcode, and the subdistrict that the postcode serves."""

    name = "address"
    widget = "address"
    asks = "enter"

    def parts(self, question: Question) -> Sequence[Question]:
        """In the order of thai-rules 9.2; only the house number, the postcode and the subdistrict are required."""

        def line(part_id: str, th: str, en: str, longest: int, required: bool = False) -> Question:
            return _part(question, part_id, th, en, max_length=longest, required=required)

        return (
            line("house_no", "เลขที่", "House number", 50, required=True),
            line("room", "ห้อง", "Room", 20),
            line("floor", "ชั้น", "Floor", 20),
            line("building", "อาคาร", "Building", 100),
            line("village", "หมู่บ้าน", "Village", 100),
            line("moo", "หมู่ที่", "Moo", 10),
            line("soi", "ตรอก/ซอย", "Soi", 100),
            line("road", "ถนน", "Road", 100),
            _part(question, "postcode", "รหัสไปรษณีย์", "Postcode", _POSTCODE),
            _part(question, "subdistrict_code", "ตำบล/แขวง", "Subdistrict", _CODE),
        )

    def together(self, question: Question, value: Mapping[str, Any], answers: dict[str, Any], at: str) -> list[Problem]:
        """The place, and that its postcode is one of the subdistrict's."""
        problems = super().together(question, value, answers, at)
        found, postcode = places.by_code(answers.get("subdistrict_code", "")), answers.get("postcode")
        if not found or not postcode or postcode in found.subdistrict.postal_codes:
            return problems
        right = ", ".join(found.subdistrict.postal_codes)
        place = places.facts(found)
        return [
            *problems,
            sentences.problem(
                self.parts(question)[-2],
                f"{at}.postcode",
                "disagrees",
                f"{{n}} {postcode} ไม่ใช่ของ{places.show_place(place, 'th')} ใช้ {right} หรือเลือกตำบล/แขวงใหม่",
                f"The {{n}} {postcode} does not serve {places.show_place(place, 'en')}. "
                f"Use {right}, or select another subdistrict",
            ),
        ]

    def example(self, question: Question, rng: Random) -> dict[str, Any]:
        """A house that need not exist in a place that does."""
        code = self._example_code(question, rng)
        found = places.by_code(code)
        postcode = found.subdistrict.postal_codes[0] if found else ""
        line = {"house_no": f"{rng.randint(1, 999)}/{rng.randint(1, 99)}"}
        road = {"road": rng.choice(("สุขุมวิท", "พระรามที่ 4", "เพชรเกษม"))} if rng.random() < 0.7 else {}
        return line | road | {"postcode": postcode, "subdistrict_code": code}

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Also a postcode from somewhere else."""
        yield from super().invalid(question)
        right = self.example(question, Random(0))
        yield Invalid(
            right | {"postcode": "96110" if right["postcode"] != "96110" else "10110"}, "disagrees", ".postcode"
        )

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """The whole address on one line."""
        return places.show_address(value, lang)


_LETTERS = re.compile(r"[^\W\d_]")
_NAME_SIGNS = " .'’-()฿ฯๆ"


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


_NAME, _PASSPORT = Name(), Passport()
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


class Person(Composite):
    """A person: title and names, and how they are told apart, as `identity` says.

    `identity` is `thai-id`, `thai-id-or-passport` (exactly one of the two), or absent for names only.
    """

    name = "person"
    widget = "person"
    keys = frozenset({"identity"})
    personal = True

    def parts(self, question: Question) -> Sequence[Question]:
        """Title and names, then the number that the form asks for."""
        return (
            _part(question, "title", "คำนำหน้าชื่อ", "Title", _NAME, max_length=50),
            _part(question, "first_name", "ชื่อ", "First name", _NAME),
            _part(question, "middle_name", "ชื่อกลาง", "Middle name", _NAME, required=False),
            _part(question, "last_name", "นามสกุล", "Last name", _NAME),
            *self._identity(question),
        )

    def _identity(self, question: Question) -> tuple[Question, ...]:
        if not question.identity:
            return ()
        either = question.identity == "thai-id-or-passport"
        number = _part(question, "thai_id", "เลขประจำตัวประชาชน", "Thai ID number", _THAI_ID, required=not either)
        passport = _part(question, "passport_no", "เลขที่หนังสือเดินทาง", "Passport number", _PASSPORT, required=False)
        return (number, passport) if either else (number,)

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
        numbers = [part for part in self._identity(question) if part.id in value]
        shown = [
            part.kind.masked(part, value[part.id], lang) if masked else part.kind.show(part, value[part.id], lang)
            for part in numbers
        ]
        full = self.printed(question, value, lang)
        return f"{full} ({', '.join(shown)})" if shown else full
