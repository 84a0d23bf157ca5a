"""How a step that fails again and again is seen: the worker notes it, and takes the note away when it succeeds.

Of an effect the engine itself tells this; of a short write of our own it does not, and that is where a fault of ours
would otherwise stop an application without a word.
"""

import logging
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import DBAPIError
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from exchange.errors import OfficeDown, OfficeRefused
from licences.errors import NotAllowed
from records import troubles
from records.database import Database
from records.tables import Trouble

log = logging.getLogger("trouble")

FROM = 2
"""A step that fails once is nobody's business; from here on it is noted."""
_LONG_NUMBER = re.compile(r"\d{5,}")
LONGEST = 200


class _Note(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, database: Database) -> None:
        super().__init__(next)
        self.database = database

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        attempt = activity.info().attempt
        try:
            answer = await super().execute_activity(input)
        except NotAllowed:
            raise  # an answer of the law, and no trouble
        except Exception as wrong:
            if attempt >= FROM:
                await self._keep(wrong)
            raise
        if attempt > FROM:
            await self._forget()
        return answer

    async def _keep(self, wrong: Exception) -> None:
        """Note it; when the database is what is away, the log has it, and the step fails as it would have."""
        info, at = activity.info(), datetime.now(UTC)
        spoken = isinstance(wrong, OfficeDown | OfficeRefused)  # only another office's words are repeated
        trouble = Trouble(
            application=info.workflow_id or "",
            step=info.activity_id,
            effect=info.activity_type,
            error=type(wrong).__name__,
            said=_LONG_NUMBER.sub("…", str(wrong).split("\n")[0])[:LONGEST] if spoken else "",
            attempt=info.attempt,
            since=info.scheduled_time,
            at=at,
        )
        try:
            async with self.database.transaction() as session:
                await troubles.note(session, trouble)
        except (DBAPIError, OSError) as away:
            log.warning("%s: %s failed (%s), and it could not be noted: %s", info.workflow_id, info.activity_id,
                        type(wrong).__name__, type(away).__name__)  # fmt: skip

    async def _forget(self) -> None:
        info = activity.info()
        async with self.database.transaction() as session:
            await troubles.over(session, info.workflow_id or "", info.activity_id)


class NoteTrouble(Interceptor):
    """Tells the worker once: what fails again is noted in the records."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand in front of every activity."""
        return _Note(next, self.database)
