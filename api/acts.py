"""Cases at the door: open an act on a licence, look, be heard, say yes, withdraw, extend; decide its tasks.

`/api/v1/cases`. Who may open what, `api/acting.py` says; who decides is on the desk (`api/tasks.py`).
"""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from api import acting, deciding, handing, onpaper, representing, tools, views
from api import applications as applications_door
from api.acting import WantedCase
from api.bodies import Body
from api.engine import Engine, EngineDown
from api.filing import JURISTIC, Desk
from api.idempotency import ACall, Call
from api.paging import After, Limit
from api.people import AnOfficer, Applicant, Person
from api.tools import Now, TheEngine, TheFiles
from control import opening
from control.sweeps import begin_case
from licences import acts
from licences.acts import CaseStatus, Kind
from licences.applications import Decision, Verdict
from licences.errors import Conflict, NotFound
from licences.letters import NOTHING_NOTED
from licences.register import is_case
from records import access as looks
from records import cases, history, papers, tasks
from records.database import Database
from records.files import Files
from records.idempotency import Answer
from records.tables import Case, Paper, Task
from workflows.case_messages import Extend
from workflows.messages import Withdrawal

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])
Number = Annotated[str, Query(max_length=60)]
ORDER, LICENCE = "order", "licence"


class Words(Body):
    """What the holder has to say to what is proposed, or why."""

    words: str = Field(min_length=1, max_length=4_000)


class Reason(Body):
    """Why the appeal authority needs more days."""

    reason: str = Field(min_length=1, max_length=1_000)


class Consent(Body):
    """Whether the licence is taken over."""

    agree: bool


class NothingToSay(Conflict):
    """Nobody waits for this now."""


class NoPaper(NotFound):
    """There is no such paper (yet)."""


@router.post("", status_code=201)
async def open_case(wanted: WantedCase, request: Request, call: ACall, person: Applicant, engine: TheEngine) -> Any:
    """Open a case on a licence. The same key again gives the same case."""
    desk, asked = applications_door.desk_of(request), wanted.model_dump(mode="json")

    async def open_it() -> Answer:
        case = await opened(desk, engine, person, wanted, tools.now(), call.name(asked))
        return Answer(201, await seen(desk, person, case, tools.now()))

    return await call.once(asked, open_it)


async def opened(desk: Desk, engine: Engine, person: Person, wanted: WantedCase, at: datetime, key: str) -> Case:
    """Keep the case and start its story; where the engine is away, a sweep starts it."""
    prepared = await acting.prepare(desk, person, wanted, at, key)
    async with desk.database.transaction() as session:
        case = await cases.open_once(session, prepared)
        start = await opening.opened_case(session, case, prepared.rules)
    try:
        await begin_case(await engine.client(), start)
    except EngineDown:
        return case
    async with desk.database.transaction() as session:
        await cases.begun(session, case.number, at)
    return case


@router.get("")
async def listed(
    request: Request, person: Applicant, about: Number = "", agency: Number = "", juristic_id: Number = "",
    after: After = "", limit: Limit = 25,
) -> dict[str, Any]:  # fmt: skip
    """One page of cases, the latest first: about a licence, of one's own offices, or of oneself or one's company."""
    desk, at = applications_door.desk_of(request), tools.now()
    if about:
        async with desk.database.reading() as session:
            found = await cases.about(session, about)
        mine = [one for one in found if await may_see(desk, person, one, at)]
        return {"items": [line(one) for one in mine], "next": ""}
    page = await _page(desk, person, at, agency, juristic_id, after, limit)
    return {"items": [line(one) for one in page.items], "next": page.next}


async def _page(desk: Desk, person: Person, at: datetime, agency: str, juristic_id: str, after: str, limit: int) -> Any:
    if juristic_id:
        await representing.company_for(desk.companies, juristic_id, person, "", at)
    async with desk.database.reading() as session:
        if juristic_id or not person.desks:
            return await cases.listed(session, holder_id=juristic_id or person.row.pid_digest, after=after, limit=limit)
        seat = agency or person.desks[0].agency
        offices = sorted({one.office for one in person.desks if one.agency == seat})
        return await cases.listed(session, agency=seat, offices=offices or ["-"], after=after, limit=limit)


