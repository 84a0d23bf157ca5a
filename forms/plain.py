"""The plain kinds of question: one answer, one value."""

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from random import Random
from typing import Any, Literal

from stdnum.exceptions import ValidationError
from stdnum.th import moa, pin, tin

from forms import sentences
from forms.question import Context, Fields, Invalid, Kind, Option, Question, one
from forms.words import (
    BUDDHIST_ERA,
    FIRST_BUDDHIST_YEAR,
    MONTHS_TH,
    Lang,
    arabic,
    digits,
    grouped,
    hidden_characters,
    spelt,
    tidy,
)

LONGEST_LINE = 200
LONGEST_TEXT = 2_000
LARGEST_NUMBER = 999_999_999
SATANG_A_BAHT = 100
RADIOS_UP_TO = 7
FIRST_DAY, LAST_DAY = date(1868, 1, 1), date(2199, 12, 31)
LONGEST_RAW = 20_000
"""Nothing longer is even looked at."""


def _plain(number: Decimal) -> int | float:
    """The number as JSON writes it; exact, for no answer has more than 15 figures."""
    return int(number) if number == number.to_integral_value() else float(number)


class Text(Kind):
    """A line of text."""

    name = "text"
    keys = frozenset({"max_length"})
    lines = False
    longest = LONGEST_LINE

    def limit(self, question: Question) -> int:
        """The most characters it may have."""
        return question.max_length or self.longest

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """Text in one normal form, nothing invisible in it, not too long."""
        if not isinstance(value, str):
            raise sentences.wrong_type(question, at, "ข้อความ", "text")
        if len(value) > LONGEST_RAW:
            raise sentences.too_long(question, at, self.limit(question), len(value))
        text = tidy(value, lines=self.lines)
        if hidden_characters(text, lines=self.lines):
            raise sentences.hidden_characters(question, at)
        if len(text) > self.limit(question):
            raise sentences.too_long(question, at, self.limit(question), len(text))
        return text

    def schema(self, question: Question) -> dict[str, Any]:
        """A string with its limit."""
        return {"type": "string", "minLength": 1, "maxLength": self.limit(question)}

    def example(self, question: Question, rng: Random) -> str:
        """The form's own example, or the question's name."""
        return str(question.example or question.name.th)[: self.limit(question)].strip()

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Not text, too long, and what cannot be seen."""
        yield Invalid(12, "wrong-type")
        yield Invalid("ก" * (self.limit(question) + 1), "too-long")
        for hidden in ("\u0000", "\u202e", "\u200b", "\u2066", "\ufeff", "\ue000", "\ud800"):
            yield Invalid(f"ร้าน{hidden}อาหาร", "hidden-characters")
        yield Invalid("ก" + "\u0e48" * 9, "hidden-characters")

    def attributes(self, question: Question) -> dict[str, str]:
        """The limit, so that the browser helps."""
        return {"maxlength": str(self.limit(question))}


class TextArea(Text):
    """Several lines of text."""

    name = "textarea"
    widget = "textarea"
    lines = True
    longest = LONGEST_TEXT

    def attributes(self, question: Question) -> dict[str, str]:
        """The limit, and room to write."""
        return {**super().attributes(question), "rows": "5"}


class Number(Kind):
    """What whole and decimal share: figures with bounds and a unit."""

    widget = "number"
    keys = frozenset({"unit", "min", "max", "above"})
    wanted = ("ตัวเลข เช่น 250.5", "a number, such as 250.5")

    def read(self, value: Any) -> Decimal | None:
        """The number in an answer, Thai digits, spaces and thousands commas allowed; None when there is none."""
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        if isinstance(value, int | float):
            return Decimal(str(value)) if math.isfinite(value) and abs(value) < 1e15 else None
        text = re.sub(r"\s", "", arabic(value[:40]))
        if not re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,15})(\.\d{1,15})?", text, re.ASCII):
            return None
        try:
            return Decimal(text.replace(",", ""))
        except InvalidOperation:
            return None

    def bounds(self, question: Question) -> tuple[Decimal, Decimal]:
        """The smallest and the largest allowed; never below nought unless the form says so."""
        least = 0 if question.min is None else question.min
        most = LARGEST_NUMBER if question.max is None else question.max
        return Decimal(str(least)), Decimal(str(most))

    def within(self, question: Question, number: Decimal, at: str) -> None:
        """Raises Problems when the number is out of bounds."""
        least, most = self.bounds(question)
        if question.above is not None and number <= Decimal(str(question.above)):
            raise sentences.not_above(question, at, *self._limit(question, Decimal(str(question.above))))
        if number < least:
            raise sentences.too_small(question, at, *self._limit(question, least))
        if number > most:
            raise sentences.too_large(question, at, *self._limit(question, most))

    def _limit(self, question: Question, number: Decimal) -> tuple[str, str]:
        exact = _plain(number)
        return self.show(question, exact, "th"), self.show(question, exact, "en")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`1,250.5 ตารางเมตร`."""
        figures = grouped(value)
        return f"{figures} {question.unit.say(lang)}" if question.unit else figures

    def schema(self, question: Question) -> dict[str, Any]:
        """A number with its bounds."""
        least, most = (_plain(bound) for bound in self.bounds(question))
        above = {} if question.above is None else {"exclusiveMinimum": question.above}
        return {"type": "number", "minimum": least, "maximum": most, **above}

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Not a number, too small, too large."""
        least, most = (_plain(bound) for bound in self.bounds(question))
        for value in ("มาก", "1,2", "1e3", "--1", True, [1], float("nan"), float("inf"), "9" * 30):
            yield Invalid(value, "wrong-type")
        yield Invalid(least - 1, "too-small")
        yield Invalid(most + 1, "too-large")
        if question.above is not None:
            yield Invalid(question.above, "too-small")

    def _random(self, question: Question, rng: Random) -> int:
        if question.example is not None:
            return int(question.example)
        least, most = self.bounds(question)
        start = max(math.ceil(least), math.floor(question.above) + 1 if question.above is not None else 0)
        return rng.randint(start, max(start, min(math.floor(most), start + 50)))


class Whole(Number):
    """A whole number: people, seats, rooms."""

    name = "whole"
    wanted = ("จำนวนเต็ม เช่น 25", "a whole number, such as 25")

    def check(self, question: Question, value: Any, at: str, context: Context) -> int:
        """An int within bounds."""
        number = self.read(value)
        if number is None or number != number.to_integral_value():
            raise sentences.wrong_type(question, at, *self.wanted)
        self.within(question, number, at)
        return int(number)

    def schema(self, question: Question) -> dict[str, Any]:
        """An integer with its bounds."""
        return super().schema(question) | {"type": "integer"}

    def type(self, question: Question) -> Any:
        """int."""
        return int

    def example(self, question: Question, rng: Random) -> int:
        """A likely one."""
        return self._random(question, rng)

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Also a fraction."""
        yield from super().invalid(question)
        yield Invalid(2.5, "wrong-type")

    def attributes(self, question: Question) -> dict[str, str]:
        """The number pad of a phone; `type=number` loses Thai digits, so it stays text."""
        return {"inputmode": "numeric", "autocomplete": "off", "maxlength": "20"}


