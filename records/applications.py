"""Submitted applications: what was asked, by whom, and where it stands. While its journey runs, only that writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, null, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from forms import form
from licences import calendar, places, questions, register, thai
from licences.calendar import BANGKOK
from licences.errors import Conflict, NotFound
from licences.procedure import Procedure
from records import attachments as files
from records import counters, history, notices
from records.rows import Page, moment_of, page, read_cursor, table_of, write_once
from records.tables import Application, Definition, Holding

APPLICATIONS, DEFINITIONS, HOLDINGS = table_of(Application), table_of(Definition), table_of(Holding)
HOLDS = ("in-force", "suspended")
ANSWERED, REOPENED = "application:answers:replaced", "application:appeal:allowed"
RESUMED = "application:appeal:resumed"
"""What the history calls new answers to what was asked, and a refusal that an appeal reversed."""
FIXED = "application:premises:fixed"
"""What it calls the applicant's word that what an inspection found is put right."""
_procedures: dict[str, Procedure] = {}  # a definition never changes, so it is read once


class UnknownApplication(NotFound):
    """There is no application with this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"ไม่พบคำขอเลขที่ {number}", f"there is no application {number}")


class AlreadyApplied(Conflict):
    """The same holder has applied for the same already, or holds it: names the application or the licence."""

    def __init__(self, *, application: str = "", licence_number: str = "") -> None:
        if application:
            th = f"มีคำขอเลขที่ {application} สำหรับใบอนุญาตนี้อยู่แล้ว โปรดติดตามคำขอเดิม"
            en = f"application {application} for the same licence is open: follow that one"
        else:
            th = f"มีใบอนุญาตเลขที่ {licence_number} อยู่แล้ว หากต้องการเปลี่ยนแปลงโปรดยื่นต่ออายุหรือแก้ไข"
            en = f"licence {licence_number} is in force already: to change it, ask to renew or amend it"
        super().__init__(th, en, field="licence")
        self.application, self.licence_number = application, licence_number


@dataclass(frozen=True)
class Submitted:
    """Everything the door knows when somebody submits."""

    key: str  # names this submission: the same key again is the same application
    procedure: Procedure
    office: str
    applicant: str  # a person id
    holder_kind: str  # juristic | natural
    holder_id: str  # a juristic number, or a person id
    answers: Mapping[str, Any]
    answers_digest: str
    status: str
    entered_at: datetime
    received_at: datetime
    due_on: date
    holder_name: str = ""
    licence_number: str = ""  # the licence acted on
    claim: str = ""
    attachments: Mapping[str, str] = field(default_factory=dict)  # document → attachment id
    language: str = "th"
    email: str = ""


@dataclass(frozen=True)
class Line:
    """One application in a list."""

    number: str
    licence: str
    operation: str
    agency: str
    office: str
    applicant: str
    holder_kind: str
    holder_id: str
    holder_name: str
    licence_number: str
    status: str
    waiting_for: str
    waiting_until: datetime | None
    entered_at: datetime
    received_at: datetime
    due_on: date
    ended_at: datetime | None


# --- submit ---


async def submit(session: AsyncSession, submitted: Submitted) -> Application:
    """Keep an application with its definition, number it, and say in its history and to the applicant that it came.

    The same key again gives the first application. Raises AlreadyApplied, AttachmentMissing.
    """
    same, defined = await _look(session, submitted)
    if same:
        return await get(session, same)
    if not defined:
        await keep_definition(session, submitted.procedure, submitted.entered_at)
    year = thai.buddhist_year(submitted.received_at.astimezone(BANGKOK).date())
    number = register.application_number(year, await counters.next_of(session, f"applications:{year}"))
    application = _application(number, submitted)
    if not await write_once(session, application):
        return await submit(session, submitted)  # somebody was first since we looked: the next look tells who
    await files.bind(session, submitted.attachments.values(), submitted.applicant, number)
    await _say(session, application)
    return application


async def _look(session: AsyncSession, submitted: Submitted) -> tuple[str, bool]:
    """The application with the same key ("": none), and whether the definition is kept. Raises AlreadyApplied."""
    numbers = select(APPLICATIONS.c.number)
    same = numbers.where(APPLICATIONS.c.key == submitted.key, APPLICATIONS.c.key != "")
    opened: Any = null()
    held: Any = null()
    if submitted.claim:
        claimed = (APPLICATIONS.c.claim == submitted.claim, APPLICATIONS.c.claim != "")
        opened = numbers.where(*claimed, APPLICATIONS.c.ended_at.is_(None)).scalar_subquery()
        held = _in_force(submitted).scalar_subquery()
    defined = exists().where(DEFINITIONS.c.version == submitted.procedure.version)
    found = (await session.execute(select(same.scalar_subquery(), opened, held, defined))).one()
    if not found[0] and (found[1] or found[2]):
        raise AlreadyApplied(application=found[1] or "", licence_number=found[2] or "")
    return found[0] or "", found[3]


def _in_force(submitted: Submitted) -> Select[Any]:
    """The licence of the same claim that is in force; one that ran out is not, though nobody has looked at it yet."""
    claimed = (HOLDINGS.c.claim == submitted.claim, HOLDINGS.c.claim != "", HOLDINGS.c.status.in_(HOLDS))
    on = submitted.received_at.astimezone(BANGKOK).date()
    running = or_(HOLDINGS.c.valid_until.is_(None), HOLDINGS.c.valid_until >= on)
    other = HOLDINGS.c.licence_number != submitted.licence_number
    return select(HOLDINGS.c.licence_number).where(*claimed, running, other)


async def keep_definition(session: AsyncSession, procedure: Procedure, at: datetime, like: str = "") -> None:
    """Keep a procedure under its content hash, and the texts of its form beside it, once.

    A form that is not today's has the texts of the version that it is `like`.
    """
    todays = procedure.questions == questions.digest(procedure.form)
    texts = questions.texts(procedure.form) if todays or not like else await _texts_of(session, like)
    definition = Definition(
        version=procedure.version,
        licence=procedure.licence,
        operation=procedure.operation.value,
        procedure=procedure.model_dump(mode="json"),
        texts=texts,
        first_used_at=at,
    )
    await write_once(session, definition)


async def _texts_of(session: AsyncSession, version: str) -> dict[str, str]:
    asked = select(DEFINITIONS.c.texts).where(DEFINITIONS.c.version == version)
    return dict((await session.execute(asked)).scalar_one())


async def carry(session: AsyncSession, number: str, version: str) -> None:
    """An undecided application goes on under rules that take over what later ones declare to ask again."""
    await session.execute(update(APPLICATIONS).where(APPLICATIONS.c.number == number).values(version=version))


async def procedure(session: AsyncSession, application: Application) -> Procedure:
    """The rules that an application travels with."""
    return await procedure_of(session, application.version)


async def procedure_of(session: AsyncSession, version: str) -> Procedure:
    """The procedure that an application was submitted under. Raises KeyError."""
    if version not in _procedures:
        asked = select(DEFINITIONS.c.procedure, DEFINITIONS.c.texts).where(DEFINITIONS.c.version == version)
        kept = (await session.execute(asked)).one_or_none()
        if kept is None:
            raise KeyError(f"no definition is kept under {version}")
        form.remember(version, kept.texts)
        _procedures[version] = Procedure.model_validate(kept.procedure)
    return _procedures[version]


def _application(number: str, submitted: Submitted) -> Application:
    copied = (
        "key office applicant holder_kind holder_id holder_name licence_number claim answers_digest language email "
        "status entered_at received_at due_on"
    )
    return Application(
        number=number,
        licence=submitted.procedure.licence,
        operation=submitted.procedure.operation.value,
        version=submitted.procedure.version,
        agency=places.agency_of(submitted.office),  # a local authority's licence in Bangkok is the BMA's
        answers=dict(submitted.answers),
        attachments=dict(submitted.attachments),
        **{name: getattr(submitted, name) for name in copied.split()},
    )


async def _say(session: AsyncSession, application: Application) -> None:
    """In the history, and to the applicant."""
    received = {
        "licence": application.licence,
        "operation": application.operation,
        "version": application.version,
        "office": application.office,
        "answers_digest": application.answers_digest,
        "received_at": application.received_at.isoformat(),
        "due_on": application.due_on.isoformat(),
    }
    tag, number = "application:submission:received", application.number
    await history.begin(session, number, "submit", tag, application.applicant, application.entered_at, received)
    what = {"licence": application.licence, "operation": application.operation, "due_on": received["due_on"]}
    await notices.write_once(session, number, "received", at=application.entered_at, said=what)


# --- find ---


async def get(session: AsyncSession, number: str) -> Application:
    """One application. Who may see it is for the caller to ask. Raises UnknownApplication."""
    row = (await session.execute(select(APPLICATIONS).where(APPLICATIONS.c.number == number))).mappings().first()
    if row is None:
        raise UnknownApplication(number)
    return Application(**row)


async def lock(session: AsyncSession, number: str) -> Application:
    """The same, and nobody else writes it until this transaction ends. Raises UnknownApplication."""
    asked = select(APPLICATIONS).where(APPLICATIONS.c.number == number).with_for_update()
    row = (await session.execute(asked)).mappings().first()
    if row is None:
        raise UnknownApplication(number)
    return Application(**row)


async def is_over(session: AsyncSession, number: str) -> bool:
    """Whether an application has ended; what is no application is not over by this."""
    asked = select(APPLICATIONS.c.ended_at).where(APPLICATIONS.c.number == number)
    return (await session.execute(asked)).scalar_one_or_none() is not None


async def for_applicant(session: AsyncSession, person: str, after: str = "", limit: int = 20) -> Page[Line]:
    """What somebody filed, for himself or for others, the latest first."""
    return await _lines(session, [APPLICATIONS.c.applicant == person], after, limit)


async def earlier_of(
    session: AsyncSession, holder: str, person: str = "", licence_number: str = "", limit: int = 6
) -> list[Application]:
    """What was filed for a holder, the latest first: by one person, or about one licence, when these are named."""
    his = [APPLICATIONS.c.holder_id == holder]
    his += [APPLICATIONS.c.applicant == person] if person else []
    his += [APPLICATIONS.c.licence_number == licence_number] if licence_number else []
    latest = select(APPLICATIONS).where(*his).order_by(APPLICATIONS.c.entered_at.desc(), APPLICATIONS.c.number)
    return [Application(**row) for row in (await session.execute(latest.limit(limit))).mappings()]


async def for_company(session: AsyncSession, juristic_id: str, after: str = "", limit: int = 20) -> Page[Line]:
    """What was filed for a company, by whomever, the latest first."""
    return await _lines(session, [APPLICATIONS.c.holder_id == juristic_id], after, limit)


async def for_offices(
    session: AsyncSession, agency: str, offices: Sequence[str], statuses: Sequence[str] = (), after: str = "",
    limit: int = 20,
) -> Page[Line]:  # fmt: skip
    """What an agency's offices received, the latest first. "" among `offices`: every office; no statuses: all."""
    which = [APPLICATIONS.c.agency == agency]
    if "" not in offices:
        which.append(APPLICATIONS.c.office.in_(offices))
    if statuses:
        which.append(APPLICATIONS.c.status.in_(statuses))
    return await _lines(session, which, after, limit)


