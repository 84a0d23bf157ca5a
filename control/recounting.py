"""Periods that are counted anew because a holiday was announced, or taken back, while they run.

An authority's working days follow the calendar either way; a person's day that was told is never made shorter (APA
ss.64, 65), and calendar days of an authority's own duty are not moved by any holiday (s.64 para 2). Each case says what
moved, from when to when, and why; counting again changes nothing, because a period is counted from its beginning.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities import acting, telling
from activities.clock import days_of
from activities.tasks import answer_by_of, closed_for, stage_of
from licences import calendar, catalogue, places
from licences.acts import CaseStatus
from licences.applications import Verdict
from licences.calendar import BANGKOK
from licences.register import is_case
from records import applications, cases, holidays, tasks
from records.database import Database
from records.holidays import Announced
from records.tables import Application, Task
from workflows.journey import Journey
from workflows.messages import DayMoved

A_PAGE = 200
Pages = Callable[[AsyncSession, date, str, int], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True)
class Count:
    """One announcement, and the moment at which it is counted."""

    announced: Announced
    at: datetime

    def said(self, before: date, now: date) -> dict[str, object]:
        """What the history keeps of a day that has moved."""
        one = self.announced
        days = {"from": before.isoformat(), "to": now.isoformat()}
        return {"holidays": one.version, "reason": f"{one.name_th} ({one.source})", **days}

    def concerns(self, agency: str, office: str = "") -> bool:
        """Whether an office keeps these holidays."""
        kept = calendar.scopes(agency=agency, province=places.province_of(office))
        return not kept.isdisjoint(self.announced.scopes)


async def count_anew(database: Database, client: Client, announced: Announced, at: datetime) -> int:
    """Every open period after one announcement; how many moved. Then the announcement is done with."""
    count, first, moved = Count(announced, at), min(announced.days), 0
    async for task in _each(database, tasks.open_from, first):
        async with database.transaction() as session:
            change = await _task(session, count, task)
        moved += change is not None
        if change and change.earlier:
            await _tell(client, change)
    async for number in _each(database, applications.open_from, first):
        async with database.transaction() as session:
            moved += await _application(session, count, number)
    async for number in _each(database, cases.heard_from, first):
        async with database.transaction() as session:
            moved += await _hearing(session, count, number)
    async with database.transaction() as session:
        await holidays.counted(session, announced.version, at)
    return moved


async def _each(database: Database, pages: Pages, day: date) -> AsyncIterator[str]:
    after = ""
    while True:
        async with database.reading() as session:
            page = await pages(session, day, after, A_PAGE)
        for name in page:
            yield name
        if len(page) < A_PAGE:
            return
        after = page[-1]


# --- tasks ---


@dataclass(frozen=True)
class Change:
    """The last day of a task has moved."""

    subject: str
    task: str
    before: date
    now: date

    @property
    def earlier(self) -> bool:
        """A later day is found by the timer when the old one has come; an earlier one has to be told."""
        return self.now < self.before


async def _task(session: AsyncSession, count: Count, name: str) -> Change | None:
    """One open task: its last day, and the day of its warning, counted from the day it was opened."""
    task = await tasks.lock(session, name)
    if task.closed_at is not None:
        return None
    days = await (_of_case(session, count, task) if is_case(task.id) else _of_application(session, count, task))
    if days is None or days[0] == task.due_on:
        return None
    await tasks.move_due(session, task.id, *days)
    change = Change(task.application, task.id, task.due_on, days[0])
    said = {"task": task.id, "stage": task.stage, **count.said(task.due_on, days[0])}
    key = f"holidays:{count.announced.version}:{task.id}"
    await telling.happened(session, task.application, key, "task:due:recounted", count.at, said)
    return change


async def _of_application(session: AsyncSession, count: Count, task: Task) -> tuple[date, date] | None:
    application = await applications.get(session, task.application)
    if not count.concerns(application.agency, application.office):
        return None
    stage = stage_of(await applications.procedure_of(session, application.version), task.stage)
    office = catalogue.load().agency(task.agency)
    closed = await closed_for(session, application)
    due, warn = days_of(task, stage.working_days, office.warn_at_percent, closed)
    until = calendar.end_of_day(due)
    await applications.move_days(session, application.number, waiting_for=f"stage:{task.stage}", until=until)
    return due, warn


async def _of_case(session: AsyncSession, count: Count, task: Task) -> tuple[date, date] | None:
    case = await cases.get(session, task.application)
    rules = await cases.rules_of(session, case)
    stage = rules.stage(task.stage)
    if stage.days or stage.more_days or not count.concerns(case.agency):  # calendar days no holiday moves
        return None
    closed, on = await holidays.closed(session, agency=case.agency, counting=True), _day(task.opened_at)
    return acting.due_of(stage, on, closed), acting.warn_of(case, stage, on, closed)


async def _hearing(session: AsyncSession, count: Count, number: str) -> int:
    """The last day on which a holder may object; once told, it is only ever made later (APA s.64 para 3)."""
    case = await cases.lock(session, number)
    if case.waiting_for != "hearing" or case.waiting_since is None or case.waiting_until is None:
        return 0
    rules, before = await cases.rules_of(session, case), _day(case.waiting_until) - calendar.DAY
    closed = await holidays.closed(session, agency=case.agency, counting=True)
    now = calendar.person_deadline(_day(case.waiting_since), rules.hearing_days, closed)
    if now <= before or not count.concerns(case.agency):
        return 0
    until = calendar.end_of_day(now)
    status = CaseStatus.HEARING
    await cases.show(session, number, status, waiting_for="hearing", since=case.waiting_since, until=until)
    turn, said = f"{count.announced.version}", count.said(before, now)
    await telling.happened(session, number, f"holidays:{turn}:hearing", "case:hearing:recounted", count.at, said)
    told = {**said, "answer_by": now.isoformat(), "act": case.act, "licence_number": case.licence_number}
    await telling.tell(session, case, "case-more-time", turn, count.at, told)
    return 1


async def _tell(client: Client, change: Change) -> None:
    """Tell the story that a day has become an earlier one; a story that is over is not told."""
    try:
        moved = DayMoved(task=change.task, due_on=change.now)
        await client.get_workflow_handle(change.subject).signal(Journey.day_moved, moved)
    except RPCError as gone:
        if gone.status is not RPCStatusCode.NOT_FOUND:
            raise


# --- applications ---


async def _application(session: AsyncSession, count: Count, number: str) -> int:
    """The day of its decision, and the day for the applicant's answers; how many of them moved."""
    application = await applications.lock(session, number)
    if application.ended_at is not None or not count.concerns(application.agency, application.office):
        return 0
    return await _decision(session, count, application) + await _answers(session, count, application)


