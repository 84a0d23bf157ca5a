import asyncio
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records_examples import NOON, Act, later
from sqlalchemy import text

from licences import ledger as book
from licences.fees import QuoteLine
from licences.procedure import Due, Payee, Share, Text
from records import ledger
from records.database import Database
from records.ledger import BillPaid, Books, Transfer, WantedBill
from records.rows import new_id
from records.tables import Application

BOOKS = Books("bma", "BMA")
FEE = Text(th="ค่าธรรมเนียม", en="Fee")
TODAY = date(2026, 11, 20)


def a_line(satang: int = 100_000, **said: Any) -> QuoteLine:
    plain: dict[str, Any] = {
        "line": "licence",
        "title": FEE,
        "satang": satang,
        "law": "Act, s. 1",
        "since": TODAY,
        "payee": Payee.TREASURY,
        "shares": (),
        "provisional": False,
        "rate_day": "filing",
        "rate_change": "keep",
        "due": Due.BEFORE_ISSUE,
        "refundable": False,
        "rule_version": "0" * 64,
    }
    return QuoteLine(**plain | said)


def ways(ref1: str) -> tuple[str, str]:
    return f"QR {ref1}", f"|{ref1}"


@pytest.fixture
def raise_bill(write: Act, application: Application) -> Act:
    async def raise_(
        due: str = "before-issue", *lines: QuoteLine, at: datetime = NOON, of: Application | None = None
    ) -> Any:
        wanted = WantedBill((of or application).number, due, lines or (a_line(),), TODAY)
        return await write(ledger.raise_bill_once, wanted, ways, at)

    return raise_


@pytest.fixture
def pay(write: Act) -> Act:
    async def pay_(ref1: str, satang: int, transaction: str = "T-1", at: datetime = NOON, books: Books = BOOKS) -> Any:
        return await write(ledger.pay_once, Transfer(transaction, ref1, satang, at), books, at)

    return pay_


async def test_what_is_due_is_asked_for_once(raise_bill: Act, application: Application, ask: Act) -> None:
    first = await raise_bill()
    again = await raise_bill("before-issue", a_line(7), at=later(days=1))
    other = await raise_bill("on-submission")

    assert first.ref1 == application.number.replace("-", "") + "B1"
    assert other.ref1 == application.number.replace("-", "") + "B2"
    assert again.model_dump() == first.model_dump()
    assert (first.qr, first.satang, first.status) == (f"QR {first.ref1}", 100_000, "open")
    assert [bill.ref1 for bill in await ask(ledger.bills_of, application.number)] == [first.ref1, other.ref1]


async def test_asked_for_at_once_by_many_it_is_one_bill(raise_bill: Act) -> None:
    bills = await asyncio.gather(*(raise_bill() for _ in range(8)))

    assert len({bill.ref1 for bill in bills}) == 1


async def test_two_demands_at_once_have_two_references(raise_bill: Act) -> None:
    bills = await asyncio.gather(raise_bill("on-submission"), raise_bill("before-issue"))

    assert len({bill.ref1 for bill in bills}) == 2


async def test_money_in_full_pays_the_bill_and_makes_a_receipt(raise_bill: Act, pay: Act, ask: Act) -> None:
    shares = (Share(payee=Payee.AGENCY, basis_points=9_000), Share(payee=Payee.TREASURY, basis_points=1_000))
    bill = await raise_bill("before-issue", a_line(100_001, shares=shares))

    payment = await pay(bill.ref1, 100_001)

    receipt = await ask(ledger.receipt_of, bill.ref1)
    moves = [(one.credit, one.satang) for one in await ask(ledger.postings_for, bill.ref1)]
    assert payment.kind == "full"
    assert (await ask(ledger.bill_by_ref1, bill.ref1)).status == "paid"
    assert (receipt.number, receipt.satang) == ("BMA-R2570-0000001", 100_001)
    assert moves == [("payable:agency:bma", 90_001), ("payable:treasury:bma", 10_000)]
    assert await ask(ledger.check_chain) is None