async def for_audit(
    session: AsyncSession, agency: str = "", status: str = "", number: str = "", after: str = "", limit: int = 20
) -> Page[Line]:
    """Every office's applications, the latest first; "" leaves a filter out."""
    asked = ((APPLICATIONS.c.agency, agency), (APPLICATIONS.c.status, status), (APPLICATIONS.c.number, number))
    return await _lines(session, [column == value for column, value in asked if value], after, limit)


async def _lines(session: AsyncSession, which: list[ColumnElement[bool]], after: str, limit: int) -> Page[Line]:
    order = (APPLICATIONS.c.entered_at, APPLICATIONS.c.number)
    if after:
        at, number = read_cursor(after, 2)
        which = [*which, tuple_(*order) < tuple_(literal(moment_of(at)), literal(str(number)))]
    shown = (APPLICATIONS.c[name] for name in Line.__dataclass_fields__)
    latest = select(*shown).where(*which).order_by(*(column.desc() for column in order)).limit(limit + 1)
    lines = [Line(*row) for row in await session.execute(latest)]
    return page(lines, limit, lambda line: (line.entered_at, line.number))


async def open_numbers(session: AsyncSession) -> tuple[str, ...]:
    """Every application that is not over."""
    asked = select(APPLICATIONS.c.number).where(APPLICATIONS.c.ended_at.is_(None)).order_by(APPLICATIONS.c.number)
    return tuple((await session.execute(asked)).scalars())


