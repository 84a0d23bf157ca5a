"""Filling in an application: one topic a page, saved page by page, checked as a whole, sent once; no script needed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from api import applications as door
from api import attachments as uploads
from api import drafting, frame, questions, showing, wording
from api.drafting import Work
from api.eligibility import Holder, acts_on_one
from api.filing import Wanted
from api.idempotency import Call
from api.people import Applicant, Person
from api.questions import Sheet
from api.showing import Says
from api.tools import Now, TheDatabase, TheEngine
from exchange.errors import OfficeDown
from forms import form as forms
from forms.definition import Page
from forms.errors import Problem, Problems
from forms.question import Question
from licences import fees
from licences.errors import NotAllowed
from licences.procedure import Procedure, Text
from records import drafts, register
from records.tables import Attachment, Draft, Holding

router = APIRouter(include_in_schema=False)

From = Annotated[str, Query(max_length=20)]
FromForm = Annotated[str, Form(max_length=20)]

NO_SCANNER = Text(
    th="ยังตรวจไวรัสในไฟล์ไม่ได้ รอสักครู่แล้วแนบใหม่ คำตอบอื่นไม่หาย",
    en="The file cannot be scanned just now. Wait a moment and attach it again; nothing else is lost.",
)
CHOOSE_LICENCE = Text(th="เลือกใบอนุญาตที่จะดำเนินการ", en="Choose the licence")
NO_FILE = Text(th="เลือกไฟล์ที่จะแนบ", en="Choose a file to attach")


# --- begin ---


@router.get("/apply/{code}/{operation}")
async def before_start(
    request: Request, who: Applicant, now: Now, code: str, operation: str, licence_number: str = ""
) -> HTMLResponse:
    """For whom, and for which licence; and the drafts one has begun already."""
    return await _ask_for_whom(request, who, now, code, operation, chosen=licence_number)


@router.post("/apply/{code}/{operation}")
async def start(
    request: Request,
    who: Applicant,
    now: Now,
    code: str,
    operation: str,
    licence_number: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Begin a draft; what registers know is filled in at once."""
    desk = door.desk_of(request)
    procedure = desk.catalogue.procedure(code, operation, now.date())
    if acts_on_one(procedure) and not licence_number:
        says = Says("licence_number", showing.in_words(CHOOSE_LICENCE, showing.language(request)))
        return await _ask_for_whom(request, who, now, code, operation, status=422, problems=(says,))
    draft = await drafting.begin(desk, who, procedure, holder_of(who), licence_number, now)
    return frame.see_other(f"/drafts/{draft.id}")


def holder_of(who: Person) -> Holder:
    """The company this browser speaks for, or oneself."""
    return Holder(juristic_id=who.acting_for) if who.acting_for else Holder.model_validate({"self": True})


async def _ask_for_whom(
    request: Request,
    who: Person,
    now: Now,
    code: str,
    operation: str,
    chosen: str = "",
    status: int = 200,
    problems: tuple[Says, ...] = (),
) -> HTMLResponse:
    desk = door.desk_of(request)
    procedure = desk.catalogue.procedure(code, operation, now.date())
    async with desk.database.reading() as session:
        begun = [one for one in await drafts.of(session, who.id) if drafting.is_first(one)]
        held = await register.holdings_of(session, who.acting_for or who.row.pid_digest)
    return await frame.show(
        request,
        "apply.html",
        status,
        procedure=procedure,
        operation=wording.OPERATIONS[procedure.operation],
        holder=await frame.company_name(request, who.acting_for) if who.acting_for else frame.full_name(who),
        juristic_id=who.acting_for,
        drafts=[one for one in begun if _same(one, procedure, who)],
        needs_licence=acts_on_one(procedure),
        holdings=[_held(desk.catalogue, one) for one in held if one.licence == _acted_on(procedure)],
        chosen=chosen,
        problems=problems,
    )


def _same(draft: Draft, procedure: Procedure, who: Person) -> bool:
    return (draft.licence, draft.operation, draft.juristic_id) == (
        procedure.licence,
        procedure.operation.value,
        who.acting_for,
    )


def _acted_on(procedure: Procedure) -> str:
    return procedure.acts_on or procedure.licence


