"""Which licences a business needs: its kind and at most eight answers in, licences in order out, each with its why.

`business-types.csv` lists for each kind of business the services that a new one may need, in the order in which they
can be had. `finder.toml` says which of them depend on an answer. A question not answered yet leaves a "perhaps", never
a "no".
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from licences.catalogue import Catalogue, business_rows
from licences.errors import NotAllowed, NotFound
from licences.procedure import Operation, Shape, Text

HOME = Path(__file__).parent


class BusinessType(Shape):
    """One kind of business, and the services that a new one may need, in order."""

    slug: str
    title: Text
    licences: tuple[str, ...]


class Option(Shape):
    """One answer to a question, and the facts that it settles."""

    value: str
    title: Text
    facts: dict[str, bool]


class Question(Shape):
    """Something to ask before the list is shown. Without options of its own it is answered with yes or no."""

    id: str
    title: Text
    options: tuple[Option, ...] = ()

    @property
    def answers(self) -> tuple[Option, ...]:
        """Every answer that there is."""
        if self.options:
            return self.options
        return tuple(Option(value=value, title=title, facts={self.id: yes}) for value, title, yes in YES_OR_NO)

    @property
    def settles(self) -> set[str]:
        """The facts that its answers settle."""
        return {fact for option in self.answers for fact in option.facts}


class Settled(Shape):
    """What is so in every business of these kinds, and is not asked."""

    kinds: tuple[str, ...]
    facts: dict[str, bool]


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
    """An answer that the question does not have, or one to a question that this kind of business is not asked."""


YES_OR_NO = (("yes", Text(th="ใช่", en="Yes"), True), ("no", Text(th="ไม่ใช่", en="No"), False))
MOST_QUESTIONS = 8
EVERY_ONE = Text(th="กิจการประเภทนี้ทุกรายต้องมี", en="Every business of this kind needs it")


@cache
def business_types() -> tuple[BusinessType, ...]:
    """Every kind of business, in the order of the table."""
    return tuple(
        BusinessType(
            slug=row["slug"],
            title=Text(th=row["name_th"], en=row["name_en"]),
            licences=tuple(row["licence_codes"].split(";")),
        )
        for row in business_rows()
    )


@cache
def _data() -> tuple[tuple[Question, ...], tuple[Rule, ...], tuple[Settled, ...]]:
    raw = tomllib.loads((HOME / "finder.toml").read_text(encoding="utf-8"))
    return (
        tuple(Question.model_validate(one) for one in raw["question"]),
        tuple(Rule.model_validate(one) for one in raw["rule"]),
        tuple(Settled.model_validate(one) for one in raw["settled"]),
    )


def questions() -> tuple[Question, ...]:
    """Every question of the data file."""
    return _data()[0]


def rules() -> tuple[Rule, ...]:
    """Every rule of the data file."""
    return _data()[1]


def settled(slug: str) -> dict[str, bool]:
    """What is so in every business of that kind."""
    return {fact: value for one in _data()[2] if slug in one.kinds for fact, value in one.facts.items()}


def business_type(slug: str) -> BusinessType:
    """One kind of business. Raises BusinessTypeUnknown."""
    for kind in business_types():
        if kind.slug == slug:
            return kind
    raise BusinessTypeUnknown(f"ไม่มีประเภทธุรกิจ {slug}", f"there is no business type {slug}", field="business_type")


def asked(slug: str) -> tuple[Question, ...]:
    """The questions that matter to a kind of business, in the data file's order, each with what may be answered."""
    wanted, known = set(business_type(slug).licences), settled(slug)
    matter = {fact for rule in rules() if wanted & set(rule.licences) for fact in rule.when} - set(known)
    return tuple(_for(question, matter, known) for question in questions() if question.settles & matter)


def _for(question: Question, matter: set[str], known: Mapping[str, bool]) -> Question:
    """The question without the answers that cannot be, or that come to the same, in that kind of business."""
    kept: dict[tuple[tuple[str, bool], ...], Option] = {}
    for option in question.answers:
        if all(known.get(fact, value) is value for fact, value in option.facts.items()):
            kept.setdefault(tuple((fact, value) for fact, value in option.facts.items() if fact in matter), option)
    return Question(id=question.id, title=question.title, options=tuple(kept.values()))


def read_answers(slug: str, said: Mapping[str, str]) -> dict[str, bool]:
    """Answers as an address carries them, question to option, as the facts they settle; a blank one is none yet.

    Raises BusinessTypeUnknown or AnswerNotUnderstood.
    """
    known = {question.id: question for question in asked(slug)}
    facts: dict[str, bool] = {}
    for name, answer in said.items():
        options = {option.value: option for option in known[name].answers} if name in known else {}
        if not options or (answer and answer not in options):
            raise _not_understood(name, options)
        facts |= options[answer].facts if answer else {}
    return facts


def _not_understood(name: str, options: Mapping[str, Option]) -> AnswerNotUnderstood:
    if not options:
        return AnswerNotUnderstood(
            f"ธุรกิจประเภทนี้ไม่มีคำถาม {name}", f"this kind of business is not asked {name}", field=name
        )
    may = ", ".join(options)
    return AnswerNotUnderstood(f"คำถาม {name} ตอบได้เพียง {may}", f"{name} is answered with one of {may}", field=name)


def needed(catalogue: Catalogue, slug: str, answers: Mapping[str, bool]) -> tuple[Need, ...]:
    """The licences that a new business of that kind needs, each after those it depends on."""
    facts = {**settled(slug), **answers}
    found = (_need(catalogue, code, facts) for code in business_type(slug).licences)
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
    known = {fact for question in questions() for fact in question.settles}
    for rule in rules():
        for code in set(rule.licences) - set(catalogue.versions):
            yield f"finder.toml: there is no licence {code}"
        for question in set(rule.when) - known:
            yield f"finder.toml: no question settles {question}"
    for kind in business_types():
        yield from _faults_of(catalogue, kind)


def _faults_of(catalogue: Catalogue, kind: BusinessType) -> Iterable[str]:
    if len(asked(kind.slug)) > MOST_QUESTIONS:
        yield f"finder.toml: {kind.slug} is asked more than {MOST_QUESTIONS} questions"
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
