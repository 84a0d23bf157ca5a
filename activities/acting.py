"""What the story of a case does outside itself: its tasks, who is heard, what the register then says, how it ends.

Every write is idempotent on the case and the step. What the licence is worth is judged inside the transaction that
enters, under the lock of the book: of two acts at once one is entered, and the other hears what came first.
"""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities import case_facts, delays, second_look, wanted
from activities.case_values import Carried, CaseEnding, Extended, Extension, Hearing, Prepared
from activities.telling import decided, happened, tell
from licences import acts, calendar, catalogue, places, renewals, thai
from licences.acts import ActProcedure, ActStage, CaseStatus, Kind, Wanted
from licences.errors import NotAllowed
from licences.procedure import Agency
from licences.register import SUPERSEDES, EntryKind, is_case, order_on
from licences.register import Entry as Line
from records import applications, cases, chains, history, holidays, papers, register, tasks
from records.database import Database
from records.register import Reservation
from records.tables import Case, Entry

CONSENT_DAYS = 30
LICENCE, ORDER = "licence", "order"


def day_of(at: datetime) -> date:
    """The Bangkok day of a moment."""
    return at.astimezone(calendar.BANGKOK).date()


def agency_of(case: Case) -> Agency:
    """Who granted and seals."""
    return catalogue.load().agency(places.agency_of(case.office))


def lines_of(entries: tuple[Entry, ...]) -> list[Line]:
    """The entries as the law reads them."""
    return [Line(one.seq, EntryKind(one.kind), one.valid_from, one.valid_until) for one in entries]


def current_of(entries: tuple[Entry, ...]) -> Entry:
    """The newest entry that has a paper's facts."""
    return next(one for one in reversed(entries) if EntryKind(one.kind) in SUPERSEDES)


