"""Leave cover: who sits at whose desk, from which day to which, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from records import history
from records.rows import new_id, table_of, write_once
from records.tables import Cover, Task

COVERS = table_of(Cover)


@dataclass(frozen=True)
class Leave:
    """One officer's absence, and who stands in."""

    agency: str
    office: str
    role: str
    absent: str
    cover: str
    since: date
    until: date
    reason: str


async def begin(session: AsyncSession, leave: Leave, by: str, at: datetime) -> Cover:
    """From that day to that day, decisions at the absent officer's desk may be taken by the other, in his name."""
    row = Cover(id=new_id("cover"), recorded_by=by, recorded_at=at, **vars(leave))
    await write_once(session, row)
    days = {"since": leave.since.isoformat(), "until": leave.until.isoformat()}
    said = {"cover": leave.cover, **days, "why": leave.reason}
    subject = f"desk:{leave.absent}"
    await history.record(session, subject, row.id, "desk:cover:begun", by, at, said, on_behalf_of=leave.absent)
    return row


async def end(session: AsyncSession, identifier: str, by: str, at: datetime, on: date) -> bool:
    """The absent officer is back on that day, early; True when it was running or to come."""
    running = (COVERS.c.id == identifier, COVERS.c.until >= on)
    ended = update(COVERS).where(*running).values(until=on - timedelta(days=1)).returning(COVERS.c.absent)
    absent = (await session.execute(ended)).scalar_one_or_none()
    if absent is None:
        return False
    await history.record(session, f"desk:{absent}", f"end:{identifier}", "desk:cover:ended", by, at, {"id": identifier})
    return True


async def stands_in(session: AsyncSession, officer: str, task: Task, on: date) -> bool:
    """Whether an officer sits on that day at the desk of the absent one who holds a task."""
    desk = (COVERS.c.agency == task.agency, COVERS.c.role == task.role, COVERS.c.office.in_(("", task.office)))
    hands = (COVERS.c.cover == officer, COVERS.c.absent == task.assignee)
    asked = select(COVERS.c.id).where(*hands, *desk, *_running(on)).limit(1)
    return (await session.execute(asked)).scalar_one_or_none() is not None


async def desks_of(session: AsyncSession, officer: str, agency: str, on: date) -> tuple[str, ...]:
    """Whose desks in an agency an officer sits at besides his own on that day."""
    mine = (COVERS.c.cover == officer, COVERS.c.agency == agency)
    asked = select(COVERS.c.absent).where(*mine, *_running(on)).distinct()
    return tuple((await session.execute(asked)).scalars())


async def get(session: AsyncSession, identifier: str) -> Cover | None:
    """One cover."""
    row = (await session.execute(select(COVERS).where(COVERS.c.id == identifier))).mappings().first()
    return Cover(**row) if row else None


async def of_agency(session: AsyncSession, agency: str, offices: Sequence[str], on: date) -> tuple[Cover, ...]:
    """The covers that run or are to come in some offices; "" among them: in all."""
    asked = select(COVERS).where(COVERS.c.agency == agency, COVERS.c.until >= on)
    if "" not in offices:
        asked = asked.where(or_(COVERS.c.office.in_(offices), COVERS.c.office == ""))
    rows = await session.execute(asked.order_by(COVERS.c.since, COVERS.c.id))
    return tuple(Cover(**row) for row in rows.mappings())


def _running(on: date) -> tuple[ColumnElement[bool], ...]:
    return (COVERS.c.since <= on, COVERS.c.until >= on)
