"""Quote by the law's rates and ask for money; write a bill anew when its day has passed or its rate has changed."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities import wanted
from activities.telling import happened, tell
from exchange.bank import barcode_text, qr_text
from licences import calendar, catalogue, fees, places, rates, thai
from licences.applications import Verdict
from licences.catalogue import LicenceUnknown, OperationNotOffered
from licences.errors import NotAllowed
from licences.fees import Quote, QuoteLine
from licences.procedure import Due, Effect, Procedure, Text
from records import applications, holidays, ledger, refunds, register, results, tasks
from records.database import Database
from records.tables import Application, Bill

PAY_WITHIN = 15
"""Working days in which a bill is to be paid, where the manual says nothing else."""

GRANTED = Text(
    th="คำขอได้รับการพิจารณาอนุญาตแล้ว จะออกให้เมื่อชำระค่าธรรมเนียม\n",
    en="Your application is granted; it is issued when the fee is paid.\n",
)


class ProvisionalFee(NotAllowed):
    """The amount is not known for sure: it may not be asked for outside the local profile."""


class Billing:
    """Effects on bills. `system_fee` is the part of each fee that keeps this system going, in basis points."""

    def __init__(self, database: Database, biller_id: str, *, local: bool, system_fee: int = 0) -> None:
        self.database, self.biller_id, self.local, self.system_fee = database, biller_id, local, system_fee

    @activity.defn(name="raise_bill")
    async def raise_bill(self, bill: wanted.WantedBill) -> wanted.BillState:
        """Ask for what is due at this point; where the law asks for nothing there is no bill and no wait."""
        async with self.database.transaction() as session:
            application = await applications.get(session, bill.number)
            quote = await self.quote(session, application, bill.due, _day(bill))
            if quote.satang == 0:
                return wanted.BillState()
            asked = await self._asked(session, application, bill.due.value, quote, _day(bill))
            raised = await ledger.raise_bill_once(session, asked, lambda ref1: self._ways(ref1, asked), bill.at)
            await self._say(session, application, raised, bill)
        return state_of(raised)

    @activity.defn(name="rebill")
    async def rebill(self, old: wanted.OldBill) -> wanted.BillState:
        """Write an open bill anew, each line by its own rule: kept as it was quoted, or worked out at today's rate."""
        async with self.database.transaction() as session:
            application = await applications.get(session, old.number)
            kept = await ledger.standing_bill(session, old.ref1)
            assert kept is not None
            if kept.ref1 == old.ref1 and kept.status == "open":
                quote = await self.quoted_anew(session, application, kept, _day(old))
                asked = await self._asked(session, application, kept.due, quote, _day(old), replaces=kept.ref1)
                before, kept = kept, await ledger.replace(session, asked, lambda ref1: self._ways(ref1, asked), old.at)
                await refunds.owe_short(session, before, old.at)
                await self._say(session, application, kept, old, "rebilled")
        return state_of(kept)

    async def quoted_anew(self, session: AsyncSession, application: Application, bill: Bill, on: date) -> Quote:
        """What an open bill asks for on that day, as the rule of each of its lines says of a changed rate."""
        now = await self.quote(session, application, Due(bill.due), on)
        lines = fees.requoted([QuoteLine.model_validate(line) for line in bill.lines], now.lines)
        return Quote(
            lines=lines, satang=sum(line.satang for line in lines), provisional=any(line.provisional for line in lines)
        )

    @activity.defn(name="tell_owed")
    async def tell_owed(self, bill: wanted.WantedBill) -> wanted.Owed:
        """Where the agency takes the money itself (level L1): say how much. The agency books it."""
        async with self.database.transaction() as session:
            application = await applications.get(session, bill.number)
            quote = await self.quote(session, application, bill.due, _day(bill))
            if quote.satang:
                said = {"satang": quote.satang, "provisional": quote.provisional}
                await happened(session, bill.number, f"owed:{bill.due}", "application:fee:owed", bill.at, said)
                granted = await _granted(session, application)
                told = {"granted": granted, "amount": thai.baht(quote.satang), "licence": application.licence}
                await tell(session, application, "pay-there", bill.due, bill.at, told)
        return wanted.Owed(satang=quote.satang)

    async def quote(self, session: AsyncSession, application: Application, due: Due, on: date) -> Quote:
        """What is owed here, each line at the rate of the legal day that its own rule names."""
        filed = await applications.procedure_of(session, application.version)
        rules = rates.rules_for(filed.fees, _today(filed, on).fees)
        procedure = filed.model_copy(update={"fees": rules})
        quote = fees.owed(
            procedure,
            application.answers,
            on=on,
            authority=authority_of(application),
            due=due,
            late=filed.effect is Effect.EXTEND and await _is_late(session, application),
            days=await _legal_days(session, application),
            system_fee=self.system_fee,
        )
        if quote.provisional and not self.local:
            raise ProvisionalFee(
                "ค่าธรรมเนียมนี้ยังไม่ยืนยัน จึงเรียกเก็บไม่ได้ โปรดติดต่อหน่วยงานผู้อนุญาต",
                "This fee is provisional and cannot be billed; please ask the agency.",
            )
        return quote

    async def _asked(
        self, session: AsyncSession, application: Application, due: str, quote: Quote, on: date, replaces: str = ""
    ) -> ledger.WantedBill:
        pay_by = calendar.due_on(on, PAY_WITHIN, await holidays.closed(session, agency=application.agency))
        return ledger.WantedBill(
            application=application.number,
            due=due,
            lines=quote.lines,
            pay_by=pay_by,
            ref2=f"{pay_by:%d%m}{thai.buddhist_year(pay_by)}",
            provisional=quote.provisional,
            replaces=replaces,
        )

    def _ways(self, ref1: str, bill: ledger.WantedBill) -> tuple[str, str]:
        """The texts of the QR code (tag 30) and of the barcode."""
        said = (self.biller_id, ref1, bill.ref2, bill.satang)
        return qr_text(*said), barcode_text(*said)

    async def _say(
        self, session: AsyncSession, application: Application, bill: Bill, step: wanted.Step, what: str = "bill"
    ) -> None:
        await applications.show(
            session,
            application.number,
            "to-pay",
            waiting_for="payment",
            since=step.at,
            until=calendar.end_of_day(bill.pay_by),
        )
        said = {"ref1": bill.ref1, "satang": bill.satang, "provisional": bill.provisional, "replaces": bill.replaces}
        turn = bill.ref1 if bill.replaces else bill.due
        tag = "application:bill:replaced" if bill.replaces else "application:bill:raised"
        await happened(session, application.number, f"bill:{turn}", tag, step.at, said)
        told = {"ref1": bill.ref1, "amount": thai.baht(bill.satang), "pay_by": bill.pay_by.isoformat()}
        told["granted"] = await _granted(session, application)
        await tell(session, application, what, turn, step.at, told)


