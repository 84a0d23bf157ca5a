import asyncio

import pytest
from records_examples import NOON, Act, later

from records import idempotency
from records.idempotency import Answer, KeyReused, StillRunning

BODY = {"number": "APP-2569-0000001-0", "ไทย": "น้ำ"}


async def test_the_same_key_and_request_give_the_same_answer(write: Act) -> None:
    assert await write(idempotency.begin, "p", "k", "digest", NOON) is None
    await write(idempotency.finish, "p", "k", 201, BODY)
    await write(idempotency.finish, "p", "k", 500, {})

    assert await write(idempotency.begin, "p", "k", "digest", later(days=1)) == Answer(201, BODY)


async def test_the_same_key_with_another_request_is_a_conflict(write: Act) -> None:
    await write(idempotency.begin, "p", "k", "digest", NOON)

    with pytest.raises(KeyReused) as refused:
        await write(idempotency.begin, "p", "k", "another", NOON)

    assert refused.value.status == 409


async def test_another_persons_key_is_another_key(write: Act) -> None:
    await write(idempotency.begin, "p", "k", "digest", NOON)

    assert await write(idempotency.begin, "q", "k", "another", NOON) is None


async def test_of_many_at_once_one_does_the_work(write: Act) -> None:
    calls = (write(idempotency.begin, "p", "k", "digest", NOON) for _ in range(6))
    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert answers.count(None) == 1
    assert sum(isinstance(one, StillRunning) for one in answers) == 5


async def test_what_was_abandoned_is_done_by_the_next_and_only_by_one(write: Act) -> None:
    await write(idempotency.begin, "p", "k", "digest", NOON)
    with pytest.raises(StillRunning):
        await write(idempotency.begin, "p", "k", "digest", later(seconds=59))

    calls = (write(idempotency.begin, "p", "k", "digest", later(minutes=2)) for _ in range(6))
    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert answers.count(None) == 1


async def test_a_call_that_did_nothing_gives_its_key_back(write: Act) -> None:
    await write(idempotency.begin, "p", "k", "digest", NOON)
    await write(idempotency.give_back, "p", "k")

    assert await write(idempotency.begin, "p", "k", "another", NOON) is None


async def test_an_answer_once_given_is_not_given_back(write: Act) -> None:
    await write(idempotency.begin, "p", "k", "digest", NOON)
    await write(idempotency.finish, "p", "k", 201, BODY)
    await write(idempotency.give_back, "p", "k")

    assert await write(idempotency.begin, "p", "k", "digest", NOON) == Answer(201, BODY)


async def test_old_answers_are_let_go(write: Act) -> None:
    await write(idempotency.begin, "p", "old", "digest", NOON)
    await write(idempotency.begin, "p", "new", "digest", later(days=2))

    assert await write(idempotency.forget, later(days=1)) == 1
