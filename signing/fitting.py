"""What text may stand on a paper: checked before anything is drawn, field by field, and said in both languages.

The caps are measured: a paper within them is drawn in well under a second, and no text can hide, turn around or replace
its neighbours on the page (Unicode Technical Report 36, 2.10 "Bidirectional text spoofing").
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from licences.errors import NotAllowed

FIELD_CHARACTERS = 500
PARAGRAPH_CHARACTERS = 2_000
LIST_CHARACTERS = 16_000
ROWS = 200
PAGES = 20
MARKS_IN_A_ROW = 4
RECORD_CHARACTERS = 200_000

_NO_PLACE_ON_PAPER = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# What XML 1.0 can carry (section 2.2, Char); the record is embedded as XML too.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NIKHAHIT_AA = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")


class UnfitText(NotAllowed):
    """A text cannot stand on a paper: what, which field, and what to do."""


def fit(text: str, field: str, glyphs: frozenset[int], *, at_most: int = FIELD_CHARACTERS) -> str:
    """The text as it will be printed (NFC, สระอำ in one piece). `glyphs` are the code points that the font has.

    Raises `UnfitText` for what is too long, invisible, reversed, stacked or not in the font.
    """
    if len(text) > at_most:
        raise UnfitText(
            f"“{field}” ยาว {len(text)} อักขระ เกิน {at_most} อักขระ กรุณาย่อข้อความ",
            f"“{field}” has {len(text)} characters; at most {at_most} fit. Shorten the text.",
            field=field,
        )
    text = _NIKHAHIT_AA.sub("\\1\u0e33", unicodedata.normalize("NFC", text))
    _check_characters(text, field, glyphs)
    return text


def _check_characters(text: str, field: str, glyphs: frozenset[int]) -> None:
    marks = 0
    for character in text:
        kind = unicodedata.category(character)
        if kind in _NO_PLACE_ON_PAPER or ord(character) not in glyphs:
            raise _unprintable(character, field)
        marks = marks + 1 if kind.startswith("M") else 0
        if marks > MARKS_IN_A_ROW:
            raise UnfitText(
                f"“{field}” มีสระหรือวรรณยุกต์ซ้อนกันเกิน {MARKS_IN_A_ROW} ตัว กรุณาพิมพ์ใหม่",
                f"“{field}” stacks more than {MARKS_IN_A_ROW} marks on one letter. Type it again.",
                field=field,
            )


def _unprintable(character: str, field: str) -> UnfitText:
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "no name")
    return UnfitText(
        f"“{field}” มีอักขระที่พิมพ์ลงเอกสารไม่ได้ ({code}) กรุณาลบหรือพิมพ์ใหม่",
        f"“{field}” has a character that cannot be printed ({code}, {name}). Remove it or type it again.",
        field=field,
    )


def check_count(count: int, field: str, *, at_most: int = ROWS) -> None:
    """Raises `UnfitText` when a paper would have more rows (or pages) than a paper may have."""
    if count > at_most:
        raise UnfitText(
            f"“{field}” มี {count} รายการ เกิน {at_most} รายการ กรุณาแบ่งเอกสาร",
            f"“{field}” has {count} items; at most {at_most} fit. Split the document.",
            field=field,
        )


def check_length(texts: Iterable[str], field: str) -> None:
    """Raises `UnfitText` when a list would fill more pages than a paper may have, each text of it short enough."""
    length = sum(map(len, texts))
    if length > LIST_CHARACTERS:
        raise UnfitText(
            f"“{field}” รวมกันยาว {length} อักขระ เกิน {LIST_CHARACTERS} อักขระ กรุณาย่อข้อความ",
            f"“{field}” has {length} characters in all; at most {LIST_CHARACTERS} fit on a paper. Shorten the texts.",
            field=field,
        )


def check_record(record: Mapping[str, object], *, at: str = "record") -> None:
    """Raises `UnfitText` when the embedded record holds what JSON or XML cannot carry, naming the place."""
    spent = 0
    for place, text in _texts(record, at):
        spent += len(text)
        if _NOT_XML.search(text):
            raise _unprintable(_NOT_XML.search(text)[0], place)  # type: ignore[index]
        check_count(spent, at, at_most=RECORD_CHARACTERS)


def _texts(value: object, place: str) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        keys = [(place, str(key)) for key in value]
        return keys + [pair for key, inner in value.items() for pair in _texts(inner, f"{place}.{key}")]
    if isinstance(value, (list, tuple)):
        return [pair for n, inner in enumerate(value) for pair in _texts(inner, f"{place}.{n}")]
    return [(place, value)] if isinstance(value, str) else []
