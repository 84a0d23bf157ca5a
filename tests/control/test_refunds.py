"""Money goes back to whom it belongs: the refunds' rows and effects, on a real bank's other end and a real database."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from money_examples import SHARED, a_line

from activities.refunding import Agreed, Refunding
from control.money import prove
from exchange.errors import OfficeDown
from licences import ledger as book
from licences import refunds as rules
from licences.calendar import BANGKOK
from records import ledger, refunds
from records.tables import Refund

FEE = 100_001


def today() -> date:
    return datetime.now(BANGKOK).date()


async def waiting(payer: Any) -> list[Refund]:
    """Every refund that is not paid."""
    async with payer.database.reading() as session:
        page = await refunds.listed(session, "", limit=1_000)
    return [one for one in page.items if one.status != "paid"]


async def ended(payer: Any, application: Any, status: str) -> None:
    """The application ends, as the engine ends it."""
    async with payer.database.transaction() as session:
        await ledger.cancel_bills(session, application.number, payer.moment)
        await refunds.owe_end(session, application, status, payer.moment)


async def given_back(payer: Any, refund: Refund, *persons: str) -> str:
    """Walk one refund as the story does; tried again when the bank's answer is lost."""
    hands, agreed = Refunding(payer.database, payer.bank), Agreed(refund=refund.id, persons=persons)
    assert await hands.agree(agreed)
    while True:
        try:
            return await hands.give_back(agreed)
        except OfficeDown:
            continue


async def held(payer: Any) -> dict[str, int]:
    async with payer.database.reading() as session:
        return await ledger.balances(session, payer.moment + timedelta(days=1_000))


@pytest.mark.parametrize(("satang", "persons"), [(rules.ONE_PERSON_UP_TO, 1), (rules.ONE_PERSON_UP_TO + 1, 2)])
async def test_above_the_limit_two_different_persons_agree(payer: Any, satang: int, persons: int) -> None:
    _, bill = await payer.billed()
    await payer.booked(payer.paid(bill))
    await payer.booked(payer.paid(bill, satang))
    (owed,) = await waiting(payer)
    hands = Refunding(payer.database, payer.bank)

    assert owed.persons_needed == persons
    assert await hands.agree(Agreed(refund=owed.id, persons=("a",))) is (persons == 1)
    assert await hands.agree(Agreed(refund=owed.id, persons=("a", "a"))) is (persons == 1)
    assert await hands.agree(Agreed(refund=owed.id, persons=("a", "b"))) is True


@pytest.mark.parametrize(
    ("first", "then", "status", "owed"),
    [
        (FEE + 7, 0, "", {"over": 7}),
        (FEE - 1, 0, "", {}),  # the bill still waits for money
        (FEE - 1, FEE, "", {"short": FEE - 1}),
        (FEE - 1, 0, "withdrawn", {"short": FEE - 1}),
        (FEE, 5, "", {"second": 5}),
        (FEE, 0, "refused", {}),  # the law keeps this fee
    ],
)
async def test_what_is_owed_to_the_payer_is_a_row(
    payer: Any, first: int, then: int, status: str, owed: dict[str, int]
) -> None:
    application, bill = await payer.billed()
    for satang in filter(None, (first, then)):
        await payer.booked(payer.paid(bill, satang))
    if status:
        await ended(payer, application, status)

    assert {one.reason: one.satang for one in await waiting(payer)} == owed


async def test_money_for_a_dead_bill_goes_back(payer: Any) -> None:
    application, bill = await payer.billed()
    await ended(payer, application, "withdrawn")
    await payer.booked(payer.paid(bill))
    (owed,) = await waiting(payer)

    assert await given_back(payer, owed, "operator") == ""
    assert (await waiting(payer), await held(payer)) == ([], {})
    assert [one.satang for one in await payer.bank.given_back(today()) if one.ref1 == bill.ref1] == [FEE]


@pytest.mark.parametrize(("status", "back"), [("refused", 33_334), ("returned", 0)])
async def test_only_a_refundable_fee_goes_back_and_by_the_mirror_of_its_postings(
    payer: Any, status: str, back: int
) -> None:
    kept, returned = a_line(FEE, shares=SHARED), a_line(33_334, shares=SHARED, refundable=True)
    application, bill = await payer.billed(kept, returned)
    await payer.booked(payer.paid(bill))
    before = await held(payer)
    await ended(payer, application, status)

    for one in await waiting(payer):
        assert await given_back(payer, one, "operator") == ""

    after = await held(payer)
    parts = dict(zip(("payable:agency:bma", "payable:treasury:bma"), book.apportion(back, (6_667, 3_333)), strict=True))
    assert {name: before[name] - after[name] for name in parts} == parts
    assert after["bank"] == before["bank"] + back
    assert book.OVERPAID not in after


