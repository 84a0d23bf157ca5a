"""A bell between processes: who has written something down rings, who waits for it hears (PostgreSQL's NOTIFY).

A ring is only a hint to look now, never the news itself: it may be lost while a connection is renewed. So whoever waits
takes the next ring first, then looks in the records, and looks again after a while without any ring.
"""

import asyncio
import contextlib
import logging

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

log = logging.getLogger("bell")

AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
PATIENCE_S = 5.0


async def ring(session: AsyncSession, channel: str) -> None:
    """Ring when this transaction is committed; many rings of one transaction are one."""
    await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": channel})


class Bell:
    """Listens to one channel, with one connection of its own; any number may wait for it."""

    def __init__(self, url: str, channel: str) -> None:
        """`url` as asyncpg reads it (`postgresql://…`)."""
        self._url, self._channel = url, channel
        self._rung = asyncio.Event()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._connecting = asyncio.Lock()

    async def next_ring(self) -> asyncio.Event:
        """What the first ring from now on sets. Ask for it, look in the records, then wait for it (`heard`)."""
        async with self._connecting:
            if not self.connected:
                await self._connect()
        return self._rung

    @property
    def connected(self) -> bool:
        """Whether rings can be heard now."""
        return self._connection is not None and not self._connection.is_closed()

    async def heard(self, ring_: asyncio.Event, seconds: float) -> None:
        """Return at that ring, or after so many seconds without it."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ring_.wait(), seconds)

    async def close(self) -> None:
        """Let the connection go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _connect(self) -> None:
        """Listen. While the database is away, whoever waits does so without rings, and the next one tries again."""
        try:
            self._connection = await asyncpg.connect(self._url, timeout=PATIENCE_S)
            await self._connection.add_listener(self._channel, self._ring)
        except AWAY as away:
            log.warning("%s: no connection to listen with: %s", self._channel, away)

    def _ring(self, *_: object) -> None:
        """Wake everybody who waits; who asks from now on waits for the next ring."""
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()