class Acting:
    """Short writes of a case."""

    def __init__(self, database: Database, *, opdc: str = "") -> None:
        self.database, self.opdc = database, opdc

    # --- before anybody decides ---

    @activity.defn(name="hear_holder")
    async def hear(self, step: wanted.Step) -> Hearing:
        """Tell the holder what is proposed, and until when he may object (APA s.30)."""
        async with self.database.transaction() as session:
            case = await cases.get(session, step.number)
            rules = await cases.rules_of(session, case)
            closed = await holidays.closed(session, agency=case.agency)
            last = calendar.person_deadline(day_of(step.at), rules.hearing_days, closed)
            until = calendar.end_of_day(last)
            await cases.show(
                session, case.number, CaseStatus.HEARING, waiting_for="hearing", since=step.at, until=until
            )
            said = {"answer_by": last.isoformat(), **_common(case)}
            until = await _asked(session, case, "hearing", "case:hearing:begin", step.at, said)
            await tell(session, case, "case-hearing", "1", step.at, said)
        return Hearing(until=until, answered="objection" in case.found, moves=True)

    @activity.defn(name="hearing_due")
    async def hearing_due(self, passed: wanted.DayPassed) -> wanted.LastDay | None:
        """The holder's day has come: the later one, where a holiday has moved it; else nobody moves it any more."""
        async with self.database.transaction() as session:
            case = await cases.lock(session, passed.number)
            if case.waiting_for == "hearing" and case.waiting_until and case.waiting_until > passed.at:
                return wanted.LastDay(on=day_of(case.waiting_until) - calendar.DAY)
            await cases.show(session, case.number, CaseStatus.HEARING, waiting_for="decision", since=passed.at)
        return None

    @activity.defn(name="await_consent")
    async def await_consent(self, step: wanted.Step) -> Hearing:
        """Who takes the licence over is asked to say yes, within thirty days."""
        last = calendar.authority_deadline(day_of(step.at), CONSENT_DAYS)
        until = calendar.end_of_day(last)
        async with self.database.transaction() as session:
            case = await cases.get(session, step.number)
            await cases.show(
                session, case.number, CaseStatus.CONSENT, waiting_for="consent", since=step.at, until=until
            )
            said = {"answer_by": last.isoformat(), **_common(case)}
            until = await _asked(session, case, "consent", "case:consent:asked", step.at, said)
            await tell(session, case, "case-consent", "1", step.at, said)
        consent = case.found.get("consent")
        return Hearing(until=until, answered=bool(consent["agree"]) if consent else None)

    # --- tasks ---

    @activity.defn(name="open_case_task")
    async def open(self, task: wanted.WantedTask) -> wanted.OpenTask:
        """Put one stage on the desk of its office, beside those of applications; the same step opens one task."""
        async with self.database.transaction() as session:
            case = await cases.get(session, task.number)
            stage = (await cases.rules_of(session, case)).stage(task.stage)
            whose = await _decider(session, case) if stage.decider else ("", stage.role)
            stage = stage.model_copy(update={"role": whose[1]})
            closed = await holidays.closed(session, agency=case.agency, counting=True)
            due = due_of(stage, day_of(task.at), closed)
            warn = warn_of(case, stage, day_of(task.at), closed)
            opened = await tasks.open_once(
                session, case, stage, task.step, due_on=due, at=task.at, assignee=whose[0], warn_on=warn
            )
            if opened.closed_at and opened.verdict:  # decided before the engine lost the run that was told
                return wanted.OpenTask(id=opened.id, due_on=opened.due_on, decision=tasks.decision_of(opened))
            until = calendar.end_of_day(opened.due_on)
            waits = f"stage:{stage.name}"
            await cases.show(session, case.number, CaseStatus.IN_REVIEW, waiting_for=waits, since=task.at, until=until)
        return wanted.OpenTask(
            id=opened.id, due_on=opened.due_on, warn_at=delays.warn_at(opened, case), reminded=opened.reminded
        )

    @activity.defn(name="warn_of_case_task")
    async def warn(self, warning: wanted.RunningOut) -> None:
        """There is little time left: tell whoever leads the office, and whoever holds the task."""
        async with self.database.transaction() as session:
            case = await cases.get(session, warning.number)
            task = await tasks.get(session, warning.task)
            title = (await cases.rules_of(session, case)).stage(task.stage).title
            await delays.warn(session, case, task, title, warning.at)

    @activity.defn(name="remind_of_case_task")
    async def remind(self, reminder: wanted.Reminder) -> wanted.LastDay | None:
        """The day has passed: say so in the history, and tell whoever opened the case as its holder.

        Answers the last day where that has not come after all: a holiday was announced meanwhile.
        """
        async with self.database.transaction() as session:
            case = await cases.get(session, reminder.number)
            task = await tasks.lock(session, reminder.task)
            if delays.is_early(task, case, reminder):
                return wanted.LastDay(on=task.due_on)
            title = (await cases.rules_of(session, case)).stage(task.stage).title
            late = await delays.late(session, case, task.id, title, reminder.times, reminder.at)
            if case.opened_as == "holder":  # an appeal is no application: OPDC hears of permissions only
                opdc = "" if case.act == Kind.APPEAL else self.opdc
                await delays.notify(session, late, "case-delay", opdc, _common(case))
            await delays.ask_why(session, late)
        return None

    @activity.defn(name="close_case_task")
    async def close(self, closed: wanted.ClosedTask) -> None:
        """Keep the decision."""
        decision = closed.decision
        async with self.database.transaction() as session:
            left = {"until": decision.until.isoformat()} if decision.until else None
            task = await tasks.close_once(session, decision, at=closed.at, report=left)
            await decided(session, task, closed.at)

    @activity.defn(name="extend_case_task")
    async def extend(self, extension: Extension) -> Extended:
        """Move the last day, once, and tell the holder before the old one is over (APA s.45)."""
        async with self.database.transaction() as session:
            case = await cases.get(session, extension.number)
            task = await tasks.get(session, extension.task)
            stage = (await cases.rules_of(session, case)).stage(task.stage)
            key, tag = f"extend:{task.id}", "task:due:extended"
            due = calendar.authority_deadline(task.due_on, stage.more_days)
            said = {"task": task.id, "due_on": due.isoformat(), "reason": extension.reason}
            action, first = await history.record_first(session, case.number, key, tag, extension.by, extension.at, said)
            if first:
                await tasks.move_due(session, task.id, due)
                await tell(session, case, "case-extended", task.id, extension.at, {**said, **_common(case)})
        return Extended(due_on=date.fromisoformat(str(action.said["due_on"])))

    # --- carrying out ---

    @activity.defn(name="prepare_act")
    async def prepare(self, step: wanted.Step) -> Prepared:
        """Is it still possible; and what will be said, written down before anything is drawn or sealed."""
        async with self.database.transaction() as session:
            case = await cases.get(session, step.number)
            rules = await cases.rules_of(session, case)
            try:
                paper = await _prepare(session, case, rules, step.at)
            except NotAllowed as no:
                await _overtaken(session, case, no, step.at)
                return Prepared(possible=False)
            await cases.show(session, case.number, CaseStatus.ISSUING, waiting_for="issue", since=step.at)
        return Prepared(possible=True, paper=paper)

    @activity.defn(name="enter_act")
    async def enter(self, step: wanted.Step) -> Carried:
        """Enter it, end the case, tell the holder: all of it or none, and only if nothing else came first."""
        async with self.database.transaction() as session:
            await chains.lock(session, register.BOOK)
            case = await cases.lock(session, step.number)
            if case.ended_at is not None:
                return Carried(done=case.status == CaseStatus.DONE, reopened=bool(case.found.get("reopened")))
            rules = await cases.rules_of(session, case)
            try:
                async with session.begin_nested():
                    reopened = await _carry_out(session, case, rules, step.at)
            except NotAllowed as no:
                await _overtaken(session, case, no, step.at)
                return Carried(done=False)
            if reopened:
                await cases.note(session, case.number, reopened=True)
            await _end(session, case, CaseStatus.DONE, step.at)
        return Carried(done=True, reopened=reopened)

    @activity.defn(name="end_case")
    async def end(self, ending: CaseEnding) -> None:
        """Close what is open, write the end, tell the holder: all of it, or none."""
        async with self.database.transaction() as session:
            case = await cases.get(session, ending.number)
            await _end(session, case, ending.status, ending.at, by=ending.by)
            if ending.status is CaseStatus.REFUSED:
                await second_look.propose(session, case, await cases.rules_of(session, case), ending.at)