class DecimalNumber(Number):
    """A measured number: square metres, horsepower."""

    name = "decimal"
    keys = Number.keys | {"places"}

    def check(self, question: Question, value: Any, at: str, context: Context) -> int | float:
        """A JSON number with no more decimals than the form allows; exact, for it has at most 15 figures."""
        number = self.read(value)
        if number is None:
            raise sentences.wrong_type(question, at, *self.wanted)
        if number != round(number, question.places):
            raise sentences.refuse(
                question,
                at,
                "too-precise",
                f"{{n}}มีทศนิยมได้ไม่เกิน {question.places} ตำแหน่ง",
                f"The {{n}} may have at most {question.places} decimal places",
            )
        self.within(question, number, at)
        return _plain(number)

    def type(self, question: Question) -> Any:
        """int or float."""
        return int | float

    def example(self, question: Question, rng: Random) -> int | float:
        """A likely one, with a fraction now and then."""
        if question.example is not None:
            return _plain(Decimal(str(question.example)))
        whole = self._random(question, rng)
        return whole if rng.random() < 0.5 or whole + 1 > self.bounds(question)[1] else whole + 0.5

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Also too many decimals."""
        yield from super().invalid(question)
        yield Invalid("300." + "1" * (question.places + 1), "too-precise")

    def attributes(self, question: Question) -> dict[str, str]:
        """The number pad with a point."""
        return {"inputmode": "decimal", "autocomplete": "off", "maxlength": "20"}


class Money(Number):
    """An amount of money: whole satang in programs, baht on pages. `min` and `max` are written in baht."""

    name = "money"
    widget = "money"
    keys = frozenset({"min", "max", "above"})
    wanted = ("จำนวนเงิน เช่น 1,500.50", "an amount of money, such as 1,500.50")

    def from_fields(self, question: Question, fields: Fields, name: str) -> Any:
        """Baht as typed to satang; what cannot be read is left for `check` to refuse."""
        typed = one(fields.get(name))
        baht = self.read(typed) if isinstance(typed, str) else None
        satang = None if baht is None else baht * SATANG_A_BAHT
        return typed if satang is None or satang != satang.to_integral_value() else int(satang)

    def check(self, question: Question, value: Any, at: str, context: Context) -> int:
        """Whole satang. A text is refused: it could be baht."""
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_NUMBER * SATANG_A_BAHT * 10:
            raise sentences.wrong_type(question, at, *self.wanted)
        self.within(question, Decimal(value) / SATANG_A_BAHT, at)
        return value

    def _limit(self, question: Question, number: Decimal) -> tuple[str, str]:
        return f"{grouped(_plain(number))} บาท", f"{grouped(_plain(number))} baht"

    def schema(self, question: Question) -> dict[str, Any]:
        """Whole satang, bounds too."""
        least, most = (int(bound * SATANG_A_BAHT) for bound in self.bounds(question))
        above = {} if question.above is None else {"exclusiveMinimum": int(question.above * SATANG_A_BAHT)}
        return {"type": "integer", "minimum": least, "maximum": most, "x-unit": "satang", **above}

    def type(self, question: Question) -> Any:
        """int."""
        return int

    def example(self, question: Question, rng: Random) -> int:
        """A round sum."""
        return self._random(question, rng) * SATANG_A_BAHT

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Text and fractions of a satang are not whole satang."""
        least, most = (int(bound * SATANG_A_BAHT) for bound in self.bounds(question))
        for value in ("1500", 15.5, True, [1], 10**20):
            yield Invalid(value, "wrong-type")
        yield Invalid(least - 1, "too-small")
        yield Invalid(most + 1, "too-large")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`1,500.50 บาท`."""
        figures = f"{Decimal(value) / SATANG_A_BAHT:,.2f}".removesuffix(".00")
        return f"{figures} {'บาท' if lang == 'th' else 'baht'}"

    def attributes(self, question: Question) -> dict[str, str]:
        """The number pad with a point."""
        return {"inputmode": "decimal", "autocomplete": "off", "maxlength": "20"}


class Date(Kind):
    """A day of the calendar: the Buddhist era on pages, ISO 8601 in programs."""

    name = "date"
    widget = "date"
    keys = frozenset({"min", "max"})

    def from_fields(self, question: Question, fields: Fields, name: str) -> Any:
        """Three boxes, day month year; or one text."""
        boxes = [str(one(fields.get(f"{name}.{box}")) or "").strip() for box in ("day", "month", "year")]
        return "/".join(boxes) if any(boxes) else one(fields.get(name))

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """`2026-11-20`, out of ISO, `20/11/2569` or `20 พฤศจิกายน 2569`."""
        day = _day(value)
        if day is None or not FIRST_DAY <= day <= LAST_DAY:
            raise sentences.wrong_type(
                question, at, "วันที่ที่มีอยู่จริง เช่น 20 พฤศจิกายน 2569", "a real date, such as 20 November 2026"
            )
        if question.min and day < question.min:
            raise sentences.too_small(question, at, spelt(question.min, "th"), spelt(question.min, "en"))
        if question.max and day > question.max:
            raise sentences.too_large(question, at, spelt(question.max, "th"), spelt(question.max, "en"))
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

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`20 พฤศจิกายน 2569`."""
        return spelt(date.fromisoformat(value), lang)


