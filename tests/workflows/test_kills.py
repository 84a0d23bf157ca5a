"""A worker is killed just before and just after every irreversible step: it comes back, and everything is there once.

Lanes run side by side, so that one worker's death meets other journeys too; each has its trap (`killing_worker.py`).
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from driving import Driver, Made, Workers

from records import history, ledger, register
from settings import Role

pytestmark = pytest.mark.timeout(900)

LICENCE = "lao-ecommerce-register"
WAITED = "application:wait:begin"
"""An office that does not answer within four seconds is waited for, and the history says so: not counted here."""
ONCE = Made(
    numbers=1,
    papers={"acknowledgement": 1, "licence": 1},
    documents={"acknowledgement": 1, "licence": 1},
    entries=("grant",),
    bills=1,
    payments=("full",),
    receipts=1,
    postings=1,
    notices={"received": 1, "bill": 1, "paid-full": 1, "receipt": 1, "issued": 1},
    mails=5,
    said={
        "application:submission:received": 1,
        "task:decision:approve": 1,
        "application:bill:raised": 1,
        "application:payment:full": 1,
        "application:end:issued": 1,
    },
)
STEPS = {
    Role.GENERAL: (
        "close_task commit 1",
        "raise_bill commit 1",
        "confirm_payment inquire 1",
        "confirm_payment commit 1",  # payment, postings, receipt, and their notices: one transaction
        "reserve_number commit 1",
        "enter_in_register commit 1",
        "send_receipt commit 1",
    ),
    Role.DRAWING: (
        "draw_up commit 1",  # its statement is wanted
        "draw_up commit 2",  # intended
        "draw_up draw 1",
        "draw_up put 1",
        "draw_up commit 3",  # drawn
        "draw_receipt commit 1",
        "draw_receipt draw 1",
        "draw_receipt put 1",
        "draw_receipt commit 2",
    ),
    Role.SEALING: (
        "acknowledge commit 1",
        "acknowledge draw 1",
        "acknowledge seal 1",
        "acknowledge put 1",
        "acknowledge commit 2",
        "sign_statement state 1",
        "sign_statement commit 1",
        "seal_paper seal 1",
        "seal_paper put 1",
        "seal_paper commit 1",
    ),
}
LANES = [[f"{step} {when}" for step in STEPS[role]] for role in STEPS for when in ("before", "after")]
POINTS = list(itertools.chain(*LANES))


@dataclass(frozen=True)
class Survived:
    """What one journey came to, though its worker died on the way."""

    sprung: bool
    status: str
    receipts: int  # sealed in the store
    made: Made


@pytest.fixture(scope="module")
async def survived(driver: Driver, crew: Workers) -> AsyncIterator[dict[str, asyncio.Future[Survived]]]:
    """By point of death, what became of its journey."""
    future = asyncio.get_running_loop().create_future
    ends = {point: future() for point in POINTS}
    running = [asyncio.create_task(_lane(driver, crew, lane, ends)) for lane in LANES]
    reviving = asyncio.create_task(crew.revive())
    yield ends
    for task in (*running, reviving):
        task.cancel()
    await asyncio.gather(*running, reviving, return_exceptions=True)


async def _lane(driver: Driver, crew: Workers, lane: Iterable[str], ends: dict[str, asyncio.Future[Survived]]) -> None:
    for point in lane:
        try:
            ends[point].set_result(await _survive(driver, crew, point))
        except Exception as failed:  # the test of that point tells
            ends[point].set_exception(failed)


async def _survive(driver: Driver, crew: Workers, point: str) -> Survived:
    number = await driver.filed(LICENCE, started=False)
    trap = crew.traps / number
    trap.write_text(point)
    await driver.begin(number)
    outcome = await driver.walked(number)
    receipt = await driver.receipt(number)
    await driver.hurry_the_mail(number)
    made = await driver.made(number)
    said = {tag: times for tag, times in made.said.items() if tag != WAITED}
    sealed = await driver.receipt_documents(receipt.number)
    return Survived(trap.with_suffix(".sprung").exists(), outcome.status, sealed, replace(made, said=said))


@pytest.mark.parametrize("point", POINTS)
async def test_a_worker_killed_there_leaves_everything_once(
    survived: dict[str, asyncio.Future[Survived]], point: str
) -> None:
    assert await survived[point] == Survived(True, "issued", 1, ONCE)


async def test_a_door_that_dies_between_hearing_of_money_and_telling_is_made_up_for(
    driver: Driver, crew: Workers
) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number)
    bill = await driver.pay(number, told=0)

    async with driver.database.transaction() as session:
        await ledger.hear(session, f"T-{number}", bill.ref1, bill.satang, {}, datetime.now(UTC))

    assert (await driver.over(number)).status == "issued"
    made = await driver.made(number, mailed=False)
    assert (made.payments, made.receipts, made.postings) == (("full",), 1, 1)


async def test_every_chain_holds_after_all_these_deaths(
    survived: dict[str, asyncio.Future[Survived]], driver: Driver, crew: Workers
) -> None:
    await asyncio.wait(survived.values())

    assert crew.deaths >= len(POINTS)
    async with driver.database.reading() as session:
        assert await ledger.check_chain(session) is None
        assert await register.check_chain(session) is None
        assert await history.check(session) is None
