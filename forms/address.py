"""Questions answered with a place in Thailand: an address, or the subdistrict alone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any

import geothai
from geothai.types import Address as Found

from forms import places, sentences
from forms.asking import empty
from forms.composite import Composite, part
from forms.errors import Problem
from forms.question import Context, Invalid, Kind, Question
from forms.words import Lang, Words, arabic, tidy


class SubdistrictCode(Kind):
    """A part of an address: the subdistrict by its DOPA code."""

    name = "subdistrict"
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


@cache
def _subdistrict(of: Words) -> Question:
    """Made once for each name that a form gives a place: every check asks for it."""
    return part(of, "subdistrict_code", "ตำบล/แขวง", "Subdistrict", _CODE)


@cache
def _address(of: Words) -> tuple[Question, ...]:

    def line(part_id: str, th: str, en: str, longest: int, required: bool = False) -> Question:
        return part(of, part_id, th, en, max_length=longest, required=required)

    return (
        line("house_no", "เลขที่", "House number", 50, required=True),
        line("room", "ห้อง", "Room", 20),
        line("floor", "ชั้น", "Floor", 20),
        line("building", "อาคาร", "Building", 100),
        line("village", "หมู่บ้าน", "Village", 100),
        line("moo", "หมู่ที่", "Moo", 10),
        line("soi", "ตรอก/ซอย", "Soi", 100),
        line("road", "ถนน", "Road", 100),
        part(of, "postcode", "รหัสไปรษณีย์", "Postcode", _POSTCODE),
        _subdistrict(of),
    )


class Place(Composite):
    """A subdistrict with its district and province; `provinces` limits it to some."""

    name = "place"
    asks = "select"
    keys = frozenset({"provinces"})
    derived = ("subdistrict", "district_code", "district", "province_code", "province")

    def parts(self, question: Question) -> Sequence[Question]:
        """One part: the subdistrict."""
        return (_subdistrict(question.name),)

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
        subdistrict = self.parts(question)[-1]
        wrong = [key for key in self.derived if not empty(value.get(key)) and not _agrees(value[key], key, found)]
        if wrong:
            return [
                sentences.problem(
                    subdistrict,
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
    asks = "enter"

    def parts(self, question: Question) -> Sequence[Question]:
        """In the order of thai-rules 9.2; only the house number, the postcode and the subdistrict are required."""
        return _address(question.name)

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
