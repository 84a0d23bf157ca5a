"""Questions answered with figures: whole numbers, measures, money."""

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from forms import sentences
from forms.question import Context, Fields, Invalid, Kind, Question, one
from forms.words import Lang, arabic, grouped

LARGEST_NUMBER = 999_999_999
SATANG_A_BAHT = 100
LEADING = frozenset({"ร้อยละ"})
"""Units that Thai says before the figures: ร้อยละ 98."""
TOO_LARGE_TO_READ = 1e15
"""Beyond 15 figures a JSON number is no longer exact; infinity and not-a-number are beyond it too."""


class Number(Kind):
    """What whole and decimal share: figures with bounds and a unit."""

    keys = frozenset({"unit", "min", "max", "above"})
    wanted = ("ตัวเลข เช่น 250.5", "a number, such as 250.5")

    def read(self, value: Any) -> Decimal | None:
        """The number in an answer, Thai digits, spaces and thousands commas allowed; None when there is none."""
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        if isinstance(value, int | float):
            return Decimal(str(value)) if abs(value) < TOO_LARGE_TO_READ else None
        text = re.sub(r"\s", "", arabic(value[:40]))
        if not re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,15})(\.\d{1,15})?", text, re.ASCII):
            return None
        return Decimal(text.replace(",", ""))

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
        # English units are written in the plural: "at least 1", not "at least 1 people".
        return self.show(question, exact, "th"), "1" if exact == 1 else self.show(question, exact, "en")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """`1,250.5 ตารางเมตร`."""
        figures = grouped(value)
        if question.unit is None:
            return figures
        unit = question.unit.say(lang)
        return f"{unit} {figures}" if unit in LEADING else f"{figures} {unit}"

    def schema(self, question: Question) -> dict[str, Any]:
        """A number with its bounds."""
        least, most = (_plain(bound) for bound in self.bounds(question))
        above = {} if question.above is None else {"exclusiveMinimum": question.above}
        return {"type": "number", "minimum": least, "maximum": most, **above}

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Not a number, too small, too large."""
        least, most = (_plain(bound) for bound in self.bounds(question))
        for value in ("มาก", "1,2", "1e3", "--1", True, [1], float("nan"), float("inf"), "9" * 30, 10**400):
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


def _plain(number: Decimal) -> int | float:
    """The number as JSON writes it; exact, for no answer has more than 15 figures."""
    return int(number) if number == number.to_integral_value() else float(number)
