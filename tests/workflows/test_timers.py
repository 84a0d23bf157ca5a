"""Months in seconds: the real workers over the real database, on an engine whose clock can be moved."""

import itertools
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import acting
import pytest
from driving import Driver, Made, settings_of, words, workers
from temporalio.testing import WorkflowEnvironment

from control.recounting import count_anew
from licences import acts, places
from licences.applications import Decision, Finding, Item, Verdict
from licences.calendar import BANGKOK, end_of_day
from licences.errors import NotAllowed
from local import System
from records import holidays
from records.holidays import Announcement
from signing.trust import Trust
from signing.verify import verify
from workflows.messages import StartClock, StopClock, converter

LICENCE, INSPECTED = "lao-ecommerce-register", "lao-food-sale-large"
ITEM = Item(field="premises", wrong="ไม่มีเลขที่", wanted="ระบุเลขที่ให้ครบ")
DYNAMIC = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"10ms"',  # else each timer takes a second of ours
    "limit.historyCount.suggestContinueAsNew": "25",  # else it takes years of reminders
}


@dataclass(frozen=True)
class Clock:
    """Somebody who drives, and the hand on the clock of each journey."""

    driver: Driver
    engine: WorkflowEnvironment

    async def filed(self, licence: str = LICENCE) -> str:
        """An application whose journey's time runs as ours does, until it is moved."""
        number = await self.driver.filed(licence, started=False)
        with self.engine.with_time_skipping_disabled():
            await self.driver.begin(number)
        return number

    async def opened(self, act: acts.Kind, licence: str = "", *, about: str = "") -> str:
        """A case whose story's time runs as ours does, until it is moved."""
        number = await acting.opened(self.driver, act, licence, about=about, started=False)
        with self.engine.with_time_skipping_disabled():
            await acting.begin(self.driver, number)
        return number

    async def made(self, number: str) -> Made:
        """What came of it. The postman's clock is ours: what was written in weeks to come is sent now."""
        await self.driver.hurry_the_mail(number)
        return await self.driver.made(number)

    async def later(self, number: str, **by: float) -> None:
        """So much time passes for one journey; what falls due on the way happens."""
        await self.engine.fast_forward(self.driver.client.get_workflow_handle(number), timedelta(**by))


@pytest.fixture(scope="module")
async def clock(infrastructure: System, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Clock]:
    """A second engine beside the first, with workers of its own, on the same records."""
    named = [word for key, value in DYNAMIC.items() for word in ("--dynamic-config-value", f"{key}={value}")]
    async with await WorkflowEnvironment.start_time_skipping_v2(
        data_converter=converter(settings_of(infrastructure).codec_key),
        dev_server_existing_path=shutil.which("temporal", path=str(Path(sys.executable).parent)),
        dev_server_extra_args=named,
        dev_server_log_level="error",
    ) as engine:
        address = engine.client.service_client.config.target_host
        with workers(infrastructure, tmp_path_factory.mktemp("later"), temporal_address=address):
            async with Driver.open(infrastructure, engine.client, temporal_address=address) as driver:
                yield Clock(driver, engine)


async def test_from_the_due_day_on_the_applicant_is_told_every_week_until_an_officer_decides(clock: Clock) -> None:
    driver, number = clock.driver, await clock.filed()
    await driver.person("supervisor-lao")  # somebody to be warned, and to be asked why
    task = await driver.task(number)
    days = (end_of_day(task.due_on) - task.opened_at) / timedelta(days=1)

    await clock.later(number, days=days - 0.1)
    before = await driver.task(number)
    await clock.later(number, days=15.1)
    reminded = await driver.until(lambda: driver.reminded(number, 3))
    assert reminded
    await driver.decide(number)

    assert (before.reminded, reminded.reminded) == (0, 3)
    said = await driver.happened(number)
    (near,) = [one for one in said if one.tag == "task:due:near"]
    assert before.warned_at == near.at and before.warn_on == near.at.astimezone(BANGKOK).date() <= before.due_on
    late = [one for one in said if one.tag == "task:due:passed"]
    assert [one.said["times"] for one in late] == [1, 2, 3]
    gaps = [later.at - earlier.at for earlier, later in itertools.pairwise(late)]
    assert all(abs(gap - timedelta(days=7)) < timedelta(hours=1) for gap in gaps)
    assert (await driver.walked(number)).status == "issued"
    told = (await clock.made(number)).notices
    assert (told["delay"], told["delay-copy"]) == (3, 3)  # the applicant, and each time OPDC
    assert (told["due-soon"], told["delay-ask"]) == (1, 3)  # whoever leads the office, while nobody holds it
    runs = [run async for run in driver.client.list_workflows(f'WorkflowId="{number}"')]
    assert len(runs) > 1  # its history grew too long, and went on in a new one


