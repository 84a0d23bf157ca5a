"""Why a task is late: said by who holds it, by who stands in, or by the office's supervisor; told with each notice."""

from datetime import datetime

from api import handing
from api import tasks as desk_door
from api.people import Person
from licences.procedure import Text
from records import tasks
from records.database import Database
from records.tables import Task

WHY_LATE = Text(th="โปรดระบุเหตุแห่งความล่าช้า", en="Please say why it is late")


async def explainable(database: Database, officer: Person, task_id: str, at: datetime) -> Task:
    """A task whose delay this officer may explain. Raises UnknownTask, InOtherHands."""
    async with database.reading() as session:
        task = await tasks.get(session, task_id)
    if not handing.may_give(officer, task):  # neither his own, nor of the office he answers for
        await desk_door.covered(database, officer, task_id)
        await handing.at_whose_desk(database, task, officer, at)
    return task


async def explain(database: Database, officer: Person, task: Task, why: str, at: datetime) -> Task:
    """Keep the reason: the next notice to the applicant carries it (LFA s.10). Raises TaskClosed."""
    async with database.transaction() as session:
        return await tasks.explain(session, task.id, why, officer.id, at)
