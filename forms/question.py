"""One question, and what every kind of question must be able to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar

from forms.conditions import Answered, Condition
from forms.words import Lang, Words

Fields = Mapping[str, Any]
"""What a browser sends: flat names (`premises.postcode`) to a text, or to a list of texts where boxes repeat."""


YES, NO = Words("ใช่", "Yes"), Words("ไม่ใช่", "No")


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from."""

    value: str
    title: Words


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked. The keys are explained in `forms/__init__.py`; `of` names the composite a part belongs to."""

    id: str
    kind: "Kind"
    title: Words
    name: Words
    hint: Words | None = None
    required: bool = True
    when: Condition | None = None
    law: str = ""
    sensitive: bool = False
    reuse: str = ""
    prefill: str = ""
    printed: Words | None = None
    example: Any = None
    options: tuple[Option, ...] = ()
    unit: Words | None = None
    min: Any = None
    max: Any = None
    above: Any = None
    places: int = 2
    max_length: int | None = None
    yes: Words = YES
    no: Words = NO
    accept: tuple[str, ...] = ()
    max_files: int = 1
    identity: str = ""
    provinces: tuple[str, ...] = ()
    source: Words | None = None
    of: Words | None = None

    def applies(self, answers: Answered) -> bool:
        """Whether it is asked at all, given the answers so far."""
        return self.when is None or self.when.holds(answers)


@dataclass(frozen=True, slots=True)
class Context:
    """What the answers are checked against.

    `attachments`: the applicant's files, id to media type; None means that files are not looked up.
    `facts`: what registers say, by the name that a question gives in `prefill`.
    """

    attachments: Mapping[str, str] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Invalid:
    """A value that must be refused, with the kind of problem and the part of a composite that it names."""

    value: Any
    kind: str
    part: str = ""


class Kind:
    """A kind of question: how an answer is read, checked, shown, described and made up for an example."""

    name: ClassVar[str]
    keys: ClassVar[frozenset[str]] = frozenset()
    asks: ClassVar[str] = "enter"
    answered: ClassVar[bool] = True
    personal: ClassVar[bool] = False

    def check(self, question: Question, value: Any, at: str, context: Context) -> Any:
        """The answer in its one normal form, a JSON value; raises Problems. `at` is the field's full name."""
        raise NotImplementedError

    def schema(self, question: Question) -> dict[str, Any]:
        """The JSON Schema 2020-12 of the answer, without its titles."""
        raise NotImplementedError

    def type(self, question: Question) -> Any:
        """The Python type of the checked answer."""
        return str

    def example(self, question: Question, rng: Random) -> Any:
        """A valid answer."""
        raise NotImplementedError

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """Answers that must be refused."""
        raise NotImplementedError

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """A checked answer as people read it."""
        return str(value)

    def masked(self, question: Question, value: Any, lang: Lang) -> str:
        """A checked answer with what is personal in it hidden."""
        return "••••••"

    def printed(self, question: Question, value: Any, lang: Lang) -> str:
        """A checked answer as it stands on a licence and in the public register."""
        return self.show(question, value, lang)

    def from_fields(self, question: Question, fields: Fields, name: str) -> Any:
        """The answer out of what a browser sent; still to be checked."""
        return one(fields.get(name))

    def parts(self, question: Question) -> Sequence[Question]:
        """The questions a composite is made of; none for a plain question."""
        return ()

    def widget(self, question: Question) -> str:
        """The name of the template that draws it."""
        return self.name

    def attributes(self, question: Question) -> dict[str, str]:
        """HTML attributes that help on a phone: keyboard, autocomplete, length."""
        return {}


def one(value: Any) -> Any:
    """The single text of a browser's field, whatever way the parser hands it over."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value[0] if value else None
    return value
