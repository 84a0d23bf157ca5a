"""The bank tells twice, late, early, never, wrongly, or signs badly, or does not answer: the money is booked once.

On the whole system: the bank's own process tells our door, our workers ask the bank.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
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


@pytest.fixture
async def statement_read(driver: Driver) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """The sweep that reads the bank's statement, without its ten minutes."""
    known = driver.settings
    bank = Bank(known.bank_url, known.bank_key, known.bank_secret, known.biller_id)
    billing = Billing(driver.database, known.biller_id, local=True)
    yield MoneySweeps(driver.database, driver.client, bank, billing).read_statement
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


async def test_what_is_never_told_is_found_in_the_statement(
    driver: Driver, statement_read: Callable[[], Awaitable[int]]
) -> None:
    number, bill = await to_pay(driver)
    await paid(driver, bill, never=True)

    assert await statement_read() >= 1

    await issued_once(driver, number)


async def test_told_before_the_inquiry_shows_it_is_waited_for(
    driver: Driver, statement_read: Callable[[], Awaitable[int]]
) -> None:
    number, bill = await to_pay(driver)
    name = await paid(driver, bill, early=True, early_s=600)
    assert await driver.until(lambda: driver.finding(name)) == "not-at-bank"
    assert (await driver.application(number)).status == "to-pay"

    await asyncio.to_thread(driver.offices.mend)
    await statement_read()

    await issued_once(driver, number)


async def test_a_bad_signature_is_answered_clearly_and_believed_by_nobody(
    driver: Driver, statement_read: Callable[[], Awaitable[int]]
) -> None:
    number, bill = await to_pay(driver)

    name = await paid(driver, bill, signature="bad", retry_s=0.05)

    assert await told(driver, name) == {"transactionId": name, "answers": ["HTTP 401"] * 4, "acknowledged": False}
    assert await driver.finding(name) == ""
    assert (await driver.application(number)).status == "to-pay"
    await statement_read()
    await issued_once(driver, number)


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
