"""Cases for people: what may be opened on a licence, opening it, where it stands, being heard, deciding.

The same doors as `api/acts.py`; a page for the holder and one for officers read the same case.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from api import acting, acts, case_wording, deciding, delaying, frame, letters, onpaper, pages_act, showing, wording
from api import applications as door
from api import register as register_door
from api import tasks as desk_door
from api.acting import WantedCase
from api.cases import key_of
from api.people import AnOfficer, Applicant, Person
from api.showing import InBoth, Says
from api.tools import Now, TheCatalogue, TheDatabase, TheEngine, TheFiles
from licences import acts as law
from licences.acts import CaseStatus, Kind
from licences.applications import Verdict
from licences.errors import NotAllowed, NotFound
from licences.procedure import Text
from licences.register import SUPERSEDES, EntryKind, is_case
from records import applications, cases, tasks
from records.tables import Case, Task
from workflows.case_messages import Extend

router = APIRouter(include_in_schema=False)
Word = Annotated[str, Query(max_length=60)]
Typed = Annotated[str, Form(max_length=4_000)]
DATE_HINT = Text(th="โปรดระบุวันเป็น วว/ดด/ปปปป หรือเลือกจากปฏิทิน", en="Please give a day")


@dataclass(frozen=True)
class Row:
    """One case in a list."""

    href: str
    number: str
    title: Text
    standing: wording.Tag
    licence_number: str
    opened_at: datetime


# --- what may be opened on a licence ---


@router.get("/cases")
async def my_cases(request: Request, who: Applicant, now: Now) -> HTMLResponse:
    """Cases about my own licences, or those of the company I act for."""
    desk = door.desk_of(request)
    async with desk.database.reading() as session:
        page = await cases.listed(session, holder_id=who.acting_for or who.row.pid_digest)
    mine = [one for one in page.items if await acts.may_see(desk, who, one, now)]
    return await frame.show(request, "cases.html", found=[_row(one) for one in mine], officer=False)


@router.get("/desk/cases")
async def desk_cases(request: Request, officer: AnOfficer, now: Now, agency: Word = "") -> HTMLResponse:
    """Cases of my office, and the way to open one: by the licence's number."""
    seat, offices, _ = desk_door.seats_of(officer, agency)
    desk = door.desk_of(request)
    async with desk.database.reading() as session:
        page = await cases.listed(session, agency=seat, offices=offices)
    return await frame.show(request, "cases.html", found=[_row(one, desk=True) for one in page.items], officer=True)


def _row(case: Case, *, desk: bool = False) -> Row:
    return Row(
        f"/desk/cases/{case.number}" if desk else f"/cases/{case.number}",
        case.number,
        law.titles()[case.act],
        case_wording.STATUSES[CaseStatus(case.status)],
        case.licence_number or case.about,
        case.entered_at,
    )


@router.get("/cases/start")
async def start(
    request: Request,
    who: Applicant,
    catalogue: TheCatalogue,
    database: TheDatabase,
    now: Now,
    licence_number: Word = "",
) -> HTMLResponse:
    """The acts that this person may open on a licence as it stands today. Raises NotInRegister, NotYourLicence."""
    desk = door.desk_of(request)
    found = await register_door.the_licence(database, licence_number)
    on = acting.ground_of(found)
    licence = catalogue.licence(on.licence)
    seated = acting.seats_over(who.desks, on.agency, on.office)
    holder = await acting.is_holder(desk, who, on.holder_kind, on.holder_id, on.licence, now)
    if not seated and not holder:
        raise acting.not_yours()
    roles = {seat.role for seat in seated} | ({"holder"} if holder else set())
    kinds = [kind for kind in Kind if kind not in law.ON_AN_ORDER]
    open_to = [kind for kind in kinds if roles & set(law.procedure(kind, licence).opened_by)]
    async with database.reading() as session:
        about = await cases.about(session, on.licence_number)
    return await frame.show(
        request,
        "case-start.html",
        number=on.licence_number,
        title=licence.title,
        holder=on.holder_name,
        acts=[_act(kind, on, now.date()) for kind in open_to],
        found=[_row(one, desk=bool(seated)) for one in about],
    )


