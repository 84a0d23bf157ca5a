"""How a step is taken: a short write of our own, a question to another office, a paper, a wait for people.

Each is tried for as long as it takes, waits while an operator holds the application, and carries which application it
is about and when: references, no people.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities import wanted
    from activities.applications import Applications
    from activities.issuing import Sealing
    from licences.applications import Decision, Status
    from workflows.messages import (
        DRAWING,
        GENERAL,
        OUTSIDE,
        SEALING,
        Submission,
        TakeOver,
        Withdrawal,
    )
    from workflows.steering import AT_HAND, QUICK, REGISTER, Held

PROMPT = timedelta(seconds=4)
"""The first question to another office, while the next page waits."""
SILENCE = timedelta(seconds=5)
"""A worker that has not said for so long that it is still at it (`activities.alive`) has died: another takes over."""
PATIENT = RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=5))
"""Other offices, papers, keys: as long as it takes."""
ONCE = RetryPolicy(maximum_attempts=1)

Answer = TypeVar("Answer")


class Over(Exception):
    """The way ends here, before its last step."""

    def __init__(self, status: Status, *, by: str = "engine", decision: Decision | None = None) -> None:
        super().__init__(status.value)
        self.status, self.by, self.decision = status, by, decision


class Steps(Held):
    """The part of a journey that takes its steps."""

    def __init__(self) -> None:
        super().__init__()
        self.submission: Submission
        self.taken_over: TakeOver | None = None
        self.withdrawal: Withdrawal | None = None
        self.silent = ""  # the office that is being asked again and again

    def now(self) -> dict[str, Any]:
        """Which application, and this moment: the legal time of the step."""
        return {"number": self.submission.number, "at": workflow.now()}

    def step(self) -> wanted.Step:
        """A step that needs nothing more."""
        return wanted.Step(**self.now())

    async def write(self, method: Callable[[Any, Any], Awaitable[Answer]], asked: Any, step: str) -> Answer:
        """One short write of our own."""
        await self.unless_suspended()
        return await workflow.execute_local_activity_method(
            method, asked, activity_id=step, start_to_close_timeout=QUICK, local_retry_threshold=AT_HAND
        )

    async def ask(
        self, method: Callable[[Any, Any], Awaitable[Answer]], asked: Any, step: str, office: str
    ) -> Answer | None:
        """Ask another office: at once, then for as long as it takes. None: an officer goes on without it."""
        await self.unless_suspended()
        try:
            return await workflow.execute_local_activity_method(
                method, asked, activity_id=step, start_to_close_timeout=PROMPT, retry_policy=ONCE
            )
        except FailureError as failed:
            if is_cancelled_exception(failed) or _is_final(failed):
                raise
        await self.write(Applications.wait, wanted.Wait(**self.now(), waiting_for=office), f"wait:{step}")
        return await self.ask_patiently(method, asked, step, office)

    async def ask_patiently(
        self, method: Callable[[Any, Any], Awaitable[Answer]], asked: Any, step: str, office: str
    ) -> Answer | None:
        """Ask until it answers, an officer goes on without it (the register only), or the applicant withdraws."""
        asking = workflow.start_activity_method(
            method,
            asked,
            activity_id=f"{step}:again",
            # A slow office fills its own queue, and no other. A release on trial, on a queue of its own, keeps to it.
            task_queue=OUTSIDE if workflow.info().task_queue == GENERAL else None,
            start_to_close_timeout=timedelta(seconds=30),
            heartbeat_timeout=SILENCE,
            retry_policy=PATIENT,
        )
        self.silent = office
        try:
            await self.until(lambda: asking.done() or (office == REGISTER and self.goes_without()))
            return await asking if asking.done() else None
        finally:
            self.silent = ""
            if not asking.done():
                asking.cancel()

    def goes_without(self) -> bool:
        """Whether an officer goes on without the register, or has been handed the application to do so."""
        return self.taken_over is not None or self.handed

    async def until(self, happened: Callable[[], bool], *, by: datetime | None = None) -> bool:
        """Wait for people. True: it happened; False: `by` came first. Ends the way when the applicant withdraws."""
        patience = None if by is None else max(by - workflow.now(), timedelta(seconds=1))
        try:
            await workflow.wait_condition(lambda: happened() or self.withdrawal is not None, timeout=patience)
        except TimeoutError:
            return False
        if self.withdrawal:
            raise Over(Status.WITHDRAWN, by=self.withdrawal.by)
        return True

    async def document(self, draw: Any, asked: Any, name: str) -> None:
        """Draw a paper beside no key, then seal it beside no applicant's text."""
        await self.unless_suspended()
        drawn = await workflow.execute_activity_method(
            draw,
            asked,
            activity_id=f"draw-up:{name}",
            task_queue=DRAWING,
            start_to_close_timeout=timedelta(minutes=1),
            heartbeat_timeout=SILENCE,
            retry_policy=PATIENT,
        )
        await self.unless_suspended()
        await workflow.execute_activity_method(
            Sealing.seal_paper,
            drawn,
            activity_id=f"seal:{name}",
            task_queue=SEALING,
            start_to_close_timeout=timedelta(minutes=1),
            heartbeat_timeout=SILENCE,
            retry_policy=PATIENT,
        )


def _is_final(failed: FailureError) -> bool:
    """Whether asking again would not help. A failed effect comes wrapped, a failed short (local) one as it is."""
    cause = failed.cause if isinstance(failed, ActivityError) else failed
    return isinstance(cause, ApplicationError) and cause.non_retryable
