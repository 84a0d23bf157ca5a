"""Until when the store refuses to let go of a paper."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from licences.calendar import BANGKOK, kept_until
from licences.registrar import who_seals
from records import register
from records.tables import Paper


async def keep_until(session: AsyncSession, paper: Paper, at: datetime, retention_years: int) -> date:
    """The life of what a paper grants, and its agency's years after (`keep_years`; else the system's)."""
    reserved = await register.reserved(session, paper.application) if paper.kind == "licence" else None
    years = who_seals(paper.agency).keep_years or retention_years
    return kept_until(reserved.valid_until if reserved else None, at.astimezone(BANGKOK).date(), years)


def lock_until(day: date) -> datetime:
    """The store's lock for a day: it opens when the day is over."""
    return datetime.combine(day + timedelta(days=1), time.min, BANGKOK)
