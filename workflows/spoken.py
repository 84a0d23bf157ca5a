"""What may be said to a journey by applicants, officers and the bank, and when it is refused.

What can be refused is an update with a validator; what is simply a fact is a signal. An update returns when the records
show what was said.
"""

from datetime import date

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import wanted
    from activities.applications import Applications
    from activities.billing import Billing
    from activities.clock import Clock
    from activities.refusals import final
    from activities.tasks import Tasks
    from licences.applications import Decision, Verdict, check_decision
    from licences.deciding import DECIDED
    from licences.errors import NotAllowed
    from workflows import sentences
    from workflows.messages import (
        DayMoved,
        Fixed,
        PlannedStage,
        Rebill,
        Resubmission,
        StartClock,
        StopClock,
        TakeOver,
        Withdrawal,
    )
    from workflows.steering import REGISTER
    from workflows.steps import Steps


class SpokenTo(Steps):
    """The part of a journey that people speak to: what is open, and what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.open: dict[str, PlannedStage] = {}
        self.decisions: dict[str, Decision] = {}
        self.asked: dict[str, date] = {}
        self.last_days: dict[str, date] = {}
        self.stopped, self.stops = False, 0  # whether its clock stands still, and how often it did
        self.moving: set[str] = set()  # tasks whose days are asked for again when they have come
        self.answered_before: set[str] = set()  # asked and answered before this run began again
        self.officers: dict[str, set[str]] = {}
        self.seated: dict[str, set[str]] = {}  # whose vote each committee has
        self.heard: dict[str, int] = {}
        self.bill: wanted.BillState | None = None  # what is asked for just now
        self.signatures = 0
        self.resubmissions = 0
        self.deciding: dict[str, Decision] = {}  # said, and on their way into the records
        self.answering = False
        self.fixing, self.fixes_told = False, 0
        self.granted = False  # decided and paid: what is left is the agency's paper, and ours
        self.issuing = False
        self.over = False

    @workflow.update
    async def decide(self, decision: Decision) -> None:
        """Take an officer's decision; return when the records show it."""
        stage = self.open.pop(decision.task_id)
        self.deciding[decision.task_id] = decision
        self.take_seat(stage, decision)  # at once: the same officer may be pressing on another seat
        try:
            closed = await self.write(
                Tasks.close, wanted.ClosedTask(**self.now(), decision=decision), f"close:{decision.task_id}"
            )
        except BaseException:
            self.open[decision.task_id] = stage
            self.seated.get(stage.name, set()).discard(decision.officer)
            raise
        finally:
            del self.deciding[decision.task_id]
        if closed.answer_by:
            self.asked[decision.task_id] = closed.answer_by
        self.officers.setdefault(stage.name, set()).add(decision.officer)
        self.decisions[decision.task_id] = decision

    @decide.validator
    def _may_decide(self, decision: Decision) -> None:
        self.refuse_while_suspended()
        stage = self.open.get(decision.task_id)
        if self.to_come(decision):
            raise final(sentences.not_there_yet())
        if self.stopped:
            raise final(sentences.clock_stands_still())
        try:
            check_decision(
                decision,
                task_is_open=stage is not None and not self.closing(),
                earlier_officers=self.barred(stage) if stage else (),
                times_asked=sum(one.verdict is Verdict.ASK for one in self.decisions.values()),
                records=stage is not None and stage.records,
                inspects=stage is not None and stage.inspects,
            )
        except NotAllowed as no:
            raise final(no) from no

    def to_come(self, decision: Decision) -> bool:
        """Whether nothing can be said of it yet: this very decision is on its way into the records, or they have the
        task open though this run has not come to it (its worker died just then)."""
        task, on_its_way = decision.task_id, self.deciding.get(decision.task_id)
        if on_its_way is not None:
            return on_its_way == decision
        return not (task in self.open or task in self.decisions or self.closing())

    def closing(self) -> bool:
        """Whether nobody's word can change the end any more."""
        return self.issuing or self.withdrawal is not None

    def barred(self, stage: PlannedStage) -> list[str]:
        """Officers who may not decide this stage: they decided another it names, or have their vote in it already."""
        before = [officer for name in stage.not_same_officer_as for officer in self.officers.get(name, ())]
        return sorted({*before, *self.seated.get(stage.name, ())})

    def take_seat(self, stage: PlannedStage, decision: Decision) -> None:
        """Note whose vote a committee has; who only asks has not voted yet."""
        if stage.votes > 1 and decision.verdict in DECIDED:
            self.seated.setdefault(stage.name, set()).add(decision.officer)

    @workflow.update
    async def resubmit(self, resubmission: Resubmission) -> None:
        """Take the applicant's answers to what was asked; return when the records show them."""
        self.answering = False
        answered = wanted.Answered(**self.now(), draft=resubmission.draft, by=resubmission.by)
        await self.write(Applications.accept_answers, answered, f"answers:{resubmission.draft}")
        self.resubmissions += 1

    @resubmit.validator
    def _may_resubmit(self, resubmission: Resubmission) -> None:
        self.refuse_while_suspended()
        if not self.answering or self.withdrawal:
            raise final(sentences.nothing_asked())

    @workflow.update
    async def fixed(self, fixed: Fixed) -> None:
        """Hear that the premises are put right; return when the records show it."""
        self.fixing = False
        told = wanted.ToldFixed(**self.now(), by=fixed.by)
        await self.write(Applications.tell_fixed, told, f"fixed:{self.fixes_told + 1}")
        self.fixes_told += 1

    @fixed.validator
    def _may_tell_fixed(self, fixed: Fixed) -> None:
        self.refuse_while_suspended()
        if not self.fixing or self.withdrawal:
            raise final(sentences.nothing_asked())

    @workflow.update
    async def withdraw(self, withdrawal: Withdrawal) -> None:
        """The applicant gives up; return when the records show that it is over."""
        self.withdrawal = withdrawal
        await workflow.wait_condition(lambda: self.over)

    @withdraw.validator
    def _may_withdraw(self, withdrawal: Withdrawal) -> None:
        self.refuse_while_suspended()
        if self.granted or self.issuing or self.deciding or self.over or self.withdrawal:
            raise final(sentences.too_late_to_withdraw())

    @workflow.update
    async def take_over(self, take_over: TakeOver) -> None:
        """An officer goes on without the silent office; return when the reason is in the records."""
        taken = wanted.TakenOver(**self.now(), officer=take_over.officer, reason=take_over.reason)
        await self.write(Applications.take_over, taken, "take-over")
        self.taken_over = take_over

    @take_over.validator
    def _may_take_over(self, take_over: TakeOver) -> None:
        self.refuse_while_suspended()
        if self.silent != REGISTER or self.taken_over or self.withdrawal:
            raise final(sentences.nothing_to_take_over())

    @workflow.update
    async def stop_clock(self, stop: StopClock) -> None:
        """Nobody is late until it goes on; return when the records show it."""
        self.stopped = True
        said = {"officer": stop.officer, "provision": stop.provision, "reason": stop.reason}
        try:
            await self.write(Clock.stop, wanted.ClockStopped(**self.now(), **said), f"stop-clock:{self.stops}")
        except BaseException:
            self.stopped = False
            raise

    @stop_clock.validator
    def _may_stop_clock(self, stop: StopClock) -> None:
        self.refuse_while_suspended()
        if not self.open or self.stopped or self.answering or self.closing():
            raise final(sentences.nothing_to_stop())

    @workflow.update
    async def start_clock(self, start: StartClock) -> None:
        """What it waited for is there: every last day is so much later. Return when the records show it."""
        started = wanted.ClockStarted(**self.now(), officer=start.officer, reason=start.reason)
        moved = await self.write(Clock.start, started, f"start-clock:{self.stops}")
        self.last_days |= moved.days
        self.stops, self.stopped = self.stops + 1, False

    @start_clock.validator
    def _may_start_clock(self, start: StartClock) -> None:
        self.refuse_while_suspended()
        if not self.stopped or self.closing():
            raise final(sentences.nothing_to_stop())

    @workflow.update
    async def rebill(self, rebill: Rebill) -> None:
        """Write the open bill anew: its day has passed, or its rate has changed. Returns when the records show it."""
        old = wanted.OldBill(**self.now(), ref1=rebill.ref1)
        anew = await self.write(Billing.rebill, old, f"rebill:{rebill.ref1}")
        if self.bill is not None and self.bill.ref1 == rebill.ref1:
            self.bill = anew

    @rebill.validator
    def _may_rebill(self, rebill: Rebill) -> None:
        if self.bill is None or self.bill.settled or self.bill.ref1 != rebill.ref1 or self.closing():
            raise final(sentences.nothing_to_pay())

    @workflow.signal
    def paid(self, ref1: str) -> None:
        """Money may have arrived for this bill: the bank will be asked."""
        self.heard[ref1] = self.heard.get(ref1, 0) + 1

    @workflow.signal
    def day_moved(self, moved: DayMoved) -> None:
        """The last day of a task is an earlier one: a holiday was taken back. (A later one is found in time.)"""
        if moved.task in self.last_days:
            self.last_days[moved.task] = moved.due_on

    @workflow.signal
    def signed(self) -> None:
        """One more person has signed: the signatures are in the records."""
        self.signatures += 1
