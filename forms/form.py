"""Answers in, Answers or Problems out; and what can be read off a form: schema, model, examples, summary.

form = load("food-sale-large")
answers = check(form, sent, attachments={"8f3e...": "application/pdf"}, facts={"company.name_th": "..."})
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from forms import sentences
from forms.asking import ask, empty
from forms.definition import Each, Form, Page, faults, names, out_of_reach
from forms.derived import CHOSEN, looks_at, rules
from forms.errors import Problem, Problems
from forms.examples import example, example_attachments, invalid_examples
from forms.kept import Difference, difference, load, remember
from forms.question import Context, Fields, Question
from forms.schema import json_schema, model
from forms.words import Lang

__all__ = [
    "Answers",
    "Difference",
    "Each",
    "Form",
    "Page",
    "Printed",
    "Row",
    "Section",
    "check",
    "check_page",
    "difference",
    "example",
    "example_attachments",
    "faults",
    "files",
    "invalid_examples",
    "json_schema",
    "load",
    "looks_at",
    "model",
    "names",
    "out_of_reach",
    "prefilled",
    "printed",
    "remember",
    "ruled_out",
    "rules",
    "sections",
    "summary",
]  # fmt: skip

NOTHING: Mapping[str, Any] = MappingProxyType({})
LOOKED_AT, TOLD = 500, 20
NOT_STATED = {"th": "ไม่ได้ระบุ", "en": "Not stated"}


class Answers(Mapping[str, Any]):
    """Checked answers: JSON values by question id, in the form's order; and what was dropped as no longer asked.

    Numbers are numbers, money is whole satang, dates are ISO texts, files are attachment ids.
    """

    def __init__(self, checked: Mapping[str, Any], dropped: Sequence[str] = ()) -> None:
        self._checked = MappingProxyType(dict(checked))
        self.dropped = tuple(dropped)

    def __getitem__(self, key: str) -> Any:
        return self._checked[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._checked)

    def __len__(self) -> int:
        return len(self._checked)

    def __repr__(self) -> str:
        # Answers are about people: a log that prints them must not tell what they said.
        return f"Answers({', '.join(self)})"

    def as_json(self) -> dict[str, Any]:
        """A copy to keep or to send."""
        return copy.deepcopy(dict(self._checked))


def check(
    form: Form,
    answers: Mapping[str, Any],
    *,
    attachments: Mapping[str, str] = NOTHING,
    facts: Mapping[str, Any] = NOTHING,
) -> Answers:
    """Answers to the whole form, each in its one normal form; checking them again changes nothing.

    `attachments` are the applicant's uploaded files, id to media type; `facts` what the registers said, by the name
    that questions give in `prefill`. Raises Problems with one problem for each field that is wrong.
    """
    if not isinstance(answers, Mapping):
        raise Problems([Problem("", "ส่งคำตอบเป็นออบเจกต์", "Send the answers as an object", "wrong-type")])
    context = Context(attachments, facts)
    known = {page.id for page in form.groups} | {one.id for one in form.by_id.values() if one.kind.answered}
    strangers = [key for key in list(answers)[:LOOKED_AT] if key not in known][:TOLD]
    problems = [sentences.unknown(str(key)) for key in strangers]
    checked: dict[str, Any] = {}
    dropped: list[str] = []
    for page in form.pages:
        found, wrong, gone = _page(page, answers, checked, context)
        checked |= found
        problems += wrong
        dropped += gone
    if problems:
        raise Problems(problems)
    return Answers(checked, dropped)


Found = tuple[dict[str, Any], list[Problem], list[str]]


def _page(page: Page, answers: Mapping[str, Any], seen: Mapping[str, Any], context: Context) -> Found:
    """One page of the whole form."""
    keys = [page.id] if page.each else [one.id for one in page.questions if one.kind.answered]
    given = {key: answers[key] for key in keys if key in answers}
    if not page.applies(seen):
        return {}, [], [key for key, value in given.items() if not empty(value)]
    if page.each:
        return _items(page, page.each, given.get(page.id), seen, context)
    return ask(page.questions, given, "", seen, context)


def _items(page: Page, each: Each, given: Any, seen: Mapping[str, Any], context: Context) -> Found:
    """The items of a repeating page: enough, not too many, and each of them checked."""
    name = each.name
    if given is None:
        given = []
    if not isinstance(given, list):
        return {}, [sentences.not_a_list(page.id, page.title.th, page.title.en)], []
    if len(given) > each.max:
        return {}, [sentences.too_many_items(page.id, each.max, name.th, name.en)], []
    if len(given) < each.min:
        return {}, [sentences.too_few_items(page.id, each.min, name.th, name.en)], []
    items: list[dict[str, Any]] = []
    problems: list[Problem] = []
    dropped: list[str] = []
    for number, item in enumerate(given):
        at = f"{page.id}[{number}]"
        if not isinstance(item, Mapping):
            problems.append(sentences.not_a_list(at, page.title.th, page.title.en))
            continue
        checked, wrong, gone = ask(page.questions, item, f"{at}.", seen, context)
        items.append(checked)
        problems += wrong
        dropped += gone
    return ({page.id: items} if items else {}), problems, dropped


def check_page(
    form: Form,
    page_id: str,
    fields: Fields,
    *,
    answers: Mapping[str, Any] = NOTHING,
    attachments: Mapping[str, str] = NOTHING,
    facts: Mapping[str, Any] = NOTHING,
) -> Answers:
    """One page as a browser sent it (`premises.postcode`), or one item of a repeating page.

    `answers` are those given before, for conditions to look at. Fields that the page does not ask for, such as a
    token, are left alone. Raises Problems, with fields named as on the page; KeyError when there is no such page.
    """
    page = form.page(page_id)
    asked = [one for one in page.questions if one.kind.answered and one.kind.name != "fact"]
    given = {one.id: one.kind.from_fields(one, fields, one.id) for one in asked}
    if not page.applies(answers):
        return Answers({}, [key for key, value in given.items() if not empty(value)])
    checked, problems, dropped = ask(page.questions, given, "", answers, Context(attachments, facts))
    if problems:
        raise Problems(problems)
    return Answers(checked, dropped)


def prefilled(form: Form, facts: Mapping[str, Any]) -> dict[str, Any]:
    """First answers out of what registers say, for the applicant to look at; facts that do not fit are left out."""
    context = Context(None, facts)
    found: dict[str, Any] = {}
    for one in form.by_id.values():
        if one.kind.answered and one.prefill and one.prefill in facts:
            try:
                found[one.id] = one.kind.check(one, facts[one.prefill], one.id, context)
            except Problems:
                # What a register has may be older than our rules; the applicant is then asked.
                continue
    return found


def files(form: Form, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every attachment that the answers name: field and id."""
    found: list[tuple[str, str]] = []
    for at, one, value in _answered(form, answers):
        if one.kind.name == "file":
            found += [(at, identifier) for identifier in (value if isinstance(value, list) else [value])]
    return found


