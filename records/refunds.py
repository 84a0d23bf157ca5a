"""Refunds: what is owed to a payer, who agreed to give it back, and what became of it.

A row is written in the same transaction as the payment (or the end) that makes the money the payer's, so none is
forgotten; its money moves in the books only when the bank has given it back. `failed` is a list for people: the bank
said no, or the money was handed over to its payee already.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences import ledger as book
from licences import refunds as rules
from licences.errors import NotAllowed, NotFound
from licences.fees import QuoteLine
from licences.refunds import Reason
from records import chains, ledger
from records.ledger import POSTINGS
from records.rows import Page, changed, moment_of, page, read_cursor, table_of, write_once
from records.tables import Application, Bill, Payment, Refund

REFUNDS = table_of(Refund)


class UnknownRefund(NotFound):
    """There is no refund of this name."""

    def __init__(self, refund: str) -> None:
        super().__init__(f"ไม่พบรายการคืนเงิน {refund}", f"there is no refund {refund}")


# --- what is owed ---


async def owe_payment(session: AsyncSession, payment: Payment, at: datetime) -> None:
    """What a payment just booked makes the payer's: all that it did not settle, and what came short before it."""
    bill = await ledger.bill_by_ref1(session, payment.ref1)
    if payment.kind == Reason.OVER and bill is not None:
        await owe(session, payment, bill, Reason.OVER, payment.satang - bill.satang, at)
    elif payment.kind in (Reason.SECOND, Reason.DEAD_BILL):
        await owe(session, payment, bill, Reason(payment.kind), payment.satang, at)
    if payment.kind in ledger.SETTLES and bill is not None:
        await owe_short(session, bill, at)


async def owe_end(session: AsyncSession, application: Application, status: str, at: datetime) -> None:
    """What the end of an application makes the payer's: parts of bills that end unpaid, and refundable fees."""
    for bill in await ledger.bills_of(session, application.number):
        if bill.status in ("cancelled", "replaced"):
            await owe_short(session, bill, at)
        elif bill.status == "paid" and status in rules.FEES_BACK:
            await _owe_fees(session, bill, at)


async def owe_short(session: AsyncSession, bill: Bill, at: datetime) -> None:
    """What came short of a bill is the payer's, once the bill is paid otherwise, or no longer asked for."""
    for payment in await ledger.payments_of(session, bill.ref1):
        if payment.kind == Reason.SHORT:
            await owe(session, payment, bill, Reason.SHORT, payment.satang, at)


async def _owe_fees(session: AsyncSession, bill: Bill, at: datetime) -> None:
    receipt = await ledger.receipt_of(session, bill.ref1)
    if receipt is None:
        return
    before = sum(one.satang for one in await of_bill(session, bill.ref1) if one.reason == Reason.RETURNED)
    refundable = sum(line["satang"] for line in bill.lines if line["refundable"])
    if satang := min(refundable, receipt.satang - before):
        payment = await ledger.payment_of(session, receipt.transaction_id)
        await owe(session, payment, bill, Reason.FEE, satang, at)


async def owe(
    session: AsyncSession, payment: Payment, bill: Bill | None, reason: Reason, satang: int, at: datetime
) -> None:
    """Write down, once, that so much of a payment is its payer's; `bill` is what it was (to be) paid for."""
    part = bill.ref1 if bill and bill.ref1 != payment.ref1 else ""  # one bill of a basket
    refund = Refund(
        id=rules.refund_id(payment.transaction_id, reason, part),
        transaction_id=payment.transaction_id,
        ref1=bill.ref1 if bill else payment.ref1,
        application=bill.application if bill else "",
        reason=reason.value,
        satang=satang,
        persons_needed=rules.persons_needed(satang),
        approved_by=[],
        status="waiting",
        owed_at=at,
    )
    await write_once(session, refund)


class TooMuch(NotAllowed):
    """More is to be returned than is left of what was paid."""


