"""The operator's repairs: one cause, one case, one repair with its progress. Two presses and a reason, no script.

A repair is prepared on a frozen, counted list, shown with what it means, and begun by a second press, or by a second
operator where one word is not enough. The general worker works on it; the page looks again by itself.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from temporalio.client import Client
from temporalio.service import RPCError

from api import case_wording, correcting, frame, tools
from api.engine import EngineDown
from api.people import AnOperator
from api.repair_words import ACTS, MEANS, SOURCES, STATES, TO_DO
from api.showing import beside, language
from api.tools import Now, TheCatalogue, TheDatabase, TheEngine
from api.wording import STATUSES, Tag, in_history, operation
from control import bulk, causes, ending, points, timeline, waits
from control.causes import Cause
from control.points import LAST_GOOD
from control.repair import Act, State, Why
from licences.acts import CaseStatus
from licences.applications import Status
from licences.catalogue import Catalogue
from licences.errors import NotAllowed, NotFound, Sentence
from licences.procedure import Text
from licences.register import is_case
from records import repairs
from records.database import Database
from records.tables import RepairOrder

router = APIRouter(include_in_schema=False, prefix="/operations")

OF_MANY = (Act.RETRY, Act.SUSPEND, Act.RESUME, Act.END)
SHOWN = 200
LOOK_AGAIN = "10"
"""Seconds after which a browser asks again how far a repair is."""
BAD_FIRST = (State.AGAIN, State.REFUSED, State.CHECKING, State.WORKING, State.NOTHING, State.FIXED, State.WAITING)


class ReasonMissing(NotAllowed):
    """Every repair says why."""


class NothingStands(NotFound):
    """The cause has gone."""


class TooMany(NotAllowed):
    """So many at a time would be too many."""


# --- one cause ---


@router.get("/causes/{cause}")
async def one_cause(
    request: Request, cause: str, who: AnOperator, database: TheDatabase, engine: TheEngine, now: Now
) -> HTMLResponse:
    """One cause: what is the matter, what to do, which applications, and what may be done with all of them."""
    return await _show_cause(request, await _cause(database, engine, cause), now)


async def _cause(database: Database, engine: Any, wanted: str) -> Cause:
    """It, as it is now. Raises NothingStands, EngineDown."""
    try:
        found = await waits.look(database, await engine.client(), timedelta(0))
    except RPCError as error:
        raise EngineDown(str(error)) from error
    for cause in causes.group(found.cases):
        if cause.id == wanted:
            return cause
    raise NothingStands("สาเหตุนี้ไม่มีแล้ว ไม่มีคำขอใดติดค้างเพราะเหตุนี้", "this cause is gone: nothing stands still for it now")


async def _show_cause(request: Request, cause: Cause, now: Any, problem: NotAllowed | None = None) -> HTMLResponse:
    return await frame.show(
        request,
        "cause.html",
        status=problem.status if problem else 200,
        cause=cause,
        says=causes.sentence(cause, now),
        to_do=TO_DO[cause.kind],
        numbers=cause.numbers[:SHOWN],
        more=max(0, len(cause.numbers) - SHOWN),
        acts=_choices(OF_MANY),
        problems=beside([problem], language(request)) if problem else (),
    )


def _choices(acts: Sequence[Act]) -> list[tuple[str, Text, Text]]:
    return [(act.value, ACTS[act], MEANS[act]) for act in acts]


@router.post("/causes/{cause}/repairs")
async def prepare_many(
    request: Request,
    cause: str,
    who: AnOperator,
    database: TheDatabase,
    engine: TheEngine,
    now: Now,
    act: Annotated[Act, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
    at_most: Annotated[int, Form()] = 10,
) -> Response:
    """Freeze the list of a cause, and show it before anything is done."""
    found = await _cause(database, engine, cause)
    try:
        _check(reason, at_most)
    except NotAllowed as problem:
        return await _show_cause(request, found, now, problem)
    wanted = bulk.wanted(act, found.numbers, Why(who.id, reason.strip()))
    return await _prepared(database, replace(wanted, at_most=at_most, cause=cause), now)


def _check(reason: str, at_most: int = 1) -> None:
    """Raises ReasonMissing, TooMany."""
    if not reason.strip():
        raise ReasonMissing("โปรดระบุเหตุผล จะเก็บไว้ในประวัติของคำขอ", "say why: it stays in the history", field="reason")
    if not 1 <= at_most <= bulk.MOST_AT_ONCE:
        raise TooMany(
            f"ทำพร้อมกันได้ 1 ถึง {bulk.MOST_AT_ONCE}", f"between 1 and {bulk.MOST_AT_ONCE} at a time", field="at_most"
        )


async def _prepared(database: Database, wanted: repairs.Wanted, now: Any) -> Response:
    async with database.transaction() as session:
        order = await repairs.ask(session, replace(wanted, prepared=True), now)
    return frame.see_other(f"/operations/repairs/{order.id}")


# --- one case ---


@router.get("/cases")
async def find_case(request: Request, who: AnOperator, number: str = "") -> Response:
    """Go to one application by its number."""
    return frame.see_other(f"/operations/cases/{number.strip()}" if number.strip().isascii() else "/operations")


@router.get("/cases/{number}")
async def one_case(
    request: Request, number: str, who: AnOperator, database: TheDatabase, engine: TheEngine
) -> HTMLResponse:
    """One application as operators see it: everything that happened, in order of time, and what may be done."""
    return await _show_case(request, number, database, engine)


async def _show_case(
    request: Request, number: str, database: Database, engine: Any, problem: NotAllowed | None = None,
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:  # fmt: skip
    try:
        story = await timeline.of(database, await engine.client(), number, in_history)
    except RPCError as error:
        raise EngineDown(str(error)) from error
    return await frame.show(
        request,
        "operated.html",
        status=problem.status if problem else 200,
        kept=story.kept,
        title=_title(tools.catalogue(request), story.kept.licence),
        operation=operation(story.kept.operation),
        standing=_tag(story.kept),
        run=story.run,
        lines=[(SOURCES[line.source], line) for line in story.lines],
        acts=_choices((Act.RETRY, Act.RESET) if is_case(number) else tuple(Act)),
        typed=defaultdict(str, typed or {}),
        problems=beside([problem], language(request)) if problem else (),
    )


def _tag(kept: timeline.Kept) -> Tag:
    of_case = is_case(kept.number)
    return case_wording.STATUSES[CaseStatus(kept.status)] if of_case else STATUSES[Status(kept.status)]


def _title(catalogue: Catalogue, licence: str) -> Text:
    versions = catalogue.versions.get(licence)
    return versions[-1].title if versions else Text(th=licence, en=licence)


@router.post("/cases/{number}/repairs")
async def prepare_one(
    request: Request,
    number: str,
    who: AnOperator,
    database: TheDatabase,
    engine: TheEngine,
    catalogue: TheCatalogue,
    now: Now,
    act: Annotated[Act, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
    field: Annotated[str, Form(max_length=200)] = "",
    value: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Check what is wanted, and show what it means before anything is done."""
    try:
        _check(reason)
        said = await _said(database, catalogue, act, number, field, value)
    except NotAllowed as problem:
        typed = {"act": act.value, "reason": reason, "field": field, "value": value}
        return await _show_case(request, number, database, engine, problem, typed)
    return await _prepared(database, bulk.wanted(act, [number], Why(who.id, reason.strip()), **said), now)


