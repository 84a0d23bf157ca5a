"""Whether a licence that ran out goes on, because its renewal was filed in time and is not decided yet."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from licences import calendar, catalogue
from licences.procedure import Effect
from records import applications, holidays
from records.rows import table_of
from records.tables import Application, Holding

APPLICATIONS = table_of(Application)


async def open_ones(session: AsyncSession, licence_number: str) -> list[Application]:
    """Applications to renew a licence that are not decided yet."""
    return [one for one in await _filed(session, licence_number) if one.ended_at is None]


async def _filed(session: AsyncSession, licence_number: str) -> list[Application]:
    asked = select(APPLICATIONS).where(APPLICATIONS.c.licence_number == licence_number)
    found = [Application(**row) for row in (await session.execute(asked)).mappings()]
    return [one for one in found if (await applications.procedure_of(session, one.version)).effect is Effect.EXTEND]


async def closes(session: AsyncSession, held: Holding) -> date | None:
    """The last day on which filing a renewal keeps a licence in force until it is decided, moved off a closed day
    (CCC s.193/8); None: it ends on its last day, whatever is filed.

    Where the Act lets the holder go on until he is told (Drug Act s.17, Tourism Act s.22/1), the definition says
    `in_force_while_decided`.
    """
    versions = catalogue.load().versions.get(held.licence)  # none: a kind that is granted no more
    window = versions[-1].renewal_window if versions else None
    if held.valid_until is None or window is None or not window.in_force_while_decided:
        return None
    return calendar.office_day(held.valid_until, await holidays.closed(session, agency=held.agency))


async def pending(session: AsyncSession, held: Holding) -> bool:
    """Whether a renewal was filed before its last moment, and is not decided."""
    last = await closes(session, held)
    return last is not None and any(_in_time(one, last) for one in await open_ones(session, held.licence_number))


async def over_from(session: AsyncSession, held: Holding) -> date:
    """The first day on which a licence that ran out was in force no more: after its last day, or when the renewal that
    was filed in time was decided."""
    assert held.valid_until is not None
    days, last = [held.valid_until + calendar.DAY], await closes(session, held)
    if last is not None:
        filed = [one for one in await _filed(session, held.licence_number) if _in_time(one, last)]
        days += [one.ended_at.astimezone(calendar.BANGKOK).date() for one in filed if one.ended_at]
    return max(days)


def _in_time(filed: Application, last: date) -> bool:
    return filed.received_at < calendar.end_of_day(last)
