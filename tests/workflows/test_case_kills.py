"""A worker is killed around the steps of a correction and of a suspension: it comes back, and everything is there once.

As `test_kills.py` does for applications: a trap for each point, and lanes side by side, one for each kind of worker.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from acting import TODAY, begin, case_of, opened, walked
from driving import Driver, Made, Workers

from licences.acts import Kind
from records import history, register
from settings import Role

pytestmark = pytest.mark.timeout(400)

LICENCE = "lao-ecommerce-register"
CORRECTED = Made(
    numbers=1,
    papers={"licence": 1},
    documents={"licence": 1},
    entries=("correction",),
    bills=0,
    payments=(),
    receipts=0,
    postings=0,
    notices={"case-done": 1},
    mails=1,
    said={"case:correction:opened": 1, "task:decision:approve": 1, "case:correction:done": 1},
)
SUSPENDED = replace(
    CORRECTED,
    numbers=0,
    papers={"order": 1},
    documents={"order": 1},
    entries=("suspension",),
    notices={"case-hearing": 1, "case-done": 1},
    mails=2,
    said={
        "case:suspension:opened": 1,
        "case:hearing:begin": 1,
        "task:decision:approve": 1,
        "case:suspension:done": 1,
    },
)
POINTS: Mapping[Role, tuple[tuple[Kind, str], ...]] = {
    Role.GENERAL: (
        (Kind.CORRECTION, "close_case_task commit 1 after"),
        (Kind.CORRECTION, "prepare_act commit 1 after"),
        (Kind.CORRECTION, "enter_act commit 1 before"),
        (Kind.CORRECTION, "enter_act commit 1 after"),
        (Kind.SUSPENSION, "hear_holder commit 1 after"),
        (Kind.SUSPENSION, "enter_act commit 1 before"),
        (Kind.SUSPENSION, "enter_act commit 1 after"),
    ),
    Role.DRAWING: (
        (Kind.CORRECTION, "draw_act_paper draw 1 before"),
        (Kind.CORRECTION, "draw_act_paper put 1 after"),
        (Kind.CORRECTION, "draw_act_paper commit 2 after"),
        (Kind.SUSPENSION, "draw_case_letter put 1 after"),
        (Kind.SUSPENSION, "draw_case_letter commit 2 after"),
    ),
    Role.SEALING: (
        (Kind.CORRECTION, "sign_statement commit 1 after"),
        (Kind.CORRECTION, "seal_paper seal 1 after"),
        (Kind.CORRECTION, "seal_paper put 1 after"),
        (Kind.CORRECTION, "seal_paper commit 1 after"),
        (Kind.SUSPENSION, "seal_paper put 1 after"),
        (Kind.SUSPENSION, "seal_paper commit 1 after"),
    ),
}
EVERY = [point for lane in POINTS.values() for point in lane]


@dataclass(frozen=True)
class Survived:
    """What one case came to, though its worker died on the way."""

    sprung: bool
    status: str
    made: Made


@pytest.fixture(scope="module")
async def survived(driver: Driver, crew: Workers) -> AsyncIterator[dict[tuple[Kind, str], asyncio.Future[Survived]]]:
    """By point of death, what became of its case."""
    ends = {point: asyncio.get_running_loop().create_future() for point in EVERY}
    running = [asyncio.create_task(_lane(driver, crew, lane, ends)) for lane in POINTS.values()]
    reviving = asyncio.create_task(crew.revive())
    yield ends
    for task in (*running, reviving):
        task.cancel()
    await asyncio.gather(*running, reviving, return_exceptions=True)


async def _lane(
    driver: Driver,
    crew: Workers,
    lane: tuple[tuple[Kind, str], ...],
    ends: dict[tuple[Kind, str], asyncio.Future[Survived]],
) -> None:
    """One licence is corrected again and again, and another suspended in time and in time again."""
    licence = await driver.granted(LICENCE)
    async with asyncio.TaskGroup() as counting:
        for nth, point in enumerate(lane):
            try:
                number = await _walk(driver, crew, licence, nth, *point)
                counting.create_task(_count(driver, crew, number, ends[point]))
            except Exception as failed:  # the test of that point tells
                ends[point].set_exception(failed)
                licence = await driver.granted(LICENCE)
            if point[0] is Kind.SUSPENSION:
                licence = await driver.granted(LICENCE)


async def _walk(driver: Driver, crew: Workers, licence: str, nth: int, act: Kind, point: str) -> str:
    """One case with a trap on its way, to its end: its number."""
    wanted = {"changes": {"holder_name": f"ชื่อที่ {nth}"}} if act is Kind.CORRECTION else {"until": TODAY + timedelta(9)}
    number = await opened(driver, act, licence, started=False, **wanted)
    (crew.traps / number).write_text(point)
    await begin(driver, number)
    await walked(driver, number)
    return number


async def _count(driver: Driver, crew: Workers, number: str, end: asyncio.Future[Survived]) -> None:
    """What a case came to, once its letters are out; the lane goes on beside it."""
    try:
        await driver.hurry_the_mail(number)
        made = await driver.made(number)
        sprung = (crew.traps / number).with_suffix(".sprung").exists()
        end.set_result(Survived(sprung, (await case_of(driver, number)).status, made))
    except Exception as failed:  # the test of that point tells
        end.set_exception(failed)


@pytest.mark.parametrize("point", EVERY, ids=lambda point: f"{point[0]} {point[1]}")
async def test_a_worker_killed_there_leaves_everything_once(
    survived: dict[tuple[Kind, str], asyncio.Future[Survived]], point: tuple[Kind, str]
) -> None:
    whole = CORRECTED if point[0] is Kind.CORRECTION else SUSPENDED

    assert await survived[point] == Survived(True, "done", whole)


async def test_every_chain_holds_after_all_these_deaths(
    survived: dict[tuple[Kind, str], asyncio.Future[Survived]], driver: Driver
) -> None:
    await asyncio.wait(survived.values())

    async with driver.database.reading() as session:
        assert await register.check_chain(session) is None
        assert await history.check(session) is None
