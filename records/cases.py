"""Cases: acts after the grant, each opened once, walked by its story, kept for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences import calendar, register, thai
from licences.acts import ActProcedure, CaseStatus, Kind, Wanted
from licences.calendar import BANGKOK
from licences.errors import Conflict, NotFound
from records import counters, history
from records.rows import Page, moment_of, page, read_cursor, table_of, write_once
from records.tables import Application, Case, Definition

CASES, APPLICATIONS, DEFINITIONS = table_of(Case), table_of(Application), table_of(Definition)
OPEN = CASES.c.ended_at.is_(None)
ALLOWED_BY = "allowed_by"
"""What was found of a refused act that goes on: the number of the appeal against its refusal that was allowed."""
_procedures: dict[str, ActProcedure] = {}  # a definition never changes, so it is read once


class UnknownCase(NotFound):
    """There is no case of this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"ไม่พบเรื่องเลขที่ {number}", f"there is no case {number}")


class CaseOpen(Conflict):
    """The same act on the same licence is under way already."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"มีเรื่องเดียวกันเลขที่ {number} อยู่ระหว่างดำเนินการ โปรดดำเนินการในเรื่องนั้น",
            f"case {number} about the same is open: go on with that one",
        )
        self.number = number


@dataclass(frozen=True)
class Opening:
    """Everything that is known when somebody opens a case."""

    key: str
    rules: ActProcedure
    agency: str
    office: str
    opened_by: str  # a person id, or "engine"
    opened_as: str  # officer | holder | engine
    holder_kind: str
    holder_id: str
    wanted: Wanted
    entered_at: datetime
    received_at: datetime
    due_on: date
    licence_number: str = ""
    about: str = ""
    holder_name: str = ""
    language: str = "th"
    email: str = ""


@dataclass(frozen=True)
class Address:
    """Where a holder is written to: what the last application for the licence gave."""

    email: str = ""
    language: str = "th"


async def open_once(session: AsyncSession, opening: Opening) -> Case:
    """Keep a case with its definition, number it, and say in the histories that it was opened.

    The same key again gives the first case. Raises CaseOpen.
    """
    if same := await _one(session, CASES.c.key == opening.key):
        return same
    claim = f"{opening.rules.act.value}:{opening.about or opening.licence_number}"
    if other := await _one(session, CASES.c.claim == claim, OPEN):
        raise CaseOpen(other.number)
    await _keep_definition(session, opening.rules, opening.entered_at)
    year = thai.buddhist_year(opening.entered_at.astimezone(BANGKOK).date())
    case = _case(register.case_number(year, await counters.next_of(session, f"cases:{year}")), claim, opening)
    if not await write_once(session, case):
        return await open_once(session, opening)  # somebody was first since we looked: the next look tells who
    await _say(session, case)
    return case


def _case(number: str, claim: str, opening: Opening) -> Case:
    copied = (
        "key agency office opened_by opened_as holder_kind holder_id holder_name language email licence_number about "
        "entered_at received_at due_on"
    )
    return Case(
        number=number,
        claim=claim,
        act=opening.rules.act.value,
        version=opening.rules.version,
        licence=opening.rules.licence,
        wanted=opening.wanted.model_dump(mode="json"),
        found={},
        status=CaseStatus.CHECKING.value,
        **{name: getattr(opening, name) for name in copied.split()},
    )


async def _say(session: AsyncSession, case: Case) -> None:
    """In the case's own history, and in that of the licence or of what it is about."""
    said = {"case": case.number, "act": case.act, "licence_number": case.licence_number, "about": case.about}
    await history.begin(session, case.number, "open", f"case:{case.act}:opened", case.opened_by, case.entered_at, said)
    subject = case.about or case.licence_number
    await history.record(
        session, subject, f"open:{case.number}", f"case:{case.act}:opened", case.opened_by, case.entered_at, said
    )


async def _keep_definition(session: AsyncSession, rules: ActProcedure, at: datetime) -> None:
    kept = Definition(
        version=rules.version,
        licence=rules.licence,
        operation=rules.act.value,
        procedure=rules.model_dump(mode="json"),
        first_used_at=at,
    )
    await write_once(session, kept)


async def rules_of(session: AsyncSession, case: Case) -> ActProcedure:
    """The rules that a case was opened under."""
    if case.version not in _procedures:
        asked = select(DEFINITIONS.c.procedure).where(DEFINITIONS.c.version == case.version)
        _procedures[case.version] = ActProcedure.model_validate((await session.execute(asked)).scalar_one())
    return _procedures[case.version]


# --- find ---


async def get(session: AsyncSession, number: str) -> Case:
    """One case. Who may see it is for the caller to ask. Raises UnknownCase."""
    found = await _one(session, CASES.c.number == number)
    if found is None:
        raise UnknownCase(number)
    return found


async def is_over(session: AsyncSession, number: str) -> bool:
    """Whether a case has ended."""
    return (await session.execute(select(CASES.c.ended_at).where(CASES.c.number == number))).scalar() is not None


async def lock(session: AsyncSession, number: str) -> Case:
    """The same, and nobody else writes it until this transaction ends. Raises UnknownCase."""
    row = (await session.execute(select(CASES).where(CASES.c.number == number).with_for_update())).mappings().first()
    if row is None:
        raise UnknownCase(number)
    return Case(**row)


async def _one(session: AsyncSession, *which: ColumnElement[bool]) -> Case | None:
    row = (await session.execute(select(CASES).where(*which).limit(1))).mappings().first()
    return Case(**row) if row else None


