"""Whose application it is, and who else may see it. To everybody else it does not exist: 404, never 403."""

from collections.abc import Sequence
from datetime import datetime

from fastapi.responses import Response

from api import representing
from api.filing import JURISTIC, Desk
from api.people import Person, covers
from api.views import deskside
from exchange.juristic import Company
from licences import applications as law
from licences.applications import Action, Status, Turn
from licences.errors import Conflict, NotAllowed, NotFound
from records import access as looks
from records import applications, archives, tasks
from records.applications import Line, UnknownApplication
from records.database import Database
from records.files import Files
from records.rows import Page
from records.tables import Application, Paper


class NothingToSign(Conflict):
    """Nobody's signature is missing."""


class NoSeat(NotFound):
    """This officer has no seat in that agency."""


async def visible(desk: Desk, person: Person, number: str, at: datetime) -> Application:
    """An application that this person filed, may act in, decides on or audits. Raises UnknownApplication."""
    kept = await _get(desk.database, number)
    if kept.applicant == person.id or await _at_desk(desk.database, person, kept):
        return kept
    if await _speaks(desk, person, kept, at):
        return kept
    raise UnknownApplication(number)


async def _at_desk(database: Database, person: Person, kept: Application) -> bool:
    """Whether it lies on a desk of this person's: of the office that decides, or of an agency asked for its opinion."""
    if person.sees(kept.agency, kept.office) or not person.desks:
        return person.sees(kept.agency, kept.office)
    async with database.reading() as session:
        return deskside(kept, person, await tasks.of(session, kept.number))


async def own(desk: Desk, person: Person, number: str, at: datetime) -> Application:
    """An application that this person filed or may act in for its company. Raises UnknownApplication."""
    kept = await _get(desk.database, number)
    if kept.applicant == person.id or await _speaks(desk, person, kept, at):
        return kept
    raise UnknownApplication(number)


async def of_office(database: Database, officer: Person, number: str) -> Application:
    """An application of one of this officer's offices. Raises UnknownApplication."""
    kept = await _get(database, number)
    if not any(covers(seat, kept.agency, kept.office) for seat in officer.desks):
        raise UnknownApplication(number)
    return kept


async def signer(desk: Desk, person: Person, number: str, at: datetime) -> tuple[Application, str]:
    """A company's application that waits for signatures, and the director that this person is, by the register's name.

    Raises UnknownApplication, NothingToSign, NotDirector, MatchUnclear.
    """
    kept = await own(desk, person, number, at)
    company = await _company(desk, person, kept, at)
    if company is None or Action.SIGN not in law.allowed(Status(kept.status), Turn.APPLICANT):
        raise NothingToSign("คำขอนี้ไม่ได้รอการลงนาม", "this application does not wait for signatures")
    return kept, representing.director(company, person)


async def note_look(database: Database, reader: Person, kept: Application, at: datetime) -> None:
    """Write down that an officer or auditor looked at somebody's application (PDPA s.39)."""
    if reader.id != kept.applicant and await _at_desk(database, reader, kept):
        async with database.transaction() as session:
            await looks.log(session, reader.id, kept.applicant, f"application:{kept.number}", at)


async def listed(
    desk: Desk, person: Person, at: datetime, juristic_id: str, agency: str, statuses: Sequence[str], *, mine: bool,
    after: str, limit: int,
) -> Page[Line]:  # fmt: skip
    """One page of what this person may see: a company's, an office's, or his own."""
    if juristic_id:
        await representing.company_for(desk.companies, juristic_id, person, "", at)
    async with desk.database.reading() as session:
        if juristic_id:
            return await applications.for_company(session, juristic_id, after, limit)
        if person.desks and not mine:
            seat, offices = _seat(person, agency)
            return await applications.for_offices(session, seat, offices, statuses, after, limit)
        return await applications.for_applicant(session, person.id, after, limit)


def _seat(person: Person, agency: str) -> tuple[str, list[str]]:
    chosen = agency or person.desks[0].agency
    offices = sorted({seat.office for seat in person.desks if seat.agency == chosen})
    if not offices:
        raise NoSeat(f"ท่านไม่มีหน้าที่ใน {chosen}", f"you have no seat in {chosen}", field="agency")
    return chosen, offices


async def as_pdf(files: Files, paper: Paper, filename: str) -> Response:
    """A sealed paper as a download that no cache keeps."""
    file = archives.newest(paper)
    content = await files.get(file.key, file.sha256, file.version_id)
    said = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=said)


async def _get(database: Database, number: str) -> Application:
    async with database.reading() as session:
        return await applications.get(session, number)


async def _speaks(desk: Desk, person: Person, kept: Application, at: datetime) -> bool:
    """Whether this person may act for the company of an application; a silent register is no."""
    company = await _company(desk, person, kept, at)
    if company is None:
        return False
    try:
        await representing.check_person(desk.database, company, person, kept.licence, at)
    except NotAllowed:
        return False
    return True


async def _company(desk: Desk, person: Person, kept: Application, at: datetime) -> Company | None:
    if kept.holder_kind != JURISTIC:
        return None
    try:
        return await representing.look_up(desk.companies, kept.holder_id, person, at)
    except NotAllowed:
        return None
