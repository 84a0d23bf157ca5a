"""Who may ask for what. Pure."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.th import moa

from api import eligibility
from api.eligibility import (
    AssuranceTooLow,
    Holder,
    HolderNotEligible,
    LicenceNotActive,
    NumberWrong,
    PrerequisiteMissing,
)
from api.people import Person
from exchange.counterparts.people import with_check_digit
from licences import catalogue
from licences.calendar import RenewalTooEarly, RenewalTooLate
from licences.procedure import Effect, Prerequisite, Procedure
from records.register import AtPlace
from records.tables import Holding
from records.tables import Person as PersonRow

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def a_procedure(**changes: Any) -> Procedure:
    return catalogue.load().procedure("lao-food-sale-large", "renew", TODAY).model_copy(update=changes)


def a_person(assurance: str) -> Person:
    return Person(
        PersonRow(
            id="p", issuer="i", subject="s", pid_digest="d", pid_sealed=b"", pid_masked="", given_name="ก",
            family_name="ข", assurance=assurance, seen_at=NOW,
        )
    )  # fmt: skip


def a_holding(status: str = "in-force", until: date | None = date(2026, 12, 31)) -> Holding:
    return Holding(
        licence_number="LAO-2569-0000001-L", licence="lao-food-sale-large", agency="lao", holder_kind="juristic",
        holder_key="0107999000018", holder_name="", status=status, valid_from=date(2026, 1, 1), valid_until=until,
        entry=1, grams=[], as_of=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(("text", "level"), [("IAL2", 2), ("2.3", 2), ("ial3", 3), ("", 0), ("high", 0), ("๒", 0)])
def test_a_level_of_assurance_is_read_in_either_writing(text: str, level: int) -> None:
    assert eligibility.assurance(text) == level


@pytest.mark.parametrize(("had", "enough"), [("2.3", True), ("3", True), ("1.1", False), ("", False)])
def test_a_sign_in_must_be_as_strong_as_the_licence_asks(had: str, enough: bool) -> None:
    procedure = a_procedure(assurance="IAL2")

    if enough:
        eligibility.check_assurance(procedure, a_person(had))
    else:
        with pytest.raises(AssuranceTooLow):
            eligibility.check_assurance(procedure, a_person(had))


COMPANY, ONESELF = Holder.model_validate({"juristic_id": "0107999000018"}), Holder.model_validate({"self": True})


@pytest.mark.parametrize(
    ("who", "holder", "may"),
    [
        ("both", COMPANY, True),
        ("both", ONESELF, True),
        ("juristic", COMPANY, True),
        ("juristic", ONESELF, False),
        ("natural", COMPANY, False),
        ("natural", ONESELF, True),
    ],
)
def test_some_licences_are_for_companies_only_and_some_for_people(who: str, holder: Holder, may: bool) -> None:
    if may:
        eligibility.check_eligible(a_procedure(applicant=who), holder)
    else:
        with pytest.raises(HolderNotEligible):
            eligibility.check_eligible(a_procedure(applicant=who), holder)


@given(st.integers(0, 10**12 - 1))
def test_a_companys_number_is_taken_exactly_when_its_check_digit_fits(twelve: int) -> None:
    right = with_check_digit(f"{twelve:012d}")
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)

    assert eligibility.juristic_number(right) == right
    with pytest.raises(NumberWrong):
        eligibility.juristic_number(wrong)


def test_our_check_digit_is_the_one_that_others_use() -> None:
    assert moa.is_valid(eligibility.juristic_number("0-1079-99000-01-8"))
    assert eligibility.juristic_number("๐๑๐๗๙๙๙๐๐๐๐๑๘") == "0107999000018"


@pytest.mark.parametrize("text", ["", "1", "a" * 13, "01079990000180", "²" * 13])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NumberWrong) as refusal:
        eligibility.juristic_number(text)

    assert refusal.value.field == "holder.juristic_id"


@pytest.mark.parametrize(
    ("holding", "changes", "refusal"),
    [
        (a_holding(), {}, None),
        (a_holding(until=date(2027, 6, 30)), {}, RenewalTooEarly),
        (a_holding("expired", date(2024, 1, 31)), {}, RenewalTooLate),
        (a_holding("ended"), {}, LicenceNotActive),
        (a_holding("revoked"), {"effect": Effect.REPLACE}, LicenceNotActive),
        (a_holding("expired"), {"effect": Effect.REPLACE}, LicenceNotActive),
        (a_holding("expired"), {"effect": Effect.NOTE}, None),
        (a_holding("suspended"), {"effect": Effect.END}, None),
        (a_holding(until=None), {}, None),
    ],
)
def test_what_may_be_done_with_a_licence_depends_on_where_it_stands(
    holding: Holding, changes: dict[str, Any], refusal: type[Exception] | None
) -> None:
    procedure = a_procedure(**changes)

    if refusal is None:
        eligibility.check_may_act(procedure, holding, TODAY)
    else:
        with pytest.raises(refusal):
            eligibility.check_may_act(procedure, holding, TODAY)


def test_any_one_of_the_licences_that_must_come_first_will_do() -> None:
    needed = Prerequisite(any_of=("a", "b"), law="พ.ร.บ. ตัวอย่าง ม.1")

    eligibility.check_prerequisite(needed, {"b", "c"})
    with pytest.raises(PrerequisiteMissing) as refusal:
        eligibility.check_prerequisite(needed, {"c"})

    assert "a, b" in refusal.value.en and "ม.1" in refusal.value.th


@pytest.mark.parametrize(
    ("effect", "acts_on", "one"),
    [(Effect.ISSUE, None, False), (Effect.EXTEND, None, True), (Effect.NONE, None, False), (Effect.NONE, "x", True)],
)
def test_which_procedures_speak_of_a_licence_that_is_held(effect: Effect, acts_on: str | None, one: bool) -> None:
    assert eligibility.acts_on_one(a_procedure(effect=effect, acts_on=acts_on)) is one


def there(number: str = "A", holder: str = "x", premises: dict[str, str] | None = None, paper: str = "") -> AtPlace:
    return AtPlace(number, "a-first", holder, paper, premises, date(2026, 1, 1), None)


HERE, NEXT_DOOR = {"house_no": "99/1", "subdistrict_code": "100101"}, {"house_no": "99/2", "subdistrict_code": "100101"}
FIRST = Prerequisite(any_of=("a-first",), binds="premises", law="a law")


@pytest.mark.parametrize(
    ("known", "numbers", "premises"),
    [
        (there("DHSS-1"), {"DHSS-1"}, None),
        (there(paper="10101-65"), {"10101-65"}, NEXT_DOOR),
        (there(premises=HERE), (), HERE),
        (there(premises=HERE), (), {"house_no": "๙๙ / ๑", "subdistrict_code": "100101"}),
        (there(premises={"subdistrict_code": "100101"}), (), HERE),  # a home: the register does not show its number
        (there(holder="mine"), (), HERE),
        (there(holder="mine", premises=HERE), (), None),
    ],
)
def test_what_must_come_first_may_be_anybodys_that_is_in_force_for_the_place(
    known: AtPlace, numbers: Any, premises: Any
) -> None:
    found = eligibility.check_prerequisite_there(FIRST, [known], holder_key="mine", numbers=numbers, premises=premises)

    assert found is known


@pytest.mark.parametrize(
    ("known", "numbers", "premises", "field"),
    [
        (there("DHSS-1"), {"DHSS-2"}, None, "licence"),
        (there(premises=HERE), (), NEXT_DOOR, "premises"),
        (there(premises=HERE), (), HERE | {"subdistrict_code": "100102"}, "premises"),
        (there(holder="mine", premises=HERE), (), NEXT_DOOR, "premises"),
        (there(), (), HERE, "premises"),
        (replace(there(premises=HERE), licence="another"), (), HERE, "premises"),
    ],
)
def test_a_licence_for_another_place_is_not_enough(known: AtPlace, numbers: Any, premises: Any, field: str) -> None:
    with pytest.raises(PrerequisiteMissing) as missing:
        eligibility.check_prerequisite_there(FIRST, [known], holder_key="mine", numbers=numbers, premises=premises)

    assert missing.value.field == field
