"""Holidays announced after the list was compiled, each announcement with its number, its day and its source.

`holidays.csv` is the list as a release brought it; what is announced later (a special day, a day in lieu that is moved,
a regional day) stands here and is never changed: a day is taken back by a later announcement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences import calendar
from licences.errors import NotAllowed
from records.rows import table_of, write_all_once
from records.tables import AnnouncedHoliday

HOLIDAYS = table_of(AnnouncedHoliday)
COUNTING = 20_261_128
"""The lock between whoever counts a period that is recounted later, and whoever announces a holiday meanwhile."""


class NothingAnnounced(NotAllowed):
    """An announcement without a day, or that says what the calendar says already."""


@dataclass(frozen=True)
class Announcement:
    """One announcement: its days and where, whether offices are closed on them, who announced it and when."""

    days: tuple[date, ...]
    scopes: tuple[str, ...]
    name_th: str
    name_en: str
    announced_on: date
    source: str
    closed: bool = True


@dataclass(frozen=True)
class Announced:
    """An announcement as it is kept."""

    version: int
    days: tuple[date, ...]
    scopes: tuple[str, ...]
    closed: bool
    name_th: str
    name_en: str
    announced_on: date
    source: str
    recorded_at: datetime
    counted_at: datetime | None


async def closed(
    session: AsyncSession, *, province: str = "", agency: str = "", counting: bool = False
) -> frozenset[date]:
    """The days that do not count for an office, as far as anything was announced.

    `counting`: a period is counted that is counted again when a holiday comes; until this transaction ends none is
    announced, so that the recount finds it.
    """
    if counting:
        await session.execute(select(func.pg_advisory_xact_lock_shared(COUNTING)))
    scopes = calendar.scopes(province=province, agency=agency)
    said = (HOLIDAYS.c.scope, HOLIDAYS.c.day, HOLIDAYS.c.closed)
    asked = select(*said).where(HOLIDAYS.c.scope.in_(scopes)).order_by(HOLIDAYS.c.version)
    rows = (await session.execute(asked)).all()
    return calendar.with_announced(scopes, [(row.scope, row.day, row.closed) for row in rows])


async def announce(session: AsyncSession, one: Announcement, by: str, at: datetime) -> int:
    """Keep an announcement; its number. What is counted meanwhile is waited for. Raises NothingAnnounced."""
    await session.execute(select(func.pg_advisory_xact_lock(COUNTING)))
    known = [await _closed_in(session, scope) for scope in one.scopes]
    news = [(day, scope) for scope, days in zip(one.scopes, known, strict=True) for day in one.days
            if (day in days) is not one.closed]  # fmt: skip
    if not news:
        raise NothingAnnounced("ปฏิทินเป็นเช่นนั้นอยู่แล้ว", "the calendar says so already", field="days")
    version = 1 + int((await session.execute(select(func.coalesce(func.max(HOLIDAYS.c.version), 0)))).scalar_one())
    rows = [
        AnnouncedHoliday(
            version=version, day=day, scope=scope, closed=one.closed, name_th=one.name_th, name_en=one.name_en,
            announced_on=one.announced_on, source=one.source, recorded_by=by, recorded_at=at,
        )
        for day, scope in news
    ]  # fmt: skip
    await write_all_once(session, rows)
    return version


async def _closed_in(session: AsyncSession, scope: str) -> frozenset[date]:
    """What is closed in one scope alone."""
    asked = select(HOLIDAYS.c.day, HOLIDAYS.c.closed).where(HOLIDAYS.c.scope == scope).order_by(HOLIDAYS.c.version)
    rows = (await session.execute(asked)).all()
    return calendar.with_announced({scope}, [(scope, row.day, row.closed) for row in rows])


async def uncounted(session: AsyncSession) -> tuple[Announced, ...]:
    """The announcements after which open periods were not counted anew to the end, the oldest first."""
    return tuple(one for one in await every(session) if one.counted_at is None)


async def counted(session: AsyncSession, version: int, at: datetime) -> None:
    """Every open period was counted anew after it; the first moment stays."""
    first = (HOLIDAYS.c.version == version, HOLIDAYS.c.counted_at.is_(None))
    await session.execute(update(HOLIDAYS).where(*first).values(counted_at=at))


async def every(session: AsyncSession) -> tuple[Announced, ...]:
    """Every announcement, in order."""
    rows = await session.execute(select(HOLIDAYS).order_by(HOLIDAYS.c.version, HOLIDAYS.c.day, HOLIDAYS.c.scope))
    found: dict[int, list[AnnouncedHoliday]] = {}
    for row in rows.mappings():
        found.setdefault(row["version"], []).append(AnnouncedHoliday(**row))
    return tuple(_announced(kept) for kept in found.values())


def _announced(rows: Sequence[AnnouncedHoliday]) -> Announced:
    one = rows[0]
    days, scopes = (tuple(dict.fromkeys(getattr(row, name) for row in rows)) for name in ("day", "scope"))
    same = ("version", "closed", "name_th", "name_en", "announced_on", "source", "recorded_at", "counted_at")
    return Announced(days=days, scopes=scopes, **{name: getattr(one, name) for name in same})
