"""Papers of money: a bill to print, and a receipt that is drawn, sealed and e-mailed, once for each payment of a bill.

The drawing knows applicants' names and is near no key; the seal is `Sealing.seal_paper`, as for every paper.
"""

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities import moneysheets, wanted
from activities.issuing import RECEIPT, Drawing, agency_of, holder_of
from activities.telling import tell
from licences import catalogue, thai
from records import applications, ledger
from records.database import Database
from records.tables import Application

BILL = "bill"


def receipt_paper(number: str) -> str:
    """The paper of a receipt."""
    return f"{RECEIPT}:{number}"


def bill_paper(ref1: str) -> str:
    """The paper of a bill."""
    return f"{BILL}:{ref1}"


class MoneyDrawing:
    """Draws bills and receipts, by the same pen as the papers of applications: no key is near."""

    def __init__(self, pens: Drawing) -> None:
        self.pens, self.database, self.public_url = pens, pens.database, pens.public_url

    @activity.defn(name="draw_bill")
    async def draw_bill(self, step: wanted.BillPaper) -> wanted.Drawn:
        """A bill to print. It is no evidence of anything, and is not sealed."""
        async with self.database.reading() as session:
            application = await applications.get(session, step.number)
            kept = await ledger.bill_by_ref1(session, step.ref1)
            payer = await _payer(session, application)
        assert kept is not None
        agency = catalogue.load().agency(application.agency)
        sheet = moneysheets.bill(kept, agency, application, payer)
        return await self.pens.make_as(bill_paper(step.ref1), step.ref1, step, BILL, agency.code, sheet)

    @activity.defn(name="draw_receipt")
    async def draw_receipt(self, step: wanted.ReceiptPaper) -> wanted.Drawn:
        """A receipt out of its row, its bill and the payment that it stands for."""
        async with self.database.reading() as session:
            application = await applications.get(session, step.number)
            kept = await ledger.receipt(session, step.receipt)
            settled = await ledger.bill_by_ref1(session, kept.ref1)
            payment = await ledger.payment_of(session, kept.transaction_id)
            payer = await _payer(session, application)
        assert settled is not None
        agency, url = catalogue.load().agency(kept.agency), f"{self.public_url}/verify"
        sheet = moneysheets.receipt(kept, settled, payment, agency, application, payer, url)
        sealer = agency_of(application).code
        return await self.pens.make_as(receipt_paper(kept.number), kept.number, step, RECEIPT, sealer, sheet)


class Receipts:
    """The receipt goes out."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @activity.defn(name="send_receipt")
    async def send(self, step: wanted.ReceiptPaper) -> None:
        """Put the sealed receipt in the outbox, as a letter's enclosure; without an address the pages have it."""
        async with self.database.transaction() as session:
            application = await applications.get(session, step.number)
            kept = await ledger.receipt(session, step.receipt)
            said = {"receipt": kept.number, "amount": thai.baht(kept.satang), "paper": receipt_paper(kept.number)}
            await tell(session, application, "receipt", kept.number, step.at, said)


async def _payer(session: AsyncSession, application: Application) -> tuple[str, str]:
    """The payer's name and (for a person, masked) number."""
    holder = await holder_of(session, application)
    return holder.name, holder.shown_id
