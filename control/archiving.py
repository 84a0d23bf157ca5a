"""Histories outlive the engine's retention: a day after a run closed, its history is kept in the object store, sealed.

Acts after the grant as applications. A history lies as the engine had it: values sealed with the ring's key, words with
the key of their case, so that erasing a case erases them here as well. The application's own history in the records
says where it lies and its digest.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, exists, select, union_all
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from records import history
from records.database import Database
from records.files import Files
from records.rows import table_of
from records.tables import Action, Application, Case

log = logging.getLogger("archiving")

APPLICATIONS, CASES, ACTIONS = table_of(Application), table_of(Case), table_of(Action)
KEY, TAG = "history-kept", "application:history:kept"
EVERY_S = 3600.0
AFTER = timedelta(days=1)
AT_ONCE = 200


class Archive:
    """Keeps what the engine will forget."""

    def __init__(self, database: Database, files: Files, client: Client) -> None:
        self.database, self.files, self.client = database, files, client

    async def rounds(self) -> None:
        """Go round until cancelled; a round that fails is logged and made again."""
        while True:
            try:
                while await self.round(datetime.now(UTC) - AFTER) == AT_ONCE:
                    pass
            except Exception:
                log.exception("a round failed and will be made again")
            await asyncio.sleep(EVERY_S)

    async def round(self, ended_before: datetime) -> int:
        """Keep some histories that are not kept yet; how many were looked at."""
        over = union_all(
            _ended(APPLICATIONS, APPLICATIONS.c.journey_started_at, ended_before),
            _ended(CASES, CASES.c.begun_at, ended_before),
        ).subquery()
        asked = select(over.c.number).order_by(over.c.ended_at).limit(AT_ONCE)
        async with self.database.reading() as session:
            numbers = list((await session.execute(asked)).scalars())
        for number in numbers:
            await self._keep(number)
        return len(numbers)

    async def _keep(self, number: str) -> None:
        """One, once; where the engine has none any more, that is said."""
        try:
            recorded = await self.client.get_workflow_handle(number).fetch_history()
        except RPCError as gone:
            if gone.status is not RPCStatusCode.NOT_FOUND:
                raise
            said: dict[str, object] = {"key": "", "sha256": ""}
        else:
            text = recorded.to_json().encode()
            stored = await self.files.put_once(f"papers/histories/{number}", text, "application/json")
            said = {"key": stored.key, "sha256": stored.sha256}
        async with self.database.transaction() as session:
            await history.record(session, number, KEY, TAG, "engine", datetime.now(UTC), said)

    async def of(self, number: str) -> WorkflowHistory | None:
        """A kept history; None: it is not kept (yet), or the engine had none. Raises Altered, Lost, StoreDown."""
        async with self.database.reading() as session:
            happened = await history.of(session, number)
        said = next((one.said for one in happened if one.key == KEY and one.said["key"]), None)
        if said is None:
            return None
        return WorkflowHistory.from_json(number, (await self.files.get(said["key"], said["sha256"])).decode())


def _ended(table: Table, begun: ColumnElement[datetime], before: datetime) -> Select[Any]:
    """What ended before that moment, was walked by a story, and whose history is not kept."""
    kept = exists().where(ACTIONS.c.subject == table.c.number, ACTIONS.c.key == KEY)
    ended = (table.c.ended_at < before, begun.is_not(None), ~kept)
    return select(table.c.number, table.c.ended_at).where(*ended).order_by(table.c.ended_at).limit(AT_ONCE)