async def test_an_application_that_is_not_completed_in_time_is_returned_with_a_sealed_letter(clock: Clock) -> None:
    driver, number = clock.driver, await clock.filed()
    await driver.decide(number, Verdict.ASK, reason="ที่อยู่ไม่ครบ", items=(ITEM,))
    asked = await driver.standing(number, "incomplete", "answers")
    assert asked.waiting_until is not None
    days = (asked.waiting_until - datetime.now(asked.waiting_until.tzinfo)) / timedelta(days=1)

    await clock.later(number, days=days - 0.1)
    still = await driver.application(number)
    await clock.later(number, days=1)

    assert still.status == "incomplete"
    assert (await driver.over(number)).status == "returned"
    letter = await driver.document(number, "returned")
    said = words(letter)
    assert (await verify(letter, Trust.load(Path(driver.settings.trust_dir)))).indication == "TOTAL-PASSED"
    assert ITEM.wanted in said
    assert "You may appeal against this order" in said
    made = await clock.made(number)
    assert (made.numbers, made.entries, made.notices["returned"]) == (0, (), 1)

    # A return may be appealed against (LFA s.9): who asked hears it first, and the application is considered after all.
    appeal = await clock.opened(acts.Kind.APPEAL, about=number)
    hears = await driver.task(appeal)
    await acting.decide(driver, appeal)
    assert (await driver.over(appeal)).status == "done"
    task = await driver.task(number)
    assert (hears.stage, hears.assignee, task.step) == ("decider", "officer-of-record", "record:2")
    assert (await driver.application(number)).status == "in-review"
    assert (await driver.walked(number)).status == "issued"


async def test_an_applicant_who_answers_in_time_goes_on(clock: Clock) -> None:
    driver, number = clock.driver, await clock.filed()
    await driver.decide(number, Verdict.ASK, reason="ที่อยู่ไม่ครบ", items=(ITEM,))
    await driver.standing(number, "incomplete", "answers")

    await clock.later(number, days=10)
    await driver.answer(number, registered_name="ร้านใหม่")
    task = await driver.task(number)

    assert task.step == "record:2"
    assert (await driver.walked(number)).status == "issued"


async def test_premises_that_nobody_says_are_put_right_are_seen_again_after_the_day(clock: Clock) -> None:
    driver, number = clock.driver, await clock.filed(INSPECTED)
    await driver.decide(number, stage="completeness")
    first = await driver.task(number, "inspection")
    day = datetime.now(BANGKOK).date() + timedelta(days=40)
    found = Decision(
        task_id=first.id, verdict=Verdict.FIX, officer="inspector", reason="แก้ไขได้", fix_by=day,
        report=(Finding(item="ทางหนีไฟ", result="fail", note="มีลังขวาง"),),
    )  # fmt: skip
    await driver.say(number, "decide", found, key=f"fix:{number}")
    told = await driver.standing(number, "incomplete", "fixes")
    days = (end_of_day(day) - datetime.now(BANGKOK)) / timedelta(days=1)

    await clock.later(number, days=days - 0.1)
    before = await driver.application(number)
    await clock.later(number, days=0.2)
    again = await driver.task(number, "inspection")

    assert told.waiting_until == end_of_day(day)
    assert (before.status, before.waiting_for) == ("incomplete", "fixes")
    assert (again.step, again.closed_at, again.opened_at.astimezone(BANGKOK).date()) == (
        "inspection:2", None, day + timedelta(days=1),
    )  # fmt: skip
    assert again.due_on > again.opened_at.date()  # its days begin anew: nobody was late while they were put right
    seen = await driver.application(number)
    assert (seen.status, seen.waiting_for) == ("in-review", "stage:inspection")
    notices = (await clock.made(number)).notices
    assert notices["to-fix"] == 1 and not {"delay", "delay-ask", "due-soon"} & notices.keys()


async def test_holidays_announced_while_it_runs_move_the_days_that_it_waits_for(clock: Clock) -> None:
    driver, number = clock.driver, await clock.filed()
    task = await driver.task(number)

    where = places.province_of((await driver.application(number)).office)
    last = await announced(clock, where, task.due_on)
    await clock.later(number, days=(end_of_day(task.due_on) - datetime.now(BANGKOK)) / timedelta(days=1) + 0.2)
    moved = await driver.task(number)
    await driver.decide(number, Verdict.ASK, reason="ที่อยู่ไม่ครบ", items=(ITEM,))
    asked = await driver.standing(number, "incomplete", "answers")
    assert asked.waiting_since is not None and asked.waiting_until is not None
    answer_by = asked.waiting_until.astimezone(BANGKOK).date() - timedelta(days=1)
    await announced(clock, where, answer_by)
    told = (asked.waiting_until - asked.waiting_since) / timedelta(days=1)
    await clock.later(number, days=told + 0.2)  # past the day that was told, by which it would have been returned
    still = await driver.application(number)
    await announced(clock, where, last, answer_by, closed=False)

    assert (moved.reminded, moved.due_on > task.due_on) == (0, True)
    assert (still.status, still.waiting_for) == ("incomplete", "answers")
    assert still.waiting_until is not None and still.waiting_until > asked.waiting_until
    await clock.later(number, days=10)
    assert (await driver.over(number)).status == "returned"


