"""Put a stage on a desk, remind, and keep the decision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities import asked_anew, delays, wanted
from activities.representation import accept_signers
from activities.telling import decided, happened, tell
from licences import calendar, catalogue, places, thai
from licences.applications import AskedBefore, Decision, Status, Verdict
from licences.catalogue import Catalogue
from licences.deciding import DECIDED
from licences.errors import NotFound
from licences.procedure import Procedure, Stage, Text
from records import applications, further, history, holidays, papers, tasks, visits
from records.database import Database
from records.tables import Application, Task

BY_THE_APPLICANT = ("answers", "fixes", "signatures", "payment")
"""Words of `waiting_for` while it lies with the applicant."""
ANSWER_DAYS = 15
"""Working days in which asked items are to be answered, where the manual says nothing else (LFA s.8)."""

CHAIR = 1
"""The seat of a committee's chair."""

REPRESENTATION = Stage(
    name="representation",
    kind="review",
    role="officer",
    title=Text(th="ตรวจสอบอำนาจลงนาม", en="Check who may sign"),
    asks=Text(
        th="ผู้ยื่นมีอำนาจลงนามแทนนิติบุคคลตามข้อความในทะเบียนหรือไม่",
        en="May those who filed bind the company, as its register text says?",
    ),
    working_days=2,
    law="ป.พ.พ. ม.70, 1144",
)
"""The stage on which an officer confirms a company's signing rule: the same for every licence."""

RECORD_PAYMENT = Stage(
    name="record-payment",
    kind="record-payment",
    role="officer",
    title=Text(th="บันทึกการชำระเงินที่หน่วยงาน", en="Record the payment at the agency"),
    asks=Text(
        th="ผู้ยื่นชำระค่าธรรมเนียมที่หน่วยงานแล้ว ตามใบเสร็จรับเงินเลขที่ใด",
        en="The fee has been paid at the agency: under which receipt number?",
    ),
    working_days=15,
    law="ระเบียบกระทรวงการคลังว่าด้วยการเบิกเงินจากคลัง การรับเงิน การจ่ายเงิน การเก็บรักษาเงิน และการนำเงินส่งคลัง พ.ศ. 2562",
)
RECORD_NUMBER = Stage(
    name="record-number",
    kind="record-number",
    role="officer",
    title=Text(th="บันทึกเลขที่หนังสือของหน่วยงาน", en="Record the agency's own paper"),
    asks=Text(
        th="หน่วยงานออกหนังสือหรือใบอนุญาตของหน่วยงานแล้ว เลขที่ใด",
        en="The agency has made out its own paper: under which number?",
    ),
    working_days=3,
    law="พ.ร.บ.การปฏิบัติราชการทางอิเล็กทรอนิกส์ พ.ศ. 2565 ม.13",
)
"""The stages on which an officer writes down what the agency did outside this system: levels L1 and L2 bring them."""


DEFECTS, INSPECTION = "defects", "inspection"
"""The joint record of what is missing or wrong; the report of a visit to the premises (a kind of stage, too)."""