def _day(value: Any) -> date | None:
    """The day that a text names; years above 2400 are Buddhist."""
    text = arabic(tidy(value)).replace("พ.ศ.", "").replace("ค.ศ.", "") if isinstance(value, str) else ""
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII):
        year, month, day = (int(part) for part in found.groups())
    elif found := re.fullmatch(r"(\d{1,2})\s*[-/ .]\s*(\d{1,2}|[ก-๙]+)\s*[-/ .]\s*(\d{4})", text):
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
        text = arabic(tidy(value)).removesuffix("น.").strip() if isinstance(value, str) else ""
        found = re.fullmatch(r"([01]?\d|2[0-3])[.:]([0-5]\d)", text, re.ASCII)
        if not found:
            raise sentences.wrong_type(question, at, "เวลา เช่น 08.30", "a time, such as 08:30")
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


class YesNo(Kind):
    """Yes or no, in the words of the question: มี / ไม่มี."""

    name = "yes-no"
    widget = "radios"
    asks = "select"
    keys = frozenset({"yes", "no"})

    def from_fields(self, question: Question, fields: Fields, name: str) -> Any:
        """The radio buttons send `yes` or `no`."""
        sent = one(fields.get(name))
        return {"yes": True, "no": False}.get(sent, sent) if isinstance(sent, str) else sent

    def check(self, question: Question, value: Any, at: str, context: Context) -> bool:
        """true or false, nothing that merely looks like it."""
        if not isinstance(value, bool):
            raise sentences.not_an_option(question, at)
        return value

    def schema(self, question: Question) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}

    def type(self, question: Question) -> Any:
        """bool."""
        return bool

    def example(self, question: Question, rng: Random) -> bool:
        """Either."""
        return bool(question.example) if question.example is not None else rng.random() < 0.5

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Looks like yes, is not."""
        for value in ("yes", 1, "true", [True]):
            yield Invalid(value, "not-an-option")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """In the question's own words."""
        return (question.yes if value else question.no).say(lang)


