"""What will stand on a sealed paper, looked at while its writer can still change it.

A letter that our papers cannot print would otherwise be found after the grant, when nobody is there to mend it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from activities.facts import one_line
from forms import form as forms
from forms.errors import Problem, Problems
from forms.form import Form
from licences.applications import Decision, Verdict
from signing import fitting, glyphs
from signing.fitting import PARAGRAPH_CHARACTERS, UnfitText


def check_answers(form: Form, answers: Mapping[str, Any]) -> None:
    """Raise Problems for printed answers that no paper can print, each beside its field."""
    problems = [problem for line in forms.printed(form, answers) for problem in _problem(line)]
    if problems:
        raise Problems(problems)


def _problem(line: forms.Printed) -> Iterable[Problem]:
    try:
        fitting.fit(one_line(line.value), line.th, glyphs.printable(), at_most=PARAGRAPH_CHARACTERS)
    except UnfitText as unfit:
        yield Problem(line.id, unfit.th, unfit.en, "unprintable")


def check_decision(decision: Decision) -> None:
    """Raise UnfitText for words of an officer that will stand in a letter or on a licence, and cannot."""
    for field, texts in _on_paper(decision):
        for text in texts:
            _check(text, field)
        fitting.check_count(len(texts), field)
        fitting.check_length(texts, field)


def _on_paper(decision: Decision) -> Iterable[tuple[str, Sequence[str]]]:
    """Each list of words that a paper would have, under the field that the officer knows it by."""
    yield "conditions", decision.conditions
    yield "number", (decision.number,)
    yield "report", [one_line(text) for one in decision.report for text in (one.item, one.note)]
    if decision.report or decision.verdict is not Verdict.APPROVE:
        yield "reason", decision.reason.splitlines()
    if decision.verdict is not Verdict.APPROVE:
        yield "items", [one_line(text) for item in decision.items for text in (item.wrong, item.wanted)]
        yield "items", [line for item in decision.items for line in f"{item.field}: {item.wanted}".splitlines()]


def check_lines(text: str, field: str) -> None:
    """Raise UnfitText, beside its field, for words that will stand in a letter and cannot."""
    for line in text.splitlines():
        _check(line, field)


def _check(text: str, field: str) -> None:
    try:
        fitting.fit(text, field, glyphs.printable(), at_most=PARAGRAPH_CHARACTERS)
    except UnfitText as unfit:
        raise UnfitText(unfit.th, unfit.en, field=field) from unfit
