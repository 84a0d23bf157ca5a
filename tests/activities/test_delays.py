"""Late, and nearly late: what is written down and who is told, on a real database; no engine is needed."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from records_examples import NOON, Act

from activities import delays, wanted
from activities.billing import Billing
from activities.notices import Postman, texts
from activities.tasks import Tasks
from exchange.post import Mail
from licences import calendar, catalogue
from licences.applications import Decision, Verdict
from licences.calendar import end_of_day
from licences.procedure import Due
from licences.thai import long_date
from records import applications, history, notices, people, results, tasks
from records.applications import Submitted
from records.database import Database
from records.people import Appointment
from records.tables import Application, Notice, Task

OPDC, WHY = "opdc@opdc.example", "รอผลตรวจ {น้ำ}"
SINCE = date(2020, 1, 1)
Step = Callable[..., wanted.Step]


@pytest.fixture
def effects(database: Database) -> Tasks:
    return Tasks(database, opdc=OPDC)


@pytest.fixture
async def kept(write: Act, submitted: Submitted) -> Application:
    rules = catalogue.load().procedure("lao-ecommerce-register", "new", NOON.date())
    filed = replace(submitted, procedure=rules, office="lao@110101")
    return await write(applications.submit, filed)  # type: ignore[no-any-return]


@pytest.fixture
async def opened(kept: Application, effects: Tasks) -> wanted.OpenTask:
    return await effects.open(wanted.WantedTask(number=kept.number, at=NOON, stage="record", round=1))


@pytest.fixture
async def boss(write: Act, somebody: Act) -> str:
    """Who leads the office; and somebody who leads another."""
    seats = {"boss": "lao", "stranger": "fda"}
    for subject, agency in seats.items():
        await write(people.appoint, Appointment(subject, "supervisor", subject, subject, SINCE, agency))
        await somebody(subject, email=f"{subject}@example.com")
    return "boss@example.com"


def letters(database: Database, told: tuple[Notice, ...], what: str) -> list[Mail]:
    """What the postman makes of them."""
    post = Postman(database, "", 0, "us@example.com", "https://biz.example", None)  # type: ignore[arg-type]
    return [post.letter(one) for one in told if one.what == what]


async def test_each_week_of_delay_is_told_once_with_its_reason_and_a_copy_to_opdc(
    database: Database, effects: Tasks, opened: wanted.OpenTask, kept: Application, write: Act, ask: Act, boss: str
) -> None:
    late = end_of_day(opened.due_on)
    first = wanted.Reminder(number=kept.number, at=late, task=opened.id, times=1)
    for again in (first, first):
        await effects.remind(again)
    await write(tasks.explain, opened.id, WHY, "o-1", late)
    second = first.model_copy(update={"times": 2, "at": late + timedelta(days=7)})
    for again in (second, second):
        await effects.remind(again)

    told = await ask(notices.of, kept.number)
    mine, copies, asked = (letters(database, told, what) for what in ("delay", "delay-copy", "delay-ask"))
    assert [one.to for one in copies] == [OPDC, OPDC] and len(mine) == 2
    assert all("หน่วยงานยังไม่ได้แจ้งเหตุ" in one.text for one in (mine[0], copies[0]))
    assert all(WHY in one.text for one in (mine[1], copies[1]))
    assert "สำเนาหนังสือนี้ส่งให้สำนักงาน ก.พ.ร. แล้ว" in mine[0].text
    assert [one.to for one in asked] == [boss]  # only while no reason was given
    late_ones = [one.said for one in await ask(history.of, kept.number) if one.tag == "task:due:passed"]
    assert [(said.get("unexplained"), said.get("reason")) for said in late_ones] == [(True, None), (None, WHY)]


async def test_without_opdcs_address_no_notice_claims_that_it_was_copied(
    database: Database, opened: wanted.OpenTask, kept: Application, ask: Act
) -> None:
    reminder = wanted.Reminder(number=kept.number, at=end_of_day(opened.due_on), task=opened.id, times=1)
    await Tasks(database).remind(reminder)

    told = await ask(notices.of, kept.number)
    (mine,) = letters(database, told, "delay")
    assert "ก.พ.ร." not in mine.text and not letters(database, told, "delay-copy")


async def test_the_seats_of_one_committee_are_late_together_and_told_once(
    effects: Tasks, kept: Application, ask: Act
) -> None:
    seats = [
        await effects.open(wanted.WantedTask(number=kept.number, at=NOON, stage="record", round=1, seat=seat))
        for seat in (1, 2, 3)
    ]
    for one in seats:
        late = end_of_day(one.due_on)
        await effects.remind(wanted.Reminder(number=kept.number, at=late, task=one.id, times=1))

    told = [one.what for one in await ask(notices.of, kept.number)]
    assert (told.count("delay"), told.count("delay-copy")) == (1, 1)


async def test_who_leads_the_office_is_warned_once_while_there_is_time(
    database: Database, effects: Tasks, opened: wanted.OpenTask, kept: Application, ask: Act, boss: str
) -> None:
    assert opened.warn_at is not None and NOON < opened.warn_at < end_of_day(opened.due_on)
    warning = wanted.RunningOut(number=kept.number, at=opened.warn_at, task=opened.id)
    for again in (warning, warning):
        await effects.warn(again)

    told = letters(database, await ask(notices.of, kept.number), "due-soon")
    task: Task = await ask(tasks.get, opened.id)
    again = await effects.open(wanted.WantedTask(number=kept.number, at=NOON, stage="record", round=1))
    assert ([one.to for one in told], task.warned_at, again.warn_at) == ([boss], opened.warn_at, None)


async def test_once_the_day_has_passed_nobody_is_warned_of_it(
    effects: Tasks, opened: wanted.OpenTask, kept: Application, ask: Act, boss: str
) -> None:
    late = end_of_day(opened.due_on)
    await effects.warn(wanted.RunningOut(number=kept.number, at=late, task=opened.id))

    assert (await ask(tasks.get, opened.id)).warned_at is None
    assert not [one for one in await ask(notices.of, kept.number) if one.what == "due-soon"]


@pytest.mark.parametrize("what", ["delay", "delay-copy", "delay-ask", "due-soon", "case-delay"])
def test_a_notice_of_delay_names_only_what_it_is_given(what: str) -> None:
    task = Task(
        id="A:record:1", application="A", step="record:1", stage="record", kind="review", role="officer", agency="lao",
        office="lao", asks_th="", asks_en="", opened_at=NOON, due_on=SINCE, conditions=[], items=[], report={},
    )  # fmt: skip
    about: Any = Application(number="A", licence="lao-ecommerce-register", due_on=SINCE)
    title = catalogue.load().procedure("lao-ecommerce-register", "new", NOON.date()).title
    said = delays.Late(about, task, title, 1, datetime.fromisoformat("2026-11-20T00:00:00+07:00"), "").said("th")

    known = {*said, "copied", "number", "title", "url", "task_url", "office_url", "act"}
    words = texts()[what]
    assert {name for part in words.values() for text in part.values() for name in re.findall(r"{(\w+)}", text)} <= known


async def test_when_the_whole_decision_is_late_its_notices_go_on_whatever_stage_it_is_at(
    database: Database, effects: Tasks, kept: Application, write: Act, ask: Act
) -> None:
    """The stage is in time, and the manual's days for the whole are over: one notice a week for all that is open."""
    over = NOON.date() - timedelta(days=9)
    await write(applications.move_days, kept.number, due_on=over)
    opened = [
        await effects.open(wanted.WantedTask(number=kept.number, at=NOON, stage="record", round=nth)) for nth in (1, 2)
    ]
    due = over + timedelta(days=14)
    for one in opened:
        await write(tasks.move_due, one.id, due + timedelta(days=30))
        early = wanted.Reminder(number=kept.number, at=end_of_day(due) - timedelta(hours=1), task=one.id, times=1)
        assert await effects.remind(early) == wanted.LastDay(on=due)
        await effects.remind(early.model_copy(update={"at": end_of_day(due)}))

    told = await ask(notices.of, kept.number)
    (mine,), (copy,) = letters(database, told, "delay"), letters(database, told, "delay-copy")
    assert all("การพิจารณาทั้งเรื่อง" in one.text and long_date(over) in one.text for one in (mine, copy))
    assert [one.tag for one in await ask(history.of, kept.number)].count("application:due:passed") == 2