@router.get("/{number}")
async def show(number: str, request: Request, person: Applicant, now: Now) -> dict[str, Any]:
    """One case: where it stands, whose turn it is, what happened when."""
    desk = applications_door.desk_of(request)
    case = await visible(desk, person, number, now)
    await note_look(desk.database, person, case, now)
    return await seen(desk, person, case, now)


@router.post("/{number}/objection")
async def object_(number: str, said: Words, request: Request, call: ACall, person: Applicant, engine: TheEngine) -> Any:
    """The holder says what he has to say before anybody decides (APA s.30)."""
    desk = applications_door.desk_of(request)

    async def say() -> Answer:
        await heard(desk, engine, person, number, said.words, tools.now())
        return Answer(200, {"number": number})

    return await call.once(said.model_dump(), say)


async def heard(desk: Desk, engine: Engine, person: Person, number: str, words: str, at: datetime) -> None:
    """Keep the holder's words, and go on. Raises NothingToSay."""
    case = await of_holder(desk, person, number, at)
    async with desk.database.transaction() as session:
        kept = await cases.lock(session, number)
        if kept.status != CaseStatus.HEARING:
            raise _nothing()
        await cases.note(session, number, objection={"words": words, "at": at.isoformat()})
        tag = "case:hearing:answered"
        await history.record(session, case.number, "objection", tag, person.id, at, {"act": case.act})
    await engine.signal(number, "objection")


@router.post("/{number}/consent")
async def consent(
    number: str, said: Consent, request: Request, call: ACall, person: Applicant, engine: TheEngine
) -> Any:
    """Who takes a licence over says yes, or no."""
    desk = applications_door.desk_of(request)

    async def say() -> Answer:
        await agreed(desk, engine, person, number, tools.now(), yes=said.agree)
        return Answer(200, {"number": number, "agree": said.agree})

    return await call.once(said.model_dump(), say)


async def agreed(desk: Desk, engine: Engine, person: Person, number: str, at: datetime, *, yes: bool) -> None:
    """Keep the answer of who takes the licence over, and go on. Raises UnknownCase, NothingToSay."""
    async with desk.database.reading() as session:
        case = await cases.get(session, number)
    taker = await _transferee(desk, person, case, at)
    async with desk.database.transaction() as session:
        kept = await cases.lock(session, number)
        if kept.status != CaseStatus.CONSENT:
            raise _nothing()
        await cases.note(session, number, consent={"by": person.id, "agree": yes, **taker})
        tag = f"case:consent:{'given' if yes else 'declined'}"
        await history.record(session, number, "consented", tag, person.id, at, {"act": case.act})
    await engine.signal(number, "consented", yes)


async def _transferee(desk: Desk, person: Person, case: Case, at: datetime) -> dict[str, str]:
    """Who takes it over, as the register will say: this person, or the company he may act for. Raises UnknownCase."""
    number = str(case.wanted.get("transferee") or "")
    if number == person.id:
        return {"kind": "natural", "key": person.row.pid_digest, "name": person.full_name, "id": person.row.pid_masked}
    if not number or not await acting.is_holder(desk, person, "juristic", number, case.licence, at):
        raise cases.UnknownCase(case.number)
    company = await representing.company_for(desk.companies, number, person, case.licence, at)
    if company is None:
        raise cases.UnknownCase(case.number)
    return {"kind": JURISTIC, "key": number, "name": company.full_name_th, "id": number}


@router.post("/{number}/withdrawal")
async def withdraw(number: str, request: Request, call: ACall, person: Applicant, engine: TheEngine) -> Any:
    """Whoever opened it gives it up, while it is not carried out."""
    desk = applications_door.desk_of(request)

    async def say() -> Answer:
        await given_up(desk, engine, person, number, tools.now(), call.name({}))
        return Answer(200, {"number": number, "status": CaseStatus.WITHDRAWN.value})

    return await call.once({}, say)


async def given_up(desk: Desk, engine: Engine, person: Person, number: str, at: datetime, key: str) -> None:
    """Withdraw one's own case. Raises UnknownCase, TooLate, JourneyOver."""
    case = await visible(desk, person, number, at)
    if case.opened_by != person.id and not (
        case.opened_as == "holder"
        and await acting.is_holder(desk, person, case.holder_kind, case.holder_id, case.licence, at)
    ):
        raise cases.UnknownCase(number)
    await engine.update(number, "withdraw", Withdrawal(by=person.id), key=key)