async def _decision(session: AsyncSession, count: Count, application: Application) -> int:
    rules = await applications.procedure_of(session, application.version)
    closed = await closed_for(session, application)
    due = calendar.due_on(_day(application.received_at), rules.decision_days + application.stopped_days, closed)
    if due == application.due_on:
        return 0
    await applications.move_days(session, application.number, due_on=due)
    key, said = f"holidays:{count.announced.version}:due", count.said(application.due_on, due)
    await telling.happened(session, application.number, key, "application:due:recounted", count.at, said)
    return 1


async def _answers(session: AsyncSession, count: Count, application: Application) -> int:
    """A person's day, once told, is only ever made later; he is told."""
    if application.waiting_for != "answers" or application.waiting_until is None:
        return 0
    asked = [one for one in await tasks.of(session, application.number) if one.verdict == Verdict.ASK]
    before = _day(application.waiting_until) - calendar.DAY
    now = await answer_by_of(session, application, asked[-1].closed_at or asked[-1].opened_at)
    if now <= before:
        return 0
    until = calendar.end_of_day(now)
    await applications.move_days(session, application.number, waiting_for="answers", until=until)
    turn, said = f"{count.announced.version}", count.said(before, now)
    key = f"holidays:{turn}:answers"
    await telling.happened(session, application.number, key, "application:answers:recounted", count.at, said)
    told = {**said, "answer_by": now.isoformat(), "licence": application.licence}
    await telling.tell(session, application, "more-time", turn, count.at, told)
    return 1


def _day(at: datetime) -> date:
    return at.astimezone(BANGKOK).date()
