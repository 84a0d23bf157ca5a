"""What an application grants, in public words: exactly what the paper and the register entry will say.

Made once, when the number is reserved, from the answers, the definition and what stood before; the paper, the embedded
record and the entry all read the same facts, so they cannot disagree (E-Government Act s.13: at least the items that
appear on the licence). Nothing here is private: a natural person appears by name only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from licences import calendar
from licences.procedure import Agency, Effect, Procedure, Text
from licences.register import public_address

STATED_NAME = 80
"""Characters of a holder's name in a QR code."""
Facts = dict[str, Any]
Printed = Iterable[tuple[str, str, str, str]]
"""Answers that are printed: question id, label in Thai, label in English, value."""


@dataclass(frozen=True)
class Holder:
    """Who is granted: a company with its public number, or a natural person with the number masked."""

    kind: str
    name: str
    shown_id: str
    name_en: str = ""  # a company's, as its register has it


@dataclass(frozen=True)
class Grant:
    """Everything that decides what is granted."""

    procedure: Procedure
    agency: Agency
    office: str
    office_title: Text | None
    holder: Holder
    premises: Mapping[str, Any] | None
    printed: tuple[tuple[str, str, str, str], ...]
    conditions: tuple[str, ...]
    granted_on: date
    before: Mapping[str, Any] | None = None  # the facts of the entry that this one supersedes
    paper_number: str = ""  # of the agency's own paper, where we make none (levels L1 and L2)
    ruled_out: tuple[str, ...] = ()  # particulars of before that a new answer to another has ended


def granted(grant: Grant, number: str) -> Facts:
    """The facts of a grant, a renewal, an amendment or an end, under its number."""
    procedure, period = grant.procedure, validity(grant)
    own = {
        "licence_number": number,
        "licence": licence_of(grant),
        "title": procedure.title.model_dump(),
        "law": procedure.law,
        "agency": grant.agency.code,
        "agency_title": grant.agency.title.model_dump(),
        "authority": grant.office,
        "authority_title": grant.office_title.model_dump() if grant.office_title else None,
        "holder": _holder(grant.holder),
        "premises": public_address(grant.premises) if grant.premises else None,
        "particulars": _particulars(grant),
        "conditions": _conditions(grant),
        "granted_on": grant.granted_on.isoformat(),
        "valid_from": period[0].isoformat(),
        "valid_until": period[1].isoformat() if period[1] else None,
        "operation": procedure.operation.value,
        "definition": procedure.version,
        "display_required": procedure.display_required,
    }
    if grant.paper_number:
        own |= {"no_document": True, "paper_number": grant.paper_number}
    return own if grant.before is None else {**own, **_kept(grant, grant.before)}


def stated(facts: Mapping[str, Any]) -> dict[str, object]:
    """What the QR code states: number, kind, holder, first and last day. Short names, for a small code.

    A long name is cut: the record, whose digest the statement carries too, has all of it. A renewal in time begins
    after the old end, and the licence is in force meanwhile: it is stated from the day it was granted.
    """
    name = str(facts["holder"]["name"])
    return {
        "n": facts["licence_number"],
        "k": facts["licence"],
        "h": name if len(name) <= STATED_NAME else f"{name[: STATED_NAME - 1]}…",
        "f": min(facts["granted_on"], facts["valid_from"]),
        "u": facts["valid_until"],
    }


def validity(grant: Grant) -> tuple[date, date | None]:
    """First and last day. A renewal in time begins the day after the old end; an amendment keeps the old days."""
    procedure, on, before = grant.procedure, grant.granted_on, grant.before
    if before is None or procedure.effect is Effect.ISSUE:
        return on, calendar.valid_until(on, procedure.validity)
    old_from, old_until = date.fromisoformat(before["valid_from"]), _day(before["valid_until"])
    if procedure.effect is Effect.END:
        return old_from, on
    if procedure.effect is not Effect.EXTEND or old_until is None:
        return old_from, old_until
    if old_until >= on and procedure.validity is not None:
        return old_until + timedelta(days=1), calendar.extended_until(old_until, procedure.validity)
    return on, calendar.valid_until(on, procedure.validity)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def licence_of(grant: Grant) -> str:
    """The kind of licence in the register: a companion service speaks of the licence that it acts on."""
    return grant.procedure.acts_on or grant.procedure.licence


def _kept(grant: Grant, before: Mapping[str, Any]) -> Facts:
    """What a later entry takes over from the one it supersedes."""
    kept = {
        key: before[key]
        for key in (
            "licence",
            "title",
            "law",
            "agency",
            "agency_title",
            "authority",
            "authority_title",
            "display_required",
        )
    }
    if grant.premises is None:
        kept["premises"] = before.get("premises")
    return {**kept, "first_granted_on": before.get("first_granted_on", before["granted_on"])}


def _holder(holder: Holder) -> Facts:
    said = {"kind": holder.kind, "name": holder.name, "id": holder.shown_id}
    return said | ({"name_en": holder.name_en} if holder.name_en else {})


def _particulars(grant: Grant) -> list[Facts]:
    """The printed answers; a renewal or an amendment changes those it states and keeps the others."""
    stated = [
        {"id": key, "label": {"th": th, "en": en}, "value": one_line(value)}
        for key, th, en, value in grant.printed
        if value.strip()
    ]
    by_id = {item["id"]: item for item in (*_still_so(grant, stated), *stated)}
    return list(by_id.values())


def _still_so(grant: Grant, stated: Iterable[Facts]) -> list[Facts]:
    """What stood before and still stands: a list of items that is stated anew takes the place of the old one whole."""
    lists = {item["id"].partition("[")[0] for item in stated if "[" in item["id"]}
    before = grant.before["particulars"] if grant.before else []
    return [
        item for item in before
        if item["id"] not in grant.ruled_out and not ("[" in item["id"] and item["id"].partition("[")[0] in lists)
    ]  # fmt: skip


def one_line(text: str) -> str:
    """A text of several lines as the one line that a paper and the register have."""
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())


def _conditions(grant: Grant) -> list[str]:
    before = grant.before["conditions"] if grant.before else []
    return list(dict.fromkeys((*before, *grant.conditions)))