async def return_part(session: AsyncSession, ref1: str, satang: int, law: str, at: datetime) -> Refund:
    """A part of a paid fee goes back under a law that somebody names. Raises UnknownBill, TooMuch."""
    await chains.lock(session, ledger.BOOK)  # one after another, so that nothing is returned twice
    bill, receipt = await ledger.bill_by_ref1(session, ref1), await ledger.receipt_of(session, ref1)
    if bill is None or receipt is None:
        raise ledger.UnknownBill(ref1)
    before = [one for one in await of_bill(session, ref1) if one.reason in RETURNS]
    left = receipt.satang - sum(one.satang for one in before)
    if not 0 < satang <= left:
        raise TooMuch(
            f"คืนได้ไม่เกิน {left} สตางค์ของใบแจ้งชำระ {ref1}", f"at most {left} satang of bill {ref1} can be returned",
            field="satang",
        )  # fmt: skip
    refund = Refund(
        id=rules.refund_id(receipt.transaction_id, Reason.RETURNED, f"{ref1}-{len(before) + 1}"),
        transaction_id=receipt.transaction_id, ref1=ref1, application=bill.application, reason=Reason.RETURNED.value,
        satang=satang, persons_needed=rules.persons_needed(satang), approved_by=[], status="waiting", owed_at=at,
        law=law,
    )  # fmt: skip
    await write_once(session, refund)
    return refund


RETURNS = (Reason.FEE.value, Reason.RETURNED.value)
"""Refunds of money that had settled a bill."""


async def of_bill(session: AsyncSession, ref1: str) -> tuple[Refund, ...]:
    """Everything that goes (or went) back of one bill."""
    asked = select(REFUNDS).where(REFUNDS.c.ref1 == ref1).order_by(REFUNDS.c.owed_at, REFUNDS.c.id)
    return tuple(Refund(**row) for row in (await session.execute(asked)).mappings())


# --- walking it ---


async def get(session: AsyncSession, refund: str) -> Refund:
    """One refund. Raises UnknownRefund."""
    row = (await session.execute(select(REFUNDS).where(REFUNDS.c.id == refund))).mappings().first()
    if row is None:
        raise UnknownRefund(refund)
    return Refund(**row)


async def not_begun(session: AsyncSession, limit: int) -> tuple[Refund, ...]:
    """Owed, and nobody has started to walk them."""
    asked = select(REFUNDS).where(REFUNDS.c.begun_at.is_(None)).order_by(REFUNDS.c.owed_at).limit(limit)
    return tuple(Refund(**row) for row in (await session.execute(asked)).mappings())


async def begun(session: AsyncSession, refund: str, at: datetime) -> None:
    """Somebody walks it now."""
    await session.execute(update(REFUNDS).where(REFUNDS.c.id == refund).values(begun_at=at))


async def agree(session: AsyncSession, refund: str, persons: Collection[str]) -> bool:
    """Keep who agreed so far; True: money is being given back now. One that is paid stays as it is."""
    kept = await get(session, refund)
    enough = len(set(persons)) >= kept.persons_needed
    said = {"approved_by": list(persons), "status": "sending" if enough else "waiting", "says": ""}
    open_ = (REFUNDS.c.id == refund, REFUNDS.c.status != "paid")
    await session.execute(update(REFUNDS).where(*open_).values(said))
    return enough


async def fail(session: AsyncSession, refund: str, says: str) -> None:
    """It could not be given back: it goes back to people, with the reason, and is agreed to afresh."""
    open_ = (REFUNDS.c.id == refund, REFUNDS.c.status != "paid")
    await session.execute(update(REFUNDS).where(*open_).values(status="failed", says=says, approved_by=[]))


async def set_aside(session: AsyncSession, refund: Refund, at: datetime) -> str:
    """Make a fee the payer's again in the books, once; the account that no longer holds it, or "".

    Money that never settled anything is the payer's already.
    """
    if refund.reason not in RETURNS or await ledger.is_booked(session, f"set-aside:{refund.id}"):
        return ""
    await chains.lock(session, ledger.BOOK)  # nobody hands over, while it is looked whether it was handed over
    others = [one for one in await of_bill(session, refund.ref1) if one.reason in RETURNS and one.id != refund.id]
    whole = refund.reason == Reason.FEE and not others
    moves = await (_of_fee if whole else _of_part)(session, refund)
    if account := rules.short_of(moves, await _held(session, {one.debit for one in moves})):
        return account
    await ledger.post_once(session, f"set-aside:{refund.id}", moves, at, ref1=refund.ref1)
    return ""


