"""Figures that no single process has: what stands still and why, and what waits in the records. Looked at every minute.

Each general worker looks for itself; whoever draws takes the largest, not the sum.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry, Gauge
from temporalio.client import Client

from control import causes, waits
from records import backlog
from records.database import Database

log = logging.getLogger("figures")

EVERY_S = 60.0
STILL = timedelta(seconds=60)


class Figures:
    """What stands still, by cause, and what waits."""

    def __init__(self, database: Database, client: Client, registry: CollectorRegistry) -> None:
        self.database, self.client = database, client
        of_cause = ["kind", "waits_for", "error", "agency"]
        self.stuck = Gauge("bizportal_stuck", "applications that stand still", of_cause, registry=registry)
        self.longest = Gauge("bizportal_stuck_seconds", "for how long, the longest", of_cause, registry=registry)
        self.open = Gauge("bizportal_applications_open", "open applications", ["status"], registry=registry)
        self.waiting = Gauge("bizportal_waiting", "rows that a loop of ours is to take", ["what"], registry=registry)
        self.looked = Gauge("bizportal_looked_at_seconds", "when this was last looked at (Unix)", registry=registry)

    async def rounds(self) -> None:
        """Go round until cancelled; a part that is away shows itself as a look that grows old."""
        while True:
            try:
                await self.look(datetime.now(UTC))
            except Exception:
                log.exception("a look failed and will be made again")
            await asyncio.sleep(EVERY_S)

    async def look(self, now: datetime) -> None:
        """Once."""
        async with self.database.reading() as session:
            statuses, waiting = await backlog.by_status(session), await backlog.waiting(session)
        found = causes.group((await waits.look(self.database, self.client, STILL)).cases)
        for gauge in (self.stuck, self.longest, self.open):
            gauge.clear()
        for cause in found:
            labels = (cause.kind.value, cause.waits_for, cause.error, cause.agency)
            self.stuck.labels(*labels).set(max(len(cause.numbers), 1))
            self.longest.labels(*labels).set((now - cause.since).total_seconds() if cause.since else 0)
        for status, n in statuses.items():
            self.open.labels(status).set(n)
        for what, n in waiting.items():
            self.waiting.labels(what).set(n)
        self.looked.set(now.timestamp())