class Choice(Kind):
    """One of several."""

    name = "choice"
    asks = "select"
    keys = frozenset({"options"})

    def check(self, question: Question, value: Any, at: str, context: Context) -> Any:
        """The value of one option."""
        if not isinstance(value, str) or not _option(question, value):
            raise sentences.not_an_option(question, at)
        return value

    def schema(self, question: Question) -> dict[str, Any]:
        """One constant with its titles for each option."""
        return {
            "type": "string",
            "oneOf": [
                {"const": option.value, "title": option.title.th, "x-title-en": option.title.en}
                for option in question.options
            ],
        }

    def type(self, question: Question) -> Any:
        """Literal of the options' values."""
        return Literal[tuple(option.value for option in question.options)]

    def example(self, question: Question, rng: Random) -> str:
        """Any of them."""
        return str(question.example or rng.choice(question.options).value)

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Not on offer."""
        for value in ("no-such-answer", 1, [question.options[0].value]):
            yield Invalid(value, "not-an-option")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """The option's title."""
        option = _option(question, value)
        return option.title.say(lang) if option else str(value)


class Choices(Choice):
    """Any of several."""

    name = "choices"
    widget = "checkboxes"
    asks = "tick"
    keys = frozenset({"options", "max"})

    def from_fields(self, question: Question, fields: Fields, name: str) -> Any:
        """Every box that was ticked."""
        sent = fields.get(name)
        if isinstance(sent, Sequence) and not isinstance(sent, str):
            return [value for value in sent if value != ""]
        return sent if sent is None else [sent] if sent else []

    def check(self, question: Question, value: Any, at: str, context: Context) -> Any:
        """The values that were ticked, once each, in the form's order."""
        if not isinstance(value, list) or not all(isinstance(v, str) and _option(question, v) for v in value):
            raise sentences.not_an_option(question, at)
        ticked = [option.value for option in question.options if option.value in value]
        if question.max and len(ticked) > question.max:
            raise sentences.too_large(question, at, f"{question.max} ข้อ", f"{question.max} answers")
        return ticked

    def schema(self, question: Question) -> dict[str, Any]:
        """A list of options."""
        most = {"maxItems": question.max} if question.max else {}
        return {"type": "array", "items": super().schema(question), "uniqueItems": True, "minItems": 1, **most}

    def type(self, question: Question) -> Any:
        """list of Literal."""
        return list[super().type(question)]  # type: ignore[misc]

    def example(self, question: Question, rng: Random) -> Any:
        """One or more."""
        if question.example is not None:
            return list(question.example)
        most = min(len(question.options), question.max or len(question.options))
        picked = rng.sample(question.options, rng.randint(1, most))
        return [option.value for option in question.options if option in picked]

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Not on offer, or not a list."""
        values: tuple[Any, ...] = (["no-such-answer"], question.options[0].value, [1], [[]])
        for value in values:
            yield Invalid(value, "not-an-option")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """The titles, with commas."""
        return ", ".join(super(Choices, self).show(question, one_of, lang) for one_of in value)


def _option(question: Question, value: str) -> Option | None:
    return next((option for option in question.options if option.value == value), None)


class Numbered(Kind):
    """What the three numbers of thirteen digits share: the same check digit, each its own first digits."""

    standard: Any
    shape = r"^[0-9]{13}$"
    wrong = ("", "")

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """Thirteen digits with a right check digit; it stops slips of the pen and proves nothing else."""
        number = digits(value) if isinstance(value, str) and len(value) < 60 else ""
        try:
            if not (number.isascii() and number.isdecimal()):
                raise ValidationError
            self.standard.validate(number)
        except ValidationError:
            raise sentences.refuse(question, at, "wrong-number", *self.wrong) from None
        return number

    def schema(self, question: Question) -> dict[str, Any]:
        """Thirteen digits."""
        return {"type": "string", "pattern": self.shape}

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """A wrong check digit, too few digits, not a text."""
        right = self.example(question, Random(0))
        wrong_digit = right[:12] + str((int(right[12]) + 1) % 10)
        for value in (wrong_digit, right[:12], right + "0", "x" * 13, 1, "²" * 13):
            yield Invalid(value, "wrong-number")

    def attributes(self, question: Question) -> dict[str, str]:
        """The number pad; dashes and spaces have room."""
        return {"inputmode": "numeric", "autocomplete": "off", "maxlength": "20"}


def _with_check_digit(twelve: str) -> str:
    """d13 = (11 - sum(d_i x (14 - i)) mod 11) mod 10 (thai-rules 4.1)."""
    total = sum(int(digit) * weight for digit, weight in zip(twelve, range(13, 1, -1), strict=True))
    return f"{twelve}{(11 - total % 11) % 10}"


class ThaiId(Numbered):
    """A person's number (เลขประจำตัวประชาชน). The number is asked, never a copy of the card (EGA-9)."""

    name = "thai-id"
    personal = True
    standard = pin
    shape = r"^[1-8][0-9]{12}$"
    wrong = (
        "{n}ต้องเป็นเลข 13 หลักตามบัตรประชาชน ตรวจตัวเลขแล้วกรอกใหม่",
        "The {n} must be the 13 digits on the ID card. Check the digits and enter it again",
    )

    def example(self, question: Question, rng: Random) -> str:
        """Of an office that does not exist, so that it is nobody's."""
        return _with_check_digit(f"19999{rng.randint(0, 9_999_999):07}")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`1-2345-67890-12-1`."""
        return f"{value[0]}-{value[1:5]}-{value[5:10]}-{value[10:12]}-{value[12]}"

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """The last three digits only."""
        return f"x-xxxx-xxxxx-{value[10:12]}-{value[12]}"


class JuristicId(Numbered):
    """A juristic person's number (เลขทะเบียนนิติบุคคล); public."""

    name = "juristic-id"
    standard = moa
    shape = r"^0[0-9]{12}$"
    wrong = (
        "{n}ต้องเป็นเลขทะเบียนนิติบุคคล 13 หลักที่ขึ้นต้นด้วย 0 ตรวจตัวเลขแล้วกรอกใหม่",
        "The {n} must be a 13-digit juristic person number that begins with 0. Check the digits and enter it again",
    )

    def example(self, question: Question, rng: Random) -> str:
        """Of a year that is not yet: no company has it."""
        return _with_check_digit(f"0105999{rng.randint(0, 99_999):05}")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`0-1055-99123-45-6`."""
        return f"{value[0]}-{value[1:5]}-{value[5:10]}-{value[10:12]}-{value[12]}"


class TaxId(Numbered):
    """A taxpayer's number: a person's or a juristic person's."""

    name = "tax-id"
    standard = tin
    personal = True
    wrong = (
        "{n}ต้องเป็นเลขประจำตัวผู้เสียภาษี 13 หลัก ตรวจตัวเลขแล้วกรอกใหม่",
        "The {n} must be a 13-digit tax number. Check the digits and enter it again",
    )

    def example(self, question: Question, rng: Random) -> str:
        """One of either kind."""
        kind: Numbered = rng.choice((ThaiId(), JuristicId()))
        return str(kind.example(question, rng))

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """As the other thirteen-digit numbers."""
        return ThaiId().show(question, value, lang)

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """A person's is hidden; a juristic person's is public."""
        return ThaiId().masked(question, value, lang) if value[0] != "0" else self.show(question, value, lang)


