import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from records_examples import NOON, Act, later
from sqlalchemy import text

from records import notices
from records.database import Database
from records.tables import Application


@pytest.fixture
def put(write: Act, application: Application) -> Act:
    async def put_(key: str = "A-1:issued:1", at: datetime = NOON) -> Any:
        await write(notices.write_once_for, key, "A-1", "x@example.com", "issued", {"n": 1}, at, host="here")

    return put_


async def test_a_notice_is_written_once(put: Act, ask: Act) -> None:
    await put()
    await put(at=later(days=1))

    (notice,) = await ask(notices.of, "A-1")
    assert (notice.to, notice.what, notice.said, notice.written_at) == ("x@example.com", "issued", {"n": 1}, NOON)
    assert notice.message_id == notices.message_id("A-1:issued:1", "here")
    assert notice.message_id.endswith("@here>")


async def test_the_applicant_is_told_in_his_language(another: Act, write: Act, ask: Act) -> None:
    application = await another(language="en", email="somebody@example.com")

    for _ in range(2):
        await write(notices.write_once, application.number, "paid", at=NOON, turn="T-1", said={"amount": "1.00"})

    (paid,) = [one for one in await ask(notices.of, application.number) if one.what == "paid"]
    assert (paid.to, paid.language, paid.said) == ("somebody@example.com", "en", {"amount": "1.00"})
    assert (paid.key, paid.tries, paid.next_try_at) == (f"{application.number}:paid:T-1", 0, NOON)


async def test_whoever_gave_no_address_is_told_nothing(another: Act, write: Act, ask: Act) -> None:
    application = await another(email="")

    await write(notices.write_once, application.number, "paid", at=NOON)

    assert await ask(notices.of, application.number) == ()


async def test_no_two_postmen_take_the_same(put: Act, write: Act) -> None:
    for n in range(20):
        await put(f"k{n}")

    rounds = await asyncio.gather(*(write(notices.due, NOON, 5) for _ in range(6)))

    keys = [one.key for some in rounds for one in some]
    assert len(keys) == len(set(keys)) == 21  # with the one that the application wrote


async def test_a_postman_does_not_wait_for_another(database: Database, put: Act, write: Act) -> None:
    await put()
    async with database.transaction() as slow:
        held = await notices.due(slow, NOON, 1)

        async with database.transaction() as quick:
            await quick.execute(text("SET LOCAL lock_timeout = '1s'"))
            others = await notices.due(quick, NOON, 1)

    assert len(held) == len(others) == 1
    assert held[0].key != others[0].key


async def test_what_a_postman_dropped_is_taken_again_after_a_while(put: Act, write: Act) -> None:
    await put()
    taken = await write(notices.due, NOON)

    soon = await write(notices.due, NOON + notices.LEASE - timedelta(seconds=1))
    late = await write(notices.due, NOON + notices.LEASE)

    assert len(taken) == 2
    assert soon == ()
    assert [one.tries for one in late] == [2, 2]
    assert [one.message_id for one in late] == [one.message_id for one in taken]


async def test_what_was_sent_is_not_sent_again(put: Act, write: Act, ask: Act) -> None:
    await put()
    for notice in await write(notices.due, NOON):
        await write(notices.sent, notice.key, NOON)
        await write(notices.sent, notice.key, later(days=1))

    assert await write(notices.due, later(days=2)) == ()
    assert [one.sent_at for one in await ask(notices.of, "A-1")] == [NOON]


async def test_what_was_refused_comes_back_later_each_time(put: Act, write: Act, ask: Act) -> None:
    await put()
    now, pauses = NOON, []
    for _ in range(3):
        (notice,) = [one for one in await write(notices.due, now) if one.application == "A-1"]
        again = await write(notices.failed, notice, "mailbox full" * 99, now)
        pauses.append(again - now)
        now = again

    (kept,) = await ask(notices.of, "A-1")
    assert pauses == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert len(kept.last_error) == notices.LONGEST_ERROR
    assert [one.key for one in await ask(notices.unsent, 3)] == ["A-1:issued:1"]
    assert await ask(notices.unsent, 4) == ()


@pytest.mark.parametrize(("tries", "minutes"), [(0, 1), (1, 1), (2, 2), (9, 256), (10, 360), (10_000, 360)])
def test_a_pause_doubles_up_to_six_hours(tries: int, minutes: int) -> None:
    assert notices.pause(tries) == timedelta(minutes=minutes)
