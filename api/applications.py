"""Applications: file, look, answer what was asked, give up, sign, and fetch the papers that came of it."""

import asyncio
import logging
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from api import access, filing, resubmitting, signing_record, tools, views
from api.bodies import Body
from api.engine import Engine, EngineDown, journey_over
from api.filing import Desk, Wanted
from api.idempotency import ACall, Call
from api.paging import After, Limit
from api.people import AnOfficer, Applicant, Person
from api.representing import Register
from api.resubmitting import NewAnswers
from api.tools import TheEngine, TheFiles
from licences.applications import Status, is_over
from licences.errors import NotAllowed, NotFound
from records import applications, papers, signatures
from records.applications import Submitted
from records.database import Database
from records.idempotency import Answer
from records.tables import Application
from workflows.messages import Fixed, TakeOver, Withdrawal

router = APIRouter(prefix="/api/v1/applications", tags=["applications"])
log = logging.getLogger("bizportal.api")

FIRST_LOOK, PATIENCE = timedelta(milliseconds=40), timedelta(seconds=2)


class Nothing(Body):
    """An empty body."""


class Reason(Body):
    """Why an officer goes on without another office's answer."""

    reason: str = Field(min_length=1, max_length=4_000)


class PaperNotThere(NotFound):
    """This paper was not made, or is not sealed yet."""


def desk_of(request: Request) -> Desk:
    """What filing needs, laid out."""
    companies = Register(tools.database(request), tools.gdx(request))
    local = tools.settings(request).profile == "local"
    return Desk(tools.catalogue(request), tools.database(request), companies, bills_provisional=local)


# --- file ---


@router.post("", status_code=201)
async def submit(request: Request, wanted: Wanted, call: ACall, engine: TheEngine) -> Any:
    """File an application. The answer has its number, both times, the day it is due, and the bill if there is one."""
    asked = wanted.model_dump(mode="json", by_alias=True)

    async def file() -> Answer:
        kept = await receive(desk_of(request), engine, call.person, wanted, call.name(asked))
        return Answer(201, await answer_of(call.database, kept, call.person))

    return await call.once(asked, file)


async def receive(desk: Desk, engine: Engine, person: Person, wanted: Wanted, key: str) -> Application:
    """Check, keep, start the journey, and wait a moment for what it says first. The same key files once.

    Raises NotAllowed or Problems, and then nothing was kept. An engine that is down changes nothing for the applicant:
    what is kept is received, and a sweep starts its journey later.
    """
    submitted = await filing.prepare(desk, person, wanted, tools.now(), key)
    async with desk.database.transaction() as session:
        kept = await applications.submit(session, submitted)
    await _start(desk.database, engine, kept, submitted)
    return await first_word(desk.database, kept.number)


async def _start(database: Database, engine: Engine, kept: Application, submitted: Submitted) -> None:
    try:
        await engine.start(kept.number, submitted.procedure, for_company=kept.holder_kind == filing.JURISTIC)
    except EngineDown as down:
        log.warning("application %s is received and its journey not started yet: %s", kept.number, down)
        return
    async with database.transaction() as session:
        await applications.begun(session, kept.number, tools.now())


async def first_word(database: Database, number: str) -> Application:
    """The application when its journey has spoken, or after two seconds as it then is."""
    pause, left = FIRST_LOOK, PATIENCE
    while True:
        async with database.reading() as session:
            kept = await applications.get(session, number)
        if kept.status != Status.CHECKING or left <= timedelta(0):
            return kept
        await asyncio.sleep(pause.total_seconds())
        left, pause = left - pause, min(pause * 2, timedelta(milliseconds=400))


async def answer_of(database: Database, kept: Application, reader: Person) -> dict[str, Any]:
    """An application as plain JSON values, fit to be kept as an answer."""
    said: dict[str, Any] = views.plain(await views.application(database, kept, reader))
    return said


# --- look ---


@router.get("")
async def find(
    request: Request,
    person: Applicant,
    juristic_id: Annotated[str, Query(max_length=20, description="a company that you may act for")] = "",
    agency: Annotated[str, Query(max_length=40, description="officers: an agency you sit in")] = "",
    status: Annotated[list[str], Query(max_length=20)] = [],  # noqa: B006
    mine: Annotated[bool, Query(description="officers: what you filed yourself")] = False,
    after: After = "",
    limit: Limit = 20,
) -> dict[str, Any]:
    """What you filed; what was filed for a company you may act for; or, for an officer, what his offices received."""
    page = await access.listed(
        desk_of(request), person, tools.now(), juristic_id, agency, status, mine=mine, after=after, limit=limit
    )
    return {"items": views.plain([views.line(line) for line in page.items]), "next": page.next}


@router.get("/{number}")
async def show(request: Request, number: str, person: Applicant) -> dict[str, Any]:
    """Where it stands, whose turn it is, what is asked, the bill, the decisions, what happened when."""
    kept = await access.visible(desk_of(request), person, number, tools.now())
    await access.note_look(tools.database(request), person, kept, tools.now())
    return await answer_of(tools.database(request), kept, person)


# --- say something to its journey ---


