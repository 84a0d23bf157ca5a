"""The keys of the histories: one for the free text of each case, wrapped by the ring, destroyed when a case is erased.

What travels in the engine's histories beside numbers and ids (an officer's reason, what was asked for) is sealed with
the key of its case. The key is kept here and not in the engine, so that destroying it once leaves the text nowhere:
neither in the engine nor in its copies.
"""

import os
import time
from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from records.database import Database
from records.rows import changed, table_of, write_once
from records.tables import HistoryKey

KEYS = table_of(HistoryKey)
KEY_BYTES, NONCE_BYTES = 32, 12
REMEMBERED_S = 60.0
"""How long a process may still know a key that was destroyed."""
MOST = 5_000


class HistoryKeys:
    """The keys of cases, for one process: asks the records, remembers for a minute."""

    def __init__(self, database: Database, ring: Sequence[tuple[str, bytes]]) -> None:
        """`ring`: ids and keys, the one in use first, every one unwraps."""
        self._database, self._ring = database, dict(ring)
        self._active = ring[0][0] if ring else ""
        self._known: dict[str, tuple[float, bytes | None]] = {}

    async def key(self, case: str) -> bytes | None:
        """The key of a case, made when it is first asked for; None: it was destroyed."""
        until, key = self._known.get(case, (0.0, None))
        if until > time.monotonic():
            return key
        key = await self._kept(case)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[case] = (time.monotonic() + REMEMBERED_S, key)
        return key

    async def _kept(self, case: str) -> bytes | None:
        async with self._database.reading() as session:
            row = await _row(session, case)
        if row is None:
            async with self._database.transaction() as session:
                await write_once(session, self._new(case))
                row = await _row(session, case)
        assert row is not None
        return self._unwrapped(row) if row.wrapped else None

    def _new(self, case: str) -> HistoryKey:
        return HistoryKey(case=case, ring_key=self._active, wrapped=self._wrap(os.urandom(KEY_BYTES), case))

    def _wrap(self, key: bytes, case: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._ring[self._active]).encrypt(nonce, key, case.encode())

    def _unwrapped(self, row: HistoryKey) -> bytes:
        """Raises KeyError when the ring's key was retired before `rewrap`."""
        cipher = AESGCM(self._ring[row.ring_key])
        return cipher.decrypt(row.wrapped[:NONCE_BYTES], row.wrapped[NONCE_BYTES:], row.case.encode())

    async def rewrap(self, at_once: int = 500) -> int:
        """Wrap every key with the ring's key in use, so that older ones of the ring wrap nothing any more; how many."""
        done = 0
        while rows := await self._old_ones(at_once):
            async with self._database.transaction() as session:
                for row in rows:
                    new = {"ring_key": self._active, "wrapped": self._wrap(self._unwrapped(row), row.case)}
                    same = (KEYS.c.case == row.case, KEYS.c.wrapped == row.wrapped)
                    done += changed(await session.execute(update(KEYS).where(*same).values(new)))
        return done

    async def _old_ones(self, at_once: int) -> list[HistoryKey]:
        older = (KEYS.c.ring_key != self._active, KEYS.c.wrapped != b"")
        async with self._database.reading() as session:
            rows = await session.execute(select(KEYS).where(*older).limit(at_once))
            return [HistoryKey(**row) for row in rows.mappings()]


async def destroy(session: AsyncSession, case: str, at: datetime) -> None:
    """Let the key of a case go for ever; a case that had none will have none."""
    await write_once(session, HistoryKey(case=case, ring_key="", wrapped=b"", destroyed_at=at))
    gone = {"wrapped": b"", "destroyed_at": at}
    await session.execute(update(KEYS).where(KEYS.c.case == case, KEYS.c.wrapped != b"").values(gone))


async def _row(session: AsyncSession, case: str) -> HistoryKey | None:
    row = (await session.execute(select(KEYS).where(KEYS.c.case == case))).mappings().first()
    return HistoryKey(**row) if row else None
