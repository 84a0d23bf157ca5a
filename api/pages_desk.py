"""The officer's desk: what is due first, one case in one view, a decision with its effect said before it is made."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api import applications as door
from api import (
    changes,
    delaying,
    following,
    frame,
    further,
    handing,
    letters,
    onpaper,
    pictures,
    rules_changed,
    showing,
    stopping,
    tools,
    views,
    wording,
)
from api import tasks as desk_door
from api.cases import Case, case_of, key_of
from api.filing import Desk
from api.following import Paper
from api.paging import After
from api.people import AnOfficer, Person
from api.showing import InBoth, Says
from api.tasks import WantedDecision
from api.tools import Now, TheCatalogue, TheDatabase, TheEngine
from forms import times
from licences.applications import Finding, Item, Status, Verdict
from licences.catalogue import Catalogue
from licences.errors import NotAllowed
from licences.procedure import RECORDS, Stage, Text
from licences.register import is_case
from records import access as looks
from records import attachments, exchange_log, people, signatures, tasks
from records.tables import Appointment, Attachment, FurtherRequest, Officer, Task
from records.tasks import View

router = APIRouter(include_in_schema=False)

A_PAGE = 25
MOST_ITEMS = 4
ITEM, WRONG, WANTED = "item_field", "item_wrong", "item_wanted"

TABS: Mapping[View, Text] = {
    View.ALL: Text(th="ทั้งหมด", en="All"),
    View.MINE: Text(th="ของฉัน", en="Mine"),
    View.UNASSIGNED: Text(th="ยังไม่มีผู้รับ", en="Unassigned"),
    View.OVERDUE: Text(th="เกินกำหนด", en="Overdue"),
    View.WAITING: Text(th="รอผู้ยื่น", en="Waiting for the applicant"),
}
ROLES: Mapping[str, Text] = {
    "officer": Text(th="เจ้าหน้าที่", en="Officer"),
    "inspector": Text(th="ผู้ตรวจ", en="Inspector"),
    "supervisor": Text(th="ผู้มีอำนาจอนุญาต", en="Supervisor"),
}
CHOOSE = Text(th="เลือกผลการพิจารณา", en="Choose a decision")
SAY_DAY = Text(th="โปรดระบุวันที่ เช่น 15/12/2569", en="Please type a day, as 15/12/2569")
SAY_BOTH = Text(th="ระบุสิ่งที่พบและสิ่งที่ต้องการของแต่ละรายการ", en="For each item, say what is wrong and what is wanted")
SAY_FACTS = Text(th="ระบุข้อเท็จจริงที่พบแทนข้อความในวงเล็บ", en="Put the facts in place of the words in brackets")
WHY_LATE = Text(th="โปรดระบุเหตุแห่งความล่าช้า", en="please say why it is late")
RELEASED = "คืนงานจากหน้างาน / released from the desk"


@dataclass(frozen=True)
class Tab:
    """One view of the desk."""

    href: str
    title: Text
    count: int
    here: bool


@dataclass(frozen=True)
class Row:
    """One task in the list."""

    id: str
    number: str
    title: Text
    operation: Text
    holder: str
    stage: Text
    due_on: date
    assignee: str
    mine: bool


@router.get("/desk")
async def desk(
    request: Request,
    officer: AnOfficer,
    database: TheDatabase,
    catalogue: TheCatalogue,
    now: Now,
    view: View = View.ALL,
    agency: Annotated[str, Query(max_length=40)] = "",
    after: After = "",
) -> HTMLResponse:
    """What is on my desk, due first. The view stands in the address, so that going back finds it again."""
    seat = desk_door.seats_of(officer, agency)
    absent = await handing.stood_in_for(database, officer, seat[0], now)
    async with database.reading() as session:
        page = await tasks.inbox(session, *seat, view, officer.id, now.date(), after, A_PAGE, absent)
        counts = await tasks.counts(session, *seat, officer.id, now.date(), absent)
        names = await people.names(session, {line.assignee for line in page.items if line.assignee})
    return await frame.show(
        request,
        "desk.html",
        seats=[_seat(catalogue, one) for one in officer.desks],
        tabs=[_tab(one, seat[0], counts, view) for one in View],
        found=[_row(catalogue, line, names, officer) for line in page.items],
        today=now.date(),
        next=f"/desk?view={view.value}&agency={seat[0]}&after={page.next}" if page.next else "",
        first=f"/desk?view={view.value}&agency={seat[0]}" if after else "",
    )


def _seat(catalogue: Catalogue, one: Officer) -> Text:
    role, agency = ROLES[one.role], catalogue.agency(one.agency).title
    return Text(th=f"{role.th} {agency.th}", en=f"{role.en}, {agency.en}")


def _tab(view: View, agency: str, counts: tasks.Counts, here: View) -> Tab:
    return Tab(f"/desk?view={view.value}&agency={agency}", TABS[view], int(getattr(counts, view.value)), view is here)


def _row(catalogue: Catalogue, line: tasks.Line, names: Mapping[str, str], officer: Person) -> Row:
    versions = catalogue.versions.get(line.licence)
    title = versions[-1].title if versions else Text(th=line.licence, en=line.licence)
    return Row(
        id=line.id,
        number=line.application,
        title=title,
        operation=wording.operation(line.operation),
        holder=line.holder_name,
        stage=Text(th=line.asks_th, en=line.asks_en),
        due_on=line.due_on,
        assignee=names.get(line.assignee, line.assignee),
        mine=line.assignee == officer.id,
    )


# --- one case ---


@dataclass(frozen=True)
class Company:
    """What the company register says, and who has signed."""

    asked_at: datetime
    name: str
    status: str
    directors: list[str]
    signing_text: str
    signed: list[str]


@dataclass(frozen=True)
class Choice:
    """One verdict, with what it does."""

    value: str
    title: Text
    effect: Text


@dataclass(frozen=True)
class AnswerRow:
    """One answer, whether it changed since it was asked about, and what it (or the licence) said before."""

    label: str
    text: str
    changed: bool
    was: str = ""


@dataclass(frozen=True)
class AnswerPart:
    """The answers of one topic."""

    title: str
    rows: list[AnswerRow]


@router.get("/desk/{task_id}")
async def case(request: Request, officer: AnOfficer, database: TheDatabase, now: Now, task_id: str) -> Response:
    """Answers, documents, registers and history in one view, and what this stage asks. The look is written down."""
    if is_case(task_id):
        return frame.see_other(f"/desk/cases/{task_id.partition(':')[0]}")
    task, kept = await desk_door.visible(database, officer, task_id)
    found = await case_of(door.desk_of(request), kept)
    async with database.transaction() as session:
        await looks.log(session, officer.id, kept.applicant, f"application:{kept.number}", now, f"task {task.id}")
    return await show(request, officer, task, found, now)


async def show(
    request: Request,
    officer: Person,
    task: Task,
    found: Case,
    now: datetime,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    problems: Sequence[Says] = (),
    wrong: Mapping[str, str] | None = None,
    letter: letters.Letter | None = None,
) -> HTMLResponse:
    desk, kept, lang = door.desk_of(request), found.kept, showing.language(request)
    view = await views.application(desk.database, kept, officer)
    standing = following.progress(kept, found.bills, found.tasks)
    stage = next((one for one in found.procedure.stages if one.name == task.stage), None)
    asked_at = found.asking.closed_at if found.asking else None
    leave = await further.leave(desk.database, task.id)
    return await frame.show(
        request,
        "case.html",
        status,
        task=task.id,
        number=kept.number,
        holder=kept.holder_name,
        operation=wording.OPERATIONS[found.procedure.operation],
        title=found.procedure.title,
        standing=wording.STATUSES[Status(kept.status)],
        received_at=kept.received_at,
        application_due=kept.due_on,
        today=now.date(),
        picture=pictures.lanes(found.procedure, lang, now=standing.now, done=tuple(standing.done)),
        sections=_parts(found, lang, await changes.of(desk, found, lang)),
        documents=await _documents(request, found, asked_at, lang),
        company=await _company(desk, found),
        history=following.events(view["happened"], found.procedure, people=True),
        stage=wording.stage_title(found.procedure, task.stage),
        asks=Text(th=task.asks_th, en=task.asks_en),
        due_on=task.due_on,
        why_late=task.why_late,
        stopped_at=kept.stopped_at,
        pauses=found.procedure.pauses,
        may_explain=now.date() >= (task.warn_on or task.due_on),
        report=_report(stage),
        inspection=stage is not None and stage.kind == "inspection",
        law=stage.law if stage else "",
        closed=wording.verdict(task.kind, task.verdict) if task.verdict else None,
        assignee=await _name(desk, task.assignee),
        mine=task.assignee == officer.id,
        on_behalf=await handing.stands_in(desk.database, task, officer, now),
        findings=wording.FINDINGS,
        may_ask=following.fields(found.form, found.procedure, kept.answers, lang),
        verdicts=_verdicts(found, task, leave),
        leave=leave,
        leave_by=await _name(desk, leave.allowed_by) if leave else "",
        asked_before=asked_before(found),
        appointment=visit_of(found, task),
        photographs=await _photographs(desk, task) if task.kind == "inspection" else [],
        taken=[one for done in found.tasks for one in await _taken(desk, done, task)],
        inspects=task.kind == "inspection",
        visit_words=wording.VISITS,
        now=now,
        records=task.kind in RECORDS,
        anew=rules_changed.titles(found.again, lang),
        earlier=await _earlier(desk, found, task),
        typed=defaultdict(str, typed or {}),
        letter=letter,
        wrong=defaultdict(str, wrong or {}),
        problems=problems,
    )


def _report(stage: Stage | None) -> tuple[Text, ...]:
    """What is looked at, line by line: the checklist; of a visit without one, the question itself."""
    if stage is None:
        return ()
    return stage.checklist or ((stage.asks,) if stage.kind == "inspection" else ())


def asked_before(found: Case) -> bool:
    """Whether the applicant was asked something already."""
    return any(one.verdict == Verdict.ASK for one in found.tasks)


async def _photographs(desk: Desk, task: Task) -> list[Attachment]:
    async with desk.database.reading() as session:
        return list(await attachments.photographs(session, task.id))


async def _taken(desk: Desk, done: Task, task: Task) -> list[Attachment]:
    """What was photographed on an earlier inspection."""
    return await _photographs(desk, done) if done.kind == "inspection" and done.id != task.id else []


def visit_of(found: Case, task: Task) -> Appointment | None:
    """The latest appointment of an inspection."""
    return next((one for one in reversed(found.visits) if one.task == task.id), None)


def _verdicts(found: Case, task: Task, leave: FurtherRequest | None) -> list[Choice]:
    """The verdicts that may be given: one request, and a second with leave (Licensing Facilitation Act s.8)."""
    effects = wording.effects(found.procedure, task.stage)
    may_ask = leave is not None or not asked_before(found)
    lawful = [one for one in Verdict if one in effects and (may_ask or one is not Verdict.ASK)]
    return [Choice(one.value, wording.verdict(task.kind, one), effects[one]) for one in lawful]


def _parts(found: Case, lang: showing.Lang, were: Mapping[str, str]) -> list[AnswerPart]:
    asked = found.asking
    changed = {changes.carried_by(item["field"]) for item in asked.items} if asked else set()
    since = asked.closed_at if asked else None
    answered = since is not None and any(task.opened_at > since for task in found.tasks)
    parts = []
    for section in following.sections(found.form, found.kept.answers, lang, masked=True):
        rows = [
            AnswerRow(
                row.label, row.text, answered and changes.carried_by(row.field) in changed, were.get(row.field, "")
            )
            for row in section.rows
        ]
        parts.append(AnswerPart(section.title, rows))
    return parts


async def _documents(request: Request, found: Case, asked_at: datetime | None, lang: showing.Lang) -> list[Paper]:
    """The documents with how many pages each has to show; the newest first."""
    listed = following.papers(found.kept, found.form, found.procedure, found.files, asked_at, lang)
    by_id = {one.id: one for one in found.files}
    shown = []
    for one in sorted(listed, key=lambda paper: paper.added_at is None):
        file = by_id[one.id]
        content = await tools.files(request).get(file.key, file.sha256, file.version_id)
        pages = await tools.viewer(request).pages(content, file.media_type, file.sha256)
        shown.append(replace(one, pages=pages))
    return shown


async def _company(desk: Desk, found: Case) -> Company | None:
    if found.kept.holder_kind != "juristic":
        return None
    async with desk.database.reading() as session:
        snapshot = await exchange_log.latest_snapshot(session, found.kept.holder_id)
        signed = await signatures.of(session, found.kept.number, found.kept.answers_digest)
        names = await people.names(session, {one.person for one in signed})
    if snapshot is None or snapshot.facts is None:
        return None
    facts = snapshot.facts
    return Company(
        asked_at=snapshot.asked_at,
        name=facts["name_th"],
        status=facts["status"],
        directors=[f"{one['title']}{one['first']} {one['last']}" for one in facts["directors"]],
        signing_text=facts["signing_text"],
        signed=[one.director or names.get(one.person, "") for one in signed],
    )


async def _name(desk: Desk, person: str) -> str:
    if not person:
        return ""
    async with desk.database.reading() as session:
        return (await people.names(session, {person})).get(person, person)


async def _earlier(desk: Desk, found: Case, task: Task) -> list[dict[str, Any]]:
    closed = [one for one in found.tasks if one.verdict and one.id != task.id]
    async with desk.database.reading() as session:
        names = await people.names(session, {one.officer for one in closed})
    return [
        {
            "stage": wording.stage_title(found.procedure, one.stage),
            "verdict": wording.verdict(one.kind, one.verdict),
            "at": one.closed_at,
            "by": names.get(one.officer, one.officer),
            "reason": one.reason,
            "papers": [(wording.PAPERS[kind], found.paper_of(one.id, kind)) for kind in wording.PAPERS],
        }
        for one in closed
    ]


# --- take, put back, decide ---


@router.post("/desk/{task_id}/claim")
async def claim(officer: AnOfficer, database: TheDatabase, now: Now, task_id: str) -> Response:
    """Take a free task, and look at it."""
    await desk_door.visible(database, officer, task_id)
    async with database.transaction() as session:
        await tasks.claim(session, task_id, officer.id, now)
    return frame.see_other(f"/desk/{task_id}")


@router.post("/desk/{task_id}/release")
async def release(
    officer: AnOfficer,
    database: TheDatabase,
    now: Now,
    task_id: str,
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Put one's own task back."""
    await desk_door.visible(database, officer, task_id)
    async with database.transaction() as session:
        await tasks.release(session, task_id, officer.id, now, reason or RELEASED)
    return frame.see_other("/desk")