async def numbers_between(session: AsyncSession, first: str, last: str) -> tuple[str, ...]:
    """Every application that was taken on by the engine, from one number to another, both included."""
    between = (APPLICATIONS.c.number >= first, APPLICATIONS.c.number <= last)
    begun = APPLICATIONS.c.journey_started_at.is_not(None)
    asked = select(APPLICATIONS.c.number).where(*between, begun).order_by(APPLICATIONS.c.number)
    return tuple((await session.execute(asked)).scalars())


# --- the journey's hand ---


async def begun(session: AsyncSession, number: str, at: datetime) -> None:
    """The engine has taken it on; the first moment stays."""
    waiting = (APPLICATIONS.c.number == number, APPLICATIONS.c.journey_started_at.is_(None))
    await session.execute(update(APPLICATIONS).where(*waiting).values(journey_started_at=at))


@dataclass(frozen=True)
class NotBegun:
    """What a journey needs to start."""

    number: str
    holder_kind: str
    procedure: Procedure


async def not_begun(session: AsyncSession, older_than: datetime, limit: int = 100) -> tuple[NotBegun, ...]:
    """Submitted before that moment, and not yet taken on: to be started again (the number is the journey's id)."""
    waiting = (APPLICATIONS.c.journey_started_at.is_(None), APPLICATIONS.c.entered_at < older_than)
    shown = select(APPLICATIONS.c.number, APPLICATIONS.c.holder_kind, APPLICATIONS.c.version)
    rows = await session.execute(shown.where(*waiting).order_by(APPLICATIONS.c.entered_at).limit(limit))
    return tuple([NotBegun(row[0], row[1], await procedure_of(session, row[2])) for row in rows.all()])


