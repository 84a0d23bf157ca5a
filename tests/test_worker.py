"""What a worker does beside its work goes on until it is told to stop, or the worker ends and says so."""

import asyncio

import pytest

import worker


async def test_rounds_go_on_until_they_are_told_to_stop() -> None:
    stopping, seen = asyncio.Event(), []

    async def rounds() -> None:
        try:
            stopping.set()
            await asyncio.sleep(3600)
        finally:
            seen.append("tidied up")

    await worker.until_told(stopping, [rounds])

    assert seen == ["tidied up"]


@pytest.mark.parametrize("wrong", [ConnectionError("the database is gone"), None])
async def test_rounds_that_end_by_themselves_end_the_worker(wrong: Exception | None) -> None:
    stopped = asyncio.Event()

    async def ends() -> None:
        if wrong:
            raise wrong

    async def goes_on() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            stopped.set()

    with pytest.raises(worker.RoundsEnded, match="ends") as ended:
        await worker.until_told(asyncio.Event(), [goes_on, ends])

    assert ended.value.__cause__ is wrong and stopped.is_set()