async def test_the_same_transfer_again_is_the_same_payment(raise_bill: Act, pay: Act, ask: Act) -> None:
    bill = await raise_bill()

    payments = await asyncio.gather(*(pay(bill.ref1, 100_000) for _ in range(6)))

    assert {one.kind for one in payments} == {"full"}
    assert len(await ask(ledger.payments_of, bill.ref1)) == 1
    assert len(await ask(ledger.postings_for, bill.ref1)) == 1


async def test_two_transfers_for_one_bill_are_one_payment_and_one_to_give_back(
    raise_bill: Act, pay: Act, ask: Act
) -> None:
    bill = await raise_bill()

    payments = await asyncio.gather(*(pay(bill.ref1, 100_000, f"T-{n}") for n in range(4)))

    assert sorted(one.kind for one in payments) == ["full", "second", "second", "second"]
    assert await ask(ledger.balances, later(days=1)) == {
        "bank": -400_000,
        book.OVERPAID: 300_000,
        "payable:treasury:bma": 100_000,
    }


@pytest.mark.parametrize(
    ("satang", "kind", "owed_back", "status", "receipts"),
    [
        (100_000, "full", 0, "paid", 1),
        (99_999, "short", 99_999, "open", 0),
        (100_001, "over", 1, "paid", 1),
    ],
)
async def test_every_amount_is_booked_to_the_last_satang(
    raise_bill: Act, pay: Act, ask: Act, satang: int, kind: str, owed_back: int, status: str, receipts: int
) -> None:
    bill = await raise_bill()

    payment = await pay(bill.ref1, satang)

    held = await ask(ledger.balances, later(days=1))
    assert payment.kind == kind
    assert held.get(book.OVERPAID, 0) == owed_back
    assert held["bank"] == -satang
    assert (await ask(ledger.bill_by_ref1, bill.ref1)).status == status
    assert (await ask(ledger.receipt_of, bill.ref1) is not None) == bool(receipts)


async def test_after_a_short_payment_the_whole_amount_still_pays(raise_bill: Act, pay: Act, ask: Act) -> None:
    bill = await raise_bill()
    await pay(bill.ref1, 1, "T-1")

    assert (await pay(bill.ref1, 100_000, "T-2")).kind == "full"
    assert (await ask(ledger.balances, later(days=1)))[book.OVERPAID] == 1


async def test_money_for_a_dead_bill_or_for_none_is_owed_back(raise_bill: Act, pay: Act, write: Act, ask: Act) -> None:
    bill = await raise_bill()
    await write(ledger.cancel_bill, bill.ref1)

    dead, unknown = await pay(bill.ref1, 100_000, "T-1"), await pay("NOBODY", 5, "T-2")

    assert (dead.kind, unknown.kind) == ("dead-bill", "dead-bill")
    assert await ask(ledger.balances, later(days=1)) == {"bank": -100_005, book.OVERPAID: 100_005}


async def test_a_paid_bill_cannot_be_cancelled(raise_bill: Act, pay: Act, write: Act) -> None:
    bill = await raise_bill()
    await pay(bill.ref1, 100_000)

    with pytest.raises(BillPaid):
        await write(ledger.cancel_bill, bill.ref1)
    with pytest.raises(ledger.UnknownBill):
        await write(ledger.cancel_bill, "NOBODY")


async def test_what_is_open_is_cancelled_with_its_application(
    raise_bill: Act, application: Application, write: Act, ask: Act
) -> None:
    bill = await raise_bill()

    assert await write(ledger.cancel_bills, application.number, NOON) == 1
    assert await write(ledger.cancel_bills, application.number, NOON) == 0
    assert (await write(ledger.cancel_bill, bill.ref1)).status == "cancelled"


