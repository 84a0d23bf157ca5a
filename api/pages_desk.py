"""The officer's desk: what is due first, one case in one view, a decision with its effect said before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api import applications as door
from api import (
    deciding,
    delaying,
    frame,
    further,
    handing,
    letters,
    onpaper,
    pages_task,
    rules_changed,
    showing,
    stopping,
    wording,
)
from api import tasks as desk_door
from api.cases import Case, case_of, key_of
from api.engine import Engine
from api.paging import After
from api.people import AnOfficer, Person
from api.showing import InBoth, Says
from api.tasks import WantedDecision
from api.tools import Now, TheCatalogue, TheDatabase, TheEngine
from forms import times
from licences.applications import Finding, Item, Verdict
from licences.catalogue import Catalogue
from licences.errors import NotAllowed
from licences.procedure import Text
from licences.register import is_case
from records import access as looks
from records import people, tasks
from records.database import Database
from records.tables import Officer, Task
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
RELEASED = "คืนงานจากหน้างาน / released from the desk"


@dataclass(frozen=True)
class Tab:
    """One view of the desk."""

    href: str
    title: Text
    count: str  # "1,000+": so many, or more
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
    return Tab(
        f"/desk?view={view.value}&agency={agency}", TABS[view], _so_many(getattr(counts, view.value)), view is here
    )


def _so_many(count: int) -> str:
    return f"{count:,}+" if count >= tasks.COUNTED_TO else str(count)


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


@router.get("/desk/{task_id}")
async def case(request: Request, officer: AnOfficer, database: TheDatabase, now: Now, task_id: str) -> Response:
    """Answers, documents, registers and history in one view, and what this stage asks. The look is written down."""
    if is_case(task_id):
        return frame.see_other(f"/desk/cases/{task_id.partition(':')[0]}")
    task, kept = await desk_door.visible(database, officer, task_id)
    found = await case_of(door.desk_of(request), kept)
    async with database.transaction() as session:
        await looks.log(session, officer.id, kept.applicant, f"application:{kept.number}", now, f"task {task.id}")
    return await pages_task.show(request, officer, task, found, now)


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
    says = showing.in_words(delaying.WHY_LATE, showing.language(request))
    found = await case_of(door.desk_of(request), kept)
    return await pages_task.show(request, officer, task, found, now, status=422, problems=[Says("why_late", says)])


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
        return await pages_task.show(request, officer, task, found, now, status=refusal.status, problems=[says])
    return frame.see_other(f"/desk/{task_id}")


@router.post("/desk/{task_id}/decision")
async def decide(
    request: Request, officer: AnOfficer, database: TheDatabase, engine: TheEngine, now: Now, task_id: str
) -> Response:
    """Record a decision. The next page is already true: the records show it before this answers."""
    task, kept = await desk_door.visible(database, officer, task_id)
    found, form = await case_of(door.desk_of(request), kept), await request.form()
    typed = {key: value for key in form if isinstance(value := form[key], str)}
    try:
        desk_door.check_designated(request, task)
        wanted = _wanted(form, found, task)
        if "preview" in form:
            return await _preview(request, officer, task, found, now, typed, wanted)
        await _say(database, engine, officer, task, found, wanted, now)
    except NotAllowed as refusal:
        fresh, _ = await desk_door.visible(database, officer, task_id)
        at, says = _place(refusal.field), showing.in_words(refusal, showing.language(request))
        return await pages_task.show(
            request, officer, fresh, found, now, status=refusal.status, typed=typed, problems=[Says(at, says)],
            wrong={_beside(at): says},
        )  # fmt: skip
    return frame.see_other("/desk?view=mine")


async def _say(
    database: Database, engine: Engine, officer: Person, task: Task, found: Case, wanted: WantedDecision, now: datetime
) -> None:
    """Have it taken, unless it stands: the page after the first press was lost. Raises NotAllowed."""
    if letters.NOTHING_NOTED in wanted.reason:
        raise Unclear("reason", SAY_FACTS)
    if deciding.stands(task, officer.id, wanted.verdict, wanted.reason):
        return
    absent, leave = await handing.at_whose_desk(database, task, officer, now), await further.leave(database, task.id)
    decision = desk_door.decision_of(task, found.kept, wanted, officer, on_behalf_of=absent, leave=leave)
    rules_changed.check(wanted.verdict, found.again, task)
    key = key_of(officer, "decide", task.id, wanted.model_dump_json())
    await deciding.say(engine, database, found.kept.number, decision, key)


async def _preview(
    request: Request, officer: Person, task: Task, found: Case, now: datetime, typed: Mapping[str, str],
    wanted: WantedDecision,
) -> Response:  # fmt: skip
    """The letter as it will be read. Where no reason was written yet, one is drafted from the notes."""
    drafted = wanted.reason or letters.draft(found, task, wanted, desk_door.findings(wanted))
    onpaper.check_lines(drafted, "reason")
    letter = letters.letter(found, wanted.model_copy(update={"reason": drafted}), showing.language(request))
    return await pages_task.show(request, officer, task, found, now, typed={**typed, "reason": drafted}, letter=letter)


class Unclear(NotAllowed):
    """Something that no decision can be made of, and the field it stands in."""

    def __init__(self, field: str, words: InBoth) -> None:
        super().__init__(words.th, words.en, field=field)


def _wanted(form: FormData, found: Case, task: Task) -> WantedDecision:
    """The decision that was typed. Raises Unclear."""
    verdict = str(form.get("verdict") or "")
    if verdict not in set(Verdict):
        raise Unclear("verdict", CHOOSE)
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
        raise Unclear("reason", SAY_BOTH) from unclear


def _fix_by(form: FormData) -> date:
    """The day by which it is to be put right. Raises Unclear."""
    day = times.read_day(str(form.get("fix_by") or ""))
    if day is None:
        raise Unclear("fix_by", SAY_DAY)
    return day


def _items(form: FormData) -> list[Item]:
    found = []
    for place in range(MOST_ITEMS):
        field, wrong, wanted = (str(form.get(f"{name}-{place}") or "").strip() for name in (ITEM, WRONG, WANTED))
        if not (field or wrong or wanted):
            continue
        if not (field and wrong and wanted):
            raise Unclear(f"{ITEM}-{place}", SAY_BOTH)
        found.append(Item(field=field, wrong=wrong, wanted=wanted))
    return found


def _findings(form: FormData, found: Case, task: Task) -> list[Finding]:
    """The lines of this stage's report that were filled in, with the day of the visit before the first one's note."""
    lines = pages_task.report(found.procedure.stage(task.stage))
    on = str(form.get("inspected_on") or "").strip()
    made: list[Finding] = []
    for place, line in enumerate(lines):
        result, note = (str(form.get(f"{name}-{place}") or "").strip() for name in ("finding", "note"))
        if result:
            day = f"วันที่ตรวจ {on}" if on and not made else ""
            said = " ".join(filter(None, (day, note)))
            made.append(Finding.model_validate({"item": line.th, "result": result, "note": said}))
    return made


BY_NAME = frozenset({"verdict", "reason", "conditions", "number", "fix_by"})
"""The fields of a rule that stand on the page under the same name."""


def _place(field: str) -> str:
    """Where on the page a rule's field stands."""
    if field == "report":
        return "finding-0"
    return field if field in BY_NAME or field.startswith(ITEM) else f"{ITEM}-0" if field else ""


def _beside(field: str) -> str:
    return "items" if field.startswith("item_") else field