@dataclass(frozen=True)
class Held:
    """A licence one may act on."""

    number: str
    title: Text
    valid_until: Any


def _held(catalogue: Any, holding: Holding) -> Held:
    return Held(holding.licence_number, catalogue.licence(holding.licence).title, holding.valid_until)


# --- the list of what is to do ---


@dataclass(frozen=True)
class Topic:
    """One row of the task list."""

    href: str
    title: str
    done: bool
    optional: bool


@router.get("/drafts/{draft_id}")
async def tasks(request: Request, who: Applicant, now: Now, draft_id: str) -> Response:
    """What is done and what is still to do."""
    work = await drafting.opened(door.desk_of(request), who, draft_id, now)
    if work.application:
        return frame.see_other(work.home)
    topics = _topics(work, showing.language(request))
    unfinished = [one.href for one in topics if not one.done and not one.optional]
    return await frame.show(
        request,
        "draft.html",
        draft=work.draft,
        procedure=work.procedure,
        operation=wording.OPERATIONS[work.procedure.operation],
        topics=topics,
        done=sum(one.done for one in topics),
        filled_for_you=len(forms.prefilled(work.form, work.facts)) if work.facts else 0,
        ready=not unfinished,
        go_on=unfinished[0] if unfinished else f"{work.base}/check",
    )


def _topics(work: Work, lang: showing.Lang) -> list[Topic]:
    wrong = {_top(problem.field) for problem in work.problems()}
    found = []
    for page in work.pages:
        keys = {page.id} if page.each else {one.id for one in page.questions}
        found.append(Topic(f"{work.base}/questions/{page.id}", page.title.say(lang), not keys & wrong, False))
    for one in work.documents:
        there = one.id in work.draft.attachments
        title = showing.in_words(one.title, lang)
        found.append(Topic(f"{work.base}/documents/{one.id}", title, there, not there and not one.required))
    return found


def _top(field: str) -> str:
    return field.split(".")[0].split("[")[0]


# --- one page of questions ---


@router.get("/drafts/{draft_id}/questions/{page_id}")
async def ask(
    request: Request, who: Applicant, now: Now, draft_id: str, page_id: str, return_to: From = ""
) -> HTMLResponse:
    """The questions of one page with what was saved, or the list of what was added."""
    work = await drafting.opened(door.desk_of(request), who, draft_id, now)
    page = work.page(page_id)
    if page.each:
        return await _list(request, work, page, return_to)
    sheet = _sheet(request, work, work.draft.answers)
    return await _show(request, work, page, sheet, return_to, asked_at=await _asked_at(request, work, now))


@router.post("/drafts/{draft_id}/questions/{page_id}")
async def answer(request: Request, who: Applicant, now: Now, draft_id: str, page_id: str) -> Response:
    """Save one page and go on; what is wrong comes back beside its field, with everything that was typed."""
    work = await drafting.opened(door.desk_of(request), who, draft_id, now)
    page, form = work.page(page_id), await request.form()
    return_to = str(form.get("return_to") or "")
    if page.each:
        return await _go_on_from_list(request, work, page, return_to)
    result = await _taken(request, who, work, page, form)
    if isinstance(result, Sheet):
        return await _show(request, work, page, result, return_to, status=_status(result))
    desk = door.desk_of(request)
    await drafting.save(desk, drafting.with_page(work, page, result), now)
    return await _onward(request, who, now, work, f"{work.base}/questions/{page.id}", return_to)


async def _onward(request: Request, who: Person, now: Now, work: Work, step: str, return_to: str) -> Response:
    """The next part, by the answers as they now are."""
    fresh = await drafting.opened(door.desk_of(request), who, work.draft.id, now)
    return frame.see_other(fresh.after(step, return_to))


async def _taken(request: Request, who: Person, work: Work, page: Page, form: FormData) -> Mapping[str, Any] | Sheet:
    """The checked answers; or the sheet to show again, because something is wrong or was only looked up."""
    fields, brought = await _fields(request, who, page, form)
    if form.get("look_up"):
        return _again(request, work, page, fields, ())
    work = replace(work, files={**work.files, **brought.files})
    try:
        answers = drafting.check_page(work, page, fields)
    except Problems as wrong:
        return _again(request, work, page, fields, [*brought.problems, *wrong.problems])
    return _again(request, work, page, fields, brought.problems) if brought.problems else answers


