"""The part of a day's proof that is about payees: their shares = what was handed over + what is still with us.

Every settlement is recomputed from the books, as its payee recomputes it; nobody's account is below zero; what is on
its way is exactly what the bank's statement has not shown yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from licences import settlement as rules
from licences.ledger import BANK
from records import bank_lines, ledger, settlements
from records.rows import day_of
from records.tables import Settlement


@dataclass(frozen=True)
class Off:
    """Two books that do not agree; whole satang."""

    what: str
    between: str
    left_satang: int
    right_satang: int
    says: str


@dataclass(frozen=True)
class HandedOver:
    """The sums of a day, and everything that does not agree."""

    settled: int  # settlements of that day
    held: int  # of what stood on payees' accounts at its end, what was not handed over for it
    on_its_way: int  # handed over, and not on the bank's statement yet
    off: tuple[Off, ...]


async def look(session: AsyncSession, day: date) -> HandedOver:
    """Hold settlements, payees' accounts and statements that were brought in against the books."""
    _, ends = day_of(day)
    every = await settlements.listed(session, limit=100_000)
    held = await ledger.balances(session, ends)
    now = await ledger.balances_now(session)
    off = [
        *[one for row in every if row.until == day for one in await _recomputed(session, row)],
        *[one for payee in sorted({row.payee for row in every}) for one in await _edge_to_edge(session, payee, every)],
        *_on_its_way(every, now),
        *_below_zero(now),
        *await _unexplained(session, day),
    ]
    handed = sum(row.satang for row in every if row.until == day)
    return HandedOver(
        settled=handed,
        held=sum(satang for account, satang in held.items() if rules.is_payee(account)) - handed,
        on_its_way=now.get(rules.CLEARING, 0),
        off=tuple(off),
    )


async def _recomputed(session: AsyncSession, row: Settlement) -> list[Off]:
    said = await settlements.statement(session, row)
    found = rules.total(said.lines, row.payee)
    off = [Off(row.id, "settlements, postings", row.satang, found, fault) for fault in rules.faults(said)]
    if said.digest() != row.digest:
        off.append(Off(row.id, "settlements, postings", row.satang, found, "its lines are not what they were"))
    return off


async def _edge_to_edge(session: AsyncSession, payee: str, every: tuple[Settlement, ...]) -> list[Off]:
    """Everything up to the last settlement was handed over, no more and no less."""
    mine = [row for row in every if row.payee == payee]
    lines = await settlements.lines_of(session, payee, 0, max(row.upto_seq for row in mine))
    earned, handed = rules.total(lines, payee), sum(row.satang for row in mine)
    return (
        [Off(payee, "postings, settlements", earned, handed, "up to its last settlement")] if earned != handed else []
    )


def _on_its_way(every: tuple[Settlement, ...], now: Mapping[str, int]) -> Iterator[Off]:
    left, booked = sum(row.satang for row in every if row.arrived_at is None), now.get(rules.CLEARING, 0)
    if left != booked:
        yield Off(rules.CLEARING, "settlements, postings", left, booked, "handed over and not on a statement yet")


def _below_zero(now: Mapping[str, int]) -> Iterator[Off]:
    for account, satang in now.items():
        if satang < 0 and account != BANK:
            yield Off(account, "postings, postings", 0, satang, "an account is below zero")


async def _unexplained(session: AsyncSession, day: date) -> list[Off]:
    return [
        Off(line.id, "bank's file, books", line.satang, 0, f"{line.side} for {line.reference or 'nobody'}, unexplained")
        for line in await bank_lines.of_day(session, day)
        if line.status == "open"
    ]
