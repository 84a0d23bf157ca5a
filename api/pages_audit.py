"""The auditor's pages: every case, every look at somebody's data, the day's money proved. Nothing here can be changed.

The auditor's own looks are written down like everybody's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api import applications as door
from api import following, frame, wording
from api.cases import Case, case_of
from api.filing import Desk
from api.pages_public import Code, address, agencies
from api.paging import After
from api.people import AnAuditor
from api.showing import in_words, language
from api.tools import Now, TheCatalogue, TheDatabase
from forms.times import read_day
from licences.applications import Status
from licences.calendar import BANGKOK
from licences.procedure import Operation, Text
from records import access as looks
from records import applications, history, ledger, opinions, people, proof
from records.rows import day_of
from records.tables import AccessLog, Task

router = APIRouter(include_in_schema=False, prefix="/audit")

A_PAGE = 25
Day = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True)
class Line:
    """One case in the list."""

    number: str
    title: Text
    operation: Text
    agency: Text
    standing: wording.Tag
    entered_at: datetime
    due_on: date
    late: bool


@router.get("")
async def cases(
    request: Request, who: AnAuditor, database: TheDatabase, catalogue: TheCatalogue, now: Now, agency: Code = "",
    status: Code = "", number: Code = "", after: After = "",
) -> HTMLResponse:  # fmt: skip
    """The case log: every application of every office, the latest first."""
    asked = {"agency": agency, "status": status, "number": number.strip()}
    async with database.reading() as session:
        page = await applications.for_audit(session, **asked, after=after, limit=A_PAGE)
    return await frame.show(
        request,
        "audit.html",
        found=[_line(catalogue, one, now) for one in page.items],
        agencies=agencies(catalogue),
        statuses={one.value: wording.STATUSES[one] for one in Status if one is not Status.DRAFT},
        asked=asked,
        next=address("/audit", asked | {"after": page.next}) if page.next else "",
        first=address("/audit", asked) if after else "",
    )


def _line(catalogue: Any, one: applications.Line, now: datetime) -> Line:
    versions, agency = catalogue.versions.get(one.licence), catalogue.agencies.get(one.agency)
    end = one.ended_at or now
    return Line(
        number=one.number,
        title=versions[-1].title if versions else Text(th=one.licence, en=one.licence),
        operation=wording.OPERATIONS[Operation(one.operation)],
        agency=agency.title if agency else Text(th=one.agency, en=one.agency),
        standing=wording.STATUSES[Status(one.status)],
        entered_at=one.entered_at,
        due_on=one.due_on,
        late=one.due_on < end.astimezone(BANGKOK).date(),
    )


@router.get("/cases/{number}")
async def case(request: Request, who: AnAuditor, now: Now, number: str) -> HTMLResponse:
    """One case as it happened: every line of its history with its hash checked, decisions, bills, postings, looks."""
    desk, lang = door.desk_of(request), language(request)
    async with desk.database.reading() as session:
        kept = await applications.get(session, number)
    async with desk.database.transaction() as session:
        await looks.log(session, who.id, kept.applicant, "audit", now, f"application {number}")
    found = await case_of(desk, kept)
    async with desk.database.reading() as session:
        happened = await history.of(session, number)
        broken = await history.check(session, number)
        seen = await looks.all_looks(session, about=number, limit=A_PAGE)
        postings = [line for bill in found.bills for line in await ledger.postings_for(session, bill.ref1)]
        said = await opinions.of(session, number)
        ids = {one.by for one in happened} | {task.officer for task in found.tasks} | {one.by for one in seen.items}
        names = await people.names(session, ids)
    return await frame.show(
        request,
        "audit-case.html",
        kept=kept,
        title=found.procedure.title,
        operation=wording.OPERATIONS[found.procedure.operation],
        standing=wording.STATUSES[Status(kept.status)],
        agency=await _agency(desk, kept.agency),
        events=[
            (one.seq, in_words(wording.HAPPENED.get(one.tag, Text(th=one.tag, en=one.tag)), lang), one.tag, one.at,
             names.get(one.by, one.by)) for one in happened
        ],
        broken=broken.seq if broken else 0,
        decisions=[
            _decision(found, task, names) for task in found.tasks if task.verdict
        ],
        bills=found.bills,
        postings=postings,
        sections=following.sections(found.form, kept.answers, lang, masked=True),
        looks=[_look(one, names) for one in seen.items],
        opinion=said,
    )  # fmt: skip


def _decision(found: Case, task: Task, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "stage": wording.stage_title(found.procedure, task.stage),
        "verdict": wording.verdict(task.kind, task.verdict),
        "at": task.closed_at,
        "due_on": task.due_on,
        "by": names.get(task.officer, task.officer),
        "reason": task.reason,
    }


async def _agency(desk: Desk, code: str) -> Text:
    known = desk.catalogue.agencies.get(code)
    return known.title if known else Text(th=code, en=code)


@dataclass(frozen=True)
class Look:
    """One line of the access log."""

    at: datetime
    by: str
    by_id: str
    subject: str
    subject_id: str
    what: Text
    place: str
    reason: str


def _look(one: AccessLog, names: Mapping[str, str]) -> Look:
    what, _, about = one.what.partition(":")
    words = wording.LOOKED_AT.get(what, Text(th=one.what, en=one.what))
    subject = names.get(one.subject, one.subject)
    return Look(one.at, names.get(one.by, one.by), one.by, subject, one.subject, words, about, one.reason)


@router.get("/looks")
async def access_log(
    request: Request, who: AnAuditor, database: TheDatabase, person: Code = "", about: Code = "", after: After = ""
) -> HTMLResponse:
    """The access log: who looked at whose data, when and why."""
    asked = {"person": person.strip(), "about": about.strip()}
    async with database.reading() as session:
        page = await looks.all_looks(session, **asked, after=after, limit=A_PAGE)
        ids = {one.by for one in page.items} | {one.subject for one in page.items}
        names = await people.names(session, ids)
    return await frame.show(
        request,
        "audit-looks.html",
        found=[_look(one, names) for one in page.items],
        person=asked["person"],
        person_name=names.get(asked["person"], ""),
        about=asked["about"],
        next=address("/audit/looks", asked | {"after": page.next}) if page.next else "",
        first=address("/audit/looks", asked) if after else "",
    )


@dataclass(frozen=True)
class Account:
    """One account and what it held at the end of the day."""

    name: str
    satang: int


@router.get("/money")
async def money(request: Request, who: AnAuditor, database: TheDatabase, now: Now, day: Day = "") -> HTMLResponse:
    """One day's money: what arrived against what was booked and receipted; the whole chain; gaps in the receipts."""
    on = read_day(day) or now.date()
    _, ends = day_of(on)
    async with database.reading() as session:
        proved = await ledger.prove(session, on)
        broken = await ledger.check_chain(session)
        gaps = await proof.receipt_gaps(session)
        balances = await ledger.balances(session, ends)
    return await frame.show(
        request,
        "audit-money.html",
        on=on,
        proved=proved,
        kinds={
            wording.PAYMENT_KINDS.get(kind, Text(th=kind, en=kind)): satang for kind, satang in proved.kinds.items()
        },
        broken=broken,
        gaps=gaps,
        accounts=[Account(name, satang) for name, satang in balances.items()],
        total=sum(balances.values()),
    )
