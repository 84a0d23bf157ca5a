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
from licences.errors import NotFound
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
        await _owe(session, payment, bill, Reason.OVER, payment.satang - bill.satang, at)
    elif payment.kind in (Reason.SECOND, Reason.DEAD_BILL):
        await _owe(session, payment, bill, Reason(payment.kind), payment.satang, at)
    if payment.kind in ledger.SETTLES and bill is not None:
        await _owe_short(session, bill, at)


async def owe_end(session: AsyncSession, application: Application, status: str, at: datetime) -> None:
    """What the end of an application makes the payer's: parts of bills that end unpaid, and refundable fees."""
    for bill in await ledger.bills_of(session, application.number):
        if bill.status == "cancelled":
            await _owe_short(session, bill, at)
        elif bill.status == "paid" and status in rules.FEES_BACK:
            await _owe_fees(session, bill, at)


async def _owe_short(session: AsyncSession, bill: Bill, at: datetime) -> None:
    for payment in await ledger.payments_of(session, bill.ref1):
        if payment.kind == Reason.SHORT:
            await _owe(session, payment, bill, Reason.SHORT, payment.satang, at)


async def _owe_fees(session: AsyncSession, bill: Bill, at: datetime) -> None:
    satang = sum(line["satang"] for line in bill.lines if line["refundable"])
    settled = [one for one in await ledger.payments_of(session, bill.ref1) if one.kind in ledger.SETTLES]
    for payment in settled if satang else ():
        await _owe(session, payment, bill, Reason.FEE, satang, at)


async def _owe(
    session: AsyncSession, payment: Payment, bill: Bill | None, reason: Reason, satang: int, at: datetime
) -> None:
    refund = Refund(
        id=rules.refund_id(payment.transaction_id, reason),
        transaction_id=payment.transaction_id,
        ref1=payment.ref1,
        application=bill.application if bill else "",
        reason=reason.value,
        satang=satang,
        persons_needed=rules.persons_needed(satang),
        approved_by=[],
        status="waiting",
        owed_at=at,
    )
    await write_once(session, refund)


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
    if refund.reason != Reason.FEE or await ledger.is_booked(session, f"set-aside:{refund.id}"):
        return ""
    await chains.lock(session, ledger.BOOK)  # nobody hands over, while it is looked whether it was handed over
    bill = await ledger.bill_by_ref1(session, refund.ref1)
    assert bill is not None
    rows = await ledger.postings_for(session, refund.ref1)
    booked = [
        book.Posting(debit=row.debit, credit=row.credit, satang=row.satang, memo=row.memo)
        for row in rows
        if row.key.startswith(f"payment:{refund.transaction_id}:")
    ]
    lines = [QuoteLine.model_validate(line) for line in bill.lines]
    moves = rules.set_aside(rules.of_refundable_lines(lines, booked), f"refund {refund.id}")
    if account := rules.short_of(moves, await _held(session, {one.debit for one in moves})):
        return account
    await ledger.post_once(session, f"set-aside:{refund.id}", moves, at, ref1=refund.ref1)
    return ""


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
    return changed(await session.execute(update(REFUNDS).where(*open_).values(said))) > 0 and now


# --- looking ---


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
