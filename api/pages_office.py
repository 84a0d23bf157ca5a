"""Who works at this officer's offices: one's own desk, or a colleague's, handed over as a whole."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from api import desks, frame, handing, pages_desk, showing
from api import tasks as desk_door
from api.handing import WholeDesk
from api.people import SUPERVISOR, AnOfficer, Person
from api.showing import Says
from api.tools import Now, TheDatabase
from licences.errors import NotAllowed

router = APIRouter(include_in_schema=False, prefix="/desk/office")

Words = Annotated[str, Form(max_length=1000)]


class Unclear(NotAllowed):
    """Something on the form is missing."""


@router.get("")
async def office(
    request: Request, officer: AnOfficer, database: TheDatabase, now: Now, agency: str = ""
) -> HTMLResponse:
    """The colleagues, and the form."""
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


async def _show(
    request: Request, officer: Person, database: TheDatabase, now: datetime, agency: str,
    refusal: NotAllowed | ValidationError | None = None,
) -> HTMLResponse:  # fmt: skip
    chosen, _, roles = desk_door.seats_of(officer, agency)
    known = await desks.around(database, officer, chosen, now)
    boss = SUPERVISOR in roles
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
        moved=request.query_params.get("moved", ""),
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
