"""Fees: what is owed, when, to whom. Made-up rules here; real ones in test_by_hand.py."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import fees
from licences.procedure import Appeal, Due, Effect, FeeRule, Level, Operation, Payee, Procedure, Routing, Text, Tier

LAW = "Made-up Act s.1"
SINCE = date(2020, 1, 1)
TODAY = date(2026, 11, 20)


def a_procedure(*rules: FeeRule) -> Procedure:
    text = Text(th="ก", en="a")
    return Procedure(
        licence="made-up",
        operation=Operation.NEW,
        version="0" * 64,
        title=text,
        agency="lao",
        law=LAW,
        level=Level.SEAL,
        routing=Routing.LOCAL,
        applicant="both",
        assurance="IAL2",
        display_required=True,
        digits="arabic",
        form="made-up",
        effect=Effect.ISSUE,
        acts_on=None,
        documents=(),
        stages=(),
        fees=rules,
        automatic=None,
        validity=None,
        renewal_window=None,
        one_per="many",
        prerequisites=(),
        appeal=Appeal(to=text, days=15, law=LAW),
        decision_days=15,
    )


def owed(rule: FeeRule, answers: Mapping[str, object]) -> int:
    return fees.owed(a_procedure(rule), answers, on=TODAY).satang


def flat(baht: str, **more: object) -> FeeRule:
    return FeeRule.model_validate({"baht": baht, "law": LAW, "since": SINCE, **more})


AREA = FeeRule(
    basis="tiers",
    per="floor_area_sqm",
    tiers=(Tier(up_to=100, baht="1000"), Tier(up_to=200, baht="3000"), Tier(baht="10000")),
    law=LAW,
    since=SINCE,
)


def test_a_flat_fee_is_the_same_for_everybody() -> None:
    quote = fees.owed(a_procedure(flat("1000")), {}, on=TODAY)

    assert quote.satang == 100_000
    assert quote.lines[0].title.th == "ค่าธรรมเนียมใบอนุญาต"
    assert quote.lines[0].law == LAW


def test_nothing_owed_is_a_quote_without_lines() -> None:
    assert fees.owed(a_procedure(), {}, on=TODAY) == fees.Quote(lines=(), satang=0, provisional=False)


def test_a_fee_per_square_metre_counts_the_square_metres() -> None:
    rule = flat("10", basis="per-unit", per="floor_area_sqm")

    assert owed(rule, {"floor_area_sqm": 250}) == 250_000
    assert owed(rule, {"floor_area_sqm": "๑,๒๐๐.๕"}) == 1_200_500
    assert owed(rule, {"premises": {}, "floor_area_sqm": "0.005"}) == 5
    assert owed(rule, {"floor_area_sqm": "0.0005"}) == 1  # half a satang goes up


def test_an_answer_inside_a_block_is_found_along_its_path() -> None:
    rule = flat("10", basis="per-unit", per="premises.floor_area_sqm")

    assert owed(rule, {"premises": {"floor_area_sqm": 3}}) == 3_000


@pytest.mark.parametrize("answers", [{}, {"floor_area_sqm": None}, {"floor_area_sqm": ""}])
def test_a_unit_the_answers_do_not_state_is_not_guessed(answers: dict[str, object]) -> None:
    with pytest.raises(fees.UnitMissing) as no:
        owed(AREA, answers)

    assert no.value.field == "floor_area_sqm"


@pytest.mark.parametrize("size", [-1, "a lot", True, "NaN", "1e9", float("inf"), [], {}])
def test_a_size_that_is_not_a_number_is_not_a_size(size: object) -> None:
    with pytest.raises((fees.UnitUnreadable, fees.UnitMissing)):
        owed(AREA, {"floor_area_sqm": size})


@pytest.mark.parametrize(
    ("area", "baht"), [("0", 1000), ("100", 1000), ("100.01", 3000), ("200", 3000), ("99999", 10000)]
)
def test_a_tier_holds_up_to_and_including_its_size(area: str, baht: int) -> None:
    assert owed(AREA, {"floor_area_sqm": area}) == baht * 100


def test_a_size_beyond_the_table_is_an_answer_and_not_a_guess() -> None:
    rule = AREA.model_copy(update={"tiers": AREA.tiers[:2]})

    with pytest.raises(fees.SizeNotCovered):
        owed(rule, {"floor_area_sqm": 201})


def test_a_tier_may_cost_so_much_each() -> None:
    rule = AREA.model_copy(update={"tiers": (Tier(up_to=5, baht="1000", each=True), Tier(baht="9000"))})

    assert owed(rule, {"floor_area_sqm": 4}) == 400_000
    assert owed(rule, {"floor_area_sqm": 6}) == 900_000


def test_a_fee_by_kind_knows_its_kinds_only() -> None:
    rule = flat("0", basis="kinds", per="trade", kinds={"retail": "100", "wholesale": "300"})

    assert owed(rule, {"trade": "wholesale"}) == 30_000
    assert owed(rule, {"trade": ["retail", "wholesale"]}) == 40_000
    with pytest.raises(fees.KindNotCovered):
        owed(rule, {"trade": "export"})


def test_a_kind_may_be_counted_times_a_number() -> None:
    rule = flat("0", basis="kinds", per="use", times="sets", kinds={"possess": "200", "use": "500"})

    assert owed(rule, {"use": "use", "sets": 3}) == 150_000
    with pytest.raises(fees.UnitMissing) as no:
        owed(rule, {"use": "use"})
    assert no.value.field == "sets"


def test_a_part_of_a_unit_counts_as_a_whole_one_where_the_law_says_so() -> None:
    rule = flat("5", basis="per-unit", per="capital", unit_size="1000", parts="up", at_least="20000", at_most="250000")

    assert owed(rule, {"capital": 5_000_001}) == 2_500_500
    assert owed(rule, {"capital": 1}) == 2_000_000
    assert owed(rule, {"capital": 10**12}) == 25_000_000


@pytest.mark.parametrize(("area", "units"), [(500, 1), (501, 1), (750, 1), (751, 2), (249, 0)])
def test_a_part_over_half_counts_and_a_smaller_one_does_not(area: int, units: int) -> None:
    rule = flat("5", basis="per-unit", per="sign_area_sqcm", unit_size="500", parts="over-half")

    assert owed(rule, {"sign_area_sqcm": area}) == units * 500


def test_yes_and_no_are_kinds_too() -> None:
    rule = flat("0", basis="kinds", per="vat_registered", kinds={"yes": "2200", "no": "330"})

    assert owed(rule, {"vat_registered": True}) == 220_000
    assert owed(rule, {"vat_registered": False}) == 33_000


def test_only_what_is_above_a_threshold_counts() -> None:
    rule = flat("500", basis="per-unit", per="tonnes", above="10", parts="up")

    assert owed(rule, {"tonnes": 10}) == 0
    assert owed(rule, {"tonnes": "12.5"}) == 150_000


def test_a_surcharge_is_reckoned_on_the_fee_and_only_when_late() -> None:
    procedure = a_procedure(
        flat("100", line="application", due="on-submission"),
        flat("333.33"),
        flat("0", line="surcharge", basis="percent", basis_points=2_000, late_only=True),
        flat("5000", line="deposit"),
    )

    in_time, late = (fees.owed(procedure, {}, on=TODAY, late=late) for late in (False, True))

    assert [line.satang for line in in_time.lines] == [10_000, 33_333, 500_000]
    assert [line.satang for line in late.lines] == [10_000, 33_333, 6_667, 500_000]


def test_what_is_due_now_is_what_is_asked_for() -> None:
    procedure = a_procedure(flat("100", line="application", due="on-submission"), AREA)

    now = fees.owed(procedure, {}, on=TODAY, due=Due.ON_SUBMISSION)

    assert now.satang == 10_000  # the size that a later line needs is not asked for yet


def test_a_surcharge_due_later_still_sees_the_fee_due_earlier() -> None:
    procedure = a_procedure(
        flat("1000", due="on-submission"),
        flat("0", line="surcharge", basis="percent", basis_points=2_000, late_only=True),
    )

    assert fees.owed(procedure, {}, on=TODAY, due=Due.BEFORE_ISSUE, late=True).satang == 20_000


def test_a_rate_holds_from_its_day_to_its_last_day() -> None:
    procedure = a_procedure(
        flat("100", until=date(2026, 12, 31)),
        flat("150", since=date(2027, 1, 1)),
    )

    assert fees.owed(procedure, {}, on=date(2026, 12, 31)).satang == 10_000
    assert fees.owed(procedure, {}, on=date(2027, 1, 1)).satang == 15_000
    assert fees.owed(procedure, {}, on=date(2019, 12, 31)).lines == ()


def test_an_authoritys_own_ordinance_takes_the_place_of_the_general_line() -> None:
    procedure = a_procedure(
        flat("3000", provisional=True), flat("800", authority="T500101"), flat("50", line="application")
    )

    here = fees.owed(procedure, {}, on=TODAY, authority="T500101")
    there = fees.owed(procedure, {}, on=TODAY, authority="T500102")

    assert (here.satang, here.provisional) == (85_000, False)
    assert (there.satang, there.provisional) == (305_000, True)


def test_a_third_decimal_is_a_fault_of_the_data() -> None:
    with pytest.raises(ValueError, match="whole satang"):
        owed(flat("0.005"), {})


def test_a_line_remembers_how_it_was_worked_out() -> None:
    line = fees.owed(a_procedure(AREA), {"floor_area_sqm": 150}, on=TODAY).lines[0]

    assert (line.per, line.units, line.payee) == ("floor_area_sqm", "150", Payee.TREASURY)
    assert line.rule_version == fees.rule_version(AREA)
    assert line.rule_version != fees.rule_version(AREA.model_copy(update={"law": "Another Act"}))


@given(st.decimals(0, 10**6, places=2), st.decimals(0, 10**6, places=2))
def test_a_bigger_place_never_costs_less(one: object, other: object) -> None:
    small, big = sorted((str(one), str(other)), key=float)

    assert owed(AREA, {"floor_area_sqm": small}) <= owed(AREA, {"floor_area_sqm": big})


@given(st.lists(st.integers(0, 10**9), max_size=8))
def test_the_total_is_the_sum_of_the_lines(amounts: list[int]) -> None:
    rules = [flat(f"{satang // 100}.{satang % 100:02d}", line="licence") for satang in amounts]

    quote = fees.owed(a_procedure(*rules), {}, on=TODAY)

    assert quote.satang == sum(amounts) == sum(line.satang for line in quote.lines)
