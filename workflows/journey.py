"""The steps that every operation shares, and the messages that may be said on the way.

A journey is the only writer of its application while it runs. People are waited for without end: a passed day opens a
reminder, not a failure. Other offices are asked once at once and then, while they are silent, for as long as it takes,
and the records say so.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities import wanted
    from activities.applications import Applications
    from activities.billing import Billing
    from activities.clock import Clock
    from activities.issuing import Drawing, Issuing, Sealing
    from activities.payments import Payments
    from activities.refusals import final
    from activities.representation import Representation
    from activities.tasks import Tasks
    from licences.applications import Decision, Status, Verdict, check_decision
    from licences.calendar import end_of_day
    from licences.deciding import DECIDED, refusal, resolution
    from licences.errors import NotAllowed
    from licences.procedure import PAPERS, Due, Level
    from workflows import sentences
    from workflows.messages import (
        DRAWING,
        GENERAL,
        OUTSIDE,
        SEALING,
        DayMoved,
        Fixed,
        Outcome,
        PlannedStage,
        Rebill,
        Resubmission,
        StartClock,
        StopClock,
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
A_WEEK = timedelta(days=7)

REPRESENTATION = PlannedStage(name="representation")
"""The stage on which an officer confirms who may sign for a company (not one of the procedure's own)."""
RECORD_PAYMENT = PlannedStage(name="record-payment", records=True)
RECORD_NUMBER = PlannedStage(name="record-number", records=True)
"""The stages on which an officer writes down what the agency did: a level below L3 brings them (`Plan`)."""

Answer = TypeVar("Answer")


class Over(Exception):
    """The way ends here, before its last step."""

    def __init__(self, status: Status, *, by: str = "engine", decision: Decision | None = None) -> None:
        super().__init__(status.value)
        self.status, self.by, self.decision = status, by, decision


class Journey(Held):
    """One application on its way: what is open, what was said, and the steps."""

    def __init__(self) -> None:
        super().__init__()
        self.submission: Submission
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
        self.taken_over: TakeOver | None = None
        self.withdrawal: Withdrawal | None = None
        self.silent = ""  # the office that is being asked again and again
        self.deciding = 0
        self.answering = False
        self.fixing, self.fixes_told = False, 0
        self.granted = False  # decided and paid: what is left is the agency's paper, and ours
        self.issuing = False
        self.over = False

    # What may be said ----------------------------------------------------------------------------------------------

    @workflow.update
    async def decide(self, decision: Decision) -> None:
        """Take an officer's decision; return when the records show it."""
        stage = self.open.pop(decision.task_id)
        self.deciding += 1
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
            self.deciding -= 1
        if closed.answer_by:
            self.asked[decision.task_id] = closed.answer_by
        self.officers.setdefault(stage.name, set()).add(decision.officer)
        self.decisions[decision.task_id] = decision

    @decide.validator
    def _may_decide(self, decision: Decision) -> None:
        self.refuse_while_suspended()
        stage = self.open.get(decision.task_id)
        if self.to_come(decision.task_id):
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

    def to_come(self, task: str) -> bool:
        """Whether the records may have this task open though this run has not come to it: its worker died just then."""
        known = task in self.open or task in self.decisions
        return not known and not self.deciding and not self.closing()

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

    # The way -------------------------------------------------------------------------------------------------------

    async def through(self, submission: Submission, steps: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Walk the steps, whatever happens on the way; leave no message unanswered and no paper undone."""
        self.submission = submission
        acknowledgement = workflow.start_activity_method(
            Sealing.acknowledge,
            self.step(),
            activity_id="acknowledge",
            task_queue=SEALING,
            start_to_close_timeout=timedelta(minutes=1),
            heartbeat_timeout=SILENCE,
            retry_policy=PATIENT,
        )
        try:
            outcome = await steps()
        except Over as over:
            outcome = await self.close(over)
        self.over = True
        await acknowledgement
        await workflow.wait_condition(workflow.all_handlers_finished)
        return outcome

    async def usual(self) -> Outcome:
        """The story that most operations tell."""
        if not self.submission.granted:
            await self.establish()
        await self.collect(Due.ON_SUBMISSION)
        if not self.submission.granted and (refused := await self.consider()):
            raise Over(Status.REFUSED, decision=refused)
        await self.collect(Due.BEFORE_ISSUE)
        return await self.issue()

    async def establish(self) -> None:
        """See to it that those who filed may bind the holder (thai-rules 4.5), or end here."""
        if not self.submission.for_company:
            return
        for look in range(1, 100):
            standing = await self.standing(look)
            if standing is wanted.Standing.MET:
                return
            if standing is wanted.Standing.SIGNATURES:
                await self.signature()
                continue
            decision = await self.review(REPRESENTATION, first_round=look * 100)
            if decision.verdict is Verdict.REFUSE:
                raise Over(Status.REFUSED, decision=decision)
            if standing is wanted.Standing.NOT_FOUND or self.handed:
                return

    async def signature(self) -> None:
        """Wait until one more person has signed."""
        seen = self.signatures
        await self.until(lambda: self.signatures > seen)

    async def standing(self, look: int) -> wanted.Standing:
        """What the register and the signatures say now; an officer may go on without the register."""
        found = await self.ask(Representation.look, self.step(), f"look:{look}", REGISTER)
        if found is None:  # an officer goes on without it, or an operator has handed it to one
            return wanted.Standing.OFFICER if self.handed and not self.taken_over else wanted.Standing.MET
        return wanted.Standing(found)

    async def collect(self, due: Due) -> None:
        """Ask for what is due here, and go on when the bank itself says that it is paid."""
        if due not in self.submission.plan.dues:
            return
        if self.submission.plan.paid_there:
            return await self.paid_there(due)
        self.bill = await self.write(Billing.raise_bill, wanted.WantedBill(**self.now(), due=due), f"bill:{due}")
        seen: dict[str, int] = {}
        while not self.bill.settled:
            ref1 = await self.rumour(seen)
            question = wanted.Payment(**self.now(), ref1=ref1)
            found = await self.ask(Payments.confirm, question, f"confirm:{due}:{sum(seen.values())}", "bank")
            if found and self.bill.ref1 == ref1:  # else it was written anew while the bank was asked
                self.bill = found
            if not self.bill.settled:
                await self.turn_the_page()

    async def paid_there(self, due: Due) -> None:
        """Say what is due here, and go on when an officer of the agency has recorded that it was paid there."""
        owed = await self.write(Billing.tell_owed, wanted.WantedBill(**self.now(), due=due), f"owed:{due}")
        if owed.satang:
            await self.record(RECORD_PAYMENT, round_=1 + list(Due).index(due), satang=owed.satang)

    async def record(self, stage: PlannedStage, *, round_: int = 1, satang: int = 0) -> None:
        """An officer writes down what the agency did; there is nothing else to say on such a stage."""
        await self.decision(wanted.WantedTask(**self.now(), stage=stage.name, round=round_, satang=satang), stage)

    async def rumour(self, seen: dict[str, int]) -> str:
        """Wait until somebody says that the bill of that day is paid, and note how often it was said; its reference."""

        def told() -> bool:
            bill = self.bill
            return bill is not None and (bill.settled or self.heard.get(bill.ref1, 0) > seen.get(bill.ref1, 0))

        await self.until(told)
        assert self.bill is not None
        seen[self.bill.ref1] = self.heard.get(self.bill.ref1, 0)
        return self.bill.ref1

    async def consider(self) -> Decision | None:
        """Let the rules decide, or the officers of every stage; answers the refusal, or None for a grant."""
        if self.submission.plan.automatic and await self.decided_by_rule():
            return None
        for _, group in groupby(enumerate(self.submission.plan.stages), key=lambda pair: pair[1].together or pair[0]):
            side_by_side = [stage for _, stage in group]
            decisions = await asyncio.gather(*(self.stage(stage) for stage in side_by_side))
            if refused := refusal((one.advises, said) for one, said in zip(side_by_side, decisions, strict=True)):
                return refused
        return None

    async def decided_by_rule(self) -> bool:
        """True when a decision table says yes; anything else, unknown, or no answer in time is for an officer."""
        return await self.write(Representation.decide_by_rule, self.step(), "decide-by-rule")

    async def stage(self, stage: PlannedStage) -> Decision:
        """One stage to its end; every member of a committee votes, so that a dissent is on the record (APA s.83)."""
        if stage.votes == 1:
            return await self.review(stage)
        return resolution(await asyncio.gather(*(self.review(stage, seat=seat + 1) for seat in range(stage.votes))))

    async def review(self, stage: PlannedStage, *, seat: int = 0, first_round: int = 1) -> Decision:
        """Put it on a desk until an officer grants or refuses; what is asked goes back to the applicant between."""
        for round_ in range(first_round, first_round + 99):
            decision = await self.decision(
                wanted.WantedTask(**self.now(), stage=stage.name, round=round_, seat=seat), stage
            )
            if decision.verdict not in (Verdict.ASK, Verdict.FIX):
                return decision
            if decision.task_id not in self.answered_before:
                await (self.answers if decision.verdict is Verdict.ASK else self.fixes)(decision.task_id)
        raise ApplicationError("asked a hundred times", non_retryable=True)

    async def decision(self, task: wanted.WantedTask, stage: PlannedStage) -> Decision:
        """Open the task, and wait for its officer; from the due day on, remind every week."""
        opened = await self.write(Tasks.open, task, f"open:{task.step}")
        if opened.decision:
            return self.decided_before(opened, opened.decision, stage)
        self.open[opened.id], self.last_days[opened.id] = stage, opened.late_from or opened.due_on
        if opened.moves:
            self.moving.add(opened.id)
        self.stopped = self.stopped or opened.stopped
        await self.warn(opened, task.step, Tasks.warn)
        await self.late(opened, task.step, Tasks.remind)
        return self.decisions[opened.id]

    async def late(self, opened: wanted.OpenTask, step: str, effect: Any) -> None:
        """From its last day on, wherever that has moved meanwhile, a reminder every week until it is decided."""
        times = nth = opened.reminded
        while True:
            last = self.last_days[opened.id]
            if await self.until(lambda: self.moved(opened.id, last), by=end_of_day(last) + times * A_WEEK):  # noqa: B023
                if opened.id in self.decisions:
                    return
                await self.while_stopped()
                continue
            nth += 1
            reminder = wanted.Reminder(**self.now(), task=opened.id, times=times + 1)
            later = await self.write(effect, reminder, f"remind:{step}:{nth}")
            if later is not None and later.on > last:
                self.last_days[opened.id] = later.on
                continue
            times += 1
            await self.turn_the_page()

    async def while_stopped(self) -> None:
        """Nobody is late while the clock stands still; an officer lets it go on."""
        if self.stopped:
            await self.until(lambda: not self.stopped)

    def moved(self, task: str, last: date) -> bool:
        """It was decided, its last day is another, or its clock stands still."""
        return task in self.decisions or self.last_days[task] != last or self.stopped

    async def warn(self, opened: wanted.OpenTask, step: str, effect: Any) -> None:
        """While there is still time, its supervisor is warned once; the same timer goes on to the last day."""
        if opened.warn_at is None:  # there is no time, or an engine without warnings opened it
            return
        if not await self.until(lambda: opened.id in self.decisions, by=opened.warn_at):
            await self.write(effect, wanted.RunningOut(**self.now(), task=opened.id), f"warn:{step}")

    def decided_before(self, task: wanted.OpenTask, decision: Decision, stage: PlannedStage) -> Decision:
        """What the records say was decided, when this run begins again for one that the engine lost."""
        self.decisions[task.id] = decision
        self.officers.setdefault(stage.name, set()).add(decision.officer)
        self.take_seat(stage, decision)
        if task.answer_by:
            self.asked[task.id] = task.answer_by
        if task.answered:
            self.answered_before.add(task.id)
        return decision

    async def answers(self, task: str) -> None:
        """Wait for the applicant's answers; not in time returns the application (Licensing Facilitation Act s.9)."""
        seen, self.answering, nth = self.resubmissions, True, 0
        while not await self.until(lambda: self.resubmissions > seen, by=end_of_day(self.asked[task])):
            nth += 1
            if task in self.moving and (await self.longer(task, nth) or not self.answering):
                continue  # there is more time, or an answer is just being written down
            self.answering = False
            raise Over(Status.RETURNED)

    async def longer(self, task: str, nth: int) -> bool:
        """Whether the day for the answers is a later one by now: a holiday was announced meanwhile."""
        passed = wanted.DayPassed(**self.now(), task=task)
        later = await self.write(Tasks.answers_due, passed, f"answers-due:{task}:{nth}")
        if later is None:
            return False
        self.asked[task] = later.on
        return True

    async def fixes(self, task: str) -> None:
        """Wait until the premises are said to be put right, or the day for it has passed: then they are seen again."""
        seen, self.fixing = self.fixes_told, True
        await self.until(lambda: self.fixes_told > seen, by=end_of_day(self.asked[task]))
        self.fixing = False

    async def issue(self) -> Outcome:
        """Number before seal, seal before register: nothing is sealed that was not first written down."""
        self.granted = True
        if not self.submission.plan.entered:
            return await self.complete()
        if self.submission.plan.paper_there:
            await self.record(RECORD_NUMBER)
        self.issuing = True
        reserved = await self.write(Issuing.reserve_number, self.step(), "reserve-number")
        if self.submission.plan.level is Level.SEAL and self.submission.plan.effect in PAPERS:
            await self.document(Drawing.draw_up, self.step(), "licence")
        await self.write(Issuing.enter_in_register, self.step(), "enter-in-register")
        return Outcome(status=Status.ISSUED, licence_number=reserved.licence_number)

    async def complete(self) -> Outcome:
        """The end of what enters nothing in the register: where we seal, a sealed letter says what was done."""
        self.issuing = True
        if self.submission.plan.level is Level.SEAL:
            letter = wanted.Letter(**self.now(), kind=Status.ISSUED.value)
            await self.document(Drawing.draw_letter, letter, "completed")
        ending = wanted.Ending(**self.now(), status=Status.ISSUED.value, told="completed")
        await self.write(Applications.end, ending, "end")
        return Outcome(status=Status.ISSUED)

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

    async def close(self, over: Over) -> Outcome:
        """Write down an end without a grant; a refusal and a return are told by a sealed letter.

        A refusal carries reasons, the provision, and how to appeal (Administrative Procedure Act ss.37, 40).
        """
        self.issuing = True
        if over.status in (Status.REFUSED, Status.RETURNED):
            letter = wanted.Letter(**self.now(), kind=over.status.value, decision=over.decision)
            await self.document(Drawing.draw_letter, letter, over.status.value)
        by = self.withdrawal.by if self.withdrawal else over.by
        await self.write(Applications.end, wanted.Ending(**self.now(), status=over.status.value, by=by), "end")
        return Outcome(status=over.status)

    async def turn_the_page(self) -> None:
        """A history that grows too long goes on in a new one: the records hold all that it knows (`decided_before`)."""
        if not workflow.info().is_continue_as_new_suggested() or self.suspended:
            return
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() or self.withdrawal is not None)
        if self.withdrawal is None:
            workflow.continue_as_new(self.submission)

    # How a step is taken -------------------------------------------------------------------------------------------

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


def _is_final(failed: FailureError) -> bool:
    """Whether asking again would not help. A failed effect comes wrapped, a failed short (local) one as it is."""
    cause = failed.cause if isinstance(failed, ActivityError) else failed
    return isinstance(cause, ApplicationError) and cause.non_retryable
