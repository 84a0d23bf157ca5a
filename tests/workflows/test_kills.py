"""A worker is killed just before and just after every irreversible step: it comes back, and everything is there once.

Within one effect, just after one step is just before the next: that moment is tried once. Lanes run side by side, so
that one worker's death meets other journeys too; each has its trap (`killing_worker.py`). What came of a journey is
counted beside the lane, which goes on.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from driving import Driver, Made, Workers

from records import history, ledger, register

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
LANES = (
    # the general worker
    (
        "close_task commit 1 before",
        "close_task commit 1 after",
        "raise_bill commit 1 before",
        "raise_bill commit 1 after",
        "send_receipt commit 1 before",
        "send_receipt commit 1 after",
    ),
    (
        "confirm_payment inquire 1 before",
        "confirm_payment inquire 1 after",
        "confirm_payment commit 1 after",  # payment, postings, receipt, and their notices: one transaction
        "reserve_number commit 1 before",
        "reserve_number commit 1 after",
        "enter_in_register commit 1 before",
        "enter_in_register commit 1 after",
    ),
    # the drawing worker
    (
        "draw_up commit 1 before",
        "draw_up commit 1 after",  # its statement is wanted
        "draw_up commit 2 after",  # intended
        "draw_up draw 1 after",
        "draw_up put 1 after",
        "draw_up commit 3 after",  # drawn
    ),
    (
        "draw_receipt commit 1 before",
        "draw_receipt commit 1 after",
        "draw_receipt draw 1 after",
        "draw_receipt put 1 after",
        "draw_receipt commit 2 after",
    ),
    # the sealing worker
    (
        "acknowledge commit 1 before",
        "acknowledge commit 1 after",
        "acknowledge draw 1 after",
        "acknowledge seal 1 after",
        "acknowledge put 1 after",
        "acknowledge commit 2 after",
    ),
    (
        "sign_statement state 1 before",
        "sign_statement state 1 after",
        "sign_statement commit 1 after",
        "seal_paper seal 1 before",
        "seal_paper seal 1 after",
        "seal_paper put 1 after",
        "seal_paper commit 1 after",
    ),
)
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
    async with asyncio.TaskGroup() as counting:
        for point in lane:
            try:
                number, status = await _walk(driver, crew, point)
            except Exception as failed:  # the test of that point tells
                ends[point].set_exception(failed)
            else:
                counting.create_task(_count(driver, crew, number, status, ends[point]))


async def _walk(driver: Driver, crew: Workers, point: str) -> tuple[str, str]:
    """One journey with a trap on its way: its number, and how it ended."""
    number = await driver.filed(LICENCE, started=False)
    (crew.traps / number).write_text(point)
    await driver.begin(number)
    return number, (await driver.walked(number)).status


async def _count(driver: Driver, crew: Workers, number: str, status: str, end: asyncio.Future[Survived]) -> None:
    """What a journey came to, once its receipt and its letters are out."""
    try:
        receipt = await driver.receipt(number)
        await driver.hurry_the_mail(number)
        made = await driver.made(number)
        said = {tag: times for tag, times in made.said.items() if tag != WAITED}
        sealed = await driver.receipt_documents(receipt.number)
        sprung = (crew.traps / number).with_suffix(".sprung").exists()
        end.set_result(Survived(sprung, status, sealed, replace(made, said=said)))
    except Exception as failed:  # the test of that point tells
        end.set_exception(failed)


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
