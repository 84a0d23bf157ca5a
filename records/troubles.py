"""Steps that fail and are tried again, as their workers see them: short writes too, of which the engine is silent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records.rows import table_of, values_of
from records.tables import Trouble

TROUBLES = table_of(Trouble)


async def note(session: AsyncSession, trouble: Trouble) -> None:
    """It failed once more; since when stays."""
    row = insert(TROUBLES).values(values_of(trouble))
    newer = {name: row.excluded[name] for name in ("effect", "error", "said", "attempt", "at")}
    await session.execute(row.on_conflict_do_update(index_elements=["application", "step"], set_=newer))


async def over(session: AsyncSession, application: str, step: str) -> None:
    """It succeeded."""
    mine = (TROUBLES.c.application == application, TROUBLES.c.step == step)
    await session.execute(delete(TROUBLES).where(*mine))


async def forget(session: AsyncSession, application: str) -> None:
    """It begins anew: what fails again is noted again."""
    await session.execute(delete(TROUBLES).where(TROUBLES.c.application == application))


async def of(session: AsyncSession, application: str) -> tuple[Trouble, ...]:
    """What fails of one application."""
    return await _read(session, TROUBLES.c.application == application)


async def lasting(session: AsyncSession, since: datetime) -> tuple[Trouble, ...]:
    """What has failed since before that moment, the longest first."""
    return await _read(session, TROUBLES.c.since < since)


async def _read(session: AsyncSession, *which: object) -> tuple[Trouble, ...]:
    rows: Sequence[object] = (
        (await session.execute(select(TROUBLES).where(*which).order_by(TROUBLES.c.since))).mappings().all()  # type: ignore[arg-type]
    )
    return tuple(Trouble(**row) for row in rows)  # type: ignore[arg-type]
