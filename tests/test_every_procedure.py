"""Every procedure there is, 289 licences and each of their operations, through the rules as they stand: no machinery.

Example answers go through the form, the fees, the office, the plan, the days and the grant; wrong ones are refused with
the field that is wrong; and on every way through the stages there is always somebody whose turn it is.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from random import Random
from typing import Any

import pytest
from routes import Move, Place, Routes

from activities import facts, sheets
from api import filing, following, pictures, wording
from bench import specimens
from bench.specimens import Specimen
from commands.catalogue import questions
from forms import form as forms
from forms.errors import Problems
from licences import applications, calendar, catalogue, check, fees, places
from licences.applications import Action, Decision, Item, Status, Turn, Verdict
from licences.calendar import BANGKOK
from licences.procedure import PAPERS, Due, Effect, Level, Operation, Procedure, Stage
from local import offices
from workflows import messages

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=BANGKOK)
CATALOGUE = catalogue.load()
EVERY = list(specimens.procedures(TODAY))
NAMES = [f"{one.licence}-{one.operation}" for one in EVERY]

every_procedure = pytest.mark.parametrize("procedure", EVERY, ids=NAMES)


def specimen(procedure: Procedure) -> Specimen:
    return specimens.specimen(procedure, TODAY)


def test_there_are_eight_hundred_and_seventy_one() -> None:
    assert (len(EVERY), len({one.version for one in EVERY}), len({one.licence for one in EVERY})) == (871, 871, 289)


def test_every_procedure_names_a_form_and_every_fee_is_asked_for_what_it_goes_by() -> None:
    report = check.check(CATALOGUE, questions())

    assert (report.errors, report.missing_forms) == ((), ())


# --- what is asked ---


@every_procedure
def test_its_example_is_taken_and_taken_again_unchanged(procedure: Procedure) -> None:
    one = specimen(procedure)

    again = forms.check(
        one.form, one.answers, attachments=forms.example_attachments(one.form), facts=_facts(one)
    ).as_json()

    assert again == one.answers
    assert forms.sections(one.form, one.answers, "th") and forms.sections(one.form, one.answers, "en")


def _facts(one: Specimen) -> dict[str, Any]:
    """What the registers said, by the names of the facts: as it stands in the answers."""
    said = {q.prefill: one.answers[q.id] for q in one.form.by_id.values() if q.prefill and q.id in one.answers}
    return specimens.ACCOUNT | said


@cache
def wrong(name: str) -> Sequence[tuple[dict[str, Any], str]]:
    return list(forms.invalid_examples(forms.load(name)))


@every_procedure
def test_wrong_answers_are_refused_with_the_field_that_is_wrong(procedure: Procedure) -> None:
    form = forms.load(procedure.form)
    some = wrong(procedure.form)

    for answers, field in Random(procedure.version).sample(some, min(3, len(some))):
        with pytest.raises(Problems) as refused:
            forms.check(form, answers, attachments=forms.example_attachments(form))
        assert field in {problem.field for problem in refused.value.problems}


@every_procedure
def test_what_a_fee_goes_by_cannot_be_left_out(procedure: Procedure) -> None:
    one = specimen(procedure)

    for question in {name for fee in procedure.fees for name in (fee.per, fee.times) if name and fee.until is None}:
        without = {key: value for key, value in one.answers.items() if key != question}
        with pytest.raises((Problems, fees.UnitMissing)) as refused:
            forms.check(one.form, without, attachments=forms.example_attachments(one.form), facts=_facts(one))
            fees.owed(procedure, without, on=TODAY)
        assert _names(refused.value) == {question}


def _names(refused: BaseException) -> set[str]:
    if isinstance(refused, Problems):
        return {problem.field for problem in refused.problems}
    return {str(getattr(refused, "field", ""))}


# --- where it goes, what is owed, by when ---


@every_procedure
def test_some_office_receives_it_and_has_somebody_for_every_stage(procedure: Procedure) -> None:
    office = specimen(procedure).office

    agency = places.agency_of(office)
    assert agency in CATALOGUE.agencies
    for stage in procedure.stages:
        seats = seats_of(stage.agency or agency, office, stage.role)
        seats += seats_of(agency, office, "supervisor") if stage.votes > 1 else []  # the chair's
        barred = [other for other in procedure.stages if other.name in stage.not_same_officer_as]
        needed = max(stage.votes, 1 + sum(other.role == stage.role for other in barred))  # each may be another's
        assert len(seats) >= needed, f"{stage.name}: {seats}"


KNOWN_SEATS = frozenset(offices())


def seats_of(agency: str, office: str, role: str) -> list[str]:
    """Who sits where the local profile appoints people: two officers, one inspector, one supervisor an agency."""
    names = [f"{role}-{agency}"] + ([f"officer-{agency}-2"] if role == "officer" else [])
    if role == "officer" and office != agency and office in KNOWN_SEATS:
        names.append(f"officer-{office}")
    return names if agency in KNOWN_SEATS else []


@every_procedure
def test_every_due_is_worked_out_to_the_satang(procedure: Procedure) -> None:
    one = specimen(procedure)
    authority = places.authority_code(one.office)

    both = fees.owed(procedure, one.answers, on=TODAY, authority=authority)
    parts = [fees.owed(procedure, one.answers, on=TODAY, authority=authority, due=due) for due in Due]
    late = fees.owed(procedure, one.answers, on=TODAY, authority=authority, late=True)

    assert both.satang == sum(part.satang for part in parts) == sum(line.satang for line in both.lines)
    assert late.satang >= both.satang
    assert all(line.law and line.payee for line in both.lines)
    filing.check_fees(procedure, one.answers, NOON, one.office)


@every_procedure
def test_every_seed_that_the_form_makes_up_has_a_price(procedure: Procedure) -> None:
    one = specimen(procedure)

    for seed in (1, 2, 3) if any(fee.per for fee in procedure.fees) else ():
        entry = {name.removeprefix("entry."): value for name, value in _facts(one).items() if name.startswith("entry.")}
        answers = specimens.answered(procedure.form, seed, **entry)
        assert fees.owed(procedure, answers, on=TODAY).satang >= 0


@every_procedure
def test_it_is_decided_within_the_days_that_the_manual_promises(procedure: Procedure) -> None:
    office = specimen(procedure).office
    received, due = filing.times(
        CATALOGUE, procedure, office, NOON, calendar.holidays(province=places.province_of(office))
    )
    closed = calendar.holidays(agency=places.agency_of(office), province=office.partition("@")[2][:2])

    day = received.date()
    for _, group in groupby(enumerate(procedure.stages), key=lambda pair: pair[1].together or pair[0]):
        day = max(calendar.due_on(day, stage.working_days, closed) for _, stage in group)

    assert received.date() <= day <= due


# --- what it grants ---


@every_procedure
def test_what_it_grants_can_be_said_on_paper_and_in_the_register(procedure: Procedure) -> None:
    one = specimen(procedure)

    said = specimens.granted(one, TODAY)

    assert said["licence"] == (procedure.acts_on or procedure.licence)
    assert said["definition"] == procedure.version
    assert len({item["id"] for item in said["particulars"]}) == len(said["particulars"])
    assert all(item["value"].strip() and "None" not in item["value"] for item in said["particulars"])
    sheet = sheets.licence(said, specimens.grant(one, TODAY).agency, made_at=NOON, url="http://localhost/v/x")
    assert all(row["label_th"] and row["label_en"] and row["value"] for row in sheet["rows"])


@every_procedure
def test_its_days_begin_and_end_as_its_effect_says(procedure: Procedure) -> None:
    one = specimen(procedure)
    first, last = facts.validity(specimens.grant(one, TODAY))
    before = one.before
    old = (_day(before["valid_from"]), _day(before["valid_until"])) if before else None

    match procedure.effect:
        case Effect.EXTEND:
            assert procedure.renewal_window and old and old[1]
            calendar.check_renewal(TODAY, old[1], procedure.renewal_window)
            assert old and old[1] and last and first == old[1] + timedelta(days=1) and last > old[1]
        case Effect.REPLACE | Effect.NOTE:
            assert (first, last) == old
        case Effect.END:
            assert old and (first, last) == (old[0], TODAY)
        case _:
            assert first == TODAY and (last is None or last > TODAY)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@every_procedure
def test_a_licence_says_more_than_whose_it_is(procedure: Procedure) -> None:
    said = specimens.granted(specimen(procedure), TODAY)

    assert procedure.effect is not Effect.ISSUE or said["particulars"]


@every_procedure
def test_what_is_granted_below_the_third_level_has_the_agencys_own_paper(procedure: Procedure) -> None:
    plan = messages.plan(procedure)

    assert plan.paper_there == (procedure.level is not Level.SEAL and procedure.effect in PAPERS)
    assert plan.paid_there == (procedure.level is Level.APPLY)
    assert plan.entered == (procedure.effect is not Effect.NONE)


# --- whose turn it is ---


def routes_of(procedure: Procedure) -> Routes:
    answers = specimen(procedure).answers
    owed = {due: fees.owed(procedure, answers, on=TODAY, due=due).satang for due in Due}
    return Routes(messages.plan(procedure), owed)


@every_procedure
def test_wherever_it_stands_there_is_somebody_whose_turn_it_is_and_a_way_to_an_end(procedure: Procedure) -> None:
    routes = routes_of(procedure)
    map_ = dict(routes.all())

    for here, moves in map_.items():
        status = routes.status(here)
        who, may = applications.turn(status), {(move.who, move.what) for move in moves}
        assert wording.NEXT[status].th
        if here.over:
            assert who is Turn.NOBODY and applications.is_over(status) and not moves
            continue
        # Whose turn it is has something to do that leads on, and so has every desk on which something lies.
        assert any(mover is who and what != Action.WITHDRAW for mover, what in may), (here, moves)
        assert len([move for move in moves if move.who is Turn.OFFICER]) >= len(here.open)
        assert who is Turn.ENGINE or applications.allowed(status, who) - {Action.WITHDRAW}
        # A day that passes takes nobody's turn away: it reminds, returns what was not answered, or has it seen again.
        for move in moves:
            if move.who is Turn.NOBODY:
                same = routes.status(move.to) is status
                assert same or move.to.over is Status.RETURNED or (here.fixing and move.to.open)
        # Until it is decided the applicant may give up, wherever it stands; and after it no more.
        gives_up = [move.to.over for move in moves if move.what == Action.WITHDRAW]
        assert gives_up == ([Status.WITHDRAWN] if here.step < routes.decided else [])
    assert stranded(map_) == set()


def stranded(map_: Mapping[Place, Sequence[Move]]) -> set[Place]:
    """Places from which no end can be reached."""
    before: dict[Place, set[Place]] = {}
    for here, moves in map_.items():
        for move in moves:
            before.setdefault(move.to, set()).add(here)
    found: set[Place] = set()
    todo = [here for here in map_ if here.over]
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            todo += before.get(here, ())
    return set(map_) - found


@every_procedure
def test_it_can_come_to_every_end_that_the_law_knows(procedure: Procedure) -> None:
    plan, ends = messages.plan(procedure), {here.over for here, _ in routes_of(procedure).all() if here.over}

    decided = set() if plan.by_fee and plan.operation is Operation.RENEW else {Status.REFUSED, Status.RETURNED}
    assert ends == {Status.ISSUED, Status.WITHDRAWN} | decided


def test_what_runs_side_by_side_is_heard_in_either_order_and_a_committee_by_its_majority() -> None:
    routes = routes_of(CATALOGUE.procedure("erc-generation", "new", TODAY))
    opinions, board = ("building-opinion", "factory-opinion"), "committee"
    places = list(dict(routes.all()))

    asked = [here for here in places if {stage for stage, _ in here.open} <= set(opinions) and here.open]
    heard_first = {here.said[0][0][0] for here in asked if len(here.said) == 1}
    votes = {tuple(v for (stage, _), v in here.said if stage == board) for here in places}
    advised = [here for here in places if [v for (s, _), v in here.said if s in opinions] == [Verdict.REFUSE]]

    assert heard_first == set(opinions)
    assert {(Verdict.REFUSE, Verdict.APPROVE), (Verdict.APPROVE, Verdict.REFUSE)} <= votes
    assert advised and not any(here.over for here in advised)


@every_procedure
def test_every_stage_takes_the_decisions_that_its_officer_may_give(procedure: Procedure) -> None:
    one = specimen(procedure)
    fields = {field.field for field in following.fields(one.form, procedure, one.answers, "th")}
    about = Item(field=sorted(fields)[0], wrong="ไม่ชัด", wanted="ให้ชัด")

    for stage in procedure.stages:
        for verdict, said in ((Verdict.APPROVE, {}), (Verdict.ASK, {"items": (about,)}), (Verdict.REFUSE, {})):
            decision = Decision(task_id="t", verdict=verdict, officer="o", reason="เหตุผล", **said)
            applications.check_decision(decision, task_is_open=True, fields=fields)
        fixes = {Verdict.FIX} if stage.kind == "inspection" else set()
        assert set(wording.effects(procedure, stage.name)) == {Verdict.APPROVE, Verdict.ASK, Verdict.REFUSE} | fixes
        assert _says(stage)


def _says(stage: Stage) -> bool:
    return all((stage.title.th, stage.title.en, stage.asks.th, stage.asks.en, stage.law))


@every_procedure
def test_every_step_of_it_is_in_the_picture(procedure: Procedure) -> None:
    drawn = {phase.name for phase in pictures.phases(procedure, "th")}

    assert {stage for here, _ in routes_of(procedure).all() for stage, _ in here.open} <= drawn
    assert pictures.lanes(procedure, "en").startswith("<svg")
