"""Before an application is submitted: everything the rules ask of it, in one place, and nothing written.

Read, decide, and hand over one `Submitted`. What is wrong comes back as the rules' own words beside the field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

from pydantic import Field

from api import onpaper, representing
from api.bodies import Body
from api.documents import MOST_ATTACHMENTS, Found, bound, check_answers, find_attachments
from api.eligibility import (
    JURISTIC,
    NATURAL,
    OPEN_ENDED,
    Holder,
    LicenceNotHeld,
    acts_on_one,
    check_assurance,
    check_billable,
    check_eligible,
    check_may_act,
    check_prerequisite,
    check_prerequisite_there,
    is_in_force,
    juristic_number,
)
from api.people import Person
from api.representing import Register
from forms import form as forms
from forms import places as written
from forms.form import Answers, Form
from licences import calendar, fees, places
from licences import register as book
from licences.applications import Status
from licences.calendar import BANGKOK
from licences.catalogue import Catalogue
from licences.procedure import Effect, Procedure
from records import holidays, register
from records.applications import Submitted
from records.database import Database

__all__ = ["JURISTIC", "NATURAL", "Desk", "Found", "Ground", "Holder", "Wanted", "ground", "prepare"]


class Wanted(Body):
    """What an applicant sends. `attachments`: document id → attachment id, or the attachment ids alone."""

    licence: str = Field(max_length=100)
    operation: str = Field(max_length=20)
    holder: Holder
    licence_number: str = Field("", max_length=40)
    answers: dict[str, Any]
    attachments: dict[str, str] | list[str] = Field(default_factory=dict, max_length=MOST_ATTACHMENTS)
    language: Literal["th", "en"] = "th"


@dataclass(frozen=True)
class Desk:
    """What filing needs: the law, the records, the company register."""

    catalogue: Catalogue
    database: Database
    companies: Register
    bills_provisional: bool = (
        False  # whether an amount that nobody has confirmed may be asked for: on one's own machine
    )


@dataclass(frozen=True)
class ForWhom:
    """The holder as the records name it; `key` is how the register knows it."""

    kind: str
    id: str
    key: str
    name: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Ground:
    """What stands before any question is asked: the rules, for whom, the licence acted on, what registers say."""

    procedure: Procedure
    holder: ForWhom
    held: register.Found | None
    facts: Mapping[str, object]


async def ground(
    desk: Desk, person: Person, procedure: Procedure, holder: Holder, licence_number: str, at: datetime
) -> Ground:
    """Everything that does not depend on the answers. Raises NotAllowed when this person could never send this."""
    check_billable(procedure, at.astimezone(BANGKOK).date(), provisional=desk.bills_provisional)
    check_assurance(procedure, person)
    check_eligible(procedure, holder)
    whom = await _holder(desk, procedure, person, holder, at)
    held = await _holding(desk.database, procedure, whom, licence_number, at.date())
    await _check_prerequisites(desk.database, procedure, whom, at.date())
    return Ground(procedure, whom, held, {**whom.facts, **_entry_facts(held), **account_facts(person)})


async def prepare(desk: Desk, person: Person, wanted: Wanted, at: datetime, key: str) -> Submitted:
    """Check everything the rules ask, and say what would be submitted. `key` names this submission.

    Raises NotAllowed with the rule's own words, or the form's Problems. Writes nothing but the log of look-ups.
    """
    procedure = desk.catalogue.procedure(wanted.licence, wanted.operation, at.date())
    on = await ground(desk, person, procedure, wanted.holder, wanted.licence_number, at)
    found = await find_attachments(desk.database, person, wanted.attachments, wanted.answers)
    form = forms.load(procedure.form)
    answers = check_answers(form, wanted.answers, found, on.facts, procedure, on.holder.kind)
    onpaper.check_answers(form, answers)
    place = await _place(desk.database, on, premises_of(form, answers), answers, at.date())
    submitted = await _submitted(desk, person, wanted, at, key, on, found, form, answers, place)
    check_fees(procedure, submitted.answers, submitted.received_at, submitted.office)
    return submitted


def check_fees(procedure: Procedure, answers: Mapping[str, Any], received_at: datetime, office: str) -> None:
    """Raise what a later bill would: an answer that a fee needs and that is not there, or has no rate.

    What only a late renewal owes is reckoned too, so that nothing is left to be found after the grant.
    """
    day, authority = received_at.astimezone(BANGKOK).date(), places.authority_code(office)
    fees.owed(procedure, answers, on=day, authority=authority, late=procedure.effect is Effect.EXTEND)


# --- who ---


async def _holder(desk: Desk, procedure: Procedure, person: Person, holder: Holder, at: datetime) -> ForWhom:
    if holder.juristic_id is None:
        return ForWhom(NATURAL, person.id, person.row.pid_digest, person.full_name, citizen_facts(person))
    number = juristic_number(holder.juristic_id)
    company = await representing.company_for(desk.companies, number, person, procedure.licence, at)
    if company is None:
        return ForWhom(JURISTIC, number, number, await representing.last_name(desk.database, number), {})
    facts = {**representing.facts_of(company), **representing.powers_of(company, person)}
    return ForWhom(JURISTIC, number, number, company.full_name_th, facts)


# --- what is held already ---


async def _holding(
    database: Database, procedure: Procedure, holder: ForWhom, number: str, on: date
) -> register.Found | None:
    """The licence acted on, of that holder; None for a new one. Raises LicenceNotHeld, LicenceNotActive, RenewalToo…"""
    if not acts_on_one(procedure):
        return None
    async with database.reading() as session:
        found = await register.find(session, number) if number else None
        closed = await holidays.closed(session, agency=procedure.agency)
    acted_on = procedure.acts_on or procedure.licence
    if found is None or (found.holding.holder_key, found.holding.licence) != (holder.key, acted_on):
        raise LicenceNotHeld(
            "ไม่พบใบอนุญาตเลขที่นี้ในชื่อของผู้ขอ", "the holder has no licence of this number", field="licence_number"
        )
    check_may_act(procedure, found.holding, on, closed)
    return found


async def _check_prerequisites(database: Database, procedure: Procedure, holder: ForWhom, on: date) -> None:
    if not procedure.prerequisites:
        return
    async with database.reading() as session:
        held = await register.holdings_of(session, holder.key)
    in_force = {holding.licence for holding in held if is_in_force(holding, on)}
    for needed in procedure.prerequisites:
        if needed.binds == "holder":
            check_prerequisite(needed, in_force)


async def _place(
    database: Database, on: Ground, premises: Mapping[str, Any] | None, answers: Mapping[str, Any], day: date
) -> Mapping[str, Any] | None:
    """The place that was answered; where none was asked, that of the licence there which must come first.

    Raises PrerequisiteMissing unless it is in force for the place, held by whomever.
    """
    bound = [needed for needed in on.procedure.prerequisites if needed.binds == "premises"]
    if not bound:
        return premises
    kinds = {code for needed in bound for code in needed.any_of}
    numbers = {value.strip() for value in answers.values() if isinstance(value, str) and value.strip()}
    subdistrict = str((premises or {}).get("subdistrict_code", ""))
    async with database.reading() as session:
        found = await register.in_force_of(
            session, kinds, holder_key=on.holder.key, numbers=numbers, subdistrict=subdistrict
        )
    known = [one for one in found if calendar.in_force(day, one.valid_from, one.valid_until)]
    first = [
        check_prerequisite_there(needed, known, holder_key=on.holder.key, numbers=numbers, premises=premises)
        for needed in bound
    ]
    return premises or next((one.premises for one in first if one.premises), None)


# --- what is asked ---


def _entry_facts(held: register.Found | None) -> dict[str, object]:
    """What the present entry says, by the names that questions give: entry.<question> as it was printed, and
    entry.<list> with a line for each of its items."""
    if held is None:
        return {}
    said = entry_facts(held).get("particulars", ())
    stated: dict[str, object] = {f"entry.{item['id']}": item["value"] for item in said}
    lists = {f"entry.{name}": lines for name, lines in _items(said).items()}
    return {**stated, **lists, "entry.licence_number": held.holding.licence_number}


def _items(particulars: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The lists among particulars: their items in order, each with what is printed of it in one line."""
    found: dict[str, dict[str, list[str]]] = {}
    for item in particulars:
        name, bracket, rest = item["id"].partition("[")
        if bracket:
            found.setdefault(name, {}).setdefault(rest.partition("]")[0], []).append(item["value"])
    return {name: [" · ".join(values) for values in items.values()] for name, items in found.items()}