async def _said(
    database: Database, catalogue: Catalogue, act: Act, number: str, field: str, value: str
) -> dict[str, str]:
    """What an act needs beside the number. Raises NotAllowed."""
    match act:
        case Act.CORRECT:
            return {"draft": await correcting.draft(database, number, field.strip(), value)}
        case Act.MOVE:
            return {"version": await correcting.newer_rules(database, catalogue, number)}
        case Act.RESET:
            return {"to": LAST_GOOD}
        case _:
            return {}


# --- one repair ---


@router.get("/repairs/{repair}")
async def one_repair(
    request: Request, repair: str, who: AnOperator, database: TheDatabase, engine: TheEngine
) -> HTMLResponse:
    """What it means, while it is only prepared; how far it is, once it has begun; each item with its result."""
    async with database.reading() as session:
        order = await repairs.get(session, repair)
        counted = await repairs.counts(session, repair)
        items = [row for state in BAD_FIRST for row in await repairs.items(session, repair, (state,), SHOWN)][:SHOWN]
    begun = order.approved_at is not None
    answer = await frame.show(
        request,
        "repair.html",
        order=order,
        act=ACTS[Act(order.act)],
        means=await _means(database, await engine.client(), order) if not begun else (),
        states=[(STATES[State(state)], n) for state, n in sorted(counted.items(), key=lambda pair: -pair[1])],
        done=order.total - counted[State.WAITING] - counted[State.WORKING],
        items=[(row, STATES[State(row.state)]) for row in items],
        more=max(0, order.total - len(items)),
        mine=order.asked_by == who.id,
        standing=_standing(order),
    )
    if begun and (not order.finished_at or counted[State.CHECKING]):
        answer.headers["Refresh"] = LOOK_AGAIN
    return answer


def _standing(order: RepairOrder) -> Tag:
    """How a repair itself stands."""
    if order.stopped_at:
        return Tag("หยุดแล้ว", "Stopped", "bad")
    if order.finished_at:
        return Tag("ทำครบแล้ว", "Every item was seen to", "good")
    if order.approved_at:
        return Tag("กำลังทำ", "Under way", "note")
    return Tag("ยังไม่เริ่ม", "Not begun", "turn")


async def _means(database: Database, client: Client, order: RepairOrder) -> Sequence[Text | Sentence]:
    """What it means, in words; for one application exactly."""
    act, one = Act(order.act), order.total == 1
    async with database.reading() as session:
        number = (await repairs.items(session, order.id, limit=1))[0].number
    try:
        if act is Act.RESET and one:
            return (await points.find(client, number, str(order.said["to"]))).sentences()
        if act is Act.END and one:
            return (MEANS[act], ending.says(await ending.owed(database, number)))
    except NotAllowed as no:
        return (Sentence(no.th, no.en),)
    except RPCError as error:
        raise EngineDown(str(error)) from error
    return (MEANS[act],)


@router.post("/repairs/{repair}/begin")
async def begin(repair: str, who: AnOperator, database: TheDatabase, now: Now) -> Response:
    """Begin what was prepared, or agree to it as the second operator. Raises AnotherMustAgree, AgreedAlready."""
    async with database.transaction() as session:
        await repairs.agree(session, repair, who.id, now)
    return frame.see_other(f"/operations/repairs/{repair}")


@router.post("/repairs/{repair}/stop")
async def stop(repair: str, who: AnOperator, database: TheDatabase, now: Now) -> Response:
    """Leave alone what nobody has begun."""
    async with database.transaction() as session:
        await repairs.stop(session, repair, who.id, now)
    return frame.see_other(f"/operations/repairs/{repair}")
