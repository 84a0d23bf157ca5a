"""Whose turn it is, and what makes a decision complete."""

from datetime import date

import pytest
from pydantic import ValidationError

from licences import applications
from licences.applications import Action, Decision, Item, Status, Turn, Verdict
from licences.errors import Conflict, Forbidden, NotAllowed

WRONG = Item(field="floor_area_sqm", wrong="ไม่ตรงกับแผนผัง", wanted="พื้นที่ตามแผนผัง")


def a_decision(**said: object) -> Decision:
    return Decision.model_validate({"task_id": "t", "verdict": "approve", "officer": "o-1", **said})


def test_every_status_says_whose_turn_it_is() -> None:
    assert {status: applications.turn(status) for status in Status}.keys() == set(Status)
    assert applications.turn(Status.TO_PAY) is Turn.APPLICANT
    assert applications.turn(Status.IN_REVIEW) is Turn.OFFICER
    assert applications.turn(Status.ISSUING) is Turn.ENGINE
    assert {s for s in Status if applications.is_over(s)} == {"issued", "refused", "returned", "withdrawn"}


def test_who_has_the_turn_has_something_to_do() -> None:
    for status in Status:
        who = applications.turn(status)
        if who in (Turn.APPLICANT, Turn.OFFICER):
            assert applications.allowed(status, who) - {Action.WITHDRAW}


@pytest.mark.parametrize("status", [Status.ISSUING, Status.ISSUED, Status.REFUSED, Status.RETURNED, Status.WITHDRAWN])
def test_what_is_decided_is_not_withdrawn(status: Status) -> None:
    assert Action.WITHDRAW not in applications.allowed(status, Turn.APPLICANT)


def test_an_officer_decides_only_in_review_and_an_applicant_never() -> None:
    assert [s for s in Status if Action.DECIDE in applications.allowed(s, Turn.OFFICER)] == [Status.IN_REVIEW]
    assert not [s for s in Status if Action.DECIDE in applications.allowed(s, Turn.APPLICANT)]


def test_what_the_agency_did_is_recorded_by_its_number_and_nothing_else() -> None:
    applications.check_decision(a_decision(number="กท 12/2569"), task_is_open=True, records=True)
    for said, answer in (
        ({}, applications.NumberMissing),
        ({"number": "  "}, applications.NumberMissing),
        ({"verdict": "refuse", "reason": "ไม่", "number": "1"}, applications.OnlyRecorded),
        ({"verdict": "ask", "reason": "ไม่", "items": [WRONG]}, applications.OnlyRecorded),
    ):
        with pytest.raises(answer):
            applications.check_decision(a_decision(**said), task_is_open=True, records=True)  # type: ignore[arg-type]
    with pytest.raises(applications.NumberNotAsked):
        applications.check_decision(a_decision(number="12/2569"), task_is_open=True)


def test_a_complete_decision_may_be_taken() -> None:
    applications.check_decision(a_decision(conditions=["เปิดไม่เกินเวลา 22.00 น."]), task_is_open=True)
    applications.check_decision(a_decision(verdict="refuse", reason="พื้นที่ไม่ผ่าน"), task_is_open=True)
    applications.check_decision(
        a_decision(verdict="ask", reason="แก้พื้นที่", items=[WRONG]), task_is_open=True, fields={"floor_area_sqm"}
    )


@pytest.mark.parametrize(
    ("said", "known", "answer"),
    [
        ({}, {"task_is_open": False}, applications.TaskClosed),
        ({"verdict": "refuse"}, {}, applications.ReasonMissing),
        ({"verdict": "refuse", "reason": "  \n"}, {}, applications.ReasonMissing),
        ({"verdict": "ask", "items": [WRONG]}, {}, applications.ReasonMissing),
        ({"verdict": "ask", "reason": "แก้ไข"}, {}, applications.ItemsMissing),
        ({"verdict": "ask", "reason": "แก้ไข", "items": [WRONG, WRONG]}, {}, applications.ItemTwice),
        ({"verdict": "ask", "reason": "แก้ไข", "items": [WRONG]}, {"fields": {"tax"}}, applications.ItemUnknown),
        ({"verdict": "ask", "reason": "แก้ไข", "items": [WRONG]}, {"times_asked": 1}, applications.AskedBefore),
        ({"items": [WRONG]}, {}, applications.ItemsNotAsked),
        ({"verdict": "refuse", "reason": "ไม่", "conditions": ["ก"]}, {}, applications.ConditionsNotApproved),
        ({}, {"earlier_officers": ("o-1",)}, applications.SameOfficer),
        ({}, {"applicant": "o-1"}, applications.OwnApplication),
    ],
)
def test_a_decision_that_lacks_something_is_told_what(
    said: dict[str, object], known: dict[str, object], answer: type[NotAllowed]
) -> None:
    with pytest.raises(answer) as no:
        applications.check_decision(a_decision(**said), **{"task_is_open": True, **known})  # type: ignore[arg-type]

    assert no.value.th and no.value.en


