"""Baskets: bills of several applications paid with one QR and one transfer, each into its own agency's books.

A bill of a basket stays what it was: it may be paid by itself, written anew, or end with its application. What of the
basket's transfer its open bills do not need is owed to the payer, part by part; nothing of it is kept.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Result, Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences import ledger as book
from licences import register, thai
from licences.calendar import BANGKOK
from licences.fees import QuoteLine
from licences.refunds import Reason
from records import counters, ledger, refunds
from records.ledger import BILLS, SETTLES, Books, Transfer
from records.rows import table_of, write_all_once, write_once
from records.tables import Application, Basket, BasketPart, Bill, Payment

BASKETS, PARTS = table_of(Basket), table_of(BasketPart)
MOST = 100
"""How many bills a page offers to pay together."""
BooksOf = Callable[[Bill], Awaitable[Books]]
"""Into whose books a bill of a basket goes."""


@dataclass(frozen=True)
class Part:
    """One bill of a basket, and its part of the amount."""

    bill: Bill
    satang: int


async def raise_once(
    session: AsyncSession, person: str, bills: Sequence[Bill], ways: Callable[[str, int], tuple[str, str]], at: datetime
) -> Basket:
    """One demand for these open bills; asked again for the same bills, it is the same basket.

    `ways` makes the texts of QR code and barcode from reference and amount.
    """
    wanted = {bill.ref1: bill.satang for bill in bills}
    for basket in await _open_with(session, list(wanted)):
        if {one.bill.ref1: one.satang for one in await parts_of(session, basket.ref1)} == wanted:
            return basket
    year = thai.buddhist_year(at.astimezone(BANGKOK).date())
    running = await counters.next_of(session, f"baskets:{year}")
    ref1, satang = register.ref1(f"BK{year}{running:09d}"), sum(wanted.values())
    qr, barcode = ways(ref1, satang)
    basket = Basket(
        ref1=ref1, ref2="", person=person, satang=satang, qr=qr, barcode=barcode, raised_at=at,
        pay_by=min(bill.pay_by for bill in bills), status="open",
    )  # fmt: skip
    await write_once(session, basket)
    await write_all_once(session, [BasketPart(basket=ref1, bill=bill, satang=part) for bill, part in wanted.items()])
    return basket


async def _open_with(session: AsyncSession, bills: Sequence[str]) -> tuple[Basket, ...]:
    asked = select(BASKETS).join(PARTS, PARTS.c.basket == BASKETS.c.ref1).where(PARTS.c.bill.in_(bills))
    rows = await session.execute(asked.where(BASKETS.c.status == "open").distinct())
    return tuple(Basket(**row) for row in rows.mappings())


async def get(session: AsyncSession, ref1: str) -> Basket | None:
    """One basket; None: no basket has this reference."""
    row = (await session.execute(select(BASKETS).where(BASKETS.c.ref1 == ref1))).mappings().first()
    return Basket(**row) if row else None


async def parts_of(session: AsyncSession, ref1: str) -> tuple[Part, ...]:
    """The bills of a basket as they now are, in order."""
    asked = select(BILLS, PARTS.c.satang.label("part")).join(PARTS, PARTS.c.bill == BILLS.c.ref1)
    rows = (await session.execute(asked.where(PARTS.c.basket == ref1).order_by(BILLS.c.ref1))).mappings()
    return tuple(_part(dict(row)) for row in rows)


def _part(row: dict[str, Any]) -> Part:
    satang: int = row.pop("part")
    return Part(Bill(**row), satang)


async def holding(session: AsyncSession, bill: str) -> tuple[str, ...]:
    """The references of the baskets that a bill lies in."""
    rows = await session.execute(select(PARTS.c.basket).where(PARTS.c.bill == bill).order_by(PARTS.c.basket))
    return tuple(rows.scalars())


async def bills_told(session: AsyncSession, ref1: str) -> tuple[Bill, ...]:
    """The bills that money under this reference is for: the one, or every one of a basket; none: it is not ours."""
    bill = await ledger.bill_by_ref1(session, ref1)
    return (bill,) if bill else tuple(part.bill for part in await parts_of(session, ref1))


async def pay_once(session: AsyncSession, transfer: Transfer, books_of: BooksOf, at: datetime) -> Payment:
    """Book a transfer for a basket that the bank confirmed; the same transaction again gives the first payment.

    Enough for the bills that are still open: each is paid and has its receipt, in the books of its own agency. What
    is left of the parts that ended, and what came above the basket, is the payer's. Too little pays nothing.
    """
    asked = select(BASKETS).where(BASKETS.c.ref1 == transfer.ref1).with_for_update()
    basket = Basket(**(await session.execute(asked)).mappings().one())
    await _lock_bills(session, basket.ref1)
    parts = await parts_of(session, basket.ref1)
    still = [part for part in parts if part.bill.status == "open"]
    payment = Payment(
        transaction_id=transfer.transaction_id,
        ref1=transfer.ref1,
        satang=transfer.satang,
        paid_at=transfer.paid_at,
        confirmed_at=at,
        kind=_kind(transfer, basket, still),
        recorded_by=transfer.recorded_by,
    )
    if not await write_once(session, payment):
        return await ledger.payment_of(session, transfer.transaction_id)
    if payment.kind in SETTLES:
        await _settle(session, basket, parts, payment, books_of, at)
    else:
        await _owe_all(session, parts[0].bill, payment, at)
    return payment


async def _lock_bills(session: AsyncSession, basket: str) -> None:
    mine = select(PARTS.c.bill).where(PARTS.c.basket == basket)
    await session.execute(select(BILLS.c.ref1).where(BILLS.c.ref1.in_(mine)).order_by(BILLS.c.ref1).with_for_update())


def _kind(transfer: Transfer, basket: Basket, still: Sequence[Part]) -> str:
    if not still:
        return "second" if basket.status == "paid" else "dead-bill"
    kind = ledger.kind_by_amount(transfer, basket.satang, basket.pay_by)
    enough = transfer.satang >= sum(part.satang for part in still)
    return "full" if kind == "short" and enough else kind


async def _settle(
    session: AsyncSession, basket: Basket, parts: Sequence[Part], payment: Payment, books_of: BooksOf, at: datetime
) -> None:
    left = payment.satang
    for part in (one for one in parts if one.bill.status == "open"):
        books = await books_of(part.bill)
        lines = [QuoteLine.model_validate(line) for line in part.bill.lines]
        moves = book.postings(part.satang, lines, agency=books.agency, authority=books.authority)
        await _book(session, payment, part.bill.ref1, moves, at)
        await ledger.settle(session, part.bill, payment, books, at)
        await refunds.owe_short(session, part.bill, at)
        left -= part.satang
    for part in (one for one in parts if one.bill.status != "open"):
        back = min(part.satang, left)
        await _owe(session, part.bill, payment, Reason.PART, back, part.bill.ref1, at)
        left -= back
    await _owe(session, parts[0].bill, payment, Reason.OVER, left, basket.ref1, at)
    paid = {"status": "paid", "paid_at": payment.paid_at.astimezone(UTC)}
    await session.execute(update(BASKETS).where(BASKETS.c.ref1 == basket.ref1).values(paid))


async def _owe(
    session: AsyncSession, bill: Bill, payment: Payment, reason: Reason, satang: int, ref1: str, at: datetime
) -> None:
    if satang:
        memo = f"{reason} of {payment.ref1}, owed to the payer"
        moves = (book.Posting(debit=book.BANK, credit=book.OVERPAID, satang=satang, memo=memo),)
        await _book(session, payment, ref1, moves, at)
        await refunds.owe(session, payment, bill, reason, satang, at)


async def _owe_all(session: AsyncSession, bill: Bill, payment: Payment, at: datetime) -> None:
    """Too little, twice, or for nothing: nobody can say which bill it is for, so that all of it goes back at once."""
    moves = book.second_payment(payment.satang, payment.ref1)
    await _book(session, payment, payment.ref1, moves, at)
    await refunds.owe(session, payment, bill, Reason(payment.kind), payment.satang, at)


async def _book(
    session: AsyncSession, payment: Payment, ref1: str, moves: Sequence[book.Posting], at: datetime
) -> None:
    key = f"payment:{payment.transaction_id}:{ref1}"
    await ledger.append(session, key, moves, ref1, payment.transaction_id, at)


# --- looking ---


def _with_licence() -> Select[Any]:
    kept = table_of(Application)
    return select(BILLS, kept.c.licence.label("of"), kept.c.agency.label("by")).join(
        kept, kept.c.number == BILLS.c.application
    )


def _rows(found: Result[Any]) -> tuple[tuple[Bill, str, str], ...]:
    rows = [dict(row) for row in found.mappings()]
    return tuple(
        (Bill(**{n: v for n, v in row.items() if n not in ("of", "by")}), row["of"], row["by"]) for row in rows
    )


async def payable_by(session: AsyncSession, person: str, company: str = "") -> tuple[tuple[Bill, str, str], ...]:
    """The open bills of what somebody filed for himself (or for one company), each with its licence and agency."""
    kept = table_of(Application)
    mine = (kept.c.applicant == person, BILLS.c.status == "open")
    whose = kept.c.holder_id == company if company else kept.c.holder_kind == "natural"
    asked = _with_licence().where(*mine, whose).order_by(BILLS.c.pay_by, BILLS.c.ref1).limit(MOST)
    return _rows(await session.execute(asked))


async def parts_with_licence(session: AsyncSession, ref1: str) -> tuple[tuple[Bill, str, str], ...]:
    """The bills of a basket, each with its licence and agency."""
    asked = _with_licence().join(PARTS, PARTS.c.bill == BILLS.c.ref1).where(PARTS.c.basket == ref1)
    return _rows(await session.execute(asked.order_by(BILLS.c.ref1)))