@router.post("/{number}/extension")
async def extend(number: str, why: Reason, request: Request, call: ACall, officer: AnOfficer, engine: TheEngine) -> Any:
    """The appeal authority takes more days, once, before its days are over (APA s.45)."""
    desk = applications_door.desk_of(request)
    case = await visible(desk, officer, number, tools.now())
    async with desk.database.reading() as session:
        open_ = next((one for one in await tasks.of(session, number) if one.closed_at is None), None)
    if open_ is None or not _has_seat(officer, open_):
        raise cases.UnknownCase(number)

    async def say() -> Answer:
        said = Extend(task_id=open_.id, officer=officer.id, reason=why.reason)
        await engine.update(case.number, "extend", said, key=call.name(why.model_dump()))
        return Answer(200, {"number": number})

    return await call.once(why.model_dump(), say)


@router.get("/{number}/papers/{kind}")
async def paper(number: str, kind: str, request: Request, person: Applicant, now: Now, files: TheFiles) -> Response:
    """The sealed order, ruling or refusal of a case that is over, or the licence that it made."""
    case = await visible(applications_door.desk_of(request), person, number, now)
    return await as_pdf(applications_door.desk_of(request).database, files, case, kind)


async def as_pdf(database: Database, files: Files, case: Case, kind: str) -> Response:
    """A paper of a case, once the case is over. Raises NoPaper."""
    async with database.reading() as session:
        found = await papers.get(session, f"{case.number}:{kind}") if kind in (ORDER, LICENCE) else None
    if found is None or not found.sealed_key or not told(case):
        raise NoPaper("ยังไม่มีเอกสารนี้", "there is no such paper yet")
    content = await files.get(found.sealed_key, found.sealed_sha256, found.sealed_version)
    named = {"Content-Disposition": f'attachment; filename="{case.number}-{kind}.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=named)


def told(case: Case) -> bool:
    """Whether its papers are given out: an order that was overtaken before it was entered never was made."""
    return case.ended_at is not None and case.status != CaseStatus.OVERTAKEN


# --- the desk's hand ---


def _has_seat(officer: Person, task: Task) -> bool:
    return any(seat.role == task.role for seat in acting.seats_over(officer.desks, task.agency, task.office))


async def decision_of(
    database: Database, task: Task, officer: Person, verdict: Verdict, reason: str, until: date | None = None
) -> Decision:
    """What an officer says on a case's task. Raises UnfitText, as the reason stands in a letter; WantedWrong."""
    onpaper.check_lines(reason, "reason")
    if NOTHING_NOTED in reason:
        raise acts.WantedWrong(
            f"โปรดระบุข้อเท็จจริงแทนข้อความ {NOTHING_NOTED}",
            f"say what was found in the place of {NOTHING_NOTED}",
            field="reason",
        )
    if until is not None:
        await _check_varied(database, task, verdict, until)
    absent = await handing.at_whose_desk(database, task, officer, tools.now())
    return Decision(
        task_id=task.id, verdict=verdict, officer=officer.id, reason=reason, on_behalf_of=absent, until=until
    )


async def _check_varied(database: Database, task: Task, verdict: Verdict, until: date) -> None:
    """Only a ruling that allows an appeal can leave a part of the order standing, and never more of it. WantedWrong."""
    async with database.reading() as session:
        case = await cases.get(session, task.application)
        order = await cases.get(session, case.about) if is_case(case.about) else None
    last = date.fromisoformat(order.found["until"]) if order and order.found.get("until") else None
    allowed = verdict is Verdict.APPROVE and case.act == Kind.APPEAL and order is not None
    acts.check_varied(Kind(order.act) if allowed and order else None, last, until, tools.now().date())


async def decide(
    call: Call, engine: Engine, task: Task, officer: Person, verdict: Verdict, reason: str, until: date | None = None
) -> Any:
    """Agree or refuse; `until`: an appeal allowed in part. The answer comes when the records show it."""
    asked = {"verdict": verdict.value, "reason": reason} | ({"until": until.isoformat()} if until else {})

    async def say() -> Answer:
        if not deciding.stands(task, officer.id, verdict, reason):
            said = await decision_of(call.database, task, officer, verdict, reason, until)
            await deciding.say(engine, call.database, task.application, said, call.name(asked))
        return Answer(200, {"task": task.id, "application": task.application, "verdict": verdict.value})

    return await call.once(asked, say)


# --- who sees, and what ---


async def visible(desk: Desk, person: Person, number: str, at: datetime) -> Case:
    """A case that this person opened, is about him or his company, or lies in his office. Raises UnknownCase."""
    async with desk.database.reading() as session:
        case = await cases.get(session, number)
    if not await may_see(desk, person, case, at):
        raise cases.UnknownCase(number)
    return case


async def may_see(desk: Desk, person: Person, case: Case, at: datetime) -> bool:
    """The office, the auditor, whoever opened it, the holder; and who is asked to take the licence over."""
    if case.opened_by == person.id or person.sees(case.agency, case.office):
        return True
    if await acting.is_holder(desk, person, case.holder_kind, case.holder_id, case.licence, at):
        return True
    transferee = str(case.wanted.get("transferee") or "")
    if transferee == person.id or not transferee.isdigit():
        return transferee == person.id
    return await acting.is_holder(desk, person, "juristic", transferee, case.licence, at)


async def of_holder(desk: Desk, person: Person, number: str, at: datetime) -> Case:
    """A case about this person's own licence, or his company's. Raises UnknownCase."""
    async with desk.database.reading() as session:
        case = await cases.get(session, number)
    if not await acting.is_holder(desk, person, case.holder_kind, case.holder_id, case.licence, at):
        raise cases.UnknownCase(number)
    return case


async def note_look(database: Database, reader: Person, case: Case, at: datetime) -> None:
    """Write down that an officer looked at somebody's case (PDPA s.39)."""
    if reader.sees(case.agency, case.office):
        async with database.transaction() as session:
            await looks.log(session, reader.id, case.holder_id, f"case:{case.number}", at)


def _nothing() -> NothingToSay:
    return NothingToSay(
        "ขณะนี้เรื่องนี้ไม่ได้รอคำตอบนี้ โปรดดูสถานะล่าสุด", "nobody waits for this now: look at where the case stands"
    )


def line(case: Case) -> dict[str, Any]:
    """One case in a list."""
    names = ("number", "act", "licence", "licence_number", "about", "status", "holder_name", "entered_at", "due_on")
    said: dict[str, Any] = views.plain({name: getattr(case, name) for name in (*names, "ended_at")})
    return said | {"title": acts.titles()[case.act].model_dump(), "turn": turn(case)}


def turn(case: Case) -> str:
    """Whose turn it is."""
    return acts.TURNS[CaseStatus(case.status)].value


async def seen(desk: Desk, person: Person, case: Case, at: datetime) -> dict[str, Any]:
    """One case as JSON; names of officers and what they wrote only for their own office."""
    async with desk.database.reading() as session:
        fresh = await cases.get(session, case.number)
        rules = await cases.rules_of(session, fresh)
        done = await tasks.of(session, case.number)
        happened = await history.of(session, case.number)
        kept = await papers.of(session, case.number)
    desk_side = person.sees(fresh.agency, fresh.office)
    names = ("wanted", "opened_as", "agency", "office", "waiting_for", "waiting_until", "received_at", "outcome")
    said: dict[str, Any] = views.plain({name: getattr(fresh, name) for name in names})
    return (
        line(fresh)
        | said
        | {
            "law": rules.law,
            "says": fresh.found.get("says"),
            "objection": fresh.found.get("objection"),
            "tasks": [_task(one) for one in done if desk_side],
            "decisions": [_decision(one) for one in done if one.verdict],
            "papers": [_paper(fresh, one) for one in kept if one.sealed_key and told(fresh)],
            "happened": [views.plain({"tag": one.tag, "at": one.at}) for one in happened],
        }
    )


def _task(task: Task) -> dict[str, Any]:
    names = ("id", "stage", "role", "office", "asks_th", "asks_en", "due_on", "assignee", "closed_at")
    said: dict[str, Any] = views.plain({name: getattr(task, name) for name in names})
    return said


def _decision(task: Task) -> dict[str, Any]:
    said: dict[str, Any] = views.plain(
        {"stage": task.stage, "verdict": task.verdict, "reason": task.reason, "at": task.closed_at}
    )
    return said


def _paper(case: Case, paper: Paper) -> dict[str, Any]:
    address = f"/api/v1/cases/{case.number}/papers/{paper.kind}"
    return {"kind": paper.kind, "sha256": paper.sealed_sha256, "address": address}
