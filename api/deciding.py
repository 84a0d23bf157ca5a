"""Saying a decision to its journey so that a lost answer costs nobody anything."""

from api.engine import Engine, JourneyRefused
from licences.applications import Decision, Verdict
from records import tasks
from records.database import Database
from records.tables import Task


def stands(task: Task, officer: str, verdict: Verdict, reason: str) -> bool:
    """Whether this very decision is in the records already (its first answer was lost on the way)."""
    return task.closed_at is not None and (task.officer, task.verdict, task.reason) == (officer, verdict.value, reason)


async def say(engine: Engine, database: Database, number: str, decision: Decision, key: str) -> None:
    """Have a decision taken. What comes too late is no refusal when it is what stands.

    Between the door's look and the journey's the first call may have been heard, or a run that was begun again may
    have had it from the records. Raises NotAllowed, EngineDown.
    """
    try:
        await engine.update(number, "decide", decision, key=key)
    except JourneyRefused:
        async with database.reading() as session:
            task = await tasks.get(session, decision.task_id)
        if not stands(task, decision.officer, decision.verdict, decision.reason):
            raise
