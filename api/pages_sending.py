"""Checking an application as a whole, sending it once, or throwing the draft away."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api import applications as door
from api import drafting, frame, showing, wording
from api.drafting import Work
from api.filing import Wanted
from api.idempotency import Call
from api.pages_filing import top
from api.people import Applicant, Person
from api.showing import Says
from api.tools import Now, TheDatabase, TheEngine
from forms import form as forms
from forms.errors import Problem, Problems
from licences import fees
from licences.errors import NotAllowed
from licences.procedure import Text
from records import drafts

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Row:
    """One line of the check page."""

    label: str
    text: str
    href: str = ""
    source: str = ""
    id: str = ""  # where a problem of this line is found on the page


@dataclass(frozen=True)
class Part:
    """The lines of one topic. `source`: where all of them are from, when they have one source."""

    title: str
    rows: list[Row]
    source: str = ""


@router.get("/drafts/{draft_id}/check")
async def check(request: Request, who: Applicant, now: Now, draft_id: str) -> Response:
    """Everything as it will be sent, each with its way back."""
    work = await drafting.opened(door.desk_of(request), who, draft_id, now)
    if work.application:
        return frame.see_other(work.home)
    return await _show_check(request, who, work, now, work.problems())


@router.post("/drafts/{draft_id}/submit")
async def send(
    request: Request, who: Applicant, now: Now, database: TheDatabase, engine: TheEngine, draft_id: str
) -> Response:
    """Send it, once: a second press shows the application that the first one made."""
    desk = door.desk_of(request)

    async def file() -> dict[str, Any]:
        work = await drafting.opened(desk, who, draft_id, now)
        kept = await door.receive(desk, engine, who, wanted_of(work, showing.language(request)), key_of(draft_id))
        async with database.transaction() as session:
            await drafts.discard(session, draft_id)
        return {"number": kept.number}

    try:
        done = await once(who, database, f"submit:{draft_id}", f"POST /drafts/{draft_id}/submit", file)
    except (Problems, NotAllowed) as wrong:
        work = await drafting.opened(desk, who, draft_id, now)
        problems = wrong.problems if isinstance(wrong, Problems) else (Problem("", wrong.th, wrong.en),)
        status = 422 if isinstance(wrong, Problems) else wrong.status
        return await _show_check(request, who, work, now, problems, status)
    return frame.see_other(f"/applications/{done['number']}?sent=yes")


def wanted_of(work: Work, lang: showing.Lang) -> Wanted:
    """The submission that a draft has become: its answers without those that no longer apply."""
    draft = work.draft
    holder = {"juristic_id": draft.juristic_id} if draft.juristic_id else {"self": True}
    return Wanted.model_validate(
        {
            "licence": draft.licence,
            "operation": draft.operation,
            "holder": holder,
            "licence_number": draft.licence_number,
            "answers": dict(work.checked()),
            "attachments": draft.attachments,
            "language": lang,
        }
    )


def key_of(draft_id: str) -> str:
    """The name of the one submission that a draft may become."""
    return hashlib.sha256(f"draft\n{draft_id}".encode()).hexdigest()[:40]


async def once(who: Person, database: Any, key: str, address: str, do: Any) -> dict[str, Any]:
    """Do it unless it was done before under this key; what it gave is given again."""
    from records.idempotency import Answer

    async def answered() -> Answer:
        return Answer(200, await do())

    response = await Call(who, key, address, database).once({}, answered)
    found: dict[str, Any] = json.loads(bytes(response.body))
    return found


async def _show_check(
    request: Request, who: Person, work: Work, now: Now, problems: Sequence[Problem], status: int = 0
) -> HTMLResponse:
    lang = showing.language(request)
    listed = parts(work, lang)
    dropped = _dropped(work, lang)
    return await frame.show(
        request,
        "check.html",
        status or (422 if problems else 200),
        procedure=work.procedure,
        operation=wording.OPERATIONS[work.procedure.operation],
        holder=await frame.company_name(request, work.draft.juristic_id)
        if work.draft.juristic_id
        else frame.full_name(who),
        licence_number=work.draft.licence_number,
        agency=door.desk_of(request).catalogue.agency(work.procedure.agency),
        fee=fee_of(work, now),
        sections=listed,
        documents=[document_row(work, one, lang) for one in work.documents],
        dropped=dropped,
        back_to=work.home,
        send_to=f"{work.base}/submit",
        once=work.draft.id,
        problems=[Says(_anchor(work, one.field), showing.in_words(one, lang)) for one in problems],
    )


def _anchor(work: Work, field: str) -> str:
    """The row of the check page that a problem speaks of."""
    return f"row-{top(field.removeprefix('attachments.'))}" if field else ""


def fee_of(work: Work, now: Now) -> Text:
    """What it will cost by these answers, or how it is worked out when that cannot be said yet."""
    try:
        quote = fees.owed(work.procedure, work.draft.answers, on=now.date())
    except NotAllowed:
        return wording.fee(work.procedure, now.date())
    if not quote.satang:
        return wording.FREE
    doubt = Text(th=" (ยังไม่ยืนยัน)", en=" (not confirmed)") if quote.provisional else None
    th, en = showing.money(quote.satang, "th"), showing.money(quote.satang, "en")
    return Text(th=th + (doubt.th if doubt else ""), en=en + (doubt.en if doubt else ""))


def parts(work: Work, lang: showing.Lang) -> list[Part]:
    """The answers topic by topic as they will be sent, each with its way back."""
    found = []
    facts = {one.id for one in work.form.by_id.values() if one.kind.name == "fact"}
    with_facts = {**work.draft.answers, **_facts_as_answers(work)}
    for section in forms.sections(work.form, with_facts, lang):
        href = f"{work.base}/questions/{section.page}"
        sources = {
            row.field: work.known.get(row.field if section.item is None else section.page) for row in section.rows
        }
        rows = [
            Row(
                row.label,
                row.text,
                "" if row.field in facts else f"{href}?return_to=check",
                showing.in_words(source, lang) if (source := sources[row.field]) else "",
                id=f"row-{row.field}" if section.item is None else "",
            )
            for row in section.rows
        ]
        found.append(_with_one_source(Part(section.title, rows)))
    return found


def _with_one_source(part: Part) -> Part:
    """What every line of a topic would say is said once."""
    sources = {row.source for row in part.rows}
    if len(part.rows) == 1 or len(sources) != 1:
        return part
    return Part(part.title, [replace(row, source="") for row in part.rows], sources.pop())


def _facts_as_answers(work: Work) -> dict[str, Any]:
    return {
        one.id: work.facts[one.prefill]
        for one in work.form.by_id.values()
        if one.kind.name == "fact" and work.facts.get(one.prefill) is not None
    }


def document_row(work: Work, document: Any, lang: showing.Lang) -> Row:
    """One asked document, attached or not."""
    kept = work.files.get(work.draft.attachments.get(document.id, ""))
    none = "ไม่ได้แนบ" if lang == "th" else "Not attached"
    href = f"{work.base}/documents/{document.id}?return_to=check"
    return Row(showing.in_words(document.title, lang), kept.filename if kept else none, href, id=f"row-{document.id}")


def _dropped(work: Work, lang: showing.Lang) -> list[str]:
    try:
        gone = work.checked().dropped
    except Problems:
        return []
    known = work.form.by_id
    return [known[name].title.say(lang) if name in known else name for name in gone]


@router.get("/drafts/{draft_id}/discard")
async def ask_discard(request: Request, who: Applicant, now: Now, draft_id: str) -> HTMLResponse:
    """Whether it shall really go."""
    work = await drafting.opened(door.desk_of(request), who, draft_id, now)
    return await frame.show(request, "discard.html", draft=work.draft, procedure=work.procedure)


@router.post("/drafts/{draft_id}/discard")
async def discard(request: Request, who: Applicant, now: Now, database: TheDatabase, draft_id: str) -> Response:
    """Throw the draft away."""
    work = await drafting.opened(door.desk_of(request), who, draft_id, now)
    async with database.transaction() as session:
        await drafts.discard(session, work.draft.id)
    return frame.see_other("/applications")
