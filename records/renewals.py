"""Whether a licence that ran out goes on, because its renewal was filed in time and is not decided yet."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from licences import calendar, catalogue
from licences.procedure import Effect
from records import applications
from records.rows import table_of
from records.tables import Application, Holding

APPLICATIONS = table_of(Application)


async def open_ones(session: AsyncSession, licence_number: str) -> list[Application]:
    """Applications to renew a licence that are not decided yet."""
    which = (APPLICATIONS.c.licence_number == licence_number, APPLICATIONS.c.ended_at.is_(None))
    rows = (await session.execute(select(APPLICATIONS).where(*which))).mappings()
    found = [Application(**row) for row in rows]
    return [one for one in found if (await applications.procedure_of(session, one.version)).effect is Effect.EXTEND]


async def pending(session: AsyncSession, held: Holding) -> bool:
    """Filed before the last day was over (moved off a closed day, CCC s.193/8), where the Act lets the holder go on
    until he is told (Drug Act s.17, Tourism Act s.22/1; `in_force_while_decided` of the definition)."""
    window = catalogue.load().licence(held.licence).renewal_window
    if held.valid_until is None or window is None or not window.in_force_while_decided:
        return False
    last = calendar.end_of_day(calendar.office_day(held.valid_until, calendar.holidays(agency=held.agency)))
    return any(one.received_at < last for one in await open_ones(session, held.licence_number))
