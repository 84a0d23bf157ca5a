"""Answers already given: the same key and body give the same answer, another body is a conflict."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences.errors import Conflict
from records.rows import changed, table_of, write_once
from records.tables import IdempotencyKey

KEYS = table_of(IdempotencyKey)
ABANDONED_AFTER = timedelta(minutes=1)
"""A call that has not answered for so long has died; the next one with its key does its work."""


class KeyReused(Conflict):
    """The same key came with another request."""

    def __init__(self) -> None:
        super().__init__(
            "รหัสคำสั่ง (Idempotency-Key) นี้ใช้กับคำสั่งอื่นแล้ว โปรดใช้รหัสใหม่",
            "this Idempotency-Key was used for another request: use a new one",
            field="Idempotency-Key",
        )


class StillRunning(Conflict):
    """The first call with this key has not answered yet."""

    def __init__(self) -> None:
        super().__init__(
            "คำสั่งเดิมกำลังดำเนินการ โปรดรอสักครู่แล้วลองอีกครั้ง",
            "the first call with this Idempotency-Key is still running: try again in a moment",
            field="Idempotency-Key",
        )


@dataclass(frozen=True)
class Answer:
    """What was answered: the HTTP status and the body."""

    status: int
    body: dict[str, Any]


async def begin(session: AsyncSession, person: str, key: str, digest: str, at: datetime) -> Answer | None:
    """Take a key. None: do the work, then `finish`; else the answer given before.

    `digest` covers the whole request (method, path and body). Raises KeyReused, StillRunning.
    """
    row = IdempotencyKey(person=person, key=key, request_digest=digest, at=at)
    if await write_once(session, row):
        return None
    mine = (KEYS.c.person == person, KEYS.c.key == key)
    kept = (await session.execute(select(KEYS).where(*mine))).one()
    if kept.request_digest != digest:
        raise KeyReused
    if kept.status:
        return Answer(kept.status, kept.answer)
    # Two that find it abandoned: only one of them moves the time on.
    taken = update(KEYS).where(*mine, KEYS.c.at < at - ABANDONED_AFTER).values(at=at)
    if changed(await session.execute(taken)) != 1:
        raise StillRunning
    return None


async def finish(session: AsyncSession, person: str, key: str, status: int, body: dict[str, Any]) -> None:
    """Keep the answer; the first one stays."""
    open_ = (KEYS.c.person == person, KEYS.c.key == key, KEYS.c.status == 0)
    await session.execute(update(KEYS).where(*open_).values(status=status, answer=body))


async def give_back(session: AsyncSession, person: str, key: str) -> None:
    """The call failed and did nothing: the key may be used again, for any request."""
    await session.execute(delete(KEYS).where(KEYS.c.person == person, KEYS.c.key == key, KEYS.c.status == 0))


async def forget(session: AsyncSession, before: datetime) -> int:
    """Let old answers go (they hold what was asked); how many that were."""
    return changed(await session.execute(delete(KEYS).where(KEYS.c.at < before)))