def _act(kind: Kind, on: acting.Ground, today: date) -> dict[str, Any]:
    """An act with its way in, or why it is not possible today."""
    why: InBoth | None = None
    try:
        law.check_standing(kind, on.lines, today)
    except NotAllowed as no:
        why = no
    href = f"/cases/new?act={kind.value}&licence_number={on.licence_number}"
    return {"href": href, "title": law.titles()[kind.value], "why": why}


# --- opening ---


@router.get("/cases/new")
async def ask(
    request: Request, who: Applicant, now: Now, act: Kind, licence_number: Word = "", about: Word = ""
) -> HTMLResponse:
    """What the act asks for."""
    typed = {"licence_number": licence_number, "about": about}
    return await _form(request, act, typed)


async def _form(
    request: Request, act: Kind, typed: dict[str, str], problems: Sequence[Says] = (), status: int = 200
) -> HTMLResponse:
    desk = door.desk_of(request)
    code, lines = await _of(request, typed)
    rules = law.procedure(act, desk.catalogue.licence(code))
    return await frame.show(
        request,
        "case-new.html",
        status,
        act=act.value,
        title=rules.title,
        asks_for=rules.asks_for,
        by_holder=rules.opened_by == ("holder",),
        law=rules.law,
        provisional=rules.provisional,
        fields=case_wording.FIELDS.get(act, ()),
        lines=lines,
        hearing_days=rules.hearing_days,
        longest_days=rules.longest_days,
        about=typed["licence_number"] or typed["about"],
        typed=defaultdict(str, typed),
        wrong=defaultdict(str, {one.at: one.says for one in problems}),
        problems=problems,
    )


async def _of(request: Request, typed: dict[str, str]) -> tuple[str, list[dict[str, Any]]]:
    """The kind of licence, and its particulars as they stand."""
    desk = door.desk_of(request)
    if not typed["licence_number"]:
        async with desk.database.reading() as session:
            if is_case(typed["about"]):
                return (await cases.get(session, typed["about"])).licence, []
            return (await applications.get(session, typed["about"])).licence, []
    found = await register_door.the_licence(desk.database, typed["licence_number"])
    current = next(one for one in reversed(found.entries) if EntryKind(one.kind) in SUPERSEDES)
    return found.holding.licence, list(current.facts.get("particulars", ()))


@router.post("/cases/new")
async def open_it(request: Request, who: Applicant, now: Now, engine: TheEngine) -> Response:
    """Open it, and look at it; what is wrong stands beside its field."""
    sent = {name: str(value).strip() for name, value in (await request.form()).items() if isinstance(value, str)}
    lang, typed = showing.language(request), {"licence_number": "", "about": "", **sent}
    act = _kind(sent.get("act", ""))
    try:
        wanted = _wanted(sent)
        key = key_of(who, act.value, str(sorted((k, v) for k, v in sent.items() if k != "csrf")))
        case = await acts.opened(door.desk_of(request), engine, who, wanted, now, key)
    except ValidationError:
        return await _form(request, act, typed, (Says("since", showing.in_words(DATE_HINT, lang)),), 422)
    except NotAllowed as no:
        if no.status in (403, 404):
            raise
        at = no.field.replace(".", "-")
        return await _form(request, act, typed, (Says(at, showing.in_words(no, lang)),), no.status)
    return frame.see_other(f"/desk/cases/{case.number}" if case.opened_as == "officer" else f"/cases/{case.number}")


def _kind(text: str) -> Kind:
    if text not in tuple(Kind):
        raise NotFound("ไม่มีเรื่องประเภทนี้", "there is no act of this name", field="act")
    return Kind(text)


