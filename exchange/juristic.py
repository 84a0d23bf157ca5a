"""The company register (DBD) by way of the exchange: the answer of its v4 `information` service → a `Company`.

Other versions of the service have other shapes; each gets a reader of its own and the answer says which it was.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from exchange import money
from exchange.errors import OfficeDown
from exchange.gdx import Gdx

OFFICE = "DBD"
VERSION = "dbd-juristic-v4"
PATH = "/ws/dbd/juristic/v4/profile/information"

ACTIVE_STATUS = "ยังดำเนินกิจการอยู่"
BE_OFFSET = 543
FIRST_BE_YEAR = 2400

KINDS = {
    "2": ("ห้างหุ้นส่วนสามัญนิติบุคคล", "registered ordinary partnership"),
    "3": ("ห้างหุ้นส่วนจำกัด", "limited partnership"),
    "5": ("บริษัทจำกัด", "limited company"),
    "7": ("บริษัทมหาชนจำกัด", "public limited company"),
}
_PREFIX = {"2": "ห้างหุ้นส่วนสามัญนิติบุคคล", "3": "ห้างหุ้นส่วนจำกัด", "5": "บริษัท", "7": "บริษัท"}


@dataclass(frozen=True)
class Director:
    """One of the committee. `kind`: K director or partner, L managing partner. The register gives no national ID."""

    title: str
    first: str
    last: str
    kind: str


@dataclass(frozen=True)
class Note:
    """Free text of the register. `kind`: L signing, M limits on a partner, N noteworthy, R change of name, S other."""

    kind: str
    text: str


@dataclass(frozen=True)
class Address:
    """An office of the company, as the register has it: no postcode and no area codes. Absent parts are ""."""

    name: str
    full: str
    building: str
    room: str
    floor: str
    village: str
    number: str
    moo: str
    soi: str
    road: str
    subdistrict: str
    district: str
    province: str
    phone: str
    email: str


@dataclass(frozen=True)
class Company:
    """A juristic person as the register stated it. `status` keeps the register's own Thai words."""

    juristic_id: str
    name_th: str
    name_en: str
    kind: str
    kind_th: str
    kind_en: str
    registered_on: date
    status: str
    active: bool
    capital_satang: int
    objective_code: str
    objective: str
    directors: tuple[Director, ...]
    signing_text: str
    notes: tuple[Note, ...]
    addresses: tuple[Address, ...]

    @property
    def full_name_th(self) -> str:
        """The name with its legal form in front: the register gives it without."""
        return f"{_PREFIX.get(self.kind, '')} {self.name_th}".strip()


@dataclass(frozen=True)
class Answer:
    """What the register said and when it was asked. `company` is None when it knows no such number.

    `digest`: sha256 (hex) of the body as it came, the evidence of what was seen.
    """

    company: Company | None
    service_version: str
    asked_at: datetime
    digest: str


async def company(gdx: Gdx, juristic_id: str, at: datetime, agent: str | None = None) -> Answer:
    """Ask the company register about a 13-digit number; `at` is now. Raises OfficeDown, OfficeRefused."""
    reply = await gdx.fetch(PATH, {"JuristicID": juristic_id}, agent)
    return Answer(
        company=read_company(reply.data, juristic_id, at.date()),
        service_version=VERSION,
        asked_at=at,
        digest=hashlib.sha256(reply.body).hexdigest(),
    )


def read_company(data: Mapping[str, Any], juristic_id: str, today: date) -> Company | None:
    """The company in an answer of the v4 service; None for an empty list. OfficeDown when it cannot be read."""
    try:
        found = data["ResultList"]
        return _company(found[0], juristic_id, today) if found else None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise OfficeDown(OFFICE, f"unreadable answer ({type(error).__name__}: {error})") from error


def be_date(text: str, today: date) -> date:
    """A Buddhist-era `YYYYMMDD` as a date. ValueError outside [2400, this year + 1] B.E. or for a day that is none.

    The bound catches Christian-era years, which other services of the same office use.
    """
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise ValueError(f"not YYYYMMDD: {text[:20]!r}")
    year = int(text[:4])
    if not FIRST_BE_YEAR <= year <= today.year + BE_OFFSET + 1:
        raise ValueError(f"year {year} is not a Buddhist-era year of the register")
    return date(year - BE_OFFSET, int(text[4:6]), int(text[6:]))


def _company(found: Mapping[str, Any], juristic_id: str, today: date) -> Company:
    if found["JuristicID"] != juristic_id:
        raise ValueError("the answer is about another juristic person")
    kind = _text(found["JuristicType"])
    kind_th, kind_en = KINDS.get(kind, ("นิติบุคคลประเภทอื่น", "other juristic person"))
    status = _text(found["JuristicStatus"])
    notes = tuple(Note(_text(n["Type"]), _text(n["Description"])) for n in _list(found, "AuthorizeDescriptions"))
    return Company(
        juristic_id=juristic_id,
        name_th=_text(found["JuristicName_TH"]),
        name_en=_text(found.get("JuristicName_EN")),
        kind=kind,
        kind_th=kind_th,
        kind_en=kind_en,
        registered_on=be_date(_text(found["RegisterDate"]), today),
        status=status,
        active=status == ACTIVE_STATUS,
        capital_satang=money.satang(_text(found.get("RegisterCapital")) or "0"),
        objective_code=_text(found.get("StandardID")),
        objective="\n".join(_text(o["ObjectiveDescription"]) for o in _list(found, "StandardObjectives")),
        directors=tuple(_director(d) for d in _in_order(_list(found, "CommitteeInformations"))),
        signing_text="\n".join(note.text for note in notes if note.kind == "L"),
        notes=notes,
        addresses=tuple(_address(a) for a in _list(found, "AddressInformations")),
    )


class _Row(Protocol):
    def get(self, key: str) -> Any: ...


def _list(found: _Row, key: str) -> list[Any]:
    """A list of the answer; the register writes null for an empty one."""
    return list(found.get(key) or [])


def _text(value: object) -> str:
    """A text of the answer; null is "", and white space of any width becomes one space."""
    return " ".join(str(value).split()) if value is not None else ""


def _in_order(committee: list[Any]) -> list[Any]:
    return sorted(committee, key=lambda member: int(member["Sequence"]))


def _director(member: Mapping[str, Any]) -> Director:
    return Director(
        _text(member["Title"]), _text(member["FirstName"]), _text(member["LastName"]), _text(member["Type"])
    )


def _address(row: _Row) -> Address:
    names = ("AddressName", "FullAddress", "Building", "RoomNo", "Floor", "VillageName", "AddressNo", "Moo")
    more = ("Soi", "Road", "Tumbol", "Ampur", "Province", "Phone", "Email")
    return Address(*(_text(row.get(name)) for name in (*names, *more)))