class Tasks:
    """Effects on an officer's desk."""

    def __init__(self, database: Database, known: Catalogue | None = None, *, opdc: str = "") -> None:
        self.database, self.opdc = database, opdc
        self.catalogue = known or catalogue.load()

    @activity.defn(name="open_task")
    async def open(self, task: wanted.WantedTask) -> wanted.OpenTask:
        """Put one stage on the desk of its office, due in its working days; the same step opens one task."""
        async with self.database.transaction() as session:
            application = await applications.get(session, task.number)
            stage = stage_of(await applications.procedure_of(session, application.version), task.stage)
            stage = _at_seat(_with_amount(stage, task.satang), task.seat)
            period = (task.at.astimezone(calendar.BANGKOK).date(), stage.working_days)
            office = self.catalogue.agency(stage.agency or application.agency)
            closed = await closed_for(session, application)
            application = await without_the_applicants_days(session, application, task.step, task.at, closed)
            due = calendar.due_on(*period, closed)
            warn = calendar.warn_on(*period, office.warn_at_percent, closed)
            opened = await tasks.open_once(session, application, stage, task.step, due_on=due, at=task.at, warn_on=warn)
            if opened.closed_at and opened.verdict:
                return await self._decided(session, application, opened)
            waits, until = f"stage:{stage.name}", calendar.end_of_day(opened.due_on)
            await applications.show(
                session, task.number, Status.IN_REVIEW.value, waiting_for=waits, since=task.at, until=until
            )
        return wanted.OpenTask(
            id=opened.id,
            due_on=opened.due_on,
            warn_at=delays.warn_at(opened, application),
            late_from=delays.late_from(opened, application),
            moves=True,
            reminded=opened.reminded,
            stopped=opened.stopped_at is not None,
        )

    async def _decided(self, session: AsyncSession, application: Application, task: Task) -> wanted.OpenTask:
        """What an officer decided before the engine lost the run that was told; the records stay as they stand."""
        decision = tasks.decision_of(task)
        answer_by, answered = None, False
        if decision.verdict is Verdict.ASK:
            answer_by = await answer_by_of(session, application, task.closed_at or task.opened_at)
            since = (session, application.number, f"close:{task.id}")
            answered = await history.came_after(*since, applications.ANSWERED, applications.RESUMED)
        if decision.verdict is Verdict.FIX:
            answer_by = decision.fix_by
            answered = await history.came_after(session, application.number, f"close:{task.id}", applications.FIXED)
        return wanted.OpenTask(
            id=task.id, due_on=task.due_on, moves=True, decision=decision, answer_by=answer_by, answered=answered
        )

    @activity.defn(name="warn_of_task")
    async def warn(self, warning: wanted.RunningOut) -> None:
        """There is little time left: tell whoever leads the office, and whoever holds the task."""
        async with self.database.transaction() as session:
            application = await applications.get(session, warning.number)
            task = await tasks.get(session, warning.task)
            title = stage_of(await applications.procedure_of(session, application.version), task.stage).title
            await delays.warn(session, application, task, title, warning.at)

    @activity.defn(name="remind_of_task")
    async def remind(self, reminder: wanted.Reminder) -> wanted.LastDay | None:
        """The day has passed: say so in the history, tell the applicant why, and OPDC (LFA s.10).

        Answers the last day where that has not come after all: a holiday was announced meanwhile.
        """
        async with self.database.transaction() as session:
            application = await applications.get(session, reminder.number)
            task = await tasks.lock(session, reminder.task)
            if delays.is_early(task, application, reminder):
                return wanted.LastDay(on=delays.late_from(task, application))
            title = stage_of(await applications.procedure_of(session, application.version), task.stage).title
            late = await delays.late(session, application, task.id, title, reminder.times, reminder.at)
            await delays.notify(session, late, "delay", self.opdc, {})
            await delays.ask_why(session, late)
        return None

    @activity.defn(name="answers_due")
    async def answers_due(self, passed: wanted.DayPassed) -> wanted.LastDay | None:
        """The day for the answers has come: the later one, where a holiday has moved it; else nobody moves it any more.

        The row of the application is locked: whoever announces a holiday at this moment comes before or after.
        """
        async with self.database.transaction() as session:
            application = await applications.lock(session, passed.number)
            until = application.waiting_until
            if application.waiting_for == "answers" and until is not None and until > passed.at:
                return wanted.LastDay(on=until.astimezone(calendar.BANGKOK).date() - calendar.DAY)
            await applications.show(session, passed.number, waiting_for="issue", since=passed.at)
        return None

    @activity.defn(name="close_task")
    async def close(self, closed: wanted.ClosedTask) -> wanted.Asked:
        """Keep the decision; a request goes out whole, with the day by which it must be answered."""
        async with self.database.transaction() as session:
            await _check_leave(session, closed)
            decision = await self._with_what_changed(session, closed)
            answer_by = await self._asked_by(session, closed)
            task = await tasks.close_once(
                session, decision, at=closed.at, report=_report(decision), answer_by=answer_by
            )
            await decided(session, task, closed.at)
            if task.stage == REPRESENTATION.name and decision.verdict is Verdict.APPROVE:
                await self._accept_signers(session, closed)
            if task.kind == INSPECTION:
                await self._inspected(session, task, closed)
            if decision.verdict in DECIDED:
                await _wait_for_the_others(session, task)
            if answer_by:
                await self._ask(session, task, closed, answer_by)
            elif decision.fix_by:
                await self._have_fixed(session, task, closed, decision.fix_by)
            return wanted.Asked(answer_by=answer_by or decision.fix_by)

    async def _with_what_changed(self, session: AsyncSession, closed: wanted.ClosedTask) -> Decision:
        """A request takes along what a later version of the rules declares to ask again; nothing else is changed."""
        decision = closed.decision
        if decision.verdict is not Verdict.ASK:
            return decision
        application = await applications.get(session, closed.number)
        again = await self._anew(session, application, closed)
        if not again.fields:
            return decision
        await applications.keep_definition(session, again.goes_on, closed.at, like=application.version)
        await applications.carry(session, closed.number, again.goes_on.version)
        said = {"from": application.version, "to": again.goes_on.version, "fields": sorted(again.fields)}
        step = f"carried:{decision.task_id}"
        await happened(session, closed.number, step, "application:rules:asked-again", closed.at, said)
        return decision.model_copy(update={"items": asked_anew.items(again.fields, decision.items)})

    async def _anew(
        self, session: AsyncSession, application: Application, closed: wanted.ClosedTask
    ) -> asked_anew.Anew:
        began = await applications.procedure_of(session, application.version)
        day = closed.at.astimezone(calendar.BANGKOK).date()
        try:
            today = self.catalogue.procedure(application.licence, application.operation, day)
        except NotFound:  # nobody can apply for it any more: what was filed goes on
            return asked_anew.Anew(began)
        return asked_anew.anew(began, today, application.answers, application.attachments)

    async def _inspected(self, session: AsyncSession, task: Task, closed: wanted.ClosedTask) -> None:
        """The inspector was there; what he found becomes a sealed report."""
        await visits.keep(session, task.id, closed.decision.officer, closed.at)
        if task.report.get("findings"):
            await papers.want_once(session, closed.number, INSPECTION, task.id, closed.at)

    async def _have_fixed(self, session: AsyncSession, task: Task, closed: wanted.ClosedTask, fix_by: date) -> None:
        """Hand the list of what failed to the applicant; it is looked at again when he says so, or on that day."""
        application, until = await applications.get(session, closed.number), calendar.end_of_day(fix_by)
        status = Status.INCOMPLETE.value
        await applications.show(session, closed.number, status, waiting_for="fixes", since=closed.at, until=until)
        await tell(session, application, "to-fix", task.id, closed.at, {"fix_by": fix_by.isoformat()})

    async def _asked_by(self, session: AsyncSession, closed: wanted.ClosedTask) -> date | None:
        """The last day for the applicant's answers; None when nothing is asked."""
        if closed.decision.verdict is not Verdict.ASK:
            return None
        return await answer_by_of(session, await applications.get(session, closed.number), closed.at)

    async def _ask(self, session: AsyncSession, task: Task, closed: wanted.ClosedTask, answer_by: date) -> None:
        """Hand it back to the applicant, and have the joint record of what is asked made for both."""
        application = await applications.get(session, closed.number)
        await applications.show(
            session,
            closed.number,
            Status.INCOMPLETE.value,
            waiting_for="answers",
            since=closed.at,
            until=calendar.end_of_day(answer_by),
        )
        await papers.want_once(session, closed.number, DEFECTS, task.id, closed.at)
        said = {"task": task.id, "answer_by": answer_by.isoformat()}
        await tell(session, application, "incomplete", task.id, closed.at, said)

    async def _accept_signers(self, session: AsyncSession, closed: wanted.ClosedTask) -> None:
        """The officer confirms how the company is bound, and that those who signed are who the register names."""
        application = await applications.get(session, closed.number)
        await accept_signers(session, application, closed.decision.officer, closed.at)


