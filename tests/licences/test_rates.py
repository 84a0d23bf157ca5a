"""Which legal day's rate a fee has, what an open bill does when a rate changes, and whose parts a fee is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import catalogue, fees, ledger, rates
from licences.procedure import Due, FeeRule, Payee, Procedure, Share

BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 1)
OLD = FeeRule(baht="1000", law="Act, s. 1", since=date(2020, 1, 1), until=BEFORE)
NEW = FeeRule(baht="1500", law="Act, s. 1", since=AFTER)


def a_procedure(*rules: FeeRule) -> Procedure:
    found = catalogue.load().procedure("lao-food-sale-large", "new", date(2026, 11, 20))
    return found.model_copy(update={"fees": rules})


def both(**said: object) -> tuple[FeeRule, FeeRule]:
    return OLD.model_copy(update=said), NEW.model_copy(update=said)


@pytest.mark.parametrize(
    ("rate_day", "baht"),
    [("filing", 1000), ("decision", 1000), ("issue", 1500)],
)
def test_the_legal_day_that_a_rule_names_decides_its_rate(rate_day: str, baht: int) -> None:
    days = {"filing": date(2026, 11, 20), "decision": BEFORE}

    quote = fees.owed(a_procedure(*both(rate_day=rate_day)), {}, on=AFTER, days=days)

    assert quote.satang == baht * 100
    assert [line.rate_on for line in quote.lines] == [days.get(rate_day, AFTER)]


def test_the_last_minute_of_the_old_year_and_the_first_of_the_new() -> None:
    procedure = a_procedure(*both())

    assert fees.owed(procedure, {}, on=BEFORE).satang == 100_000
    assert fees.owed(procedure, {}, on=AFTER).satang == 150_000


def test_where_filing_decides_the_law_of_filing_stays_and_else_todays_law_counts() -> None:
    filed = (OLD.model_copy(update={"until": None}), OLD.model_copy(update={"until": None, "rate_day": "issue"}))
    today = (NEW, NEW.model_copy(update={"rate_day": "issue"}))

    assert rates.rules_for(filed, today) == (filed[0], today[1])


@pytest.mark.parametrize(("rate_change", "baht"), [("keep", 1000), ("requote", 1500)])
def test_an_open_bill_follows_its_own_rule_when_the_rate_changes(rate_change: str, baht: int) -> None:
    procedure = a_procedure(*both(rate_day="issue", rate_change=rate_change))
    asked, now = (fees.owed(procedure, {}, on=on).lines for on in (BEFORE, AFTER))

    anew = fees.requoted(asked, now)

    assert sum(line.satang for line in anew) == baht * 100
    assert [line.rule_version for line in anew] == [
        line.rule_version for line in (now if rate_change == "requote" else asked)
    ]


def test_a_line_that_the_law_no_longer_knows_is_not_forgotten() -> None:
    asked = fees.owed(a_procedure(*both(rate_change="requote")), {}, on=BEFORE).lines

    assert fees.requoted(asked, ()) == asked


@pytest.mark.parametrize(
    ("shares", "points"),
    [
        ((), {Payee.TREASURY: 9_900, Payee.SYSTEM: 100}),
        (
            (Share(payee=Payee.LOCAL, basis_points=9_000), Share(payee=Payee.TREASURY, basis_points=1_000)),
            {Payee.LOCAL: 8_910, Payee.TREASURY: 990, Payee.SYSTEM: 100},
        ),
    ],
)
def test_one_per_cent_keeps_the_system_going_when_it_is_asked_for(
    shares: tuple[Share, ...], points: dict[Payee, int]
) -> None:
    rule = OLD.model_copy(update={"shares": shares})

    kept = rates.with_system_fee(rule, 100)

    assert {share.payee: share.basis_points for share in kept} == points
    assert rates.with_system_fee(rule, 0) == shares
    assert rates.with_system_fee(rule.model_copy(update={"line": "deposit"}), 100) == shares


@given(st.integers(1, 5_000), st.lists(st.integers(1, 100), min_size=1, max_size=4))
def test_the_parts_always_make_the_whole(system_fee: int, parts: list[int]) -> None:
    points = rates.apportion(rates.ALL_OF_IT, parts)
    rule = OLD.model_copy(update={"shares": tuple(Share(payee=Payee.AGENCY, basis_points=one) for one in points)})

    assert sum(share.basis_points for share in rates.with_system_fee(rule, system_fee)) == rates.ALL_OF_IT


def test_what_is_collected_for_another_agency_is_that_agencys() -> None:
    rule = OLD.model_copy(update={"owner": "fda", "payee": Payee.AGENCY})
    quote = fees.owed(a_procedure(rule), {}, on=BEFORE, due=Due.BEFORE_ISSUE)

    moves = ledger.postings(100_000, quote.lines, agency="dbd")

    assert [(one.credit, one.satang) for one in moves] == [("payable:agency:fda", 100_000)]
