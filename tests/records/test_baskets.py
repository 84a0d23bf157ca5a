"""Several bills with one transfer: each its own receipt and payee; what is not needed goes back to the payer."""

from datetime import date
from typing import Any

import pytest
from money_examples import a_line
from records_examples import NOON, Act, later

from licences import ledger as book
from licences.procedure import Payee
from records import baskets, ledger, refunds
from records.applications import Submitted
from records.ledger import Books, Transfer, WantedBill
from records.tables import Application, Bill

TODAY = date(2026, 11, 20)


def ways(ref1: str, satang: int = 0) -> tuple[str, str]:
    return f"QR {ref1} {satang}", f"|{ref1}"


@pytest.fixture
def billed(write: Act, another: Act) -> Act:
    """A bill on an application of its own."""

    async def one(satang: int = 100_000, **said: Any) -> Bill:
        application: Application = await another()
        wanted = WantedBill(application.number, "before-issue", (a_line(satang, **said),), TODAY)
        bill: Bill = await write(ledger.raise_bill_once, wanted, ways, NOON)
        return bill

    return one


@pytest.fixture
def together(write: Act, submitted: Submitted) -> Act:
    async def raise_(*bills: Bill) -> Any:
        return await write(baskets.raise_once, submitted.applicant, bills, ways, NOON)

    return raise_


@pytest.fixture
def pay(write: Act, ask: Act) -> Act:
    async def pay_(basket: Any, satang: int = 0, transaction: str = "T-1") -> Any:
        async def books_of(bill: Bill) -> Books:
            return Books("bma", "BMA")

        transfer = Transfer(transaction, basket.ref1, satang or basket.satang, NOON)
        return await write(baskets.pay_once, transfer, books_of, NOON)

    return pay_


async def owed(ask: Act) -> dict[str, int]:
    page = await ask(refunds.listed, "", limit=100)
    return {f"{one.reason} {one.ref1}": one.satang for one in page.items}


async def test_one_transfer_pays_every_bill_and_each_has_its_receipt_and_its_payee(
    billed: Act, together: Act, pay: Act, ask: Act
) -> None:
    first, second = await billed(100_001), await billed(50_000, payee=Payee.AGENCY)
    basket = await together(first, second)

    payment, again = await pay(basket), await pay(basket)

    assert (basket.satang, payment.kind, again.confirmed_at) == (150_001, "full", payment.confirmed_at)
    assert [(await ask(ledger.receipt_of, bill.ref1)).satang for bill in (first, second)] == [100_001, 50_000]
    assert await ask(ledger.balances, later(days=1)) == {
        "bank": -150_001, "payable:agency:bma": 50_000, "payable:treasury:bma": 100_001,
    }  # fmt: skip
    assert (await ask(ledger.prove, TODAY)).holds
    assert await owed(ask) == {}


async def test_the_same_bills_again_are_the_same_basket(billed: Act, together: Act) -> None:
    bills = await billed(), await billed()

    assert (await together(*bills)).ref1 == (await together(*bills)).ref1
    assert (await together(*bills, await billed())).ref1 != (await together(*bills)).ref1


async def test_the_part_of_a_case_that_ended_goes_back_and_the_others_are_paid(
    billed: Act, together: Act, pay: Act, write: Act, ask: Act
) -> None:
    ended, other = await billed(30_000), await billed(100_000)
    basket = await together(ended, other)
    await write(ledger.cancel_bills, ended.application, NOON)

    payment = await pay(basket)

    assert payment.kind == "full"
    assert (await ask(ledger.bill_by_ref1, other.ref1)).status == "paid"
    assert await ask(ledger.receipt_of, ended.ref1) is None
    assert await owed(ask) == {f"part {ended.ref1}": 30_000}
    assert (await ask(ledger.balances, later(days=1)))[book.OVERPAID] == 30_000


async def test_a_bill_paid_by_itself_is_not_paid_again_with_the_basket(
    billed: Act, together: Act, pay: Act, write: Act, ask: Act
) -> None:
    first, second = await billed(30_000), await billed(100_000)
    basket = await together(first, second)
    await write(ledger.pay_once, Transfer("T-0", first.ref1, 30_000, NOON), Books("bma", "BMA"), NOON)

    await pay(basket)

    assert await owed(ask) == {f"part {first.ref1}": 30_000}
    assert (await ask(ledger.receipt_of, first.ref1)).transaction_id == "T-0"


@pytest.mark.parametrize(
    ("satang", "kind", "back"),
    [(149_999, "short", 149_999), (150_007, "over", 7), (150_000, "full", 0)],
)
async def test_every_amount_is_booked_to_the_last_satang(
    billed: Act, together: Act, pay: Act, ask: Act, satang: int, kind: str, back: int
) -> None:
    basket = await together(await billed(100_000), await billed(50_000))

    payment = await pay(basket, satang)

    held = await ask(ledger.balances, later(days=1))
    assert (payment.kind, held.get(book.OVERPAID, 0), held["bank"]) == (kind, back, -satang)
    assert sum((await owed(ask)).values()) == back
    assert (await ask(ledger.prove, TODAY)).holds


async def test_a_second_transfer_for_the_basket_goes_back_whole(billed: Act, together: Act, pay: Act, ask: Act) -> None:
    basket = await together(await billed(), await billed())
    await pay(basket)

    assert (await pay(basket, transaction="T-2")).kind == "second"
    assert sum((await owed(ask)).values()) == basket.satang


async def test_a_bill_written_anew_is_dead_and_the_new_one_stands(billed: Act, write: Act, ask: Act) -> None:
    old = await billed(100_000)
    wanted = WantedBill(old.application, old.due, (a_line(150_000),), TODAY, replaces=old.ref1)

    new = await write(ledger.replace, wanted, ways, NOON)
    again = await write(ledger.replace, wanted, ways, NOON)
    late = await write(ledger.pay_once, Transfer("T-1", old.ref1, 100_000, NOON), Books("bma", "BMA"), NOON)

    assert (new.ref1, new.replaces, new.satang) == (f"{old.ref1[:-1]}2", old.ref1, 150_000)
    assert again.ref1 == new.ref1
    assert late.kind == "dead-bill"
    assert (await ask(ledger.standing_bill, old.ref1)).ref1 == new.ref1


async def test_money_after_the_last_day_pays_and_is_called_late(billed: Act, write: Act, ask: Act) -> None:
    bill = await billed()

    paid = await write(
        ledger.pay_once, Transfer("T-1", bill.ref1, bill.satang, later(days=2)), Books("bma", "BMA"), later(days=2)
    )

    assert paid.kind == "late"
    assert (await ask(ledger.receipt_of, bill.ref1)).transaction_id == "T-1"