async def test_a_clock_that_is_stopped_makes_nobody_late_for_months_and_then_goes_on(clock: Clock) -> None:
    driver = clock.driver
    number = await clock.filed("bma-building-large")
    task = await driver.task(number)
    stop = StopClock(officer="o-1", provision="eia", reason="รอรายงาน EIA")
    await driver.say(number, "stop_clock", stop, key=f"stop:{number}")

    await clock.later(number, days=200)
    with pytest.raises(NotAllowed, match="clock of this application stands still"):
        await driver.decide(number)
    still = await driver.task(number)
    await driver.say(number, "start_clock", StartClock(officer="o-1", reason="ผลออกแล้ว"), key=f"start:{number}")
    goes_on = await driver.task(number)
    await clock.later(number, days=60)
    late = await driver.until(lambda: driver.reminded(number, 1))

    assert (still.id, still.reminded, still.warned_at) == (task.id, 0, None)
    assert (goes_on.due_on - task.due_on).days > 190 and late and late.reminded
    tags = {one.tag for one in await driver.happened(number)}
    assert {"application:clock:stopped", "application:clock:started", "task:due:passed"} <= tags


async def announced(clock: Clock, province: str, *days: date, closed: bool = True) -> date:
    """Offices of the province are closed on these days (or open after all), and open periods are counted anew."""
    said = Announcement(days, (f"province:{province}",), "วันหยุดพิเศษ", "Special", date(2026, 11, 20), "มติ ครม.", closed)
    now = datetime.now(BANGKOK)
    async with clock.driver.database.transaction() as session:
        version = await holidays.announce(session, said, "op", now)
    async with clock.driver.database.reading() as session:
        kept = next(one for one in await holidays.every(session) if one.version == version)
    await count_anew(clock.driver.database, clock.driver.client, kept, now)
    return days[0]


async def test_a_bill_waits_for_months_and_is_still_paid(clock: Clock) -> None:
    driver, number = clock.driver, await clock.filed()
    await driver.decide(number)
    await driver.bill(number)

    await clock.later(number, days=90)
    still = await driver.bill(number)
    await driver.pay(number)

    assert still.status == "open"
    assert (await driver.over(number)).status == "issued"
    assert (await clock.made(number)).payments == ("full",)


# --- cases ---


async def test_a_holder_who_says_nothing_is_decided_about_after_his_days(clock: Clock) -> None:
    driver = clock.driver
    case = await clock.opened(acts.Kind.REVOCATION, await driver.granted(LICENCE))
    hearing = await acting.standing(driver, case, "hearing")
    assert hearing.waiting_until is not None
    days = (hearing.waiting_until - datetime.now(hearing.waiting_until.tzinfo)) / timedelta(days=1)

    await clock.later(case, days=days - 0.1)
    still = await acting.case_of(driver, case)
    await clock.later(case, days=0.2)
    await driver.task(case)

    assert (days > 14, still.status) == (True, "hearing")
    assert (await acting.walked(driver, case)).status == "done"


async def test_an_appeal_that_nobody_looks_at_for_months_is_reminded_of_every_week_and_still_decided(
    clock: Clock,
) -> None:
    driver, number = clock.driver, await clock.filed()
    await driver.decide(number, "refuse", officer="who-refused", reason="นอกเขต")
    await driver.over(number)
    case = await clock.opened(acts.Kind.APPEAL, about=number)
    first = await driver.task(case, "decider")

    await clock.later(case, days=30.5 + 7 * 8)
    late = await driver.task(case, "decider")
    await acting.decide(driver, case, "refuse", officer="who-refused")
    second = await driver.task(case, "authority")
    await acting.extend(driver, case)
    await clock.later(case, days=45)
    extended = await driver.task(case, "authority")
    await acting.decide(driver, case, "refuse", officer="authority")

    assert late.reminded >= 8
    assert (second.due_on - first.due_on).days >= 8 * 7  # its own thirty days, from the day the report came
    assert (extended.reminded, (extended.due_on - second.due_on).days) == (0, 30)
    assert (await driver.over(case)).status == "refused"
