"""The clock of an application stands still and goes on: as many days are left, and nobody is late meanwhile."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from records_examples import NOON, Act

from activities import wanted
from activities.clock import Clock
from activities.tasks import Tasks
from control.recounting import count_anew
from licences import calendar, catalogue
from licences.calendar import BANGKOK, end_of_day
from records import applications, history, holidays, notices, standing, tasks
from records.applications import Submitted
from records.database import Database
from records.holidays import Announcement
from records.tables import Application

CLOSED = calendar.holidays()
WHY = "รอรายงาน EIA"
A_DAY_LATER = datetime(2026, 11, 23, 10, tzinfo=BANGKOK)
MONTHS_LATER = datetime(2027, 3, 8, 10, tzinfo=BANGKOK)


@pytest.fixture
async def kept(write: Act, submitted: Submitted) -> Application:
    rules = catalogue.load().procedure("bma-building-large", "new", NOON.date())
    due = calendar.due_on(NOON.date(), rules.decision_days, CLOSED)
    filed = replace(submitted, procedure=rules, office="bma", due_on=due)
    return await write(applications.submit, filed)  # type: ignore[no-any-return]


@pytest.fixture
async def opened(kept: Application, database: Database) -> wanted.OpenTask:
    return await Tasks(database).open(wanted.WantedTask(number=kept.number, at=NOON, stage="drawings", round=1))


async def stopped(database: Database, kept: Application) -> None:
    said = wanted.ClockStopped(number=kept.number, at=A_DAY_LATER, officer="o-1", provision="eia", reason=WHY)
    for again in (said, said.model_copy(update={"at": MONTHS_LATER})):
        await Clock(database).stop(again)


async def started(database: Database, kept: Application) -> date:
    said = wanted.ClockStarted(number=kept.number, at=MONTHS_LATER, officer="o-2", reason="ผลออกแล้ว")
    first = await Clock(database).start(said)
    assert await Clock(database).start(said.model_copy(update={"at": MONTHS_LATER + timedelta(days=3)})) == first
    return next(iter(first.days.values()))


async def test_while_it_stands_still_nobody_is_late_and_nobody_is_warned(
    database: Database, kept: Application, opened: wanted.OpenTask, ask: Act
) -> None:
    await stopped(database, kept)
    assert opened.warn_at is not None
    await Tasks(database).warn(wanted.RunningOut(number=kept.number, at=opened.warn_at, task=opened.id))

    on, now = MONTHS_LATER.date(), await ask(applications.get, kept.number)
    assert (now.waiting_for, now.waiting_until, now.stopped_at) == ("clock", None, A_DAY_LATER)
    assert (await ask(tasks.get, opened.id)).warned_at is None
    assert await ask(standing.overdue_tasks, on) == await ask(standing.unclaimed_tasks, on) == ()
    assert await ask(standing.timers_not_fired, MONTHS_LATER, timedelta(hours=1)) == ()
    assert await ask(standing.overdue_waits, MONTHS_LATER) == ()
    late = await ask(tasks.inbox, now.agency, [""], ["officer"], "overdue", "o-1", on)
    assert late.items == (await ask(tasks.running_out, now.agency, [""], on)).items == ()


async def test_when_it_goes_on_as_many_days_are_left_and_both_are_told(
    database: Database, kept: Application, opened: wanted.OpenTask, ask: Act
) -> None:
    left = calendar.office_days(A_DAY_LATER.date(), opened.due_on, CLOSED)
    decided = calendar.office_days(A_DAY_LATER.date(), kept.due_on, CLOSED)
    await stopped(database, kept)
    due = await started(database, kept)

    task, now = await ask(tasks.get, opened.id), await ask(applications.get, kept.number)
    assert task.due_on == due and calendar.office_days(MONTHS_LATER.date(), due, CLOSED) == left
    assert calendar.office_days(MONTHS_LATER.date(), now.due_on, CLOSED) == decided
    assert task.warn_on is not None and MONTHS_LATER.date() < task.warn_on <= due
    assert (now.waiting_for, now.waiting_until, now.stopped_at) == ("stage:drawings", end_of_day(due), None)
    said = {one.tag: one for one in await ask(history.of, kept.number) if one.tag.startswith("application:clock:")}
    stop, start = said["application:clock:stopped"], said["application:clock:started"]
    assert (stop.by, stop.said["reason"], start.by) == ("o-1", WHY, "o-2") and "ม.50" in stop.said["law"]
    told = [one.what for one in await ask(notices.of, kept.number)]
    assert (told.count("clock-stopped"), told.count("clock-started")) == (1, 1)


async def test_a_holiday_announced_later_is_counted_beside_the_days_that_it_stood_still(
    database: Database, kept: Application, opened: wanted.OpenTask, write: Act, ask: Act
) -> None:
    await stopped(database, kept)
    due = await started(database, kept)
    said = Announcement((due,), ("national",), "วันหยุดพิเศษ", "Special", NOON.date(), "มติ ครม.")
    await write(holidays.announce, said, "op", MONTHS_LATER)
    (announced,) = await ask(holidays.every)
    await count_anew(database, None, announced, MONTHS_LATER)  # type: ignore[arg-type]  # nothing moves to an earlier day

    assert (await ask(tasks.get, opened.id)).due_on == calendar.office_day(due + calendar.DAY, CLOSED | {due})
