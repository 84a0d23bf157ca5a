"""Applications not yet submitted, and answers on their way to a journey. They belong to the door."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from licences.errors import NotFound
from records.rows import changed, table_of, values_of
from records.tables import Draft, Person

DRAFTS, PEOPLE = table_of(Draft), table_of(Person)
FIRST = "w-"
"""How the id of an application not sent yet begins."""
KEPT_FOR, WARNED_BEFORE = timedelta(days=90), timedelta(days=7)
"""How long a draft is kept after it was last saved, and how long before the end its person is told."""
CHANGES = ("answers", "asked_anew", "attachments", "digest", "juristic_id", "licence_number", "saved_at", "version")


class DraftGone(NotFound):
    """There is no such draft, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__("ไม่พบร่างคำขอนี้", "there is no such draft")


async def save(session: AsyncSession, draft: Draft) -> None:
    """Keep a draft as it now is. Raises DraftGone when the id is somebody else's."""
    new = insert(DRAFTS).values(values_of(draft))
    later = {name: new.excluded[name] for name in CHANGES}
    mine = new.on_conflict_do_update(index_elements=["id"], set_=later, where=DRAFTS.c.person == new.excluded.person)
    if changed(await session.execute(mine)) != 1:
        raise DraftGone


async def get(session: AsyncSession, draft_id: str) -> Draft:
    """One draft. Raises DraftGone."""
    row = (await session.execute(select(DRAFTS).where(DRAFTS.c.id == draft_id))).mappings().first()
    if row is None:
        raise DraftGone
    return Draft(**row)


async def of(session: AsyncSession, person: str, limit: int = 100) -> tuple[Draft, ...]:
    """Somebody's drafts, the latest first."""
    rows = await session.execute(
        select(DRAFTS).where(DRAFTS.c.person == person).order_by(DRAFTS.c.saved_at.desc(), DRAFTS.c.id).limit(limit)
    )
    return tuple(Draft(**row) for row in rows.mappings())


async def of_set(session: AsyncSession, person: str, together: str) -> tuple[Draft, ...]:
    """The drafts that somebody fills in together, in the order in which they were begun."""
    mine = (DRAFTS.c.person == person, DRAFTS.c.together == together, DRAFTS.c.together != "")
    rows = await session.execute(select(DRAFTS).where(*mine).order_by(DRAFTS.c.opened_at, DRAFTS.c.id))
    return tuple(Draft(**row) for row in rows.mappings())


async def ending(session: AsyncSession, now: datetime, limit: int = 100) -> tuple[tuple[Draft, str], ...]:
    """Drafts that will be thrown away in a week, each with its person's address, where he gave one."""
    old = DRAFTS.c.saved_at < now - KEPT_FOR + WARNED_BEFORE
    joined = select(DRAFTS, PEOPLE.c.email).join(PEOPLE, PEOPLE.c.id == DRAFTS.c.person)
    named = (
        joined.where(old, DRAFTS.c.id.startswith(FIRST), PEOPLE.c.email != "").order_by(DRAFTS.c.saved_at).limit(limit)
    )
    rows = (await session.execute(named)).mappings().all()
    return tuple((Draft(**{column.key: row[column.key] for column in DRAFTS.columns}), row["email"]) for row in rows)


async def forget(session: AsyncSession, now: datetime) -> int:
    """Throw away what nobody has touched for so long; how many that were."""
    old = (DRAFTS.c.saved_at < now - KEPT_FOR, DRAFTS.c.id.startswith(FIRST))
    return changed(await session.execute(delete(DRAFTS).where(*old)))


async def discard(session: AsyncSession, draft_id: str) -> None:
    """Throw a draft away; once more changes nothing."""
    await session.execute(delete(DRAFTS).where(DRAFTS.c.id == draft_id))
