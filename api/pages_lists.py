"""My applications, drafts and licences, with what each asks of me or allows me now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api import (
    access,
    drafting,
    eligibility,
    frame,
    showing,
    wording,
)
from api import applications as door
from api.cases import Link
from api.paging import After
from api.people import Applicant
from api.tools import Now, TheCatalogue
from licences import applications as law
from licences.applications import Status, Turn
from licences.calendar import BANGKOK
from licences.catalogue import Catalogue
from licences.errors import NotAllowed
from licences.procedure import Operation, Text
from records import applications, drafts, register, renewals
from records.tables import Draft, Holding

router = APIRouter(include_in_schema=False)

A_PAGE = 20


@dataclass(frozen=True)
class Line:
    """One application in the list."""

    number: str
    title: Text
    operation: Text
    standing: wording.Tag
    todo: Text | None
    entered_at: datetime
    due_on: date | None


@dataclass(frozen=True)
class Begun:
    """A draft in the list."""

    id: str
    title: Text
    operation: Text
    saved_at: datetime
    kept_until: date
    href: str


@router.get("/applications")
async def mine(request: Request, who: Applicant, now: Now, catalogue: TheCatalogue, after: After = "") -> HTMLResponse:
    """What I sent, or what was sent for the company I act for; and the drafts not sent yet."""
    desk = door.desk_of(request)
    page = await access.listed(desk, who, now, who.acting_for, "", [], mine=True, after=after, limit=A_PAGE)
    async with desk.database.reading() as session:
        begun = [one for one in await drafts.of(session, who.id) if drafting.is_first(one)]
    return await frame.show(
        request,
        "applications.html",
        found=[_line(catalogue, one) for one in page.items],
        drafts=[_begun(catalogue, one) for one in begun if not after and one.juristic_id == who.acting_for],
        today=now.date(),
        next=f"/applications?after={page.next}" if page.next else "",
        first="/applications" if after else "",
    )


def _begun(catalogue: Catalogue, one: Draft) -> Begun:
    until = (one.saved_at + drafts.KEPT_FOR).astimezone(BANGKOK).date()
    href = f"/together/{one.together}" if one.together else f"/drafts/{one.id}"
    return Begun(
        one.id, _title(catalogue, one.licence), wording.OPERATIONS[Operation(one.operation)], one.saved_at, until, href
    )


def _title(catalogue: Catalogue, code: str) -> Text:
    versions = catalogue.versions.get(code)
    return versions[-1].title if versions else Text(th=code, en=code)


def _line(catalogue: Catalogue, one: applications.Line) -> Line:
    status = Status(one.status)
    return Line(
        number=one.number,
        title=_title(catalogue, one.licence),
        operation=wording.OPERATIONS[Operation(one.operation)],
        standing=wording.STATUSES[status],
        todo=wording.NEXT[status] if law.turn(status) is Turn.APPLICANT else None,
        entered_at=one.entered_at,
        due_on=None if one.ended_at else one.due_on,
    )


@dataclass(frozen=True)
class Licensed:
    """One of my licences."""

    number: str
    title: Text
    standing: wording.Tag
    valid_until: date | None
    renewal: Text | None
    actions: list[Link]
    document: bool


@router.get("/my-licences")
async def my_licences(request: Request, who: Applicant, now: Now, catalogue: TheCatalogue) -> HTMLResponse:
    """What I (or the company I act for) hold, with what may be asked of each now."""
    desk = door.desk_of(request)
    if who.acting_for:
        await access.listed(desk, who, now, who.acting_for, "", [], mine=True, after="", limit=1)  # may I look?
    async with desk.database.reading() as session:
        held = await register.holdings_of(session, who.acting_for or who.row.pid_digest)
        ran_out = [one for one in held if one.valid_until and one.valid_until < now.date()]
        alive = {one.licence_number for one in ran_out if await renewals.pending(session, one)}
    found = [_licensed(catalogue, one, now.date(), pending=one.licence_number in alive) for one in held]
    return await frame.show(request, "my-licences.html", found=found)


def _licensed(catalogue: Catalogue, holding: Holding, on: date, *, pending: bool) -> Licensed:
    licence = catalogue.licence(holding.licence)
    ran_out = holding.valid_until is not None and holding.valid_until < on
    over = holding.status == "in-force" and ran_out and not pending
    standing = wording.STANDINGS["expired" if over else holding.status]
    return Licensed(
        number=holding.licence_number,
        title=licence.title,
        standing=standing,
        valid_until=holding.valid_until,
        renewal=_opens(holding, catalogue, on),
        actions=_actions(catalogue, holding, on),
        document=bool(holding.document),
    )


def _actions(catalogue: Catalogue, holding: Holding, on: date) -> list[Link]:
    """What the rules allow with this licence today; the others are not shown."""
    licence, found = catalogue.licence(holding.licence), []
    for operation in (Operation.RENEW, Operation.AMEND, Operation.CANCEL):
        if operation not in licence.operations:
            continue
        try:
            eligibility.check_may_act(catalogue.procedure(licence.code, operation, on), holding, on)
        except NotAllowed:
            continue
        href = f"/apply/{licence.code}/{operation.value}?licence_number={holding.licence_number}"
        found.append(Link(href, wording.OPERATIONS[operation]))
    return found


def _opens(holding: Holding, catalogue: Catalogue, on: date) -> Text | None:
    """From which day it may be renewed, while that day is still to come."""
    window = catalogue.licence(holding.licence).renewal_window
    if window is None or holding.valid_until is None or holding.status != "in-force":
        return None
    opens = holding.valid_until - timedelta(days=window.opens_days_before)
    if opens <= on:
        return None
    th, en = showing.day(opens, "th"), showing.day(opens, "en")
    return Text(th=f"ต่ออายุได้ตั้งแต่ {th}", en=f"May be renewed from {en}")
