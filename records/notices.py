"""The outbox: a notice is written with what it tells, and sent by the postman, once per key."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records import rows
from records.rows import table_of
from records.tables import Application, Notice

NOTICES, APPLICATIONS = table_of(Notice), table_of(Application)
HOST = "bizportal"
"""The right side of a Message-ID, where no other name is given."""
LEASE = timedelta(minutes=5)
"""How long one postman has for what he took; after that another may."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
LONGEST_ERROR = 500


async def write_once(
    session: AsyncSession,
    application: str,
    what: str,
    *,
    at: datetime,
    turn: str = "1",
    said: Mapping[str, Any] | None = None,
    host: str = HOST,
) -> None:
    """Tell the applicant: put a notice in the outbox, once for each `what` and `turn`. One round trip.

    Whoever gave no e-mail address is told nothing here: the pages show it.
    """
    key = f"{application}:{what}:{turn}"
    written = {
        "key": key,
        "what": what,
        "said": dict(said or {}),
        "message_id": message_id(key, host),
        "written_at": at,
        "next_try_at": at,
        "tries": 0,
        "last_error": "",
    }
    them = [literal(value, NOTICES.c[name].type).label(name) for name, value in written.items()]
    asked = select(*them, APPLICATIONS.c.number, APPLICATIONS.c.email, APPLICATIONS.c.language)
    reachable = asked.where(APPLICATIONS.c.number == application, APPLICATIONS.c.email != "")
    names = [*written, "application", "to", "language"]
    await session.execute(insert(NOTICES).from_select(names, reachable).on_conflict_do_nothing())


async def write_once_for(
    session: AsyncSession,
    key: str,
    application: str,
    to: str,
    what: str,
    said: Mapping[str, Any],
    at: datetime,
    *,
    host: str = HOST,
    language: str = "th",
) -> None:
    """Tell anybody, by address; the same key again changes nothing."""
    notice = Notice(
        key=key,
        application=application,
        to=to,
        what=what,
        language=language,
        said=dict(said),
        message_id=message_id(key, host),
        written_at=at,
        next_try_at=at,
    )
    await rows.write_once(session, notice)


def message_id(key: str, host: str) -> str:
    """The same notice has the same Message-ID however often it is sent (RFC 5322 s.3.6.4)."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


async def due(session: AsyncSession, now: datetime, limit: int = 50) -> tuple[Notice, ...]:
    """Take what is to be sent now, the oldest first; no two postmen take the same.

    What is taken counts as tried; it comes back after LEASE unless `sent` or `failed` says otherwise.
    """
    waiting = (NOTICES.c.sent_at.is_(None), NOTICES.c.next_try_at <= now)
    oldest = select(NOTICES.c.key).where(*waiting).order_by(NOTICES.c.next_try_at).limit(limit)
    taken = (
        update(NOTICES)
        .where(NOTICES.c.key.in_(oldest.with_for_update(skip_locked=True)))
        .values(next_try_at=now + LEASE, tries=NOTICES.c.tries + 1)
        .returning(NOTICES)
    )
    found = (await session.execute(taken)).mappings().all()
    return tuple(sorted((Notice(**row) for row in found), key=lambda notice: (notice.written_at, notice.key)))


async def sent(session: AsyncSession, key: str, at: datetime) -> None:
    """The mail server took it; the first moment stays."""
    unsent = (NOTICES.c.key == key, NOTICES.c.sent_at.is_(None))
    await session.execute(update(NOTICES).where(*unsent).values(sent_at=at, last_error=""))


async def failed(session: AsyncSession, notice: Notice, error: str, at: datetime) -> datetime:
    """The mail server did not take it; tells when it is tried again."""
    again = at + pause(notice.tries)
    unsent = (NOTICES.c.key == notice.key, NOTICES.c.sent_at.is_(None))
    await session.execute(update(NOTICES).where(*unsent).values(next_try_at=again, last_error=error[:LONGEST_ERROR]))
    return again


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time, six hours at most."""
    return min(FIRST_PAUSE * 2 ** min(tries - 1, 20), LONGEST_PAUSE) if tries > 0 else FIRST_PAUSE


async def of(session: AsyncSession, application: str) -> tuple[Notice, ...]:
    """Everything people were told about an application."""
    found = await session.execute(
        select(NOTICES).where(NOTICES.c.application == application).order_by(NOTICES.c.written_at, NOTICES.c.key)
    )
    return tuple(Notice(**row) for row in found.mappings())


async def unsent(session: AsyncSession, tries: int, limit: int = 100) -> tuple[Notice, ...]:
    """What the mail server has refused so often that somebody should look."""
    waiting = (NOTICES.c.sent_at.is_(None), NOTICES.c.tries >= tries)
    found = await session.execute(select(NOTICES).where(*waiting).order_by(NOTICES.c.written_at).limit(limit))
    return tuple(Notice(**row) for row in found.mappings())
