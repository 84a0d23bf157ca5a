"""New questions after the first: an officer has them only with his supervisor's leave, and its reason is kept.

Licensing Facilitation Act s.8: an applicant is asked once; what the first request missed is the office's own fault.
"""

from collections.abc import Sequence
from datetime import datetime

from api import people
from api.handing import NotTheSupervisor
from api.people import Person
from licences.applications import TaskClosed
from licences.errors import Conflict
from records import further, tasks
from records.database import Database
from records.tables import FurtherRequest, Task


class NothingAskedYet(Conflict):
    """The first request needs nobody's leave."""


async def leave(database: Database, task: str) -> FurtherRequest | None:
    """The supervisor's leave on a task; None: none was given."""
    async with database.reading() as session:
        return await further.allowed(session, task)


async def allow(database: Database, officer: Person, task: Task, reason: str, at: datetime) -> FurtherRequest:
    """Let whoever decides this task ask once more.

    Raises UnknownTask, NotTheSupervisor, TaskClosed, NothingAskedYet.
    """
    _check_supervisor(officer, task)
    if task.closed_at is not None:
        raise TaskClosed(f"งาน {task.id} ปิดแล้ว", f"task {task.id} is closed: nothing more is asked on it")
    async with database.transaction() as session:
        if not await further.asked_before(session, task.application):
            raise NothingAskedYet(
                "คำขอนี้ยังไม่เคยเรียกเอกสารหรือให้แก้ไข เจ้าหน้าที่เรียกครั้งแรกได้โดยไม่ต้องขออนุญาต",
                "this applicant was not asked anything yet: the first request needs no leave",
            )
        return await further.allow_once(session, task, officer.id, reason, at)


async def open_tasks(database: Database, officer: Person, application: str) -> Sequence[Task]:
    """The open tasks of an application at the offices that this supervisor answers for. Raises UnknownTask."""
    async with database.reading() as session:
        found = [task for task in await tasks.of(session, application) if task.closed_at is None]
    mine = [task for task in found if _answers_for(officer, task)]
    if not mine:
        raise tasks.UnknownTask(application)
    return mine


def _check_supervisor(officer: Person, task: Task) -> None:
    if _answers_for(officer, task):
        return
    if any(people.covers(seat, task.agency, task.office) and seat.role == task.role for seat in officer.desks):
        raise NotTheSupervisor(
            "ผู้บังคับบัญชาของสำนักงานเท่านั้นที่อนุญาตให้เรียกเอกสารอีกครั้งได้",
            "only the office's supervisor may let the applicant be asked once more",
        )
    raise tasks.UnknownTask(task.id)


def _answers_for(officer: Person, task: Task) -> bool:
    return any(people.covers(seat, task.agency, task.office) for seat in officer.seats(people.SUPERVISOR))
