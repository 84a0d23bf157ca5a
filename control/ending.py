"""End an application that cannot go on for a fault of ours, and owe back what is to be given back.

The run is ended first, so that nobody else writes; then the records are closed in one transaction by the same effect
that ends a withdrawn application: desks are cleared, open bills cancelled, refunds owed, the applicant told. What was
granted is never ended so: a number that is reserved leads to an entry, and that is cancelled instead.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities import wanted
from activities.applications import Applications
from licences import deciding
from licences.applications import Status, Verdict
from licences.errors import Conflict, Sentence
from records import applications, history, ledger, register, tasks
from records.database import Database
from workflows.messages import Word

TOLD = "ended"
"""What the applicant is told of, and what the history calls it."""


class Decided(Conflict):
    """It is granted, refused or over: there is nothing to end."""


@dataclass(frozen=True)
class Owed:
    """What ending it means for money, whole satang."""

    back: int  # refundable by its own rule
    kept: int  # paid, and not refundable: the agency decides


async def owed(database: Database, number: str) -> Owed:
    """What would be owed back. Raises UnknownApplication."""
    async with database.reading() as session:
        lines = [
            line for bill in await ledger.bills_of(session, number) if bill.status == "paid" for line in bill.lines
        ]
    back = sum(line["satang"] for line in lines if line["refundable"])
    return Owed(back, sum(line["satang"] for line in lines) - back)


def says(money: Owed) -> Sentence:
    """The same in words."""
    return Sentence(
        f"ยุติคำขอ ยกเลิกใบแจ้งที่ยังไม่ชำระ คืนเงิน {money.back} สตางค์ (ไม่คืนตามกฎ {money.kept} สตางค์)",
        f"it ends; open bills are cancelled; {money.back} satang are owed back ({money.kept} are not refundable)",
    )


async def end(database: Database, client: Client, number: str, word: Word) -> None:
    """End it. Raises Decided, UnknownApplication."""
    await _check(database, number)
    await _end_run(client, number, word.reason)
    at = datetime.now(UTC)
    ending = wanted.Ending(number=number, at=at, status=Status.WITHDRAWN.value, told=TOLD, by=word.by)
    await Applications(database).end(ending)
    said = {"repair": word.repair, "reason": word.reason, "agreed": word.agreed}
    async with database.transaction() as session:
        tag = "application:repair:end"
        await history.record(session, number, f"repair:end:{word.repair}", tag, word.by, at, said)


async def _check(database: Database, number: str) -> None:
    async with database.reading() as session:
        application = await applications.get(session, number)
        reserved = await register.reserved(session, number)
        words = deciding.that_count(tasks.heard(await tasks.of(session, number)))
    refused = any(one.verdict is Verdict.REFUSE for one in words)
    if application.ended_at or reserved or refused:
        raise Decided(
            "คำขอนี้ตัดสินแล้วหรือสิ้นสุดแล้ว ให้แก้ไขจนเสร็จ แล้วแก้ไขหรือยกเลิกใบอนุญาตแทน",
            "it is decided or over: let it finish, then amend or cancel what was issued",
        )


async def _end_run(client: Client, number: str, reason: str) -> None:
    try:
        await client.get_workflow_handle(number).terminate(reason=reason)
    except RPCError as gone:
        if gone.status is not RPCStatusCode.NOT_FOUND:
            raise
