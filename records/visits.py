"""Appointments at the premises: one row for each time that was proposed, the latest last; none is ever rewritten."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences import register
from licences.visits import STANDS, Party, UnknownVisit, Visit, VisitOver
from records import history
from records.rows import new_id, table_of, write_once
from records.tables import Appointment, Task

APPOINTMENTS = table_of(Appointment)
OPEN = APPOINTMENTS.c.standing.in_(sorted(STANDS))


async def propose(session: AsyncSession, task: Task, when: datetime, by: str, why: str, at: datetime) -> Appointment:
    """Another time; what stands is moved. Raises VisitOver when two propose at once."""
    before = await standing_of(session, task.id)
    if before is not None:
        await _become(session, before, Visit.MOVED, by, why, at)
    row = Appointment(
        id=new_id("v"), task=task.id, application=task.application, at=when, standing=Visit.PROPOSED.value,
        proposed_by=by, proposed_at=at, why=why,
    )  # fmt: skip
    if not await write_once(session, row):
        raise VisitOver("มีนัดอื่นแล้ว โปรดโหลดหน้านี้ใหม่", "there is another appointment: load the page again")
    said = _told(row, "", why)
    await history.record(session, task.application, f"visit:{row.id}", "task:visit:proposed", by, at, said)
    return row


async def confirm(session: AsyncSession, visit: Appointment, by: str, at: datetime) -> Appointment:
    """The applicant will be there. Raises VisitOver."""
    return await _become(session, visit, Visit.CONFIRMED, by, "", at)


async def ask_to_move(session: AsyncSession, visit: Appointment, by: str, why: str, at: datetime) -> Appointment:
    """The applicant cannot be there then. Raises VisitOver."""
    return await _become(session, visit, Visit.MOVE_ASKED, by, why, at)


async def miss(session: AsyncSession, visit: Appointment, party: Party, by: str, why: str, at: datetime) -> Appointment:
    """Somebody was not there. Raises VisitOver."""
    return await _become(session, visit, Visit.MISSED, by, why, at, missed_by=party.value)


async def keep(session: AsyncSession, task: str, by: str, at: datetime) -> None:
    """The inspector has said what he found: an appointment whose time had come was kept, one ahead was not needed."""
    visit = await standing_of(session, task)
    if visit is not None:
        await _become(session, visit, Visit.KEPT if visit.at <= at else Visit.MOVED, by, "", at)


async def get(session: AsyncSession, visit: str) -> Appointment:
    """One appointment. Who may see it is for the caller to ask. Raises UnknownVisit."""
    row = (await session.execute(select(APPOINTMENTS).where(APPOINTMENTS.c.id == visit))).mappings().first()
    if row is None:
        raise UnknownVisit
    return Appointment(**row)


async def of(session: AsyncSession, application: str) -> tuple[Appointment, ...]:
    """Every appointment of an application, in the order they were proposed."""
    asked = select(APPOINTMENTS).where(APPOINTMENTS.c.application == application)
    rows = await session.execute(asked.order_by(APPOINTMENTS.c.proposed_at, APPOINTMENTS.c.id))
    return tuple(Appointment(**row) for row in rows.mappings())


async def standing_of(session: AsyncSession, task: str) -> Appointment | None:
    """The appointment of a task that still stands; its row is locked until this transaction ends."""
    asked = select(APPOINTMENTS).where(APPOINTMENTS.c.task == task, OPEN).with_for_update()
    row = (await session.execute(asked)).mappings().first()
    return Appointment(**row) if row else None


async def _become(
    session: AsyncSession, visit: Appointment, standing: Visit, by: str, why: str, at: datetime, **more: Any
) -> Appointment:
    """Another standing, where it still is as it was seen; the history says who and why."""
    seen = (APPOINTMENTS.c.id == visit.id, APPOINTMENTS.c.standing == visit.standing)
    said = {"standing": standing.value, "said_by": by, "said_at": at, "said_why": why, **more}
    row = (await session.execute(update(APPOINTMENTS).where(*seen).values(said).returning(APPOINTMENTS))).mappings()
    if (now := row.first()) is None:
        raise VisitOver(
            "นัดนี้เปลี่ยนแปลงไปแล้ว โปรดโหลดหน้านี้ใหม่", "this appointment has changed meanwhile: load the page again"
        )
    key = f"visit:{visit.id}:{standing}:{at.isoformat()}"
    told = _told(visit, more.get("missed_by", ""), why)
    await history.record(session, visit.application, key, f"task:visit:{standing}", by, at, told)
    return Appointment(**now)


def _told(visit: Appointment, missed_by: str, why: str) -> dict[str, Any]:
    """For the history, which stays for ever: of people's words their digest; the words stand in the row."""
    said = {"task": visit.task, "visit": visit.id, "on": visit.at.isoformat(), "missed_by": missed_by}
    return said | {"digest": register.digest({"why": why})}
