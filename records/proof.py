"""What we keep of the money of one day, transfer by transfer: what the bank's own statement is held against.

A question only: nothing is written here. The day is Thailand's, by the moment that the bank gives a transfer.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, String, any_, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from licences import ledger as book
from records.ledger import PAYMENTS, POSTINGS, RECEIPTS, SETTLES, by_transfer
from records.rows import day_of

RUNNING_DIGITS = 7
"""How many digits of a receipt's number run; what stands before them names the series."""


@dataclass(frozen=True)
class Kept:
    """One transfer as our three books have it, whole satang."""

    transaction_id: str
    ref1: str
    kind: str
    satang: int  # the payment
    booked_satang: int  # postings into the bank's account
    owed_satang: int  # of these: owed back to the payer
    receipt_satang: int | None  # None: no receipt stands for it

    @property
    def settles(self) -> bool:
        """Whether it pays its bill, so that a receipt must stand for it."""
        return self.kind in SETTLES


async def payments(session: AsyncSession, day: date, named: Collection[str]) -> dict[str, Kept]:
    """The payments that the bank dates on that day, and those of these numbers whatever their day.

    What an officer took himself never was at the bank, and is left out.
    """
    owed = case((POSTINGS.c.credit == book.OVERPAID, POSTINGS.c.satang), else_=0)
    moved = (
        select(
            POSTINGS.c.transaction_id.label("transfer"),
            func.sum(POSTINGS.c.satang).label("booked"),
            func.sum(owed).label("owed"),
        )
        .where(POSTINGS.c.debit == book.BANK)
        .group_by(POSTINGS.c.transaction_id)
        .subquery()
    )
    receipted = by_transfer()
    kept = (PAYMENTS.c.transaction_id, PAYMENTS.c.ref1, PAYMENTS.c.kind, PAYMENTS.c.satang)
    asked = (
        select(*kept, func.coalesce(moved.c.booked, 0), func.coalesce(moved.c.owed, 0), receipted.c.satang)
        .outerjoin(moved, moved.c.transfer == PAYMENTS.c.transaction_id)
        .outerjoin(receipted, receipted.c.transfer == PAYMENTS.c.transaction_id)
        .where(PAYMENTS.c.recorded_by == "")
        .where(_within(PAYMENTS.c.paid_at, day) | _is_one_of(PAYMENTS.c.transaction_id, named))
    )
    rows = await session.execute(asked)
    return {
        transfer: Kept(transfer, ref1, kind, satang, int(booked), int(owed), None if receipt is None else int(receipt))
        for transfer, ref1, kind, satang, booked, owed, receipt in rows
    }


async def booked_for_nothing(session: AsyncSession, day: date) -> dict[str, int]:
    """Transfers in the postings of that day that no payment stands for: number → satang."""
    asked = (
        select(POSTINGS.c.transaction_id, func.sum(POSTINGS.c.satang))
        .outerjoin(PAYMENTS, PAYMENTS.c.transaction_id == POSTINGS.c.transaction_id)
        .where(POSTINGS.c.debit == book.BANK, PAYMENTS.c.transaction_id.is_(None), _within(POSTINGS.c.at, day))
        .group_by(POSTINGS.c.transaction_id)
    )
    return {transfer: int(satang) for transfer, satang in await session.execute(asked)}


async def given_back(session: AsyncSession, day: date, named: Collection[str]) -> dict[str, int]:
    """What the postings say was given back on that day, or under these numbers of the bank: number → satang."""
    asked = (
        select(POSTINGS.c.transaction_id, func.sum(POSTINGS.c.satang))
        .where(POSTINGS.c.credit == book.BANK, POSTINGS.c.transaction_id != "")
        .where(_within(POSTINGS.c.at, day) | _is_one_of(POSTINGS.c.transaction_id, named))
        .group_by(POSTINGS.c.transaction_id)
    )
    return {transfer: int(satang) for transfer, satang in await session.execute(asked)}


async def receipt_gaps(session: AsyncSession) -> dict[str, int]:
    """Series of receipts (an agency's fiscal year) with numbers missing: series → how many."""
    series = func.left(RECEIPTS.c.number, -RUNNING_DIGITS).label("series")
    last = func.max(cast(func.right(RECEIPTS.c.number, RUNNING_DIGITS), Integer))
    missing = last - func.count()
    rows = await session.execute(select(series, missing).group_by(series).having(missing != 0))
    return {name: int(many) for name, many in rows}


def _within(moment: ColumnElement[object], day: date) -> ColumnElement[bool]:
    begins, ends = day_of(day)
    return (moment >= begins) & (moment < ends)


def _is_one_of(column: ColumnElement[str], named: Collection[str]) -> ColumnElement[bool]:
    return column == any_(literal(list(named), ARRAY(String)))