def _wanted(sent: dict[str, str]) -> WantedCase:
    """The fields that were filled in. Raises ValidationError for a day that is none."""
    plain = {
        name: value for name in ("act", "licence_number", "about", "reason", "transferee") if (value := sent.get(name))
    }
    days = {name: value for name in ("since", "until") if (value := sent.get(name))}
    lines = {
        name.removeprefix("changes-"): value for name, value in sent.items() if name.startswith("changes-") and value
    }
    return WantedCase.model_validate({**plain, **days, "changes": lines})


# --- one case ---


@router.get("/cases/{number}")
async def follow(request: Request, who: Applicant, now: Now, number: str) -> HTMLResponse:
    """Where it stands and whose turn it is, for its holder and whoever is asked to take it over."""
    case = await acts.visible(door.desk_of(request), who, number, now)
    return await pages_act.show(request, who, case, now)


@router.get("/desk/cases/{number}")
async def decide_page(request: Request, officer: AnOfficer, now: Now, number: str) -> HTMLResponse:
    """The same with what the officer may do. The look is written down."""
    desk = door.desk_of(request)
    case = await acts.visible(desk, officer, number, now)
    await acts.note_look(desk.database, officer, case, now)
    return await pages_act.show(request, officer, case, now, desk_side=True)


# --- saying something ---


@router.post("/cases/{number}/objection")
async def object_(
    request: Request, who: Applicant, now: Now, engine: TheEngine, number: str, words: Typed = ""
) -> Response:
    """The holder's word, before anybody decides."""
    desk = door.desk_of(request)
    if not words.strip():
        case = await acts.of_holder(desk, who, number, now)
        says = Text(th="โปรดพิมพ์คำชี้แจง", en="Please write what you have to say")
        problem = Says("words", showing.in_words(says, showing.language(request)))
        return await pages_act.show(request, who, case, now, problems=(problem,), status=422)
    await acts.heard(desk, engine, who, number, words.strip(), now)
    return frame.see_other(f"/cases/{number}")


@router.post("/cases/{number}/consent")
async def consent(
    request: Request, who: Applicant, now: Now, engine: TheEngine, number: str, agree: Typed = ""
) -> Response:
    """Who takes a licence over says yes, or no."""
    await acts.agreed(door.desk_of(request), engine, who, number, now, yes=agree == "yes")
    return frame.see_other(f"/cases/{number}")


@router.post("/cases/{number}/withdraw")
async def withdraw(request: Request, who: Applicant, now: Now, engine: TheEngine, number: str) -> Response:
    """Give one's own case up."""
    desk = door.desk_of(request)
    await acts.given_up(desk, engine, who, number, now, key_of(who, "withdraw", number))
    case = await acts.visible(desk, who, number, now)
    return frame.see_other(f"/desk/cases/{number}" if case.opened_as == "officer" else f"/cases/{number}")


@router.post("/desk/cases/{number}/claim")
async def claim(
    request: Request, officer: AnOfficer, database: TheDatabase, now: Now, number: str, task: Typed
) -> Response:
    """Take the task of a case."""
    await desk_door.covered(database, officer, task)
    async with database.transaction() as session:
        await tasks.claim(session, task, officer.id, now)
    return frame.see_other(f"/desk/cases/{number}")


