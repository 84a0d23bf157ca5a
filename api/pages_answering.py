"""What an applicant says to his application after sending it: answers, a signature, a withdrawal."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api import (
    access,
    drafting,
    following,
    frame,
    resubmitting,
    showing,
    signing_record,
    views,
    wording,
)
from api import applications as door
from api.cases import Case, case_of, key_of
from api.people import Applicant, Person
from api.resubmitting import NewAnswers
from api.showing import Says
from api.tools import Now, TheDatabase, TheEngine
from forms.errors import Problems
from licences import calendar
from licences.applications import Status
from licences.errors import NotAllowed
from records import drafts, exchange_log, people, signatures
from records.tables import Application
from workflows.messages import Fixed, Withdrawal

router = APIRouter(include_in_schema=False)

A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Asked:
    """One thing that was asked, and whether it has been changed since."""

    title: str
    wrong: str
    wanted: str
    href: str
    changed: bool
    by: date | None


@router.get("/applications/{number}/answer")
async def what_is_asked(request: Request, who: Applicant, now: Now, number: str) -> Response:
    """The officer's list, item by item; only these are open."""
    return await _show_asked(request, who, now, number)


async def _show_asked(
    request: Request, who: Person, now: datetime, number: str, problems: tuple[Says, ...] = (), status: int = 200
) -> Response:
    desk, lang = door.desk_of(request), showing.language(request)
    kept = await access.own(desk, who, number, now)
    case = await case_of(desk, kept)
    if Status(kept.status) is not Status.INCOMPLETE or case.asking is None or kept.waiting_for == views.FIXES:
        return frame.see_other(case.address)
    draft = await drafting.begin_answer(desk, who, kept, now)
    work = await drafting.opened(desk, who, draft.id, now)
    until = kept.waiting_until - A_MOMENT if kept.waiting_until else None
    return await frame.show(
        request,
        "answer.html",
        status,
        number=number,
        answer_by=until.astimezone(calendar.BANGKOK).date() if until else None,
        today=now.date(),
        reason=case.asking.reason,
        items=[_asked(case, work, item, lang) for item in case.asking.items],
        record=case.paper_of(case.asking.id),
        record_signed_at=await signing_record.signed_at(desk.database, case.asking),
        draft=draft.id,
        problems=problems,
    )


def _asked(case: Case, work: drafting.Work, item: dict[str, Any], lang: showing.Lang) -> Asked:
    name, kept = resubmitting.top(item["field"]), case.kept
    before = (kept.answers.get(name), kept.attachments.get(name))
    after = (work.draft.answers.get(name), work.draft.attachments.get(name))
    documents = {one.id for one in case.procedure.documents}
    page = next((page.id for page in work.pages if name in (page.id, *(one.id for one in page.questions))), "")
    href = f"{work.base}/documents/{name}" if name in documents else f"{work.base}/questions/{page}"
    title = following.title_of(name, case.form, case.procedure, lang)
    by = following.item_by(item, kept)
    return Asked(title, item["wrong"], item["wanted"], href, before != after, by)


