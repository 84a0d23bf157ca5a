"""Who works at this officer's offices: leave covered, and one's own desk, or a colleague's, handed over as a whole."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from api import charts, covering, desks, frame, further, handing, pages_desk, showing
from api import tasks as desk_door
from api.covering import WantedCover
from api.handing import WholeDesk
from api.people import SUPERVISOR, AnOfficer, Person
from api.showing import Says
from api.tools import Now, TheDatabase
from forms import times
from licences.errors import NotAllowed
from records import people

router = APIRouter(include_in_schema=False, prefix="/desk/office")

Words = Annotated[str, Form(max_length=1000)]


class Unclear(NotAllowed):
    """Something on the form is missing."""


@router.get("")
async def office(
    request: Request, officer: AnOfficer, database: TheDatabase, now: Now, agency: str = ""
) -> HTMLResponse:
    """The colleagues, the forms, and the cover that runs."""
    return await _show(request, officer, database, now, agency)


@router.post("/handover")
async def hand_over(
    request: Request, officer: AnOfficer, database: TheDatabase, now: Now, agency: Words = "", role: Words = "",
    holder: Words = "", to: Words = "", reason: Words = "",
) -> Response:  # fmt: skip
    """A whole desk goes to a colleague."""
    try:
        wanted = WholeDesk(agency=agency, role=role, holder=holder, to=to, reason=said(reason))
        moved = await handing.hand_over(database, officer, wanted, now)
    except (NotAllowed, ValidationError) as refusal:
        return await _show(request, officer, database, now, agency, refusal)
    return frame.see_other(f"/desk/office?agency={agency}&moved={len(moved)}")


@router.post("/cover")
async def cover(
    request: Request, officer: AnOfficer, database: TheDatabase, now: Now, agency: Words = "", role: Words = "",
    absent: Words = "", cover: Words = "", since: Words = "", until: Words = "", reason: Words = "",
) -> Response:  # fmt: skip
    """A colleague stands in from a day to a day."""
    try:
        days = {"since": _day(since, "since"), "until": _day(until, "until")}
        wanted = WantedCover(agency=agency, role=role, absent=absent, cover=cover, reason=said(reason), **days)
        await covering.begin(database, officer, wanted, now)
    except (NotAllowed, ValidationError) as refusal:
        return await _show(request, officer, database, now, agency, refusal)
    return frame.see_other(f"/desk/office?agency={agency}")


@router.post("/further")
async def allow_further_request(
    request: Request, officer: AnOfficer, database: TheDatabase, now: Now, agency: Words = "", number: Words = "",
    reason: Words = "",
) -> Response:  # fmt: skip
    """The supervisor lets an applicant be asked once more, on whatever of the application is open at his offices."""
    try:
        why = said(reason)
        for task in await further.open_tasks(database, officer, number.strip()):
            await further.allow(database, officer, task, why, now)
    except NotAllowed as refusal:
        return await _show(request, officer, database, now, agency, refusal)
    return frame.see_other(f"/desk/office?agency={agency}&allowed={quote(number.strip())}")


@router.post("/covers/{cover_id}/end")
async def back(officer: AnOfficer, database: TheDatabase, now: Now, cover_id: str) -> Response:
    """The absent officer is back early."""
    kept = await covering.covered(database, officer, cover_id)
    await covering.end(database, officer, cover_id, now)
    return frame.see_other(f"/desk/office?agency={kept.agency}")


async def _show(
    request: Request, officer: Person, database: TheDatabase, now: datetime, agency: str,
    refusal: NotAllowed | ValidationError | None = None,
) -> HTMLResponse:  # fmt: skip
    chosen, _, roles = desk_door.seats_of(officer, agency)
    known = await desks.around(database, officer, chosen, now)
    boss, running = SUPERVISOR in roles, await covering.running(database, officer, chosen, now)
    board = await desks.board(database, officer, chosen, now)
    loads = await desks.loads(database, officer, chosen, now)
    async with database.reading() as session:
        whose = {one for row in running for one in (row.absent, row.cover)} | {one.assignee for one in board.items}
        whose |= {one.officer for one in loads}
        names = await people.names(session, whose - {""})
    return await frame.show(
        request,
        "desk-office.html",
        (refusal.status if isinstance(refusal, NotAllowed) else 422) if refusal else 200,
        agency=chosen,
        roles=sorted({one.role for one in known} if boss else roles),
        role_names=pages_desk.ROLES,
        colleagues=known,
        me=officer.id,
        supervisor=boss,
        board=board.items,
        loads=loads,
        bar=lambda count: charts.bar(count / max(one.open for one in loads)),
        today=now.date(),
        covers=running,
        names=names,
        moved=request.query_params.get("moved", ""),
        allowed=request.query_params.get("allowed", ""),
        problems=_says(refusal, showing.language(request)) if refusal else (),
    )


def _says(refusal: NotAllowed | ValidationError, lang: showing.Lang) -> tuple[Says, ...]:
    if isinstance(refusal, NotAllowed):
        return (Says(refusal.field, showing.in_words(refusal, lang)),)
    return (Says("", showing.in_words(Unclear("โปรดกรอกให้ครบทุกช่อง", "please fill in every field"), lang)),)


def said(reason: str) -> str:
    """Why. Raises Unclear."""
    if not reason.strip():
        raise Unclear("โปรดระบุเหตุผล", "please say why", field="reason")
    return reason.strip()


def _day(text: str, field: str) -> date:
    day = times.read_day(text)
    if day is None:
        raise Unclear("โปรดระบุวันที่ เช่น 15/12/2569", "please type a day, as 15/12/2569", field=field)
    return day
