"""Counts over all applications and the register, for everybody to see: nothing of one person, nothing of one case.

A case counts as decided when its last officer decided it, or, where no officer did, when it ended; what its applicant
gave up counts for nobody. It was on time when that day is not after its legal due date (Licensing Facilitation Act
s.10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, Subquery, case, cast, extract, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from licences.procedure import RECORDS
from records.rows import table_of
from records.tables import Application, Holding, Opinion, Task

APPLICATIONS, TASKS = table_of(Application), table_of(Task)
HOLDINGS, OPINIONS = table_of(Holding), table_of(Opinion)
ZONE = "Asia/Bangkok"
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Decided:
    """What one agency decided: how many, how many of them in time, the median days from receipt."""

    agency: str
    decided: int
    on_time: int
    median_days: float


@dataclass(frozen=True)
class Month:
    """One month: how many were received, how many decided."""

    first_day: date
    received: int
    decided: int


@dataclass(frozen=True)
class Asked:
    """How often one service was asked for."""

    licence: str
    agency: str
    received: int


@dataclass(frozen=True)
class Satisfied:
    """What applicants of one service (or, without `licence`, of one agency) said."""

    agency: str
    licence: str
    said: int
    good: int  # a score of 4 or 5
    mean: float


async def by_agency(session: AsyncSession, since: datetime) -> tuple[Decided, ...]:
    """Every agency that decided anything since then."""
    decided = _decided(since)
    days = extract("epoch", decided.c.at - decided.c.received_at) / SECONDS_A_DAY
    in_time = func.sum(case((_day(decided.c.at) <= decided.c.due_on, 1), else_=0))
    median = func.percentile_cont(0.5).within_group(days)
    asked = select(decided.c.agency, func.count(), cast(in_time, Integer), median)
    rows = await session.execute(asked.group_by(decided.c.agency).order_by(decided.c.agency))
    return tuple(Decided(agency, many, on_time, round(float(middle), 1)) for agency, many, on_time, middle in rows)


def _decided(since: datetime) -> Subquery:
    """Cases decided since then, each with the moment."""
    last = (
        select(TASKS.c.application, func.max(TASKS.c.closed_at).label("at"))
        .where(TASKS.c.verdict != "", TASKS.c.kind.not_in(sorted(RECORDS)))
        .group_by(TASKS.c.application)
        .subquery()
    )
    at = func.coalesce(last.c.at, APPLICATIONS.c.ended_at).label("at")
    kept = (APPLICATIONS.c.agency, APPLICATIONS.c.received_at, APPLICATIONS.c.due_on, at)
    over = (APPLICATIONS.c.ended_at.is_not(None), APPLICATIONS.c.status != "withdrawn")
    joined = select(*kept).outerjoin(last, last.c.application == APPLICATIONS.c.number)
    return joined.where(*over, func.coalesce(last.c.at, APPLICATIONS.c.ended_at) >= since).subquery()


def _day(moment: ColumnElement[datetime]) -> ColumnElement[date]:
    return cast(func.timezone(ZONE, moment), Date)


async def by_month(session: AsyncSession, months: Sequence[date], since: datetime) -> tuple[Month, ...]:
    """The months of which the first days are given."""
    decided = _decided(since)
    received = await _monthly(session, APPLICATIONS.c.entered_at, select(func.count()).select_from(APPLICATIONS), since)
    ended = await _monthly(session, decided.c.at, select(func.count()).select_from(decided), since)
    return tuple(Month(first, received.get(first, 0), ended.get(first, 0)) for first in months)


async def _monthly(
    session: AsyncSession, moment: ColumnElement[datetime], counted: Select[Any], since: datetime
) -> dict[date, int]:
    month = cast(func.date_trunc("month", func.timezone(ZONE, moment)), Date)
    rows = await session.execute(counted.add_columns(month).where(moment >= since).group_by(month))
    return {first: many for many, first in rows}


async def top_services(session: AsyncSession, since: datetime, limit: int) -> tuple[Asked, ...]:
    """What was asked for most since then."""
    many = func.count().label("many")
    asked = select(APPLICATIONS.c.licence, APPLICATIONS.c.agency, many).where(APPLICATIONS.c.entered_at >= since)
    grouped = asked.group_by(APPLICATIONS.c.licence, APPLICATIONS.c.agency)
    rows = await session.execute(
        grouped.order_by(many.desc(), APPLICATIONS.c.licence, APPLICATIONS.c.agency).limit(limit)
    )
    return tuple(Asked(*row) for row in rows)


async def satisfaction(session: AsyncSession, since: datetime, *, each_service: bool) -> tuple[Satisfied, ...]:
    """What applicants said since then, for each agency or for each service of each agency."""
    service = [OPINIONS.c.licence] if each_service else []
    good = func.sum(case((OPINIONS.c.score >= 4, 1), else_=0))
    counted = (func.count(), cast(good, Integer), func.avg(OPINIONS.c.score))
    asked = select(OPINIONS.c.agency, *service, *counted).where(OPINIONS.c.said_at >= since)
    rows = await session.execute(asked.group_by(OPINIONS.c.agency, *service).order_by(OPINIONS.c.agency, *service))
    return tuple(_satisfied(list(row), each_service) for row in rows)


def _satisfied(row: list[object], each_service: bool) -> Satisfied:
    agency, *service, said, good, mean = row
    return Satisfied(
        str(agency), str(service[0]) if each_service else "", int(str(said)), int(str(good)), round(float(str(mean)), 2)
    )


async def in_force(session: AsyncSession) -> dict[str, int]:
    """Agency → licences that the register has in force."""
    asked = select(HOLDINGS.c.agency, func.count()).where(HOLDINGS.c.status == "in-force").group_by(HOLDINGS.c.agency)
    return {agency: many for agency, many in await session.execute(asked)}
