"""Money that came twice goes back: the payment, the two who agree, the bank and the letter, on the real engine."""

import asyncio

import pytest
from driving import Driver

from api.engine import JourneyRefused
from exchange.bank import Bank
from records import refunds
from records.tables import Refund
from workflows.messages import Approval, refund_story

LICENCE = "lao-ecommerce-register"
TWO_PERSONS = 600_000


async def standing(driver: Driver, refund: str, status: str) -> Refund:
    """The refund, when it stands there."""

    async def there() -> Refund | None:
        async with driver.database.reading() as session:
            kept = await refunds.get(session, refund)
        return kept if kept.status == status else None

    found = await driver.until(there)
    assert found is not None
    return found


async def test_two_persons_give_back_what_came_too_much_and_a_refused_transfer_comes_back_to_them(
    driver: Driver,
) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number)
    bill = await driver.bill(number)
    (paid,) = await asyncio.to_thread(driver.offices.pay, bill.qr, satang=bill.satang + TWO_PERSONS, notify="")
    await driver.tell(bill.ref1, bill.satang + TWO_PERSONS, paid["transactionId"])
    assert (await driver.over(number)).status == "issued"
    refund = f"{paid['transactionId']}-over"
    owed = await standing(driver, refund, "waiting")
    assert (owed.satang, owed.persons_needed, owed.application) == (TWO_PERSONS, 2, number)

    async def agree(person: str, turn: int) -> None:
        await driver.say(refund_story(refund), "approve", Approval(by=person), key=f"{person}:{turn}")

    async def begun() -> bool:
        async with driver.database.reading() as session:
            return (await refunds.get(session, refund)).begun_at is not None

    await driver.until(begun)
    await agree("operator", 1)
    with pytest.raises(JourneyRefused) as refused:
        await agree("operator", 2)
    assert refused.value.name == "agreed-already"
    assert (await standing(driver, refund, "waiting")).approved_by == ["operator"]

    driver.offices.fault("bank", refuse=True)
    await agree("operator-2", 1)
    assert "Refund is not possible" in (await standing(driver, refund, "failed")).says
    await asyncio.to_thread(driver.offices.mend)

    await agree("operator", 3)
    await agree("operator-2", 3)
    await standing(driver, refund, "paid")
    bank = Bank(
        driver.offices.url("bank"), driver.settings.bank_key, driver.settings.bank_secret, driver.settings.biller_id
    )
    try:
        back = [one for one in await bank.given_back(owed.owed_at.date()) if one.ref1 == bill.ref1]
    finally:
        await bank.close()
    assert [one.satang for one in back] == [TWO_PERSONS]
    assert (await driver.made(number)).notices["given-back"] == 1
