"""Give money back: who agreed, the bank's transfer, the postings that mirror it, and a letter to the applicant."""

from datetime import UTC, datetime

from temporalio import activity

from activities.telling import happened, tell
from activities.wanted import Value
from exchange.bank import Bank
from exchange.errors import OfficeRefused
from licences import thai
from records import applications, refunds
from records.database import Database
from records.refunds import GivenBack
from records.tables import Refund


class Agreed(Value):
    """Who has agreed to one refund so far, in order."""

    refund: str
    persons: tuple[str, ...]


class Refunding:
    """Effects on refunds. Each may be repeated: the bank knows a refund by its own name, and so do the books."""

    def __init__(self, database: Database, bank: Bank) -> None:
        self.database, self.bank = database, bank

    @activity.defn(name="agree_to_refund")
    async def agree(self, agreed: Agreed) -> bool:
        """Write down who agreed; True: they are enough."""
        async with self.database.transaction() as session:
            return await refunds.agree(session, agreed.refund, agreed.persons)

    @activity.defn(name="give_back")
    async def give_back(self, agreed: Agreed) -> str:
        """Set aside, give back at the bank, book, tell; "" or why it cannot be done. Raises OfficeDown: ask again."""
        async with self.database.transaction() as session:
            refund = await refunds.get(session, agreed.refund)
            if refund.status == "paid":
                return ""
            handed_over = await refunds.set_aside(session, refund, datetime.now(UTC))
        if handed_over:
            return await self._failed(refund, f"handed over already: {handed_over}")
        try:
            done = await self.bank.refund(refund.id, refund.transaction_id, refund.satang, refund.reason)
        except OfficeRefused as no:
            return await self._failed(refund, str(no))
        await self._paid(refund, GivenBack(done.refund_id, done.at), agreed.persons)
        return ""

    async def _failed(self, refund: Refund, says: str) -> str:
        async with self.database.transaction() as session:
            await refunds.fail(session, refund.id, says)
        return says

    async def _paid(self, refund: Refund, done: GivenBack, persons: tuple[str, ...]) -> None:
        async with self.database.transaction() as session:
            if not await refunds.paid_once(session, refund, done) or not refund.application:
                return
            application = await applications.get(session, refund.application)
            said = {"ref1": refund.ref1, "satang": refund.satang, "reason": refund.reason}
            key, tag = f"refund:{refund.id}", "application:refund:paid"
            await happened(session, application.number, key, tag, done.at, said, by=persons[-1])
            told = {"amount": thai.baht(refund.satang), "ref1": refund.ref1}
            await tell(session, application, "given-back", refund.id, done.at, told)
