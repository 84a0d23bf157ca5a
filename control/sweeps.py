"""Loops that set going what was left standing: nothing waits for a message that was lost.

A door commits an application before it starts its journey, and hears of money before it tells one. If it dies between
the two, these rounds do the second half. Every round may be run twice, or by two processes, with the same result.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities import wanted
from activities.archives import Round
from activities.dailies import Day
from activities.log import NextHead
from activities.payments import Payments
from control import opening, recounting
from control.tidying import tidy_drafts
from exchange.bank import Bank
from exchange.errors import OfficeDown, OfficeRefused
from licences.calendar import BANGKOK
from licences.procedure import Operation, Procedure
from records import applications, cases, holidays, ledger, refunds
from records import log as log_records
from records.database import Database
from workflows.archives import RenewArchives
from workflows.case_messages import STORY, OpenedCase
from workflows.daily import DailyScan, Today, daily_story
from workflows.errands import SignTreeHead
from workflows.journey import Journey
from workflows.messages import GENERAL, JOURNEYS, Submission, plan, refund_story
from workflows.publishing import PublishDay
from workflows.refund import GiveBack

log = logging.getLogger("sweeps")

EVERY = timedelta(seconds=5)
A_MOMENT = timedelta(seconds=5)
"""How long a door is given to do the second half itself."""
BANK_EVERY = timedelta(seconds=60)
AT_ONCE = 100
HEAD_EVERY = timedelta(seconds=10)
"""How long an entry waits at least for a signed head of the register's log over it."""
HEAD_AGE = timedelta(days=1)
"""When a head is signed anew although nothing was entered: whoever watches sees that we still stand by it."""


async def begin_once(client: Client, story: Any, said: Any, name: str) -> bool:
    """Start a story under its name. False: one of that name was started before, and is left as it is."""
    try:
        await client.start_workflow(
            story, said, id=name, task_queue=GENERAL, id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE
        )
    except WorkflowAlreadyStartedError:
        return False
    return True


async def begin(client: Client, number: str, procedure: Procedure, *, for_company: bool) -> None:
    """Start the journey of a received application; starting it again changes nothing."""
    submission = Submission(number=number, plan=plan(procedure), for_company=for_company)
    if not await begin_once(client, JOURNEYS[Operation(procedure.operation)], submission, number):
        log.info("%s: its journey runs already", number)


async def tell_paid(client: Client, number: str, ref1: str) -> None:
    """Tell a journey that money may have arrived; a journey that is over is not told."""
    try:
        await client.get_workflow_handle(number).signal(Journey.paid, ref1)
    except RPCError as gone:
        if gone.status is not RPCStatusCode.NOT_FOUND:
            raise
        log.warning("%s: money for %s, and its journey is over", number, ref1)


async def begin_case(client: Client, opened: OpenedCase) -> None:
    """Start the story of a case; starting it again changes nothing."""
    if not await begin_once(client, STORY, opened, opened.number):
        log.info("%s: its story runs already", opened.number)


async def quietly(one_round: Callable[[], Awaitable[int]]) -> None:
    """One round; one that fails is logged, and made again the next time."""
    try:
        if done := await one_round():
            log.info("%s: %d", one_round.__name__, done)
    except (OfficeDown, OfficeRefused) as silent:
        log.warning("%s: %s", one_round.__name__, silent)
    except Exception:
        log.exception("%s failed and will be tried again", one_round.__name__)


