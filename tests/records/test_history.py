import asyncio
from datetime import timedelta, timezone

import pytest
from records_examples import NOON, Act, later
from sqlalchemy import text

from records import history
from records.database import Database


async def test_what_happens_is_linked_in_order(write: Act, ask: Act) -> None:
    await write(history.record, "A-1", "open", "application:task:opened", "engine", NOON, {"due": "2026-12-01"})
    await write(history.record, "A-1", "close", "application:task:closed", "o-1", later(hours=1), {"เหตุผล": "ครบ"})

    happened = await ask(history.of, "A-1")

    assert [(one.seq, one.key, one.by) for one in happened] == [(1, "open", "engine"), (2, "close", "o-1")]
    assert happened[1].said == {"เหตุผล": "ครบ"}
    assert await ask(history.check) is None


async def test_the_same_step_again_is_the_first_action(write: Act, ask: Act) -> None:
    first = await write(history.record, "A-1", "open", "a:b:c", "engine", NOON, {"n": 1})
    again = await write(history.record, "A-1", "open", "a:b:other", "somebody", later(days=1), {"n": 2})

    assert (again.id, again.said, again.by) == (first.id, {"n": 1}, "engine")
    assert len(await ask(history.of, "A-1")) == 1


async def test_twenty_at_once_leave_no_gap(write: Act, ask: Act) -> None:
    await asyncio.gather(*(write(history.record, "A-1", f"k{n}", "a:b:c", "engine", NOON, {}) for n in range(20)))

    assert [one.seq for one in await ask(history.of, "A-1")] == list(range(1, 21))
    assert await ask(history.check, "A-1") is None


async def test_twenty_of_the_same_step_at_once_are_one(write: Act, ask: Act) -> None:
    await asyncio.gather(*(write(history.record, "A-1", "k", "a:b:c", "engine", NOON, {"n": n}) for n in range(20)))

    assert len(await ask(history.of, "A-1")) == 1


async def test_the_hash_does_not_depend_on_where_the_clock_hangs(write: Act, ask: Act) -> None:
    bangkok = NOON.astimezone(timezone(timedelta(hours=7)))
    await write(history.record, "A-1", "k", "a:b:c", "engine", bangkok, {"น้ำ": ["x", None, True, 7]})

    assert await ask(history.check, "A-1") is None


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("UPDATE actions SET said = '{}' WHERE key = 'k2'", 2),
        ("UPDATE actions SET by = 'somebody else' WHERE key = 'k1'", 1),
        ("UPDATE actions SET at = at + interval '1 second' WHERE key = 'k3'", 3),
        ("DELETE FROM actions WHERE key = 'k1'", 2),
        ("DELETE FROM actions WHERE key = 'k2'", 3),
    ],
)
async def test_tampering_is_found(database: Database, write: Act, ask: Act, what: str, found: int) -> None:
    for n in (1, 2, 3):
        await write(history.record, "B-1", f"k{n}", "a:b:c", "engine", NOON, {"n": n})
    await write(history.record, "A-1", "k", "a:b:c", "engine", NOON, {})
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text(what))

    broken = await ask(history.check)

    assert (broken.subject, broken.seq) == ("B-1", found)
    assert await ask(history.check, "A-1") is None


async def test_a_chain_is_checked_across_batches(write: Act, ask: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "BATCH", 2)
    for subject in ("A-1", "B-1"):
        for n in range(3):
            await write(history.record, subject, f"k{n}", "a:b:c", "engine", NOON, {})

    assert await ask(history.check) is None


async def test_a_subject_begins_once(write: Act) -> None:
    await write(history.begin, "A-1", "submit", "a:b:c", "p", NOON, {})

    with pytest.raises(RuntimeError, match="history already"):
        await write(history.begin, "A-1", "submit", "a:b:c", "p", NOON, {})
