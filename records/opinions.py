"""What applicants thought of a case that is over: one score and a comment for each, which may be thought over."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records.rows import table_of, values_of
from records.tables import Opinion

OPINIONS = table_of(Opinion)


async def say(session: AsyncSession, opinion: Opinion) -> None:
    """Write an opinion down; said again, the later one stands."""
    new = insert(OPINIONS).values(values_of(opinion))
    later = {name: new.excluded[name] for name in ("score", "comment", "said_at")}
    await session.execute(new.on_conflict_do_update(index_elements=["application"], set_=later))


async def of(session: AsyncSession, application: str) -> Opinion | None:
    """What was said of one case."""
    row = (await session.execute(select(OPINIONS).where(OPINIONS.c.application == application))).mappings().first()
    return Opinion(**row) if row else None
