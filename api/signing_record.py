"""The applicant signs the joint record of defects, signed in as himself (Licensing Facilitation Act s.8).

His signature is his recorded will over exactly these items, by their digest (Electronic Transactions Act s.9). Nothing
waits for it, and who does not sign is still asked.
"""

from datetime import datetime
from typing import Any

from api.people import Person
from api.resubmitting import NothingAsked
from licences.applications import Status, Verdict
from records import history, tasks
from records.database import Database
from records.tables import Application, Task

SIGNED = "application:record:signed"


async def asking(database: Database, kept: Application) -> Task:
    """The request that waits for the applicant's answers. Raises NothingAsked."""
    async with database.reading() as session:
        done = [task for task in await tasks.of(session, kept.number) if task.verdict == Verdict.ASK]
    if kept.status != Status.INCOMPLETE or kept.waiting_for != "answers" or not done:
        raise NothingAsked("ขณะนี้ไม่มีรายการที่ขอให้แก้ไข", "nothing is being asked of you just now")
    return max(done, key=lambda task: task.closed_at or task.opened_at)


async def sign(database: Database, person: Person, task: Task, at: datetime) -> None:
    """Keep that this person signs the record of these items; signed again, the first stays."""
    said = {"task": task.id, "digest": tasks.digest(task)}
    async with database.transaction() as session:
        await history.record(session, task.application, f"record:{task.id}", SIGNED, person.id, at, said)


async def signed_at(database: Database, task: Task) -> datetime | None:
    """When the applicant signed it; None: he has not."""
    async with database.reading() as session:
        happened = await history.of(session, task.application)
    return next((one.at for one in happened if one.tag == SIGNED and one.said["task"] == task.id), None)


def as_json(task: Task, at: datetime | None) -> dict[str, Any]:
    """Which record, and when it was signed."""
    return {"task": task.id, "signed_at": at}
