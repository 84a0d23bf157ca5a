"""Licences granted before, on paper: an agency's list is taken into the register, marked as such.

Their holders can then renew, amend and cancel here. Each line becomes one entry without a document; the same line again
(by agency and paper number) changes nothing. The whole list is checked before anything is written.
"""

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import date, datetime

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from forms import places as addresses
from licences import catalogue, places, renewals, thai
from licences.errors import NotAllowed
from licences.procedure import Effect, Licence, Operation, Shape
from licences.register import EntryKind, claim, public_address
from records import register
from records.database import Database
from records.register import NewEntry, Reservation


class NotTakenIn(Exception):
    """A line of the list cannot be taken in: says which line, and why."""


class PaperLicence(Shape):
    """One line of an agency's list: a company's licence for a place, as the paper has it."""

    paper_number: str
    licence: str
    juristic_id: str
    holder_name: str
    house_no: str
    subdistrict_code: str
    postcode: str
    granted_on: date
    valid_until: date | None = None


def read_list(text: str, agency: str) -> list[PaperLicence]:
    """The lines of a CSV file with a header. Raises NotTakenIn for the first line that does not fit."""
    rows = []
    for nth, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            line = PaperLicence.model_validate({key: value or None for key, value in row.items()})
            licence = catalogue.load().licence(line.licence)
            address_of(line)
        except (ValidationError, NotAllowed, KeyError) as wrong:
            raise NotTakenIn(f"line {nth}: {wrong}") from wrong
        if licence.agency != agency:
            raise NotTakenIn(f"line {nth}: {line.licence} is {licence.agency}'s, not {agency}'s")
        rows.append(line)
    return rows


def address_of(line: PaperLicence) -> dict[str, str]:
    """The place, with the names of its area. Raises KeyError for a subdistrict that does not exist."""
    found = addresses.by_code(line.subdistrict_code)
    if found is None:
        raise KeyError(f"subdistrict_code {line.subdistrict_code}")
    return {
        "house_no": line.house_no,
        "postcode": line.postcode,
        **addresses.facts(found),
    }


async def take_in(database: Database, rows: Sequence[PaperLicence], at: datetime) -> list[dict[str, str]]:
    """Enter every line; answers the numbers that they have here."""
    taken = []
    for line in rows:
        async with database.transaction() as session:
            licence = catalogue.load().licence(line.licence)
            number = await _reserve(session, licence, line, at)
            await register.append_once(session, _entry(licence, line, number), at)
        taken.append({"paper_number": line.paper_number, "licence_number": number})
    return taken


async def _reserve(session: AsyncSession, licence: Licence, line: PaperLicence, at: datetime) -> str:
    """The number it has here: kept with what the paper says, once for each paper number."""
    agency = catalogue.load().agency(licence.agency)
    wanted = Reservation(
        application=_key(licence, line),
        licence=licence.code,
        agency=agency.code,
        effect=Effect.ISSUE.value,
        abbreviation=agency.abbreviation,
        granted_on=line.granted_on,
        valid_from=line.granted_on,
        valid_until=line.valid_until,
    )
    year = thai.buddhist_year(line.granted_on)
    kept = await register.reserve_once(session, wanted, lambda number: facts(licence, line, number), year, at)
    return kept.number


def facts(licence: Licence, line: PaperLicence, number: str) -> dict[str, object]:
    """What the register says of it: everything that the paper says, and that it is on paper."""
    premises, agency = address_of(line), catalogue.load().agency(licence.agency)
    office = places.route(licence, premises)
    title = places.office_title(office)
    return {
        "licence_number": number,
        "paper_number": line.paper_number,
        "no_document": True,
        "licence": licence.code,
        "title": licence.title.model_dump(),
        "law": licence.law,
        "agency": agency.code,
        "agency_title": agency.title.model_dump(),
        "authority": office,
        "authority_title": title.model_dump() if title else None,
        "holder": {"kind": "juristic", "name": line.holder_name, "id": line.juristic_id},
        "premises": public_address(premises),
        "particulars": [],
        "conditions": [],
        "granted_on": line.granted_on.isoformat(),
        "valid_from": line.granted_on.isoformat(),
        "valid_until": line.valid_until.isoformat() if line.valid_until else None,
        "operation": Operation.NEW.value,
        "display_required": licence.display_required,
    }


def _entry(licence: Licence, line: PaperLicence, number: str) -> NewEntry:
    return NewEntry(
        licence_number=number,
        kind=EntryKind.GRANT.value,
        application=_key(licence, line),
        licence=licence.code,
        agency=licence.agency,
        facts=facts(licence, line, number),
        holder_kind="juristic",
        holder_key=line.juristic_id,
        valid_from=line.granted_on,
        valid_until=line.valid_until,
        claim=claim(licence.code, licence.one_per, line.juristic_id, address_of(line)),
        next_action_on=renewals.next_look(line.valid_until, (), line.granted_on),
    )


def _key(licence: Licence, line: PaperLicence) -> str:
    """Names one paper licence, so that a list taken in twice is taken in once."""
    digest = hashlib.sha256(f"{licence.agency}|{line.paper_number}".encode()).hexdigest()
    return f"paper:{licence.agency}:{digest[:16]}"
