"""What a case writes into the register: the words of its entry, and of a new paper that takes the old one's place.

An act edits nothing: each of these facts goes into an entry of its own, and the entry before stays as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from licences.acts import HOLDER_NAME, ActProcedure, Kind, Wanted
from licences.register import EntryKind
from records.register import NewEntry
from records.tables import Case, Entry

Facts = dict[str, Any]


@dataclass(frozen=True)
class Effect:
    """What is entered, under which kind, from which day to which."""

    kind: EntryKind
    facts: Facts
    valid_from: date
    valid_until: date | None
    holder_key: str
    claim: str


def of_order(case: Case, rules: ActProcedure, kind: EntryKind, current: Entry, on: date, order_sha256: str) -> Effect:
    """A suspension, lifting, revocation, reinstatement or end: an entry beside the licence's own paper."""
    since, until = days_of(case, on)
    facts = {
        "licence_number": case.licence_number,
        "licence": case.licence,
        "title": rules.title.model_dump(),
        "law": rules.law,
        "agency": case.agency,
        "authority": case.office,
        "operation": rules.act.value,
        "case": case.number,
        "about": case.about,
        "granted_on": on.isoformat(),
        "valid_from": since.isoformat(),
        "valid_until": until.isoformat() if until else None,
        "order_sha256": order_sha256,
    }
    return Effect(kind, facts, since, until, current.holder_key, current.claim)


def of_end(case: Case, rules: ActProcedure, kind: EntryKind, current: Entry, on: date) -> Effect:
    """The end of a stay that comes with that of the appeal: on its day, whatever days the ruling itself names."""
    facts = of_order(case, rules, kind, current, on, "").facts
    said = {"valid_from": on.isoformat(), "valid_until": None}
    return Effect(kind, facts | said, on, None, current.holder_key, current.claim)


def days_of(case: Case, on: date) -> tuple[date, date | None]:
    """The days of an order, as they were worked out when it was prepared: letter and entry say the same."""
    since, until = case.found.get("since"), case.found.get("until")
    return date.fromisoformat(since) if since else on, date.fromisoformat(until) if until else None


def of_paper(case: Case, rules: ActProcedure, entries: Sequence[Entry], current: Entry, on: date) -> Effect:
    """A correction, transfer, replacement or new name: the facts of the entry before, changed where the act says."""
    wanted, found = Wanted.model_validate(case.wanted), case.found
    facts = {**current.facts, "operation": rules.act.value, "case": case.number, "granted_on": on.isoformat()}
    facts["first_granted_on"] = current.facts.get("first_granted_on", current.facts["granted_on"])
    since, key, claim = current.valid_from, current.holder_key, current.claim
    match rules.act:
        case Kind.CORRECTION:
            facts |= _corrected(current.facts, wanted.changes)
        case Kind.HOLDER_FACTS:
            holder = {name: said for name, said in current.facts["holder"].items() if name != "name_en"}
            facts["holder"] = {**holder, "name": found["name"]}
        case Kind.REPLACEMENT:
            facts["replacement_no"] = 1 + sum(one.kind == EntryKind.REPLACEMENT for one in entries)
        case Kind.TRANSFER:
            since, taker = max(wanted.since or on, on), found["consent"]
            key = taker.get("key", wanted.transferee)  # a company's own number, where only its name was noted
            facts["holder"] = {"kind": taker.get("kind", "juristic"), "name": taker["name"], "id": taker.get("id", key)}
            claim = _claim_of(claim, key)
            facts["valid_from"] = since.isoformat()
        case _:
            raise ValueError(f"{rules.act} makes no paper")
    kind = rules.entry
    assert kind is not None
    return Effect(kind, facts, since, current.valid_until, key, claim)


def _corrected(facts: Mapping[str, Any], changes: Mapping[str, str]) -> Facts:
    lines = [{**one, "value": changes.get(one["id"], one["value"])} for one in facts["particulars"]]
    holder = {**facts["holder"], "name": changes.get(HOLDER_NAME, facts["holder"]["name"])}
    return {"particulars": lines, "holder": holder}


def _claim_of(claim: str, holder_key: str) -> str:
    """The same claim in other hands: `licence|holder|place`."""
    parts = claim.split("|")
    return "|".join((parts[0], holder_key, *parts[2:])) if len(parts) > 1 else claim


def entry(case: Case, current: Entry, effect: Effect, *, document: str, sha256: str, look_on: date | None) -> NewEntry:
    """The line to be entered."""
    return NewEntry(
        licence_number=case.licence_number,
        kind=effect.kind.value,
        application=case.number,
        licence=current.licence,
        agency=current.agency,
        facts=effect.facts,
        holder_kind=effect.facts["holder"]["kind"] if effect.kind is EntryKind.TRANSFER else current.holder_kind,
        holder_key=effect.holder_key,
        valid_from=effect.valid_from,
        valid_until=effect.valid_until,
        claim=effect.claim,
        next_action_on=look_on,
        document=document,
        document_sha256=sha256,
    )
