"""What the register publishes signed: the newest of each name. And what the list of the dead is made of."""

from collections.abc import AsyncIterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from licences import register
from licences.register import EntryKind, Standing
from records.register import BATCH, ENTRIES
from records.rows import table_of, values_of
from records.tables import Entry, Publication

PUBLICATIONS = table_of(Publication)


async def keep(session: AsyncSession, name: str, statement: str, stamp: bytes, at: datetime) -> None:
    """Publish this under that name; an older one goes, a newer one stays."""
    new = insert(PUBLICATIONS).values(values_of(Publication(name=name, at=at, statement=statement, stamp=stamp)))
    said = {column: new.excluded[column] for column in ("at", "statement", "stamp")}
    older = PUBLICATIONS.c.at < new.excluded.at
    await session.execute(new.on_conflict_do_update(index_elements=["name"], set_=said, where=older))


async def newest(session: AsyncSession, name: str) -> Publication | None:
    """What is published under a name; None: nothing yet."""
    row = (await session.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.name == name))).mappings().first()
    return Publication(**row) if row else None


async def changed(session: AsyncSession, on: date) -> AsyncIterator[tuple[Entry, Standing]]:
    """Licences that are not what a paper of theirs says: the present entry, and what the licence is worth on a day.

    Suspended, revoked or ended; or in force under a newer document, while the dates of an older one still run.
    """
    after = ""
    while entries := await _more_than_granted(session, after):
        for number in sorted({one.licence_number for one in entries}):
            after = number
            if found := _found([one for one in entries if one.licence_number == number], on):
                yield found


def _found(entries: list[Entry], on: date) -> tuple[Entry, Standing] | None:
    lines = [register.Entry(one.seq, EntryKind(one.kind), one.valid_from, one.valid_until) for one in entries]
    standing = register.status_on(lines, on)
    papers = [one for one in entries if EntryKind(one.kind) in register.SUPERSEDES and one.valid_from <= on]
    if not papers or standing in (Standing.EXPIRED, Standing.NOT_YET):
        return None
    runs = any(older.valid_until is None or older.valid_until >= on for older in papers[:-1])
    return (papers[-1], standing) if standing is not Standing.IN_FORCE or runs else None


async def _more_than_granted(session: AsyncSession, after: str) -> list[Entry]:
    """The entries of the next licences, by number, to which more happened than a grant and its end by itself."""
    more = (
        ENTRIES.c.kind != EntryKind.GRANT.value,
        ENTRIES.c.kind != EntryKind.EXPIRY.value,
        ENTRIES.c.licence_number > after,
    )
    numbers = select(ENTRIES.c.licence_number).where(*more).group_by(ENTRIES.c.licence_number)
    some = numbers.order_by(ENTRIES.c.licence_number).limit(BATCH).subquery()
    asked = select(ENTRIES).join(some, some.c.licence_number == ENTRIES.c.licence_number).order_by(ENTRIES.c.seq)
    return [Entry(**row) for row in (await session.execute(asked)).mappings()]
