"""The way that every operation shares: who asks, what is owed, what is decided, what is issued.

A journey is the only writer of its application while it runs. People are waited for without end: a passed day opens a
reminder, not a failure. Other offices are asked once at once and then, while they are silent, for as long as it takes,
and the records say so.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities import wanted
    from activities.applications import Applications
    from activities.billing import Billing
    from activities.issuing import Drawing, Issuing, Sealing
    from activities.payments import Payments
    from activities.representation import Representation
    from activities.tasks import Tasks
    from licences.applications import Decision, Status, Verdict
    from licences.calendar import end_of_day
    from licences.deciding import refusal, resolution
    from licences.procedure import PAPERS, Due, Level
    from workflows.messages import (
        SEALING,
        Outcome,
        PlannedStage,
        Submission,
    )
    from workflows.spoken import SpokenTo
    from workflows.steering import REGISTER
    from workflows.steps import PATIENT, SILENCE, Over

A_WEEK = timedelta(days=7)

REPRESENTATION = PlannedStage(name="representation")
"""The stage on which an officer confirms who may sign for a company (not one of the procedure's own)."""
RECORD_PAYMENT = PlannedStage(name="record-payment", records=True)
RECORD_NUMBER = PlannedStage(name="record-number", records=True)
"""The stages on which an officer writes down what the agency did: a level below L3 brings them (`Plan`)."""


class Journey(SpokenTo):
    """One application on its way."""

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
