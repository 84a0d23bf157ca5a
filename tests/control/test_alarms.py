"""Operators are told of a cause once, by mail and in the figures; a short write that fails is seen though the engine
is silent about it."""

import asyncio
import time
from typing import Any

from driving import Driver
from operating import LICENCE, Begin, Command, Release, cause_of, causes
from sqlalchemy import select

from activities.billing import Billing
from activities.notices import Postman
from api import stuck_figures
from control.alarms import Alarms
from licences.fees import Quote
from records.rows import table_of
from records.tables import Notice

OPERATORS = "operators@bizportal.example"


async def letters(driver: Driver, cause: str) -> list[Notice]:
    """What the operators were written about one cause."""
    table = table_of(Notice)
    async with driver.database.reading() as session:
        rows = await session.execute(select(table).where(table.c.key.startswith(f"cause:{cause}:")))
        return [Notice(**row) for row in rows.mappings()]


async def test_operators_are_told_of_a_cause_once_by_mail_and_in_the_figures(driver: Driver, release: Release) -> None:
    rounds = Alarms(driver.database, driver.client, (OPERATORS,))
    first, again = await rounds.look(), await rounds.look()
    unserved = next(one for one in first if one.kind == "queue" and one.waits_for == "sealing")

    (letter,) = await letters(driver, unserved.id)
    told = driver.settings
    where = (told.smtp_host, told.smtp_port, told.mail_from, told.public_url)
    mail = Postman(driver.database, *where, driver.files).letter(letter)
    figures = (await stuck_figures.of(driver.database)).decode()

    assert unserved.id not in {one.id for one in again}
    assert mail.to == OPERATORS and "no worker serves the queue sealing" in mail.text
    assert "ไม่มีกระบวนการใดรับงานคิว sealing" in mail.text and "/operations" in mail.text
    assert f'bizportal_stuck_cases{{agency="",cause="{unserved.id}"' in figures
    assert "bizportal_stuck_known 1.0" in figures


async def test_a_short_write_that_fails_is_named_with_its_step(
    driver: Driver, release: Release, begin: Begin, bizportal: Command, monkeypatch: Any
) -> None:
    async def broken(*_: Any) -> Quote:
        raise ZeroDivisionError("a fault planted in the reckoning")

    number = await driver.filed(LICENCE, started=False)
    with monkeypatch.context() as planted:
        planted.setattr(Billing, "quote", broken)
        async with release():
            await begin(number)
            await driver.decide(number)

            async def told() -> dict[str, Any] | None:
                return cause_of(number, await asyncio.to_thread(causes, bizportal), "step")

            found = await driver.until(told, 60)
            tried = await asyncio.to_thread(bizportal, "retry", number, "--reason", "ลองอีกครั้ง", "--wait", "60")
            told_to_stop = time.monotonic()
        stopped = time.monotonic()

    assert stopped - told_to_stop < 30, "a write that fails does not hold up who is told to stop"
    assert found is not None
    assert (found["waits_for"], found["error"]) == ("raise_bill", "ZeroDivisionError")
    assert (tried.returncode, f"{number}  failed-again" in tried.stdout) == (1, True), tried.stdout + tried.stderr
    async with release():
        await driver.bill(number)  # the mended release goes on by itself
        assert cause_of(number, await asyncio.to_thread(causes, bizportal), "step") is None
