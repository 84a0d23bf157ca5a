"""Places in Thailand by their DOPA codes, from the geothai table, and addresses as people write them.

Province 2 digits, district 4, subdistrict 6 (thai-rules 9.2). A postcode belongs to subdistricts, not to districts.
"""

import re
from collections.abc import Mapping
from typing import Any

import geothai
from geothai.types import Address as Found

from forms.words import Lang, arabic

BANGKOK = "10"

_LINES_TH = (
    ("house_no", "เลขที่ {}"), ("room", "ห้อง {}"), ("floor", "ชั้น {}"), ("building", "อาคาร{}"),
    ("village", "หมู่บ้าน{}"), ("moo", "หมู่ที่ {}"), ("soi", "ซอย{}"), ("road", "ถนน{}"),
)  # fmt: skip
_LINES_EN = (
    ("house_no", "{}"), ("room", "Room {}"), ("floor", "Floor {}"), ("building", "{} Building"),
    ("village", "{} Village"), ("moo", "Moo {}"), ("soi", "Soi {}"), ("road", "{} Road"),
)  # fmt: skip
_OTHER_PART = r"\s(?:หมู่|ตรอก|ซอย|ซ\.|ถนน|ถ\.|อาคาร|ห้อง|ชั้น|ตำบล|ต\.|แขวง)"
_LINE = re.compile(
    r"(?:(?:บ้าน)?เลขที่\s*)?(?P<house_no>\d+(?:/\d+)*)"
    r"(?:\s(?:หมู่ที่|หมู่|ม\.)\s?(?P<moo>\d{1,3}))?"
    rf"(?:\s(?:ซอย|ซ\.)\s?(?P<soi>(?:(?!{_OTHER_PART}).)+))?"
    rf"(?:\s(?:ถนน|ถ\.)\s?(?P<road>(?:(?!{_OTHER_PART}).)+))?"
    r"\s(?:ตำบล|ต\.|แขวง)\s?(?P<subdistrict>\S+)\s(?:อำเภอ|อ\.|เขต)\s?(?P<district>\S+)"
    r"\s(?:จังหวัด|จ\.)?\s?(?P<province>\S+?)(?:\s(?P<postcode>\d{5}))?"
)
"""An address as identity cards and house registers write it, each part under its own word."""


def by_code(subdistrict_code: str) -> Found | None:
    """The subdistrict with its district and province; None when there is no such code today."""
    return geothai.address(subdistrict_code)


def by_name(subdistrict: str, district: str = "", province: str = "", postcode: str = "") -> list[Found]:
    """Every subdistrict of that name that fits what else is known."""
    return geothai.match(
        subdistrict, district=district or None, province=province or None, postal_code=postcode or None
    )


def of_postcode(postcode: str) -> list[Found]:
    """The subdistricts that a postcode serves: at most a few dozen, to choose from."""
    found = (geothai.address(subdistrict.code) for subdistrict in geothai.by_postal_code(postcode))
    return [place for place in found if place]


def codes_of(subdistrict: str, district: str, province: str, postcode: str = "") -> dict[str, str]:
    """The codes that an answer needs, where the names fit one subdistrict with one postcode; else nothing."""
    found = by_name(subdistrict, district, province, postcode) if subdistrict and district and province else []
    served = [code for code in found[0].subdistrict.postal_codes if postcode in ("", code)] if len(found) == 1 else []
    return {"postcode": served[0], "subdistrict_code": found[0].subdistrict.code} if len(served) == 1 else {}


def read_address(line: str) -> dict[str, str]:
    """An address in one line as an answer; nothing where a part of it would have to be guessed.

    The chip of a card puts `#` between the parts.
    """
    said = _LINE.fullmatch(" ".join(arabic(line).replace("#", " ").split()))
    if said is None:
        return {}
    codes = codes_of(said["subdistrict"], said["district"], said["province"], said["postcode"] or "")
    parts = {name: said[name] for name in ("house_no", "moo", "soi", "road") if said[name]}
    return parts | codes if codes else {}


def facts(found: Found) -> dict[str, str]:
    """What an answer keeps of a place: codes for programs, names as they stood on the day."""
    return {
        "subdistrict_code": found.subdistrict.code,
        "subdistrict": found.subdistrict.name_th,
        "district_code": found.district.code,
        # The table writes Bangkok's districts with their prefix (`เขตคลองเตย`), and no others.
        "district": found.district.name_th.removeprefix("เขต"),
        "province_code": found.province.code,
        "province": found.province.name_th,
    }


def option(found: Found, lang: Lang) -> str:
    """One line of a list to choose from: the part that differs comes first (a phone cuts the end)."""
    if lang == "en":
        return f"{found.subdistrict.name_en}, {found.district.name_en}, {found.province.name_en}"
    return " ".join(_names_th(facts(found)))


def show_place(value: Mapping[str, Any], lang: Lang) -> str:
    """`แขวงคลองเตย เขตคลองเตย กรุงเทพมหานคร`, or `ตำบลสุเทพ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่`."""
    found = by_code(value["subdistrict_code"]) if lang == "en" else None
    return option(found, "en") if found else " ".join(_names_th(value))


def show_address(value: Mapping[str, Any], lang: Lang) -> str:
    """The whole address on one line, in the order the post office reads it."""
    if lang == "en":
        return ", ".join([*_lines(value, _LINES_EN), f"{show_place(value, 'en')} {value['postcode']}"])
    return " ".join([*_lines(value, _LINES_TH), *_names_th(value), value["postcode"]])


def _lines(value: Mapping[str, Any], forms: tuple[tuple[str, str], ...]) -> list[str]:
    """The lines that are there. People write `ซอยสุขุมวิท 1` under "soi": the word is not said twice."""
    lines = []
    for part, form in forms:
        if part in value:
            word = form.replace("{}", "").strip()
            lines.append(form.format(value[part].removeprefix(word).removesuffix(word).strip() or value[part]))
    return lines


def _names_th(value: Mapping[str, Any]) -> tuple[str, str, str]:
    if value["province_code"] == BANGKOK:
        return f"แขวง{value['subdistrict']}", f"เขต{value['district']}", value["province"]
    return f"ตำบล{value['subdistrict']}", f"อำเภอ{value['district']}", f"จังหวัด{value['province']}"
