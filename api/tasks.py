"""The officer's desk: what is on it, taking and putting back, deciding."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field

from activities.asked_anew import Anew
from api import (
    access,
    acts,
    deciding,
    delaying,
    further,
    handing,
    onpaper,
    people,
    rules_changed,
    stopping,
    tools,
    views,
)
from api.bodies import Body
from api.idempotency import ACall
from api.paging import After, Limit
from api.people import AnOfficer, Person
from api.tools import Now, TheDatabase, TheEngine
from licences import applications as law
from licences import standing
from licences.applications import Decision, Finding, Item, Verdict
from licences.calendar import BANGKOK
from licences.errors import NotFound
from licences.procedure import RECORDS
from licences.register import is_case
from records import applications, tasks
from records.database import Database
from records.idempotency import Answer
from records.tables import Application, FurtherRequest, Task
from records.tasks import View

router = APIRouter(prefix="/api/v1/tasks", tags=["officers"])


Result = Literal["pass", "fail", "not-applicable"]


class WantedDecision(Body):
    """What an officer sends. `report`: an inspection's findings, in full or as checklist item → result. `number`: what
    a recording task asks for, of the agency's own paper or receipt. `until`: an appeal allowed in part, the last day
    that is left of a suspension."""

    verdict: Verdict
    reason: str = Field("", max_length=4_000)
    conditions: tuple[Annotated[str, Field(min_length=1, max_length=2_000)], ...] = Field((), max_length=50)
    items: tuple[Item, ...] = Field((), max_length=50)
    report: tuple[Finding, ...] | dict[str, Result] = Field((), max_length=100)
    number: str = Field("", max_length=100)
    until: date | None = None
    fix_by: date | None = None


class Why(Body):
    """A reason, where one is asked for."""

    reason: str = Field(min_length=1, max_length=1_000)


@router.get("")
async def desk(
    officer: AnOfficer, database: TheDatabase, now: Now, view: View = View.ALL,
    agency: Annotated[str, Query(max_length=40)] = "", after: After = "", limit: Limit = 25,
) -> dict[str, Any]:  # fmt: skip
    """One page of the desk, what is due first at the top; `counts` says how much each view holds, and counts no further
    than `counted_to`: that many, or more."""
    seat = seats_of(officer, agency)
    absent = await handing.stood_in_for(database, officer, seat[0], now)
    async with database.reading() as session:
        page = await tasks.inbox(session, *seat, view, officer.id, now.date(), after, limit, absent)
        counts = await tasks.counts(session, *seat, officer.id, now.date(), absent)
    return {"items": views.plain(page.items), "next": page.next, "counts": vars(counts), "counted_to": tasks.COUNTED_TO}


@router.get("/{task_id}")
async def show(task_id: str, request: Request, officer: AnOfficer, database: TheDatabase, now: Now) -> dict[str, Any]:
    """One task with its application or its case, as an officer may see it."""
    if is_case(task_id):
        return await _of_a_case(request, officer, await covered(database, officer, task_id), now)
    task, application = await visible(database, officer, task_id)
    await access.note_look(database, officer, application, now)
    said: dict[str, Any] = views.plain(
        views.task(task) | {"application": await views.application(database, application, officer)}
    )
    return said


@router.post("/{task_id}/claim")
async def claim(task_id: str, call: ACall, officer: AnOfficer) -> Any:
    """Take a free task."""
    await covered(call.database, officer, task_id)

    async def take() -> Answer:
        async with call.database.transaction() as session:
            taken = await tasks.claim(session, task_id, officer.id, tools.now())
        return Answer(200, views.plain(views.task(taken)))

    return await call.once({}, take)


@router.post("/{task_id}/release")
async def release(task_id: str, why: Why, call: ACall, officer: AnOfficer) -> Any:
    """Put one's own task back, saying why."""
    await covered(call.database, officer, task_id)

    async def put_back() -> Answer:
        async with call.database.transaction() as session:
            free = await tasks.release(session, task_id, officer.id, tools.now(), why.reason)
        return Answer(200, views.plain(views.task(free)))

    return await call.once(why.model_dump(), put_back)


