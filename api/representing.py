"""At the door: who asks for a company, and does the company register know them (thai-rules 4.5).

The register is asked for three seconds at most, and not at all while a snapshot is younger than a day; each call is
logged (Digital Government Act s.15). When it is down we go on: the journey asks again, for as long as it takes.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from api.people import Person
from exchange import juristic
from exchange.errors import OfficeDown, OfficeRefused
from exchange.gdx import Gdx
from exchange.juristic import Address, Answer, Company
from forms import places
from licences import thai
from licences.calendar import BANGKOK
from licences.errors import Forbidden, NotAllowed
from licences.representation import Match, Matched, Name, names_match
from records import exchange_log, people
from records.database import Database

PATIENCE_S = 3.0
FRESH_FOR = timedelta(hours=24)
FIELD = "holder.juristic_id"
PURPOSE = "application"


class NotRepresentative(Forbidden):
    """Neither a director nor an agent of this company."""


class NotDirector(Forbidden):
    """May act for the company, and is none of its directors."""


class MatchUnclear(Forbidden):
    """Could be one of the directors: a program cannot tell."""


class CompanyNotFound(NotAllowed):
    """The register knows no such number."""


class CompanyNotActive(NotAllowed):
    """The register knows it, and it is dissolved, struck off or bankrupt."""


@dataclass(frozen=True)
class Register:
    """What a look at the company register needs."""

    database: Database
    gdx: Gdx


async def company_for(
    register: Register, juristic_id: str, person: Person, licence: str, at: datetime
) -> Company | None:
    """The company that this person may speak for; None when the register is down and nobody can tell yet.

    Raises CompanyNotFound, CompanyNotActive, NotRepresentative.
    """
    company = await look_up(register, juristic_id, person, at)
    if company is not None:
        check_active(company)
        await check_person(register.database, company, person, licence, at)
    return company


async def look_up(register: Register, juristic_id: str, person: Person, at: datetime) -> Company | None:
    """The company by a snapshot younger than a day, or by the register now; None: the register is down.

    Raises CompanyNotFound.
    """
    async with register.database.reading() as session:
        kept = await exchange_log.latest_snapshot(session, juristic_id, since=at - FRESH_FOR)
    if kept is not None:
        return _found(of_facts(kept.facts))
    try:
        async with asyncio.timeout(PATIENCE_S):
            answer = await juristic.company(register.gdx, juristic_id, at)
    except (OfficeDown, OfficeRefused, TimeoutError) as error:
        await _log(
            register.database, juristic_id, person, at, "refused" if isinstance(error, OfficeRefused) else "down"
        )
        return None
    await _keep(register.database, juristic_id, person, answer)
    return _found(answer.company)


async def _keep(database: Database, juristic_id: str, person: Person, answer: Answer) -> None:
    """The call and what it said, in one."""
    outcome = "answered" if answer.company else "not-found"
    await _log(database, juristic_id, person, answer.asked_at, outcome, answer.digest)
    async with database.transaction() as session:
        await exchange_log.keep_snapshot(
            session,
            juristic_id,
            as_facts(answer.company),
            service=answer.service_version,
            digest=answer.digest,
            at=answer.asked_at,
        )


async def _log(
    database: Database, juristic_id: str, person: Person, at: datetime, outcome: str, digest: str = ""
) -> None:
    async with database.transaction() as session:
        await exchange_log.log_call(
            session,
            office=juristic.OFFICE,
            service=juristic.VERSION,
            subject_id=juristic_id,
            asked_by=person.id,
            purpose=PURPOSE,
            at=at,
            outcome=outcome,
            digest=digest,
        )


async def last_name(database: Database, juristic_id: str) -> str:
    """The company's name as the register last gave it to us, however long ago; "" when it never did."""
    async with database.reading() as session:
        kept = await exchange_log.latest_snapshot(session, juristic_id)
    company = of_facts(kept.facts) if kept else None
    return company.full_name_th if company else ""


_COMPANY = TypeAdapter(Company)


def as_facts(company: Company | None) -> dict[str, Any] | None:
    """A company as a snapshot keeps it; None: the register knows no such company."""
    return None if company is None else _COMPANY.dump_python(company, mode="json")


def of_facts(facts: Mapping[str, Any] | None) -> Company | None:
    """The company out of a snapshot's facts."""
    return None if facts is None else _COMPANY.validate_python(facts)


