"""Who looked at whose data, and why (Personal Data Protection Act s.39)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.rows import new_id, table_of, write_once
from records.tables import AccessLog

LOG = table_of(AccessLog)


async def log(
    session: AsyncSession, by: str, subject: str, what: str, at: datetime, reason: str = "", key: str = ""
) -> None:
    """Write down one look. `key` names the look where the same call may come twice; without it every call is a look."""
    await write_once(
        session, AccessLog(id=key or new_id("look"), by=by, subject=subject, what=what, reason=reason, at=at)
    )


async def of(session: AsyncSession, subject: str, limit: int = 100) -> tuple[AccessLog, ...]:
    """Who looked at somebody's data, the latest first."""
    rows = await session.execute(
        select(LOG).where(LOG.c.subject == subject).order_by(LOG.c.at.desc(), LOG.c.id).limit(limit)
    )
    return tuple(AccessLog(**row) for row in rows.mappings())
