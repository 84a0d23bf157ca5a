"""The end of a book: locked while lines are added, so that a book has no gap and no cut end."""

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.ext.asyncio import AsyncSession

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


def with_end(lines: Insert, book: str) -> Insert:
    """The statement that adds lines and moves the end on with them; it wants `end_seq` and `end_hash`, see `end`."""
    moved = update(HEADS).where(HEADS.c.book == book).values(seq=bindparam("end_seq"), hash=bindparam("end_hash"))
    return lines.add_cte(moved.returning(HEADS.c.book).cte("moved"))


def end(seq: int, last: str) -> dict[str, Any]:
    """What `with_end` wants to know."""
    return {"end_seq": seq, "end_hash": last}
