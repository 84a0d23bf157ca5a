"""What operators may say to a journey: hold it, let it go on, correct an answer, move it to newer rules, hand it over.

Each is an update that the journey may refuse, and is kept in the application's history with who and why. None of them
decides anything: that stays with officers and rules.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.refusals import final
    from activities.steering import Correcting, Moving, Steered, Steering
    from workflows import sentences
    from workflows.messages import Correction, Move, Plan, Submission, Word

QUICK = timedelta(seconds=10)
"""A short write of our own: tried again until the database answers."""
AT_HAND = timedelta(seconds=5)
"""Next tries that are further off than this are the engine's to wake us for: a worker that is told to stop waits for
every try that it has at hand itself."""
REGISTER = "company-register"
"""The one office without whose answer an officer may go on: he reads the company's papers himself."""


class Held:
    """The part of a journey that operators speak to."""

    if TYPE_CHECKING:
        submission: Submission
        open: dict[str, Any]
        officers: dict[str, set[str]]
        withdrawal: Any
        silent: str
        granted: bool
        issuing: bool
        over: bool

        def now(self) -> dict[str, Any]:
            """Which application, and this moment."""

    def __init__(self) -> None:
        self.suspended = False
        self.handed = False

    async def unless_suspended(self) -> None:
        """Before each step: wait as long as an operator holds the application."""
        if self.suspended:
            await workflow.wait_condition(lambda: not self.suspended)

    def refuse_while_suspended(self) -> None:
        """What people say to a suspended journey is refused, and not kept for later."""
        if self.suspended:
            raise final(sentences.suspended())

    @workflow.update
    async def suspend(self, word: Word) -> None:
        """Take no further step until told to go on."""
        self.suspended = True
        await self._kept(Steering.suspend, self._said(word), f"suspend:{word.repair}")

    @suspend.validator
    def _may_suspend(self, word: Word) -> None:
        if self.over or self.suspended:
            raise final(sentences.nothing_to_steer())

    @workflow.update
    async def resume(self, word: Word) -> None:
        """Go on."""
        await self._kept(Steering.resume, self._said(word), f"resume:{word.repair}")
        self.suspended = False

    @resume.validator
    def _may_resume(self, word: Word) -> None:
        if not self.suspended:
            raise final(sentences.nothing_to_steer())

    @workflow.update
    async def hand(self, word: Word) -> None:
        """Let an officer look instead of the office that is silent."""
        await self._kept(Steering.hand, self._said(word), f"hand:{word.repair}")
        self.handed = True

    @hand.validator
    def _may_hand(self, word: Word) -> None:
        if self.silent != REGISTER or self.handed or self.withdrawal:
            raise final(sentences.nothing_to_take_over())

    @workflow.update
    async def correct(self, correction: Correction) -> None:
        """Put answers right that two operators have found wrong; return when the records show them."""
        said = Correcting(**self._word(correction), draft=correction.draft)
        await self._kept(Steering.correct, said, f"correct:{correction.repair}")

    @correct.validator
    def _may_correct(self, correction: Correction) -> None:
        if self.granted or self.issuing or self.over or not hasattr(self, "submission"):
            raise final(sentences.too_late_to_steer())

    @workflow.update
    async def move(self, move: Move) -> None:
        """Go on under a newer version of the rules."""
        said = Moving(**self._word(move), version=move.plan.version)
        await self._kept(Steering.move, said, f"move:{move.repair}")
        self.submission = self.submission.model_copy(update={"plan": move.plan})

    @move.validator
    def _may_move(self, move: Move) -> None:
        if self.granted or self.issuing or self.over or not hasattr(self, "submission"):
            raise final(sentences.too_late_to_steer())
        if not self._fits(move.plan):
            raise final(sentences.other_stages())

    def _fits(self, new: Plan) -> bool:
        """Whether the way that lies behind is the same under the new rules."""
        old = self.submission.plan
        names = {stage.name for stage in old.stages}
        begun = names & {*self.officers, *(stage.name for stage in self.open.values())}
        same = (old.operation, old.level, old.effect, old.by_fee) == (new.operation, new.level, new.effect, new.by_fee)
        return same and (not begun or old.stages == new.stages)

    def _said(self, word: Word) -> Steered:
        return Steered(**self._word(word))

    def _word(self, word: Word) -> dict[str, Any]:
        return self.now() | {"by": word.by, "agreed": word.agreed, "reason": word.reason, "repair": word.repair}

    async def _kept(self, method: Callable[[Any, Any], Awaitable[None]], said: Any, step: str) -> None:
        """Into the records, at once: what an operator says is not held up by what he holds up."""
        await workflow.execute_local_activity_method(
            method, said, activity_id=step, start_to_close_timeout=QUICK, local_retry_threshold=AT_HAND
        )
