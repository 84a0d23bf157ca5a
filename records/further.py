"""A supervisor's leave to ask the applicant once more: on which task, by whom, why (Licensing Facilitation Act s.8)."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from licences.applications import Verdict
from records import history
from records.rows import table_of, write_once
from records.tables import FurtherRequest, Task

FURTHER, TASKS = table_of(FurtherRequest), table_of(Task)


async def allow_once(session: AsyncSession, task: Task, by: str, reason: str, at: datetime) -> FurtherRequest:
    """Whoever decides this task may ask once more; said twice, the first stays."""
    row = FurtherRequest(task=task.id, application=task.application, allowed_by=by, reason=reason, at=at)
    if await write_once(session, row):
        said = {"task": task.id, "stage": task.stage, "why": reason}
        await history.record(session, task.application, f"further:{task.id}", "task:request:allowed", by, at, said)
        return row
    kept = await allowed(session, task.id)
    assert kept is not None
    return kept


async def allowed(session: AsyncSession, task: str) -> FurtherRequest | None:
    """The leave that a task has; None: none was given."""
    row = (await session.execute(select(FURTHER).where(FURTHER.c.task == task))).mappings().first()
    return FurtherRequest(**row) if row else None


async def asked_before(session: AsyncSession, application: str, but: str = "") -> bool:
    """Whether the applicant was asked something already, on another task than `but`."""
    asking = (TASKS.c.application == application, TASKS.c.verdict == Verdict.ASK.value, TASKS.c.id != but)
    return bool((await session.execute(select(exists().where(*asking)))).scalar_one())
