"""Running numbers. A number is given in the transaction that uses it, so a series has no gap."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records.rows import table_of
from records.tables import Counter

COUNTERS = table_of(Counter)
_first = insert(COUNTERS)
NEXT = _first.on_conflict_do_update(
    index_elements=["name"], set_={"value": COUNTERS.c.value + _first.excluded.value}
).returning(COUNTERS.c.value)


async def next_of(session: AsyncSession, series: str) -> int:
    """The next number of a series, from 1. Whoever asks next waits until this transaction ends."""
    return int((await session.execute(NEXT, {"name": series, "value": 1})).scalar_one())
