"""In whose hands a task is: nobody decides what another officer holds; it is given to a colleague with who and why."""

from datetime import date, datetime

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from api import people
from api.bodies import Body
from api.people import Person
from licences.calendar import BANGKOK
from licences.errors import Conflict, Forbidden, NotAllowed
from records import covers, seats, tasks
from records.database import Database
from records.seats import Colleague
from records.tables import Task


class InOtherHands(Conflict):
    """Another officer holds the task: it is his to decide until it is put back or given to somebody else."""


class NoColleague(NotAllowed):
    """Nobody of that id works at that desk today."""


class NotTheSupervisor(Forbidden):
    """Only who answers for the office moves other people's work."""


class Handing(Body):
    """To whom, and why."""

    to: str = Field(min_length=1, max_length=100)
    reason: str = Field(min_length=1, max_length=1_000)


class WholeDesk(Handing):
    """Everything that lies on one officer's desk, in one role; without `holder`, on one's own."""

    agency: str = Field(min_length=1, max_length=40)
    role: str = Field("officer", max_length=20)
    holder: str = Field("", max_length=100)


async def at_whose_desk(database: Database, task: Task, officer: Person, at: datetime) -> str:
    """The absent officer for whom this one decides, "" where the task is free or his own. Raises InOtherHands."""
    if task.closed_at is not None or task.assignee in ("", officer.id):
        return ""
    if await stands_in(database, task, officer, at):
        return task.assignee
    raise InOtherHands(
        "งานนี้มีเจ้าหน้าที่คนอื่นรับผิดชอบอยู่ ต้องให้ผู้นั้นคืนงาน หรือให้ผู้บังคับบัญชาเปลี่ยนผู้รับผิดชอบก่อน",
        "another officer holds this task: he puts it back, or the supervisor gives it to somebody else, first",
    )


async def stands_in(database: Database, task: Task, officer: Person, at: datetime) -> bool:
    """Whether the task is an absent colleague's at whose desk this officer sits today."""
    async with database.reading() as session:
        return await covers.stands_in(session, officer.id, task, at.astimezone(BANGKOK).date())


async def stood_in_for(database: Database, officer: Person, agency: str, at: datetime) -> tuple[str, ...]:
    """The absent officers at whose desks this one sits today."""
    async with database.reading() as session:
        return await covers.desks_of(session, officer.id, agency, at.astimezone(BANGKOK).date())


def may_give(officer: Person, task: Task) -> bool:
    """Whether it is this officer's own task, or he answers for the office where it lies."""
    return task.assignee == officer.id or any(
        people.covers(seat, task.agency, task.office) for seat in officer.seats(people.SUPERVISOR)
    )


async def colleagues(database: Database, task: Task, at: datetime) -> tuple[Colleague, ...]:
    """Who sits at the desk where the task lies, today."""
    async with database.reading() as session:
        return await _at_the_desk_of(session, task, at.astimezone(BANGKOK).date())


async def give(database: Database, officer: Person, task: Task, wanted: Handing, at: datetime) -> Task:
    """Put a task into a colleague's hands. Raises NoColleague, TaskTaken, TaskClosed."""
    async with database.transaction() as session:
        await _check_colleague(session, task, wanted.to, at.astimezone(BANGKOK).date())
        return await tasks.reassign(session, task.id, task.assignee, wanted.to, officer.id, at, wanted.reason)


async def hand_over(database: Database, officer: Person, wanted: WholeDesk, at: datetime) -> tuple[str, ...]:
    """Every open task of one desk goes to a colleague, all or none, each with who and why; which they were.

    Raises NotTheSupervisor, NoColleague.
    """
    holder = wanted.holder or officer.id
    offices = offices_of(officer, wanted.agency, holder)
    async with database.transaction() as session:
        held = await tasks.held(session, wanted.agency, offices, wanted.role, holder)
        for task in {task.office: task for task in held}.values():
            await _check_colleague(session, task, wanted.to, at.astimezone(BANGKOK).date())
        for task in held:
            await tasks.reassign(session, task.id, holder, wanted.to, officer.id, at, wanted.reason)
    return tuple(task.id for task in held)


def offices_of(officer: Person, agency: str, holder: str) -> list[str]:
    """Where this officer disposes of a desk: of his own everywhere, of others' in the offices he answers for.

    "" among them: every office of the agency. Raises NotTheSupervisor.
    """
    if holder == officer.id:
        return [""]
    offices = sorted({seat.office for seat in officer.seats(people.SUPERVISOR) if seat.agency in ("", agency)})
    if not offices:
        raise NotTheSupervisor(
            "ย้ายงานของผู้อื่นได้เฉพาะผู้บังคับบัญชาของสำนักงาน", "only the office's supervisor moves other people's work"
        )
    return offices


async def _check_colleague(session: AsyncSession, task: Task, to: str, on: date) -> None:
    if not any(one.person == to for one in await _at_the_desk_of(session, task, on)):
        raise no_colleague("to")


def no_colleague(field: str) -> NoColleague:
    """What is said when work would go to somebody who does not sit at that desk."""
    return NoColleague(
        "ไม่มีเจ้าหน้าที่คนนี้ในหน้าที่และสำนักงานเดียวกัน โปรดเลือกจากรายชื่อ",
        "nobody of that id works at that desk today: choose from the list of colleagues",
        field=field,
    )


async def _at_the_desk_of(session: AsyncSession, task: Task, on: date) -> tuple[Colleague, ...]:
    return await seats.of_office(session, task.agency, task.office, (task.role,), on)