class Phone(Kind):
    """A Thai telephone number, mobile or fixed, with an extension (thai-rules 9.5)."""

    name = "phone"
    personal = True

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """`+66812345678`, `+6621234567;ext=12` (RFC 3966); four-digit hotlines are no contact numbers."""
        typed = arabic(value) if isinstance(value, str) and len(value) < 60 else ""
        number, _, extension = re.sub(r"\s*(?:ต่อ|;?ext\.?=?|#)\s*", ";", typed, count=1).partition(";")
        national = re.sub(r"^(?:\+|00)66(?:\(0\)|0)?", "0", re.sub(r"[\s\-‐-―.]", "", number))
        national = digits(national)
        right = re.fullmatch(r"0[689]\d{8}|0[2-57]\d{7}", national, re.ASCII)
        if not right or (extension and not re.fullmatch(r"\d{1,6}", extension.strip(), re.ASCII)):
            raise sentences.refuse(
                question,
                at,
                "wrong-number",
                "{n}ต้องเป็นเบอร์โทรศัพท์ในประเทศไทย เช่น 081-234-5678 หรือ 02-123-4567 ต่อ 12",
                "The {n} must be a Thai telephone number, such as 081-234-5678 or 02-123-4567 ext. 12",
            )
        return f"+66{national[1:]}" + (f";ext={extension.strip()}" if extension else "")

    def schema(self, question: Question) -> dict[str, Any]:
        """E.164, with an extension as in RFC 3966."""
        return {"type": "string", "pattern": r"^\+66([689][0-9]{8}|[2-57][0-9]{7})(;ext=[0-9]{1,6})?$"}

    def example(self, question: Question, rng: Random) -> str:
        """A mobile number."""
        return f"+668{rng.choice('0123456789')}{rng.randint(0, 9_999_999):07}"

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Hotlines, other countries, too short, letters."""
        for value in ("1111", "+15551234567", "08123456", "ไม่มี", 812345678, "02-123-4567 ต่อ ก", "081-234-56789"):
            yield Invalid(value, "wrong-number")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`081-234-5678`, `02-123-4567 ต่อ 12`."""
        number, _, extension = value.partition(";ext=")
        local = "0" + number[3:]
        if local.startswith("02"):
            written = f"{local[:2]}-{local[2:5]}-{local[5:]}"
        else:
            written = f"{local[:3]}-{local[3:6]}-{local[6:]}"
        return f"{written} {'ต่อ' if lang == 'th' else 'ext.'} {extension}" if extension else written

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """The last four digits only."""
        return f"xxx-xxx-{value.partition(';')[0][-4:]}"

    def attributes(self, question: Question) -> dict[str, str]:
        """The telephone pad, and the browser's own memory."""
        return {"inputmode": "tel", "autocomplete": "tel", "maxlength": "40"}


