"""The catalogue as it is: the published totals, no faults; and each fault found when it is put in."""

from collections.abc import Callable
from typing import Any

import pytest

from licences import catalogue, check
from licences.catalogue import Catalogue
from licences.procedure import AskedDocument, FeeRule, Licence, Operation, Prerequisite, Stage, Text, Tier

LOADED = catalogue.load()
FOOD = LOADED.licence("lao-food-sale-large")


def having(*changed: Licence) -> Catalogue:
    versions = LOADED.versions | {licence.code: (licence,) for licence in changed}
    return Catalogue(LOADED.agencies, versions, {})


def food(**changes: Any) -> Licence:
    return FOOD.model_copy(update=changes)


def food_new(**changes: Any) -> Licence:
    act = FOOD.operations[Operation.NEW].model_copy(update=changes)
    return food(operations={**FOOD.operations, Operation.NEW: act})


def fee(**said: Any) -> FeeRule:
    return FeeRule.model_validate({"law": "a law", "since": "2020-01-01", **said})


def stage(name: str, **said: Any) -> Stage:
    return FOOD.operations[Operation.NEW].stages[0].model_copy(update={"name": name, **said})


def test_the_catalogue_has_the_published_totals() -> None:
    counts = check.check(LOADED).counts

    assert {name: counts[name] for name in list(counts)[:8]} == {
        "licences": 289,
        "agencies": 41,
        "fully-digital": 191,
        "fully-digital agencies": 22,
        "provincial": 131,
        "provincial fully-digital": 69,
        "business types": 25,
        "procedures": 871,
    }
    assert counts["provisional fees"] and counts["provisional stages"] and counts["provisional documents"]


def test_the_catalogue_has_no_faults() -> None:
    assert check.check(LOADED).errors == ()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: food(title=Text(th="Food", en="Food")), "no Thai letter"),
        (lambda: food(title=Text(th="อาหาร", en="อาหาร")), "is in Thai"),
        (lambda: food(law=" "), "no law"),
        (lambda: food(renewal_window=None), "say from when"),
        (lambda: food(validity=None), "say its validity"),
        (lambda: food(provinces=("10",)), "where to go elsewhere"),
        (lambda: food(business_types=("circus",)), "no business type circus"),
        (lambda: food(elsewhere_licence="no-such"), "no licence no-such"),
        (lambda: food(prerequisites=(Prerequisite(any_of=("nothing",), law="a law"),)), "no licence nothing"),
        (lambda: food(prerequisites=(Prerequisite(any_of=(FOOD.code,), law="a law"),)), "lead back to itself"),
        (lambda: food_new(stages=()), "nobody decides"),
        (lambda: food_new(stages=(stage("a"), stage("a"))), "unreachable"),
        (lambda: food_new(stages=(stage("a", not_same_officer_as=("b",)), stage("b"))), "does not come before"),
        (lambda: food_new(stages=(stage("a", agency="nasa"),)), "nasa, which is no agency"),
        (lambda: food_new(stages=(stage("a", kind="record-number"),)), "comes from the level"),
        (lambda: food_new(stages=(stage("a", kind="committee"),)), "a committee has several"),
        (lambda: food_new(stages=(stage("a", votes=2),)), "any other stage one"),
        (lambda: food_new(stages=(stage("a", kind="opinion"), stage("b"))), "say which agency's"),
        (lambda: food_new(stages=(stage("a"), stage("b", kind="opinion", agency="diw"))), "who decides after it"),
        (
            lambda: food_new(stages=(stage("a", together="x"), stage("b"), stage("c", together="x"))),
            "do not follow one another",
        ),
        (lambda: food_new(stages=(stage("a", working_days=31),)), "31 working days, and 30 are promised"),
        (
            lambda: food_new(
                documents=(AskedDocument(id="id_card", title=Text(th="สำเนาบัตรประชาชน", en="ID card"), law="a law"),)
            ),
            "nobody is asked for it",
        ),
        (lambda: food_new(fees=(fee(baht="1", law=" "),)), "no law"),
        (lambda: food_new(fees=(fee(),)), "flat needs baht"),
        (lambda: food_new(fees=(fee(basis="per-unit", baht="1"),)), "per-unit needs per"),
        (lambda: food_new(fees=(fee(baht="1", until="2019-01-01"),)), "before it begins"),
        (lambda: food_new(fees=(fee(baht="1", shares=[{"payee": "system", "basis_points": 1}]),)), "do not add up"),
        (
            lambda: food_new(
                fees=(fee(basis="tiers", per="a", tiers=(Tier(up_to=2, baht="1"), Tier(up_to=1, baht="2"))),)
            ),
            "do not grow",
        ),
        (lambda: food_new(fees=(fee(baht="1"), fee(baht="2"))), "give each a title"),
    ],
)
def test_a_fault_is_found_and_named(wrong: Callable[[], Licence], told: str) -> None:
    errors = check.check(having(wrong())).errors

    assert [error for error in errors if told in error and FOOD.code in error]


def test_stages_side_by_side_take_as_long_as_the_longest() -> None:
    stages = (stage("a", together="x", working_days=20), stage("b", together="x", working_days=30))

    assert check.check(having(food_new(stages=stages))).errors == ()


def test_a_rate_that_follows_another_is_not_a_second_line() -> None:
    fees = (fee(baht="1", until="2026-12-31"), fee(baht="2", since="2027-01-01"))

    assert check.check(having(food_new(fees=fees))).errors == ()


def test_a_fee_that_needs_what_the_form_does_not_ask_is_found() -> None:
    forms: dict[str, set[str]] = {act.form: set() for one in LOADED.licences for act in one.operations.values()}
    forms["food-sale-large"] = {"floor_area_sqm"}

    report = check.check(having(food_new()), forms)

    wanted = [error for error in report.errors if "food-sale-large" in error and "floor_area_sqm" in error]
    assert len(wanted) == 1 and "renew" in wanted[0]
    assert report.missing_forms == ()


def test_a_form_that_does_not_exist_is_found() -> None:
    report = check.check(LOADED, {})

    assert "food-sale-large" in report.missing_forms
    assert len(report.errors) == 871


def test_two_agencies_cannot_share_an_abbreviation() -> None:
    twin = LOADED.agency("dbd").model_copy(update={"abbreviation": "LAO"})

    errors = check.check(Catalogue({**LOADED.agencies, "dbd": twin}, LOADED.versions, {})).errors

    assert len([error for error in errors if "abbreviation LAO" in error]) == 2