class Sweeps:
    """The rounds, and the tools they need."""

    def __init__(self, database: Database, client: Client, bank: Bank) -> None:
        self.database, self.client, self.bank = database, client, bank
        self.payments = Payments(database, bank)
        self.tidied_on: date | None = None
        self.published_on: date | None = None  # the day on which the files of the day before were asked for
        self.archives_on: date | None = None  # the day whose round of archive stamps was asked for
        self.scanned_on: date | None = None
        self.asked_up_to = ""  # the reference of the last open bill that the bank was asked about

    async def rounds(self) -> None:
        """Go round until cancelled; a round that fails is logged and tried again."""
        asked_bank = signed_head = datetime.min.replace(tzinfo=UTC)
        while True:
            await quietly(self.begin_waiting)
            await quietly(self.begin_cases)
            await quietly(self.begin_daily)
            await quietly(self.count_anew)
            await quietly(self.hear_unheard)
            await quietly(self.begin_refunds)
            if datetime.now(UTC) - asked_bank > BANK_EVERY:
                asked_bank = datetime.now(UTC)
                await quietly(self.ask_bank)
            await self.of_the_day(datetime.now(BANGKOK).date())
            if datetime.now(UTC) - signed_head > HEAD_EVERY:
                signed_head = datetime.now(UTC)
                await quietly(self.sign_head)
            await asyncio.sleep(EVERY.total_seconds())

    async def of_the_day(self, today: date) -> None:
        """What is done once a Bangkok day; what failed is tried again at the next round, whatever else was done."""
        if today != self.tidied_on:
            await quietly(self.tidy)
        if today != self.published_on:
            await quietly(self.publish_yesterday)
        if today != self.archives_on:
            await quietly(self.renew_archives)

    async def tidy(self) -> int:
        """Once a day: throw away the drafts that nobody goes on with."""
        gone = await tidy_drafts(self.database, datetime.now(UTC))
        self.tidied_on = datetime.now(BANGKOK).date()
        return gone

    async def begin_waiting(self) -> int:
        """Start the journeys that their door did not come to start."""
        now = datetime.now(UTC)
        async with self.database.reading() as session:
            waiting = await applications.not_begun(session, now - A_MOMENT, AT_ONCE)
        for one in waiting:
            procedure = Procedure.model_validate(one.procedure)
            await begin(self.client, one.number, procedure, for_company=one.holder_kind == "juristic")
            async with self.database.transaction() as session:
                await applications.begun(session, one.number, now)
        return len(waiting)

    async def begin_cases(self) -> int:
        """Start the stories of cases that their door, or the daily scan, did not come to start."""
        now = datetime.now(UTC)
        async with self.database.reading() as session:
            waiting = await cases.not_begun(session, now - A_MOMENT, AT_ONCE)
            opened = [await opening.opened_case(session, one.case, one.rules) for one in waiting]
        for one in opened:
            await begin_case(self.client, one)
            async with self.database.transaction() as session:
                await cases.begun(session, one.number, now)
        return len(waiting)

    async def begin_daily(self) -> int:
        """Have today's licences looked at, once a Bangkok day; the id of the story keeps it once for all workers."""
        today = datetime.now(BANGKOK).date()
        if self.scanned_on == today:
            return 0
        await begin_once(self.client, DailyScan.run, Today(on=today), daily_story(today))
        self.scanned_on = today
        return 1

    async def count_anew(self) -> int:
        """Count open periods anew after each holiday that was announced; what was begun just before is seen by now."""
        now, moved = datetime.now(UTC), 0
        async with self.database.reading() as session:
            waiting = [one for one in await holidays.uncounted(session) if one.recorded_at < now - A_MOMENT]
        for one in waiting:
            moved += await recounting.count_anew(self.database, self.client, one, now)
        return moved

    async def hear_unheard(self) -> int:
        """See to notifications that came before their bill was known, just before a crash, or when all was over."""
        async with self.database.reading() as session:
            unheard = await ledger.unheard(session, datetime.now(UTC) - A_MOMENT, AT_ONCE)
        for one in unheard:
            await self._see_to(one)
        return len(unheard)

    async def _see_to(self, told: ledger.Unheard) -> None:
        """An open bill is its journey's to settle; for any other nobody waits, and what came is booked as owed back."""
        async with self.database.reading() as session:
            bill = await ledger.bill_by_ref1(session, told.ref1)
        if bill and bill.status == "open":
            return await tell_paid(self.client, told.application, told.ref1)
        await self.payments.confirm(wanted.Payment(number=told.application, at=datetime.now(UTC), ref1=told.ref1))

    async def begin_refunds(self) -> int:
        """Start to walk what is owed to payers; walking it again changes nothing."""
        async with self.database.reading() as session:
            waiting = await refunds.not_begun(session, AT_ONCE)
        for one in waiting:
            await begin_once(self.client, GiveBack.run, one.id, refund_story(one.id))
            async with self.database.transaction() as session:
                await refunds.begun(session, one.id, datetime.now(UTC))
        return len(waiting)

    async def ask_bank(self) -> int:
        """Ask the bank about open bills itself, in case no notification ever comes (thai-rules PAY-5)."""
        async with self.database.reading() as session:
            old = datetime.now(UTC) - BANK_EVERY
            bills = await ledger.open_bills(session, old, AT_ONCE, after=self.asked_up_to)
        self.asked_up_to = bills[-1].ref1 if len(bills) == AT_ONCE else ""
        today, told = datetime.now(BANGKOK).date(), 0
        for bill in bills:
            if await self.bank.inquire(bill.ref1, today):
                await tell_paid(self.client, bill.application, bill.ref1)
                told += 1
        return told

    async def sign_head(self) -> int:
        """Have the register's log signed when something new was entered, or a day has passed."""
        now = datetime.now(UTC)
        async with self.database.reading() as session:
            head, entries = await log_records.newest(session), await log_records.size_of_book(session)
        if not log_records.is_due(head, entries, now - HEAD_AGE):
            return 0
        nth = head.nth + 1 if head else 1
        try:
            await self.client.start_workflow(
                SignTreeHead.run, NextHead(nth=nth, at=now), id=f"tree-head:{nth}", task_queue=GENERAL
            )
        except WorkflowAlreadyStartedError:
            return 0
        return 1

    async def publish_yesterday(self) -> int:
        """Have the register's files of the day that is over written and signed: once, whoever asks."""
        now = datetime.now(BANGKOK)
        yesterday = now.date() - timedelta(days=1)
        name = f"open-data:{yesterday.isoformat()}"
        await begin_once(self.client, PublishDay.run, Day(day=yesterday, at=now), name)
        self.published_on = now.date()
        return 0

    async def renew_archives(self) -> int:
        """Have the archive stamps renewed that end within a year: once a day, whoever asks."""
        now = datetime.now(BANGKOK)
        await begin_once(self.client, RenewArchives.run, Round(at=now), f"archives:{now.date().isoformat()}")
        self.archives_on = now.date()
        return 0
