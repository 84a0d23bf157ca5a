"""Filling in an application: one topic a page, saved page by page, checked as a whole, sent once; no script needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from api import applications as door
from api import attachments as uploads
from api import drafting, following, frame, questions, showing, together, wording
from api.drafting import Work
from api.people import Applicant, Person
from api.questions import Sheet
from api.tools import Now
from exchange.errors import OfficeDown
from forms import form as forms
from forms.definition import Page
from forms.errors import Problem, Problems
from forms.question import Question
from licences.errors import NotAllowed
from licences.procedure import Text
from records.tables import Attachment

router = APIRouter(include_in_schema=False)

From = Annotated[str, Query(max_length=20)]
FromForm = Annotated[str, Form(max_length=20)]


NO_SCANNER = Text(
    th="ยังตรวจไวรัสในไฟล์ไม่ได้ รอสักครู่แล้วแนบใหม่ คำตอบอื่นไม่หาย",
    en="The file cannot be scanned just now. Wait a moment and attach it again; nothing else is lost.",
)


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
    listed = topics(work, showing.language(request))
    unfinished = [one.href for one in listed if not one.done and not one.optional]
    return await frame.show(
        request,
        "draft.html",
        draft=work.draft,
        procedure=work.procedure,
        operation=wording.OPERATIONS[work.procedure.operation],
        topics=listed,
        done=sum(one.done for one in listed),
        filled=work.filled(),
        anew=[
            following.title_of(name, work.form, work.procedure, showing.language(request))
            for name in work.draft.asked_anew
            if name not in work.draft.answers and name not in work.draft.attachments
        ],
        ready=not unfinished,
        go_on=unfinished[0] if unfinished else f"{work.base}/check",
    )


def topics(work: Work, lang: showing.Lang) -> list[Topic]:
    """The rows of the task list: a page or a document each, and whether it is done."""
    wrong = {top(problem.field) for problem in work.problems()}
    found = []
    for page in work.pages:
        keys = {page.id} if page.each else {one.id for one in page.questions}
        found.append(Topic(f"{work.base}/questions/{page.id}", page.title.say(lang), not keys & wrong, False))
    for one in work.documents:
        there = one.id in work.draft.attachments
        title = showing.in_words(one.title, lang)
        found.append(Topic(f"{work.base}/documents/{one.id}", title, there, not there and not one.required))
    return found


def top(field: str) -> str:
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
    await together.share(desk, who, draft_id, work.draft.answers, now)
    return await onward(request, who, now, work, f"{work.base}/questions/{page.id}", return_to)


async def onward(request: Request, who: Person, now: Now, work: Work, step: str, return_to: str) -> Response:
    """The next part, by the answers as they now are."""
    fresh = await drafting.opened(door.desk_of(request), who, work.draft.id, now)
    if fresh.draft.together:
        return frame.see_other(_onward_in_set(fresh, step, return_to))
    return frame.see_other(fresh.after(step, return_to))


def _onward_in_set(work: Work, step: str, return_to: str) -> str:
    """In a set, what another application's answers have done already is passed over; at the end stands its list."""
    home = f"/together/{work.draft.together}"
    if return_to == drafting.CHECK:
        return f"{home}/check"
    done = {one.href for one in topics(work, "th") if one.done}
    steps = work.steps()
    later = steps[steps.index(step) + 1 :] if step in steps else steps
    return next((one for one in later if one not in done), home)


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
    lang = showing.language(request)
    sources = {name: showing.in_words(source, lang) for name, source in work.known.items()}
    return Sheet(lang, answers, facts=work.facts, seen=work.draft.answers, files=names, sources=sources)


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
        new = await kept_file(request, who, file, question.id)
    except NotAllowed as refusal:
        brought.problems.append(Problem(question.id, refusal.th, refusal.en))
        return kept
    brought.files[new.id] = new
    return [new.id] if question.max_files == 1 else [*kept, new.id]


async def kept_file(request: Request, who: Person, file: UploadFile, document: str) -> Attachment:
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
    from_register = any(one.prefill.startswith("company.") for one in page.questions)
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


@router.get("/drafts/{draft_id}/questions/{page_id}/{number}")
@router.get("/drafts/{draft_id}/questions/{page_id}/add")
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


@router.post("/drafts/{draft_id}/questions/{page_id}/{number}")
@router.post("/drafts/{draft_id}/questions/{page_id}/add")
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


@router.post("/drafts/{draft_id}/questions/{page_id}/{number}/remove")
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
        source=showing.in_words(work.known[page.id], lang) if page.id in work.known else "",
        may_add=len(items) < page.each.max,
        back_to=work.before(here, return_to),
        return_to=return_to,
        problems=showing.beside(problems, lang),
    )


async def _go_on_from_list(request: Request, work: Work, page: Page, return_to: str) -> Response:
    wrong = [problem for problem in work.problems() if top(problem.field) == page.id]
    if wrong:
        return await _list(request, work, page, return_to, wrong)
    return frame.see_other(work.after(f"{work.base}/questions/{page.id}", return_to))