def _found(company: Company | None) -> Company:
    if company is None:
        raise CompanyNotFound(
            "ไม่พบเลขทะเบียนนิติบุคคลนี้ที่กรมพัฒนาธุรกิจการค้า โปรดตรวจเลขอีกครั้ง",
            "the company register knows no such number: please check it",
            field=FIELD,
        )
    return company


def check_active(company: Company) -> None:
    """Raise CompanyNotActive unless the register says that it is in business."""
    if not company.active:
        raise CompanyNotActive(
            f"นิติบุคคลนี้มีสถานะ “{company.status}” จึงยื่นคำขอไม่ได้",
            f"the register says of this company: “{company.status}”; it cannot apply",
            field=FIELD,
        )


async def check_person(database: Database, company: Company, person: Person, licence: str, at: datetime) -> None:
    """Raise NotRepresentative unless the person is (or may be) a director, or holds a power of attorney."""
    if match(company, person).matched is not Matched.NONE:
        return
    on = at.astimezone(BANGKOK).date()
    async with database.reading() as session:
        mandate = await people.mandate_for(session, company.juristic_id, person.subject, licence, on)
    if mandate is None:
        raise NotRepresentative(
            "ชื่อของท่านไม่อยู่ในรายชื่อกรรมการ และไม่มีหนังสือมอบอำนาจที่ยังมีผล จึงยื่นแทนนิติบุคคลนี้ไม่ได้",
            "you are no director of this company and hold no power of attorney in force: you cannot act for it",
            field=FIELD,
        )


def match(company: Company, person: Person) -> Match:
    """How plainly the person is one of the directors; an unclear match is left to an officer (REP-1)."""
    who = Name(title=person.row.title, given=person.row.given_name, family=person.row.family_name)
    return names_match(who, [Name(title=d.title, given=d.first, family=d.last) for d in company.directors])


def director(company: Company, person: Person) -> str:
    """The director that this person plainly is, as the register writes the name. Raises NotDirector, MatchUnclear."""
    found = match(company, person)
    if found.matched is Matched.AMBIGUOUS:
        raise MatchUnclear(
            "ชื่อของท่านตรงกับทะเบียนไม่ชัดเจน โปรดให้เจ้าหน้าที่ยืนยันตัวตนก่อนลงนาม",
            "your name fits the register's directors, but not plainly one of them: an officer must confirm who you are",
        )
    if found.matched is Matched.NONE:
        raise NotDirector(
            "การลงนามร่วมต้องเป็นกรรมการตามทะเบียนนิติบุคคล", "only a director in the company register may sign here"
        )
    return str(found.directors[0])


def facts_of(company: Company) -> dict[str, object]:
    """What forms show of a company, by the names that questions give in `prefill`; what it has not is left out."""
    office = company.addresses[0] if company.addresses else None
    stated = {
        "company.juristic_id": company.juristic_id,
        "company.name_th": company.full_name_th,
        "company.name_en": company.name_en,
        "company.status": company.status,
        "company.address": office.full if office else "",
        "company.directors": ", ".join(thai.full_name(d.title, d.first, d.last) for d in company.directors),
        "company.signing": company.signing_text,
        "company.registered_on": thai.long_date(company.registered_on, era=False),
        "company.capital": f"{thai.baht(company.capital_satang)} บาท",
        "company.objective": company.objective,
        "company.office": _office(office) if office else {},
        "account.phone": office.phone if office else "",
    }
    return {name: value for name, value in stated.items() if value}


def _office(address: Address) -> dict[str, str]:
    """The head office as an answer, when its names fit one subdistrict with one postcode: the register has no codes."""
    codes = places.codes_of(address.subdistrict, address.district, address.province)
    if not codes or not address.number:
        return {}
    lines = {"house_no": address.number}
    lines |= {name: getattr(address, name) for name in ("room", "floor", "building", "village", "moo", "soi", "road")}
    return {name: line for name, line in (lines | codes).items() if line}


def powers_of(company: Company, person: Person) -> dict[str, object]:
    """By what right this person acts, as far as it is plain: a director himself, or by a power given in this portal.

    Whoever was let in and is none of the directors holds such a power (`check_person`).
    """
    match match(company, person).matched:
        case Matched.ONE:
            return {"power.has_attorney": False}
        case Matched.NONE:
            return {"power.has_attorney": True, "power.given_by": "portal"}
    return {}
