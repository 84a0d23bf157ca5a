"""What stands still by the records alone: whose day has passed, what was paid and did not move, what nobody took on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Select, case, cast, exists, func, literal, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.ledger import TOLD_LATELY
from records.rows import table_of
from records.tables import Application, BankLine, BankNotification, Bill, Case, Notice, Paper, Refund, Task

APPLICATIONS, TASKS, BILLS = table_of(Application), table_of(Task), table_of(Bill)
NOTICES, PAPERS, CASES = table_of(Notice), table_of(Paper), table_of(Case)
TOLD, REFUNDS, LINES = table_of(BankNotification), table_of(Refund), table_of(BankLine)
OFFICES = ("company-register", "bank")
"""Words of `waiting_for` that name another office."""
PEOPLE = ("hearing", "consent")
"""Where a case waits for its holder, or for who takes the licence over."""
BY_PEOPLE = ("answers", "signatures", "payment", "clock")
"""Words of `waiting_for` that name people."""


@dataclass(frozen=True)
class Row:
    """One application that does not move: for what it waits, since when."""

    number: str
    agency: str
    waits_for: str
    since: datetime | None
    open: bool = True


async def overdue_tasks(session: AsyncSession, today: date) -> tuple[Row, ...]:
    """Stages whose day has passed in an officer's hands."""
    late = (TASKS.c.closed_at.is_(None), TASKS.c.stopped_at.is_(None), TASKS.c.due_on < today, TASKS.c.assignee != "")
    asked = select(TASKS.c.application, TASKS.c.agency, literal("stage:").concat(TASKS.c.stage), TASKS.c.opened_at)
    return await _rows(session, asked.where(*late))


async def unclaimed_tasks(session: AsyncSession, today: date) -> tuple[Row, ...]:
    """Stages whose day has passed and that nobody at the agency has taken up."""
    late = (TASKS.c.closed_at.is_(None), TASKS.c.stopped_at.is_(None), TASKS.c.due_on < today, TASKS.c.assignee == "")
    asked = select(TASKS.c.application, TASKS.c.agency, literal("stage:").concat(TASKS.c.stage), TASKS.c.opened_at)
    return await _rows(session, asked.where(*late))


async def timers_not_fired(session: AsyncSession, now: datetime, grace: timedelta) -> tuple[Row, ...]:
    """Reminders that are due and were not written, and answers that were not given in time and not returned."""
    ends = func.timezone("Asia/Bangkok", cast(TASKS.c.due_on, DateTime) + timedelta(days=1))
    weeks = func.floor(func.extract("epoch", literal(now - grace) - ends) / timedelta(days=7).total_seconds())
    running = (TASKS.c.closed_at.is_(None), TASKS.c.stopped_at.is_(None))
    late = (*running, ends < now - grace, TASKS.c.reminded < weeks + 1)
    tasks = select(TASKS.c.application, TASKS.c.agency, literal("remind_of_task"), ends).where(*late)
    unanswered = (APPLICATIONS.c.waiting_for == "answers", APPLICATIONS.c.waiting_until < now - grace)
    columns = (APPLICATIONS.c.number, APPLICATIONS.c.agency, literal("answers"), APPLICATIONS.c.waiting_until)
    return (*await _rows(session, tasks), *await _rows(session, select(*columns).where(_open(), *unanswered)))


async def held(session: AsyncSession) -> tuple[Row, ...]:
    """What an operator holds."""
    asked = select(APPLICATIONS.c.number, APPLICATIONS.c.agency, literal("operator"), APPLICATIONS.c.suspended_at)
    return await _rows(session, asked.where(_open(), APPLICATIONS.c.suspended_at.is_not(None)))


async def overdue_waits(session: AsyncSession, now: datetime) -> tuple[Row, ...]:
    """Waits whose last moment has passed, other than those on a desk."""
    others = (not_(APPLICATIONS.c.waiting_for.startswith("stage:")), APPLICATIONS.c.waiting_for != "answers")
    late = (APPLICATIONS.c.waiting_until < now, *others)
    return await _rows(session, _lines().where(_open(), *late))


async def paid_not_moving(session: AsyncSession, before: datetime) -> tuple[Row, ...]:
    """The bill is settled, and the application still waits for its payment."""
    paid = (BILLS.c.application == APPLICATIONS.c.number, BILLS.c.status == "paid", BILLS.c.paid_at < before)
    open_bill = (BILLS.c.application == APPLICATIONS.c.number, BILLS.c.status == "open")
    owes = exists().where(*open_bill).correlate(APPLICATIONS)
    asked = select(APPLICATIONS.c.number, APPLICATIONS.c.agency, literal("payment"), BILLS.c.paid_at)
    still = (_open(), APPLICATIONS.c.waiting_for == "payment", not_(owes))
    return await _rows(session, asked.select_from(APPLICATIONS).join(BILLS, paid[0]).where(*still, *paid[1:]))


