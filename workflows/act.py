"""An act after the grant: suspension, correction, appeal, … One story over data, as every procedure.

Who is heard, who decides, what the register then says: the plan tells. The story only keeps the order, that two persons
are two, and that of two acts at once one is carried out and the other hears what came first.
"""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import wanted
    from activities.acting import Acting
    from activities.case_drawing import CaseDrawing
    from activities.case_values import CaseEnding, CaseLetter, Extension
    from activities.company_changes import SAME, CompanyChanges
    from activities.refusals import final
    from licences.acts import PROPOSAL, CaseStatus, Kind
    from licences.applications import Decision, Verdict, check_decision
    from licences.calendar import end_of_day
    from licences.errors import NotAllowed
    from workflows import sentences
    from workflows.case_messages import STORY, ActStagePlan, Extend, OpenedCase
    from workflows.journey import Journey
    from workflows.messages import GENERAL, JOURNEYS, Outcome
    from workflows.steps import Over


class Ended(Exception):
    """The case ends here without an effect."""

    def __init__(self, status: CaseStatus, *, by: str = "engine", decision: Decision | None = None) -> None:
        super().__init__(status.value)
        self.status, self.by, self.decision = status, by, decision


@workflow.defn
class Act(Journey):
    """Walks a case as a journey walks an application, with tasks in the same inbox."""

    def __init__(self) -> None:
        super().__init__()
        self.case: OpenedCase
        self.objected = False
        self.answered: bool | None = None  # whether who takes the licence over said yes
        self.extended: set[str] = set()

    @workflow.run
    async def run(self, case: OpenedCase) -> Outcome:
        """Walk the steps, whatever happens on the way."""
        self.case = case
        self.officers[PROPOSAL] = {case.opened_by}
        if case.decided_by:
            self.officers["order"] = {case.decided_by}
        try:
            outcome = await self.steps()
        except Over as over:
            outcome = await self.end(Ended(CaseStatus.WITHDRAWN, by=self.withdrawal.by if self.withdrawal else over.by))
        except Ended as ended:
            outcome = await self.end(ended)
        self.over = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        return outcome

    async def steps(self) -> Outcome:
        """Look, ask, hear, decide, carry out."""
        plan = self.case.plan
        if self.case.granted:
            return await self.carry_out(None)
        if plan.asks_register and await self.unchanged():
            raise Ended(CaseStatus.DONE)
        if plan.consent:
            await self.consent()
        if plan.hearing:
            await self.hear()
        decision = await self.ruled()
        if decision.verdict is Verdict.REFUSE:
            raise Ended(CaseStatus.REFUSED, decision=decision)
        if not plan.enters:
            raise Ended(CaseStatus.DONE)
        return await self.carry_out(decision)

    # What may be said ----------------------------------------------------------------------------------------------

    @workflow.update
    async def decide(self, decision: Decision) -> None:  # type: ignore[override]  # an update's type names its class
        """Take an officer's decision; return when the records show it."""
        stage = self.open.pop(decision.task_id)
        self.deciding[decision.task_id] = decision
        try:
            closed = wanted.ClosedTask(**self.now(), decision=decision)
            await self.write(Acting.close, closed, f"close:{decision.task_id}")
        except BaseException:
            self.open[decision.task_id] = stage
            raise
        finally:
            del self.deciding[decision.task_id]
        self.officers.setdefault(stage.name, set()).add(decision.officer)
        self.decisions[decision.task_id] = decision

    @decide.validator
    def _may_decide(self, decision: Decision) -> None:
        self.refuse_while_suspended()
        stage = self.open.get(decision.task_id)
        if self.to_come(decision):
            raise final(sentences.not_there_yet())
        try:
            check_decision(
                decision,
                task_is_open=stage is not None and not self.closing(),
                applicant=self.case.opened_by if self.case.opened_as == "holder" else "",
                earlier_officers=self.barred(stage) if stage else (),
            )
        except NotAllowed as no:
            raise final(no) from no
        if decision.verdict is Verdict.ASK:
            raise final(sentences.nothing_to_ask())

    @workflow.update
    async def extend(self, extend: Extend) -> None:
        """Move the last day of a stage, once; return when the holder was told (APA s.45)."""
        self.extended.add(extend.task_id)
        asked = Extension(**self.now(), task=extend.task_id, by=extend.officer, reason=extend.reason)
        moved = await self.write(Acting.extend, asked, f"extend:{extend.task_id}")
        self.last_days[extend.task_id] = moved.due_on

    @extend.validator
    def _may_extend(self, extend: Extend) -> None:
        stage = self.open.get(extend.task_id)
        if not isinstance(stage, ActStagePlan) or not stage.extendable or self.closing():
            raise final(sentences.not_to_be_extended())
        if extend.task_id in self.extended or workflow.now() >= end_of_day(self.last_days[extend.task_id]):
            raise final(sentences.not_to_be_extended())

    @workflow.signal
    def objection(self) -> None:
        """The holder has said what he has to say: his words are in the records."""
        self.objected = True

    @workflow.signal
    def consented(self, agreed: bool) -> None:
        """Who takes the licence over has answered."""
        self.answered = agreed if self.answered is None else self.answered

    # The way -------------------------------------------------------------------------------------------------------

    async def unchanged(self) -> bool:
        """What the company register says now; asked for as long as it takes, or until an officer goes on without."""
        found = await self.ask(CompanyChanges.compare, self.step(), "compare", "company-register")
        return found is None or found.finding == SAME

    async def consent(self) -> None:
        """Who takes the licence over says yes, or it ends here."""
        asked = await self.write(Acting.await_consent, self.step(), "consent")
        self.answered = asked.answered if self.answered is None else self.answered
        if not await self.until(lambda: self.answered is not None, by=asked.until) or not self.answered:
            raise Ended(CaseStatus.REFUSED)

    async def hear(self) -> None:
        """The holder may object before anybody decides; his word, or the last day, ends the wait (APA s.30)."""
        told = await self.write(Acting.hear, self.step(), "hear")
        until, nth = told.until, 0
        while not await self.until(lambda: self.objected or bool(told.answered), by=until):
            nth += 1
            passed = wanted.DayPassed(**self.now(), task="hearing")
            later = await self.write(Acting.hearing_due, passed, f"hearing-due:{nth}") if told.moves else None
            if later is None:
                return
            until = end_of_day(later.on)

    async def ruled(self) -> Decision:
        """Every stage must agree; of an appeal one is enough, and one that does not agree hands it upward."""
        decision: Decision | None = None
        for stage in self.case.plan.stages:
            decision = await self.decided(stage)
            if (decision.verdict is Verdict.APPROVE) is self.case.plan.upward:
                break
        assert decision is not None
        return decision

    async def decided(self, stage: ActStagePlan) -> Decision:
        """Open the task, and wait for its officer; after its day, remind every week."""
        task = wanted.WantedTask(**self.now(), stage=stage.name, round=1)
        opened = await self.write(Acting.open, task, f"open:{task.step}")
        if opened.decision:
            return self.decided_before(opened, opened.decision, stage)
        self.open[opened.id], self.last_days[opened.id] = stage, opened.due_on
        await self.warn(opened, task.step, Acting.warn)
        await self.late(opened, task.step, Acting.remind)
        return self.decisions[opened.id]

    async def turn_the_page(self) -> None:
        """A case goes on in the page it began: its stages are few."""

    async def carry_out(self, decision: Decision | None) -> Outcome:
        """Written down before it is drawn, drawn before it is sealed, sealed before it is entered.

        Without a decision of its own: the ruling on its appeal is the order.
        """
        self.issuing = True
        prepared = await self.write(Acting.prepare, self.step(), "prepare")
        if not prepared.possible:
            return Outcome(status=CaseStatus.OVERTAKEN)
        if prepared.paper:
            await self.document(CaseDrawing.draw_paper, self.step(), "licence")
        elif decision and not self.case.plan.paper:
            await self.letter(CaseStatus.DONE, decision)
        carried = await self.write(Acting.enter, self.step(), "enter")
        if carried.reopened:
            await self.grant_after_all()
        return Outcome(status=CaseStatus.DONE if carried.done else CaseStatus.OVERTAKEN)

    async def grant_after_all(self) -> None:
        """What was refused goes on from where it was refused: what is due, and the licence; or the act itself."""
        appealed, refused = self.case.appealed, self.case.refused
        goes_on = refused or appealed
        assert goes_on is not None
        await workflow.start_child_workflow(
            JOURNEYS[appealed.plan.operation] if appealed else STORY,
            goes_on,
            id=goes_on.number,
            task_queue=GENERAL,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
        )

    async def letter(self, status: CaseStatus, decision: Decision | None) -> None:
        """A sealed letter says what was decided, why, and how to appeal."""
        await self.document(
            CaseDrawing.draw_letter, CaseLetter(**self.now(), status=status, decision=decision), "order"
        )

    async def end(self, ended: Ended) -> Outcome:
        """Without an effect: a holder who is refused is told by a sealed letter."""
        self.issuing = True
        if ended.decision and (self.case.opened_as == "holder" or self.case.plan.act is Kind.APPEAL):
            await self.letter(ended.status, ended.decision)
        ending = CaseEnding(**self.now(), status=ended.status, by=ended.by)
        await self.write(Acting.end, ending, "end")
        return Outcome(status=ended.status)

    def now(self) -> dict[str, Any]:
        """Which case, and this moment: the legal time of the step."""
        return {"number": self.case.number, "at": workflow.now()}