@pytest.mark.parametrize(
    ("said", "lawful"),
    [
        ({}, False),
        ({"officials_fault": True}, False),
        ({"allowed_by": "boss"}, False),
        ({"officials_fault": True, "allowed_by": "boss"}, True),
    ],
)
def test_a_second_request_needs_the_supervisors_leave(said: dict[str, object], lawful: bool) -> None:
    decision = a_decision(verdict="ask", reason="เจ้าหน้าที่ตรวจตกหล่น", items=[WRONG], **said)

    applications.check_decision(decision, task_is_open=True, times_asked=0)
    if lawful:
        applications.check_decision(decision, task_is_open=True, times_asked=1)
    else:
        with pytest.raises(applications.AskedBefore, match="supervisor"):
            applications.check_decision(decision, task_is_open=True, times_asked=1)


FAILED = {"item": "ทางหนีไฟ", "result": "fail", "note": "ย้ายลัง"}
FIX = {"verdict": "fix", "reason": "แก้ไขได้", "report": [FAILED], "fix_by": date(2026, 12, 1)}


@pytest.mark.parametrize(
    ("said", "inspects", "wrong"),
    [
        (FIX, True, None),
        (FIX, False, applications.OnlyInspected),
        (FIX | {"report": []}, True, applications.NothingToFix),
        (FIX | {"report": [FAILED | {"result": "pass"}]}, True, applications.NothingToFix),
        (FIX | {"report": [FAILED | {"note": " "}]}, True, applications.NothingToFix),
        (FIX | {"fix_by": None}, True, applications.FixByWrong),
        (FIX | {"reason": ""}, True, applications.ReasonMissing),
        ({"fix_by": date(2026, 12, 1)}, True, applications.FixByWrong),
        ({"report": [FAILED]}, True, applications.LineFailed),
        ({"report": [FAILED]}, False, None),
        ({"report": [FAILED | {"result": "pass"}]}, True, None),
        ({"verdict": "refuse", "reason": "ไม่ผ่าน", "report": [FAILED]}, True, None),
    ],
)
def test_what_failed_is_put_right_or_refused_and_never_passed(
    said: dict[str, object], inspects: bool, wrong: type[NotAllowed] | None
) -> None:
    decision = a_decision(**said)

    if wrong is None:
        applications.check_decision(decision, task_is_open=True, inspects=inspects)
        return
    with pytest.raises(wrong) as no:
        applications.check_decision(decision, task_is_open=True, inspects=inspects)
    assert no.value.th and no.value.en


@pytest.mark.parametrize(("today", "lawful"), [("2026-11-30", True), ("2026-12-01", False), ("2025-11-01", False)])
def test_what_is_put_right_is_put_right_within_a_year_to_come(today: str, lawful: bool) -> None:
    decision = a_decision(**FIX)

    if lawful:
        applications.check_fix_by(decision, date.fromisoformat(today))
    else:
        with pytest.raises(applications.FixByWrong):
            applications.check_fix_by(decision, date.fromisoformat(today))


def test_answers_of_the_door_follow_from_the_kind_of_no() -> None:
    assert issubclass(applications.TaskClosed, Conflict)
    assert issubclass(applications.SameOfficer, Forbidden)
    assert applications.ReasonMissing("ก", "a").code == "reason-missing"


def test_a_decision_is_frozen_and_knows_its_words() -> None:
    with pytest.raises(ValidationError):
        a_decision(verdict="maybe")
    with pytest.raises(ValidationError):
        a_decision(note="?")
    with pytest.raises(ValidationError):
        a_decision().reason = "x"  # type: ignore[misc]
    assert a_decision().verdict is Verdict.APPROVE
