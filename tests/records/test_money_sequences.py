"""Whatever is quoted, paid, split, returned, reversed, handed over or written anew, in any order, with crashes between:
every satang collected is somebody's, nobody goes below zero, and doing it again changes nothing.

Each step is walked three times: once into a transaction that is lost (a crash), once for good, once again (a replay).
"""

import itertools
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from money_examples import SHARED, a_line
from records_examples import Act
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from licences import ledger as book
from licences import rates
from licences import refunds as law
from licences import settlement as rules
from licences.calendar import BANGKOK
from licences.fees import QuoteLine
from licences.procedure import Payee, Share
from records import baskets, ledger, proof, refunds, settlements
from records.applications import Submitted
from records.database import Database
from records.ledger import Books, Transfer, WantedBill
from records.refunds import GivenBack, TooMuch
from records.rows import new_id
from records.tables import Application, Bill

LOCAL = (Share(payee=Payee.LOCAL, basis_points=9_000), Share(payee=Payee.TREASURY, basis_points=1_000))
FEE_OF_ONE_PER_CENT = (Share(payee=Payee.AGENCY, basis_points=9_900), Share(payee=Payee.SYSTEM, basis_points=100))
DAYS = itertools.count()
Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["quote", "quote", "pay", "pay", "over", "short", "basket", "rate", "end", "return", "back", "settle"]
        ),
        st.integers(0, 7),
        st.integers(1, 300_000),
    ),
    min_size=4,
    max_size=14,
)  # fmt: skip


class Crash(Exception):
    """The worker dies before it has written."""