async def told_not_confirmed(session: AsyncSession, now: datetime, before: datetime) -> tuple[Row, ...]:
    """An open bill of which the bank's word or the payer's says that it is paid, and the bank's books do not."""
    told = (TOLD.c.ref1 == BILLS.c.ref1, TOLD.c.finding.in_(("", "not-at-bank")), TOLD.c.heard_at > now - TOLD_LATELY)
    heard = select(func.min(TOLD.c.heard_at)).where(*told).correlate(BILLS).scalar_subquery()
    since = func.least(heard, case((BILLS.c.claimed_at > now - TOLD_LATELY, BILLS.c.claimed_at), else_=None))
    asked = select(APPLICATIONS.c.number, APPLICATIONS.c.agency, literal("payment"), since)
    of_bills = asked.select_from(APPLICATIONS).join(BILLS, BILLS.c.application == APPLICATIONS.c.number)
    return await _rows(session, of_bills.where(BILLS.c.status == "open", since < before))


async def money_for_people(session: AsyncSession) -> tuple[Row, ...]:
    """Refunds that the bank could not make, and lines of its statement that nobody has explained."""
    failed: Select[Any] = select(func.min(REFUNDS.c.owed_at)).where(REFUNDS.c.status == "failed")
    lines: Select[Any] = select(func.min(LINES.c.brought_at)).where(LINES.c.status == "open")
    found = [
        (what, (await session.execute(one)).scalar_one())
        for what, one in (("failed-refund", failed), ("bank-line", lines))
    ]
    return tuple(Row("", "", what, since) for what, since in found if since is not None)


async def not_begun(session: AsyncSession, before: datetime) -> tuple[Row, ...]:
    """Received, and no journey has started."""
    waiting = (APPLICATIONS.c.journey_started_at.is_(None), APPLICATIONS.c.entered_at < before)
    asked = select(APPLICATIONS.c.number, APPLICATIONS.c.agency, literal("engine"), APPLICATIONS.c.entered_at)
    cases = select(CASES.c.number, CASES.c.agency, literal("engine"), CASES.c.entered_at)
    unbegun = (CASES.c.ended_at.is_(None), CASES.c.begun_at.is_(None), CASES.c.entered_at < before)
    return *await _rows(session, asked.where(_open(), *waiting)), *await _rows(session, cases.where(*unbegun))


async def refused_notices(session: AsyncSession, tries: int) -> tuple[tuple[Row, str], ...]:
    """Letters that the mail server did not take so often, each with what it said last."""
    asked = select(NOTICES.c.application, APPLICATIONS.c.agency, literal("mail"), NOTICES.c.written_at)
    unsent = (NOTICES.c.sent_at.is_(None), NOTICES.c.tries >= tries, NOTICES.c.last_error != "")
    found = (
        asked.add_columns(NOTICES.c.last_error)
        .select_from(NOTICES)
        .join(APPLICATIONS, APPLICATIONS.c.number == NOTICES.c.application)
    )
    rows = await session.execute(found.where(*unsent).order_by(NOTICES.c.written_at))
    return tuple((Row(*row[:4]), row[4]) for row in rows)


async def in_the_engine(session: AsyncSession, before: datetime, limit: int) -> tuple[Row, ...]:
    """Begun, and no person has to do anything: another office, a paper or a seal has; the longest waiting first."""
    started = (APPLICATIONS.c.journey_started_at < before, APPLICATIONS.c.waiting_for != "answers")
    task = exists().where(TASKS.c.application == APPLICATIONS.c.number, TASKS.c.closed_at.is_(None))
    bill = exists().where(BILLS.c.application == APPLICATIONS.c.number, BILLS.c.status == "open")
    nobody = or_(APPLICATIONS.c.waiting_for.in_(OFFICES), not_(task) & not_(bill))
    sealed = exists().where(PAPERS.c.id == APPLICATIONS.c.number.concat(":acknowledgement"), PAPERS.c.sealed_key != "")
    asked = _lines().add_columns(_open()).where(*started, or_(_open() & nobody, not_(sealed)))
    rows = await _rows(session, asked.order_by(APPLICATIONS.c.entered_at).limit(limit))
    return *rows, *await _cases_in_the_engine(session, before, limit - len(rows))


async def _cases_in_the_engine(session: AsyncSession, before: datetime, limit: int) -> tuple[Row, ...]:
    """The same of cases: no holder and no officer has to do anything."""
    task = exists().where(TASKS.c.application == CASES.c.number, TASKS.c.closed_at.is_(None))
    busy = (CASES.c.begun_at < before, CASES.c.ended_at.is_(None), not_(task), CASES.c.status.not_in(PEOPLE))
    return await _rows(session, _case_lines().where(*busy).order_by(CASES.c.entered_at).limit(max(limit, 0)))


async def still_open(session: AsyncSession, numbers: Sequence[str]) -> Mapping[str, Row]:
    """Those of them that the records do not call over."""
    rows = await _rows(session, _lines().where(_open(), APPLICATIONS.c.number.in_(numbers)))
    cases = await _rows(session, _case_lines().where(CASES.c.ended_at.is_(None), CASES.c.number.in_(numbers)))
    return {row.number: row for row in (*rows, *cases)}


def _case_lines() -> Select[Any]:
    return select(*(CASES.c[name] for name in ("number", "agency", "waiting_for", "waiting_since")))


def _open() -> Any:
    return APPLICATIONS.c.ended_at.is_(None)


def _lines() -> Select[Any]:
    names = ("number", "agency", "waiting_for", "waiting_since")
    return select(*(APPLICATIONS.c[name] for name in names))


async def _rows(session: AsyncSession, asked: Select[Any]) -> tuple[Row, ...]:
    return tuple(Row(*row) for row in await session.execute(asked))
