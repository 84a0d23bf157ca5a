"""Raise a bill by the law's rates, and believe a payment only when the bank itself says so."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities import wanted
from activities.telling import happened, tell
from exchange.bank import Bank, Transfer, barcode_text, qr_text
from licences import calendar, catalogue, fees, places, thai
from licences.errors import NotAllowed
from licences.fees import Quote
from licences.procedure import Effect
from records import applications, ledger, refunds, register
from records.database import Database
from records.tables import Application, Bill

PAY_WITHIN = 15
"""Working days in which a bill is to be paid, where the manual says nothing else."""
LOOK_BACK = timedelta(days=1)
"""A payment just before midnight is in the bank's books of the day before."""


class ProvisionalFee(NotAllowed):
    """The amount is not known for sure: it may not be asked for outside the local profile."""


class Payments:
    """Effects on bills and the books."""

    def __init__(self, database: Database, bank: Bank, *, local: bool) -> None:
        self.database, self.bank, self.local = database, bank, local

    @activity.defn(name="raise_bill")
    async def raise_bill(self, bill: wanted.WantedBill) -> wanted.BillState:
        """Ask for what is due at this point; where the law asks for nothing there is no bill and no wait."""
        async with self.database.transaction() as session:
            application = await applications.get(session, bill.number)
            quote = await self._quote(session, application, bill)
            if quote.satang == 0:
                return wanted.BillState()
            pay_by = calendar.due_on(_day(bill), PAY_WITHIN, calendar.holidays(agency=application.agency))
            asked = ledger.WantedBill(
                application=bill.number,
                due=bill.due.value,
                lines=quote.lines,
                pay_by=pay_by,
                ref2=f"{pay_by:%d%m}{thai.buddhist_year(pay_by)}",
                provisional=quote.provisional,
            )
            raised = await ledger.raise_bill_once(session, asked, lambda ref1: self._ways(ref1, asked), bill.at)
            await self._say(session, application, raised, bill)
        return wanted.BillState(ref1=raised.ref1, settled=raised.status != "open")

    @activity.defn(name="tell_owed")
    async def tell_owed(self, bill: wanted.WantedBill) -> wanted.Owed:
        """Where the agency takes the money itself (level L1): say how much. The agency books it."""
        async with self.database.transaction() as session:
            application = await applications.get(session, bill.number)
            quote = await self._quote(session, application, bill)
            if quote.satang:
                said = {"satang": quote.satang, "provisional": quote.provisional}
                await happened(session, bill.number, f"owed:{bill.due}", "application:fee:owed", bill.at, said)
                told = {"amount": thai.baht(quote.satang), "licence": application.licence}
                await tell(session, application, "pay-there", bill.due, bill.at, told)
        return wanted.Owed(satang=quote.satang)

    async def _quote(self, session: AsyncSession, application: Application, bill: wanted.WantedBill) -> Quote:
        """What the procedure that the application was filed under asks for here, at the filing day's rates."""
        procedure = await applications.procedure_of(session, application.version)
        authority = authority_of(application)
        late = procedure.effect is Effect.EXTEND and await _is_late(session, application)
        on = application.received_at.astimezone(calendar.BANGKOK).date()
        quote = fees.owed(procedure, application.answers, on=on, authority=authority, due=bill.due, late=late)
        if quote.provisional and not self.local:
            raise ProvisionalFee(
                "ค่าธรรมเนียมนี้ยังไม่ยืนยัน จึงเรียกเก็บไม่ได้ โปรดติดต่อหน่วยงานผู้อนุญาต",
                "This fee is provisional and cannot be billed; please ask the agency.",
            )
        return quote

    def _ways(self, ref1: str, bill: ledger.WantedBill) -> tuple[str, str]:
        """The texts of the QR code (tag 30) and of the barcode."""
        biller = self.bank.biller_id
        return qr_text(biller, ref1, bill.ref2, bill.satang), barcode_text(biller, ref1, bill.ref2, bill.satang)

    async def _say(self, session: AsyncSession, application: Application, bill: Bill, asked: wanted.WantedBill) -> None:
        await applications.show(
            session,
            application.number,
            "to-pay",
            waiting_for="payment",
            since=asked.at,
            until=calendar.end_of_day(bill.pay_by),
        )
        said = {"ref1": bill.ref1, "satang": bill.satang, "provisional": bill.provisional}
        await happened(session, application.number, f"bill:{bill.due}", "application:bill:raised", asked.at, said)
        told = {"ref1": bill.ref1, "amount": thai.baht(bill.satang), "pay_by": bill.pay_by.isoformat()}
        await tell(session, application, "bill", bill.due, asked.at, told)

    @activity.defn(name="confirm_payment")
    async def confirm(self, payment: wanted.Payment) -> wanted.BillState:
        """Ask the bank about one bill, and book what it says: whole, short, over, twice; nothing is kept silently."""
        transfers = await self._transfers(payment)
        async with self.database.transaction() as session:
            application = await applications.get(session, payment.number)
            for transfer in transfers:
                await self._book(session, application, transfer, payment)
            finding = "confirmed" if transfers else "not-at-bank"
            await ledger.handled_all(session, payment.ref1, finding, payment.at)
            bill = await ledger.bill_by_ref1(session, payment.ref1)
        return wanted.BillState(ref1=payment.ref1, settled=bill is None or bill.status != "open")

    async def _transfers(self, payment: wanted.Payment) -> tuple[Transfer, ...]:
        """Every payment of this bill in the bank's own books, on the days it can have arrived."""
        async with self.database.reading() as session:
            told = await ledger.days_told(session, payment.ref1)
        found = [await self.bank.inquire(payment.ref1, day) for day in _days(payment, told)]
        return tuple({one.transaction_id: one for some in found for one in some}.values())

    async def _book(
        self, session: AsyncSession, application: Application, transfer: Transfer, payment: wanted.Payment
    ) -> None:
        agency = catalogue.load().agency(application.agency)
        books = ledger.Books(agency.code, agency.abbreviation, authority_of(application) or "")
        arrived = ledger.Transfer(transfer.transaction_id, payment.ref1, transfer.satang, transfer.at)
        booked = await ledger.pay_once(session, arrived, books, payment.at)
        await refunds.owe_payment(session, booked, payment.at)
        said = {"ref1": payment.ref1, "satang": booked.satang, "kind": booked.kind}
        key = f"payment:{transfer.transaction_id}"
        await happened(session, application.number, key, f"application:payment:{booked.kind}", payment.at, said)
        what = "paid" if booked.kind in ledger.SETTLES else "wrong-payment"
        told = {"amount": thai.baht(booked.satang), "ref1": payment.ref1}
        await tell(session, application, what, transfer.transaction_id, payment.at, told)


def authority_of(application: Application) -> str | None:
    """The local authority whose ordinance applies and whose revenue it is; None when no local authority receives it."""
    return places.authority_code(application.office)


async def _is_late(session: AsyncSession, application: Application) -> bool:
    """Whether a renewal came after the licence had ended; a last day on a holiday moves (CCC s.193/8)."""
    holding = await register.holding(session, application.licence_number)
    on = application.received_at.astimezone(calendar.BANGKOK).date()
    closed = calendar.holidays(agency=application.agency)
    return bool(holding and holding.valid_until and calendar.is_late(on, holding.valid_until, closed))


def _day(step: wanted.Step) -> date:
    return step.at.astimezone(calendar.BANGKOK).date()


def _days(payment: wanted.Payment, told: Iterable[date]) -> list[date]:
    today = _day(payment)
    return sorted({today, today - LOOK_BACK, *told})
