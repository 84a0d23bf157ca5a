"""The books: every satang is given to somebody, nothing is lost, made or left half."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import ledger, register
from licences.fees import QuoteLine
from licences.procedure import Due, Payee, Share, Text

PAYEES = list(Payee)
SHARES = st.lists(st.tuples(st.sampled_from(PAYEES), st.integers(1, 10_000)), max_size=5)


def a_line(
    satang: int, payee: Payee = Payee.TREASURY, shares: tuple[Share, ...] = (), line: str = "licence"
) -> QuoteLine:
    return QuoteLine.model_validate(
        {
            "line": line,
            "title": Text(th="ก", en="a"),
            "satang": satang,
            "law": "a law",
            "since": date(2020, 1, 1),
            "payee": payee,
            "shares": shares,
            "provisional": False,
            "rate_day": "filing",
            "rate_change": "keep",
            "due": Due.BEFORE_ISSUE,
            "refundable": False,
            "rule_version": "0",
        }
    )


def shares(parts: list[tuple[Payee, int]]) -> tuple[Share, ...]:
    return tuple(Share(payee=payee, basis_points=points) for payee, points in parts)


LINES = st.lists(st.builds(a_line, st.integers(0, 10**9), st.sampled_from(PAYEES), SHARES.map(shares)), max_size=6)


def test_ten_per_cent_of_a_local_fee_is_the_treasurys() -> None:
    line = a_line(100_005, shares=shares([(Payee.LOCAL, 9_000), (Payee.TREASURY, 1_000)]))

    moved = ledger.postings(100_005, [line], agency="lao", authority="T200101")

    assert ledger.balances(moved) == {
        "bank": -100_005,
        "payable:local-authority:T200101": 90_005,  # 90,004.5 and 10,000.5: the earlier part has the odd satang
        "payable:treasury:lao": 10_000,
    }


def test_a_deposit_is_held_and_nobodys_revenue() -> None:
    moved = ledger.postings(10_500_000, [a_line(500_000), a_line(10_000_000, line="deposit")], agency="dot")

    assert ledger.balances(moved)["deposit:dot"] == 10_000_000
    assert ledger.balances([*moved, *ledger.settlement(ledger.balances(moved), "day")]) == {
        "bank": -10_000_000,
        "deposit:dot": 10_000_000,
    }


def test_too_little_pays_nothing() -> None:
    with pytest.raises(ledger.AmountShort, match="1 satang short"):
        ledger.postings(99, [a_line(100)], agency="dot")


def test_too_much_is_owed_back() -> None:
    moved = ledger.postings(150, [a_line(100)], agency="dot")

    assert ledger.balances(moved) == {"bank": -150, "owed-to-payer": 50, "payable:treasury:dot": 100}
    assert ledger.balances(ledger.second_payment(150, "REF1")) == {"bank": -150, "owed-to-payer": 150}


@given(LINES, st.integers(0, 10**6))
def test_what_comes_in_is_what_is_given_out(lines: list[QuoteLine], extra: int) -> None:
    received = sum(line.satang for line in lines) + extra

    moved = ledger.postings(received, lines, agency="lao", authority="T200101")

    assert sum(posting.satang for posting in moved) == received
    assert all(posting.debit == ledger.BANK for posting in moved)
    assert sum(ledger.balances(moved).values()) == 0


@given(LINES)
def test_a_refund_leaves_every_account_as_it_was(lines: list[QuoteLine]) -> None:
    moved = ledger.postings(sum(line.satang for line in lines), lines, agency="lao")

    assert ledger.balances([*moved, *ledger.mirror(moved, "refund")]) == {}


@given(LINES)
def test_a_settlement_leaves_nothing_with_us_that_is_a_payees(lines: list[QuoteLine]) -> None:
    moved = ledger.postings(sum(line.satang for line in lines), lines, agency="lao")

    after = ledger.balances([*moved, *ledger.settlement(ledger.balances(moved), "day")])

    assert not [account for account in after if account.startswith(ledger.PAYABLE)]


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10_000), min_size=1, max_size=8).filter(any))
def test_a_split_gives_every_satang_and_nobody_a_whole_one_too_many(satang: int, parts: list[int]) -> None:
    given_out = ledger.apportion(satang, parts)

    assert sum(given_out) == satang
    for got, part in zip(given_out, parts, strict=True):
        assert abs(got * sum(parts) - satang * part) < sum(parts)


@pytest.mark.parametrize("parts", [[], [0], [-1, 2]])
def test_a_split_among_nobody_is_an_error(parts: list[int]) -> None:
    with pytest.raises(ValueError):
        ledger.apportion(100, parts)


def test_postings_are_bound_to_each_other() -> None:
    posting = ledger.postings(100, [a_line(100)], agency="dot")[0]

    first = ledger.link(register.GENESIS, posting, "APP-1:pay")

    assert first != ledger.link(first, posting, "APP-1:pay")
    assert first != ledger.link(register.GENESIS, posting.model_copy(update={"satang": 101}), "APP-1:pay")