class Email(Kind):
    """An e-mail address."""

    name = "email"
    personal = True
    _shape = re.compile(
        r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
    )
    longest = 254
    longest_before_at = 64

    def check(self, question: Question, value: Any, at: str, context: Context) -> str:
        """`name@example.co.th`, the domain in small letters (RFC 5321 lengths)."""
        text = value.strip() if isinstance(value, str) and len(value) <= 2 * self.longest else ""
        before, _, domain = text.rpartition("@")
        fits = len(text) <= self.longest and len(before) <= self.longest_before_at
        if not fits or not self._shape.fullmatch(text):
            raise sentences.refuse(
                question,
                at,
                "wrong-address",
                "{n}ต้องเป็นอีเมล เช่น somchai@example.com",
                "The {n} must be an e-mail address, such as somchai@example.com",
            )
        return f"{before}@{domain.lower()}"

    def schema(self, question: Question) -> dict[str, Any]:
        """An e-mail address."""
        return {"type": "string", "format": "email", "maxLength": self.longest}

    def example(self, question: Question, rng: Random) -> str:
        """In a domain kept for examples (RFC 2606)."""
        return str(question.example or f"applicant{rng.randint(1, 999)}@example.com")

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """No domain, two signs, spaces, a header in disguise."""
        for value in ("somchai", "a@b", "a@@example.com", "a b@example.com", "a@example.com\nBcc: b@example.com", 5):
            yield Invalid(value, "wrong-address")
        yield Invalid("a" * 65 + "@example.com", "wrong-address")

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """The first letter and the domain."""
        before, _, domain = value.rpartition("@")
        return f"{before[0]}•••@{domain}"

    def attributes(self, question: Question) -> dict[str, str]:
        """The e-mail keyboard, and the browser's own memory."""
        return {"inputmode": "email", "autocomplete": "email", "maxlength": str(self.longest), "spellcheck": "false"}


