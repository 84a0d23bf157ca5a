"""Bringing in a bank statement: matched with our books, what is not is heard of or becomes a task.

A credit under one of our references is heard like the bank's own word, so that the journey asks the bank; a debit with
a settlement's number is its arrival. Whatever is left open is a person's to explain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.statements import BankLine as Told
from exchange.statements import BankStatement
from licences.calendar import BANGKOK
from records import bank_lines, baskets, ledger, settlements
from records.database import Database
from records.tables import BankLine


@dataclass(frozen=True)
class Brought:
    """What became of a statement's lines."""

    lines: int
    new: int  # not brought in before
    matched: int
    heard: int  # money under a reference of ours that our books do not have yet: the bank is asked
    open: int  # tasks, of this and earlier statements


async def bring(database: Database, statement: BankStatement, by: str, at: datetime) -> Brought:
    """Take in a whole statement; the same one again changes nothing."""
    rows = [_row(line, statement.name, by, at) for line in statement.lines]
    async with database.transaction() as session:
        new = await bank_lines.keep(session, rows)
        await _settled(session, statement.lines)
        matched = await bank_lines.match(session)
        heard = await _hear(session, statement.lines, at)
        waiting = await bank_lines.still_open(session, limit=10_000)
    return Brought(len(rows), new, matched, heard, len(waiting))


def _row(line: Told, statement: str, by: str, at: datetime) -> BankLine:
    return BankLine(
        id=line.reference, statement=statement, booked_on=line.on, side=line.side, satang=line.satang,
        reference=line.ref1, says=line.says, brought_by=by, brought_at=at, status="open",
    )  # fmt: skip


async def _settled(session: AsyncSession, lines: Sequence[Told]) -> None:
    """Settlements that this statement shows to have left."""
    for line in (one for one in lines if one.side == "DBIT" and one.ref1):
        at = datetime.combine(line.on, time(12), BANGKOK)
        await settlements.arrived_once(session, line.ref1, line.reference, line.satang, at)


async def _hear(session: AsyncSession, lines: Sequence[Told], at: datetime) -> int:
    """Money that arrived for a reference of ours and is not in our books."""
    credits = {line.reference: line for line in lines if line.side == "CRDT" and line.ref1}
    heard = 0
    for name in sorted(await ledger.unknown_of(session, credits)):
        line = credits[name]
        if await baskets.bills_told(session, line.ref1):
            await ledger.hear(session, name, line.ref1, line.satang, {"statement": line.on.isoformat()}, at)
            heard += 1
    return heard
