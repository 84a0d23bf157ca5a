"""Questions answered with a day or a time of the day."""

import re
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from forms import sentences
from forms.question import Context, Fields, Invalid, Kind, Question, one
from forms.words import BUDDHIST_ERA, FIRST_BUDDHIST_YEAR, MONTHS_TH, Lang, arabic, spelt, tidy

FIRST_DAY, LAST_DAY = date(1868, 1, 1), date(2199, 12, 31)


class Date(Kind):
    """A day of the calendar: the Buddhist era on pages, ISO 8601 in programs."""

    name = "date"
    keys = frozenset({"min", "max"})

    def from_fields(self, question: Question, fields: Fields, name: str) -> Any:
        """Three boxes, day month year; or one text."""
        boxes = [str(one(fields.get(f"{name}.{box}")) or "").strip() for box in ("day", "month", "year")]
        return "/".join(boxes) if any(boxes) else one(fields.get(name))

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """`2026-11-20`, out of ISO, `20/11/2569` or `20 พฤศจิกายน 2569`."""
        day = read_day(value)
        if day is None or not FIRST_DAY <= day <= LAST_DAY:
            raise sentences.wrong_type(
                question, at, "วันที่ที่มีอยู่จริง เช่น 20 พฤศจิกายน 2569", "a real date, such as 20 November 2026"
            )
        if question.min and day < question.min:
            raise sentences.too_early(question, at, question.min)
        if question.max and day > question.max:
            raise sentences.too_late(question, at, question.max)
        return day.isoformat()

    def schema(self, question: Question) -> dict[str, Any]:
        """An ISO date."""
        return {"type": "string", "format": "date"}

    def type(self, question: Question) -> Any:
        """An ISO text: answers are JSON values throughout."""
        return str

    def example(self, question: Question, rng: Random) -> str:
        """A day within bounds."""
        if question.example is not None:
            return str(question.example)
        first = question.min or date(2027, 1, 4)
        last = question.max or date.fromordinal(first.toordinal() + 300)
        return date.fromordinal(rng.randint(min(first, last).toordinal(), last.toordinal())).isoformat()

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Days that are not in the calendar."""
        for value in ("2026-02-30", "31/4/2569", "20/11/69", "พรุ่งนี้", 20261120, "2026-13-01", ["2026-01-01"]):
            yield Invalid(value, "wrong-type")
        if question.min:
            yield Invalid(date.fromordinal(question.min.toordinal() - 1).isoformat(), "too-small")
        if question.max:
            yield Invalid(date.fromordinal(question.max.toordinal() + 1).isoformat(), "too-large")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`20 พฤศจิกายน 2569`."""
        return spelt(date.fromisoformat(value), lang)


def read_day(value: Any) -> date | None:
    """The day that a text names; years above 2400 are Buddhist."""
    text = (
        arabic(tidy(value)).replace("พ.ศ.", "").replace("ค.ศ.", "")
        if isinstance(value, str) and len(value) < 60
        else ""
    )
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII):
        year, month, day = (int(part) for part in found.groups())
    elif found := re.fullmatch(r"([0-9]{1,2})\s*[-/ .]\s*([0-9]{1,2}|[ก-๙]+)\s*[-/ .]\s*([0-9]{4})", text):
        day, year = int(found[1]), int(found[3])
        named = found[2] in MONTHS_TH
        month = MONTHS_TH.index(found[2]) + 1 if named else int(found[2]) if found[2].isascii() else 0
    else:
        return None
    try:
        return date(year - BUDDHIST_ERA if year > FIRST_BUDDHIST_YEAR else year, month, day)
    except ValueError:
        return None


class Time(Kind):
    """A time of the day, such as when the premises open."""

    name = "time"

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """`08:30`, out of `8.30`, `08:30`, `๐๘.๓๐ น.`."""
        text = arabic(tidy(value)).removesuffix("น.").strip() if isinstance(value, str) and len(value) < 60 else ""
        found = re.fullmatch(r"([01]?\d|2[0-3])[.:]([0-5]\d)", text, re.ASCII)
        if not found:
            th, en = "กรอก{n}เป็นชั่วโมงและนาที เช่น 08.30", "Enter the {n} in hours and minutes, such as 08:30"
            raise sentences.refuse(question, at, "wrong-type", th, en)
        return f"{int(found[1]):02}:{found[2]}"

    def schema(self, question: Question) -> dict[str, Any]:
        """Hours and minutes."""
        return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}

    def example(self, question: Question, rng: Random) -> str:
        """In the daytime."""
        return str(question.example or f"{rng.randint(7, 20):02}:{rng.choice(('00', '30'))}")

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """No such time."""
        for value in ("25:00", "8:60", "เช้า", 830, "08:30:15"):
            yield Invalid(value, "wrong-type")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`08.30 น.`."""
        return f"{value.replace(':', '.')} น." if lang == "th" else str(value)

    def attributes(self, question: Question) -> dict[str, str]:
        """The number pad with a point."""
        return {"inputmode": "decimal", "autocomplete": "off", "maxlength": "10"}