def entry_facts(held: register.Found) -> Mapping[str, Any]:
    """The public facts of the present entry."""
    return next((one.facts for one in held.entries if one.seq == held.holding.entry), {})


def account_facts(person: Person) -> dict[str, object]:
    """What the sign-in tells, and what holds unless one says otherwise: electronic replies (E-Government Act s.11)."""
    email = {"account.email": person.row.email} if person.row.email else {}
    return {**email, "law.reply_channel": "electronic"}


def citizen_facts(person: Person) -> dict[str, object]:
    """Who applies for himself, the number as it may be shown; nobody else acts for him here.

    Of what the sign-in said, his telephone and his registered address: not where he speaks for a company.
    """
    told: dict[str, object] = {
        "account.phone": person.told.phone,
        "citizen.address": person.told.address,
        "citizen.home": written.read_address(person.told.address),
    }
    said = {name: value for name, value in told.items() if value}
    return {
        "citizen.name": person.full_name, "citizen.number": person.row.pid_masked, "power.has_attorney": False, **said,
    }  # fmt: skip


# --- where, and which one ---


def _office(catalogue: Catalogue, on: Ground, place: Mapping[str, Any] | None) -> str:
    """Who receives it: the office that granted the licence acted on, or that of the place (licences.places)."""
    if on.held and (granted_by := entry_facts(on.held).get("authority")):
        return str(granted_by)
    return places.route(catalogue.licence(on.procedure.licence), place)