async def _check_leave(session: AsyncSession, closed: wanted.ClosedTask) -> None:
    """Whoever sent it: a second request stands on a supervisor's leave in the records. Raises AskedBefore."""
    task = closed.decision.task_id
    if closed.decision.verdict is not Verdict.ASK or not await further.asked_before(session, closed.number, but=task):
        return
    given = await further.allowed(session, task)
    if given is None or given.allowed_by != closed.decision.allowed_by:
        raise AskedBefore


async def _wait_for_the_others(session: AsyncSession, closed: Task) -> None:
    """Where several are asked at the same time, show whom it waits for now: of those left, whose day comes first."""
    left = [one for one in await tasks.of(session, closed.application) if one.closed_at is None]
    application = await applications.get(session, closed.application) if left else None
    if application is None or application.status != Status.IN_REVIEW:
        return
    first, of = min(left, key=lambda one: (one.due_on, one.id)), Status.IN_REVIEW.value
    until = calendar.end_of_day(first.due_on)
    waits = f"stage:{first.stage}"
    await applications.show(session, closed.application, of, waiting_for=waits, since=first.opened_at, until=until)


def stage_of(procedure: Procedure, name: str) -> Stage:
    """One stage of a procedure by its name. Raises KeyError."""
    found = {stage.name: stage for stage in (*procedure.stages, REPRESENTATION, RECORD_PAYMENT, RECORD_NUMBER)}
    return found[name]