@router.get("/{task_id}/colleagues")
async def colleagues(task_id: str, officer: AnOfficer, database: TheDatabase, now: Now) -> dict[str, Any]:
    """To whom the task may be given: who sits at its desk today."""
    found = await handing.colleagues(database, await givable(database, officer, task_id), now)
    return {"items": [{"id": one.person, "name": one.name, "office": one.office} for one in found]}


@router.post("/{task_id}/reassign")
async def reassign(task_id: str, wanted: handing.Handing, call: ACall, officer: AnOfficer) -> Any:
    """Give a task to a colleague, saying why: one's own, or any of the office by its supervisor."""
    task = await givable(call.database, officer, task_id)

    async def give() -> Answer:
        given = await handing.give(call.database, officer, task, wanted, tools.now())
        return Answer(200, views.plain(views.task(given)))

    return await call.once(wanted.model_dump(), give)


@router.post("/{task_id}/delay")
async def explain(task_id: str, why: Why, call: ACall, officer: AnOfficer) -> Any:
    """Say why it is late, or will be: the applicant and OPDC are told so with the next notice of delay."""
    task = await delaying.explainable(call.database, officer, task_id, tools.now())

    async def keep() -> Answer:
        explained = await delaying.explain(call.database, officer, task, why.reason, tools.now())
        return Answer(200, views.plain(views.task(explained)))

    return await call.once(why.model_dump(), keep)


@router.post("/{task_id}/further-request")
async def allow_further_request(task_id: str, why: Why, call: ACall, officer: AnOfficer) -> Any:
    """A supervisor lets the applicant be asked once more on this task, saying why (Licensing Facilitation Act s.8)."""
    async with call.database.reading() as session:
        task = await tasks.get(session, task_id)

    async def allow() -> Answer:
        given = await further.allow(call.database, officer, task, why.reason, tools.now())
        return Answer(200, views.plain(given.model_dump()))

    return await call.once(why.model_dump(), allow)


@router.get("/{task_id}/provisions")
async def provisions(task_id: str, officer: AnOfficer, database: TheDatabase, now: Now) -> dict[str, Any]:
    """Under which provisions the clock of its application may be stopped; none: under no circumstances."""
    task = await delaying.explainable(database, officer, task_id, now)
    return {"items": views.plain(await stopping.provisions(database, task))}


@router.post("/{task_id}/clock/stop")
async def stop_clock(task_id: str, wanted: stopping.Stop, call: ACall, officer: AnOfficer, engine: TheEngine) -> Any:
    """Stop the clock of its application: nobody is late until it goes on, and the applicant is told why."""
    asked = wanted.model_dump()

    async def say() -> Answer:
        key = call.name(asked)
        await stopping.stop(call.database, engine, officer, task_id, wanted, tools.now(), key)
        return Answer(200, {"task": task_id, "clock": "stopped"})

    return await call.once(asked, say)


@router.post("/{task_id}/clock/start")
async def start_clock(task_id: str, why: Why, call: ACall, officer: AnOfficer, engine: TheEngine) -> Any:
    """Let the clock go on: every last day is later by the working days between."""
    asked = why.model_dump()

    async def say() -> Answer:
        key = call.name(asked)
        await stopping.start(call.database, engine, officer, task_id, why.reason, tools.now(), key)
        return Answer(200, {"task": task_id, "clock": "running"})

    return await call.once(asked, say)


@router.post("/{task_id}/decision")
async def decide(
    request: Request, task_id: str, wanted: WantedDecision, call: ACall, officer: AnOfficer, engine: TheEngine
) -> Any:
    """Approve, ask or refuse. The answer comes when the records show it."""
    if is_case(task_id):
        task = await covered(call.database, officer, task_id)
        check_designated(request, task)
        return await acts.decide(call, engine, task, officer, wanted.verdict, wanted.reason, wanted.until)
    task, application = await visible(call.database, officer, task_id)
    check_designated(request, task)
    asked = wanted.model_dump(mode="json")

    async def say() -> Answer:
        if not deciding.stands(task, officer.id, wanted.verdict, wanted.reason):
            absent = await handing.at_whose_desk(call.database, task, officer, tools.now())
            again = await _asked_again(request, application)
            rules_changed.check(wanted.verdict, again, task)
            items = rules_changed.items(wanted.verdict, again, wanted.items)
            whole = wanted.model_copy(update={"items": items})
            leave = await further.leave(call.database, task_id)
            decision = decision_of(task, application, whole, officer, on_behalf_of=absent, leave=leave)
            await deciding.say(engine, call.database, application.number, decision, call.name(asked))
        return Answer(200, {"task": task_id, "application": application.number, "verdict": wanted.verdict.value})

    return await call.once(asked, say)