async def test_receipts_have_no_gap_within_an_agencys_fiscal_year(
    raise_bill: Act, pay: Act, another: Act, ask: Act
) -> None:
    bills = [await raise_bill(of=await another()) for _ in range(8)]
    last, new_year = bills[6], bills[7]
    await asyncio.gather(*(pay(bill.ref1, 100_000, bill.ref1) for bill in bills[:6]))
    await pay(last.ref1, 100_000, last.ref1, books=Books("dld", "DLD"))
    await pay(new_year.ref1, 100_000, new_year.ref1, at=NOON.replace(year=2027, month=9, day=30, hour=17))

    numbers = [(await ask(ledger.receipt_of, bill.ref1)).number for bill in bills]

    assert sorted(numbers[:6]) == [f"BMA-R2570-{n:07d}" for n in range(1, 7)]
    assert numbers[6:] == ["DLD-R2570-0000001", "BMA-R2571-0000001"]


async def test_twenty_payments_at_once_leave_the_books_without_a_gap(
    raise_bill: Act, pay: Act, another: Act, ask: Act
) -> None:
    bills = [await raise_bill(of=await another()) for _ in range(20)]

    await asyncio.gather(*(pay(bill.ref1, 100_000, bill.ref1) for bill in bills))

    assert await ask(ledger.check_chain) is None
    assert (await ask(ledger.balances, later(days=1)))["bank"] == -2_000_000


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(1, 200_000), min_size=1, max_size=4))
async def test_whatever_arrives_is_in_the_books(
    raise_bill: Act, pay: Act, another: Act, ask: Act, amounts: list[int]
) -> None:
    before = (await ask(ledger.prove, TODAY)).received_satang
    bill = await raise_bill(of=await another(key=new_id("k")))

    for satang in amounts:
        await pay(bill.ref1, satang, new_id("T"))

    proof = await ask(ledger.prove, TODAY)
    assert proof.holds
    assert proof.received_satang == before + sum(amounts)
    assert sum((await ask(ledger.balances, later(days=1))).values()) == 0


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("UPDATE postings SET satang = 1 WHERE seq = 2", 2),
        ("UPDATE postings SET bill = 'other' WHERE seq = 1", 1),
        ("UPDATE postings SET at = at + interval '1 day' WHERE seq = 3", 3),
        ("DELETE FROM postings WHERE seq = 1", 2),
        ("DELETE FROM postings WHERE seq = 3", 3),
    ],
)
async def test_tampering_with_the_books_is_found(
    database: Database, raise_bill: Act, pay: Act, another: Act, ask: Act, what: str, found: int
) -> None:
    for _ in range(3):
        bill = await raise_bill(of=await another())
        await pay(bill.ref1, 100_000, bill.ref1)
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text(what))

    assert await ask(ledger.check_chain) == found


async def test_the_books_are_checked_across_batches(
    raise_bill: Act, pay: Act, ask: Act, another: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "BATCH", 2)
    for _ in range(4):
        bill = await raise_bill(of=await another())
        await pay(bill.ref1, 100_000, bill.ref1)

    assert await ask(ledger.check_chain) is None


async def test_a_refund_is_booked_once_and_undoes_the_split(raise_bill: Act, pay: Act, write: Act, ask: Act) -> None:
    bill = await raise_bill()
    await pay(bill.ref1, 100_000)
    booked = [
        book.Posting(debit=one.debit, credit=one.credit, satang=one.satang, memo=one.memo)
        for one in await ask(ledger.postings_for, bill.ref1)
    ]
    back = book.mirror(booked, "refund")

    first = await write(ledger.post_once, "refund:1", back, NOON, ref1=bill.ref1, transfer="T-1")
    again = await write(ledger.post_once, "refund:1", back, NOON, ref1=bill.ref1, transfer="T-1")

    assert (first, again) == (True, False)
    assert await ask(ledger.balances, later(days=1)) == {}
    assert (await ask(ledger.prove, TODAY)).holds


