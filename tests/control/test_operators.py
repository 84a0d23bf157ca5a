"""What an operator sees and types when something stands still, on the real parts and on faulty releases of ours."""

import asyncio
from typing import Any

from driving import Driver, some_company
from operating import LICENCE, Begin, Command, Release, cause_of, causes, failing, waits
from planted import Forgetful


async def test_a_silent_company_register_is_named_with_its_error_and_the_next_try(
    driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    driver.offices.fault("dbd", gone=True)
    company = some_company()
    number = await driver.filed(LICENCE, company=company, started=False)

    async with release():
        await begin(number)
        await driver.until(lambda: waits(driver, number), 20)
        found = cause_of(number, await asyncio.to_thread(causes, bizportal), "office")
        text = await asyncio.to_thread(bizportal, "stuck", "--after", "0")
        await asyncio.to_thread(driver.offices.mend)

    assert found is not None
    assert (found["waits_for"], found["error"]) == ("company-register", "OfficeDown")
    assert "waiting for the company register since" in found["says"]["en"]
    assert "the last error was: " in found["says"]["en"] and "next try in" in found["says"]["en"]
    assert text.returncode == 1
    assert "รอทะเบียนนิติบุคคลตั้งแต่" in text.stdout and company not in text.stdout


async def test_a_queue_that_nobody_serves_is_named_with_what_waits_in_it(
    driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    number = await driver.filed(LICENCE, started=False)

    async with release():
        await begin(number)
        await driver.task(number)
        found = cause_of(number, await asyncio.to_thread(causes, bizportal), "queue")

    assert found is not None
    assert "no worker serves the queue sealing" in found["says"]["en"]


async def test_what_was_paid_and_does_not_move_for_a_fault_of_ours_is_named_once_and_by_the_fault(
    driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    number = await driver.filed(LICENCE, started=False)

    async with release(Forgetful):
        await begin(number)
        await driver.decide(number)
        await driver.pay(number)

        async def told() -> dict[str, Any] | None:
            return cause_of(number, await asyncio.to_thread(causes, bizportal), "code")

        found = await driver.until(told)

    assert found is not None and found["error"] == "KeyError"
    assert "stopped at a fault of our own code since" in found["says"]["en"]


async def test_a_fault_of_a_release_is_found_by_replay_and_its_mended_code_is_found_well(
    driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    number = await driver.filed(LICENCE, started=False)
    async with release():
        await begin(number)
        await driver.decide(number)
        await driver.bill(number)
        await driver.pay(number, told=0)
    await driver.client.get_workflow_handle(number).signal("paid", (await driver.bill(number)).ref1)

    bug = await asyncio.to_thread(bizportal, "replay", number, release="forgetful")
    ours = await asyncio.to_thread(bizportal, "replay", number)
    gate = await asyncio.to_thread(bizportal, "replay", "--open", release="hasty")

    assert bug.returncode == 1 and "today's code fails with KeyError" in bug.stdout, bug.stdout
    assert number in gate.stdout, gate.stdout
    assert ours.returncode == 0 and "it would go on" in ours.stdout, ours.stderr
    assert gate.returncode == 1 and "would not go on" in gate.stdout, gate.stderr


async def test_a_cause_is_retried_from_a_frozen_list_and_not_called_fixed_while_the_office_is_away(
    driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    driver.offices.fault("dbd", gone=True)
    number = await driver.filed(LICENCE, company=some_company(), started=False)

    async with release():
        await begin(number)
        await driver.until(lambda: waits(driver, number), 20)
        found = cause_of(number, await asyncio.to_thread(causes, bizportal), "office")
        assert found is not None
        listed = await asyncio.to_thread(bizportal, "retry", "--cause", found["id"], "--dry-run")
        silent = await asyncio.to_thread(bizportal, "retry", number)
        again = ("retry", "--cause", found["id"], "--reason", "ลองดู", "--wait", "8")
        early = await asyncio.to_thread(bizportal, *again)
        await asyncio.to_thread(driver.offices.mend)

    said = [(action.tag, action.said["reason"]) for action in await driver.happened(number) if "repair" in action.tag]
    assert listed.returncode == 0 and number in listed.stdout
    assert silent.returncode == 2 and "--reason" in silent.stderr
    assert early.returncode == 1 and "fixed" not in early.stdout, early.stdout
    assert said == [("application:repair:retry", "ลองดู")]


async def test_a_run_that_a_fault_stopped_is_set_back_on_mended_code_and_nothing_is_done_twice(
    driver: Driver, release: Release, begin: Begin, bizportal: Command
) -> None:
    number = await driver.filed(LICENCE, started=False)
    async with release(Forgetful):
        await begin(number)
        await driver.decide(number)
        await driver.pay(number)
        await driver.until(lambda: failing(driver, number), 20)

    async with release():
        done = await asyncio.to_thread(bizportal, "reset", number, "--to", "last-good", "--reason", "แก้โปรแกรมแล้ว")
        await driver.reserved(number)

    happened = [action.tag for action in await driver.happened(number)]
    assert done.returncode == 0 and "2 messages said after it are kept" in done.stdout, done.stdout + done.stderr
    assert happened.count("application:bill:raised") == 1
    assert await driver.paid(number) == ("full",)
    assert happened.count("application:repair:reset") == happened.count("application:repair:fixed") == 1