@router.post("/drafts/{draft_id}/resubmit")
async def resubmit(
    request: Request, who: Applicant, now: Now, database: TheDatabase, engine: TheEngine, draft_id: str,
    as_it_is: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Send what was changed to the officer, all at once; what was not changed only if that is meant.

    An officer may ask once (Licensing Facilitation Act s. 8), so that an answer sent by mistake cannot be taken back.
    """
    desk, number = door.desk_of(request), drafting.application_of(draft_id)
    kept = await access.own(desk, who, number, now)
    work = await drafting.opened(desk, who, draft_id, now)
    if not as_it_is and (left := _left(await case_of(desk, kept), work, showing.language(request))):
        return await _show_asked(request, who, now, number, left, 422)
    key = key_of(who, draft_id, work.draft.saved_at.isoformat())
    try:
        message = await resubmitting.draft(desk, who, kept, _changes(kept, work), now, key)
        await engine.update(number, "resubmit", message, key=key)
    except (Problems, NotAllowed) as wrong:
        lang = showing.language(request)
        says = showing.beside(wrong.problems, lang) if isinstance(wrong, Problems) else ()
        says = tuple(Says("", one.says) for one in says) or (Says("", showing.in_words(wrong, lang)),)  # type: ignore[arg-type]
        return await _show_asked(request, who, now, number, says, 422)
    async with database.transaction() as session:
        await drafts.discard(session, draft_id)
    return frame.see_other(f"/applications/{number}")


def _left(case: Case, work: drafting.Work, lang: showing.Lang) -> tuple[Says, ...]:
    """What was asked and is not changed yet."""
    items = [_asked(case, work, item, lang) for item in case.asking.items] if case.asking else []
    still = "ยังไม่ได้แก้: {}" if lang == "th" else "Still to do: {}"
    return tuple(Says("as_it_is", still.format(one.title)) for one in items if not one.changed)


def _changes(kept: Application, work: drafting.Work) -> NewAnswers:
    """Only what differs from what was submitted; an answer taken away is sent as null."""
    draft = work.draft
    names = set(kept.answers) | set(draft.answers)
    answers = {name: draft.answers.get(name) for name in names if kept.answers.get(name) != draft.answers.get(name)}
    files = {name: one for name, one in draft.attachments.items() if kept.attachments.get(name) != one}
    return NewAnswers(answers=answers, attachments=files)


# --- sign, withdraw ---


@router.get("/applications/{number}/sign")
async def ask_to_sign(request: Request, who: Applicant, now: Now, number: str) -> HTMLResponse:
    """What one would sign, the register's own words on who must, and who has."""
    desk, lang = door.desk_of(request), showing.language(request)
    kept, _ = await access.signer(desk, who, number, now)
    case = await case_of(desk, kept)
    async with desk.database.reading() as session:
        signed = await signatures.of(session, number, kept.answers_digest)
        names = await people.names(session, {one.person for one in signed})
        snapshot = await exchange_log.latest_snapshot(session, kept.holder_id)
    return await frame.show(
        request,
        "sign.html",
        number=number,
        operation=wording.OPERATIONS[case.procedure.operation],
        title=case.procedure.title,
        holder=kept.holder_name,
        signing_text=(snapshot.facts or {}).get("signing_text", "") if snapshot else "",
        signatures=[{"name": names.get(one.person, one.director), "at": one.signed_at} for one in signed],
        sections=following.sections(case.form, kept.answers, lang, masked=True),
        may_sign=all(one.person != who.id for one in signed),
    )


@router.post("/applications/{number}/sign")
async def sign(
    request: Request, who: Applicant, now: Now, database: TheDatabase, engine: TheEngine, number: str
) -> Response:
    """Sign with the others."""
    kept, director = await access.signer(door.desk_of(request), who, number, now)
    async with database.transaction() as session:
        await signatures.sign_once(session, kept, who.id, "director", director, now)
    await engine.signal(number, "signed")
    return frame.see_other(f"/applications/{number}")


@router.post("/applications/{number}/record")
async def sign_record(request: Request, who: Applicant, database: TheDatabase, now: Now, number: str) -> Response:
    """Sign the joint record of what is asked."""
    kept = await access.own(door.desk_of(request), who, number, now)
    await signing_record.sign(database, who, await signing_record.asking(database, kept), now)
    return frame.see_other(f"/applications/{number}/answer")


@router.post("/applications/{number}/fixed")
async def report_fixed(
    request: Request, who: Applicant, now: Now, engine: TheEngine, number: str, task: Annotated[str, Form()] = ""
) -> Response:
    """What an inspection found is put right: it is looked at again."""
    await access.own(door.desk_of(request), who, number, now)
    await engine.update(number, "fixed", Fixed(by=who.id), key=key_of(who, "fixed", task))
    return frame.see_other(f"/applications/{number}")


@router.get("/applications/{number}/withdraw")
async def ask_withdraw(request: Request, who: Applicant, now: Now, number: str) -> HTMLResponse:
    """Whether it shall really be given up, and what that means."""
    desk = door.desk_of(request)
    case = await case_of(desk, await access.own(desk, who, number, now))
    return await frame.show(request, "withdraw.html", number=number, title=case.procedure.title)


@router.post("/applications/{number}/withdraw")
async def withdraw(request: Request, who: Applicant, now: Now, engine: TheEngine, number: str) -> Response:
    """Give it up."""
    await access.own(door.desk_of(request), who, number, now)
    await engine.update(number, "withdraw", Withdrawal(by=who.id), key=key_of(who, "withdraw", number))
    return frame.see_other(f"/applications/{number}")
