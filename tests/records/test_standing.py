from datetime import UTC, date, datetime, timedelta

import pytest
from records_examples import NOON, PROCEDURE, Act, later

from records import applications, causes, standing, tasks
from records.tables import Application, CauseSeen, Task

DUE = date(2026, 11, 20)
ENDS = datetime(2026, 11, 20, 17, tzinfo=UTC)
"""The last moment of that day in Bangkok."""
GRACE = timedelta(hours=1)


@pytest.fixture
async def task(write: Act, application: Application) -> Task:
    """A stage on a desk, due that day."""
    opened: Task = await write(tasks.open_once, application, PROCEDURE.stages[0], "review:1", due_on=DUE, at=NOON)
    return opened


@pytest.mark.parametrize(
    ("reminded", "after", "named"),
    [
        (0, timedelta(minutes=59), False),
        (0, timedelta(minutes=61), True),
        (1, timedelta(days=6), False),
        (1, timedelta(days=7, minutes=61), True),
        (2, timedelta(days=7, minutes=61), False),
    ],
)
async def test_a_reminder_that_was_not_written_in_time_is_named(
    task: Task, write: Act, ask: Act, reminded: int, after: timedelta, named: bool
) -> None:
    await write(tasks.reminded, task.id, reminded)

    rows = await ask(standing.timers_not_fired, ENDS + after, GRACE)

    assert [(row.number, row.waits_for) for row in rows] == [(task.application, "remind_of_task")] * named


async def test_answers_that_did_not_come_and_were_not_returned_are_named(
    application: Application, write: Act, ask: Act
) -> None:
    await write(applications.show, application.number, "incomplete", waiting_for="answers", since=NOON, until=ENDS)

    assert await ask(standing.timers_not_fired, ENDS + timedelta(minutes=59), GRACE) == ()
    (row,) = await ask(standing.timers_not_fired, ENDS + timedelta(minutes=61), GRACE)
    assert (row.number, row.waits_for, row.since) == (application.number, "answers", ENDS)


async def test_an_agency_where_nobody_took_it_up_is_told_from_an_officer_who_is_late(
    task: Task, write: Act, ask: Act
) -> None:
    tomorrow = DUE + timedelta(days=1)
    assert len(await ask(standing.unclaimed_tasks, tomorrow)) == 1
    assert await ask(standing.overdue_tasks, tomorrow) == ()

    await write(tasks.claim, task.id, "o-1", NOON)

    assert await ask(standing.unclaimed_tasks, tomorrow) == ()
    assert len(await ask(standing.overdue_tasks, tomorrow)) == 1


async def test_what_an_operator_holds_is_named_until_it_goes_on(application: Application, write: Act, ask: Act) -> None:
    await write(applications.suspend, application.number, NOON)
    (row,) = await ask(standing.held)
    assert (row.number, row.since) == (application.number, NOON)

    await write(applications.suspend, application.number, None)

    assert await ask(standing.held) == ()


def a_cause(name: str, at: datetime) -> CauseSeen:
    return CauseSeen(
        id=name, kind="office", waits_for="bank", agency="", error="OfficeDown", cases=1, seen_at=at, told_at=at
    )


async def test_a_cause_is_news_once_and_again_only_when_it_was_gone_for_a_while(write: Act, ask: Act) -> None:
    async def seen(minutes: int, *names: str) -> tuple[str, ...]:
        at = later(minutes=minutes)
        news: tuple[str, ...] = await write(causes.keep, [a_cause(name, at) for name in names], at)
        return news

    assert await seen(0, "a") == ("a",)
    assert await seen(1, "a", "b") == ("b",)
    assert await seen(2, "b") == ()
    assert await seen(10, "a", "b") == ()  # it came back at once: the same trouble
    assert await seen(11) == ()
    assert await ask(causes.standing) == ()
    assert await seen(50, "a") == ("a",)
