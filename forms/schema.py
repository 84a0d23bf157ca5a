"""A form as other programs read it: JSON Schema 2020-12, and a pydantic model."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, create_model

from forms.composite import titled
from forms.definition import Form, Page
from forms.errors import Problems
from forms.question import Context, Question
from forms.words import Words

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(form: Form) -> dict[str, Any]:
    """The answers that `check` takes, with titles in both languages (`title`, `x-title-en`).

    A question with a condition is optional here, and `x-asked-when` says in words of the form when it is asked: the
    server alone decides. Thai digits, dashes and spaces, which `check` also takes, are left out.
    """
    return {
        "$schema": DIALECT,
        "$id": f"urn:bizportal:form:{form.id}",
        **_titles(form.title, form.hint),
        **_object([entry for page in form.pages for entry in _entries(page)]),
        "x-pages": [{"id": page.id, **_titles(page.title, page.hint)} for page in form.pages],
    }


def _titles(title: Words, hint: Words | None) -> dict[str, str]:
    described = {"description": hint.th, "x-description-en": hint.en} if hint else {}
    return {"title": title.th, "x-title-en": title.en, **described}


def _entries(page: Page) -> list[tuple[str, dict[str, Any], bool]]:
    """What a page adds to its object: name, schema, whether it is always required."""
    asked = [one for one in page.questions if one.kind.answered]
    always = page.when is None
    if page.each:
        items = _object([(one.id, _property(one), _required(one)) for one in asked])
        limits = {"minItems": page.each.min, "maxItems": page.each.max}
        group = {"type": "array", "items": items, **limits, **_titles(page.title, page.hint)}
        return [(page.id, group, always and page.each.min > 0)]
    return [(one.id, _property(one), always and _required(one)) for one in asked]


def _property(question: Question) -> dict[str, Any]:
    asked_when = {"x-asked-when": sorted(set(question.when.questions()))} if question.when else {}
    return titled(question) | asked_when


def _required(question: Question) -> bool:
    return question.required and question.when is None and question.kind.name != "fact"


def _object(entries: list[tuple[str, dict[str, Any], bool]]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: schema for name, schema, _ in entries},
        "required": [name for name, _, required in entries if required],
        "additionalProperties": False,
    }


@cache
def model(form: Form) -> type[BaseModel]:
    """The same as a pydantic model: each answer is checked as `check` does, conditions and attachments are not."""
    fields: dict[str, Any] = {}
    for page in form.pages:
        if page.each:
            item: Any = _model(
                f"{_camel(form.id)}{_camel(page.id)}", {one.id: _field(one, True) for one in _asked(page)}
            )
            fields[page.id] = _typed(list[item], page.when is None and page.each.min > 0)
        else:
            fields |= {one.id: _field(one, page.when is None) for one in _asked(page)}
    return _model(_camel(form.id), fields)


def _asked(page: Page) -> list[Question]:
    return [one for one in page.questions if one.kind.answered]


def _field(question: Question, always: bool) -> tuple[Any, Any]:
    annotated: Any = Annotated[question.kind.type(question), BeforeValidator(_checked(question))]
    return _typed(annotated, always and _required(question))


def _typed(annotation: Any, required: bool) -> tuple[Any, Any]:
    return (annotation, ...) if required else (annotation | None, None)


def _checked(question: Question) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        try:
            return question.kind.check(question, value, question.id, Context())
        except Problems as found:
            raise ValueError("; ".join(f"{one.en} / {one.th}" for one in found.problems)) from found

    return check


def _model(name: str, fields: dict[str, Any]) -> type[BaseModel]:
    return create_model(name, __config__=ConfigDict(extra="forbid", frozen=True), **fields)


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.replace("-", "_").split("_"))
