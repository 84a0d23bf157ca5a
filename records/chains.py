"""The end of a book: locked while lines are added, so that a book has no gap and no cut end."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import CTE

from records.rows import table_of
from records.tables import Head

HEADS = table_of(Head)


async def lock(session: AsyncSession, book: str) -> tuple[int, str]:
    """Place and hash of the last line. Whoever asks next waits until this transaction ends."""
    asked = select(HEADS.c.seq, HEADS.c.hash).where(HEADS.c.book == book).with_for_update()
    seq, last = (await session.execute(asked)).one()
    return seq, last


async def end_of(session: AsyncSession, book: str) -> tuple[int, str]:
    """The same, to look only."""
    seq, last = (await session.execute(select(HEADS.c.seq, HEADS.c.hash).where(HEADS.c.book == book))).one()
    return seq, last


def moved(book: str, seq: int, last: str) -> CTE:
    """The statement that moves the end on, to be sent along with the lines."""
    return update(HEADS).where(HEADS.c.book == book).values(seq=seq, hash=last).returning(HEADS.c.book).cte("moved")
