"""A database of its own for every test, and a bank that takes real payments."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from money_examples import SHARED, a_line
from operating import begin, bizportal, driver, release  # noqa: F401  (fixtures)
from records_examples import Act
from records_fixtures import *  # noqa: F403

from exchange.bank import BANGKOK, Bank, Transfer, qr_text
from exchange.counterparts import BANK_KEY, BANK_SECRET, BILLER_ID
from exchange.counterparts.running import Offices, running
from licences.fees import QuoteLine
from records import ledger, refunds
from records.database import Database
from records.ledger import Books, WantedBill
from records.tables import Application, Bill, Payment

BOOKS = Books("bma", "BMA")


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    """The counterparts, in a process of their own."""
    with running(tmp_path_factory.mktemp("counterparts"), agencies=()) as offices:
        yield offices


@pytest.fixture
async def our_bank(offices: Offices) -> AsyncIterator[Bank]:
    """Our account at the bank."""
    ours = Bank(offices.url("bank"), BANK_KEY, BANK_SECRET, BILLER_ID)
    yield ours
    offices.mend()
    await ours.close()


_days = iter(date(2026, 1, 1) + timedelta(days=n) for n in range(300))


@pytest.fixture
def day() -> date:
    """A day on which nobody else pays: the bank's books are one for all tests of a file."""
    return next(_days)


@dataclass
class Payer:
    """Somebody who is billed and pays at the bank, on one day; and our books, which take in what the bank says."""

    database: Database
    bank: Bank
    offices: Offices
    another: Act
    day: date

    @property
    def moment(self) -> datetime:
        """Noon of the day."""
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=BANGKOK)

    async def billed(self, *lines: QuoteLine) -> tuple[Application, Bill]:
        """A bill on an application of its own."""
        application = await self.another()
        wanted = WantedBill(application.number, "before-issue", lines or (a_line(100_001, shares=SHARED),), self.day)

        def ways(ref1: str) -> tuple[str, str]:
            return qr_text(BILLER_ID, ref1, "", wanted.satang), ""

        async with self.database.transaction() as session:
            return application, await ledger.raise_bill_once(session, wanted, ways, self.moment)

    def paid(self, bill: Bill, satang: int = 0) -> str:
        """The payer's app pays, and nobody is told; the bank's number of the transfer."""
        at = self.moment.isoformat()
        return str(self.offices.pay(bill.qr, satang=satang, at=at, notify="")[0]["transactionId"])

    async def booked(self, name: str, **other: Any) -> Payment:
        """Our books take in one transfer as the bank states it (or, told otherwise, wrongly)."""
        found = next(one for one in await self.bank.statement(self.day) if one.transaction_id == name)
        async with self.database.transaction() as session:
            payment = await ledger.pay_once(session, taken(found, **other), BOOKS, self.moment)
            await refunds.owe_payment(session, payment, self.moment)
            return payment


def taken(one: Transfer, **other: Any) -> ledger.Transfer:
    """The bank's transfer as our books want it."""
    said = {"transaction_id": one.transaction_id, "ref1": one.ref1, "satang": one.satang, "paid_at": one.at}
    return ledger.Transfer(**said | other)


@pytest.fixture
def payer(database: Database, our_bank: Bank, offices: Offices, another: Act, day: date) -> Payer:
    """Somebody who pays."""
    return Payer(database, our_bank, offices, another, day)
