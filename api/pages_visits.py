"""Appointments at the premises, on the pages of both sides."""

from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from api import applications as door
from api import attachments as intake
from api import frame, inspecting, pages_applications, pages_task, showing, visiting
from api import tasks as desk_door
from api.cases import case_of, visible
from api.people import AnOfficer, Applicant
from api.showing import Says
from api.tools import Now, TheDatabase
from forms import times
from licences.calendar import BANGKOK
from licences.errors import NotAllowed
from licences.visits import Party, WhenWrong

router = APIRouter(include_in_schema=False)

BESIDE = {"at": "visit_day", "reason": "visit_why", "file": "file"}
"""Where on the page a rule's field stands."""
Words = Annotated[str, Form(max_length=1000)]


@router.post("/desk/{task_id}/visits")
async def propose(
    request: Request, officer: AnOfficer, database: TheDatabase, now: Now, task_id: str, visit_day: Words = "",
    visit_clock: Words = "", visit_why: Words = "",
) -> Response:  # fmt: skip
    """Propose a day and time, or move the one that stands."""
    try:
        task = await visiting.inspected(database, officer, task_id, now)
        await visiting.propose(database, officer, task, _moment(visit_day, visit_clock), visit_why, now)
    except NotAllowed as refusal:
        return await _again(request, officer, database, now, task_id, refusal)
    return frame.see_other(f"/desk/{task_id}")


@router.post("/desk/{task_id}/visits/missed")
async def missed(
    request: Request, officer: AnOfficer, database: TheDatabase, now: Now, task_id: str, missed_by: Words = "",
    missed_why: Words = "",
) -> Response:  # fmt: skip
    """Record who was not there."""
    try:
        task = await visiting.inspected(database, officer, task_id, now)
        party = Party.INSPECTOR if missed_by == Party.INSPECTOR else Party.APPLICANT
        await visiting.missed(database, officer, task, party, missed_why, now)
    except NotAllowed as refusal:
        return await _again(request, officer, database, now, task_id, refusal)
    return frame.see_other(f"/desk/{task_id}")


@router.post("/desk/{task_id}/photographs")
async def photograph(
    request: Request, officer: AnOfficer, database: TheDatabase, now: Now, task_id: str,
    file: Annotated[UploadFile, File()],
) -> Response:  # fmt: skip
    """Keep a photograph with the inspection."""
    try:
        brought = await intake.read(file)
        await inspecting.add(intake.intake(request), officer, task_id, brought, now)
    except NotAllowed as refusal:
        return await _again(request, officer, database, now, task_id, refusal)
    return frame.see_other(f"/desk/{task_id}#photographs")


async def _again(
    request: Request, officer: AnOfficer, database: TheDatabase, now: datetime, task_id: str, refusal: NotAllowed
) -> Response:
    task, kept = await desk_door.visible(database, officer, task_id)
    found, form = await case_of(door.desk_of(request), kept), await request.form()
    typed = {name: value for name in form if isinstance(value := form[name], str)}
    says = Says(BESIDE.get(refusal.field, ""), _words(request, refusal))
    return await pages_task.show(
        request, officer, task, found, now, status=refusal.status, typed=typed, problems=[says]
    )


@router.post("/applications/{number}/visits/{visit_id}/confirm")
async def confirm(
    request: Request, who: Applicant, database: TheDatabase, now: Now, number: str, visit_id: str
) -> Response:
    """The applicant will be there."""
    visit = await visiting.own(door.desk_of(request), who, visit_id, now)
    try:
        await visiting.confirm(database, who, visit, now)
    except NotAllowed as refusal:
        return await _at_the_applicants(request, who, now, number, refusal)
    return frame.see_other(f"/applications/{visit.application}")


@router.post("/applications/{number}/visits/{visit_id}/move")
async def ask_to_move(
    request: Request, who: Applicant, database: TheDatabase, now: Now, number: str, visit_id: str, move_why: Words = ""
) -> Response:
    """The applicant cannot be there then."""
    visit = await visiting.own(door.desk_of(request), who, visit_id, now)
    try:
        await visiting.ask_to_move(database, who, visit, move_why, now)
    except NotAllowed as refusal:
        return await _at_the_applicants(request, who, now, number, refusal)
    return frame.see_other(f"/applications/{visit.application}")


async def _at_the_applicants(
    request: Request, who: Applicant, now: datetime, number: str, refusal: NotAllowed
) -> Response:
    case = await visible(request, who, number, now)
    says = Says("move_why" if refusal.field == "reason" else "", _words(request, refusal))
    return await pages_applications.show(request, who, case, now, status=refusal.status, problems=(says,))


def _words(request: Request, refusal: NotAllowed) -> str:
    return showing.in_words(refusal, showing.language(request))


def _moment(day_text: str, clock_text: str) -> datetime:
    """The moment that was typed, in Bangkok's time. Raises WhenWrong."""
    day = times.read_day(day_text)
    try:
        clock = time.fromisoformat(clock_text.strip().replace(".", ":"))
    except ValueError:
        clock = None
    if day is None or clock is None:
        raise WhenWrong(
            "โปรดระบุวันและเวลา เช่น 15/12/2569 และ 10:30",
            "please type a day and a time, as 15/12/2569 and 10:30",
            field="at",
        )
    return datetime.combine(day, clock, BANGKOK)
