"""Before a case is opened: who may open it, on what, and whether the law allows it as things stand. Nothing is written.

An act on a licence is opened by an officer of the office that granted it, or by its holder: the act's own data say by
whom. To everybody else it is forbidden, and nothing is told beyond what the public register shows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal

from pydantic import Field

from api import access, onpaper, representing
from api import register as register_door
from api.bodies import Body
from api.eligibility import juristic_number
from api.filing import JURISTIC, Desk
from api.people import Person, covers
from licences import acts, calendar, places
from licences import applications as law
from licences.acts import ActProcedure, CaseStatus, Kind, NothingToAppeal, Wanted
from licences.applications import Action, Status, Turn
from licences.calendar import BANGKOK
from licences.errors import Forbidden, NotAllowed
from licences.procedure import Appeal
from licences.register import SUPERSEDES, EntryKind, is_case
from licences.register import Entry as Line
from records import applications, cases, holidays, people, register, tasks
from records.cases import Opening
from records.tables import Case, Officer, Task


class WantedCase(Body):
    """What whoever opens a case sends. `about`: the application or case whose decision is appealed against."""

    act: Kind
    licence_number: str = Field("", max_length=40)
    about: str = Field("", max_length=40)
    since: date | None = None
    until: date | None = None
    reason: str = Field("", max_length=4_000)
    changes: dict[str, str] = Field(default_factory=dict, max_length=50)
    transferee: str = Field("", max_length=30)
    language: Literal["th", "en"] = "th"


class NotYourLicence(Forbidden):
    """Neither the office that granted it, nor its holder."""


class ActNotYours(Forbidden):
    """This act is for others to open."""


@dataclass(frozen=True)
class Ground:
    """What a case is about, and for whom."""

    licence: str
    agency: str
    office: str
    holder_kind: str
    holder_id: str
    holder_name: str
    licence_number: str = ""
    about: str = ""
    particulars: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    order: Kind | None = None  # what a stay, or its end, is about
    appealed: bool = False


async def prepare(desk: Desk, person: Person, wanted: WantedCase, at: datetime, key: str) -> Opening:
    """Everything that the law asks of an opening, in one place. Raises NotAllowed."""
    on = await _ground(desk, person, wanted, at)
    rules = acts.procedure(wanted.act, desk.catalogue.licence(on.licence))
    acts.check_stay_known(rules)
    opened_as = await _opened_as(desk, person, rules, on, at)
    today = at.astimezone(BANGKOK).date()
    said = acts.check_wanted(rules, _wanted(wanted), today, on.particulars)
    _check_printable(said)
    if wanted.act is not Kind.APPEAL:
        acts.check_standing(rules.act, on.lines, today)
    if on.order is not None and wanted.act is not Kind.APPEAL:
        acts.check_stay(rules.act, on.order, on.lines, today, appealed=on.appealed)
    if rules.consent:
        await _check_transferee(desk, person, said, on, at)
    closed = await _closed(desk, places.agency_of(on.office))
    received, due = times(desk, rules, on.office, at, closed)
    async with desk.database.reading() as session:
        address = await cases.address_of(session, on.licence_number or on.about)
        kept = await applications.get(session, on.about) if on.about and not is_case(on.about) else None
    return Opening(
        key=key,
        rules=rules,
        agency=on.agency,
        office=on.office,
        opened_by=person.id,
        opened_as=opened_as,
        holder_kind=on.holder_kind,
        holder_id=on.holder_id,
        wanted=said,
        entered_at=at,
        received_at=received,
        due_on=due,
        licence_number=on.licence_number,
        about=on.about,
        holder_name=on.holder_name,
        language=kept.language if kept else address.language,
        email=kept.email if kept else address.email or (person.row.email if opened_as == "holder" else ""),
    )


def _wanted(wanted: WantedCase) -> Wanted:
    transferee = wanted.transferee.strip()
    if transferee and not transferee.startswith(people.CODE):
        transferee = juristic_number(transferee)
    return Wanted(
        since=wanted.since, until=wanted.until, reason=wanted.reason, changes=wanted.changes, transferee=transferee
    )


def _check_printable(wanted: Wanted) -> None:
    """Raise UnfitText for words that a letter or the new licence could not print."""
    onpaper.check_lines(wanted.reason, "reason")
    for name, value in wanted.changes.items():
        onpaper.check_lines(value, f"changes.{name}")


# --- what it is about ---


async def _ground(desk: Desk, person: Person, wanted: WantedCase, at: datetime) -> Ground:
    match wanted.act:
        case Kind.APPEAL:
            return await _appealed(desk, person, wanted, at)
        case Kind.STAY | Kind.STAY_END:
            return await _of_order(desk, person, wanted, at)
        case _:
            return await _of_licence(desk, wanted)


async def _of_order(desk: Desk, person: Person, wanted: WantedCase, at: datetime) -> Ground:
    """The order that is stayed, with what the register says of its licence. Raises UnknownCase, NothingToStay."""
    if not is_case(wanted.about):
        raise _nothing_to_stay()
    async with desk.database.reading() as session:
        order = await cases.get(session, wanted.about)
        appealed = await cases.is_appealed(session, order.number)
    seated = seats_over(person.desks, order.agency, order.office)
    if not seated and not await is_holder(desk, person, order.holder_kind, order.holder_id, order.licence, at):
        raise cases.UnknownCase(wanted.about)
    if Kind(order.act) not in acts.UNDONE_BY or order.status != CaseStatus.DONE:
        raise _nothing_to_stay()
    on = ground_of(await register_door.the_licence(desk.database, order.licence_number))
    return replace(on, about=order.number, order=Kind(order.act), appealed=appealed)


def _nothing_to_stay() -> acts.NothingToStay:
    return acts.NothingToStay(
        "ทุเลาการบังคับได้เฉพาะคำสั่งพักใช้หรือเพิกถอนใบอนุญาต",
        "what can be stayed is an order of suspension or revocation",
        field="about",
    )


async def _of_licence(desk: Desk, wanted: WantedCase) -> Ground:
    found = await register_door.the_licence(desk.database, wanted.licence_number)
    return ground_of(found)


def ground_of(found: register.Found) -> Ground:
    """A licence of the register as an act sees it."""
    held, facts = found.holding, found.entries[0].facts
    current = next(one for one in reversed(found.entries) if EntryKind(one.kind) in SUPERSEDES)
    return Ground(
        licence=held.licence,
        agency=held.agency,
        office=str(facts.get("authority") or held.agency),
        holder_kind=held.holder_kind,
        holder_id=held.holder_key,
        holder_name=held.holder_name,
        licence_number=held.licence_number,
        particulars=tuple(str(one["id"]) for one in current.facts.get("particulars", ())),
        lines=tuple(Line(one.seq, EntryKind(one.kind), one.valid_from, one.valid_until) for one in found.entries),
    )


async def _appealed(desk: Desk, person: Person, wanted: WantedCase, at: datetime) -> Ground:
    """What is appealed against: an application refused or returned (LFA s.9), an order, an act refused; in its days."""
    if is_case(wanted.about):
        async with desk.database.reading() as session:
            order = await cases.get(session, wanted.about)
            done = await tasks.of(session, order.number)
            way = (await cases.rules_of(session, order)).appeal
        if not await is_holder(desk, person, order.holder_kind, order.holder_id, order.licence, at):
            raise cases.UnknownCase(wanted.about)
        if not appealable(order, done):
            raise _nothing_to_appeal()
        await _check_open(desk, wanted.about, way, order.agency, order.ended_at, at)
        return Ground(
            order.licence, order.agency, order.office, order.holder_kind, order.holder_id, order.holder_name,
            order.licence_number, order.number,
        )  # fmt: skip
    kept = await access.own(desk, person, wanted.about, at)
    if Action.APPEAL not in law.allowed(Status(kept.status), Turn.APPLICANT):
        raise _nothing_to_appeal()
    async with desk.database.reading() as session:
        way = (await applications.procedure_of(session, kept.version)).appeal
    await _check_open(desk, wanted.about, way, kept.agency, kept.ended_at, at)
    return Ground(
        kept.licence, kept.agency, kept.office, kept.holder_kind, kept.holder_id, kept.holder_name, "", kept.number
    )


def appealable(case: Case, done: Iterable[Task]) -> bool:
    """Whether a case ended in an order that its holder may appeal against; `done`: its tasks."""
    decided = any(task.verdict for task in done)
    return acts.may_be_appealed(
        Kind(case.act), CaseStatus(case.status), asked=case.opened_as == "holder", decided=decided
    )


def _nothing_to_appeal() -> NothingToAppeal:
    return NothingToAppeal(
        "อุทธรณ์ได้เฉพาะคำขอที่ไม่อนุญาตหรือถูกคืน คำสั่งพักใช้หรือเพิกถอนใบอนุญาต หรือเรื่องที่ท่านขอแล้วเจ้าหน้าที่ไม่เห็นชอบ",
        "an appeal is against an application refused or returned, an order of suspension or revocation, or an act that "
        "you asked for and an officer refused",
        field="about",
    )


async def _check_open(
    desk: Desk, about: str, way: Appeal, agency: str, told_at: datetime | None, at: datetime
) -> None:  # fmt: skip
    """In the days that its letter gave; and once: a ruling is for the court. Raises AppealTooLate, NothingToAppeal."""
    assert told_at is not None
    async with desk.database.reading() as session:
        ruled = [one for one in await cases.about(session, about) if one.act == Kind.APPEAL]
    if any(one.status == CaseStatus.REFUSED for one in ruled):
        raise NothingToAppeal(
            "อุทธรณ์นี้ได้วินิจฉัยให้ยกแล้ว หากไม่เห็นด้วยให้ฟ้องคดีต่อศาลปกครอง",
            "that appeal was dismissed already: whoever does not agree may bring it to the Administrative Court",
            field="about",
        )
    told_on, today = told_at.astimezone(BANGKOK).date(), at.astimezone(BANGKOK).date()
    acts.check_appeal(told_on, way, today, await _closed(desk, agency))


# --- who ---


async def _opened_as(desk: Desk, person: Person, rules: ActProcedure, on: Ground, at: datetime) -> str:
    """As what this person opens it. Raises NotYourLicence, ActNotYours."""
    seated = seats_over(person.desks, on.agency, on.office)
    if any(seat.role in rules.opened_by for seat in seated):
        return "officer"
    if await is_holder(desk, person, on.holder_kind, on.holder_id, on.licence, at):
        if "holder" in rules.opened_by:
            return "holder"
        raise ActNotYours(
            f"{rules.title.th}เปิดเรื่องได้โดยเจ้าหน้าที่ของหน่วยงานผู้อนุญาตเท่านั้น",
            f"{rules.title.en} is opened by officers of the granting office only",
        )
    if seated:
        raise ActNotYours(
            f"{rules.title.th}ต้องมาจากผู้รับใบอนุญาต เจ้าหน้าที่เปิดเรื่องแทนไม่ได้",
            f"{rules.title.en} comes from the holder: an officer cannot open it",
        )
    raise not_yours()


def not_yours() -> NotYourLicence:
    """What everybody else is told."""
    return NotYourLicence(
        "ทำได้เฉพาะผู้รับใบอนุญาต หรือเจ้าหน้าที่ของสำนักงานที่ออกใบอนุญาตนี้",
        "this is for the licence's holder, or officers of the office that granted it",
    )


def seats_over(seats: Sequence[Officer], agency: str, office: str) -> list[Officer]:
    """Those of the seats that cover an office."""
    return [seat for seat in seats if covers(seat, agency, office)]


async def is_holder(desk: Desk, person: Person, kind: str, holder_id: str, licence: str, at: datetime) -> bool:
    """Whether this person holds it, or may act for the company that does; a silent register is no."""
    if kind != JURISTIC:
        return holder_id in (person.row.pid_digest, person.id)
    try:
        company = await representing.look_up(desk.companies, holder_id, person, at)
        if company is not None:
            await representing.check_person(desk.database, company, person, licence, at)
    except NotAllowed:
        return False
    return company is not None


async def _check_transferee(desk: Desk, person: Person, wanted: Wanted, on: Ground, at: datetime) -> None:
    """Who takes a licence over exists, may hold it, and is in business if a company. Raises WantedWrong, CompanyNot…"""
    if not wanted.transferee:
        raise acts.WantedWrong(
            "โปรดระบุเลขทะเบียนนิติบุคคลหรือรหัสของผู้รับโอน", "name the number or code of who takes it over", field="transferee"
        )
    kind = "natural" if wanted.transferee.startswith(people.CODE) else JURISTIC
    if desk.catalogue.licence(on.licence).applicant not in ("both", kind):
        raise acts.WantedWrong(
            "ผู้รับโอนประเภทนี้ถือใบอนุญาตนี้ไม่ได้", "a licence of this kind is not for such a holder", field="transferee"
        )
    if kind == "natural":
        return await _check_person(desk, person, wanted.transferee, on)
    company = await representing.look_up(desk.companies, wanted.transferee, person, at)
    if company is not None:
        representing.check_active(company)


async def _check_person(desk: Desk, opener: Person, code: str, on: Ground) -> None:
    """The code is of somebody who signed in where we do, and holds it not yet."""
    async with desk.database.reading() as session:
        found = await people.person(session, code)
    if found is None or found.issuer != opener.row.issuer or on.holder_id in (found.id, found.pid_digest):
        raise acts.WantedWrong(
            "ไม่พบรหัสนี้ หรือเป็นผู้รับใบอนุญาตอยู่แล้ว ขอให้ผู้รับโอนเข้าสู่ระบบและอ่านรหัสจากหน้ามอบอำนาจให้ท่าน",
            "no such code, or its holder has the licence: ask who takes it over to sign in and read the code out",
            field="transferee",
        )


# --- when ---


async def _closed(desk: Desk, agency: str) -> frozenset[date]:
    async with desk.database.reading() as session:
        return await holidays.closed(session, agency=agency)


def times(
    desk: Desk, rules: ActProcedure, office: str, entered_at: datetime, closed: frozenset[date]
) -> tuple[datetime, date]:
    """When it counts as received (E-Government Act s.10), and the last day of all its stages."""
    agency = desk.catalogue.agency(places.agency_of(office))
    opens, closes = time.fromisoformat(agency.office_opens), time.fromisoformat(agency.office_closes)
    received = calendar.received_at(entered_at, opens, closes, closed)
    day = received.astimezone(BANGKOK).date()
    if rules.hearing_days:
        day = calendar.person_deadline(day, rules.hearing_days, closed)
    for stage in rules.stages:
        day = (
            calendar.authority_deadline(day, stage.days)
            if stage.days
            else calendar.due_on(day, stage.working_days, closed)
        )
    return received, day
