"""An operator's word to a journey, and what comes back: done, refused by the rules, or no answer."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.workflowservice.v1 import PauseActivityRequest, UnpauseActivityRequest
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from licences.errors import Conflict, NotAllowed
from licences.procedure import Procedure
from records import applications, tasks
from records.database import Database
from workflows.messages import Correction, Move, Word, plan

PATIENCE = timedelta(seconds=20)


class NoAnswer(Exception):
    """The run does not answer: its own code fails, or nobody serves its queue."""


class SaysNo(Conflict):
    """The journey's own refusal, in its words."""


async def say(client: Client, database: Database, act: str, number: str, word: Word, said: Mapping[str, Any]) -> None:
    """Say it, and return when the records show it. Raises NotAllowed, NoAnswer."""
    if act == "hand" and await _on_a_desk(database, number, word, str(said.get("officer", ""))):
        return
    message = await _message(database, act, number, word, said)
    await _update(client, act, number, message, f"{word.repair}:{act}")
    if act in ("suspend", "resume"):
        await _hold_effects(client, number, hold=act == "suspend", reason=word.reason)


async def _message(database: Database, act: str, number: str, word: Word, said: Mapping[str, Any]) -> Word:
    about = word.model_dump()
    if act == "correct":
        return Correction(**about, draft=str(said["draft"]))
    if act == "move":
        return Move(**about, plan=plan(await _newer(database, str(said["version"]))))
    return word


async def _newer(database: Database, version: str) -> Procedure:
    async with database.reading() as session:
        return await applications.procedure_of(session, version)


async def _update(client: Client, act: str, number: str, message: Word, key: str) -> None:
    handle = client.get_workflow_handle(number)
    try:
        await handle.execute_update(act, message, id=key, rpc_timeout=PATIENCE)
    except WorkflowUpdateFailedError as failed:
        raise _refusal(failed) from failed
    except WorkflowUpdateRPCTimeoutOrCancelledError as silent:
        raise NoAnswer("คำขอไม่ตอบ: โปรแกรมของมันผิดพลาดหรือไม่มีผู้รับงาน / its run does not answer") from silent
    except RPCError as gone:
        if gone.status is not RPCStatusCode.NOT_FOUND:
            raise NoAnswer(f"เครื่องยนต์ไม่ตอบ / the engine does not answer: {gone.status.name}") from gone
        raise Conflict("คำขอนี้สิ้นสุดแล้ว", "the application is over: nothing more can be said to it") from gone


def _refusal(failed: WorkflowUpdateFailedError) -> NotAllowed:
    cause = failed.cause
    if isinstance(cause, ApplicationError) and len(cause.details) == 4:
        return SaysNo(str(cause.details[0]), str(cause.details[1]))
    return Conflict("คำขอนี้สิ้นสุดแล้ว", f"the application is over, or its run failed on it ({type(cause).__name__})")


async def _hold_effects(client: Client, number: str, *, hold: bool, reason: str) -> None:
    """What is tried again beside the story rests and goes on with it."""
    described = await client.get_workflow_handle(number).describe()
    for pending in described.raw_description.pending_activities:
        if hold and not pending.paused:
            asked = PauseActivityRequest(namespace=client.namespace, id=pending.activity_id, reason=reason)
            asked.execution.workflow_id, asked.execution.run_id = number, described.run_id or ""
            await client.workflow_service.pause_activity(asked)
        elif not hold and pending.paused:
            again = UnpauseActivityRequest(namespace=client.namespace, id=pending.activity_id)
            again.execution.workflow_id, again.execution.run_id = number, described.run_id or ""
            await client.workflow_service.unpause_activity(again)


async def _on_a_desk(database: Database, number: str, word: Word, officer: str) -> bool:
    """Where it stands on a desk, put it into that officer's hands ("" = back into the agency's inbox)."""
    async with database.transaction() as session:
        standing = [task for task in await tasks.of(session, number) if task.closed_at is None]
        for task in standing:
            at, why = datetime.now(UTC), f"{word.reason} ({word.repair})"
            await tasks.reassign(session, task.id, task.assignee, officer, word.by, at, why)
    return bool(standing)
