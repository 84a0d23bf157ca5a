"""The public register: numbers, the words of an entry, the chain that binds entries, and what the public may see.

Numbers look like LAO-2569-0000017-3: who grants, the Buddhist year, a running number, a check character over all of it
(ISO 7064 MOD 37,36: catches every single slip and nearly every swap of neighbours). Only A-Z, 0-9 and "-" occur.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from stdnum.iso7064 import mod_37_36

from licences import thai
from licences.calendar import DAY, in_force
from licences.errors import NotAllowed

APPLICATION, CASE = "APP", "CASE"  # no agency may have these abbreviations
BILL_MARK = "B"
REF1 = re.compile(r"[A-Z0-9]{1,20}")  # what banks take as a first reference
NUMBER = re.compile(r"(?P<who>[A-Z]{2,6})-(?P<year>[0-9]{4})-(?P<running>[0-9]{7,9})-(?P<check>[0-9A-Z])")
GENESIS = "0" * 64  # what the first entry is bound to


class NumberUnreadable(NotAllowed):
    """That is not the shape of a number of ours."""


class NumberMistyped(NotAllowed):
    """The shape is right and the check character is not: a slip of the hand."""


@dataclass(frozen=True)
class Number:
    """A licence's or application's number, taken apart. `year` is Buddhist."""

    who: str
    year: int
    running: int

    def __str__(self) -> str:
        body = f"{self.who}-{self.year:04d}-{self.running:07d}"
        return f"{body}-{check_character(body)}"


def check_character(body: str) -> str:
    """The check character of a number without one; hyphens do not count."""
    return str(mod_37_36.calc_check_digit(body.replace("-", "")))


def number(abbreviation: str, buddhist_year: int, running: int) -> str:
    """The licence number of the `running`-th grant of an agency in a Buddhist year: LAO-2569-0000017-3."""
    if abbreviation in (APPLICATION, CASE):
        raise ValueError(f"{abbreviation} marks applications or cases: no agency may be abbreviated so")
    return _written(abbreviation, buddhist_year, running)


def application_number(buddhist_year: int, running: int) -> str:
    """The number of the `running`-th application of a Buddhist year: APP-2569-0000123-7."""
    return _written(APPLICATION, buddhist_year, running)


def case_number(buddhist_year: int, running: int) -> str:
    """The number of the `running`-th case of a Buddhist year, about a licence that was granted: CASE-2569-0000004-1."""
    return _written(CASE, buddhist_year, running)


def is_case(text: str) -> bool:
    """Whether that is a case's number, and not an application's."""
    return text.startswith(f"{CASE}-")


def _written(who: str, buddhist_year: int, running: int) -> str:
    text = str(Number(who, buddhist_year, running))
    if running < 1 or not NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number we may give out")
    return text


def parse(text: str) -> Number:
    """A number as somebody typed it: any case, Thai digits, spaces. Raises NumberUnreadable or NumberMistyped."""
    plain = thai.ascii_digits("".join(text.split())).upper().replace("–", "-")
    found = NUMBER.fullmatch(plain)
    if not found:
        raise NumberUnreadable(
            "เลขที่ต้องมีรูปแบบ เช่น LAO-2569-0000017-3", "a number looks like LAO-2569-0000017-3", field="number"
        )
    parsed = Number(found["who"], int(found["year"]), int(found["running"]))
    if str(parsed) != plain:
        raise NumberMistyped(
            "เลขที่ไม่ถูกต้อง โปรดตรวจตัวอักษรทีละตัว",
            "that number has a slip in it: please check each character",
            field="number",
        )
    return parsed


def is_valid(text: str) -> bool:
    """Whether that is a number of ours, as far as its shape and check character tell."""
    try:
        parse(text)
    except NotAllowed:
        return False
    return True


def bill_number(application: str, nth: int) -> str:
    """The number of the `nth` bill of an application: APP-2569-0000123-7-B1."""
    return f"{application}-{BILL_MARK}{nth}"


def ref1(bill: str) -> str:
    """A bill's number as banks take it: A-Z and 0-9 only, at most twenty characters, different for every bill."""
    plain = bill.replace("-", "")
    if not REF1.fullmatch(plain):
        raise ValueError(f"{bill!r} does not fit a bank's first reference (1 to 20 of A-Z, 0-9)")
    return plain


