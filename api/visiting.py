"""Appointments at the premises: the inspector proposes and moves, the applicant confirms or asks for another time.

What is said is kept with the case's history and told by mail, in one transaction.
"""

from datetime import datetime
from typing import Any

from activities.telling import HOST, tell
from api import access, handing, views
from api import tasks as desk_door
from api.filing import Desk
from api.people import Person
from licences import visits
from licences.applications import TaskClosed
from licences.calendar import BANGKOK
from licences.visits import NotAnInspection, Party, UnknownVisit, Visit
from records import applications, notices, people
from records import visits as kept
from records.applications import UnknownApplication
from records.database import Database
from records.tables import Appointment, Task

INSPECTION = "inspection"


async def inspected(database: Database, officer: Person, task_id: str, at: datetime) -> Task:
    """An open inspection in this officer's hands. Raises UnknownTask, NotAnInspection, TaskClosed, InOtherHands."""
    task = await desk_door.covered(database, officer, task_id)
    if task.kind != INSPECTION:
        raise NotAnInspection("งานนี้ไม่มีการตรวจสถานที่", "nobody visits the premises on this task")
    if task.closed_at is not None:
        raise TaskClosed(f"งาน {task.id} ปิดแล้ว", f"task {task.id} is closed")
    await handing.at_whose_desk(database, task, officer, at)
    return task


async def propose(
    database: Database, officer: Person, task: Task, when: datetime, why: str, at: datetime
) -> Appointment:
    """A day and time at the premises; with one that stands this moves it, and says why. Raises NotAllowed."""
    async with database.transaction() as session:
        before = await kept.standing_of(session, task.id)
        visits.check_proposal(when, at, moves=before is not None, why=why)
        made = await kept.propose(session, task, when, officer.id, why.strip(), at)
        application = await applications.get(session, task.application)
        what = "visit-moved" if before else "visit-proposed"
        await tell(session, application, what, made.id, at, {**_said(made), "why": why.strip() or "–"})
    return made


async def missed(database: Database, officer: Person, task: Task, party: Party, why: str, at: datetime) -> Appointment:
    """Record that somebody was not there; a new time is to be proposed. Raises NotAllowed."""
    async with database.transaction() as session:
        visit = await kept.standing_of(session, task.id)
        if visit is None:
            raise UnknownVisit
        visits.check_missed(Visit(visit.standing), visit.at, at, why)
        gone = await kept.miss(session, visit, party, officer.id, why.strip(), at)
        application = await applications.get(session, task.application)
        await tell(session, application, f"visit-missed-{party}", gone.id, at, {**_said(gone), "why": why.strip()})
    return gone


async def own(desk: Desk, person: Person, visit_id: str, at: datetime) -> Appointment:
    """An appointment of an application that this person filed or may act in. Raises UnknownVisit."""
    async with desk.database.reading() as session:
        visit = await kept.get(session, visit_id)
    try:
        await access.own(desk, person, visit.application, at)
    except UnknownApplication as hidden:
        raise UnknownVisit from hidden
    return visit


async def confirm(database: Database, person: Person, visit: Appointment, at: datetime) -> Appointment:
    """The applicant will be there; confirmed again nothing changes. Raises NotAllowed."""
    if visit.standing == Visit.CONFIRMED:
        return visit
    visits.check_confirmation(Visit(visit.standing), visit.at, at)
    async with database.transaction() as session:
        confirmed = await kept.confirm(session, visit, person.id, at)
        await _tell_inspector(session, confirmed, "visit-confirmed", at)
    return confirmed


async def ask_to_move(database: Database, person: Person, visit: Appointment, why: str, at: datetime) -> Appointment:
    """The applicant cannot be there then, and says why (and when he could). Raises NotAllowed."""
    visits.check_wish_to_move(Visit(visit.standing), visit.at, at, why)
    async with database.transaction() as session:
        asked = await kept.ask_to_move(session, visit, person.id, why.strip(), at)
        await _tell_inspector(session, asked, "visit-move-asked", at)
    return asked


def as_json(visit: Appointment) -> dict[str, Any]:
    """One appointment, for both sides."""
    said: dict[str, Any] = views.plain(views.visit(visit))
    return said


async def _tell_inspector(session: Any, visit: Appointment, what: str, at: datetime) -> None:
    inspector = await people.person(session, visit.proposed_by)
    if inspector is not None and inspector.email:
        key = f"{visit.application}:{what}:{visit.id}:{at.isoformat()}"
        said = {**_said(visit), "why": visit.said_why or "–", "task": visit.task}
        await notices.write_once_for(
            session, key, visit.application, inspector.email, what, said, at, host=HOST, language="th"
        )


def _said(visit: Appointment) -> dict[str, str]:
    here = visit.at.astimezone(BANGKOK)
    return {"on": here.date().isoformat(), "clock": f"{here:%H:%M}"}