@router.post("/desk/cases/{number}/decision")
async def decide(
    request: Request, officer: AnOfficer, database: TheDatabase, engine: TheEngine, now: Now, number: str, task: Typed,
    verdict: Typed = "", reason: Typed = "", until: Typed = "", preview: Typed = "",
) -> Response:  # fmt: skip
    """Agree or refuse, or look at the letter first; what is wrong is said on the page, with what was typed."""
    found, lang = await desk_door.covered(database, officer, task), showing.language(request)
    try:
        desk_door.check_designated(request, found)
        chosen = _verdict(verdict)
        if preview:
            return await _preview(request, officer, found, now, chosen, reason.strip(), until)
        if not deciding.stands(found, officer.id, chosen, reason.strip()):
            said = await acts.decision_of(database, found, officer, chosen, reason.strip(), _until(until))
            await deciding.say(engine, database, number, said, key_of(officer, task, verdict, reason, until))
    except NotAllowed as no:
        case = await acts.visible(door.desk_of(request), officer, number, now)
        problem = Says(no.field, showing.in_words(no, lang))
        return await pages_act.show(
            request, officer, case, now, desk_side=True, problems=(problem,), status=no.status, typed=reason,
            chosen=verdict, until=until,
        )  # fmt: skip
    return frame.see_other(f"/desk/cases/{number}")


async def _preview(
    request: Request, officer: Person, task: Task, now: datetime, verdict: Verdict, reason: str, until: str
) -> Response:
    """The letter as its holder will read it. Where no reason was written yet, one is drafted. Raises UnfitText."""
    desk = door.desk_of(request)
    case = await acts.visible(desk, officer, task.application, now)
    async with desk.database.reading() as session:
        rules = await cases.rules_of(session, case)
    drafted = reason or letters.draft_act(case, rules, task, verdict)
    onpaper.check_lines(drafted, "reason")
    letter = letters.letter_of_act(case, rules, verdict, drafted)
    return await pages_act.show(
        request, officer, case, now, desk_side=True, typed=drafted, chosen=verdict.value, until=until, letter=letter
    )


def _until(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as unreadable:
        raise law.WantedWrong("โปรดระบุวันที่ที่มีอยู่จริง", "please name a day that exists", field="until") from unreadable


def _verdict(text: str) -> Verdict:
    if text not in (Verdict.APPROVE, Verdict.REFUSE):
        raise law.WantedWrong("โปรดเลือกเห็นชอบหรือไม่เห็นชอบ", "please choose: agree or refuse", field="verdict")
    return Verdict(text)


@router.post("/desk/cases/{number}/extension")
async def extend(
    request: Request, officer: AnOfficer, database: TheDatabase, engine: TheEngine, number: str, task: Typed,
    reason: Typed = "",
) -> Response:  # fmt: skip
    """More days for the appeal authority, once."""
    await desk_door.covered(database, officer, task)
    if not reason.strip():
        raise law.WantedWrong("โปรดระบุเหตุผลของการขยายเวลา", "please say why more days are needed", field="reason")
    said = Extend(task_id=task, officer=officer.id, reason=reason.strip())
    await engine.update(number, "extend", said, key=key_of(officer, "extend", task))
    return frame.see_other(f"/desk/cases/{number}")


@router.post("/desk/cases/{number}/delay")
async def explain(
    request: Request, officer: AnOfficer, database: TheDatabase, now: Now, number: str, task: Typed,
    why_late: Annotated[str, Form(max_length=1_000)] = "",
) -> Response:  # fmt: skip
    """Say why it is late: whoever waits for it reads so with the next notice. Raises UnknownTask, InOtherHands."""
    kept = await delaying.explainable(database, officer, task, now)
    if kept.application != number:
        raise tasks.UnknownTask(task)
    if why := why_late.strip():
        await delaying.explain(database, officer, kept, why, now)
        return frame.see_other(f"/desk/cases/{number}")
    case = await acts.visible(door.desk_of(request), officer, number, now)
    problem = Says("why_late", showing.in_words(delaying.WHY_LATE, showing.language(request)))
    return await pages_act.show(request, officer, case, now, desk_side=True, problems=(problem,), status=422)


@router.get("/cases/{number}/papers/{kind}")
async def paper(request: Request, who: Applicant, now: Now, files: TheFiles, number: str, kind: str) -> Response:
    """A sealed paper of a case."""
    desk = door.desk_of(request)
    return await acts.as_pdf(desk.database, files, await acts.visible(desk, who, number, now), kind)