def _status(sheet: Sheet) -> int:
    return 422 if sheet.problems else 200


def _again(request: Request, work: Work, page: Page, fields: Mapping[str, Any], problems: Sequence[Problem]) -> Sheet:
    sheet = _sheet(request, work, drafting.loosely(work, page.questions, fields))
    seen: dict[str, Problem] = {}
    for problem in problems:
        seen.setdefault(problem.field, problem)
    return replace(sheet, typed=fields, problems=tuple(seen.values()))


def _sheet(request: Request, work: Work, answers: Mapping[str, Any]) -> Sheet:
    names = {identifier: kept.filename for identifier, kept in work.files.items()}
    return Sheet(showing.language(request), answers, facts=work.facts, seen=work.draft.answers, files=names)


@dataclass(frozen=True)
class Brought:
    """The files that came with a page: kept ones by id, and what was wrong with the others."""

    files: dict[str, Attachment]
    problems: list[Problem]


async def _fields(request: Request, who: Person, page: Page, form: FormData) -> tuple[dict[str, Any], Brought]:
    """What the browser sent, with the ids of its files in place of the files."""
    fields: dict[str, Any] = {}
    for key in form:
        sent = [one for one in form.getlist(key) if isinstance(one, str)]
        if sent:
            fields[key] = sent if len(sent) > 1 else sent[0]
    brought = Brought({}, [])
    for one in page.questions:
        if one.kind.name == "file":
            fields[one.id] = await _file_ids(request, who, one, form, brought)
    return fields, brought


async def _file_ids(request: Request, who: Person, question: Question, form: FormData, brought: Brought) -> list[str]:
    """The ids of one file question: those kept before and not taken away, and the new one."""
    removed = set(map(str, form.getlist(f"{question.id}.remove")))
    kept = [str(one) for one in form.getlist(question.id) if isinstance(one, str) and one and one not in removed]
    file = form.get(f"{question.id}.file")
    if not isinstance(file, UploadFile) or not file.filename:
        return kept
    try:
        new = await _kept(request, who, file, question.id)
    except NotAllowed as refusal:
        brought.problems.append(Problem(question.id, refusal.th, refusal.en))
        return kept
    brought.files[new.id] = new
    return [new.id] if question.max_files == 1 else [*kept, new.id]


async def _kept(request: Request, who: Person, file: UploadFile, document: str) -> Attachment:
    """One uploaded file, looked at, scanned and kept. Raises NotAllowed with the way out."""
    brought = await uploads.read(file, document)  # type: ignore[arg-type]
    try:
        return await uploads.accept(uploads.intake(request), who, brought)
    except OfficeDown as down:
        raise NotAllowed(NO_SCANNER.th, NO_SCANNER.en) from down


async def _asked_at(request: Request, work: Work, now: Now) -> Any:
    if not work.draft.juristic_id:
        return None
    return await drafting.company_asked_at(door.desk_of(request), work.draft.juristic_id, now)


async def _show(
    request: Request,
    work: Work,
    page: Page,
    sheet: Sheet,
    return_to: str,
    status: int = 200,
    asked_at: Any = None,
    item: str = "",
) -> HTMLResponse:
    lang = sheet.lang
    shown = questions.shown(page.questions, sheet)
    here = f"{work.base}/questions/{page.id}"
    from_register = any(one.kind.name == "fact" or one.prefill in work.facts for one in page.questions)
    return await frame.show(
        request,
        "questions.html",
        status,
        heading=item or page.title.say(lang),
        hint=page.hint.say(lang) if page.hint else "",
        step=_step(work, here, lang),
        questions=shown,
        has_files=any(one.kind == "file" for one in shown),
        back_to=here if item else work.before(here, return_to),
        return_to=return_to,
        source=_source(asked_at, lang) if from_register and asked_at else None,
        problems=showing.beside(sheet.problems, lang),
    )


