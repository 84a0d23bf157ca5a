"""Which licences a business needs: its kind and a few yes-or-no answers in, licences in order out, each with its why.

`business-types.csv` lists for each kind of business the services that a new one may need, in the order in which they
can be had. `finder.toml` says which of them depend on an answer. A question not answered yet leaves a "perhaps", never
a "no".
"""

import csv
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from licences.catalogue import Catalogue
from licences.errors import NotAllowed, NotFound
from licences.procedure import Operation, Shape, Text

HOME = Path(__file__).parent


class BusinessType(Shape):
    """One kind of business, and the services that a new one may need, in order."""

    slug: str
    title: Text
    licences: tuple[str, ...]


class Question(Shape):
    """Something to ask with yes or no before the list is shown."""

    id: str
    title: Text


class Rule(Shape):
    """Licences that are needed only when the answers say so (every one of `when`)."""

    licences: tuple[str, ...]
    when: dict[str, bool]
    why: Text


class Need(Shape):
    """One licence on the list, and why it is there. `certain` is False while a question is still open."""

    licence: str
    certain: bool
    why: Text
    law: str


class BusinessTypeUnknown(NotFound):
    """There is no such kind of business on the list."""


class AnswerNotUnderstood(NotAllowed):
    """An answer that is neither yes nor no, or one to a question that this kind of business is not asked."""


EVERY_ONE = Text(th="กิจการประเภทนี้ทุกรายต้องมี", en="Every business of this kind needs it")


@cache
def business_types() -> tuple[BusinessType, ...]:
    """Every kind of business, in the order of the table."""
    with (HOME / "business-types.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            BusinessType(
                slug=row["slug"],
                title=Text(th=row["name_th"], en=row["name_en"]),
                licences=tuple(row["licence_codes"].split(";")),
            )
            for row in csv.DictReader(file)
        )


@cache
def _data() -> tuple[tuple[Question, ...], tuple[Rule, ...]]:
    raw = tomllib.loads((HOME / "finder.toml").read_text(encoding="utf-8"))
    return (
        tuple(Question.model_validate(one) for one in raw["question"]),
        tuple(Rule.model_validate(one) for one in raw["rule"]),
    )


def questions() -> tuple[Question, ...]:
    """Every question of the data file."""
    return _data()[0]


def rules() -> tuple[Rule, ...]:
    """Every rule of the data file."""
    return _data()[1]


def business_type(slug: str) -> BusinessType:
    """One kind of business. Raises BusinessTypeUnknown."""
    for kind in business_types():
        if kind.slug == slug:
            return kind
    raise BusinessTypeUnknown(f"ไม่มีประเภทธุรกิจ {slug}", f"there is no business type {slug}", field="business_type")


def asked(slug: str) -> tuple[Question, ...]:
    """The questions that matter to a kind of business, in the order of the data file."""
    wanted = set(business_type(slug).licences)
    named = {question for rule in rules() if wanted & set(rule.licences) for question in rule.when}
    return tuple(question for question in questions() if question.id in named)


def read_answers(slug: str, said: Mapping[str, str]) -> dict[str, bool]:
    """Answers as an address carries them: question to `yes` or `no`; a blank one is not answered yet.

    Raises BusinessTypeUnknown or AnswerNotUnderstood.
    """
    known = {question.id for question in asked(slug)}
    for question, answer in said.items():
        if question not in known or answer not in ("yes", "no", ""):
            raise AnswerNotUnderstood(
                f"คำถาม {question} ตอบได้เพียง yes หรือ no และต้องเป็นคำถามของธุรกิจประเภทนี้",
                f"{question} is answered with yes or no, and must be a question of this kind of business",
                field=question,
            )
    return {question: answer == "yes" for question, answer in said.items() if answer}


def needed(catalogue: Catalogue, slug: str, answers: Mapping[str, bool]) -> tuple[Need, ...]:
    """The licences that a new business of that kind needs, each after those it depends on."""
    found = (_need(catalogue, code, answers) for code in business_type(slug).licences)
    return tuple(need for need in found if need)


def _need(catalogue: Catalogue, code: str, answers: Mapping[str, bool]) -> Need | None:
    licence = catalogue.licence(code)
    mine = [rule for rule in rules() if code in rule.licences]
    if not mine:
        return Need(licence=code, certain=True, why=EVERY_ONE, law=licence.law)
    open_or_held = [rule for rule in mine if _may_hold(rule, answers)]
    if not open_or_held:
        return None
    certain = [rule for rule in open_or_held if _holds(rule, answers)]
    return Need(licence=code, certain=bool(certain), why=(certain or open_or_held)[0].why, law=licence.law)


def _holds(rule: Rule, answers: Mapping[str, bool]) -> bool:
    return all(answers.get(question) is wanted for question, wanted in rule.when.items())


def _may_hold(rule: Rule, answers: Mapping[str, bool]) -> bool:
    return all(answers.get(question, wanted) is wanted for question, wanted in rule.when.items())


def faults(catalogue: Catalogue) -> Iterable[str]:
    """What is wrong with the two data files, in words."""
    known = {question.id for question in questions()}
    for rule in rules():
        for code in set(rule.licences) - set(catalogue.versions):
            yield f"finder.toml: there is no licence {code}"
        for question in set(rule.when) - known:
            yield f"finder.toml: there is no question {question}"
    for kind in business_types():
        yield from _faults_of(catalogue, kind)


def _faults_of(catalogue: Catalogue, kind: BusinessType) -> Iterable[str]:
    before: set[str] = set()
    for code in kind.licences:
        if code not in catalogue.versions:
            yield f"business-types.csv: {kind.slug} names {code}, which is no licence"
            continue
        if Operation.NEW not in catalogue.licence(code).operations:
            yield f"business-types.csv: {kind.slug} names {code}, which a new business cannot apply for"
        for needs in catalogue.licence(code).prerequisites:
            if set(needs.any_of) & set(kind.licences) and not set(needs.any_of) & before:
                yield f"business-types.csv: {kind.slug} names {code} before what it needs"
        before.add(code)
