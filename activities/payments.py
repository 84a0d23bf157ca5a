"""Believe a payment only when the bank itself says so, and book it: whole, late, short, over, twice, too late.

Nothing is kept silently: every transfer has its outcome, in the books, in the history and in a notice of its own.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities import wanted
from activities.billing import authority_of, state_of
from activities.telling import happened, tell
from exchange.bank import Bank, Transfer
from licences import calendar, catalogue, thai
from records import applications, baskets, ledger, refunds
from records.database import Database
from records.ledger import Books
from records.tables import Application, BankNotification, Basket, Bill
from records.tables import Payment as Booked

LOOK_BACK = timedelta(days=1)
"""A payment just before midnight is in the bank's books of the day before."""


class Payments:
    """Effects on what was paid."""

    def __init__(self, database: Database, bank: Bank) -> None:
        self.database, self.bank = database, bank

    @activity.defn(name="confirm_payment")
    async def confirm(self, payment: wanted.Payment) -> wanted.BillState:
        """Ask the bank about one bill and the baskets that it lies in, and book what it says; where the bill stands."""
        transfers = await self._transfers(payment)
        async with self.database.transaction() as session:
            for transfer in transfers:
                await self._book(session, transfer, payment.at)
            finding = "confirmed" if transfers else "not-at-bank"
            for ref1 in await _references(session, payment.ref1):
                await ledger.handled_all(session, ref1, finding, payment.at)
            bill = await ledger.standing_bill(session, payment.ref1)
        return state_of(bill) if bill else wanted.BillState(ref1=payment.ref1)

    async def confirm_stranger(self, told: BankNotification, at: datetime) -> bool:
        """Money under a reference that never was ours: what the bank knows of it is booked as owed to its payer."""
        day = told.heard_at.astimezone(calendar.BANGKOK).date()
        found = [one for on in (day - LOOK_BACK, day) for one in await self.bank.inquire(told.ref1, on)]
        async with self.database.transaction() as session:
            for one in found:
                arrived = ledger.Transfer(one.transaction_id, one.ref1, one.satang, one.at)
                booked = await ledger.pay_once(session, arrived, Books("", ""), at)
                await refunds.owe_payment(session, booked, at)
            finding = "unknown-bill" if found else "not-at-bank"
            await ledger.handled_all(session, told.ref1, finding, at)
        return bool(found)

    async def _transfers(self, payment: wanted.Payment) -> tuple[Transfer, ...]:
        """Every payment of this bill in the bank's own books, on the days it can have arrived."""
        async with self.database.reading() as session:
            asked = {ref1: await ledger.days_told(session, ref1) for ref1 in await _references(session, payment.ref1)}
        found = [await self.bank.inquire(ref1, day) for ref1, told in asked.items() for day in _days(payment, told)]
        return tuple({one.transaction_id: one for some in found for one in some}.values())

    async def _book(self, session: AsyncSession, transfer: Transfer, at: datetime) -> None:
        arrived = ledger.Transfer(transfer.transaction_id, transfer.ref1, transfer.satang, transfer.at)
        if basket := await baskets.get(session, transfer.ref1):
            booked = await baskets.pay_once(session, arrived, lambda bill: _books_of(session, bill), at)
            for part in await baskets.parts_of(session, transfer.ref1):
                await _say(session, part.bill, booked, at)
            if booked.kind == "over":
                await _say_rest(session, basket, booked, at)
            return
        bill = await ledger.bill_by_ref1(session, transfer.ref1)
        assert bill is not None
        booked = await ledger.pay_once(session, arrived, await _books_of(session, bill), at)
        await refunds.owe_payment(session, booked, at)
        await _say(session, bill, booked, at)


async def _references(session: AsyncSession, ref1: str) -> tuple[str, ...]:
    """Under which references money for a bill may have come: its own, and those of its baskets."""
    return (ref1, *await baskets.holding(session, ref1))


async def _books_of(session: AsyncSession, bill: Bill) -> Books:
    application = await applications.get(session, bill.application)
    agency = catalogue.load().agency(application.agency)
    return Books(agency.code, agency.abbreviation, authority_of(application) or "")


async def _say(session: AsyncSession, bill: Bill, booked: Booked, at: datetime) -> None:
    """The history and the applicant hear what became of the money, once for each transfer."""
    application = await applications.get(session, bill.application)
    receipt = await ledger.receipt_of(session, bill.ref1)
    kind = ledger.outcome(bill, booked, settled=bool(receipt and receipt.transaction_id == booked.transaction_id))
    mine = booked.satang if booked.ref1 == bill.ref1 else bill.satang
    said = {"ref1": bill.ref1, "satang": mine, "kind": kind}
    key = f"payment:{booked.transaction_id}:{bill.ref1}"
    await happened(session, application.number, key, f"application:payment:{kind}", at, said)
    told = _told(application, bill, booked, mine)
    await tell(session, application, f"paid-{kind}", f"{booked.transaction_id}:{bill.ref1}", at, told)


async def _say_rest(session: AsyncSession, basket: Basket, booked: Booked, at: datetime) -> None:
    """What came above a basket is told with its first application."""
    bill = (await baskets.parts_of(session, basket.ref1))[0].bill
    application = await applications.get(session, bill.application)
    told = {"ref1": basket.ref1, "amount": thai.baht(booked.satang), "asked": thai.baht(basket.satang)}
    told |= {"licence": application.licence, "back": thai.baht(booked.satang - basket.satang)}
    await tell(session, application, "paid-over", booked.transaction_id, at, told)


def _told(application: Application, bill: Bill, booked: Booked, mine: int) -> dict[str, str]:
    """What a notice says: what came, what was asked for, and what of it goes back."""
    back = mine - bill.satang if booked.kind == "over" else mine
    return {
        "licence": application.licence,
        "ref1": bill.ref1,
        "amount": thai.baht(mine),
        "asked": thai.baht(bill.satang),
        "back": thai.baht(max(back, 0)),
    }


def _days(payment: wanted.Payment, told: Iterable[date]) -> list[date]:
    today = payment.at.astimezone(calendar.BANGKOK).date()
    return sorted({today, today - LOOK_BACK, *told})