def premises_of(form: Form, answers: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The place of business: the answer `premises`; where no such thing is asked, the first address or place that is.

    What follows from a licence leaves its place where it is, unless it is told of new `premises`.
    """
    if "premises" in form.by_id or form.derived:
        place = answers.get("premises")
        return dict(place) if isinstance(place, Mapping) else None
    named = [question.id for question in form.by_id.values() if question.kind.name in ("address", "place")]
    for name in named:
        if name != "reply_address" and isinstance(answers.get(name), Mapping):
            return dict(answers[name])
    return None


def claim_of(on: Ground, premises: Mapping[str, Any] | None) -> str:
    """What only one open application or licence may stand for; "" where there may be many."""
    if on.procedure.effect in OPEN_ENDED:
        return ""
    if on.held is not None:
        return on.held.holding.claim or f"number:{on.held.holding.licence_number}"
    if on.procedure.one_per == "many":
        return ""
    place = digest(premises) if on.procedure.one_per == "premises" and premises else ""
    return f"{on.procedure.licence}|{on.holder.key}|{place[:32]}"


def digest(answers: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of answers in their canonical form; a number with a point is covered as it is written."""
    return book.answers_digest(answers)


async def _submitted(
    desk: Desk, person: Person, wanted: Wanted, at: datetime, key: str, on: Ground, found: Found, form: Form,
    answers: Answers, place: Mapping[str, Any] | None,
) -> Submitted:  # fmt: skip
    answered = answers.as_json()
    office = _office(desk.catalogue, on, place)
    received, due = times(desk.catalogue, on.procedure, office, at, await closed_for(desk.database, office))
    return Submitted(
        key=key,
        procedure=on.procedure,
        office=office,
        applicant=person.id,
        holder_kind=on.holder.kind,
        holder_id=on.holder.id,
        holder_name=on.holder.name,
        licence_number=on.held.holding.licence_number if on.held else "",
        claim=claim_of(on, place),
        answers=answered,
        answers_digest=digest(answered),
        attachments=bound(form, answered, found),
        status=Status.CHECKING,
        entered_at=at,
        received_at=received,
        due_on=due,
        language=wanted.language,
        email=str(answered.get("contact_email") or person.row.email),
    )


async def closed_for(database: Database, office: str) -> frozenset[date]:
    """The days on which an office is closed, as far as they are announced."""
    async with database.reading() as session:
        return await holidays.closed(session, agency=places.agency_of(office), province=places.province_of(office))


def times(
    catalogue: Catalogue, procedure: Procedure, office: str, entered_at: datetime, closed: frozenset[date]
) -> tuple[datetime, date]:
    """When it counts as received (E-Government Act s.10), and the last day of the decision's working days."""
    agency = catalogue.agency(places.agency_of(office))
    opens, closes = time.fromisoformat(agency.office_opens), time.fromisoformat(agency.office_closes)
    received = calendar.received_at(entered_at, opens, closes, closed)
    return received, calendar.due_on(received.astimezone(BANGKOK).date(), procedure.decision_days, closed)
