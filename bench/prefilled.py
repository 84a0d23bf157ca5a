"""How much of a form is filled in before anything is asked: of every first form of the catalogue, without a machine.

The doors' own functions, over the facts of the example company's register and the answers of an earlier application.
"""

import statistics
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from api import carrying, known, representing
from api.carrying import Earlier
from bench.measuring import Figure
from exchange import juristic
from exchange.counterparts.people import APPLICANT, SOLE_COMPANY
from forms import form as forms
from forms.form import Form
from licences import catalogue
from licences.procedure import Operation, Procedure

TODAY = date(2026, 11, 28)
BEFORE = "food-sale-large"
"""The form of the application that was sent a year before."""
ALWAYS = {"account.email": APPLICANT.email, "law.reply_channel": "electronic", "power.has_attorney": False}
GOALS = {"company": 60, "person": 40}


def figures() -> list[Figure]:
    """The median over the catalogue, of somebody who comes for the first time and of one who comes again.

    Told beside it: the same without the facts that a register shows and nobody would have to type.
    """
    found = []
    for whom, goal in GOALS.items():
        for when in ("for the first time", "again"):
            called = f"doors: all first forms, {whom} {when}: filled in, per cent, median"
            again = when == "again"
            found.append(Figure(called, statistics.median(shares(whom, again=again)), "%", goal, True, goal=True))
            open_only = statistics.median(shares(whom, again=again, facts_too=False))
            found.append(Figure(f"{called}, facts aside", open_only, "%"))
    return found


def shares(whom: str, *, again: bool, facts_too: bool = True) -> list[float]:
    """The share of each form that this kind of holder may be asked, in per cent."""
    shown = facts_of(whom)
    found = []
    for form in _forms(whom):
        known_, asked = share(form, whom, again=again)
        facts = sum(one.kind.name == "fact" and one.prefill in shown for one in form.by_id.values())
        less = 0 if facts_too else facts
        found += [100 * (known_ - less) / (asked - less)] if asked > less else []
    return found


def share(form: Form, whom: str, *, again: bool) -> tuple[int, int]:
    """Answers that are there before anything is asked, and all that the example applicant has to give.

    Whoever comes for the first time has his business at the head office, if he is a company.
    """
    facts = facts_of(whom)
    earlier = [_year_before()] if again else []
    said = {name: value for name, (value, _) in carrying.taken(form, earlier, facts).items()}
    said |= {} if again else known.at_the_office(form, facts)
    filled_in = {**forms.prefilled(form, facts), **said}
    answers = {**forms.example(form), **filled_in}
    return carrying.known_and_asked(form, answers, known.sources(form, filled_in, facts, earlier, None))


def facts_of(whom: str) -> Mapping[str, Any]:
    """What the registers and the sign-in say."""
    if whom == "person":
        return {**ALWAYS, "citizen.name": "นาย สมชาย ใจดี", "citizen.number": "1-XXXX-XXXXX-01-3"}
    company = juristic.read_company({"ResultList": [SOLE_COMPANY.information()]}, SOLE_COMPANY.juristic_id, TODAY)
    assert company
    return {**ALWAYS, **representing.facts_of(company)}


def _year_before() -> Earlier:
    form = forms.load(BEFORE)
    return Earlier(
        "APP-2568-0000001", datetime(2025, 11, 28, tzinfo=UTC), "lao-food-sale-large", form, forms.example(form)
    )


def _forms(whom: str) -> Iterator[Form]:
    kinds = ("both", "juristic" if whom == "company" else "natural")
    names = {one.form for one in _procedures() if one.applicant in kinds}
    return (forms.load(name) for name in sorted(names))


def _procedures() -> Iterator[Procedure]:
    law = catalogue.load()
    return (law.procedure(one.code, Operation.NEW, TODAY) for one in law.licences if Operation.NEW in one.operations)
