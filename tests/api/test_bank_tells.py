"""The bank tells twice, late, early, never, wrongly, or signs badly, or does not answer: the money is booked once.

On the whole system: the bank's own process tells our door, our workers ask the bank.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from driving import Driver

from activities.billing import Billing
from control.money_sweeps import MoneySweeps
from exchange.bank import Bank
from local import System
from records.tables import Bill

LICENCE = "lao-ecommerce-register"


@pytest.fixture
async def driver(system: System) -> AsyncIterator[Driver]:
    async with Driver.open(system) as driver:
        yield driver
        await asyncio.to_thread(driver.offices.mend)


@contextlib.asynccontextmanager
async def money_sweeps(driver: Driver) -> AsyncIterator[MoneySweeps]:
    """The money's rounds, to call one by one without their pauses."""
    known = driver.settings
    bank = Bank(known.bank_url, known.bank_key, known.bank_secret, known.biller_id)
    yield MoneySweeps(driver.database, driver.client, bank, Billing(driver.database, known.biller_id, local=True))
    await bank.close()


async def to_pay(driver: Driver) -> tuple[str, Bill]:
    number = await driver.filed(LICENCE)
    await driver.decide(number)
    return number, await driver.bill(number)


async def paid(driver: Driver, bill: Bill, **fault: Any) -> str:
    """Somebody pays while the bank does that wrong; the bank's number of the transfer."""
    if fault:
        await asyncio.to_thread(driver.offices.fault, "bank", **fault)
    made = await asyncio.to_thread(driver.offices.pay, bill.qr)
    return str(made[0]["transactionId"])


async def issued_once(driver: Driver, number: str) -> None:
    assert (await driver.over(number)).status == "issued"
    made = await driver.made(number, mailed=False)
    assert (made.payments, made.receipts, made.postings) == (("full",), 1, 1)


async def told(driver: Driver, name: str) -> dict[str, Any]:
    """What the bank says of its telling, once it has stopped."""

    async def ended() -> dict[str, Any] | None:
        rows = await asyncio.to_thread(driver.offices.get, "bank", "/notifications")
        mine = [one for one in rows["notifications"] if one["transactionId"] == name]
        over = [one for one in mine if one["acknowledged"] or len(one["answers"]) == 4]
        return over[0] if over else None

    found = await driver.until(ended)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "fault", [{"double": True}, {"late_s": 1}, {"wrong_amount": 1}], ids=["twice", "late", "a wrong amount"]
)
async def test_however_the_bank_tells_the_money_is_booked_once(driver: Driver, fault: dict[str, Any]) -> None:
    number, bill = await to_pay(driver)

    await paid(driver, bill, **fault)

    await issued_once(driver, number)


@dataclass(frozen=True)
class Silent:
    """A payment of which we did not hear in the right way."""

    number: str
    name: str
    finding: str
    status: str  # of the application, while the statement was not read


@pytest.fixture(scope="module")
async def silent(system: System) -> AsyncIterator[dict[str, Silent]]:
    """Three at once, then one look at the bank's statement: told too early, never, and with a bad signature."""
    faults: dict[str, dict[str, Any]] = {
        "early": {"early": True, "early_s": 600},
        "never": {"never": True},
        "bad": {"signature": "bad", "retry_s": 0.05},
    }
    async with Driver.open(system) as driver:
        cases = {what: await to_pay(driver) for what in faults}
        found = {what: await _silent(driver, *cases[what], **fault) for what, fault in faults.items()}
        await asyncio.to_thread(driver.offices.mend)
        async with money_sweeps(driver) as sweeps:
            assert await sweeps.read_statement() >= len(found)
        yield found


async def _silent(driver: Driver, number: str, bill: Bill, **fault: Any) -> Silent:
    name = await paid(driver, bill, **fault)
    if "early" in fault:
        await driver.until(lambda: driver.finding(name))
    if "signature" in fault:
        await told(driver, name)
    return Silent(number, name, await driver.finding(name), (await driver.application(number)).status)


async def test_what_is_never_told_is_found_in_the_statement(driver: Driver, silent: dict[str, Silent]) -> None:
    assert (silent["never"].finding, silent["never"].status) == ("", "to-pay")
    await issued_once(driver, silent["never"].number)


async def test_told_before_the_inquiry_shows_it_is_waited_for(driver: Driver, silent: dict[str, Silent]) -> None:
    assert (silent["early"].finding, silent["early"].status) == ("not-at-bank", "to-pay")
    await issued_once(driver, silent["early"].number)


async def test_a_bad_signature_is_answered_clearly_and_believed_by_nobody(
    driver: Driver, silent: dict[str, Silent]
) -> None:
    name = silent["bad"].name

    assert await told(driver, name) == {"transactionId": name, "answers": ["HTTP 401"] * 4, "acknowledged": False}
    assert (silent["bad"].finding, silent["bad"].status) == ("", "to-pay")
    await issued_once(driver, silent["bad"].number)


async def test_no_signature_says_what_is_missing(system: System) -> None:
    async with httpx.AsyncClient(base_url=system.addresses["web"]) as http:
        answer = await http.post("/api/v1/bank/notifications", json={"transactionId": "T"})

    assert (answer.status_code, answer.json()["resCode"]) == (401, "02")
    assert "x-signature" in answer.json()["resDesc"]


@pytest.mark.parametrize("fault", [{"slow_s": 6}, {"gone": True}], ids=["slow", "silent"])
async def test_while_the_bank_does_not_answer_people_see_whom_we_wait_for(
    driver: Driver, fault: dict[str, Any]
) -> None:
    number, bill = await to_pay(driver)

    await paid(driver, bill, **fault)
    await driver.standing(number, "checking", "bank")
    await asyncio.to_thread(driver.offices.mend)

    await issued_once(driver, number)
