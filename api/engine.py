"""Speaking to journeys: one client, connected when first needed, and one translator of what comes back.

A refusal of the rules crosses the engine as an `ApplicationError` of the refusal's name with details
(th, en, field, status); here it becomes a `NotAllowed` again. An engine that does not answer is `EngineDown`.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    Interceptor,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ActivityError, ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from licences.errors import Conflict, NotAllowed
from licences.procedure import Procedure
from workflows.codec import CaseKeys
from workflows.messages import GENERAL, JOURNEYS, Submission, connect, plan

PATIENCE = timedelta(seconds=10)
CONNECT_PATIENCE = timedelta(seconds=5)
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class EngineDown(Exception):
    """The engine (or every worker of it) does not answer."""


class JourneyOver(Conflict):
    """The application is decided, withdrawn or issued: nothing more can be said to it."""


class JourneyRefused(NotAllowed):
    """What a journey's validator said, back in the door: the rule's own name, words, field and status."""

    def __init__(self, name: str, th: str, en: str, field: str, status: int) -> None:
        super().__init__(th, en, field=field)
        self.name, self.status = name, status

    @property
    def code(self) -> str:
        """The name of the rule that said no, in kebab case."""
        return _CAPITAL.sub("-", self.name).lower()


class Engine:
    """The door's way to the engine. Made without a connection; asks for one when there is something to say."""

    def __init__(
        self, address: str, namespace: str, codec_keys: str, cases: CaseKeys | None = None,
        interceptors: Sequence[Interceptor] = (),
    ) -> None:  # fmt: skip
        """`cases`: where the keys of the free text are (what an officer writes is sealed with its case's own)."""
        self._where = (address, namespace, codec_keys, cases, interceptors)
        self._client: Client | None = None
        self._connecting = asyncio.Lock()

    async def client(self) -> Client:
        """The connected client; it reconnects by itself. Raises EngineDown."""
        async with self._connecting:
            if self._client is None:
                try:
                    async with asyncio.timeout(CONNECT_PATIENCE.total_seconds()):
                        self._client = await connect(*self._where)
                except (RuntimeError, RPCError, TimeoutError, OSError) as error:
                    raise EngineDown(f"no connection ({type(error).__name__}: {error})") from error
            return self._client

    async def alive(self) -> bool:
        """Ask the engine's own health service. Raises EngineDown."""
        client = await self.client()
        try:
            return await client.service_client.check_health(timeout=CONNECT_PATIENCE)
        except RPCError as error:
            raise EngineDown(str(error)) from error

    async def start(self, number: str, procedure: Procedure, *, for_company: bool, queue: str = GENERAL) -> None:
        """Start the journey of a received application; one that is under way already is left as it is.

        Raises EngineDown.
        """
        client = await self.client()
        submission = Submission(number=number, plan=plan(procedure), for_company=for_company)
        try:
            await client.start_workflow(
                JOURNEYS[procedure.operation],
                submission,
                id=number,
                task_queue=queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                rpc_timeout=PATIENCE,
            )
        except WorkflowAlreadyStartedError:
            return
        except RPCError as error:
            raise EngineDown(str(error)) from error

    async def run(self, story: str, said: Any, *, name: str, queue: str = GENERAL) -> None:
        """Have an errand done and wait for its end; one of this name that runs is waited for. Raises EngineDown."""
        client = await self.client()
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await client.execute_workflow(
                    story, said, id=name, task_queue=queue, id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING
                )
        except (RPCError, TimeoutError) as error:
            raise EngineDown(f"{name} is not done yet ({type(error).__name__})") from error

    async def update(self, number: str, message: str, said: Any, *, key: str) -> None:
        """Say something that may be refused, and wait until the records show it. The same key is said once.

        Raises NotAllowed (the rules' own words), JourneyOver, EngineDown.
        """
        client = await self.client()
        handle = client.get_workflow_handle(number)
        try:
            await handle.execute_update(message, said, id=key, rpc_timeout=PATIENCE)
        except WorkflowUpdateFailedError as error:
            raise refusal(error) from error
        except WorkflowUpdateRPCTimeoutOrCancelledError as error:
            raise EngineDown(f"no answer from the journey {number}") from error
        except RPCError as error:
            raise _over(error) from error

    async def signal(self, number: str, message: str, *said: Any) -> None:
        """Tell a journey a fact. One that is over, or not yet there, has nothing to learn: the records keep the fact.

        Raises EngineDown.
        """
        client = await self.client()
        try:
            await client.get_workflow_handle(number).signal(message, args=said, rpc_timeout=PATIENCE)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise EngineDown(str(error)) from error


def refusal(error: WorkflowUpdateFailedError) -> Exception:
    """The rules' own answer out of a failed update; EngineDown when it was not the rules that failed it."""
    cause: BaseException | None = error.cause
    while isinstance(cause, ActivityError):  # the rule was asked in an effect of the update
        cause = cause.cause
    if isinstance(cause, ApplicationError) and len(cause.details) == 4:
        th, en, field, status = cause.details
        return JourneyRefused(cause.type or "NotAllowed", str(th), str(en), str(field), int(status))
    if isinstance(cause, ApplicationError) and cause.type == "AcceptedUpdateCompletedWorkflow":
        return journey_over()
    return EngineDown(f"an update failed for another reason than the rules: {cause}")


def _over(error: RPCError) -> Exception:
    return journey_over() if error.status is RPCStatusCode.NOT_FOUND else EngineDown(str(error))


def journey_over() -> JourneyOver:
    """What is said of a journey that hears nothing more."""
    return JourneyOver(
        "คำขอนี้สิ้นสุดแล้วหรือยังไม่เริ่มพิจารณา จึงดำเนินการนี้ไม่ได้",
        "this application is over, or not under way yet, so this cannot be done",
    )