def _answered(form: Form, answers: Mapping[str, Any]) -> Iterator[tuple[str, Question, Any]]:
    """Every answer with its field and its question, items of groups too."""
    for page in form.pages:
        items = enumerate(answers.get(page.id, ())) if page.each else [(0, answers)]
        for number, item in items:
            at = f"{page.id}[{number}]." if page.each else ""
            for one in page.questions:
                if one.id in item:
                    yield f"{at}{one.id}", one, item[one.id]


class Row(NamedTuple):
    """One line of a summary: the field, its label, the answer as people read it."""

    field: str
    label: str
    text: str


class Section(NamedTuple):
    """The lines of one page, or of one item of a repeating page (`item` counts from 0)."""

    page: str
    title: str
    rows: list[Row]
    item: int | None = None


def sections(form: Form, answers: Mapping[str, Any], lang: Lang, *, masked: bool = True) -> list[Section]:
    """The answers page by page, for checking before submission and for the officer's desk.

    Every question that applies has a row, unanswered ones too; what is personal is masked unless told otherwise.
    """
    found: list[Section] = []
    for page in form.pages:
        if not page.applies(answers):
            continue
        title = page.title.say(lang)
        if not page.each:
            found.append(Section(page.id, title, _rows(page, answers, answers, "", lang, masked)))
            continue
        items = answers.get(page.id, [])
        for number, item in enumerate(items):
            of = f"{page.each.name.say(lang)} {number + 1}/{len(items)}"
            rows = _rows(page, item, answers, f"{page.id}[{number}].", lang, masked)
            found.append(Section(page.id, of, rows, number))
    return [section for section in found if section.rows]


def _rows(
    page: Page, item: Mapping[str, Any], answers: Mapping[str, Any], at: str, lang: Lang, masked: bool
) -> list[Row]:
    rows = []
    for one in page.questions:
        silent = one.kind.name == "fact" and one.id not in item
        if one.kind.answered and not silent and one.applies({**answers, **item}):
            rows.append(Row(f"{at}{one.id}", one.title.say(lang), _text(one, item.get(one.id), lang, masked)))
    return rows


def _text(question: Question, value: Any, lang: Lang, masked: bool) -> str:
    if value is None:
        return NOT_STATED[lang]
    if masked and (question.sensitive or question.kind.personal):
        return question.kind.masked(question, value, lang)
    return question.kind.show(question, value, lang)


def summary(
    form: Form, answers: Mapping[str, Any], lang: Lang, masked: bool = True
) -> list[tuple[str, list[tuple[str, str]]]]:
    """`sections` as plain titles, labels and texts."""
    return [
        (section.title, [(row.label, row.text) for row in section.rows])
        for section in sections(form, answers, lang, masked=masked)
    ]


class Printed(NamedTuple):
    """One line of the licence: the field, its label in both languages, the answer."""

    id: str
    th: str
    en: str
    value: str


def printed(form: Form, answers: Mapping[str, Any], lang: Lang = "th") -> list[Printed]:
    """What goes on the licence and into the public register, in the form's order; `lang` is the value's."""
    return [
        Printed(at, one.printed.th, one.printed.en, one.kind.printed(one, value, lang))
        for at, one, value in _answered(form, answers)
        if one.printed
    ]


def ruled_out(form: Form, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """What a licence said and says no longer, because an amendment's new answer to another question rules it out.

    Known of derived forms only, whose questions keep the conditions of the form on which the licence was granted.
    """
    gone = []
    for page, one in form.everything() if form.derived else ():
        others = looks_at(page, one) & form.by_id.keys() - CHOSEN
        if one.printed and not page.each and one.id not in answers and others and others <= answers.keys():
            gone.append(one.id)
    return tuple(gone)