async def _asked(session: AsyncSession, case: Case, key: str, tag: str, at: datetime, said: dict[str, str]) -> datetime:
    """Say in the history that an answer is waited for, once; until when, as it was said first."""
    first = await history.record(session, case.number, key, tag, "engine", at, said)
    return calendar.end_of_day(date.fromisoformat(str(first.said["answer_by"])))


def due_of(stage: ActStage, on: date, closed: frozenset[date]) -> date:
    """Calendar days of an authority's own duty, or working days."""
    if stage.days:
        return calendar.authority_deadline(on, stage.days)
    return calendar.due_on(on, stage.working_days, closed)


def warn_of(case: Case, stage: ActStage, on: date, closed: frozenset[date]) -> date:
    """The day on which so much of the same days has passed that its supervisor is warned."""
    percent = agency_of(case).warn_at_percent
    if stage.days:
        return calendar.authority_deadline(on, max(1, stage.days * percent // 100))
    return calendar.warn_on(on, stage.working_days, percent, closed)


async def _decider(session: AsyncSession, case: Case) -> tuple[str, str]:
    """Who made the order that is appealed against, and from which seat (APA s.44)."""
    decider = await tasks.decider(session, case.about)
    return (decider.officer, decider.role) if decider else ("", "supervisor")


def _common(case: Case) -> dict[str, str]:
    return {"act": case.act, "licence": case.licence, "licence_number": case.licence_number, "about": case.about}


# --- the effect on the register ---


def entry_kind(case: Case, rules: ActProcedure, about: Case | None) -> EntryKind | None:
    """What the register will say; an appeal says what undoes the order, a dissolved company ends the licence.

    None: an appeal against what was refused enters nothing itself, it lets that go on.
    """
    if rules.act is Kind.HOLDER_FACTS and case.found.get("finding") == "dissolved":
        return EntryKind.CANCELLATION
    if rules.act not in acts.ON_AN_ORDER:
        return rules.entry
    if about is None:
        return None
    if rules.act is not Kind.APPEAL:
        return acts.stay_entry(rules.act, Kind(about.act))
    undone = acts.UNDONE_BY.get(Kind(about.act))
    return EntryKind(undone.value) if undone else None


def makes_paper(rules: ActProcedure, kind: EntryKind | None, current: Entry) -> bool:
    """Whether a new sealed licence takes the old one's place: never where the paper is the agency's own."""
    return rules.paper and kind is not EntryKind.CANCELLATION and bool(current.document_sha256)


async def _prepare(session: AsyncSession, case: Case, rules: ActProcedure, at: datetime) -> bool:
    kind = entry_kind(case, rules, await _about(session, case))
    if kind is None:
        await _check_refused(session, case, at)
        return False
    entries = await register.entries_of(session, case.licence_number)
    current = current_of(entries)
    await _check(session, case, rules, kind, entries, at)
    since, until = acts.period(rules.act, Wanted.model_validate(case.wanted), day_of(case.entered_at), day_of(at))
    if varied := await _varied(session, case):
        since = max(since, varied + timedelta(days=1))
        await cases.note(session, case.number, varied=varied.isoformat())
    days = {"since": since.isoformat(), "until": until.isoformat() if until else None}
    await cases.note(session, case.number, base=current.seq, on=day_of(at).isoformat(), **days)
    if not makes_paper(rules, kind, current):
        return False
    await _reserve(session, case, rules, entries, at)
    return True


async def _varied(session: AsyncSession, case: Case) -> date | None:
    """The day to which a ruling leaves the order standing; None: nothing is left of it, or there is none."""
    ruled = [one.said.until for one in tasks.heard(await tasks.of(session, case.number))]
    return next((one for one in reversed(ruled) if one), None)


def _judged(rules: ActProcedure, kind: EntryKind | None) -> Kind:
    """The act whose standing counts: an appeal's is that of what undoes the order."""
    return Kind(kind.value) if rules.act is Kind.APPEAL and kind else rules.act


async def _check(
    session: AsyncSession, case: Case, rules: ActProcedure, kind: EntryKind | None, entries: tuple[Entry, ...],
    at: datetime,
) -> None:  # fmt: skip
    """Raise StandsOtherwise unless what the register says that day allows the act."""
    acts.check_standing(_judged(rules, kind), lines_of(entries), day_of(at))
    about = await _about(session, case)
    if case.opened_as == "holder" and about is None:
        acts.check_hands(case.holder_id, current_of(entries).holder_key)
    if about is not None and rules.act in (Kind.STAY, Kind.STAY_END):
        appealed = await cases.is_appealed(session, about.number)
        acts.check_stay(rules.act, Kind(about.act), lines_of(entries), day_of(at), appealed=appealed)


async def _check_refused(session: AsyncSession, appeal: Case, at: datetime) -> None:
    """Raise StandsOtherwise unless the act whose refusal is appealed against is still possible; an application is."""
    if refused := await _about(session, appeal):
        rules = await cases.rules_of(session, refused)
        kind = entry_kind(refused, rules, await _about(session, refused))
        entries = await register.entries_of(session, refused.licence_number)
        await _check(session, refused, rules, kind, entries, at)


async def _about(session: AsyncSession, case: Case) -> Case | None:
    return await cases.get(session, case.about) if is_case(case.about) else None


async def _reserve(
    session: AsyncSession, case: Case, rules: ActProcedure, entries: tuple[Entry, ...], at: datetime
) -> None:
    """Exactly what paper and entry will say; a step asked again finds the first."""
    effect = case_facts.of_paper(case, rules, entries, current_of(entries), day_of(at))
    agency = agency_of(case)
    reservation = Reservation(
        application=case.number,
        licence=case.licence,
        agency=agency.code,
        effect="replace",
        abbreviation=agency.abbreviation,
        granted_on=day_of(at),
        valid_from=effect.valid_from,
        valid_until=effect.valid_until,
        number=case.licence_number,
    )
    await register.reserve_once(session, reservation, lambda number: effect.facts, thai.buddhist_year(day_of(at)), at)


async def _carry_out(session: AsyncSession, case: Case, rules: ActProcedure, at: datetime) -> bool:
    """The entry; or, of an appeal against what was refused, that it goes on. True: it does."""
    kind = entry_kind(case, rules, await _about(session, case))
    if kind is None:
        await _check_refused(session, case, at)
        reopen = cases.reopen if is_case(case.about) else applications.reopen
        await reopen(session, case.about, case.number, at)
        return True
    entries = await register.entries_of(session, case.licence_number)
    current = current_of(entries)
    await _check(session, case, rules, kind, entries, at)
    effect, paper = await _effect(session, case, rules, kind, entries, at)
    look = renewals.next_look(
        current.valid_until,
        [*lines_of(entries), Line(current.seq + len(entries), kind, effect.valid_from, effect.valid_until)],
        day_of(at),
    )
    new = case_facts.entry(case, current, effect, document=paper[0], sha256=paper[1], look_on=look)
    await register.append_once(session, new, at)
    said = {"case": case.number, "kind": kind.value}
    key = f"case:{case.number}"
    await history.record(session, case.licence_number, key, f"licence:entry:{kind.value}", "engine", at, said)
    return False


async def _end_stay(session: AsyncSession, case: Case, at: datetime) -> None:
    """With the appeal ends the stay of the order that it was about: what is left of it binds again (APA s.44)."""
    if case.act != Kind.APPEAL or not case.licence_number:
        return
    await chains.lock(session, register.BOOK)
    if order := await stayed_order(session, case, day_of(at)):
        await _enter_end_of_stay(session, case, acts.stay_entry(Kind.STAY_END, order), at)


async def stayed_order(session: AsyncSession, case: Case, on: date) -> Kind | None:
    """The order that an appeal is about, where it still stands on that day and is stayed; None otherwise."""
    order = await _about(session, case) if case.act == Kind.APPEAL else None
    if order is None or Kind(order.act) not in acts.UNDONE_BY:
        return None
    entries = await register.entries_of(session, order.licence_number)
    stands = order_on(lines_of(entries), EntryKind(order.act), on)
    return Kind(order.act) if stands and stands.stayed else None


async def _enter_end_of_stay(session: AsyncSession, case: Case, kind: EntryKind, at: datetime) -> None:
    entries, on = await register.entries_of(session, case.licence_number), day_of(at)
    current = current_of(entries)
    rules = acts.procedure(Kind.STAY_END, catalogue.load().licence(case.licence))
    effect = case_facts.of_end(case, rules, kind, current, on)
    look = renewals.next_look(current.valid_until, [*lines_of(entries), Line(entries[-1].seq + 1, kind, on)], on)
    new = case_facts.entry(case, current, effect, document="", sha256="", look_on=look)
    await register.append_once(session, new, at)
    said = {"case": case.number, "kind": kind.value}
    await history.record(
        session, case.licence_number, f"{kind}:{case.number}", f"licence:entry:{kind.value}", "engine", at, said
    )


async def _effect(
    session: AsyncSession, case: Case, rules: ActProcedure, kind: EntryKind, entries: tuple[Entry, ...], at: datetime
) -> tuple[case_facts.Effect, tuple[str, str]]:
    """What is entered, and the new licence's paper and digest ("" and "" where there is none)."""
    current = current_of(entries)
    if not (rules.paper and kind is not EntryKind.CANCELLATION):
        order = await papers.get(session, f"{case.found.get(cases.ALLOWED_BY, case.number)}:{ORDER}")
        sha256 = order.sealed_sha256 if order else ""
        return case_facts.of_order(case, rules, kind, current, day_of(at), sha256), ("", "")
    acts.check_base(int(case.found.get("base", current.seq)), current.seq)
    reserved = await register.reserved(session, case.number)
    effect = case_facts.of_paper(case, rules, entries, current, day_of(reserved.reserved_at if reserved else at))
    paper = await papers.get(session, f"{case.number}:{LICENCE}")
    return effect, (paper.id, paper.sealed_sha256) if paper else ("", "")


# --- ends ---


async def _overtaken(session: AsyncSession, case: Case, no: NotAllowed, at: datetime) -> None:
    """Something else came first: the case ends and says what."""
    await cases.note(session, case.number, says={"th": no.th, "en": no.en})
    await _end(session, case, CaseStatus.OVERTAKEN, at, says=no)


async def _end(
    session: AsyncSession, case: Case, status: CaseStatus, at: datetime, *, by: str = "engine",
    says: NotAllowed | None = None,
) -> None:  # fmt: skip
    await _end_stay(session, case, at)
    await tasks.close_all(session, case.number, at)
    await cases.end(session, case.number, status, at)
    said = {**_common(case), "case": case.number, **({"th": says.th, "en": says.en} if says else {})}
    tag, key = f"case:{case.act}:{status.value}", "allowed" if cases.ALLOWED_BY in case.found else "end"
    await happened(session, case.number, key, tag, at, said, by=by)
    await history.record(session, case.about or case.licence_number, f"{key}:{case.number}", tag, by, at, said)
    if _concerns_holder(case, status):
        await tell(session, case, f"case-{status.value}", "1", at, said)


def _concerns_holder(case: Case, status: CaseStatus) -> bool:
    """A holder hears of what he asked for, of what he was heard about, and of what was done to his licence."""
    done = status is CaseStatus.DONE and case.found.get("finding") != "same"
    return done or case.opened_as == "holder" or case.act in (Kind.SUSPENSION, Kind.REVOCATION)