class World:
    """One day of money, and everything that was asked for on it."""

    def __init__(self, database: Database, another: Act, person: str) -> None:
        self.database, self.another, self.person = database, another, person
        self.day = date(2026, 1, 1) + timedelta(days=next(DAYS))
        self.at = datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=BANGKOK)
        self.run, self.bills = new_id("x"), list[Bill]()
        self.cases = list[Application]()
        self.collected = self.gone = 0

    async def three_times(self, do: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
        """Lost, done, and done again; the books are after the third as after the second."""
        try:
            async with self.database.transaction() as session:
                await do(session)
                raise Crash
        except Crash:
            pass
        async with self.database.transaction() as session:
            done = await do(session)
            after = await ledger.chains.lock(session, ledger.BOOK)
        async with self.database.transaction() as session:
            await do(session)
            assert await ledger.chains.lock(session, ledger.BOOK) == after
        return done

    def lines(self, satang: int, n: int) -> tuple[QuoteLine, ...]:
        """A quote: one of several splits, now and then with a part that the law returns, or a deposit."""
        shares = ((), SHARED, LOCAL, FEE_OF_ONE_PER_CENT)[n % 4]
        plain = a_line(satang, shares=shares, refundable=n % 3 == 0)
        return (plain, a_line(50_000, line="deposit", refundable=True)) if n % 5 == 0 else (plain,)

    def wanted(self, case: Application, lines: tuple[QuoteLine, ...], replaces: str = "") -> WantedBill:
        return WantedBill(case.number, "before-issue", lines, self.day, replaces=replaces)

    async def quote(self, n: int, satang: int) -> None:
        case: Application = await self.another(key=new_id("k"))
        asked = self.wanted(case, self.lines(satang, n))
        self.cases.append(case)
        self.bills.append(await self.three_times(lambda s: ledger.raise_bill_once(s, asked, ways, self.at)))

    async def rate(self, n: int, satang: int) -> None:
        """The rate changes while a bill is open: it is written anew; the old one is dead."""
        old = self.bills[n % len(self.bills)]
        case = next(one for one in self.cases if one.number == old.application)
        asked = self.wanted(case, self.lines(satang, n), old.ref1)

        async def anew(session: AsyncSession) -> Bill:
            new = await ledger.replace(session, asked, ways, self.at)
            before = await ledger.bill_by_ref1(session, old.ref1)
            if before is not None and before.status == "replaced":
                await refunds.owe_short(session, before, self.at)
            return new

        self.bills.append(await self.three_times(anew))

    async def arrives(self, ref1: str, satang: int, name: str) -> None:
        """Money comes under a bill's or a basket's reference."""
        transfer = Transfer(name, ref1, satang, self.at)

        async def book_it(session: AsyncSession) -> None:
            if await baskets.get(session, ref1):
                await baskets.pay_once(session, transfer, books_of, self.at)
            else:
                payment = await ledger.pay_once(session, transfer, BOOKS, self.at)
                await refunds.owe_payment(session, payment, self.at)

        await self.three_times(book_it)
        self.collected += satang

    async def pay(self, n: int, satang: int) -> None:
        bill = self.bills[n % len(self.bills)]
        await self.arrives(bill.ref1, bill.satang, new_id("T"))

    async def over(self, n: int, satang: int) -> None:
        bill = self.bills[n % len(self.bills)]
        await self.arrives(bill.ref1, bill.satang + satang, new_id("T"))

    async def short(self, n: int, satang: int) -> None:
        bill = self.bills[n % len(self.bills)]
        await self.arrives(bill.ref1, max(1, bill.satang - satang), new_id("T"))

    async def basket(self, n: int, satang: int) -> None:
        some = {bill.ref1: bill for bill in (self.bills[n % len(self.bills)], *self.bills[-2:])}
        chosen = list(some.values())
        found = await self.three_times(lambda s: baskets.raise_once(s, self.person, chosen, two_ways, self.at))
        await self.arrives(found.ref1, found.satang + (0, satang, -1)[n % 3], new_id("T"))

    async def end(self, n: int, satang: int) -> None:
        """A case ends; what the law returns then is owed to the payer."""
        case = self.cases[n % len(self.cases)]

        async def over(session: AsyncSession) -> None:
            await ledger.cancel_bills(session, case.number, self.at)
            await refunds.owe_end(session, case, ("refused", "withdrawn", "issued")[n % 3], self.at)

        await self.three_times(over)

    async def returned(self, n: int, satang: int) -> None:
        """An officer returns a part of a fee, as much as is left at most."""
        bill = self.bills[n % len(self.bills)]
        async with self.database.transaction() as session:
            try:
                await refunds.return_part(session, bill.ref1, satang, "Act, s. 9", self.at)
            except (TooMuch, ledger.UnknownBill):
                return

    async def back(self, n: int, satang: int) -> None:
        """The bank gives back what is owed; what was handed over already comes back to people as failed."""
        async with self.database.reading() as session:
            page = await refunds.listed(session, "waiting", limit=100)
        mine = [one for one in page.items if one.owed_at == self.at]
        for refund in mine[: n + 1]:
            kept = await self.three_times(lambda s, r=refund: refunds.set_aside(s, r, self.at))
            if kept:
                async with self.database.transaction() as session:
                    await refunds.fail(session, refund.id, kept)
                continue
            done = GivenBack(f"R-{refund.id}", self.at)
            await self.three_times(lambda s, r=refund, d=done: refunds.paid_once(s, r, d))
            self.gone += refund.satang

    async def settle(self, n: int, satang: int) -> None:
        """Every payee is handed what is his, up to the end of the day."""
        async with self.database.reading() as session:
            held = await ledger.balances_now(session)
        for payee in [account for account in held if rules.is_payee(account)]:
            row = await self.three_times(lambda s, p=payee: settlements.settle_once(s, p, self.day, self.at))
            if row and n % 2:
                await self.three_times(
                    lambda s, r=row: settlements.arrived_once(s, r.id, f"B-{r.id}", r.satang, self.at)
                )


BOOKS = Books("bma", "BMA", "T200101")


async def books_of(bill: Bill) -> Books:
    return BOOKS


def ways(ref1: str) -> tuple[str, str]:
    return f"QR {ref1}", f"|{ref1}"


def two_ways(ref1: str, satang: int) -> tuple[str, str]:
    return ways(ref1)


async def check(database: Database) -> None:
    """What must hold whatever happened."""
    async with database.reading() as session:
        held = await ledger.balances_now(session)
        assert sum(held.values()) == 0
        assert {account: satang for account, satang in held.items() if satang < 0 and account != book.BANK} == {}
        assert await ledger.check_chain(session) is None
        assert await proof.receipt_gaps(session) == {}
        assert held.get(book.OVERPAID, 0) == await owed_to_payers(session)
        every = await settlements.listed(session, limit=10_000)
        assert held.get(rules.CLEARING, 0) == sum(one.satang for one in every if not one.arrived_at)
        for row in every:
            said = await settlements.statement(session, row)
            before = await settlements.get(session, row.previous) if row.previous else None
            assert rules.faults(said, await settlements.statement(session, before) if before else None) == ()


async def owed_to_payers(session: AsyncSession) -> int:
    """Whatever is a payer's has a refund that says so, but for what came short of a bill that still waits."""
    pages = [await refunds.listed(session, status, limit=9_999) for status in ("waiting", "failed")]
    owed = 0
    for one in (one for page in pages for one in page.items):
        mine = one.reason not in refunds.RETURNS or await ledger.is_booked(session, f"set-aside:{one.id}")
        owed += one.satang if mine else 0
    short = select(func.coalesce(func.sum(ledger.PAYMENTS.c.satang), 0)).join(
        ledger.BILLS, ledger.BILLS.c.ref1 == ledger.PAYMENTS.c.ref1
    )
    waits = (ledger.PAYMENTS.c.kind == "short", ledger.BILLS.c.status == "open")
    return owed + int((await session.execute(short.where(*waits))).scalar_one())


async def check_bills(database: Database, bills: list[Bill]) -> None:
    """Each bill's receipt is the sum of the shares that its payment was split into."""
    for ref1 in {bill.ref1 for bill in bills}:
        async with database.reading() as session:
            receipt, posted = await ledger.receipt_of(session, ref1), await ledger.postings_for(session, ref1)
            back = [one.satang for one in await refunds.of_bill(session, ref1) if one.reason in refunds.RETURNS]
        shares = sum(
            one.satang for one in posted if one.debit == book.BANK and one.credit != book.OVERPAID
        )  # what it was split into when it was paid, however much went back since
        assert shares == (receipt.satang if receipt else 0)
        assert sum(back) <= shares


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
async def test_every_satang_is_somebodys_whatever_happens_in_whatever_order(
    database: Database, another: Act, submitted: Submitted, steps: list[Step]
) -> None:
    world = World(database, another, submitted.applicant)
    async with database.reading() as session:
        before = -(await ledger.balances_now(session)).get(book.BANK, 0)
        left = await settlements.listed(session, limit=10_000)
    await world.quote(1, 100_001)

    for name, n, satang in steps:
        await getattr(world, "returned" if name == "return" else name)(n, satang)

    await check(database)
    await check_bills(database, world.bills)
    async with database.reading() as session:
        bank = -(await ledger.balances_now(session)).get(book.BANK, 0)
        now = await settlements.listed(session, limit=10_000)
    arrived = sum(one.satang for one in now if one.arrived_at) - sum(one.satang for one in left if one.arrived_at)
    assert bank - before == world.collected - world.gone - arrived


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=5), st.data())
def test_a_part_that_is_returned_takes_of_no_account_more_than_it_holds(held: list[int], data: st.DataObject) -> None:

    satang = data.draw(st.integers(1, sum(held)))

    moves = law.part_of({f"payable:{n}": one for n, one in enumerate(held)}, satang, "why")

    assert sum(one.satang for one in moves) == satang
    assert all(one.satang <= held[int(one.debit.removeprefix("payable:"))] for one in moves)
    assert rates.apportion(satang, held) == tuple(
        next((one.satang for one in moves if one.debit == f"payable:{n}"), 0) for n in range(len(held))
    )
