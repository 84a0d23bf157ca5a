"""Putting questions to answers: what is missing, what is wrong, what no longer applies."""

from collections.abc import Mapping, Sequence
from typing import Any

from forms import sentences
from forms.conditions import Answered
from forms.errors import Problem, Problems
from forms.question import Context, Question


def empty(value: Any) -> bool:
    """Whether nothing was answered: no value, only spaces, or a composite with nothing in it."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip(" \t\r\n\u00a0")
    if isinstance(value, Mapping):
        return all(empty(inner) for inner in value.values())
    return bool(value == [])


def ask(
    questions: Sequence[Question], given: Mapping[str, Any], at: str, seen: Answered, context: Context
) -> tuple[dict[str, Any], list[Problem], list[str]]:
    """Put the questions to what was given: the checked answers, the problems, and the answers that no longer apply.

    `at` is the name in front of the questions' own (`people[0].`, or nothing); `seen` holds the answers given before
    these, for conditions to look at.
    """
    checked: dict[str, Any] = {}
    problems: list[Problem] = []
    dropped: list[str] = []
    known = {question.id for question in questions if question.kind.answered}
    problems += [sentences.unknown(at + str(key)) for key in list(given)[:200] if key not in known][:20]
    for question in questions:
        value, name = given.get(question.id), at + question.id
        if not question.kind.answered:
            continue
        if question.when and not question.applies({**seen, **checked}):
            dropped += [] if empty(value) else [name]
        else:
            try:
                answer = _answer(question, value, name, context)
            except Problems as found:
                problems += found.problems
            else:
                if answer is not None:
                    checked[question.id] = answer
    return checked, problems, dropped


def _answer(question: Question, value: Any, name: str, context: Context) -> Any:
    """One checked answer; None when nothing was answered and nothing had to be."""
    if empty(value) and question.kind.name != "fact":
        if question.required:
            raise Problems([sentences.missing(question, name)])
        return None
    return question.kind.check(question, value, name, context)