async def show(
    session: AsyncSession,
    number: str,
    status: str | None = None,
    *,
    waiting_for: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Say where it stands (None: where it stood) and what it waits for. Once it has ended, nothing more is said."""
    standing: dict[str, Any] = {"waiting_for": waiting_for, "waiting_since": since, "waiting_until": until}
    if status is not None:
        standing["status"] = status
    open_ = (APPLICATIONS.c.number == number, APPLICATIONS.c.ended_at.is_(None))
    await session.execute(update(APPLICATIONS).where(*open_).values(standing))


async def stop(session: AsyncSession, number: str, at: datetime) -> None:
    """Its clock stands still from that moment."""
    await session.execute(update(APPLICATIONS).where(APPLICATIONS.c.number == number).values(stopped_at=at))


async def start(session: AsyncSession, number: str, stopped_days: int, due_on: date) -> None:
    """Its clock goes on; for how many working days it stood still in all, and the last day that follows."""
    goes_on = {"stopped_at": None, "stopped_days": stopped_days, "due_on": due_on}
    await session.execute(update(APPLICATIONS).where(APPLICATIONS.c.number == number).values(goes_on))


async def move_days(
    session: AsyncSession,
    number: str,
    *,
    due_on: date | None = None,
    waiting_for: str = "",
    until: datetime | None = None,
) -> None:
    """A day of an open application is another: that of its decision, or the one until which it waits for something."""
    open_ = (APPLICATIONS.c.number == number, APPLICATIONS.c.ended_at.is_(None))
    if due_on is not None:
        await session.execute(update(APPLICATIONS).where(*open_).values(due_on=due_on))
    if until is not None:
        waits = (*open_, APPLICATIONS.c.waiting_for == waiting_for)
        await session.execute(update(APPLICATIONS).where(*waits).values(waiting_until=until))


async def open_from(session: AsyncSession, day: date, after: str, limit: int) -> tuple[str, ...]:
    """Open applications that have a day from that one on still before them, by number."""
    ahead = or_(APPLICATIONS.c.due_on >= day, APPLICATIONS.c.waiting_until >= calendar.end_of_day(day - calendar.DAY))
    asked = select(APPLICATIONS.c.number).where(APPLICATIONS.c.ended_at.is_(None), APPLICATIONS.c.number > after, ahead)
    return tuple((await session.execute(asked.order_by(APPLICATIONS.c.number).limit(limit))).scalars())


async def end(
    session: AsyncSession, number: str, status: str, outcome: str, at: datetime, licence_number: str = ""
) -> None:
    """It is over: how, and when. The first end stays. `licence_number`: what was granted."""
    over: dict[str, Any] = {
        "status": status,
        "outcome": outcome,
        "ended_at": at,
        "waiting_for": "",
        "waiting_since": None,
        "waiting_until": None,
    }
    if licence_number:
        over["licence_number"] = licence_number
    open_ = (APPLICATIONS.c.number == number, APPLICATIONS.c.ended_at.is_(None))
    await session.execute(update(APPLICATIONS).where(*open_).values(over))


async def reopened(session: AsyncSession, number: str) -> bool:
    """Whether it goes on since an appeal against its refusal was allowed."""
    return any(one.tag == REOPENED for one in await history.of(session, number))


async def reopen(session: AsyncSession, number: str, case: str, at: datetime) -> None:
    """An appeal was allowed: what was refused goes on and is granted, what was returned is considered after all.

    Raises AlreadyApplied.
    """
    kept = await get(session, number)
    tag, where = REOPENED, {"status": "issuing", "waiting_for": "issue"}
    if kept.status == "returned":
        tag, where = RESUMED, {"status": "in-review", "waiting_for": ""}
    claimed = (APPLICATIONS.c.claim == kept.claim, APPLICATIONS.c.claim != "", APPLICATIONS.c.ended_at.is_(None))
    other = (await session.execute(select(APPLICATIONS.c.number).where(*claimed).limit(1))).scalar_one_or_none()
    if other:
        raise AlreadyApplied(application=other)
    again = {**where, "outcome": "", "ended_at": None, "waiting_since": at}
    await session.execute(update(APPLICATIONS).where(APPLICATIONS.c.number == number).values(again))
    await history.record(session, number, f"reopen:{case}", tag, "engine", at, {"case": case})


async def suspend(session: AsyncSession, number: str, at: datetime | None) -> None:
    """An operator holds it from then on; None: it goes on."""
    await session.execute(update(APPLICATIONS).where(APPLICATIONS.c.number == number).values(suspended_at=at))


async def move(session: AsyncSession, number: str, version: str) -> None:
    """It goes on under another version of its rules, which is kept already. Raises KeyError."""
    await procedure_of(session, version)
    await session.execute(update(APPLICATIONS).where(APPLICATIONS.c.number == number).values(version=version))


async def replace_answers(
    session: AsyncSession,
    number: str,
    answers: Mapping[str, Any],
    attachments: Mapping[str, str],
    *,
    key: str,
    answers_digest: str,
    by: str,
    at: datetime,
    tag: str = ANSWERED,
) -> bool:
    """The applicant answered what was asked (or, by the tag, operators put it right): the new answers take the old
    ones' place, once per `key`.

    True: they were replaced now. Files that are bound to the application already may stay. Raises AttachmentMissing.
    """
    earlier = select(APPLICATIONS.c.answers_digest, APPLICATIONS.c.answers).where(APPLICATIONS.c.number == number)
    before, were = (await session.execute(earlier)).one()
    said = {"answers_digest": answers_digest, "before": before, "attachments": dict(attachments)}
    _, first = await history.record_first(session, number, key, tag, by, at, said)
    if not first:
        return False
    await _bind_new(session, number, attachments, by)
    new = {"answers": dict(answers), "attachments": dict(attachments), "answers_digest": answers_digest}
    mine = update(APPLICATIONS).where(APPLICATIONS.c.number == number)
    await session.execute(mine.values(new | {"answers_before": were}))
    return True


async def _bind_new(session: AsyncSession, number: str, attachments: Mapping[str, str], by: str) -> None:
    bound = {attachment.id for attachment in await files.of(session, number)} if attachments else set()
    await files.bind(session, set(attachments.values()) - bound, by, number)


async def counts(session: AsyncSession, agency: str) -> dict[str, int]:
    """Status → how many open applications of an agency stand there."""
    open_ = (APPLICATIONS.c.agency == agency, APPLICATIONS.c.ended_at.is_(None))
    rows = await session.execute(
        select(APPLICATIONS.c.status, func.count()).where(*open_).group_by(APPLICATIONS.c.status)
    )
    return {status: number for status, number in rows}
