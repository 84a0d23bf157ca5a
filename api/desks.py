"""Whole desks: who works there, and one officer's work handed to a colleague. `/api/v1/desks`."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api import handing, tools, views
from api import tasks as desk_door
from api.handing import WholeDesk
from api.idempotency import ACall
from api.paging import After, Limit
from api.people import OFFICERS, SUPERVISOR, AnOfficer, Person
from api.tools import Now, TheDatabase
from licences.calendar import BANGKOK
from records import seats, tasks
from records.database import Database
from records.idempotency import Answer
from records.rows import Page
from records.seats import Colleague
from records.tasks import Line, Load

router = APIRouter(prefix="/api/v1/desks", tags=["officers"])


@router.get("/colleagues")
async def colleagues(
    officer: AnOfficer, database: TheDatabase, now: Now, agency: Annotated[str, Query(max_length=40)] = ""
) -> dict[str, Any]:
    """Who works at this officer's offices today: ids, names and roles, to give work to."""
    found = await around(database, officer, agency, now)
    return {"items": [{"id": one.person, "name": one.name, "role": one.role, "office": one.office} for one in found]}


@router.get("/running-out")
async def running_out(
    officer: AnOfficer, database: TheDatabase, now: Now, agency: Annotated[str, Query(max_length=40)] = "",
    after: After = "", limit: Limit = 25,
) -> dict[str, Any]:  # fmt: skip
    """What the offices this officer leads have to do soon, or should have done; in whosever hands it is."""
    found = await board(database, officer, agency, now, after, limit)
    return {"items": views.plain(found.items), "next": found.next}


@router.post("/handover")
async def hand_over(wanted: WholeDesk, call: ACall, officer: AnOfficer) -> Any:
    """A whole desk goes to a colleague, saying why: one's own, or any of the office by its supervisor."""

    async def give() -> Answer:
        moved = await handing.hand_over(call.database, officer, wanted, tools.now())
        return Answer(200, {"to": wanted.to, "tasks": list(moved)})

    return await call.once(wanted.model_dump(), give)


async def board(
    database: Database, officer: Person, agency: str, at: datetime, after: str = "", limit: int = 25
) -> Page[Line]:
    """One page of a supervisor's board, what is due first at the top; nothing for whoever leads no office there."""
    chosen, offices = led(officer, agency)
    if not offices:
        return Page((), "")
    async with database.reading() as session:
        return await tasks.running_out(session, chosen, offices, at.astimezone(BANGKOK).date(), after, limit)


async def loads(database: Database, officer: Person, agency: str, at: datetime) -> list[Load]:
    """How much lies on each desk of the offices that a supervisor leads; nothing for whoever leads none."""
    chosen, offices = led(officer, agency)
    if not offices:
        return []
    async with database.reading() as session:
        return await tasks.loads(session, chosen, offices, at.astimezone(BANGKOK).date())


def led(officer: Person, agency: str) -> tuple[str, list[str]]:
    """The agency, and the offices of it that this officer leads. Raises NoDesk where he has no seat at all."""
    chosen, _, _ = desk_door.seats_of(officer, agency)
    return chosen, sorted({seat.office for seat in officer.seats(SUPERVISOR) if seat.agency == chosen})


async def around(database: Database, officer: Person, agency: str, at: datetime) -> tuple[Colleague, ...]:
    """Everybody who works at this officer's offices today, once for each seat. Raises NoDesk."""
    chosen, offices, _ = desk_door.seats_of(officer, agency)
    found = dict[tuple[str, str, str], Colleague]()
    async with database.reading() as session:
        for office in offices:
            for one in await seats.of_office(session, chosen, office, OFFICERS, at.astimezone(BANGKOK).date()):
                found[one.person, one.role, one.office] = one
    return tuple(found.values())
