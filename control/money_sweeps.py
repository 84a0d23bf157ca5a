"""Loops about money: what nobody told us is read from the bank, what changed is billed anew, what was paid has its
receipt, and every payee is handed what is his. Each round may be run twice, or by two processes, with the same result.
"""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities import wanted
from activities.billing import Billing
from activities.payments import Payments
from activities.settling import SettlementPaper
from control.sweeps import begin_once, quietly, tell_paid
from exchange.bank import Bank
from licences.calendar import BANGKOK
from records import applications, bank_lines, ledger, settlements
from records.database import Database
from workflows.errands import MakeReceipt, SealSettlement
from workflows.journey import Journey
from workflows.messages import GENERAL, Rebill, receipt_story

log = logging.getLogger("sweeps")

EVERY = timedelta(seconds=1)
A_MOMENT = timedelta(seconds=5)
"""How long a door or a journey is given to see to what was told."""
OFTEN, SELDOM = timedelta(seconds=5), timedelta(minutes=10)
AT_ONCE = 100


async def rebill(client: Client, number: str, ref1: str) -> None:
    """Have a journey write its open bill anew; one that has gone on meanwhile is left alone."""
    try:
        await client.get_workflow_handle(number).execute_update(Journey.rebill, Rebill(ref1=ref1), id=f"rebill:{ref1}")
    except WorkflowUpdateFailedError as refused:
        log.info("%s: %s is not written anew: %s", number, ref1, refused.cause)
    except RPCError as gone:
        if gone.status is not RPCStatusCode.NOT_FOUND:
            raise


class MoneySweeps:
    """The rounds, and the tools they need."""

    def __init__(self, database: Database, client: Client, bank: Bank, billing: Billing) -> None:
        self.database, self.client, self.bank = database, client, bank
        self.payments, self.billing = Payments(database, bank), billing
        self.requoted_up_to = ""  # the reference of the last open bill that was looked at

    async def rounds(self) -> None:
        """Go round until cancelled; a round that fails is logged and tried again."""
        often = seldom = datetime.min.replace(tzinfo=UTC)
        while True:
            await quietly(self.begin_receipts)
            if datetime.now(UTC) - often > OFTEN:
                often = datetime.now(UTC)
                await quietly(self.hear_strangers)
                await quietly(self.wake_paid)
            if datetime.now(UTC) - seldom > SELDOM:
                seldom = datetime.now(UTC)
                for one_round in (self.rebill_changed, self.read_statement, self.settle, self.seal_settlements):
                    await quietly(one_round)
            await asyncio.sleep(EVERY.total_seconds())

    async def begin_receipts(self) -> int:
        """Have each receipt drawn, sealed and sent; asking again changes nothing."""
        async with self.database.reading() as session:
            waiting = await ledger.receipts_not_begun(session, AT_ONCE)
        for one in waiting:
            said = wanted.ReceiptPaper(number=one.application, at=one.at, receipt=one.number)
            await begin_once(self.client, MakeReceipt.run, said, receipt_story(one.number, one.application))
            async with self.database.transaction() as session:
                await ledger.receipt_begun(session, one.number, datetime.now(UTC))
        return len(waiting)

    async def hear_strangers(self) -> int:
        """See to what was told about no bill of ours: what the bank knows of it goes back to its payer."""
        async with self.database.reading() as session:
            strangers = await ledger.strangers(session, datetime.now(UTC) - A_MOMENT, AT_ONCE)
        for one in strangers:
            await self.payments.confirm_stranger(one, datetime.now(UTC))
        return len(strangers)

    async def wake_paid(self) -> int:
        """Tell journeys whose bill was paid without their hearing of it: in a basket, of which another one heard."""
        async with self.database.reading() as session:
            waiting = await ledger.paid_and_waiting(session, datetime.now(UTC) - A_MOMENT, AT_ONCE)
        for bill in waiting:
            await tell_paid(self.client, bill.application, bill.ref1)
        return len(waiting)

    async def read_statement(self) -> int:
        """Read the bank's statement of yesterday and today: money that nobody told of is heard of here."""
        today, heard = datetime.now(BANGKOK).date(), 0
        for day in (today - timedelta(days=1), today):
            there = {one.transaction_id: one for one in await self.bank.statement(day)}
            gone = await self.bank.given_back(day)
            async with self.database.transaction() as session:
                for name in sorted(await ledger.unknown_of(session, there)):
                    one, said = there[name], {"statement": day.isoformat()}
                    await ledger.hear(session, name, one.ref1, one.satang, said, datetime.now(UTC))
                    heard += 1
                for one in gone:
                    await settlements.arrived_once(session, one.ref1, one.transaction_id, one.satang, one.at)
                await bank_lines.match(session)
        return heard

    async def rebill_changed(self) -> int:
        """Have open bills written anew whose rule says so when its rate changes, and whose rate has changed."""
        now, changed = datetime.now(UTC), 0
        async with self.database.reading() as session:
            bills = await ledger.open_bills_to_requote(session, AT_ONCE, after=self.requoted_up_to)
        self.requoted_up_to = bills[-1].ref1 if len(bills) == AT_ONCE else ""
        for bill in bills:
            async with self.database.reading() as session:
                application = await applications.get(session, bill.application)
                quote = await self.billing.quoted_anew(session, application, bill, now.astimezone(BANGKOK).date())
            if [line.rule_version for line in quote.lines] != [line["rule_version"] for line in bill.lines]:
                await rebill(self.client, bill.application, bill.ref1)
                changed += 1
        return changed

    async def settle(self) -> int:
        """Hand every payee what is his for the period that is over."""
        now, made = datetime.now(UTC), 0
        async with self.database.reading() as session:
            due = await settlements.due(session, now.astimezone(BANGKOK).date())
        for payee, until in due:
            async with self.database.transaction() as session:
                made += await settlements.settle_once(session, payee, until, now) is not None
        return made

    async def seal_settlements(self) -> int:
        """Have the statement of each settlement signed, stamped and kept."""
        async with self.database.reading() as session:
            waiting = await settlements.not_begun(session, AT_ONCE)
        for one in waiting:
            with contextlib.suppress(WorkflowAlreadyStartedError):
                said, name = SettlementPaper(settlement=one.id), f"settlement:{one.id}"
                await self.client.start_workflow(SealSettlement.run, said, id=name, task_queue=GENERAL)
            async with self.database.transaction() as session:
                await settlements.begun(session, one.id, datetime.now(UTC))
        return len(waiting)
