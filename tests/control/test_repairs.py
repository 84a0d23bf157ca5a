"""Repairs as operators type them: in bulk with what fails again, held, handed over, corrected, moved, ended."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from driving import Driver, some_company
from operating import LICENCE, Begin, Command, Release, cause_of, causes, failing, typing, waits
from planted import Forgetful, HalfMended, Stumbling, still_falls
from sqlalchemy import update

from licences import catalogue
from licences.errors import NotAllowed
from local import System
from records import applications
from records.rows import table_of
from records.tables import Application

CASES = 60
NO_FILES = "cpd-coop-copy"
"""Its form asks for no file."""


async def test_many_are_repaired_in_bulk_and_those_that_fail_again_are_said_to(
    infrastructure: System, driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    numbers = {await driver.filed(LICENCE, started=False) for _ in range(CASES)}
    fall = {number for number in numbers if still_falls(number)}
    assert len(fall) == CASES / 6
    async with release(Stumbling):
        await asyncio.gather(*(begin(number) for number in numbers))

        async def all_named() -> dict[str, Any] | None:
            found = cause_of(min(numbers), await asyncio.to_thread(causes, bizportal), "code")
            return found if found and set(found["numbers"]) >= numbers else None

        cause = await driver.until(all_named)
    assert cause is not None and cause["count"] == CASES

    listed = await asyncio.to_thread(bizportal, "retry", "--cause", cause["id"], "--dry-run")
    words = ("retry", "--cause", cause["id"], "--reason", "แก้โปรแกรมแล้ว", "--at-most", "20", "--wait", "60")
    async with typing(infrastructure, *words) as done:
        assert done.stdout is not None
        frozen = (await done.stdout.readline()).decode()
        async with release(HalfMended):
            said = (await done.stdout.read()).decode()

    states = {line.split()[0]: line.split()[1] for line in said.splitlines() if line.startswith("APP-")}
    assert listed.stdout.startswith(f"{CASES} applications"), listed.stderr
    assert frozen.startswith(f"{CASES} applications")
    assert states == {number: "failed-again" if number in fall else "fixed" for number in numbers}, said
    assert f"{CASES - len(fall):6}  แก้แล้ว / fixed" in said
    assert f"{len(fall):6}  ยังผิดพลาด / failed again" in said
    assert done.returncode == 1


async def test_what_is_held_takes_no_word_until_it_goes_on(
    driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    number = await driver.filed(LICENCE, started=False)
    async with release():
        await begin(number)
        await driver.task(number)
        held = await asyncio.to_thread(bizportal, "suspend", number, "--reason", "ตรวจสอบข้อมูล")
        with pytest.raises(NotAllowed, match="held for a while"):
            await driver.decide(number)
        assert (await driver.application(number)).suspended_at is not None
        goes_on = await asyncio.to_thread(bizportal, "resume", number, "--reason", "ตรวจแล้ว")
        await driver.decide(number)

    assert held.returncode == goes_on.returncode == 0, held.stdout + held.stderr + goes_on.stdout
    assert tags(await driver.happened(number)) == ["suspend", "resume"]


async def test_a_wrong_answer_is_put_right_when_another_operator_agrees(
    driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    number = await driver.filed(NO_FILES, started=False)
    field, value = "coop_name", "สหกรณ์ที่แก้ชื่อแล้ว"
    async with release():
        await begin(number)
        await driver.bill(number)
        wanted = ("correct", number, "--field", field, "--value", value, "--reason", "สะกดผิด", "--by", "operator:one")
        asked = await asyncio.to_thread(bizportal, *wanted)
        repair = asked.stdout.split("bizportal agree ")[1].strip()
        alone = await asyncio.to_thread(bizportal, "agree", repair, "--by", "operator:one")
        before = (await driver.application(number)).answers
        agreed = await asyncio.to_thread(bizportal, "agree", repair, "--by", "operator:two")

    kept = await driver.application(number)
    assert before.get(field) != value
    assert alone.returncode == 2 and "another operator must" in alone.stderr
    assert agreed.returncode == 0, agreed.stdout + agreed.stderr
    assert kept.answers == before | {field: value}
    said = [one.said for one in await driver.happened(number) if one.tag == "application:repair:correct"]
    assert [(one["agreed"], one["reason"]) for one in said] == [("operator:two", "สะกดผิด")]
    assert value not in json.dumps([one.said for one in await driver.happened(number)], ensure_ascii=False)


async def test_a_case_is_handed_to_an_officer_while_the_register_is_silent(
    driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    driver.offices.fault("dbd", gone=True)
    number = await driver.filed(LICENCE, company=some_company(), started=False)
    async with release():
        await begin(number)
        await driver.until(lambda: waits(driver, number), 20)
        done = await asyncio.to_thread(bizportal, "hand", number, "--reason", "ทะเบียนล่ม")
        task = await driver.task(number, "representation")
        await driver.decide(number, stage="representation")
        await driver.task(number, "record")
        await asyncio.to_thread(driver.offices.mend)

    assert done.returncode == 0, done.stdout + done.stderr
    assert task.stage == "representation"


async def test_what_cannot_go_on_is_ended_and_its_money_is_owed_back(
    driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    number = await driver.filed(LICENCE, started=False)
    async with release(Forgetful):
        await begin(number)
        await driver.decide(number)
        await driver.pay(number)
        await driver.until(lambda: failing(driver, number), 20)
        dry = await asyncio.to_thread(bizportal, "end", number, "--dry-run")
        asked = await asyncio.to_thread(bizportal, "end", number, "--reason", "แก้ไม่ได้", "--by", "operator:one")
        repair = asked.stdout.split("bizportal agree ")[1].strip()
        agreed = await asyncio.to_thread(bizportal, "agree", repair, "--by", "operator:two")

    kept = await driver.application(number)
    assert "open bills are cancelled" in dry.stdout
    assert agreed.returncode == 0, agreed.stdout + agreed.stderr
    assert (kept.status, kept.ended_at is not None) == ("withdrawn", True)
    happened = [one.tag for one in await driver.happened(number)]
    assert happened.count("application:end:ended") == happened.count("application:repair:end") == 1


async def test_an_application_is_moved_to_todays_rules(
    driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    number = await driver.filed(LICENCE, started=False)
    today = catalogue.load().procedure(LICENCE, "new", datetime.now(UTC).date())
    older = today.model_copy(update={"version": "0" * 64, "decision_days": today.decision_days + 1})
    async with driver.database.transaction() as session:
        await applications.keep_definition(session, older, datetime.now(UTC))
        mine = update(table_of(Application)).where(table_of(Application).c.number == number)
        await session.execute(mine.values(version=older.version))
    async with release():
        await begin(number)
        await driver.task(number)
        asked = await asyncio.to_thread(bizportal, "move", number, "--reason", "กฎใหม่ดีกว่า", "--by", "operator:one")
        repair = asked.stdout.split("bizportal agree ")[1].strip()
        agreed = await asyncio.to_thread(bizportal, "agree", repair, "--by", "operator:two")

    assert agreed.returncode == 0, agreed.stdout + agreed.stderr
    assert (await driver.application(number)).version == today.version
    assert tags(await driver.happened(number)) == ["move"]


def tags(happened: Any) -> list[str]:
    """What repairs did, in order."""
    return [one.tag.removeprefix("application:repair:") for one in happened if one.tag.startswith("application:repair")]
