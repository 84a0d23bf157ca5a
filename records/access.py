"""Who looked at whose data, and why (Personal Data Protection Act s.39)."""

from datetime import datetime

from sqlalchemy import literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.rows import Page, moment_of, new_id, page, read_cursor, table_of, write_once
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


async def all_looks(
    session: AsyncSession, person: str = "", about: str = "", after: str = "", limit: int = 50
) -> Page[AccessLog]:
    """Every look, the latest first; of one person (who looked, or whose data), or about one application."""
    which = [or_(LOG.c.by == person, LOG.c.subject == person)] if person else []
    if about:
        which.append(or_(LOG.c.what == f"application:{about}", LOG.c.reason.startswith(f"application {about}")))
    order = (LOG.c.at, LOG.c.id)
    if after:
        at, look = read_cursor(after, 2)
        which.append(tuple_(*order) < tuple_(literal(moment_of(at)), literal(str(look))))
    asked = select(LOG).where(*which).order_by(*(column.desc() for column in order)).limit(limit + 1)
    rows = [AccessLog(**row) for row in (await session.execute(asked)).mappings()]
    return page(rows, limit, lambda one: (one.at, one.id))
