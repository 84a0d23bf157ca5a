"""When an application was decided, and when its applicant was told: within seven days (LFA B.E. 2558 s.10)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from licences.applications import Status, Verdict
from licences.calendar import NOTICE_EVERY
from licences.procedure import RECORDS
from records.rows import table_of
from records.standing import Row
from records.tables import Action, Application, Notice, Task

APPLICATIONS, TASKS, NOTICES, ACTIONS = (table_of(one) for one in (Application, Task, Notice, Action))
RESULTS = ("bill", "pay-there", "issued", "issued-there", "completed", "refused")
"""The letters that tell a result: of a grant, the first is that which asks for its fee."""
BY_RULE = "application:rules:approve"
DECIDED = (Status.TO_PAY.value, Status.ISSUING.value, Status.ISSUED.value, Status.REFUSED.value)
NOT_DECIDING = (*RECORDS, "opinion")
DECIDING = (
    TASKS.c.verdict.in_((Verdict.APPROVE.value, Verdict.REFUSE.value)),
    TASKS.c.kind.not_in(NOT_DECIDING),
    TASKS.c.stage != "representation",
)
"""The decisions that an application is about: what was granted or refused last."""


async def decided_at(session: AsyncSession, number: str) -> datetime | None:
    """The moment of the last decision on it, an officer's or the rules'; more may be to come."""
    return (await session.execute(select(_decided(literal(number))))).scalar_one()


async def told_in_time(session: AsyncSession, kept: Application) -> tuple[datetime | None, datetime | None]:
    """When it was decided, and when the mail server took the first letter that says so; without an address, the page
    shows it at once. None: not yet."""
    decided = await decided_at(session, kept.number) if kept.status in DECIDED else None
    if decided is None or not kept.email:
        return decided, decided
    asked = select(func.min(NOTICES.c.sent_at)).where(*_result_of(literal(kept.number), decided))
    return decided, (await session.execute(asked)).scalar_one()


async def untold(session: AsyncSession, now: datetime) -> tuple[Row, ...]:
    """What was decided more than seven days ago, and its applicant has not been told of."""
    before = now - NOTICE_EVERY
    late = (NOTICES.c.sent_at.is_(None), NOTICES.c.what.in_(RESULTS), NOTICES.c.written_at < before)
    columns = (APPLICATIONS.c.number, APPLICATIONS.c.agency, literal("result"))
    unsent = select(*columns, NOTICES.c.written_at).join_from(
        NOTICES, APPLICATIONS, APPLICATIONS.c.number == NOTICES.c.application
    )
    rows = [*await session.execute(unsent.where(*late)), *await session.execute(_unwritten(columns, before))]
    return tuple({row[0]: Row(*row) for row in rows}.values())


def _unwritten(columns: tuple[ColumnElement[str], ...], before: datetime) -> Any:
    """Decided, open, and neither on a desk nor in the applicant's hands: the letter waits for a paper or a seal."""
    number = APPLICATIONS.c.number
    decided = _decided(number)
    on_a_desk = exists().where(TASKS.c.application == number, TASKS.c.closed_at.is_(None))
    written = exists().where(*_result_of(number, decided))
    ours = APPLICATIONS.c.status.in_((Status.IN_REVIEW.value, Status.ISSUING.value))
    waits = and_(APPLICATIONS.c.ended_at.is_(None), APPLICATIONS.c.email != "", ours)
    return select(*columns, decided).where(waits, decided < before, not_(on_a_desk), not_(written))


def _decided(number: ColumnElement[str]) -> ColumnElement[datetime]:
    """The moment of the last decision: an officer's, or the rules'."""
    by_officer = select(func.max(TASKS.c.closed_at)).where(TASKS.c.application == number, *DECIDING)
    by_rule = select(func.max(ACTIONS.c.at)).where(ACTIONS.c.subject == number, ACTIONS.c.tag == BY_RULE)
    return func.greatest(by_officer.scalar_subquery(), by_rule.scalar_subquery())


def _result_of(number: ColumnElement[str], decided: object) -> tuple[ColumnElement[bool], ...]:
    return NOTICES.c.application == number, NOTICES.c.what.in_(RESULTS), NOTICES.c.written_at >= decided
