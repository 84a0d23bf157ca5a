"""A holiday announced while periods run: each is counted anew once, the case says so, and of two at once one wins."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from records_examples import NOON, Act, later
from records_fixtures import *  # noqa: F403

from activities import wanted
from activities.acting import Acting
from activities.tasks import Tasks
from control.recounting import Change, Count, _task, count_anew
from licences import acts, calendar, catalogue
from licences.acts import Kind, Wanted
from licences.applications import Decision, Item, Verdict
from licences.calendar import BANGKOK, end_of_day
from records import applications, cases, history, holidays, notices, tasks
from records.applications import Submitted
from records.cases import Opening
from records.database import Database
from records.holidays import Announced, Announcement
from records.tables import Application

NOBODY: Any = None
"""The engine: a day that moves to a later one is found by its timer, and nobody has to be told."""
ITEM = Item(field="premises", wrong="ไม่มีเลขที่", wanted="ระบุเลขที่ให้ครบ")
PROVINCE = "province:11"


@pytest.fixture
def effects(database: Database) -> Tasks:
    return Tasks(database, opdc="opdc@opdc.example")


@pytest.fixture
async def kept(write: Act, submitted: Submitted) -> Application:
    """An application to an office in province 11, as its door would keep it."""
    rules = catalogue.load().procedure("lao-ecommerce-register", "new", NOON.date())
    due = calendar.due_on(NOON.date(), rules.decision_days, calendar.holidays())
    filed = replace(submitted, procedure=rules, office="lao@110101", due_on=due)
    return await write(applications.submit, filed)  # type: ignore[no-any-return]


@pytest.fixture
async def opened(kept: Application, effects: Tasks) -> wanted.OpenTask:
    return await effects.open(wanted.WantedTask(number=kept.number, at=NOON, stage="record", round=1))


@pytest.fixture
def announce(write: Act, ask: Act) -> Act:
    """Announce days; the announcement as it is kept."""

    async def say(*days: date, closed: bool = True, scope: str = PROVINCE) -> Announced:
        said = Announcement(days, (scope,), "วันหยุดพิเศษ", "Special", NOON.date(), "มติ ครม.", closed)
        version = await write(holidays.announce, said, "op", later(minutes=1))
        return next(one for one in await ask(holidays.every) if one.version == version)

    return say


async def asked(effects: Tasks, kept: Application, opened: wanted.OpenTask, at: datetime = NOON) -> date:
    """The officer asks for something; the last day for the answers."""
    decision = Decision(task_id=opened.id, verdict=Verdict.ASK, officer="o-1", reason="ไม่ครบ", items=(ITEM,))
    closed = await effects.close(wanted.ClosedTask(number=kept.number, at=at, decision=decision))
    assert closed.answer_by is not None
    return closed.answer_by


async def test_the_days_of_an_open_case_move_once_and_its_history_says_why(
    database: Database, opened: wanted.OpenTask, kept: Application, announce: Act, ask: Act
) -> None:
    said = await announce(opened.due_on)
    moved = [await count_anew(database, NOBODY, said, later(minutes=2)) for _ in range(2)]

    task, now = await ask(tasks.get, opened.id), await ask(applications.get, kept.number)
    closed = calendar.holidays() | {opened.due_on}
    assert task.due_on == calendar.office_day(opened.due_on + calendar.DAY, closed) == task.warn_on
    assert now.waiting_until == end_of_day(task.due_on)
    assert now.due_on == calendar.due_on(NOON.date(), (await ask(applications.procedure, now)).decision_days, closed)
    lines = [one for one in await ask(history.of, kept.number) if one.tag.endswith(":recounted")]
    assert {one.tag for one in lines} == {"task:due:recounted", "application:due:recounted"}
    assert all(one.said["reason"] == "วันหยุดพิเศษ (มติ ครม.)" and one.said["holidays"] == said.version for one in lines)
    assert {one.tag: (one.said["from"], one.said["to"]) for one in lines}["task:due:recounted"] == (
        opened.due_on.isoformat(), task.due_on.isoformat(),
    )  # fmt: skip
    assert (moved, await ask(holidays.uncounted)) == ([2, 0], ())


async def test_a_day_of_another_province_moves_nothing(
    database: Database, opened: wanted.OpenTask, announce: Act, ask: Act
) -> None:
    moved = await count_anew(database, NOBODY, await announce(opened.due_on, scope="province:50"), later(minutes=2))

    assert (moved, (await ask(tasks.get, opened.id)).due_on) == (0, opened.due_on)


async def test_an_authoritys_day_follows_a_holiday_that_is_taken_back_and_a_persons_day_stays(
    database: Database, effects: Tasks, opened: wanted.OpenTask, kept: Application, announce: Act, ask: Act
) -> None:
    later_day = calendar.office_day(opened.due_on + calendar.DAY, calendar.holidays())
    await count_anew(database, NOBODY, await announce(opened.due_on), later(minutes=2))
    back = await announce(opened.due_on, closed=False)
    async with database.transaction() as session:
        change = await _task(session, Count(back, later(minutes=3)), opened.id)
    answer_by = await asked(effects, kept, opened)
    holiday = calendar.office_day(NOON.date() + calendar.DAY, calendar.holidays())
    moved = await count_anew(database, NOBODY, await announce(holiday), later(minutes=4))
    longer = (await ask(applications.get, kept.number)).waiting_until
    await count_anew(database, NOBODY, await announce(holiday, closed=False), later(minutes=5))

    assert change == Change(kept.number, opened.id, later_day, opened.due_on) and change.earlier
    assert moved == 1 and longer > end_of_day(answer_by)
    assert (await ask(applications.get, kept.number)).waiting_until == longer  # told, and never made shorter
    assert [one.what for one in await ask(notices.of, kept.number)].count("more-time") == 1


@pytest.mark.parametrize("announced_first", [True, False, None])
async def test_a_holiday_and_a_reminder_at_once_have_one_outcome(
    database: Database, effects: Tasks, opened: wanted.OpenTask, kept: Application, announce: Act, ask: Act,
    announced_first: bool | None,
) -> None:  # fmt: skip
    said, late = await announce(opened.due_on), end_of_day(opened.due_on)
    remind = effects.remind(wanted.Reminder(number=kept.number, at=late, task=opened.id, times=1))
    count = count_anew(database, NOBODY, said, late)
    if announced_first is None:
        later_day, _ = await asyncio.gather(remind, count)
    elif announced_first:
        await count
        later_day = await remind
    else:
        later_day = await remind
        await count

    task = await ask(tasks.get, opened.id)
    told = [one.tag for one in await ask(history.of, kept.number)]
    letters = [one.what for one in await ask(notices.of, kept.number)]
    assert task.due_on > opened.due_on and told.count("task:due:recounted") == 1
    was_late = later_day is None
    assert (task.reminded, told.count("task:due:passed"), letters.count("delay")) == (was_late,) * 3
    assert was_late or later_day == wanted.LastDay(on=task.due_on)
    if announced_first is not None:
        assert was_late is not announced_first


@pytest.mark.parametrize("announced_first", [True, False, None])
async def test_a_holiday_at_the_last_moment_gives_more_time_or_the_application_is_returned_never_both(
    database: Database, effects: Tasks, opened: wanted.OpenTask, kept: Application, announce: Act, ask: Act,
    announced_first: bool | None,
) -> None:  # fmt: skip
    answer_by = await asked(effects, kept, opened)
    said, late = await announce(answer_by), end_of_day(answer_by)
    look = effects.answers_due(wanted.DayPassed(number=kept.number, at=late, task=opened.id))
    count = count_anew(database, NOBODY, said, late)
    if announced_first is None:
        later_day, _ = await asyncio.gather(look, count)
    elif announced_first:
        await count
        later_day = await look
    else:
        later_day = await look
        await count

    now = await ask(applications.get, kept.number)
    told = [one.tag for one in await ask(history.of, kept.number)]
    longer = later_day is not None
    assert told.count("application:answers:recounted") == longer
    assert now.waiting_for == ("answers" if longer else "issue")
    assert not longer or (now.waiting_until == end_of_day(later_day.on) and later_day.on - answer_by >= timedelta(1))
    if announced_first is not None:
        assert longer is announced_first


@pytest.mark.parametrize("announced_first", [True, False])
async def test_a_holders_day_to_object_moves_off_a_holiday_until_it_has_come(
    database: Database, write: Act, announce: Act, ask: Act, announced_first: bool
) -> None:
    rules = acts.procedure(Kind.REVOCATION, catalogue.load().licence("lao-ecommerce-register"))
    opening = Opening(
        key="c-1", rules=rules, agency="lao", office="lao@110101", opened_by="o-1", opened_as="officer",
        holder_kind="natural", holder_id="p-1", wanted=Wanted(reason="x"), entered_at=NOON, received_at=NOON,
        due_on=NOON.date(), licence_number="LAO-2569-0000001-1", email="holder@example.com",
    )  # fmt: skip
    number = (await write(cases.open_once, opening)).number
    told = await Acting(database).hear(wanted.Step(number=number, at=NOON))
    last = (told.until - timedelta(seconds=1)).astimezone(BANGKOK).date()
    said = await announce(last, scope="agency:lao")
    passed = wanted.DayPassed(number=number, at=told.until, task="hearing")
    if not announced_first:
        assert await Acting(database).hearing_due(passed) is None
    moved = await count_anew(database, NOBODY, said, later(minutes=2))

    case = await ask(cases.get, number)
    letters = [one.what for one in await ask(notices.of, number)]
    assert told.moves and (moved, letters.count("case-more-time")) == (announced_first,) * 2
    if announced_first:
        longer = calendar.office_day(last + calendar.DAY, calendar.holidays() | {last})
        assert case.waiting_until == end_of_day(longer)
        assert await Acting(database).hearing_due(passed) == wanted.LastDay(on=longer)
