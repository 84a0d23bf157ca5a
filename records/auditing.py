"""Whether anybody changed a row behind the application's back: each row against the hash-linked history, paged by key.

The chain finds a changed, moved or missing action; the rows of tasks and applications are held against what the history
says of them, so that neither can be changed alone, and the end of a history cannot be cut off.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from licences import register as book
from records import history, ledger, register, tasks
from records.rows import table_of
from records.tables import Action, Application, Task

ACTIONS, APPLICATIONS, TASKS = table_of(Action), table_of(Application), table_of(Task)
PAGE = 500
ANSWERS = ("application:submission:received", "application:answers:replaced")


@dataclass(frozen=True)
class Finding:
    """One row that does not stand as it was written."""

    table: str
    row: str
    says: str


async def check(session: AsyncSession) -> AsyncIterator[Finding]:
    """Everything that is wrong, table by table."""
    if broken := await history.check(session):
        yield Finding("actions", broken.id, "it is not what was written, or the line before it is gone")
    if (line := await register.check_chain(session)) is not None:
        yield Finding("entries", str(line), "the register's chain breaks here")
    if (line := await ledger.check_chain(session)) is not None:
        yield Finding("postings", str(line), "the ledger's chain breaks here")
    async for finding in _tasks(session):
        yield finding
    async for finding in _applications(session):
        yield finding


async def _tasks(session: AsyncSession) -> AsyncIterator[Finding]:
    """Every decision is in the history, with the digest of all that was decided."""
    said = and_(ACTIONS.c.subject == TASKS.c.application, ACTIONS.c.key == func.concat("close:", TASKS.c.id))
    kept = (TASKS.c.verdict != "", ~_erased(TASKS.c.application))
    asked = select(TASKS, ACTIONS.c.said).select_from(TASKS.outerjoin(ACTIONS, said)).where(*kept)
    after = ""
    while page := (await session.execute(asked.where(TASKS.c.id > after).order_by(TASKS.c.id).limit(PAGE))).all():
        for row in page:
            *columns, action = row
            if wrong := _of_task(Task(**dict(zip(TASKS.c.keys(), columns, strict=True))), action):
                yield Finding("tasks", row.id, wrong)
        after = page[-1].id


def _of_task(task: Task, said: Mapping[str, Any] | None) -> str:
    if said is None:
        return "its decision is not in the history"
    if said["verdict"] != task.verdict or said.get("digest", tasks.digest(task)) != tasks.digest(task):
        return "what was decided is not what the history says"
    return ""


async def _applications(session: AsyncSession) -> AsyncIterator[Finding]:
    """The answers are those last submitted, and an end is in the history."""
    latest = (
        select(ACTIONS.c.said)
        .where(ACTIONS.c.subject == APPLICATIONS.c.number, ACTIONS.c.tag.in_(ANSWERS))
        .order_by(ACTIONS.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    ended = exists().where(ACTIONS.c.subject == APPLICATIONS.c.number, ACTIONS.c.tag.startswith("application:end:"))
    names = ("number", "answers", "answers_digest", "version", "ended_at")
    asked = select(*(APPLICATIONS.c[name] for name in names), latest.label("said"), ended.label("ended"))
    asked = asked.where(~_erased(APPLICATIONS.c.number))
    number, after = APPLICATIONS.c.number, ""
    while page := (await session.execute(asked.where(number > after).order_by(number).limit(PAGE))).all():
        for row in page:
            if wrong := _of_application(row):
                yield Finding("applications", row.number, wrong)
        after = page[-1].number


def _erased(number: Any) -> Any:
    """Whether what people wrote in an application was erased on demand: the chain says so, and nothing is left."""
    erasure = ACTIONS.alias("erasure")
    return exists().where(erasure.c.subject == number, erasure.c.key == "erased")


def _of_application(row: Any) -> str:
    if row.said is None:
        return "its submission is not in the history"
    if row.answers_digest != row.said["answers_digest"] or book.answers_digest(row.answers) != row.answers_digest:
        return "its answers are not those that were submitted"
    if row.ended_at is not None and not row.ended:
        return "its end is not in the history"
    return ""