async def _of_part(session: AsyncSession, refund: Refund) -> tuple[book.Posting, ...]:
    """Out of every account that the bill's money is on, in proportion."""
    booked = [
        book.Posting(debit=row.debit, credit=row.credit, satang=row.satang, memo=row.memo)
        for row in await ledger.postings_for(session, refund.ref1)
    ]
    held = {account: satang for account, satang in book.balances(booked).items() if account != book.OVERPAID}
    return rules.part_of(held, refund.satang, f"refund {refund.id}")


async def _of_fee(session: AsyncSession, refund: Refund) -> tuple[book.Posting, ...]:
    """The mirror of what the refundable lines took in."""
    bill = await ledger.bill_by_ref1(session, refund.ref1)
    assert bill is not None
    rows = await ledger.postings_for(session, refund.ref1)
    booked = [
        book.Posting(debit=row.debit, credit=row.credit, satang=row.satang, memo=row.memo)
        for row in rows
        if row.key.startswith(f"payment:{refund.transaction_id}:")
    ]
    lines = [QuoteLine.model_validate(line) for line in bill.lines]
    return rules.set_aside(rules.of_refundable_lines(lines, booked), f"refund {refund.id}")


async def _held(session: AsyncSession, accounts: Collection[str]) -> dict[str, int]:
    """What these accounts hold now, whole satang."""
    held = dict.fromkeys(accounts, 0)
    for side, sign in ((POSTINGS.c.credit, 1), (POSTINGS.c.debit, -1)):
        asked = select(side, func.sum(POSTINGS.c.satang)).where(side.in_(accounts)).group_by(side)
        for account, satang in await session.execute(asked):
            held[account] += sign * int(satang)
    return held


@dataclass(frozen=True)
class GivenBack:
    """What the bank says it did: its number, and when."""

    bank_number: str
    at: datetime


async def paid_once(session: AsyncSession, refund: Refund, done: GivenBack) -> bool:
    """Book what the bank has given back; True: it was booked now."""
    moves = rules.given_back(refund.satang, f"refund {refund.id}")
    key = f"refund:{refund.id}"
    now = await ledger.post_once(session, key, moves, done.at, ref1=refund.ref1, transfer=done.bank_number)
    said = {"status": "paid", "says": "", "bank_number": done.bank_number, "paid_at": done.at}
    open_ = (REFUNDS.c.id == refund.id, REFUNDS.c.status != "paid")
    paid = changed(await session.execute(update(REFUNDS).where(*open_).values(said))) > 0
    if paid and refund.reason in RETURNS:
        await _cancel_receipt(session, refund.ref1, done.at)
    return paid and now


async def _cancel_receipt(session: AsyncSession, ref1: str, at: datetime) -> None:
    """A receipt all of whose money is returned stands for nothing any more; it stays, and says so."""
    receipt = await ledger.receipt_of(session, ref1)
    back = [one.satang for one in await of_bill(session, ref1) if one.reason in RETURNS and one.status == "paid"]
    if receipt is not None and sum(back) == receipt.satang:
        await ledger.cancel_receipt(session, receipt.number, at)


# --- looking ---


async def of_application(session: AsyncSession, application: str) -> tuple[Refund, ...]:
    """Everything that goes (or went) back of what was paid on an application."""
    asked = select(REFUNDS).where(REFUNDS.c.application == application).order_by(REFUNDS.c.owed_at, REFUNDS.c.id)
    return tuple(Refund(**row) for row in (await session.execute(asked)).mappings())


async def listed(session: AsyncSession, status: str, after: str = "", limit: int = 25) -> Page[Refund]:
    """One page of all refunds, or of those that stand there, the oldest first."""
    asked = select(REFUNDS).order_by(REFUNDS.c.owed_at, REFUNDS.c.id).limit(limit + 1)
    if status:
        asked = asked.where(REFUNDS.c.status == status)
    if after:
        owed_at, last = read_cursor(after, 2)
        place = tuple_(literal(moment_of(owed_at)), literal(str(last)))
        asked = asked.where(tuple_(REFUNDS.c.owed_at, REFUNDS.c.id) > place)
    rows = [Refund(**row) for row in (await session.execute(asked)).mappings()]
    return page(rows, limit, lambda one: (one.owed_at, one.id))
