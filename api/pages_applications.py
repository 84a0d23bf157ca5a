"""My applications and my licences: where each stands, what to do next, paying, answering, signing, giving up."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from api import (
    access,
    drafting,
    eligibility,
    following,
    frame,
    pictures,
    previews,
    resubmitting,
    showing,
    views,
    wording,
)
from api import applications as door
from api.filing import Desk
from api.pages_filing import Item
from api.paging import After
from api.people import Applicant, Person
from api.resubmitting import NewAnswers
from api.showing import InBoth, Says
from api.tools import Now, TheCatalogue, TheDatabase, TheEngine, TheFiles
from forms import form as forms
from forms.errors import Problems
from forms.form import Form
from licences import applications as law
from licences import calendar
from licences.applications import Action, Status, Turn, Verdict
from licences.catalogue import Catalogue
from licences.errors import NotAllowed
from licences.procedure import Operation, Procedure, Text
from records import access as looks
from records import applications, attachments, drafts, exchange_log, ledger, papers, people, register, signatures, tasks
from records.ledger import UnknownBill
from records.tables import Application, Attachment, Bill, Holding, Task
from workflows.messages import Withdrawal

router = APIRouter(include_in_schema=False)

A_PAGE = 20
A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Link:
    """Something one may do now."""

    href: str
    title: InBoth


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


# --- lists ---


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
        drafts=[
            Begun(one.id, _title(catalogue, one.licence), wording.OPERATIONS[Operation(one.operation)], one.saved_at)
            for one in begun
            if not after and one.juristic_id == who.acting_for
        ],
        next=f"/applications?after={page.next}" if page.next else "",
        first="/applications" if after else "",
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
    found = [_licensed(catalogue, one, now.date()) for one in held]
    return await frame.show(request, "my-licences.html", found=found)


def _licensed(catalogue: Catalogue, holding: Holding, on: date) -> Licensed:
    licence = catalogue.licence(holding.licence)
    over = holding.status == "in-force" and holding.valid_until is not None and holding.valid_until < on
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


# --- one application ---


@dataclass(frozen=True)
class Case:
    """One application with everything that its pages read of the records."""

    kept: Application
    procedure: Procedure
    form: Form
    bills: tuple[Bill, ...]
    tasks: tuple[Task, ...]
    files: tuple[Attachment, ...]

    @property
    def address(self) -> str:
        """Where its page is."""
        return f"/applications/{self.kept.number}"

    @property
    def asking(self) -> Task | None:
        """The task that asked something of the applicant last."""
        asked = [task for task in self.tasks if task.verdict == Verdict.ASK and task.closed_at]
        return max(asked, key=lambda task: task.closed_at or task.opened_at, default=None)


async def case_of(desk: Desk, kept: Application) -> Case:
    """Read the rest of an application that one may see."""
    async with desk.database.reading() as session:
        procedure = await applications.procedure_of(session, kept.version)
        return Case(
            kept=kept,
            procedure=procedure,
            form=forms.load(procedure.form),
            bills=await ledger.bills_of(session, kept.number),
            tasks=await tasks.of(session, kept.number),
            files=await attachments.of(session, kept.number),
        )


async def _visible(request: Request, who: Person, number: str, now: datetime) -> Case:
    desk = door.desk_of(request)
    return await case_of(desk, await access.visible(desk, who, number, now))


@router.get("/applications/{number}")
async def follow(
    request: Request, who: Applicant, now: Now, number: str, sent: Annotated[str, Query(max_length=5)] = ""
) -> HTMLResponse:
    """Whose turn it is, by when the law wants it done, and what happened; never an internal name."""
    case = await _visible(request, who, number, now)
    return await _show(request, who, case, now, just_sent=bool(sent))


async def _show(request: Request, who: Person, case: Case, now: datetime, *, just_sent: bool) -> HTMLResponse:
    desk, kept, lang = door.desk_of(request), case.kept, showing.language(request)
    status, standing = Status(kept.status), following.progress(case.kept, case.bills, case.tasks)
    view = await views.application(desk.database, kept, who)
    asked_at = case.asking.closed_at if case.asking else None
    return await frame.show(
        request,
        "application.html",
        number=kept.number,
        just_sent=just_sent,
        operation=wording.OPERATIONS[case.procedure.operation],
        title=case.procedure.title,
        standing=wording.STATUSES[status],
        todo=wording.NEXT[status],
        waiting=following.waiting(kept),
        look_again=following.moves_by_itself(kept),
        state=following.state(kept, case.bills),
        actions=_next(case, view["may"]),
        granted=await _granted(desk, kept),
        decisions=[_decision(case, one, lang) for one in view["decisions"] if one["verdict"] != Verdict.APPROVE],
        steps=list(following.steps(kept, case.procedure, standing, case.bills, case.tasks, lang)),
        history=following.events(view["happened"], case.procedure, people=False),
        sections=following.sections(case.form, kept.answers, lang, masked=True),
        documents=following.papers(kept, case.form, case.procedure, case.files, asked_at, lang),
        over=following.over(kept),
        due_on=kept.due_on,
        ended_at=kept.ended_at,
        today=now.date(),
        entered_at=kept.entered_at,
        received_at=kept.received_at,
        acknowledgement=await _has_paper(desk, kept, "acknowledgement"),
        letter=kept.status if await _has_paper(desk, kept, kept.status) else "",
        agency=desk.catalogue.agency(kept.agency).title,
        holder=kept.holder_name or frame.full_name(who),
        may_withdraw=Action.WITHDRAW in view["may"],
    )


def _next(case: Case, may: list[str]) -> list[Link]:
    """The one thing (seldom two) that this reader is to do now."""
    found = []
    if Action.PAY in may:
        found += [Link(f"{case.address}/bills/{one.ref1}", _pay(one)) for one in case.bills if one.status == "open"]
    if Action.RESUBMIT in may:
        found.append(Link(f"{case.address}/answer", Text(th="ดูและแก้ไขตามที่ขอ", en="Answer what was asked")))
    if Action.SIGN in may:
        found.append(Link(f"{case.address}/sign", Text(th="ลงนามในฐานะกรรมการ", en="Sign as a director")))
    return found


def _pay(bill: Bill) -> Text:
    th, en = showing.money(bill.satang, "th"), showing.money(bill.satang, "en")
    return Text(th=f"ชำระเงิน {th}", en=f"Pay {en}")


async def _granted(desk: Desk, kept: Application) -> dict[str, Any] | None:
    if kept.status != Status.ISSUED or not kept.licence_number:
        return None
    async with desk.database.reading() as session:
        holding = await register.holding(session, kept.licence_number)
    return {
        "number": kept.licence_number,
        "valid_until": holding.valid_until if holding else None,
        "document": bool(holding and holding.document),
    }


async def _has_paper(desk: Desk, kept: Application, kind: str) -> bool:
    async with desk.database.reading() as session:
        found = await papers.get(session, f"{kept.number}:{kind}")
    return found is not None and bool(found.sealed_key)


def _decision(case: Case, one: dict[str, Any], lang: showing.Lang) -> dict[str, Any]:
    appeal = case.procedure.appeal
    refused = one["verdict"] == Verdict.REFUSE
    return {
        "title": wording.VERDICTS[Verdict(one["verdict"])],
        "reason": one["reason"],
        "conditions": one["conditions"],
        "items": [
            {**item, "title": following.title_of(item["field"], case.form, case.procedure, lang)}
            for item in one["items"]
        ],
        "appeal": Text(
            th=f"อุทธรณ์ต่อ{appeal.to.th}ได้ภายใน {appeal.days} วันนับแต่วันที่ทราบคำสั่ง",
            en=f"You may appeal to the {appeal.to.en} within {appeal.days} days of being told.",
        )
        if refused
        else None,
    }


@router.get("/applications/{number}/state")
async def state(request: Request, who: Applicant, now: Now, number: str) -> PlainTextResponse:
    """One word that changes when the page should be read again."""
    case = await _visible(request, who, number, now)
    return PlainTextResponse(following.state(case.kept, case.bills))


@router.get("/applications/{number}/papers/{kind}")
async def paper(request: Request, who: Applicant, files: TheFiles, number: str, kind: str) -> Response:
    """A sealed paper of this application."""
    return await door.paper(request, number, kind, who, files)


# --- pay ---


@router.get("/applications/{number}/bills/{ref1}")
async def bill(request: Request, who: Applicant, now: Now, number: str, ref1: str) -> HTMLResponse:
    """What is owed and under which law, the QR, and the same as text for those who pay on this very phone."""
    case, found = await _bill(request, who, number, ref1, now)
    async with door.desk_of(request).database.reading() as session:
        receipt = await ledger.receipt_of(session, ref1)
    lang = showing.language(request)
    return await frame.show(
        request,
        "bill.html",
        number=number,
        bill=found,
        lines=[{**one, "title": Text(**one["title"])} for one in found.lines],
        provisional=found.provisional,
        receipt=receipt.number if receipt else "",
        qr=pictures.qr_svg(found.qr, "PromptPay QR" if lang == "en" else "QR พร้อมเพย์"),
        state=following.state(case.kept, case.bills),
    )


@router.get("/applications/{number}/bills/{ref1}/qr.png")
async def qr_picture(request: Request, who: Applicant, now: Now, number: str, ref1: str) -> Response:
    """The QR as a picture to save."""
    _, found = await _bill(request, who, number, ref1, now)
    return Response(pictures.qr_png(found.qr), media_type="image/png")


async def _bill(request: Request, who: Person, number: str, ref1: str, now: datetime) -> tuple[Case, Bill]:
    case = await _visible(request, who, number, now)
    for found in case.bills:
        if found.ref1 == ref1:
            return case, found
    raise UnknownBill(ref1)


# --- answer what was asked ---


@dataclass(frozen=True)
class Asked:
    """One thing that was asked, and whether it has been changed since."""

    title: str
    wrong: str
    wanted: str
    href: str
    changed: bool


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
    if Status(kept.status) is not Status.INCOMPLETE or case.asking is None:
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
    return Asked(title, item["wrong"], item["wanted"], href, before != after)


@router.post("/drafts/{draft_id}/resubmit")
async def resubmit(
    request: Request, who: Applicant, now: Now, database: TheDatabase, engine: TheEngine, draft_id: str
) -> Response:
    """Send what was changed to the officer, all at once."""
    desk, number = door.desk_of(request), drafting.application_of(draft_id)
    kept = await access.own(desk, who, number, now)
    work = await drafting.opened(desk, who, draft_id, now)
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


def _changes(kept: Application, work: drafting.Work) -> NewAnswers:
    """Only what differs from what was submitted; an answer taken away is sent as null."""
    draft = work.draft
    names = set(kept.answers) | set(draft.answers)
    answers = {name: draft.answers.get(name) for name in names if kept.answers.get(name) != draft.answers.get(name)}
    files = {name: one for name, one in draft.attachments.items() if kept.attachments.get(name) != one}
    return NewAnswers(answers=answers, attachments=files)


def key_of(who: Person, *about: str) -> str:
    """The name of one thing that this person says once."""
    return hashlib.sha256("\n".join((who.id, *about)).encode()).hexdigest()[:40]


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


# --- files ---


@router.get("/files/{attachment_id}")
async def file(request: Request, who: Applicant, now: Now, files: TheFiles, attachment_id: str) -> Response:
    """An attached file, for whoever brought it or decides on it. Pictures open here; a PDF is handed over."""
    found = await _file(request, who, now, attachment_id)
    content = await files.get(found.key, found.sha256, found.version_id)
    how = "inline" if found.media_type.startswith("image/") else "attachment"
    headers = {"Content-Disposition": f"{how}; filename*=UTF-8''{previews.quoted(found.filename)}"}
    return Response(content, media_type=found.media_type, headers=headers)


@router.get("/files/{attachment_id}/pages/{page}.png")
async def preview(
    request: Request, who: Applicant, now: Now, files: TheFiles, attachment_id: str, page: int
) -> Response:
    """One page of an attached file as a picture: no plug-in, and nothing in it can run."""
    found = await _file(request, who, now, attachment_id)
    content = await files.get(found.key, found.sha256, found.version_id)
    picture = await asyncio.to_thread(previews.page, content, found.media_type, page)
    return Response(picture, media_type="image/png")


async def _file(request: Request, who: Person, now: datetime, attachment_id: str) -> Attachment:
    """An attachment that one may see; to everybody else it is not there. An officer's look is written down."""
    desk = door.desk_of(request)
    async with desk.database.reading() as session:
        found = await attachments.get(session, attachment_id)
    if found is None:
        raise attachments.AttachmentMissing(attachment_id)
    if found.person == who.id:
        return found
    if not found.application:
        raise attachments.AttachmentMissing(attachment_id)
    await access.visible(desk, who, found.application, now)
    async with desk.database.transaction() as session:
        await looks.log(
            session, who.id, found.person, f"attachment:{found.id}", now, f"application {found.application}"
        )
    return found


__all__ = ["Item", "router"]
