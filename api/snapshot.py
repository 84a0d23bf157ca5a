"""The register's signed list of what died, in the place of the register: what can be said without a network.

Pure. The dates are those of the document, whose signature was checked; the list tells only what no date tells.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.verdict import GENUINE, Known, Verdict, Worth, standing_sentence
from licences.errors import Sentence
from licences.register import Standing
from licences.thai import long_date

FILE = "snapshot.json"
"""Where a trust folder keeps it."""
NOBODY_KNOWS = Sentence(
    "ข้อความนี้หน่วยงานลงนามจริง แต่ไม่มีรายการที่ทะเบียนลงนาม จึงบอกไม่ได้ว่ายังใช้ได้อยู่หรือไม่",
    "the agency signed this statement; but there is no signed list of the register here, so nobody can say whether it "
    "is still in force",
)


@dataclass(frozen=True)
class Stated:
    """What a checked document says of itself: the record in a PDF, or the statement in a QR code."""

    licence_number: str
    agency: str
    valid_from: date
    valid_until: date | None
    digest: str  # of the record (`signing.statement.record_digest`)
    sha256: str = ""  # of the file, where there is one


def read_record(record: Mapping[str, Any], digest: str, sha256: str) -> Stated:
    """The record of a licence. Raises KeyError or ValueError for one of another paper.

    A renewal in time begins after the old end; the licence is in force from the day it was granted all the same.
    """
    until = record["valid_until"]
    return Stated(
        str(record["licence_number"]),
        str(record["agency"]),
        date.fromisoformat(min(record["granted_on"], record["valid_from"])),
        date.fromisoformat(until) if until else None,
        digest,
        sha256,
    )


def read_statement(said: Mapping[str, Any], agency: str) -> Stated:
    """The statement of a QR code. Raises KeyError or ValueError for another statement."""
    until = said["u"]
    first, last = date.fromisoformat(said["f"]), date.fromisoformat(until) if until else None
    return Stated(str(said["n"]), agency, first, last, str(said["s"]))


def known(stated: Stated, listed: Mapping[str, Any], on: date) -> Known:
    """What the list tells of that document on a day, as the register would."""
    return Known(
        licence_number=stated.licence_number,
        agency=stated.agency,
        standing=_standing(stated, listed, on),
        valid_from=stated.valid_from,
        valid_until=stated.valid_until,
        documents=(stated.sha256,) if stated.sha256 else (),
        current=stated.sha256,
        as_of=datetime.fromisoformat(listed["at"]),
    )


def _standing(stated: Stated, listed: Mapping[str, Any], on: date) -> Standing:
    if dead := listed["dead"].get(stated.licence_number):
        return Standing(dead)
    if listed["replaced"].get(stated.licence_number, stated.digest) != stated.digest:
        return Standing.SUPERSEDED
    if on < stated.valid_from:
        return Standing.NOT_YET
    return Standing.EXPIRED if stated.valid_until and on > stated.valid_until else Standing.IN_FORCE


def of_statement(found: Known | None) -> Verdict:
    """The worth of a statement whose signature holds."""
    if found is None:
        return Verdict(Worth.CANNOT_TELL, (NOBODY_KNOWS,))
    worth = Worth.IN_FORCE if found.standing is Standing.IN_FORCE else Worth.NOT_IN_FORCE
    return Verdict(worth, (GENUINE, standing_sentence(found), dated(found)))


def dated(found: Known) -> Sentence:
    """How old the list is."""
    on = found.as_of.date()
    return Sentence(
        f"ตามรายการที่ทะเบียนลงนามเมื่อ {long_date(on)}", f"by the list that the register signed on {on.isoformat()}"
    )