async def test_a_fee_that_was_handed_over_is_not_given_back_and_says_so(payer: Any) -> None:
    application, bill = await payer.billed(a_line(FEE, refundable=True))
    await payer.booked(payer.paid(bill))
    async with payer.database.transaction() as session:
        await ledger.post_once(session, "handed-over", book.settlement(await held(payer), "day"), payer.moment)
    await ended(payer, application, "refused")
    (owed,) = await waiting(payer)

    assert await given_back(payer, owed, "operator") == "handed over already: payable:treasury:bma"
    (owed,) = await waiting(payer)
    assert (owed.status, owed.approved_by, await held(payer)) == ("failed", [], {})


async def test_what_the_bank_refuses_goes_back_to_people_and_can_be_tried_again(payer: Any) -> None:
    _, bill = await payer.billed()
    await payer.booked(payer.paid(bill, FEE + 1))
    (owed,) = await waiting(payer)
    payer.offices.fault("bank", refuse=True)

    assert "Refund is not possible" in await given_back(payer, owed, "operator")
    assert [one.status for one in await waiting(payer)] == ["failed"]
    payer.offices.mend()
    assert await given_back(payer, owed, "operator") == ""
    assert book.OVERPAID not in await held(payer)


async def given_back_so_far(payer: Any) -> dict[str, int]:
    """Every refund that the bank has made today, by its number."""
    return {one.transaction_id: one.satang for one in await payer.bank.given_back(today())}


NONE = st.just(0)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.integers(0, 2), st.sampled_from([1, FEE - 1, FEE, FEE + 1, 700_000])),
        st.tuples(st.just("again"), st.integers(0, 9), NONE),
        st.tuples(st.just("end"), st.integers(0, 2), st.integers(0, 2)),
        st.tuples(st.just("back"), st.integers(0, 9), st.integers(0, 2)),
        st.tuples(st.just("hand over"), NONE, NONE),
    ),
    min_size=3,
    max_size=8,
)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=steps)
async def test_whatever_is_paid_ended_given_back_and_repeated_every_satang_is_accounted_for(
    payer: Any, done: list[tuple[str, int, int]]
) -> None:
    before = await given_back_so_far(payer)  # the bank is shared by all tests, the books by all examples of this one
    lines = a_line(FEE - 40_000, shares=SHARED), a_line(40_000, shares=SHARED, refundable=True)
    cases = [await payer.billed(*lines) for _ in range(3)]
    names: list[str] = []
    for what, which, how in done:
        if what == "pay":
            names.append(payer.paid(cases[which][1], how))
            await payer.booked(names[-1])
        elif what == "again" and names:
            await payer.booked(names[which % len(names)])
        elif what == "end":
            await ended(payer, cases[which][0], ("refused", "withdrawn", "issued")[how])
        elif what == "hand over":
            async with payer.database.transaction() as session:
                key = f"handed-over:{cases[0][1].ref1}:{names}"
                await ledger.post_once(session, key, book.settlement(await held(payer), "day"), payer.moment)
        elif what == "back" and (owed := await waiting(payer)):
            payer.offices.fault("bank", **({"lose": True, "times": 1}, {"refuse": True}, {})[how])
            for _ in range(2):  # the engine may repeat all of it
                await given_back(payer, owed[which % len(owed)], "operator", "operator-2")
            payer.offices.mend()

    accounts = await held(payer)
    assert sum(accounts.values()) == 0
    assert {name for name, satang in accounts.items() if satang < 0} <= {book.BANK}
    owed_now = sum(one.satang for one in await waiting(payer) if one.reason != rules.Reason.FEE)
    assert accounts.get(book.OVERPAID, 0) >= owed_now  # besides: short money of bills that wait, fees set aside
    assert (await prove(payer.database, payer.bank, payer.day)).differences == ()
    async with payer.database.reading() as session:
        paid = {one.bank_number: one.satang for one in (await refunds.listed(session, "paid", limit=1_000)).items}
    back = {number: satang for number, satang in (await given_back_so_far(payer)).items() if number not in before}
    assert back == {number: satang for number, satang in paid.items() if number not in before}
