"""In whose hands a task is: nobody decides what another officer holds; it is given to a colleague with who and why."""

from datetime import datetime

from api import people
from api.people import Person
from licences.calendar import BANGKOK
from licences.errors import Conflict, NotAllowed
from records import seats, tasks
from records.database import Database
from records.seats import Colleague
from records.tables import Task


class InOtherHands(Conflict):
    """Another officer holds the task: it is his to decide until it is put back or given to somebody else."""


class NoColleague(NotAllowed):
    """Nobody of that id works at that desk today."""


def check_hands(task: Task, officer: Person) -> None:
    """Raise InOtherHands, unless an open task is free or in this officer's own hands."""
    if task.closed_at is None and task.assignee not in ("", officer.id):
        raise InOtherHands(
            "งานนี้มีเจ้าหน้าที่คนอื่นรับผิดชอบอยู่ ต้องให้ผู้นั้นคืนงาน หรือให้ผู้บังคับบัญชาเปลี่ยนผู้รับผิดชอบก่อน",
            "another officer holds this task: he puts it back, or the supervisor gives it to somebody else, first",
        )


def may_give(officer: Person, task: Task) -> bool:
    """Whether it is this officer's own task, or he answers for the office where it lies."""
    return task.assignee == officer.id or any(
        people.covers(seat, task.agency, task.office) for seat in officer.seats(people.SUPERVISOR)
    )


async def colleagues(database: Database, task: Task, at: datetime) -> tuple[Colleague, ...]:
    """Who sits at the desk where the task lies, today."""
    async with database.reading() as session:
        return await seats.of_office(session, task.agency, task.office, (task.role,), at.astimezone(BANGKOK).date())


async def give(database: Database, officer: Person, task: Task, to: str, why: str, at: datetime) -> Task:
    """Put a task into a colleague's hands. Raises NoColleague, TaskTaken, TaskClosed."""
    if not any(one.person == to for one in await colleagues(database, task, at)):
        raise NoColleague(
            "ไม่มีเจ้าหน้าที่คนนี้ในหน้าที่และสำนักงานเดียวกัน โปรดเลือกจากรายชื่อ",
            "nobody of that id works at that desk today: choose from the list of colleagues",
            field="to",
        )
    async with database.transaction() as session:
        return await tasks.reassign(session, task.id, task.assignee, to, officer.id, at, why)
