"""A letter prints the way to appeal if and only if the door takes that appeal; where that is the court, it says so."""

from datetime import UTC, datetime

import pytest

from activities import case_sheets, sheets
from api import acting
from licences import acts, catalogue
from licences.acts import CaseStatus, Kind
from licences.applications import Action, Status, Turn, allowed
from records.tables import Case, Task

LAW = catalogue.load()
FOOD, DRUG = "lao-food-sale-large", "fda-drug-wholesale"
NOON = datetime(2026, 11, 28, 5, tzinfo=UTC)
DECIDED = Task(verdict="refuse")
OPENED = {"officer": "officer", "supervisor": "officer", "holder": "holder", "engine": "engine"}
ASKED_FOR = (Kind.TRANSFER, Kind.REPLACEMENT, Kind.CESSATION, Kind.STAY)
APPEALED = {
    ("suspension", "officer", "done"), ("revocation", "officer", "done"), ("transfer", "holder", "refused"),
    ("replacement", "holder", "refused"), ("cessation", "holder", "refused"), ("stay", "holder", "refused"),
}  # fmt: skip
"""(act, who opened it, how it ended) → an order that may be appealed against: every one of them."""


def ended(act: Kind, opened_as: str, status: str) -> Case:
    """A case that is over, as the letter and the door find it."""
    return Case(
        number="CASE-2569-0000001-2", act=act.value, status=status, opened_as=opened_as, found={}, about="",
        licence_number="LAO-2568-7000001-4", holder_name="บริษัท ตัวอย่าง จำกัด", wanted={"reason": "สูญหาย"},
    )  # fmt: skip


def ends(code: str) -> list[tuple[Case, acts.ActProcedure]]:
    """Every end of every act on a licence, by everybody who may open it."""
    found = []
    for act in Kind:
        rules = acts.procedure(act, LAW.licence(code))
        for opened_as in sorted({OPENED[one] for one in rules.opened_by}):
            found += [(ended(act, opened_as, status.value), rules) for status in CaseStatus]
    return found


def way_on(case: Case, rules: acts.ActProcedure) -> tuple[str, str] | None:
    """What the letter of a case prints under its reasons, in both languages."""
    sheet = case_sheets.letter(
        case, rules, LAW.agency("lao"), status=CaseStatus(case.status), reason="", signatory=("นางสาวมาลี", "เจ้าหน้าที่"),
        made_at=NOON, url="https://biz.example.go.th/cases/1",
    )  # fmt: skip
    found: tuple[str, str] | None = sheet["appeal"]
    return found


@pytest.mark.parametrize("code", [FOOD, DRUG])
def test_a_letter_prints_an_appeal_notice_if_and_only_if_the_door_takes_that_appeal(code: str) -> None:
    taken = set()
    for case, rules in ends(code):
        may = acting.appealable(case, [DECIDED])
        if case.status in (CaseStatus.DONE, CaseStatus.REFUSED):  # the ends that have a letter
            assert may is (way_on(case, rules) == sheets.appeal_of(rules.appeal)), (case.act, case.status)
        if may:
            taken.add((case.act, case.opened_as, case.status))

    known = {OPENED[one] for one in acts.procedure(Kind.STAY, LAW.licence(code)).opened_by}  # none: no Act without
    assert taken == {one for one in APPEALED if one[0] != "stay" or one[1] in known}


@pytest.mark.parametrize("code", [FOOD, DRUG])
def test_only_a_ruling_that_leaves_something_of_the_order_sends_to_the_court(code: str) -> None:
    rules = acts.procedure(Kind.APPEAL, LAW.licence(code))
    dismissed, allowed_whole = (ended(Kind.APPEAL, "holder", one) for one in ("refused", "done"))

    assert (way_on(dismissed, rules), way_on(allowed_whole, rules)) == (case_sheets.COURT, None)
    assert not acting.appealable(dismissed, [DECIDED])
    every = [(way_on(case, told), case.act) for case, told in ends(code) if case.status in ("done", "refused")]
    assert {act for way, act in every if way == case_sheets.COURT} == {"appeal"}


@pytest.mark.parametrize("act", ASKED_FOR)
def test_what_no_officer_decided_is_no_order(act: Kind) -> None:
    case = ended(act, "holder", "refused")  # of a transfer: whoever was to take it over did not agree

    assert not acting.appealable(case, []) and not acting.appealable(case, [Task(verdict="")])
    assert acting.appealable(case, [Task(verdict=""), DECIDED])


@pytest.mark.parametrize("status", list(Status))
def test_of_applications_those_that_end_by_a_letter_may_be_appealed(status: Status) -> None:
    may = Action.APPEAL in allowed(status, Turn.APPLICANT)

    assert may is (status in (Status.REFUSED, Status.RETURNED))  # `sheets.refusal`, `sheets.returned`