def _with_amount(stage: Stage, satang: int) -> Stage:
    """The same stage, its question naming the amount that is to have been paid."""
    if not satang:
        return stage
    baht = thai.baht(satang)
    asks = Text(th=f"{stage.asks.th} (ยอดที่ต้องชำระ {baht} บาท)", en=f"{stage.asks.en} (due: {baht} baht)")
    return stage.model_copy(update={"asks": asks})


def _at_seat(stage: Stage, seat: int) -> Stage:
    """The same stage for one member of a committee: the first seat is the chair's (APA s.82)."""
    if seat != CHAIR:
        return stage
    asks = Text(
        th=f"{stage.asks.th} (ประธาน: ออกเสียงชี้ขาดเมื่อคะแนนเสียงเท่ากัน)",
        en=f"{stage.asks.en} (As chair: yours decides when the votes are equal.)",
    )
    return stage.model_copy(update={"role": "supervisor", "asks": asks})


async def without_the_applicants_days(
    session: AsyncSession, application: Application, step: str, at: datetime, closed: frozenset[date]
) -> Application:
    """The working days in which it lay with its applicant do not count for the whole decision: its last day is later.

    The manual's time runs from an application that is complete (Licensing Facilitation Act ss.8, 10).
    """
    if application.waiting_for not in BY_THE_APPLICANT:
        return application
    kept = await applications.lock(session, application.number)
    if kept.waiting_for not in BY_THE_APPLICANT or kept.waiting_since is None:
        return kept
    since, until = (one.astimezone(calendar.BANGKOK).date() for one in (kept.waiting_since, at))
    days = calendar.office_days(since, until, closed)
    if not days:
        return kept
    rules = await applications.procedure_of(session, kept.version)
    received_on = kept.received_at.astimezone(calendar.BANGKOK).date()
    due = calendar.due_on(received_on, rules.decision_days + kept.stopped_days + days, closed)
    await applications.start(session, kept.number, kept.stopped_days + days, due)
    said = {"from": kept.due_on.isoformat(), "to": due.isoformat(), "days": days, "waited_for": kept.waiting_for}
    await happened(session, kept.number, f"applicants-days:{step}", "application:due:moved", at, said)
    return await applications.get(session, kept.number)


async def answer_by_of(session: AsyncSession, application: Application, asked_at: datetime) -> date:
    """The last day for the applicant's answers, by the holidays that are known today."""
    asked_on = asked_at.astimezone(calendar.BANGKOK).date()
    return calendar.due_on(asked_on, ANSWER_DAYS, await closed_for(session, application))


def _report(decision: Decision) -> dict[str, Any] | None:
    """What an officer found or recorded; None: nothing but his word."""
    found = {"findings": [finding.model_dump() for finding in decision.report]} if decision.report else {}
    recorded = {"number": decision.number.strip()} if decision.number else {}
    fix = {"fix_by": decision.fix_by.isoformat()} if decision.fix_by else {}
    return {**found, **recorded, **fix} or None


async def closed_for(session: AsyncSession, application: Application) -> frozenset[date]:
    """The days that do not count for the office that received it; a period that is counted anew when one is added."""
    province = places.province_of(application.office)
    return await holidays.closed(session, agency=application.agency, province=province, counting=True)
