"""The register's daily files: what was entered since the day before, in every form of the open data."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.register import Published, export
from records.rows import Page, page, read_cursor, table_of, write_once
from records.tables import DailyFiles

DAYS = table_of(DailyFiles)
AT_MOST = 100_000
"""Entries in one day's files; the next day's take the rest."""


async def last_before(session: AsyncSession, day: date) -> int:
    """The last entry that the files of the days before hold; 0: none was published."""
    asked = select(DAYS.c.last).where(DAYS.c.day < day).order_by(DAYS.c.day.desc()).limit(1)
    return int(await session.scalar(asked) or 0)


async def of_day(session: AsyncSession, day: date) -> DailyFiles | None:
    """The files of one day; None: they are not there (yet)."""
    row = (await session.execute(select(DAYS).where(DAYS.c.day == day))).mappings().first()
    return DailyFiles(**row) if row else None


async def days(session: AsyncSession, after: str = "", limit: int = 20) -> Page[DailyFiles]:
    """The days that have files, the latest first."""
    before = [DAYS.c.day < date.fromisoformat(str(read_cursor(after, 1)[0]))] if after else []
    rows = await session.execute(select(DAYS).where(*before).order_by(DAYS.c.day.desc()).limit(limit + 1))
    return page([DailyFiles(**row) for row in rows.mappings()], limit, lambda one: (one.day,))


async def entered(session: AsyncSession, after: int, until: datetime) -> list[Published]:
    """What was entered after a place and before a moment, in order."""
    found: list[Published] = []
    async for published in export(session, after):
        if published.body["entered_at"] >= until or len(found) == AT_MOST:
            break
        found.append(published)
    return found


async def keep(session: AsyncSession, made: DailyFiles) -> None:
    """Keep a day's files; those that were kept first stay."""
    await write_once(session, made)
