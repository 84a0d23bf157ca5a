"""Rounds that look at what stands still: they write it down for the figures, and tell the operators once a cause."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client

from control import causes, waits
from control.causes import Cause, Kind
from records import causes as kept
from records import notices
from records.database import Database
from records.tables import CauseSeen

log = logging.getLogger("alarms")

EVERY = timedelta(seconds=60)
STILL_FOR = timedelta(minutes=1)
QUIET = (Kind.OVERDUE, Kind.DESK, Kind.HELD)
"""What is people's own business is on the page and in the figures, and nobody is woken for it."""
SHOWN = 10


class Alarms:
    """The rounds. `to` are the addresses of the operators; without one, nobody is written to."""

    def __init__(self, database: Database, client: Client, to: Sequence[str]) -> None:
        self.database, self.client, self.to = database, client, tuple(to)

    async def rounds(self) -> None:
        """Go round until cancelled; a round that fails is logged and made again."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("a look at what stands still failed and will be made again")
            await asyncio.sleep(EVERY.total_seconds())

    async def look(self) -> tuple[Cause, ...]:
        """One look; answers the causes that were news."""
        found = causes.group((await waits.look(self.database, self.client, STILL_FOR)).cases)
        now = datetime.now(UTC)
        async with self.database.transaction() as session:
            news = await kept.keep(session, [_seen(cause, now) for cause in found], now)
            told = tuple(cause for cause in found if cause.id in news)
            for cause in told:
                log.warning("%s: %s", cause.id, causes.sentence(cause, now).en)
                if cause.kind not in QUIET:
                    await self._tell(session, cause, now)
        return told

    async def _tell(self, session: AsyncSession, cause: Cause, now: datetime) -> None:
        says, rest = causes.sentence(cause, now), len(cause.numbers) - SHOWN
        numbers = " ".join(cause.numbers[:SHOWN]) + (f" +{rest}" if rest > 0 else "")
        said = {"cause": cause.id, "kind": cause.kind.value, "th": says.th, "en": says.en, "numbers": numbers or "-"}
        for address in self.to:
            key = f"cause:{cause.id}:{now.isoformat()}:{address}"
            await notices.write_once_for(session, key, "", address, "stuck", said, now)


def _seen(cause: Cause, now: datetime) -> CauseSeen:
    return CauseSeen(
        id=cause.id,
        kind=cause.kind.value,
        waits_for=cause.waits_for,
        agency=cause.agency,
        error=cause.error,
        cases=len(cause.numbers),
        since=cause.since,
        seen_at=now,
        told_at=now,
    )
