import asyncio
from datetime import timedelta

import pytest
from records_examples import NOON, Act, later

from records import repairs, troubles
from records.database import Database
from records.repairs import HELD_FOR, AgreedAlready, AnotherMustAgree, Wanted
from records.tables import RepairOrder, Trouble


def wanted(count: int = 3, persons: int = 1) -> Wanted:
    numbers = tuple(f"APP-2569-{nth:07}-X" for nth in range(count))
    return Wanted("retry", numbers, "เพราะ", "operator:one", {}, persons_needed=persons)


@pytest.fixture
async def order(write: Act) -> RepairOrder:
    """One that one word is enough for, on three applications."""
    asked: RepairOrder = await write(repairs.ask, wanted(), NOON)
    return asked


async def test_many_hands_never_take_the_same_item(database: Database, write: Act) -> None:
    order = await write(repairs.ask, wanted(30), NOON)

    async def hand() -> list[str]:
        taken = []
        while number := await write(repairs.take, order.id, NOON):
            taken.append(number)
        return taken

    taken = [one for some in await asyncio.gather(*(hand() for _ in range(5))) for one in some]

    assert sorted(taken) == sorted(wanted(30).numbers)


async def test_one_process_holds_a_repair_and_another_may_when_it_died(order: RepairOrder, write: Act) -> None:
    assert await write(repairs.hold, order.id, NOON)
    assert not await write(repairs.hold, order.id, later(seconds=1))
    assert await write(repairs.hold_on, order.id, later(seconds=60))
    assert not await write(repairs.hold, order.id, NOON + HELD_FOR)
    assert await write(repairs.hold, order.id, later(seconds=61) + HELD_FOR)


async def test_an_item_of_a_process_that_died_is_taken_again(order: RepairOrder, write: Act) -> None:
    first = await write(repairs.take, order.id, NOON)
    others = [await write(repairs.take, order.id, NOON) for _ in range(3)]

    assert others[-1] == ""
    assert await write(repairs.take, order.id, NOON + HELD_FOR + timedelta(seconds=1)) == first


async def test_what_nobody_has_begun_is_left_alone_when_it_is_stopped(order: RepairOrder, write: Act, ask: Act) -> None:
    begun = await write(repairs.take, order.id, NOON)
    await write(repairs.stop, order.id, "operator:two", NOON)

    assert await write(repairs.take, order.id, NOON) == ""
    assert not await write(repairs.hold_on, order.id, NOON)
    await write(repairs.done, order.id, begun, "fixed", "", {}, NOON)
    assert await ask(repairs.counts, order.id) == {"fixed": 1, "stopped": 2}


async def test_two_persons_are_two(write: Act, ask: Act) -> None:
    order = await write(repairs.ask, wanted(persons=2), NOON)
    assert await ask(repairs.to_work_on, NOON) == ()
    assert not await write(repairs.hold, order.id, NOON)
    with pytest.raises(AnotherMustAgree):
        await write(repairs.agree, order.id, "operator:one", NOON)

    await write(repairs.agree, order.id, "operator:two", NOON)

    assert await ask(repairs.to_work_on, NOON) == (order.id,)
    with pytest.raises(AgreedAlready):
        await write(repairs.agree, order.id, "operator:three", NOON)


async def test_it_is_finished_when_every_item_was_seen_to(order: RepairOrder, write: Act) -> None:
    numbers = [await write(repairs.take, order.id, NOON) for _ in range(3)]
    for number in numbers[:2]:
        await write(repairs.done, order.id, number, "fixed", "", {}, NOON)
    assert not await write(repairs.finish, order.id, NOON)

    await write(repairs.done, order.id, numbers[2], "checking", "", {"steps": ["look:1:again"]}, NOON)

    assert await write(repairs.finish, order.id, NOON)


async def test_a_step_that_fails_again_keeps_its_first_moment_until_it_succeeds(write: Act, ask: Act) -> None:
    def trouble(attempt: int, minutes: int) -> Trouble:
        return Trouble(
            application="APP-1", step="bill:before-issue", effect="raise_bill", error="KeyError", attempt=attempt,
            since=later(minutes=minutes), at=later(minutes=minutes),
        )  # fmt: skip

    await write(troubles.note, trouble(2, 0))
    await write(troubles.note, trouble(3, 5))

    (kept,) = await ask(troubles.lasting, later(minutes=1))
    assert (kept.attempt, kept.since, kept.at) == (3, NOON, later(minutes=5))
    await write(troubles.over, "APP-1", "bill:before-issue")
    assert await ask(troubles.of, "APP-1") == ()