def _step(work: Work, here: str, lang: showing.Lang) -> str:
    steps = work.steps()
    if work.application or here not in steps:
        return ""
    place, all_of_them = steps.index(here) + 1, len(steps)
    return f"หัวข้อที่ {place} จาก {all_of_them}" if lang == "th" else f"Topic {place} of {all_of_them}"


def _source(asked_at: Any, lang: showing.Lang) -> str:
    when = showing.moment(asked_at, lang)
    if lang == "th":
        return f"เติมให้จากทะเบียนนิติบุคคล กรมพัฒนาธุรกิจการค้า เมื่อ {when}"
    return f"Filled in from the register of the Department of Business Development, {when}"


# --- what is asked again for each item ---


@router.get("/drafts/{draft_id}/questions/{page_id}/add")
@router.get("/drafts/{draft_id}/questions/{page_id}/{number:int}")
async def ask_item(
    request: Request,
    who: Applicant,
    now: Now,
    draft_id: str,
    page_id: str,
    number: int | None = None,
    return_to: From = "",
) -> HTMLResponse:
    """One item of a repeating page, new or added before."""
    work = await drafting.opened(door.desk_of(request), who, draft_id, now)
    page = work.page(page_id)
    items = work.items(page)
    given = items[number] if number is not None and 0 <= number < len(items) else {}
    name = _item_name(page, number, showing.language(request))
    return await _show(request, work, page, _sheet(request, work, given), return_to, item=name)


@router.post("/drafts/{draft_id}/questions/{page_id}/add")
@router.post("/drafts/{draft_id}/questions/{page_id}/{number:int}")
async def answer_item(
    request: Request, who: Applicant, now: Now, draft_id: str, page_id: str, number: int | None = None
) -> Response:
    """Save one item and go back to the list of them."""
    desk = door.desk_of(request)
    work = await drafting.opened(desk, who, draft_id, now)
    page, form = work.page(page_id), await request.form()
    return_to = str(form.get("return_to") or "")
    result = await _taken(request, who, work, page, form)
    if isinstance(result, Sheet):
        name = _item_name(page, number, result.lang)
        return await _show(request, work, page, result, return_to, status=_status(result), item=name)
    known = number is not None and 0 <= number < len(work.items(page))
    await drafting.save(desk, drafting.with_item(work, page, number if known else None, result), now)
    return frame.see_other(f"{work.base}/questions/{page.id}?return_to={return_to}")


@router.post("/drafts/{draft_id}/questions/{page_id}/{number:int}/remove")
async def remove_item(
    request: Request, who: Applicant, now: Now, draft_id: str, page_id: str, number: int, return_to: FromForm = ""
) -> Response:
    """Take one item away."""
    desk = door.desk_of(request)
    work = await drafting.opened(desk, who, draft_id, now)
    page = work.page(page_id)
    if 0 <= number < len(work.items(page)):
        await drafting.save(desk, drafting.without_item(work, page, number), now)
    return frame.see_other(f"{work.base}/questions/{page.id}?return_to={return_to}")


def _item_name(page: Page, number: int | None, lang: showing.Lang) -> str:
    name = page.each.name.say(lang) if page.each else page.title.say(lang)
    if number is None:
        return f"เพิ่ม{name}" if lang == "th" else f"Add: {name}"
    return f"{name} {number + 1}"


@dataclass(frozen=True)
class Item:
    """One thing added to a repeating page."""

    title: str
    href: str


async def _list(
    request: Request, work: Work, page: Page, return_to: str, problems: Sequence[Problem] = ()
) -> HTMLResponse:
    lang, here = showing.language(request), f"{work.base}/questions/{page.id}"
    assert page.each
    rows = [one for one in forms.sections(work.form, work.draft.answers, lang) if one.page == page.id]
    titles = [" · ".join(row.text for row in one.rows[:2]) for one in rows]
    items = [Item(title, f"{here}/{number}") for number, title in enumerate(titles)]
    return await frame.show(
        request,
        "items.html",
        422 if problems else 200,
        heading=page.title.say(lang),
        hint=page.hint.say(lang) if page.hint else "",
        step=_step(work, here, lang),
        item_name=page.each.name.say(lang),
        items=items,
        may_add=len(items) < page.each.max,
        back_to=work.before(here, return_to),
        return_to=return_to,
        problems=showing.beside(problems, lang),
    )


