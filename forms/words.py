"""Words and figures as people in Thailand write them: cleaned on the way in, spelt out on the way out."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from forms.errors import DefinitionFault

Lang = Literal["th", "en"]

MONTHS_TH = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
BUDDHIST_ERA = 543
FIRST_BUDDHIST_YEAR = 2400
"""A year above this was written in the Buddhist era."""

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
_MARKS_IN_A_ROW = 3
"""A Thai consonant carries at most a vowel, a tone and a rare third sign; more is vandalism of the page."""


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in Thai and in English."""

    th: str
    en: str

    def say(self, lang: Lang) -> str:
        """The words in one language."""
        return self.th if lang == "th" else self.en


def words(raw: Any, where: str) -> Words:
    """Read `{ th = "...", en = "..." }`; raises DefinitionFault when a language is missing."""
    if not isinstance(raw, Mapping) or set(raw) != {"th", "en"} or not all(raw.values()):
        raise DefinitionFault(f'{where}: write both languages, {{ th = "...", en = "..." }}')
    return Words(raw["th"], raw["en"])


def tidy(text: str, *, lines: bool = False) -> str:
    """Text in one normal form: NFC, one spelling for sara am and sara ae, single spaces, no space at the ends.

    With `lines`, line breaks stay (as a single line feed); without, they become spaces.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    # Two ways to type what looks the same (thai-rules 9.5): nikhahit + sara aa, and two sara e.
    text = text.replace("\u0e4d\u0e32", "\u0e33").replace("\u0e40\u0e40", "\u0e41")
    if not lines:
        return _SPACES.sub(" ", text.replace("\n", " ")).strip()
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip()


def hidden_characters(text: str, *, lines: bool = False) -> bool:
    """Whether it holds what no one can see or read: control, direction, zero-width, unassigned, piled-up marks."""
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in _INVISIBLE and not (lines and character == "\n"):
            return True
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MARKS_IN_A_ROW:
            return True
    return False


def arabic(text: str) -> str:
    """The same text with Thai digits written 0-9."""
    return text.translate(_THAI_DIGITS)


def digits(text: str) -> str:
    """A number that people write with spaces, dashes, dots or slashes, without them: `1-1037-...` -> `11037...`."""
    return re.sub(r"[\s\-‐-―./()]", "", arabic(text))


def grouped(number: Decimal | int | float) -> str:
    """1234.5 -> `1,234.5`; never an exponent."""
    exact = number if isinstance(number, int | Decimal) else Decimal(repr(number))
    return f"{exact:,f}" if isinstance(exact, Decimal) else f"{exact:,}"


def spelt(day: date, lang: Lang) -> str:
    """`20 พฤศจิกายน 2569` in Thai, `20 November 2026` in English."""
    if lang == "th":
        return f"{day.day} {MONTHS_TH[day.month - 1]} {day.year + BUDDHIST_ERA}"
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"
