"""What an application comes to while another office, the keys, the store or the engine itself is away."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from driving import Driver, some_company

from api.engine import JourneyRefused
from local import System
from signing.authority import silence
from workflows.messages import TakeOver

LICENCE = "lao-ecommerce-register"


@pytest.fixture(autouse=True)
async def mended(driver: Driver, infrastructure: System) -> AsyncIterator[None]:
    """Whatever a test broke is whole again afterwards."""
    yield
    await asyncio.to_thread(driver.offices.mend)
    silence(infrastructure.folder / "authority")


async def test_an_application_is_received_though_the_company_register_is_down_and_goes_on_when_it_is_back(
    driver: Driver,
) -> None:
    driver.offices.fault("dbd", gone=True)

    number = await driver.filed(LICENCE, company=some_company())
    waiting = await driver.standing(number, "checking", "company-register")
    driver.offices.mend()
    task = await driver.task(number)

    assert waiting.waiting_since is not None
    assert "application:wait:begin" in [action.tag for action in await driver.happened(number)]
    assert task.stage == "representation"
    assert (await driver.walked(number)).status == "issued"


async def test_an_officer_may_go_on_without_the_company_register_and_says_why(driver: Driver) -> None:
    driver.offices.fault("dbd", gone=True)
    number = await driver.filed(LICENCE, company=some_company())
    await driver.standing(number, "checking", "company-register")

    reason = "ตรวจหนังสือรับรองฉบับจริงแล้ว"
    await driver.say(number, "take_over", TakeOver(officer="officer-7", reason=reason), key="take-over")
    task = await driver.task(number)

    assert task.stage == "record"
    taken = next(action for action in await driver.happened(number) if action.tag == "application:wait:take-over")
    assert (taken.by, taken.said) == ("officer-7", {"reason": reason})
    assert (await driver.walked(number)).status == "issued"


async def test_nobody_takes_over_where_no_office_is_waited_for(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    await driver.task(number)

    with pytest.raises(JourneyRefused) as refused:
        await driver.say(number, "take_over", TakeOver(officer="officer-7", reason="why"), key="take-over")

    assert refused.value.name == "nothing-asked"


async def test_an_applicant_may_withdraw_while_the_company_register_is_down(driver: Driver) -> None:
    driver.offices.fault("dbd", gone=True)
    number = await driver.filed(LICENCE, company=some_company())
    await driver.standing(number, "checking", "company-register")

    await driver.withdraw(number)

    assert (await driver.over(number)).status == "withdrawn"


async def test_a_bill_stays_open_while_the_bank_does_not_answer_and_is_settled_when_it_does(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number)
    await driver.bill(number)
    driver.offices.fault("bank", gone=True)

    bill = await driver.pay(number)
    await driver.standing(number, "checking", "bank")
    still = await driver.bill(number)
    driver.offices.mend()

    assert still.ref1 == bill.ref1
    assert (await driver.over(number)).status == "issued"
    assert (await driver.made(number)).payments == ("full",)


async def test_a_notification_that_comes_before_the_money_is_seen_is_not_believed_and_not_forgotten(
    driver: Driver,
) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number)
    bill = await driver.bill(number)

    await driver.tell(bill.ref1, bill.satang, "not-there-yet")
    await driver.until(lambda: driver.finding("not-there-yet"))
    still = await driver.bill(number)
    await driver.pay(number)

    assert still.status == "open"
    assert (await driver.over(number)).status == "issued"


async def tries_to_seal(driver: Driver, number: str) -> int:
    """How often the seal was tried in vain, as the engine tells operators; 0: it is not being tried."""
    told = await driver.client.get_workflow_handle(number).describe()
    tried = [one for one in told.raw_description.pending_activities if one.activity_type.name == "seal_paper"]
    failed = [one for one in tried if '"SealUnavailable"' in str(one.last_failure)]  # a long one is told as a cause
    return failed[0].attempt if failed else 0


async def tried_again(driver: Driver, number: str, before: int) -> bool:
    """Whether the seal was tried in vain once more."""
    return await tries_to_seal(driver, number) > before


async def test_while_time_stamps_or_answers_about_certificates_are_away_issuing_waits_and_nothing_is_entered(
    driver: Driver, infrastructure: System
) -> None:
    number = await driver.filed(LICENCE)
    await driver.document(number, "acknowledgement")
    await driver.decide(number)
    await asyncio.to_thread(infrastructure.kill, "authority")

    await driver.pay(number)
    waiting = await driver.standing(number, "issuing", "issue")
    drawn = await driver.until(lambda: driver.drawn(number))
    assert drawn
    with pytest.raises(JourneyRefused) as refused:
        await driver.withdraw(number)
    assert (waiting.ended_at, refused.value.name) == (None, "too-late")

    # Time stamps are back, and lists of the revoked; what says that this certificate is good is not.
    silence(infrastructure.folder / "authority", "ocsp")
    await asyncio.to_thread(infrastructure.restart, "authority")
    before = await tries_to_seal(driver, number)
    await driver.until(lambda: tried_again(driver, number, before))
    assert (drawn.sealed_key, await driver.entries((await driver.reserved(number)).number)) == ("", ())
    silence(infrastructure.folder / "authority")

    assert (await driver.over(number)).status == "issued"
    assert (await driver.made(number)).documents == {"acknowledgement": 1, "licence": 1}


async def test_while_the_store_is_down_issuing_waits_and_then_finishes(driver: Driver, infrastructure: System) -> None:
    number = await driver.filed(LICENCE)
    await driver.document(number, "acknowledgement")
    await driver.decide(number)
    await asyncio.to_thread(infrastructure.kill, "store")

    await driver.pay(number)
    waiting = await driver.standing(number, "issuing", "issue")
    await asyncio.to_thread(infrastructure.restart, "store")

    assert waiting.ended_at is None
    assert (await driver.over(number)).status == "issued"
    assert (await driver.made(number)).documents == {"acknowledgement": 1, "licence": 1}


@pytest.mark.parametrize("part", ["temporal", "postgres"])
@pytest.mark.parametrize("moment", ["waiting", "issuing"])
async def test_a_journey_outlives_the_engine_and_the_database(
    driver: Driver, infrastructure: System, part: str, moment: str
) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number)
    await driver.bill(number)

    if moment == "waiting":
        await _power_failure(driver, infrastructure, part)
    await driver.pay(number)
    if moment == "issuing":
        await _power_failure(driver, infrastructure, part)

    ended = await driver.until(lambda: driver.ended(number))
    assert ended and ended.status == "issued"
    made = await driver.made(number)
    assert (made.numbers, made.entries, made.payments, made.receipts) == (1, ("grant",), ("full",), 1)
    assert made.documents == {"acknowledgement": 1, "licence": 1}


async def _power_failure(driver: Driver, infrastructure: System, part: str) -> None:
    await asyncio.to_thread(infrastructure.kill, part)
    await asyncio.to_thread(infrastructure.restart, part)
    await driver.reconnected()


async def test_an_application_of_which_the_engine_never_heard_is_begun_by_the_sweep(driver: Driver) -> None:
    number = await driver.filed(LICENCE, started=False)

    assert (await driver.task(number)).stage == "record"
