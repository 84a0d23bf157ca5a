"""Causes for which applications stand still, as the rounds saw them: each is told of once, or when it came back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records.rows import table_of, values_of
from records.tables import CauseSeen

CAUSES = table_of(CauseSeen)
CAME_BACK_AFTER = timedelta(minutes=30)
"""A cause that went and came again sooner than this is the same trouble, and nobody is told twice."""


async def keep(session: AsyncSession, seen: Sequence[CauseSeen], at: datetime) -> tuple[str, ...]:
    """Write down what stands still now; what is not among it has gone. Answers the ids of those that are news."""
    before = {row["id"]: CauseSeen(**row) for row in (await session.execute(select(CAUSES))).mappings()}
    news = tuple(one.id for one in seen if _is_news(before.get(one.id), at))
    for one in seen:
        row = insert(CAUSES).values(values_of(one))
        changed = {name: row.excluded[name] for name in ("cases", "since", "seen_at", "gone_at")}
        changed |= {"told_at": row.excluded.told_at} if one.id in news else {}
        await session.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed))
    gone = (CAUSES.c.gone_at.is_(None), CAUSES.c.id.not_in([one.id for one in seen]))
    await session.execute(update(CAUSES).where(*gone).values(gone_at=at))
    return news


def _is_news(before: CauseSeen | None, at: datetime) -> bool:
    return before is None or (before.gone_at is not None and before.gone_at < at - CAME_BACK_AFTER)


async def standing(session: AsyncSession) -> tuple[CauseSeen, ...]:
    """What stood still when the rounds looked last."""
    rows = await session.execute(select(CAUSES).where(CAUSES.c.gone_at.is_(None)).order_by(CAUSES.c.told_at))
    return tuple(CauseSeen(**row) for row in rows.mappings())


async def lately(session: AsyncSession, since: datetime) -> tuple[CauseSeen, ...]:
    """What stands still, or did since then, the latest first."""
    shown = or_(CAUSES.c.gone_at.is_(None), CAUSES.c.gone_at > since)
    rows = await session.execute(select(CAUSES).where(shown).order_by(CAUSES.c.told_at.desc()))
    return tuple(CauseSeen(**row) for row in rows.mappings())
