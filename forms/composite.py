"""Questions made of several: the parts are questions themselves, put together as one object."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from forms import sentences
from forms.asking import ask, empty
from forms.errors import Problem, Problems
from forms.plain import Text
from forms.question import Context, Fields, Invalid, Kind, Question
from forms.words import Words

TEXT = Text()


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


def part(of: Words, part_id: str, th: str, en: str, kind: Kind = TEXT, **more: Any) -> Question:
    """A part of a composite: a question that sentences introduce by `of`, the composite's name."""
    return Question(part_id, kind, Words(th, en), Words(th, en), of=of, **more)