async def test_days_with_the_applicant_do_not_count_for_the_whole_decision(
    effects: Tasks, kept: Application, write: Act, ask: Act
) -> None:
    back = NOON + timedelta(days=12)  # eight office days later
    await write(applications.show, kept.number, "incomplete", waiting_for="answers", since=NOON)
    step = wanted.WantedTask(number=kept.number, at=back, stage="record", round=2)
    for again in (step, step):
        await effects.open(again)

    now = await ask(applications.get, kept.number)
    rules = await ask(applications.procedure, now)
    assert now.stopped_days == 8
    assert now.due_on == calendar.due_on(NOON.date(), rules.decision_days + 8, calendar.holidays())
    (moved,) = [one for one in await ask(history.of, kept.number) if one.tag == "application:due:moved"]
    assert (moved.said["days"], moved.said["waited_for"]) == (8, "answers")


@pytest.mark.parametrize("decided", [True, False])
async def test_a_bill_after_the_decision_is_the_letter_that_tells_it(
    database: Database, effects: Tasks, opened: wanted.OpenTask, kept: Application, ask: Act, decided: bool
) -> None:
    if decided:
        granted = Decision(task_id=opened.id, verdict=Verdict.APPROVE, officer="o-1")
        await effects.close(wanted.ClosedTask(number=kept.number, at=NOON, decision=granted))
    billing = Billing(database, "099400000000001", local=True)
    await billing.raise_bill(wanted.WantedBill(number=kept.number, at=NOON, due=Due.BEFORE_ISSUE))

    (mail,) = letters(database, await ask(notices.of, kept.number), "bill")
    now = await ask(applications.get, kept.number)
    assert mail.text.startswith("คำขอได้รับการพิจารณาอนุญาตแล้ว") is decided
    assert await ask(results.told_in_time, now) == ((NOON if decided else None), None)