async def _go_on_from_list(request: Request, work: Work, page: Page, return_to: str) -> Response:
    wrong = [problem for problem in work.problems() if _top(problem.field) == page.id]
    if wrong:
        return await _list(request, work, page, return_to, wrong)
    return frame.see_other(work.after(f"{work.base}/questions/{page.id}", return_to))


# --- one document ---


@router.get("/drafts/{draft_id}/documents/{document_id}")
async def ask_document(
    request: Request, who: Applicant, now: Now, draft_id: str, document_id: str, return_to: From = ""
) -> HTMLResponse:
    """One asked document on a page of its own."""
    work = await drafting.opened(door.desk_of(request), who, draft_id, now)
    return await _show_document(request, work, document_id, return_to)


@router.post("/drafts/{draft_id}/documents/{document_id}")
async def attach(request: Request, who: Applicant, now: Now, draft_id: str, document_id: str) -> Response:
    """Save and upload with one button; the file is kept across errors, and may be replaced or taken away."""
    desk = door.desk_of(request)
    work = await drafting.opened(desk, who, draft_id, now)
    document, form = work.document(document_id), await request.form()
    return_to, step = str(form.get("return_to") or ""), f"{work.base}/documents/{document_id}"
    if form.get("remove"):
        await drafting.save(desk, drafting.with_document(work, document_id, ""), now)
        return frame.see_other(f"{step}?return_to={return_to}")
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        try:
            kept = await _kept(request, who, file, document_id)
        except NotAllowed as refusal:
            return await _show_document(request, work, document_id, return_to, refusal)
        await drafting.save(desk, drafting.with_document(work, document_id, kept.id), now)
    elif document.required and document_id not in work.draft.attachments:
        return await _show_document(request, work, document_id, return_to, NO_FILE)
    return await _onward(request, who, now, work, step, return_to)


async def _show_document(
    request: Request, work: Work, document_id: str, return_to: str, wrong: showing.InBoth | None = None
) -> HTMLResponse:
    says = showing.in_words(wrong, showing.language(request)) if wrong else ""
    return await frame.show(
        request,
        "document.html",
        422 if wrong else 200,
        document=work.document(document_id),
        attached=work.files.get(work.draft.attachments.get(document_id, "")),
        back_to=work.before(f"{work.base}/documents/{document_id}", return_to),
        return_to=return_to,
        problems=(Says("file", says),) if wrong else (),
    )


# --- check, send, throw away ---


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
    """The lines of one topic."""

    title: str
    rows: list[Row]


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
    parts = _parts(work, lang)
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
        fee=_fee(work, now),
        sections=parts,
        documents=[_document_row(work, one, lang) for one in work.documents],
        dropped=dropped,
        back_to=work.home,
        send_to=f"{work.base}/submit",
        once=work.draft.id,
        problems=[Says(_anchor(work, one.field), showing.in_words(one, lang)) for one in problems],
    )


def _anchor(work: Work, field: str) -> str:
    """The row of the check page that a problem speaks of."""
    return f"row-{_top(field.removeprefix('attachments.'))}" if field else ""


def _fee(work: Work, now: Now) -> Text:
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


def _parts(work: Work, lang: showing.Lang) -> list[Part]:
    found = []
    facts = {one.id for one in work.form.by_id.values() if one.kind.name == "fact"}
    with_facts = {**work.draft.answers, **_facts_as_answers(work)}
    for section in forms.sections(work.form, with_facts, lang):
        href = f"{work.base}/questions/{section.page}"
        rows = [
            Row(
                row.label,
                row.text,
                "" if row.field in facts else f"{href}?return_to=check",
                id=f"row-{row.field}" if section.item is None else "",
            )
            for row in section.rows
        ]
        found.append(Part(section.title, rows))
    return found


def _facts_as_answers(work: Work) -> dict[str, Any]:
    return {
        one.id: work.facts[one.prefill]
        for one in work.form.by_id.values()
        if one.kind.name == "fact" and work.facts.get(one.prefill) is not None
    }


def _document_row(work: Work, document: Any, lang: showing.Lang) -> Row:
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


__all__ = ["router"]