# --- the words of an entry, and the chain ---


def canonical(facts: object) -> bytes:
    """Facts as bytes that anybody can make again: JSON, sorted keys, no spaces, NFC, UTF-8, dates in ISO 8601.

    Raises ValueError for a float (money is whole satang) or for two keys that become one after NFC.
    """
    return json.dumps(_plain(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    """The value in JSON's own types, text in NFC."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return _plain_object(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    raise ValueError(f"a {type(value).__name__} has no canonical form: {value!r}")


def _plain_object(facts: Mapping[object, object]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, value in facts.items():
        if not isinstance(key, str):
            raise ValueError(f"keys are text, not {key!r}")
        name = unicodedata.normalize("NFC", key)
        if name in plain:
            raise ValueError(f"two keys become {name!r} in NFC")
        plain[name] = _plain(value)
    return plain


def digest(facts: object) -> str:
    """SHA-256 of the canonical bytes, hex."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def answers_digest(answers: Mapping[str, Any]) -> str:
    """The same of an application's answers: a number with a point is covered as it is written."""
    return digest(_without_floats(answers))


def _without_floats(value: Any) -> Any:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {name: _without_floats(one) for name, one in value.items()}
    return [_without_floats(one) for one in value] if isinstance(value, list | tuple) else value


def link(previous_hash: str, entry_body: bytes) -> str:
    """The hash that binds an entry to the one before: SHA-256 of the previous hash's 32 bytes and the body, hex."""
    return hashlib.sha256(bytes.fromhex(previous_hash) + entry_body).hexdigest()


@dataclass(frozen=True)
class ChainRow:
    """One entry as it stands in the book."""

    seq: int
    previous_hash: str
    body: bytes
    hash: str


@dataclass(frozen=True)
class Break:
    """Where the book does not hold together, and how."""

    seq: int
    what: str  # gap | previous-differs | hash-differs


def verify_chain(rows: Iterable[ChainRow], *, after: ChainRow | None = None) -> tuple[Break, ...]:
    """Every place where the book does not hold together; none when it does. `after` is a row already trusted."""
    breaks: list[Break] = []
    seq, previous = (after.seq, after.hash) if after else (0, GENESIS)
    for row in rows:
        if row.seq != seq + 1:
            breaks.append(Break(row.seq, "gap"))
        if row.previous_hash != previous:
            breaks.append(Break(row.seq, "previous-differs"))
        if link(row.previous_hash, row.body) != row.hash:
            breaks.append(Break(row.seq, "hash-differs"))
        seq, previous = row.seq, row.hash
    return tuple(breaks)


def claim(licence: str, one_per: str, holder_key: str, premises: Mapping[str, object] | None) -> str:
    """What only one open application, or one licence in force, may stand for; "" where there may be many."""
    if one_per == "many":
        return ""
    place = digest(dict(premises))[:32] if one_per == "premises" and premises else ""
    return f"{licence}|{holder_key}|{place}"


# --- what a licence stands for on a day ---


class EntryKind(StrEnum):
    """What an entry does."""

    GRANT = "grant"
    RENEWAL = "renewal"
    AMENDMENT = "amendment"
    CORRECTION = "correction"
    CANCELLATION = "cancellation"
    REMARK = "remark"
    SUSPENSION = "suspension"
    LIFTING = "lifting"
    REVOCATION = "revocation"
    REINSTATEMENT = "reinstatement"
    REPLACEMENT = "replacement"
    TRANSFER = "transfer"
    EXPIRY = "expiry"
    SUSPENSION_STAYED = "suspension-stayed"
    SUSPENSION_RESUMED = "suspension-resumed"
    REVOCATION_STAYED = "revocation-stayed"
    REVOCATION_RESUMED = "revocation-resumed"


SUPERSEDES = frozenset(
    {
        EntryKind.GRANT,
        EntryKind.RENEWAL,
        EntryKind.AMENDMENT,
        EntryKind.CORRECTION,
        EntryKind.REPLACEMENT,
        EntryKind.TRANSFER,
    }
)


@dataclass(frozen=True)
class Ways:
    """What may come of an order: what undoes it, what stays it while it is appealed against, what ends the stay."""

    undone: EntryKind
    stayed: EntryKind
    resumed: EntryKind


ORDERS: Mapping[EntryKind, Ways] = {
    EntryKind.SUSPENSION: Ways(EntryKind.LIFTING, EntryKind.SUSPENSION_STAYED, EntryKind.SUSPENSION_RESUMED),
    EntryKind.REVOCATION: Ways(EntryKind.REINSTATEMENT, EntryKind.REVOCATION_STAYED, EntryKind.REVOCATION_RESUMED),
}


class Standing(StrEnum):
    """What a licence, or one document of it, is worth on a day."""

    NOT_YET = "not-yet"
    IN_FORCE = "in-force"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    ENDED = "ended"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Entry:
    """The part of an entry that says what it does from which day.

    A grant or what supersedes it holds from `valid_from` to `valid_until`, a suspension too (None: until
    lifted); the others have effect from `valid_from` on. An expiry ends nothing by itself: it says from which day the
    licence was over, be it because its last day had passed or because its renewal was decided after that.
    """

    seq: int
    kind: EntryKind
    valid_from: date
    valid_until: date | None = None


def status_on(
    entries: Sequence[Entry], day: date, *, entry: int | None = None, renewal_pending: bool = False
) -> Standing:
    """What a licence is worth on that day, from all its entries.

    With `entry`, what the document of that entry is worth: superseded once a later one has taken its place. A renewal
    filed in time and not decided yet (`renewal_pending`) keeps the licence in force where the Act says so.
    """
    standing = [one for one in sorted(entries, key=lambda one: one.seq) if one.valid_from <= day]
    if entry is not None and any(one.kind in SUPERSEDES and one.seq > entry for one in standing):
        return Standing.SUPERSEDED
    if not any(one.kind in SUPERSEDES for one in standing):
        return Standing.NOT_YET
    kept = renewal_pending or _kept(_current(standing), entries, day)
    return _over(standing) or _running(standing, day, kept)


def _current(standing: Sequence[Entry]) -> Entry:
    # A renewal entered early starts on its own day: until then the entry before it is the current one.
    return [one for one in standing if one.kind in SUPERSEDES][-1]


def _kept(current: Entry, entries: Sequence[Entry], day: date) -> bool:
    """Whether the book says, looking back, that a renewal filed in time kept a licence in force on that day."""
    after = [one for one in sorted(entries, key=lambda one: one.seq) if one.seq > current.seq]
    ends = (one for one in after if one.kind is EntryKind.EXPIRY or _runs_on(one, current))
    end = next(ends, None)
    return end is not None and end.kind is EntryKind.EXPIRY and day < end.valid_from


def _runs_on(entry: Entry, before: Entry) -> bool:
    return entry.kind in SUPERSEDES and entry.valid_until != before.valid_until


def _over(standing: Sequence[Entry]) -> Standing | None:
    # A reinstatement undoes the revocation before it, and nothing else: a suspension that still runs goes on.
    revoked = _last_order(standing, EntryKind.REVOCATION)
    if revoked and not revoked.stayed:
        return Standing.REVOKED
    return Standing.ENDED if any(one.kind is EntryKind.CANCELLATION for one in standing) else None


def _running(standing: Sequence[Entry], day: date, kept: bool) -> Standing:
    current = _current(standing)
    if not in_force(day, current.valid_from, current.valid_until, renewal_pending=kept):
        return Standing.EXPIRED
    suspended = _last_order(standing, EntryKind.SUSPENSION)
    return Standing.SUSPENDED if suspended and not suspended.stayed and suspended.runs(day) else Standing.IN_FORCE


# --- orders that are stayed while they are appealed against (APA s.44) ---


@dataclass(frozen=True)
class Order:
    """An order that nothing has undone, and whether it is stayed: it stands, and binds nobody for now."""

    entry: Entry
    stayed: bool = False

    def runs(self, day: date) -> bool:
        """Whether its own days are not over; a stay does not make them more."""
        return in_force(day, self.entry.valid_from, self.entry.valid_until)


def _last_order(standing: Sequence[Entry], kind: EntryKind) -> Order | None:
    ways, order = ORDERS[kind], None
    for one in standing:
        if one.kind is kind:
            order = Order(one)
        elif one.kind is ways.undone:
            order = None
        elif order and one.kind in (ways.stayed, ways.resumed):
            order = replace(order, stayed=one.kind is ways.stayed)
    return order


def stayed_on(entries: Sequence[Entry], day: date) -> tuple[EntryKind, ...]:
    """The orders on a licence that are stayed on that day, and would bind without it."""
    standing = [one for one in sorted(entries, key=lambda one: one.seq) if one.valid_from <= day]
    orders = [_last_order(standing, kind) for kind in ORDERS]
    return tuple(one.entry.kind for one in orders if one and one.stayed and one.runs(day))


def order_on(entries: Sequence[Entry], kind: EntryKind, day: date) -> Order | None:
    """The order of that kind that still binds on that day or will, with a stay that is entered, be it for a later day.

    What will undo it counts from its own day on: until then the order stands.
    """
    undone = ORDERS[kind].undone
    known = [one for one in sorted(entries, key=lambda one: one.seq) if one.valid_from <= day or one.kind is not undone]
    order = _last_order(known, kind)
    return order if order and (order.entry.valid_until is None or order.entry.valid_until >= day) else None


def unstayed(entries: Sequence[Entry]) -> list[Entry]:
    """The entries as if no order had been stayed: whoever undoes one undoes it stayed or not."""
    stays = {kind for ways in ORDERS.values() for kind in (ways.stayed, ways.resumed)}
    return [one for one in entries if one.kind not in stays]


def next_change(entries: Sequence[Entry], day: date) -> date | None:
    """The first day after `day` on which the same entries come to something else; None: they never do.

    A suspension that ends needs nobody: on that day the licence is in force again.
    """
    days = {one.valid_from for one in entries}
    days |= {one.valid_until + DAY for one in entries if one.valid_until and _ends_by_itself(one)}
    later = sorted(one for one in days if one > day)
    return next((one for one in later if status_on(entries, one) != status_on(entries, one - DAY)), None)


def _ends_by_itself(entry: Entry) -> bool:
    return entry.kind in SUPERSEDES or entry.kind is EntryKind.SUSPENSION


# --- what the public may see (rules reference 8.3) ---

PUBLIC = (
    "licence_number",
    "licence",
    "title",
    "law",
    "operation",
    "agency",
    "authority",
    "granted_on",
    "valid_from",
    "valid_until",
    "conditions",
    "particulars",
    "document_sha256",
    "no_document",
    "paper_number",
)
ADDRESS = ("house_no", "room", "floor", "building", "village", "moo", "soi", "road")
AREA = ("subdistrict", "district", "province", "postcode", "subdistrict_code", "district_code", "province_code")


def public_facts(facts: Mapping[str, object]) -> dict[str, object]:
    """What the public page, the open data and the licence's face may say. Masked here, when written, not when shown.

    `facts` may hold `holder` ({kind: juristic|natural, id, name}) and `premises` (an address, `is_home` when somebody
    lives there). Everything not named in PUBLIC is left out: phones, e-mails, documents, signatures.
    """
    shown = {key: facts[key] for key in PUBLIC if key in facts}
    holder, premises = facts.get("holder"), facts.get("premises")
    if isinstance(holder, Mapping):
        shown["holder"] = public_holder(holder)
    if isinstance(premises, Mapping):
        shown["premises"] = public_address(premises)
    return shown


def public_holder(holder: Mapping[str, object]) -> dict[str, object]:
    """A company with its registration number; a person by title and name, the number masked."""
    number = str(holder["id"])
    shown = number if holder["kind"] == "juristic" else thai.mask_id(number)
    return {"kind": holder["kind"], "name": holder["name"], "id": shown}


def public_address(premises: Mapping[str, object]) -> dict[str, object]:
    """The place of business; a home only down to its subdistrict."""
    keys = AREA if premises.get("is_home") else ADDRESS + AREA
    return {key: premises[key] for key in keys if premises.get(key)}
