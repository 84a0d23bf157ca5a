"""The clock of an application, stopped under a provision of its definition and started again, each with a reason."""

from datetime import datetime

from pydantic import Field

from api import delaying
from api.bodies import Body
from api.engine import Engine
from api.people import Person
from licences.errors import NotAllowed
from licences.procedure import Pause
from licences.register import is_case
from records import applications
from records.database import Database
from records.tables import Task
from workflows.messages import StartClock, StopClock


class NoProvision(NotAllowed):
    """No provision of the definition allows the clock to be stopped, or not that one."""


class Stop(Body):
    """Under which provision, and why."""

    provision: str = Field(min_length=1, max_length=60)
    reason: str = Field(min_length=1, max_length=1_000)


async def provisions(database: Database, task: Task) -> tuple[Pause, ...]:
    """Under which the clock of this task's application may be stopped.

    Of a case after the grant there are none: an appeal is extended once instead (Administrative Procedure Act s.45),
    and the days of the other acts are the office's own, of which it says why they were not enough.
    """
    if is_case(task.application):
        return ()
    async with database.reading() as session:
        kept = await applications.get(session, task.application)
        return (await applications.procedure_of(session, kept.version)).pauses


async def stop(
    database: Database, engine: Engine, officer: Person, task_id: str, wanted: Stop, at: datetime, key: str
) -> None:
    """Nobody is late until it goes on. Raises UnknownTask, InOtherHands, NoProvision, and what the journey says."""
    task = await delaying.explainable(database, officer, task_id, at)
    if wanted.provision not in {one.code for one in await provisions(database, task)}:
        raise _no_provision()
    said = StopClock(officer=officer.id, provision=wanted.provision, reason=wanted.reason)
    await engine.update(task.application, "stop_clock", said, key=key)


async def start(
    database: Database, engine: Engine, officer: Person, task_id: str, reason: str, at: datetime, key: str
) -> None:
    """The clock goes on. Raises UnknownTask, InOtherHands, and what the journey says."""
    task = await delaying.explainable(database, officer, task_id, at)
    if is_case(task.application):
        raise _no_provision()
    await engine.update(task.application, "start_clock", StartClock(officer=officer.id, reason=reason), key=key)


def _no_provision() -> NoProvision:
    return NoProvision(
        "ข้อกำหนดของใบอนุญาตนี้ไม่มีบทบัญญัติที่ให้หยุดนับเวลาด้วยเหตุนี้ โปรดพิจารณาภายในกำหนด หรือแจ้งเหตุแห่งความล่าช้า",
        "no provision of this licence's definition lets the clock stand still for that: decide in time, or say why "
        "it is late",
        field="provision",
    )
