"""Two versions side by side, in words."""

from datetime import date

from licences import catalogue, versions
from licences.procedure import FeeRule, Validity
from licences.versions import Policy

OLD = catalogue.load().procedure("lao-food-sale-large", "new", date(2026, 11, 20))


def test_the_same_version_has_no_changes() -> None:
    assert versions.changes(OLD, OLD) == ()


def test_a_longer_validity_is_said_in_both_languages() -> None:
    (change,) = versions.changes(OLD, OLD.model_copy(update={"validity": Validity(years=3)}))

    assert change.part == "validity" and change.policy is Policy.GRANDFATHER
    assert "years 1" in change.said.en and "years 3" in change.said.en
    assert change.said.th.startswith("อายุใบอนุญาต")


def test_another_form_asks_again() -> None:
    (change,) = versions.changes(OLD, OLD.model_copy(update={"form": "food-sale-large-2"}))

    assert change.policy is Policy.ASK_AGAIN
    assert change.said.en == "The form: from food-sale-large to food-sale-large-2"


def test_a_stage_that_comes_goes_changes_or_moves_is_named() -> None:
    completeness, inspection, approval = OLD.stages
    quick = approval.model_copy(update={"working_days": 2})

    fewer = versions.changes(OLD, OLD.model_copy(update={"stages": (completeness, quick)}))
    more = versions.changes(OLD.model_copy(update={"stages": (completeness, approval)}), OLD)
    moved = versions.changes(OLD, OLD.model_copy(update={"stages": (completeness, approval, inspection)}))

    assert [change.said.en for change in fewer] == [
        "Stage inspection is gone",
        "Stage approval (working_days): from 9 to 2",
    ]
    assert [change.said.en for change in more] == ["Stage inspection is new"]
    assert [change.said.en for change in moved] == ["Stages come in another order"]


def test_a_new_rate_says_what_an_open_bill_does() -> None:
    old = FeeRule(baht="100", law="a law", since=date(2020, 1, 1))
    ended = old.model_copy(update={"until": date(2026, 12, 31)})
    new = FeeRule(baht="150", law="a law", since=date(2027, 1, 1), rate_change="requote")

    found = versions.changes(OLD.model_copy(update={"fees": (old,)}), OLD.model_copy(update={"fees": (ended, new)}))

    assert [change.policy for change in found] == [Policy.GRANDFATHER, Policy.GRANDFATHER, Policy.REQUOTE]
    assert "150 baht from 2027-01-01" in found[-1].said.en


def test_every_part_of_a_procedure_is_compared() -> None:
    compared = set(versions.PARTS) | set(versions.ROWS) | {"fees"}

    assert set(type(OLD).model_fields) - compared == {"licence", "operation", "version"}
