"""The plainest kinds of question: text, a choice, a declaration, a fact of a register, words only."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Literal

from forms import sentences
from forms.question import Context, Fields, Invalid, Kind, Option, Question, one
from forms.words import Lang, hidden_characters, tidy

LONGEST_LINE = 200
LONGEST_TEXT = 2_000
RADIOS_UP_TO = 7
LONGEST_RAW = 20_000
"""Nothing longer is even looked at."""


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
    lines = True
    longest = LONGEST_TEXT

    def attributes(self, question: Question) -> dict[str, str]:
        """The limit, and room to write."""
        return {**super().attributes(question), "rows": "5"}


class YesNo(Kind):
    """Yes or no, in the words of the question: มี / ไม่มี."""

    name = "yes-no"
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
        return rng.random() < 0.5

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

    def widget(self, question: Question) -> str:
        """A few are shown whole; many go in a list (a phone cuts its long options)."""
        return "radios" if len(question.options) <= RADIOS_UP_TO else "select"

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
        return rng.choice(question.options).value

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
    asks = "tick"
    keys = frozenset({"options", "max"})

    def widget(self, question: Question) -> str:
        """Always boxes to tick."""
        return self.name

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


class Declaration(Kind):
    """A statement that the applicant makes by ticking a box."""

    name = "declaration"
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
    answered = False
