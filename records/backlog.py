"""How much waits, for whoever watches: counts only."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.rows import table_of
from records.tables import Application, BankNotification, Notice, Refund, Task

APPLICATIONS, NOTICES, TASKS = table_of(Application), table_of(Notice), table_of(Task)
TOLD, REFUNDS = table_of(BankNotification), table_of(Refund)


async def by_status(session: AsyncSession) -> dict[str, int]:
    """Open applications, by where they stand."""
    asked = select(APPLICATIONS.c.status, func.count()).where(APPLICATIONS.c.ended_at.is_(None))
    return {status: n for status, n in await session.execute(asked.group_by(APPLICATIONS.c.status))}


async def waiting(session: AsyncSession) -> dict[str, int]:
    """What a loop of ours is to take, or a person: journeys to begin, letters, money heard of, refunds, tasks."""
    counted = {
        "journeys": (APPLICATIONS, APPLICATIONS.c.journey_started_at.is_(None)),
        "letters": (NOTICES, NOTICES.c.sent_at.is_(None)),
        "bank-notifications": (TOLD, TOLD.c.handled_at.is_(None)),
        "refunds": (REFUNDS, REFUNDS.c.status != "paid"),
        "tasks": (TASKS, TASKS.c.closed_at.is_(None)),
    }
    columns = [
        select(func.count()).select_from(table).where(which).scalar_subquery() for table, which in counted.values()
    ]
    return dict(zip(counted, (await session.execute(select(*columns))).one(), strict=True))
