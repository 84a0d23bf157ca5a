"""What a journey says while it writes: history and notice, in the same transaction as the effect."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from records import history, notices, tasks
from records.tables import Application, Case, Task

HOST = "bizportal"
"""The right side of our Message-IDs: a name, not an address (RFC 5322 s.3.6.4)."""


async def happened(
    session: AsyncSession, number: str, key: str, tag: str, at: datetime, said: Mapping[str, Any], by: str = "engine",
    on_behalf_of: str = "",
) -> None:  # fmt: skip
    """Append one action to the application's history."""
    await history.record(session, number, key, tag, by, at, said, on_behalf_of)


async def decided(session: AsyncSession, task: Task, at: datetime) -> None:
    """An officer's decision, with the digest of all that it says: a changed row is noticed."""
    said = {"task": task.id, "stage": task.stage, "verdict": task.verdict, "digest": tasks.digest(task)}
    tag, whose = f"task:decision:{task.verdict}", {"by": task.officer, "on_behalf_of": task.on_behalf_of}
    await happened(session, task.application, f"close:{task.id}", tag, at, said, **whose)


async def tell(
    session: AsyncSession, application: Application | Case, what: str, turn: str, at: datetime, said: Mapping[str, Any]
) -> None:
    """Put a notice for the applicant in the outbox, once for each turn; without an address there is nobody to tell."""
    if application.email:
        key = f"{application.number}:{what}:{turn}"
        await notices.write_once_for(
            session, key, application.number, application.email, what, said, at,
            host=HOST, language=application.language,
        )  # fmt: skip
