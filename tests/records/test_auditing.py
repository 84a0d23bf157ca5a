from typing import Any

import pytest
from records_examples import NOON, PROCEDURE, Act
from sqlalchemy import text

from licences import register
from licences.applications import Decision, Verdict
from records import applications, auditing, history, tasks
from records.applications import Submitted
from records.database import Database


@pytest.fixture
async def decided(write: Act, submitted: Submitted) -> str:
    """An application whose only stage was approved: the task's id."""
    from dataclasses import replace

    whole = replace(submitted, answers_digest=register.answers_digest(submitted.answers))
    kept = await write(applications.submit, whole)
    task = await write(tasks.open_once, kept, PROCEDURE.stages[0], "review:1", due_on=NOON.date(), at=NOON)
    decision = Decision(task_id=task.id, verdict=Verdict.APPROVE, officer="o-1", conditions=("ปิดก่อนเที่ยงคืน",))
    closed = await write(tasks.close_once, decision, at=NOON)
    said = {"task": task.id, "verdict": "approve", "digest": tasks.digest(closed)}
    await write(history.record, kept.number, f"close:{task.id}", "task:decision:approve", "o-1", NOON, said)
    return str(task.id)


async def found(database: Database) -> list[str]:
    async with database.reading() as session:
        return [finding.table async for finding in auditing.check(session)]


async def test_what_stands_as_it_was_written_is_not_complained_of(database: Database, decided: str) -> None:
    assert await found(database) == []


@pytest.mark.parametrize(
    ("tampering", "table"),
    [
        ("UPDATE tasks SET verdict = 'refuse'", "tasks"),
        ("UPDATE tasks SET officer = 'o-2'", "tasks"),
        ("UPDATE tasks SET reason = 'เพราะ'", "tasks"),
        ("UPDATE tasks SET conditions = '[]'", "tasks"),
        ("UPDATE tasks SET report = '{\"findings\": []}'", "tasks"),
        ("DELETE FROM actions WHERE key LIKE 'close:%'", "tasks"),
        ("DELETE FROM actions WHERE key = 'submit'", "actions"),
        ("UPDATE actions SET said = said || '{\"verdict\": \"refuse\"}' WHERE key LIKE 'close:%'", "actions"),
        ("UPDATE actions SET by = 'o-2' WHERE key LIKE 'close:%'", "actions"),
        ("UPDATE actions SET at = at - interval '1 day' WHERE key LIKE 'close:%'", "actions"),
        ("UPDATE applications SET answers = answers || '{\"added\": true}'", "applications"),
        ("UPDATE applications SET answers_digest = 'x'", "applications"),
        ("UPDATE applications SET ended_at = now()", "applications"),
    ],
)
async def test_a_row_that_was_changed_is_found(database: Database, decided: str, tampering: str, table: str) -> None:
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger refuses it
        changed: Any = await session.execute(text(tampering))
    assert changed.rowcount == 1

    assert table in await found(database)