@router.post("/desk/{task_id}/delay")
async def explain(
    request: Request, officer: AnOfficer, database: TheDatabase, now: Now, task_id: str,
    why_late: Annotated[str, Form(max_length=1000)] = "",
) -> Response:  # fmt: skip
    """Say why it is late: the next notice to the applicant carries it."""
    task, kept = await desk_door.visible(database, officer, task_id)
    if why := why_late.strip():
        await delaying.explainable(database, officer, task_id, now)
        await delaying.explain(database, officer, task, why, now)
        return frame.see_other(f"/desk/{task_id}")
    says = showing.in_words(WHY_LATE, showing.language(request))
    found = await case_of(door.desk_of(request), kept)
    return await show(request, officer, task, found, now, status=422, problems=[Says("why_late", says)])


@router.post("/desk/{task_id}/clock")
async def clock(
    request: Request, officer: AnOfficer, database: TheDatabase, engine: TheEngine, now: Now, task_id: str,
    provision: Annotated[str, Form(max_length=60)] = "", clock_reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:  # fmt: skip
    """Stop the clock under a provision, or let it go on; what is missing is said on the page."""
    task, kept = await desk_door.visible(database, officer, task_id)
    why, key = clock_reason.strip(), key_of(officer, "clock", task_id, f"{kept.stopped_at}:{provision}")
    try:
        if not why:
            raise NotAllowed("โปรดระบุเหตุผล", "please say why", field="clock_reason")
        if kept.stopped_at is None:
            wanted = stopping.Stop(provision=provision or "none", reason=why)
            await stopping.stop(database, engine, officer, task_id, wanted, now, key)
        else:
            await stopping.start(database, engine, officer, task_id, why, now, key)
    except NotAllowed as refusal:
        says = Says(refusal.field, showing.in_words(refusal, showing.language(request)))
        found = await case_of(door.desk_of(request), kept)
        return await show(request, officer, task, found, now, status=refusal.status, problems=[says])
    return frame.see_other(f"/desk/{task_id}")


@router.post("/desk/{task_id}/decision")
async def decide(
    request: Request, officer: AnOfficer, database: TheDatabase, engine: TheEngine, now: Now, task_id: str
) -> Response:
    """Record a decision. The next page is already true: the records show it before this answers."""
    task, kept = await desk_door.visible(database, officer, task_id)
    found, form = await case_of(door.desk_of(request), kept), await request.form()
    typed = {key: value for key in form if isinstance(value := form[key], str)}
    lang = showing.language(request)
    try:
        desk_door.check_designated(request, task)
        wanted = _wanted(form, found, task)
        if "preview" in form:
            return await _preview(request, officer, task, found, now, typed, wanted)
        if letters.NOTHING_NOTED in wanted.reason:
            raise _Unclear("reason", SAY_FACTS)
        absent = await handing.at_whose_desk(database, task, officer, now)
        leave = await further.leave(database, task_id)
        decision = desk_door.decision_of(task, kept, wanted, officer, on_behalf_of=absent, leave=leave)
        rules_changed.check(wanted.verdict, found.again, task)
        about = wanted.model_dump_json()
        await engine.update(kept.number, "decide", decision, key=key_of(officer, "decide", task_id, about))
    except _Unclear as unclear:
        says = Says(unclear.field, showing.in_words(unclear.words, lang))
        wrong = {_beside(unclear.field): says.says}
        return await show(request, officer, task, found, now, status=422, typed=typed, problems=[says], wrong=wrong)
    except NotAllowed as refusal:
        at, words = _place(refusal.field), showing.in_words(refusal, lang)
        fresh, _ = await desk_door.visible(database, officer, task_id)
        return await show(
            request, officer, fresh, found, now, status=refusal.status, typed=typed, problems=[Says(at, words)],
            wrong={_beside(at): words},
        )  # fmt: skip
    return frame.see_other("/desk?view=mine")


async def _preview(
    request: Request, officer: Person, task: Task, found: Case, now: datetime, typed: Mapping[str, str],
    wanted: WantedDecision,
) -> Response:  # fmt: skip
    """The letter as it will be read. Where no reason was written yet, one is drafted from the notes."""
    drafted = wanted.reason or letters.draft(found, task, wanted, desk_door.findings(wanted))
    onpaper.check_lines(drafted, "reason")
    letter = letters.letter(found, wanted.model_copy(update={"reason": drafted}), showing.language(request))
    return await show(request, officer, task, found, now, typed={**typed, "reason": drafted}, letter=letter)


class _Unclear(Exception):
    """Something that no decision can be made of, and the field it stands in."""

    def __init__(self, field: str, words: InBoth) -> None:
        super().__init__(words.en)
        self.field, self.words = field, words


def _wanted(form: FormData, found: Case, task: Task) -> WantedDecision:
    """The decision that was typed. Raises _Unclear."""
    verdict = str(form.get("verdict") or "")
    if verdict not in set(Verdict):
        raise _Unclear("verdict", CHOOSE)
    lines = str(form.get("conditions") or "").splitlines() if verdict == Verdict.APPROVE else []
    try:
        return WantedDecision(
            verdict=Verdict(verdict),
            reason=str(form.get("reason") or "").strip(),
            conditions=tuple(line.strip() for line in lines if line.strip()),
            items=rules_changed.items(
                Verdict(verdict), found.again, tuple(_items(form)) if verdict == Verdict.ASK else ()
            ),
            report=tuple(_findings(form, found, task)),
            number=str(form.get("number") or "").strip(),
            fix_by=_fix_by(form) if verdict == Verdict.FIX else None,
        )
    except ValidationError as unclear:
        raise _Unclear("reason", SAY_BOTH) from unclear


def _fix_by(form: FormData) -> date:
    """The day by which it is to be put right. Raises _Unclear."""
    day = times.read_day(str(form.get("fix_by") or ""))
    if day is None:
        raise _Unclear("fix_by", SAY_DAY)
    return day


def _items(form: FormData) -> list[Item]:
    found = []
    for place in range(MOST_ITEMS):
        field, wrong, wanted = (str(form.get(f"{name}-{place}") or "").strip() for name in (ITEM, WRONG, WANTED))
        if not (field or wrong or wanted):
            continue
        if not (field and wrong and wanted):
            raise _Unclear(f"{ITEM}-{place}", SAY_BOTH)
        found.append(Item(field=field, wrong=wrong, wanted=wanted))
    return found


def _findings(form: FormData, found: Case, task: Task) -> list[Finding]:
    """The lines of this stage's report that were filled in, with the day of the visit before the first one's note."""
    lines = _report(next((one for one in found.procedure.stages if one.name == task.stage), None))
    on = str(form.get("inspected_on") or "").strip()
    made: list[Finding] = []
    for place, line in enumerate(lines):
        result, note = (str(form.get(f"{name}-{place}") or "").strip() for name in ("finding", "note"))
        if result:
            day = f"วันที่ตรวจ {on}" if on and not made else ""
            said = " ".join(filter(None, (day, note)))
            made.append(Finding.model_validate({"item": line.th, "result": result, "note": said}))
    return made


def _place(field: str) -> str:
    """Where on the page a rule's field stands."""
    if field == "report":
        return "finding-0"
    return field if field in ("verdict", "reason", "conditions", "number", "fix_by") else f"{ITEM}-0" if field else ""


def _beside(field: str) -> str:
    return "items" if field.startswith("item_") else field