async def _granted(session: AsyncSession, application: Application) -> str:
    """What a bill says of the result, where it was decided before: its letter is the one that tells it (LFA s.10)."""
    if await results.decided_at(session, application.number) is None:
        return ""
    return GRANTED.th if application.language == "th" else GRANTED.en


def state_of(bill: Bill) -> wanted.BillState:
    """What a journey needs to know of a bill."""
    return wanted.BillState(ref1=bill.ref1, settled=bill.status != "open")


def authority_of(application: Application) -> str | None:
    """The local authority whose ordinance applies and whose revenue it is: the one that receives the application.

    A service received nationally is billed by the place of its premises, where the form asks for it.
    """
    received = places.authority_code(application.office)
    place = application.answers.get("premises")
    subdistrict = str(place.get("subdistrict_code", "")) if isinstance(place, dict) else ""
    return received or (places.authority_of(subdistrict).code if subdistrict else None)


def _today(filed: Procedure, on: date) -> Procedure:
    """The law's own procedure of that day; one that is no longer offered stays as it was."""
    try:
        return catalogue.load().procedure(filed.licence, filed.operation, on)
    except (LicenceUnknown, OperationNotOffered):
        return filed


async def _legal_days(session: AsyncSession, application: Application) -> dict[str, date]:
    """The days that decide a rate, as far as they are there: of filing, of the decision. Issue is always today's."""
    days = {"filing": application.received_at.astimezone(calendar.BANGKOK).date()}
    granted = [task for task in await tasks.of(session, application.number) if task.verdict == Verdict.APPROVE]
    if moments := [task.closed_at for task in granted if task.closed_at]:
        days["decision"] = max(moments).astimezone(calendar.BANGKOK).date()
    return days


async def _is_late(session: AsyncSession, application: Application) -> bool:
    """Whether a renewal came after the licence had ended; a last day on a holiday moves (CCC s.193/8)."""
    holding = await register.holding(session, application.licence_number)
    on = application.received_at.astimezone(calendar.BANGKOK).date()
    closed = await holidays.closed(session, agency=application.agency)
    return bool(holding and holding.valid_until and calendar.is_late(on, holding.valid_until, closed))


def _day(step: wanted.Step) -> date:
    return step.at.astimezone(calendar.BANGKOK).date()
