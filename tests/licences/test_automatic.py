"""Smart Decision: yes, or an officer; never no, and never yes on what is not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import automatic
from licences.procedure import AutomaticDecision, Rule

LAW = "SME Promotion Act B.E. 2543, s. 3"


def rule(test: str, value: object = None, fact: str = "sme.employees", id: str = "r") -> Rule:
    return Rule.model_validate({"id": id, "fact": fact, "test": test, "value": value, "law": LAW})


ACTIVE = rule("is", True, "company.active", "active")
FEW = rule("at-most", 50, "sme.employees", "few")
SMALL = rule("at-most", 10_000_000_000, "sme.yearly_income_satang", "small")
TABLES = AutomaticDecision(tables=((ACTIVE, FEW), (ACTIVE, SMALL)), law=LAW)


def test_every_rule_of_one_table_approves() -> None:
    outcome = automatic.decide(TABLES, {"company.active": True, "sme.employees": 12})

    assert (outcome.verdict, outcome.rules) == ("approve", ("active", "few"))
    assert outcome.unknown == ("sme.yearly_income_satang",)
    assert outcome.inputs == {"company.active": True, "sme.employees": 12}


def test_a_rule_that_does_not_hold_passes_it_on_and_is_named() -> None:
    facts = {"company.active": True, "sme.employees": 51, "sme.yearly_income_satang": 10_000_000_001}

    outcome = automatic.decide(TABLES, facts)

    assert (outcome.verdict, outcome.rules, outcome.unknown) == ("officer", ("few", "small"), ())


def test_what_is_not_known_never_approves() -> None:
    outcome = automatic.decide(TABLES, {"company.active": None, "sme.employees": 1, "sme.yearly_income_satang": 1})

    assert outcome.verdict == "officer"
    assert outcome.unknown == ("company.active",)


def test_a_table_without_rules_approves_nothing() -> None:
    assert automatic.decide(AutomaticDecision(tables=((),), law=LAW), {}).verdict == "officer"
    assert automatic.decide(AutomaticDecision(tables=(), law=LAW), {}).verdict == "officer"


@pytest.mark.parametrize(
    ("test", "value", "fact", "holds"),
    [
        ("is", True, True, True),
        ("is", True, 1, False),  # a number is not a yes
        ("is", "bankrupt", "bankrupt", True),
        ("is-not", "bankrupt", "running", True),
        ("is-not", "bankrupt", "bankrupt", False),
        ("is-not", "bankrupt", 5, False),
        ("at-most", 50, 50, True),
        ("at-most", 50, 51, False),
        ("at-most", 50, "12", False),  # text is not a number
        ("at-most", 50, True, False),
        ("at-least", 3, 3, True),
        ("at-least", 3, 2, False),
        ("in", ("a", "b"), "b", True),
        ("in", ("a", "b"), "c", False),
        ("known", None, "", True),
        ("known", None, None, False),
    ],
)
def test_what_a_rule_says_of_a_fact(test: str, value: object, fact: object, holds: bool) -> None:
    assert automatic.holds(rule(test, value), {"sme.employees": fact}) is holds


@given(
    st.dictionaries(
        st.sampled_from(["company.active", "sme.employees", "sme.yearly_income_satang"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    )
)
def test_taking_a_fact_away_never_turns_an_officer_into_an_approval(facts: dict[str, object]) -> None:
    if automatic.decide(TABLES, facts).verdict == "officer":
        for fact in facts:
            assert automatic.decide(TABLES, {k: v for k, v in facts.items() if k != fact}).verdict == "officer"


def test_the_sample_is_the_same_every_time_and_about_the_right_size() -> None:
    numbers = [f"APP-2569-{running:07d}-0" for running in range(4_000)]

    taken = [number for number in numbers if automatic.sampled(number, 5)]

    assert taken == [number for number in numbers if automatic.sampled(number, 5)]
    assert 150 < len(taken) < 250
    assert not any(automatic.sampled(number, 0) for number in numbers)
    assert all(automatic.sampled(number, 100) for number in numbers)
