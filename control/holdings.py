"""The view of the register, made again from its entries: after a change in what is shown or searched, or when a row of
it is in doubt.

A page of licences at a time, under the book's own lock: people search, apply and are granted licences meanwhile. What
stands already as its entries say is not touched, so that it may be begun again at any moment.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from licences.register import EntryKind, Standing
from records import chains, register, renewals
from records.database import Database
from records.register import BOOK, AlreadyHeld, holding_of
from records.rows import values_of
from records.tables import Entry, Holding

A_PAGE = 200


@dataclass(frozen=True)
class Looked:
    """One page: how many licences, which of them were shown otherwise, and which cannot be shown as they stand, for
    another licence for the same is in force."""

    licences: int
    changed: tuple[str, ...]
    refused: tuple[str, ...]
    last: str


async def rebuild(database: Database, at: datetime) -> AsyncIterator[Looked]:
    """Every licence of the book, page by page."""
    after = ""
    while (page := await _page(database, after, at)).licences:
        yield page
        after = page.last


async def _page(database: Database, after: str, at: datetime) -> Looked:
    changed, refused = list[str](), list[str]()
    async with database.transaction() as session:
        await chains.lock(session, BOOK)  # nobody appends meanwhile
        found = await register.shown_of(session, after, A_PAGE)
        for entries, kept in found:
            made = await _made(session, entries, kept, at)
            if made is None or (kept and _same(kept, made)):
                continue
            stands = await _shown(session, made, at)
            (changed if stands else refused).append(made.licence_number)
    last = found[-1][0][0].licence_number if found else ""
    return Looked(len(found), tuple(changed), tuple(refused), last)


async def _made(session: AsyncSession, entries: list[Entry], kept: Holding | None, at: datetime) -> Holding | None:
    """What the entries add up to; on which day somebody looks at it next was said by the last look, not by them."""
    made = holding_of(entries, at)
    ran_out = made and made.status == Standing.EXPIRED and entries[-1].kind != EntryKind.EXPIRY
    if made and ran_out and await renewals.pending(session, made):
        made = holding_of(entries, at, renewal_pending=True)
    if made and kept:
        made.next_action_on = kept.next_action_on
    return made


def _same(kept: Holding, made: Holding) -> bool:
    return values_of(kept) | {"as_of": made.as_of} == values_of(made)


async def _shown(session: AsyncSession, made: Holding, at: datetime) -> bool:
    try:
        async with session.begin_nested():
            await register.show(session, made, at)
    except AlreadyHeld:
        return False
    return True