class File(Kind):
    """A document, by the id that the portal gave when it was uploaded. Never a copy of what an agency holds (EGA-9)."""

    name = "file"
    widget = "file"
    asks = "attach"
    keys = frozenset({"accept", "max_files"})
    usual = ("application/pdf", "image/jpeg", "image/png", "image/heic")
    longest = 200

    def from_fields(self, question: Question, fields: Fields, name: str) -> Any:
        """One id, or the ids of several."""
        sent = fields.get(name)
        several = list(sent) if isinstance(sent, Sequence) and not isinstance(sent, str) else [sent] if sent else []
        several = [identifier for identifier in several if identifier]
        return several[0] if len(several) == 1 else several or None

    def check(self, question: Question, value: Any, at: str, context: Context) -> Any:
        """The id when one file is asked, a list of ids when several may be sent; each is a file of the applicant's."""
        ids = value if isinstance(value, list) else [value]
        if not all(isinstance(i, str) and 0 < len(i) <= self.longest and i.isprintable() for i in ids):
            raise sentences.wrong_type(question, at, "รหัสเอกสารแนบที่ระบบให้", "the id of an uploaded attachment")
        if len(ids) > question.max_files:
            raise sentences.too_large(question, at, f"{question.max_files} ไฟล์", f"{question.max_files} files")
        if len(set(ids)) < len(ids):
            raise sentences.refuse(
                question, at, "repeated", "{n}มีไฟล์เดียวกันซ้ำ ลบไฟล์ที่ซ้ำ", "The {n} has the same file twice. Remove one"
            )
        for identifier in ids if context.attachments is not None else ():
            self._known(question, at, context.attachments.get(identifier) if context.attachments else None)
        return ids[0] if question.max_files == 1 else ids

    def _known(self, question: Question, at: str, media_type: str | None) -> None:
        if media_type is None:
            raise sentences.refuse(
                question,
                at,
                "no-such-file",
                "ไม่พบไฟล์ของ{n} แนบไฟล์ใหม่อีกครั้ง",
                "The file for the {n} was not found. Attach it again",
            )
        if media_type not in self.accepted(question):
            readable = ", ".join(one.rpartition("/")[2].upper() for one in self.accepted(question))
            raise sentences.refuse(
                question,
                at,
                "wrong-file-type",
                f"{{n}}ต้องเป็นไฟล์ {readable}",
                f"The {{n}} must be a {readable} file",
            )

    def accepted(self, question: Question) -> tuple[str, ...]:
        """The media types it may have."""
        return question.accept or self.usual

    def schema(self, question: Question) -> dict[str, Any]:
        """The id of an attachment, or a list of them."""
        identifier = {"type": "string", "minLength": 1, "maxLength": self.longest}
        accepted = {"x-accept": list(self.accepted(question))}
        if question.max_files == 1:
            return identifier | accepted
        return {"type": "array", "items": identifier, "minItems": 1, "maxItems": question.max_files} | accepted

    def type(self, question: Question) -> Any:
        """str, or a list of them."""
        return str if question.max_files == 1 else list[str]

    def example(self, question: Question, rng: Random) -> Any:
        """An id that says what it is; whoever files the example puts uploaded ids in its place."""
        identifier = f"example-{question.id}"
        return identifier if question.max_files == 1 else [identifier]

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """A file nobody uploaded, a wrong type, too many."""
        yield Invalid("nobody-uploaded-this", "no-such-file")
        yield Invalid(7, "wrong-type")
        yield Invalid([f"example-{question.id}"] * 2, "too-large" if question.max_files == 1 else "repeated")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """How many are attached; the page itself links to them."""
        count = len(value) if isinstance(value, list) else 1
        return f"แนบแล้ว {count} ไฟล์" if lang == "th" else f"{count} file{'s' if count > 1 else ''} attached"

    def attributes(self, question: Question) -> dict[str, str]:
        """What may be chosen. No `capture`: it would block choosing a file."""
        return {"accept": ",".join(self.accepted(question))} | ({"multiple": ""} if question.max_files > 1 else {})