async def about(session: AsyncSession, subject: str) -> tuple[Case, ...]:
    """Every case about a licence, an application or a case, the latest first."""
    which = (CASES.c.licence_number == subject) | (CASES.c.about == subject)
    rows = await session.execute(select(CASES).where(which).order_by(CASES.c.entered_at.desc(), CASES.c.number))
    return tuple(Case(**row) for row in rows.mappings())


async def is_appealed(session: AsyncSession, order: str) -> bool:
    """Whether an appeal against that order is not decided yet."""
    return await _one(session, CASES.c.about == order, CASES.c.act == Kind.APPEAL.value, OPEN) is not None


async def listed(
    session: AsyncSession, *, holder_id: str = "", agency: str = "", offices: Sequence[str] = (), after: str = "",
    limit: int = 25,
) -> Page[Case]:  # fmt: skip
    """One page of a holder's cases, or of an agency's offices, the latest first. "" among `offices`: every office."""
    which = [CASES.c.holder_id == holder_id] if holder_id else [CASES.c.agency == agency]
    if not holder_id and "" not in offices:
        which.append(CASES.c.office.in_(offices))
    order = (CASES.c.entered_at, CASES.c.number)
    if after:
        at, number = read_cursor(after, 2)
        which.append(tuple_(*order) < tuple_(literal(moment_of(at)), literal(str(number))))
    latest = select(CASES).where(*which).order_by(*(column.desc() for column in order)).limit(limit + 1)
    return page(
        [Case(**row) for row in (await session.execute(latest)).mappings()],
        limit,
        lambda one: (one.entered_at, one.number),
    )


async def address_of(session: AsyncSession, licence_number: str) -> Address:
    """Where the holder of a licence is written to."""
    mine = (APPLICATIONS.c.licence_number == licence_number, APPLICATIONS.c.email != "")
    asked = select(APPLICATIONS.c.email, APPLICATIONS.c.language).where(*mine)
    row = (await session.execute(asked.order_by(APPLICATIONS.c.entered_at.desc()).limit(1))).first()
    return Address(*row) if row else Address()


@dataclass(frozen=True)
class NotBegun:
    """What a case's story needs to start."""

    case: Case
    rules: ActProcedure


async def not_begun(session: AsyncSession, older_than: datetime, limit: int = 100) -> tuple[NotBegun, ...]:
    """Opened before that moment, and not yet taken on."""
    waiting = (CASES.c.begun_at.is_(None), CASES.c.entered_at < older_than)
    rows = (await session.execute(select(CASES).where(*waiting).order_by(CASES.c.entered_at).limit(limit))).mappings()
    found = [Case(**row) for row in rows.all()]
    return tuple([NotBegun(one, await rules_of(session, one)) for one in found])


# --- the story's hand ---


async def begun(session: AsyncSession, number: str, at: datetime) -> None:
    """The engine has taken it on; the first moment stays."""
    waiting = (CASES.c.number == number, CASES.c.begun_at.is_(None))
    await session.execute(update(CASES).where(*waiting).values(begun_at=at))


async def show(
    session: AsyncSession,
    number: str,
    status: CaseStatus,
    *,
    waiting_for: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Say where it stands and what it waits for. Once it has ended, nothing more is said."""
    standing = {"status": status.value, "waiting_for": waiting_for, "waiting_since": since, "waiting_until": until}
    await session.execute(update(CASES).where(CASES.c.number == number, OPEN).values(standing))


async def heard_from(session: AsyncSession, day: date, after: str, limit: int) -> tuple[str, ...]:
    """Open cases whose holder has until that day or later to object, by number."""
    waits = (OPEN, CASES.c.waiting_for == "hearing", CASES.c.waiting_until > calendar.end_of_day(day - calendar.DAY))
    asked = select(CASES.c.number).where(*waits, CASES.c.number > after).order_by(CASES.c.number).limit(limit)
    return tuple((await session.execute(asked)).scalars())


async def note(session: AsyncSession, number: str, **found: Any) -> None:
    """Keep what was heard or found on the way; what is kept already stays."""
    case = await lock(session, number)
    kept = {**found, **case.found}
    await session.execute(update(CASES).where(CASES.c.number == number).values(found=kept))


async def reopen(session: AsyncSession, number: str, appeal: str, at: datetime) -> None:
    """An appeal against its refusal was allowed: it goes on from there and is carried out. Raises CaseOpen."""
    case = await lock(session, number)
    if other := await _one(session, CASES.c.claim == case.claim, OPEN):
        raise CaseOpen(other.number)
    await note(session, number, **{ALLOWED_BY: appeal})
    again = {"status": CaseStatus.ISSUING.value, "outcome": "", "ended_at": None}
    waits = {"waiting_for": "issue", "waiting_since": at, "waiting_until": None}
    await session.execute(update(CASES).where(CASES.c.number == number).values(again | waits))
    tag, said = f"case:{case.act}:allowed", {"case": appeal}
    await history.record(session, number, f"reopen:{appeal}", tag, "engine", at, said)


async def end(session: AsyncSession, number: str, status: CaseStatus, at: datetime) -> None:
    """It is over: how, and when. The first end stays."""
    over = {
        "status": status.value,
        "outcome": status.value,
        "ended_at": at,
        "waiting_for": "",
        "waiting_since": None,
        "waiting_until": None,
    }
    await session.execute(update(CASES).where(CASES.c.number == number, OPEN).values(over))
