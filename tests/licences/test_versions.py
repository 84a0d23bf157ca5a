"""Two versions side by side, in words."""

from datetime import date

from licences import catalogue, versions
from licences.procedure import FeeRule, Policy, Procedure, Validity

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

    assert set(type(OLD).model_fields) - compared == {"licence", "operation", "version", "questions", "on_change"}


def changed(**parts: object) -> Procedure:
    return OLD.model_copy(update=parts)


def test_another_text_of_the_same_form_is_another_version_and_asks_again() -> None:
    (change,) = versions.changes(OLD, changed(questions="0" * 64))

    assert (change.part, change.policy) == ("form", Policy.ASK_AGAIN)
    assert OLD.questions and catalogue.named(changed(questions="0" * 64)).version != OLD.version


def test_a_definition_that_kept_no_text_of_its_form_is_not_said_to_have_changed() -> None:
    assert versions.changes(changed(questions=""), OLD) == ()


def test_a_version_declares_for_a_part_what_it_means_for_those_who_began() -> None:
    declares = changed(questions="0" * 64, stages=OLD.stages[1:], on_change={"form": Policy.GRANDFATHER})

    assert {one.part: one.policy for one in versions.changes(OLD, declares)} == {
        "form": Policy.GRANDFATHER,
        "stages": Policy.GRANDFATHER,
    }
    assert catalogue.named(changed(on_change={"form": Policy.GRANDFATHER})).version == OLD.version


def test_an_undecided_application_takes_over_what_is_asked_again_and_nothing_else() -> None:
    new = changed(questions="0" * 64, documents=(), stages=OLD.stages[1:], fees=(), validity=Validity(years=9))

    goes_on = versions.carried(OLD, new)

    assert (goes_on.questions, goes_on.documents) == (new.questions, ())
    assert (goes_on.stages, goes_on.fees, goes_on.validity) == (OLD.stages, OLD.fees, OLD.validity)
    assert goes_on.version not in (OLD.version, new.version)
    assert versions.carried(goes_on, new) == goes_on


def test_what_is_grandfathered_leaves_an_application_as_it_was() -> None:
    new = changed(questions="0" * 64, stages=(), on_change={"form": Policy.GRANDFATHER})

    assert versions.carried(OLD, new) == OLD
