"""A ring wakes who waits; without a connection one waits the time out, and the next wait listens again."""

import asyncio

from records_examples import Act
from sqlalchemy import text

from records.bell import ring
from records.database import Database

LONG_S, SHORT_S = 30.0, 0.05


async def test_a_ring_is_heard_when_its_transaction_is_committed(database: Database, write: Act) -> None:
    bell = database.bell("dinner")
    rung = await bell.next_ring()

    async with database.transaction() as session:
        await ring(session, "dinner")
        await bell.heard(rung, SHORT_S)
        assert not rung.is_set()
    await bell.heard(rung, LONG_S)

    assert rung.is_set()


async def test_a_ring_is_for_everybody_who_waits_and_for_its_own_channel(database: Database, write: Act) -> None:
    here, there, other = database.bell("dinner"), database.bell("dinner"), database.bell("lunch")
    rings = [await bell.next_ring() for bell in (here, here, there, other)]

    await write(ring, "dinner")
    await asyncio.gather(*(bell.heard(rung, LONG_S) for bell, rung in zip((here, here, there), rings, strict=False)))
    await other.heard(rings[3], SHORT_S)

    assert [rung.is_set() for rung in rings] == [True, True, True, False]
    assert not (await here.next_ring()).is_set()


async def test_a_bell_whose_connection_was_cut_listens_again(database: Database, write: Act) -> None:
    bell = database.bell("dinner")
    await bell.next_ring()
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    async with database.transaction() as session:
        await session.execute(text(cut))
    for _ in range(200):
        if bell.connected:
            await asyncio.sleep(SHORT_S)
    assert not bell.connected

    rung = await bell.next_ring()
    await write(ring, "dinner")
    await bell.heard(rung, LONG_S)

    assert rung.is_set()