async def test_the_days_proof_names_what_does_not_agree(
    database: Database, raise_bill: Act, pay: Act, ask: Act
) -> None:
    bill = await raise_bill()
    await pay(bill.ref1, 100_000)
    good = await ask(ledger.prove, TODAY)
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("UPDATE postings SET satang = 99999"))
        await session.execute(text("DELETE FROM receipts"))

    bad = await ask(ledger.prove, TODAY)

    assert (good.holds, good.receipts_satang, good.kinds) == (True, 100_000, {"full": 100_000})
    assert (bad.holds, bad.adrift, bad.without_receipt) == (False, ("T-1",), (bill.ref1,))
    assert (await ask(ledger.prove, date(2026, 11, 21))).received_satang == 0


async def test_the_bank_is_heard_and_counted(raise_bill: Act, write: Act, ask: Act) -> None:
    bill = await raise_bill()

    for _ in range(3):
        heard = await write(ledger.hear, "T-1", bill.ref1, 100_000, {"amount": "1000.00"}, NOON)

    (waiting,) = await ask(ledger.unheard, later(minutes=1))
    assert heard.times == 3
    assert waiting == ledger.Unheard("T-1", bill.ref1, bill.application)
    assert await ask(ledger.unheard, NOON) == ()


async def test_what_was_handled_waits_no_more(raise_bill: Act, write: Act, ask: Act) -> None:
    bill = await raise_bill()
    await write(ledger.hear, "T-1", bill.ref1, 100_000, {}, NOON)
    await write(ledger.handled, "T-1", "confirmed", NOON)

    again = await write(ledger.hear, "T-1", bill.ref1, 100_000, {}, later(days=1))

    assert (again.handled_at, again.finding, again.times) == (NOON, "confirmed", 2)
    assert await ask(ledger.unhandled_notifications, later(days=2)) == ()


async def test_a_forged_word_does_not_shadow_the_true_one(raise_bill: Act, write: Act, ask: Act) -> None:
    bill = await raise_bill()
    await write(ledger.hear, "T-1", "FORGED", 1, {}, NOON)
    await write(ledger.handled, "T-1", "unknown-bill", NOON)

    await write(ledger.hear, "T-1", bill.ref1, 100_000, {"true": "word"}, later(minutes=1))

    (waiting,) = await ask(ledger.unheard, later(hours=1))
    (kept,) = await ask(ledger.unhandled_notifications, later(hours=1))
    assert waiting.ref1 == bill.ref1
    assert (kept.body, kept.finding, kept.times) == ({"true": "word"}, "", 2)


async def test_a_forged_word_after_the_banks_own_changes_nothing(raise_bill: Act, write: Act, ask: Act) -> None:
    bill = await raise_bill()
    await write(ledger.hear, "T-1", bill.ref1, 100_000, {}, NOON)
    await write(ledger.handled_all, bill.ref1, "confirmed", NOON)

    forged = await write(ledger.hear, "T-1", "FORGED", 1, {"forged": True}, NOON)

    assert (forged.ref1, forged.satang, forged.body, forged.finding) == (bill.ref1, 100_000, {}, "confirmed")


async def test_a_word_about_no_bill_of_ours_is_not_lost(write: Act, ask: Act) -> None:
    await write(ledger.hear, "T-1", "NOBODY", 5, {}, NOON)

    assert await ask(ledger.unheard, later(days=1)) == ()
    assert [one.ref1 for one in await ask(ledger.unhandled_notifications, later(days=1))] == ["NOBODY"]


async def test_open_bills_are_found_to_ask_the_bank_about(raise_bill: Act, pay: Act, another: Act, ask: Act) -> None:
    old, paid = [await raise_bill(of=await another()) for _ in range(2)]
    new = await raise_bill(of=await another(), at=later(hours=2))
    await pay(paid.ref1, 100_000)

    assert [bill.ref1 for bill in await ask(ledger.open_bills, later(hours=1))] == [old.ref1]
    assert [bill.ref1 for bill in await ask(ledger.open_bills, later(days=1), 9, old.ref1)] == [new.ref1]
