"""Leave cover: who stands in for whom, said by the absent officer or the supervisor; over when he is back early."""

from datetime import date, datetime

from pydantic import Field

from api import desks, handing, people
from api import tasks as desk_door
from api.bodies import Body
from api.handing import NoColleague
from api.people import Person
from licences.calendar import BANGKOK
from licences.errors import NotAllowed, NotFound
from records import covers
from records.covers import Leave
from records.database import Database
from records.tables import Cover


class CoverUnknown(NotFound):
    """There is no such cover in one of this officer's offices."""


class DaysTurned(NotAllowed):
    """The last day comes before the first."""


class WantedCover(Body):
    """Who stands in for whom, from which day to which; without `absent`, for oneself."""

    agency: str = Field(min_length=1, max_length=40)
    role: str = Field("officer", max_length=20)
    absent: str = Field("", max_length=100)
    cover: str = Field(min_length=1, max_length=100)
    since: date
    until: date
    reason: str = Field(min_length=1, max_length=1_000)


async def begin(database: Database, officer: Person, wanted: WantedCover, at: datetime) -> Cover:
    """Keep a leave and who stands in. Raises NotTheSupervisor, NoColleague, DaysTurned."""
    leave = await _leave(database, officer, wanted, at)
    async with database.transaction() as session:
        return await covers.begin(session, leave, officer.id, at)


async def _leave(database: Database, officer: Person, wanted: WantedCover, at: datetime) -> Leave:
    absent = wanted.absent or officer.id
    offices = handing.offices_of(officer, wanted.agency, absent)
    if wanted.until < wanted.since:
        raise DaysTurned("วันสิ้นสุดต้องไม่ก่อนวันเริ่ม", "the last day comes before the first", field="until")
    if absent == wanted.cover:
        raise NoColleague("ผู้ปฏิบัติหน้าที่แทนต้องเป็นคนอื่น", "somebody else has to stand in", field="cover")
    sits = {one.person for one in await desks.around(database, officer, wanted.agency, at) if one.role == wanted.role}
    for field, person in (("absent", absent), ("cover", wanted.cover)):
        if person not in sits:
            raise handing.no_colleague(field)
    office = offices[0] if len(offices) == 1 else ""
    return Leave(office=office, **wanted.model_dump() | {"absent": absent})


async def end(database: Database, officer: Person, identifier: str, at: datetime) -> bool:
    """The absent officer is back early; True when it was running or to come. Raises CoverUnknown."""
    kept = await covered(database, officer, identifier)
    async with database.transaction() as session:
        return await covers.end(session, kept.id, officer.id, at, at.astimezone(BANGKOK).date())


async def covered(database: Database, officer: Person, identifier: str) -> Cover:
    """A cover that this officer may end: his own leave, or one of the office he answers for. Raises CoverUnknown."""
    async with database.reading() as session:
        kept = await covers.get(session, identifier)
    boss = officer.seats(people.SUPERVISOR)
    if kept is None or not (
        officer.id == kept.absent or any(people.covers(seat, kept.agency, kept.office) for seat in boss)
    ):
        raise CoverUnknown("ไม่พบการปฏิบัติหน้าที่แทนนี้", "there is no such cover in your office")
    return kept


async def running(database: Database, officer: Person, agency: str, at: datetime) -> tuple[Cover, ...]:
    """The cover that runs or is to come at this officer's offices. Raises NoDesk."""
    chosen, offices, _ = desk_door.seats_of(officer, agency)
    async with database.reading() as session:
        return await covers.of_agency(session, chosen, offices, at.astimezone(BANGKOK).date())