class Declaration(Kind):
    """A statement that the applicant makes by ticking a box."""

    name = "declaration"
    widget = "checkbox"
    asks = "confirm"

    def from_fields(self, question: Question, fields: Fields, name: str) -> Any:
        """A box that is not ticked sends nothing."""
        return True if one(fields.get(name)) in ("yes", "on", "true") else None

    def check(self, question: Question, value: Any, at: str, context: Context) -> bool:
        """true: nothing else is a declaration."""
        if value is not True:
            raise sentences.refuse(question, at, "missing", "ทำเครื่องหมายในช่อง{n}", "Tick the box: {n}")
        return True

    def schema(self, question: Question) -> dict[str, Any]:
        """true."""
        return {"type": "boolean", "const": True}

    def type(self, question: Question) -> Any:
        """Literal[True]."""
        return Literal[True]

    def example(self, question: Question, rng: Random) -> bool:
        """Declared."""
        return True

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Not declared."""
        for value in (False, "yes", 1):
            yield Invalid(value, "missing")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """Declared."""
        return "รับรองแล้ว" if lang == "th" else "Declared"


class Fact(Kind):
    """What a register already knows: shown with its source, never asked again (DGA-12)."""

    name = "fact"
    widget = "fact"
    keys = frozenset({"source"})

    def check(self, question: Question, value: Any, at: str, context: Context) -> Any:
        """The register's word. An applicant may repeat it and may not change it."""
        known = context.facts.get(question.prefill)
        if value is not None and value != known:
            raise sentences.refuse(
                question,
                at,
                "not-yours-to-change",
                "{n}มาจากทะเบียนของหน่วยงาน แก้ไขในแบบคำขอนี้ไม่ได้ ให้แก้ที่ทะเบียนต้นทาง",
                "The {n} comes from a register and cannot be changed here. Have the register corrected",
            )
        return known

    def schema(self, question: Question) -> dict[str, Any]:
        """Anything the register says; read only."""
        return {"readOnly": True}

    def type(self, question: Question) -> Any:
        """Whatever the register keeps."""
        return Any

    def example(self, question: Question, rng: Random) -> Any:
        """None: facts are not answered."""
        return None

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """A register's word changed by the applicant."""
        yield Invalid("not what the register says", "not-yours-to-change")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """As the register has it."""
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class Info(Kind):
    """Words between the questions; nothing is answered."""

    name = "info"
    widget = "info"
    answered = False
