"""Several licences at once: chosen in the finder, begun together, one list to do, one check, sent together."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api import access, drafting, frame, known, showing, together, wording
from api import applications as door
from api import filing as rules
from api.drafting import Work
from api.eligibility import acts_on_one
from api.pages_begin import CHOOSE_PROVINCE, holder_of, starts, wrong_province
from api.pages_filing import Topic, topics
from api.pages_public import province_names
from api.pages_sending import Part, document_row, fee_of, key_of, once, parts, wanted_of
from api.people import Applicant, Person
from api.showing import InBoth, Says
from api.tools import Now, TheDatabase, TheEngine
from forms.errors import Problems
from licences import places
from licences.applications import Status
from licences.errors import NotAllowed
from licences.procedure import Agency, Operation, Procedure, Text
from records import drafts
from records.rows import new_id

router = APIRouter(include_in_schema=False, prefix="/together")

MOST = 20
Codes = Annotated[list[str], Query(default_factory=list, max_length=MOST)]
Posted = Annotated[list[str], Form(default_factory=list, max_length=MOST)]
Province = Annotated[str, Query(max_length=2)]
ONE_AFTER_THE_OTHER = timedelta(milliseconds=1)
"""So that a set keeps the order in which the licences can be had."""
NONE_CHOSEN = Text(th="เลือกใบอนุญาตอย่างน้อยหนึ่งรายการ", en="Choose at least one licence")


@dataclass(frozen=True)
class Chosen:
    """One licence of the set before it is begun; `why_not` says why it cannot be begun now."""

    procedure: Procedure
    agency: Agency
    fee: Text
    why_not: InBoth | None


@router.get("")
async def before_start(
    request: Request, who: Applicant, now: Now, licence: Codes, province: Province = ""
) -> HTMLResponse:
    """What was chosen, for whom, and which of it can be begun now."""
    return await _ask(request, who, now, licence, province)


@router.post("")
async def start(
    request: Request, who: Applicant, now: Now, licence: Posted, province: Annotated[str, Form(max_length=2)] = "",
    begin_from: Annotated[str, Form(max_length=60)] = "",
) -> Response:  # fmt: skip
    """Begin a draft for each that can be begun."""
    desk, lang = door.desk_of(request), showing.language(request)
    chosen = [await _chosen(request, who, now, code, province) for code in dict.fromkeys(licence)]
    ready = [one.procedure for one in chosen if one.why_not is None]
    if not ready:
        problem = next((one.why_not for one in chosen if one.why_not), NONE_CHOSEN)
        says = Says("province" if problem is CHOOSE_PROVINCE else "", showing.in_words(problem, lang))
        return await _ask(request, who, now, licence, province, (says,))
    name = new_id("s")
    for nth, procedure in enumerate(ready):
        opened_at = now + nth * ONE_AFTER_THE_OTHER
        await drafting.begin(desk, who, procedure, holder_of(who), "", opened_at, name, begin_from)
    return frame.see_other(f"/together/{name}")


async def _ask(
    request: Request, who: Person, now: Now, codes: Sequence[str], province: str, problems: tuple[Says, ...] = ()
) -> HTMLResponse:
    chosen = [await _chosen(request, who, now, code, province) for code in dict.fromkeys(codes)]
    limited = any(places.limited(door.desk_of(request).catalogue.licence(one.procedure.licence)) for one in chosen)
    return await frame.show(
        request,
        "together-start.html",
        422 if problems else 200,
        chosen=chosen,
        ready=sum(one.why_not is None or one.why_not is CHOOSE_PROVINCE for one in chosen),
        holder=await frame.company_name(request, who.acting_for) if who.acting_for else frame.full_name(who),
        juristic_id=who.acting_for,
        starts=await _starts(request, who, now, [one.procedure for one in chosen]),
        provinces=sorted(province_names().items(), key=lambda one: one[1].th) if limited else (),
        province=province,
        again=str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
        problems=problems,
    )


async def _starts(request: Request, who: Person, now: Now, procedures: Sequence[Procedure]) -> list[known.Start]:
    """What any of the set may start from, each once; the registered address last."""
    found: dict[str, known.Start] = {}
    for procedure in procedures:
        for one in await starts(door.desk_of(request), who, procedure, now):
            found.setdefault(one.value, one)
    return sorted(found.values(), key=lambda one: one.value in (known.OFFICE, known.HOME))


async def _chosen(request: Request, who: Person, now: Now, code: str, province: str) -> Chosen:
    desk = door.desk_of(request)
    procedure = desk.catalogue.procedure(code, Operation.NEW, now.date())
    why_not: InBoth | None = wrong_province(desk.catalogue, procedure, province)
    if why_not is None:
        try:
            await rules.ground(desk, who, procedure, holder_of(who), "", now)
        except NotAllowed as refusal:
            why_not = refusal
    assert not acts_on_one(procedure)
    return Chosen(procedure, desk.catalogue.agency(procedure.agency), wording.fee(procedure, now.date()), why_not)


# --- the list of what is to do ---


@dataclass(frozen=True)
class Listed:
    """One application of the set, with its topics."""

    id: str
    title: Text
    agency: Agency
    topics: list[Topic]
    done: int


@router.get("/{name}")
async def tasks(request: Request, who: Applicant, now: Now, name: str) -> HTMLResponse:
    """Everything that is still to do, for all of them."""
    desk, lang = door.desk_of(request), showing.language(request)
    works = await together.opened(desk, who, name, now)
    listed = [_listed(request, work, lang) for work in works]
    unfinished = [topic.href for one in listed for topic in one.topics if not topic.done and not topic.optional]
    return await frame.show(
        request,
        "together.html",
        name=name,
        listed=listed,
        counted=together.counted(works),
        done=sum(one.done for one in listed),
        topics=sum(len(one.topics) for one in listed),
        ready=not unfinished,
        go_on=unfinished[0] if unfinished else f"/together/{name}/check",
    )


def _listed(request: Request, work: Work, lang: showing.Lang) -> Listed:
    found = topics(work, lang)
    agency = door.desk_of(request).catalogue.agency(work.procedure.agency)
    return Listed(work.draft.id, work.procedure.title, agency, found, sum(one.done for one in found))


# --- check and send ---


@dataclass(frozen=True)
class Checked:
    """One application of the set as it will be sent, with what is wrong with it."""

    id: str
    title: Text
    agency: Agency
    fee: Text
    sections: list[Part]
    documents: list[Any]
    problems: tuple[str, ...]


@router.get("/{name}/check")
async def check(request: Request, who: Applicant, now: Now, name: str) -> HTMLResponse:
    """All of them as they will be sent."""
    works = await together.opened(door.desk_of(request), who, name, now)
    wrong = {work.draft.id: tuple(work.problems()) for work in works}
    return await _show_check(request, who, now, name, works, wrong, ())


@router.post("/{name}/submit")
async def send(
    request: Request, who: Applicant, now: Now, database: TheDatabase, engine: TheEngine, name: str
) -> Response:
    """Send each of them once. What cannot be sent stays, with the reason; what was sent is not lost by it."""
    desk, lang = door.desk_of(request), showing.language(request)
    sent: list[str] = []
    wrong: dict[str, tuple[InBoth, ...]] = {}

    async def file(draft_id: str) -> dict[str, Any]:
        work = await drafting.opened(desk, who, draft_id, now)
        kept = await door.receive(desk, engine, who, wanted_of(work, lang), key_of(draft_id))
        async with database.transaction() as session:
            await drafts.discard(session, draft_id)
        return {"number": kept.number}

    for work in await together.opened(desk, who, name, now):
        draft_id = work.draft.id
        try:
            address = f"POST /drafts/{draft_id}/submit"
            done = await once(who, database, f"submit:{draft_id}", address, lambda one=draft_id: file(one))
        except (Problems, NotAllowed) as refusal:
            wrong[draft_id] = tuple(refusal.problems) if isinstance(refusal, Problems) else (refusal,)
        else:
            sent.append(done["number"])
    if wrong:
        left = await together.opened(desk, who, name, now)
        return await _show_check(request, who, now, name, left, wrong, sent)
    query = "&".join(f"number={number}" for number in sent)
    return frame.see_other(f"/together/{name}/sent?{query}")


async def _show_check(
    request: Request, who: Person, now: Now, name: str, works: Sequence[Work],
    wrong: dict[str, Any], sent: Sequence[str],
) -> HTMLResponse:  # fmt: skip
    lang, desk = showing.language(request), door.desk_of(request)
    checked = [
        Checked(
            id=work.draft.id,
            title=work.procedure.title,
            agency=desk.catalogue.agency(work.procedure.agency),
            fee=fee_of(work, now),
            sections=parts(work, lang),
            documents=[document_row(work, one, lang) for one in work.documents],
            problems=tuple(showing.in_words(one, lang) for one in wrong.get(work.draft.id, ())),
        )
        for work in works
    ]
    problems = [
        Says(one.id, f"{showing.in_words(one.title, lang)}: {says}") for one in checked for says in one.problems
    ]
    juristic_id = works[0].draft.juristic_id
    return await frame.show(
        request,
        "together-check.html",
        422 if problems else 200,
        name=name,
        checked=checked,
        holder=await frame.company_name(request, juristic_id) if juristic_id else frame.full_name(who),
        sent=sent,
        problems=problems,
    )


@router.get("/{name}/sent")
async def sent(request: Request, who: Applicant, now: Now, name: str, number: Codes) -> HTMLResponse:
    """The numbers of what was sent, and what comes next."""
    desk = door.desk_of(request)
    kept = await asyncio.gather(*(access.own(desk, who, one, now) for one in dict.fromkeys(number)))
    found = [(one, desk.catalogue.versions[one.licence][-1].title, wording.STATUSES[one.status]) for one in kept]  # type: ignore[index]
    return await frame.show(
        request, "together-sent.html", found=found, owing=any(one.status == Status.TO_PAY for one in kept)
    )