@router.post("/{number}/resubmission")
async def resubmit(request: Request, number: str, wanted: NewAnswers, call: ACall, engine: TheEngine) -> Any:
    """Answer what was asked: only those answers and documents, and what they bring with them, may change."""
    kept = await access.own(desk_of(request), call.person, number, tools.now())
    asked = wanted.model_dump(mode="json")

    async def answer() -> Answer:
        message = await resubmitting.draft(desk_of(request), call.person, kept, wanted, tools.now(), call.name(asked))
        await _say(call, engine, number, "resubmit", message, asked)
        return await _as_it_is(call.database, number, call.person)

    return await call.once(asked, answer)


@router.post("/{number}/record/signature")
async def sign_record(request: Request, number: str, call: ACall, body: Nothing | None = None) -> Any:
    """Sign the joint record of what is asked, as the applicant (Licensing Facilitation Act s.8)."""
    kept = await access.own(desk_of(request), call.person, number, tools.now())
    task = await signing_record.asking(call.database, kept)

    async def sign_it() -> Answer:
        await signing_record.sign(call.database, call.person, task, tools.now())
        at = await signing_record.signed_at(call.database, task)
        return Answer(200, views.plain(signing_record.as_json(task, at)))

    return await call.once({"task": task.id}, sign_it)


@router.post("/{number}/fixed")
async def report_fixed(
    request: Request, number: str, call: ACall, engine: TheEngine, body: Nothing | None = None
) -> Any:
    """What an inspection found is put right: it is looked at again."""
    await access.own(desk_of(request), call.person, number, tools.now())

    async def tell() -> Answer:
        await _say(call, engine, number, "fixed", Fixed(by=call.person.id), {})
        return await _as_it_is(call.database, number, call.person)

    return await call.once({}, tell)


@router.post("/{number}/withdrawal")
async def withdraw(request: Request, number: str, call: ACall, engine: TheEngine, body: Nothing | None = None) -> Any:
    """Give it up. Not any more once it is decided."""
    await access.own(desk_of(request), call.person, number, tools.now())

    async def give_up() -> Answer:
        await _say(call, engine, number, "withdraw", Withdrawal(by=call.person.id), {})
        return await _as_it_is(call.database, number, call.person)

    return await call.once({}, give_up)


@router.post("/{number}/signature")
async def sign(request: Request, number: str, call: ACall, engine: TheEngine, body: Nothing | None = None) -> Any:
    """Sign with the others: a further director of the company (thai-rules 4.5, REP-3)."""
    kept, director = await access.signer(desk_of(request), call.person, number, tools.now())

    async def put_name() -> Answer:
        async with call.database.transaction() as session:
            await signatures.sign_once(session, kept, call.person.id, "director", director, tools.now())
        await engine.signal(number, "signed")
        return await _as_it_is(call.database, number, call.person)

    return await call.once({"answers": kept.answers_digest}, put_name)


@router.post("/{number}/take-over")
async def take_over(number: str, why: Reason, call: ACall, officer: AnOfficer, engine: TheEngine) -> Any:
    """An officer goes on without the answer of an office that is silent, and says why."""
    await access.of_office(call.database, officer, number)

    async def go_on() -> Answer:
        message = TakeOver(officer=officer.id, reason=why.reason)
        await _say(call, engine, number, "take_over", message, why.model_dump())
        return await _as_it_is(call.database, number, officer)

    return await call.once(why.model_dump(), go_on)


async def _say(call: Call, engine: Engine, number: str, message: str, said: Any, asked: Any) -> None:
    """Speak to the journey. Of one that is over it is said so, whatever else stands against the message."""
    try:
        await engine.update(number, message, said, key=call.name(asked))
    except NotAllowed as refusal:
        async with call.database.reading() as session:
            kept = await applications.get(session, number)
        if is_over(Status(kept.status)):
            raise journey_over() from refusal
        raise


async def _as_it_is(database: Database, number: str, reader: Person) -> Answer:
    async with database.reading() as session:
        kept = await applications.get(session, number)
    return Answer(200, await answer_of(database, kept, reader))


# --- its papers ---


@router.get("/{number}/acknowledgement")
async def acknowledgement(request: Request, number: str, person: Applicant, files: TheFiles) -> Response:
    """The sealed acknowledgement with both times (E-Government Act s.10)."""
    return await paper(request, number, "acknowledgement", person, files)


@router.get("/{number}/papers/{kind}")
async def paper(request: Request, number: str, kind: str, person: Applicant, files: TheFiles) -> Response:
    """A sealed paper of this application: acknowledgement, licence, refused, returned."""
    kept = await access.visible(desk_of(request), person, number, tools.now())
    async with tools.database(request).reading() as session:
        found = await papers.get(session, f"{kept.number}:{kind}")
    if found is None or not found.sealed_key:
        raise PaperNotThere(
            "เอกสารนี้ยังไม่มี หรือกำลังจัดทำ โปรดลองใหม่ภายหลัง", "there is no such paper yet: please try again later"
        )
    return await access.as_pdf(files, found, f"{kept.number}-{kind}.pdf")