async def _asked_again(request: Request, application: Application) -> Anew:
    """What the rules of today ask once more of an application filed under older ones."""
    async with tools.database(request).reading() as session:
        began = await applications.procedure_of(session, application.version)
        done = await tasks.of(session, application.number)
    return rules_changed.pending(tools.catalogue(request), application, began, done, tools.now())


def decision_of(
    task: Task, application: Application, wanted: WantedDecision, officer: Person, *, on_behalf_of: str = "",
    leave: FurtherRequest | None = None,
) -> Decision:  # fmt: skip
    """The decision as the journey hears it. Raises what the rules say against it already here.

    `leave`: the supervisor's, to ask once more. Whose task it is, and whether another officer must decide, the
    journey's own validator asks once more.
    """
    stated = wanted.model_dump(exclude={"report", "until"})
    if leave is not None and wanted.verdict is Verdict.ASK:
        stated |= {"officials_fault": True, "allowed_by": leave.allowed_by}
    hands = {"officer": officer.id, "on_behalf_of": on_behalf_of}
    decision = Decision(task_id=task.id, report=findings(wanted), **hands, **stated)
    law.check_decision(
        decision,
        task_is_open=task.closed_at is None,
        applicant=application.applicant,
        records=task.kind in RECORDS,
        inspects=task.kind == "inspection",
    )
    law.check_fix_by(decision, tools.now().astimezone(BANGKOK).date())
    onpaper.check_decision(decision)
    return decision


def check_designated(request: Request, task: Task) -> None:
    """Raise NoDesignation unless the task's agency has ordered that its officials act in this system.

    What nobody has confirmed will do on one's own machine only (E-Government Act s.16).
    """
    agency = tools.catalogue(request).agency(task.agency)
    standing.check_designated(agency, tools.now().date(), provisional=tools.settings(request).profile == "local")


def findings(wanted: WantedDecision) -> tuple[Finding, ...]:
    """The report's lines, however they were sent."""
    if isinstance(wanted.report, tuple):
        return wanted.report
    return tuple(Finding(item=item, result=result) for item, result in wanted.report.items())


async def visible(database: Database, officer: Person, task_id: str) -> tuple[Task, Application]:
    """A task on one of this officer's desks, with its application. Raises UnknownTask for anybody else's."""
    task = await covered(database, officer, task_id)
    async with database.reading() as session:
        return task, await applications.get(session, task.application)


async def covered(database: Database, officer: Person, task_id: str) -> Task:
    """A task on one of this officer's desks, an application's or a case's. Raises UnknownTask for anybody else's."""
    async with database.reading() as session:
        task = await tasks.get(session, task_id)
    if not any(people.covers(seat, task.agency, task.office) and seat.role == task.role for seat in officer.desks):
        raise tasks.UnknownTask(task_id)
    return task


async def givable(database: Database, officer: Person, task_id: str) -> Task:
    """A task that this officer may give away: his own, or one of the office he answers for. Raises UnknownTask."""
    async with database.reading() as session:
        task = await tasks.get(session, task_id)
    if not handing.may_give(officer, task):
        raise tasks.UnknownTask(task_id)
    return task


async def _of_a_case(request: Request, officer: Person, task: Task, now: datetime) -> dict[str, Any]:
    said: dict[str, Any] = views.plain(views.task(task))
    return said | {"case": await acts.show(task.application, request, officer, now)}


class NoDesk(NotFound):
    """This officer has no seat in that agency."""


def seats_of(officer: Person, agency: str) -> tuple[str, list[str], list[str]]:
    """The agency, offices and roles of this officer's seats there; without an agency, his first."""
    chosen = agency or officer.desks[0].agency
    seats = [seat for seat in officer.desks if seat.agency == chosen]
    if not seats:
        raise NoDesk(f"ท่านไม่มีหน้าที่ใน {agency}", f"you have no seat in {agency}", field="agency")
    return chosen, sorted({seat.office for seat in seats}), sorted({seat.role for seat in seats})
