"""How much of a form is filled in before anything is asked: of every first form of the catalogue, without a machine.

The doors' own functions, over the facts of the example company's register, what the example applicant's sign-in says,
and the answers of an earlier application.
"""

import statistics
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from api import carrying, filing, known, people, representing, tokens
from api.carrying import Earlier
from api.people import Person
from bench.measuring import Figure
from exchange import juristic
from exchange.counterparts.people import APPLICANT, SOLE_COMPANY
from forms import form as forms
from forms.form import Form
from licences import catalogue, thai
from licences.procedure import Operation, Procedure
from records.tables import Person as Row

TODAY = date(2026, 11, 28)
BEFORE = "food-sale-large"
"""The form of the application that was sent a year before."""
GOALS = {"company": 60, "person": 40}


def figures() -> list[Figure]:
    """The median over the catalogue, of somebody who comes for the first time and of one who comes again.

    Told beside it: the same without the facts that a register shows and nobody would have to type; and without a
    registered address to start from.
    """
    found = []
    for whom, goal in GOALS.items():
        for when in ("for the first time", "again"):
            called = f"doors: all first forms, {whom} {when}: filled in, per cent, median"
            again = when == "again"
            found.append(Figure(called, statistics.median(shares(whom, again=again)), "%", goal, True, goal=True))
            open_only = statistics.median(shares(whom, again=again, facts_too=False))
            found.append(Figure(f"{called}, facts aside", open_only, "%"))
        elsewhere = statistics.median(shares(whom, again=False, registered_there=False))
        called = f"doors: all first forms, {whom} for the first time: the business is at no registered address, median"
        found.append(Figure(called, elsewhere, "%"))
    return found


def shares(whom: str, *, again: bool, facts_too: bool = True, registered_there: bool = True) -> list[float]:
    """The share of each form that this kind of holder may be asked, in per cent."""
    shown = facts_of(whom)
    found = []
    for form in _forms(whom):
        known_, asked = share(form, whom, again=again, registered_there=registered_there)
        facts = sum(one.kind.name == "fact" and one.prefill in shown for one in form.by_id.values())
        less = 0 if facts_too else facts
        found += [100 * (known_ - less) / (asked - less)] if asked > less else []
    return found


def share(form: Form, whom: str, *, again: bool, registered_there: bool = True) -> tuple[int, int]:
    """Answers that are there before anything is asked, and all that the example applicant has to give.

    `registered_there`: whoever comes for the first time has his business at the head office; or at home, where he
    comes for himself.
    """
    facts = facts_of(whom)
    earlier = [_year_before()] if again else []
    said = {name: value for name, (value, _) in carrying.taken(form, earlier, facts).items()}
    said |= known.at_registered(form, facts) if registered_there and not again else {}
    filled_in = {**forms.prefilled(form, facts), **said}
    answers = {**forms.example(form), **filled_in}
    return carrying.known_and_asked(form, answers, known.sources(form, filled_in, facts, earlier, None))


def facts_of(whom: str) -> Mapping[str, Any]:
    """What the registers and the sign-in say."""
    person = signed_in()
    account = filing.account_facts(person)
    if whom == "person":
        return {**filing.citizen_facts(person), **account}
    company = juristic.read_company({"ResultList": [SOLE_COMPANY.information()]}, SOLE_COMPANY.juristic_id, TODAY)
    assert company
    return {**representing.facts_of(company), **representing.powers_of(company, person), **account}


def signed_in() -> Person:
    """The example applicant, with what the issuer says of him."""
    identity = tokens.identity("https://issuer.example", {"sub": APPLICANT.sub, **APPLICANT.claims()})
    said = people.claims(identity)
    names = {"title": said.title, "given_name": said.given_name, "family_name": said.family_name}
    row = Row(subject=said.subject, email=said.email, pid_masked=thai.mask_id(said.personal_number), **names)
    return Person(row, told=people.told(identity))


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
