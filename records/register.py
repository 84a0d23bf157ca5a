"""The public register: numbers are reserved, entries appended; nothing is ever updated.

`holdings` is what the entries add up to today, one row a licence, so that lists and searches are quick. It can be made
again from the entries at any time.
"""

import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import CursorResult, Text, and_, func, literal, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from licences import places, register
from licences.calendar import BANGKOK
from licences.errors import Conflict
from licences.register import EntryKind, Standing
from records import chains, counters, spelling
from records.bell import ring
from records.rows import Page, page, read_cursor, table_of, values_of, write_once
from records.tables import Entry, Holding, LicenceNumber

ENTRIES, HOLDINGS = table_of(Entry), table_of(Holding)
NUMBERS = table_of(LicenceNumber)
BOOK = "entries"
BATCH = 500
ISSUE = "issue"
SIGN = "trade_name"
"""The name on the sign outside, by which the public knows a place."""
OVER = (Standing.ENDED, Standing.REVOKED)
HOLDS = (Standing.IN_FORCE, Standing.SUSPENDED)
"""What stands in the way of another licence for the same: a suspended one is held all the same."""

SAMPLED, SAMPLED_EVERY_S = 3_000, 3_600.0
PIECES = text("""
SELECT piece, count(*) FROM (
  SELECT grams FROM holdings TABLESAMPLE SYSTEM (CAST(:percent AS real)) LIMIT :many
) AS sampled, jsonb_array_elements_text(sampled.grams) AS piece GROUP BY piece HAVING count(*) > 1
""")
_common: tuple[float, Mapping[str, int]] = (0.0, {})  # until when, and what

ADD = chains.with_end(insert(ENTRIES), BOOK)
_new = insert(HOLDINGS)
_later = {column.key: _new.excluded[column.key] for column in HOLDINGS.columns if not column.primary_key}
SHOW = _new.on_conflict_do_update(index_elements=["licence_number"], set_=_later)


class AlreadyHeld(Conflict):
    """Another licence for the same holder and place is in force."""

    def __init__(self) -> None:
        super().__init__(
            "ผู้รับใบอนุญาตมีใบอนุญาตประเภทนี้สำหรับสถานที่นี้อยู่แล้ว",
            "the holder has a licence of this kind for this place in force already",
        )


# --- numbers ---


@dataclass(frozen=True)
class Reservation:
    """What an application will issue. `number` is the licence acted on; "": a new one is given."""

    application: str
    licence: str
    agency: str
    effect: str
    abbreviation: str
    granted_on: date
    valid_from: date
    valid_until: date | None
    number: str = ""


async def reserve_once(
    session: AsyncSession, wanted: Reservation, facts: Callable[[str], Mapping[str, Any]], year: int, at: datetime
) -> LicenceNumber:
    """Write down number and facts before anything is drawn; the same application again gives the first.

    `facts` tells what paper and entry will say, from the number; `year` is Buddhist. A series (agency and year) has no
    gap.
    """
    # Not two of the same application at once: the second would take a number and not use it.
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:a, 0))"), {"a": wanted.application})
    if kept := await reserved(session, wanted.application):
        return kept
    number = wanted.number or await _next_number(session, wanted, year)
    stated = dict(facts(number))
    reservation = LicenceNumber(
        application=wanted.application,
        number=number,
        effect=wanted.effect,
        licence=wanted.licence,
        agency=wanted.agency,
        reserved_at=at,
        granted_on=wanted.granted_on,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        facts=stated,
        facts_digest=register.digest(stated),
    )
    if not await write_once(session, reservation):
        raise RuntimeError(f"{number} is another application's number")
    return reservation


async def _next_number(session: AsyncSession, wanted: Reservation, year: int) -> str:
    series = f"licences:{wanted.agency}:{year}"
    return register.number(wanted.abbreviation, year, await counters.next_of(session, series))


async def reserved(session: AsyncSession, application: str) -> LicenceNumber | None:
    """What an application will issue, or has issued; None: nothing is reserved."""
    row = (await session.execute(select(NUMBERS).where(NUMBERS.c.application == application))).mappings().first()
    return LicenceNumber(**row) if row else None


STATEMENT_WANTED, STATEMENT_SIGNED = "statement_wanted", "statement_signed"
"""The rings (`records.bell`) for a number that waits for its statement, and for a statement that is there."""


async def unstated(session: AsyncSession, limit: int) -> tuple[str, ...]:
    """Applications whose reserved number waits for its statement; the oldest first."""
    waits = (NUMBERS.c.statement_wanted, NUMBERS.c.statement == "")
    asked = select(NUMBERS.c.application).where(*waits).order_by(NUMBERS.c.reserved_at).limit(limit)
    return tuple((await session.execute(asked)).scalars())


async def want_statement(session: AsyncSession, application: str) -> None:
    """Ask for the statement of a reserved number; what has one, or is asked for already, is left as it is."""
    bare = (NUMBERS.c.application == application, NUMBERS.c.statement == "")
    done = await session.execute(update(NUMBERS).where(*bare).values(statement_wanted=True))
    if cast("CursorResult[Any]", done).rowcount:
        await ring(session, STATEMENT_WANTED)


async def state_once(session: AsyncSession, application: str, statement: str) -> None:
    """Keep the signed statement that the paper's QR code carries; the first one stays."""
    open_ = (NUMBERS.c.application == application, NUMBERS.c.statement == "")
    await session.execute(update(NUMBERS).where(*open_).values(statement=statement))


# --- entries ---


@dataclass(frozen=True)
class NewEntry:
    """One line to be entered. `facts` is public; `holder_key`, `claim` and `next_action_on` are not shown."""

    licence_number: str
    kind: str  # licences.register.EntryKind
    application: str
    licence: str
    agency: str
    facts: Mapping[str, Any]
    holder_kind: str
    holder_key: str
    valid_from: date
    valid_until: date | None = None
    claim: str = ""
    next_action_on: date | None = None
    document: str = ""  # papers.id
    document_sha256: str = ""


async def append_once(session: AsyncSession, new: NewEntry, at: datetime) -> Entry:
    """Enter one line in the book, for ever, and show in `holdings` what it comes to.

    The same application and kind again gives the first entry. Raises AlreadyHeld.
    """
    seq, last = await chains.lock(session, BOOK)
    earlier = await _earlier(session, new)
    if kept := next((one for one in earlier if (one.application, one.kind) == (new.application, new.kind)), None):
        return kept
    entry = Entry(seq=seq + 1, entered_at=at, previous_hash=last, hash="", **vars(new) | {"facts": dict(new.facts)})
    entry.hash = register.link(last, body(entry))
    await session.execute(ADD, values_of(entry) | chains.end(entry.seq, entry.hash))
    await _show(session, [*earlier, entry], at)
    return entry


async def _earlier(session: AsyncSession, new: NewEntry) -> list[Entry]:
    """The entries of the same licence, and the same entry if it stands."""
    same = and_(ENTRIES.c.application == new.application, ENTRIES.c.kind == new.kind)
    either = or_(ENTRIES.c.licence_number == new.licence_number, same)
    rows = await session.execute(select(ENTRIES).where(either).order_by(ENTRIES.c.seq))
    return [Entry(**row) for row in rows.mappings()]


def body(entry: Entry) -> bytes:
    """What the hash of an entry covers. What is not shown is in it by its digest, so that anybody can check a book."""
    return register.canonical(public_body(entry))


def public_body(entry: Entry) -> dict[str, Any]:
    """The same, before it is made into bytes: everything that is published of an entry."""
    covered = (
        "seq licence_number kind application licence agency facts holder_kind valid_from valid_until document "
        "document_sha256"
    )
    hidden = {name: getattr(entry, name) for name in ("holder_key", "claim", "next_action_on")}
    shown = {name: getattr(entry, name) for name in covered.split()}
    return shown | {"entered_at": entry.entered_at.astimezone(UTC), "not_shown": register.digest(hidden)}


# --- what the entries add up to ---


def holding_of(entries: Sequence[Entry], at: datetime, *, renewal_pending: bool = False) -> Holding | None:
    """What the entries of one licence add up to at that moment; None: nothing was granted (yet)."""
    granted = [one for one in entries if EntryKind(one.kind) in register.SUPERSEDES]
    if not granted:
        return None
    current, last, on = granted[-1], entries[-1], at.astimezone(BANGKOK).date()
    lines = [register.Entry(one.seq, EntryKind(one.kind), one.valid_from, one.valid_until) for one in entries]
    status = register.status_on(lines, on, renewal_pending=renewal_pending)
    words = [spelling.plain(word) for word in _words(current)]
    return Holding(
        licence_number=current.licence_number,
        licence=current.licence,
        agency=current.agency,
        holder_kind=current.holder_kind,
        holder_key=current.holder_key,
        holder_name=str((current.facts.get("holder") or {}).get("name", "")),
        claim=next((one.claim for one in reversed(granted) if one.claim), ""),
        status=status.value,
        valid_from=current.valid_from,
        valid_until=current.valid_until,
        entry=current.seq,
        document=current.document,
        province=_province(current.facts),
        next_action_on=None if status in OVER else last.next_action_on,
        plain=" ".join(words),
        grams=sorted(spelling.grams(*words)),
        as_of=at,
    )


def _province(facts: Mapping[str, Any]) -> str:
    place = facts.get("premises") or {}
    return str(facts.get("province") or place.get("province_code") or "")


def _words(entry: Entry) -> list[str]:
    """What a search finds a licence by: only what its public page shows."""
    holder, place = entry.facts.get("holder") or {}, entry.facts.get("premises") or {}
    said = [entry.licence_number, *(holder.get(name, "") for name in ("name", "name_en", "juristic_id", "id"))]
    said += [place.get(name, "") for name in ("name", "building", "road", "subdistrict", "district", "province")]
    said += [one["value"] for one in entry.facts.get("particulars", ()) if one.get("id") == SIGN]
    return [str(word) for word in (*said, *_in_english(place)) if word]


def _in_english(place: Mapping[str, Any]) -> list[str]:
    """The names of subdistrict, district and province as a reader of Latin letters writes them."""
    return places.in_english(str(place.get("subdistrict_code") or place.get("province_code") or ""))


async def _show(
    session: AsyncSession, entries: Sequence[Entry], at: datetime, *, renewal_pending: bool = False
) -> None:
    if held := holding_of(entries, at, renewal_pending=renewal_pending):
        await show(session, held, at)


async def show(session: AsyncSession, held: Holding, at: datetime) -> None:
    """What the view shows of a licence from now on. Raises AlreadyHeld."""
    if held.claim and held.status in HOLDS:
        await _let_go(session, held, at)
    try:
        await session.execute(SHOW, values_of(held))
    except IntegrityError as refused:
        if "one_held" in str(refused.orig):
            raise AlreadyHeld from refused
        raise


async def _let_go(session: AsyncSession, held: Holding, at: datetime) -> None:
    """A claim that ran out, and that the daily scan has not come to, stands in nobody's way."""
    on = at.astimezone(BANGKOK).date()
    theirs = (HOLDINGS.c.claim == held.claim, HOLDINGS.c.licence_number != held.licence_number)
    out = (HOLDINGS.c.status.in_(HOLDS), HOLDINGS.c.valid_until < on)
    await session.execute(update(HOLDINGS).where(*theirs, *out).values(status=Standing.EXPIRED.value, as_of=at))


async def look_again(
    session: AsyncSession, number: str, at: datetime, next_action_on: date | None, *, renewal_pending: bool = False
) -> Holding | None:
    """A day has come: show what the licence stands for now, and when to look at it next. The entries say it all."""
    await _show(session, await entries_of(session, number), at, renewal_pending=renewal_pending)
    moved = update(HOLDINGS).where(HOLDINGS.c.licence_number == number).values(next_action_on=next_action_on)
    row = (await session.execute(moved.returning(HOLDINGS))).mappings().first()
    return Holding(**row) if row else None


async def shown_of(session: AsyncSession, after: str, limit: int) -> list[tuple[list[Entry], Holding | None]]:
    """The entries of the licences after that number, by number, each with what the view shows of it now."""
    numbers = select(ENTRIES.c.licence_number).where(ENTRIES.c.licence_number > after).distinct()
    some = numbers.order_by(ENTRIES.c.licence_number).limit(limit).subquery()
    asked = select(ENTRIES).join(some, some.c.licence_number == ENTRIES.c.licence_number)
    rows = await session.execute(asked.order_by(ENTRIES.c.licence_number, ENTRIES.c.seq))
    shown = await session.execute(select(HOLDINGS).join(some, some.c.licence_number == HOLDINGS.c.licence_number))
    kept = {row["licence_number"]: Holding(**row) for row in shown.mappings()}
    groups = groupby((Entry(**row) for row in rows.mappings()), key=lambda entry: entry.licence_number)
    return [(list(entries), kept.get(number)) for number, entries in groups]


async def how_many(session: AsyncSession) -> int:
    """How many licences the book speaks of."""
    asked = select(func.count()).select_from(select(ENTRIES.c.licence_number).distinct().subquery())
    return int((await session.execute(asked)).scalar_one())


# --- looking ---


@dataclass(frozen=True)
class Found:
    """One licence: what it stands for now, and every entry that says so."""

    holding: Holding
    entries: tuple[Entry, ...]
    renewal_pending: bool = False  # it ran out, and its renewal, filed in time, is not decided


@dataclass(frozen=True)
class Line:
    """One licence in a list of the public register."""

    licence_number: str
    licence: str
    agency: str
    holder_kind: str
    holder_name: str
    status: str
    valid_from: date
    valid_until: date | None
    province: str
    document: str


async def holding(session: AsyncSession, number: str) -> Holding | None:
    """What one licence stands for now; None: it is not in the register."""
    row = (await session.execute(select(HOLDINGS).where(HOLDINGS.c.licence_number == number))).mappings().first()
    return Holding(**row) if row else None


async def entries_of(session: AsyncSession, number: str) -> tuple[Entry, ...]:
    """Every entry of one licence, in order."""
    rows = await session.execute(select(ENTRIES).where(ENTRIES.c.licence_number == number).order_by(ENTRIES.c.seq))
    return tuple(Entry(**row) for row in rows.mappings())


async def find(session: AsyncSession, number: str) -> Found | None:
    """One licence by its number, with its entries; None: it is not in the register."""
    held = await holding(session, number)
    return Found(held, await entries_of(session, number)) if held else None


async def search(
    session: AsyncSession,
    q: str = "",
    *,
    agency: str = "",
    status: str = "",
    province: str = "",
    licence: str = "",
    holder_kind: str = "",
    holder: str = "",
    after: str = "",
    limit: int = 20,
) -> Page[Line]:
    """Licences whose number, holder or place holds every word of `q`, however it is spelt; by number.

    `holder` is a company's number, whole; nobody else's licences are listed by who holds them.
    """
    if holder:
        holder_kind = "juristic"
    wanted = {"agency": agency, "status": status, "province": province, "licence": licence}
    wanted |= {"holder_kind": holder_kind, "holder_key": holder}
    which = [HOLDINGS.c[name] == value for name, value in wanted.items() if value]
    if q.strip():
        words = spelling.plain_words(q)
        grams = spelling.sought(*words, common=await _how_common(session))
        if not grams:  # one letter finds nothing, not everything
            return Page(())
        # The index finds those that have a few rare pieces; the text then tells whether every word is there.
        which.append(HOLDINGS.c.grams.has_all(literal(sorted(grams), ARRAY(Text))))
        which += [HOLDINGS.c.plain.contains(word) for word in words]
    if after:
        which.append(HOLDINGS.c.licence_number > str(read_cursor(after, 1)[0]))
    shown = (HOLDINGS.c[name] for name in Line.__dataclass_fields__)
    rows = await session.execute(select(*shown).where(*which).order_by(HOLDINGS.c.licence_number).limit(limit + 1))
    return page([Line(*row) for row in rows], limit, lambda line: (line.licence_number,))


async def _how_common(session: AsyncSession) -> Mapping[str, int]:
    """Piece → how many licences of a sample have it; sampled again every hour by each process.

    It only guides which pieces the index is asked for: what is found is the same with any numbers.
    """
    global _common
    if time.monotonic() >= _common[0]:
        licences = (
            await session.execute(text("SELECT reltuples FROM pg_class WHERE oid = 'holdings'::regclass"))
        ).scalar_one()
        percent = 100 * min(1.0, SAMPLED / max(licences, 1))
        rows = await session.execute(PIECES, {"percent": percent, "many": SAMPLED})
        _common = (time.monotonic() + SAMPLED_EVERY_S, {piece: many for piece, many in rows})
    return _common[1]


async def holdings_of(session: AsyncSession, holder_key: str) -> tuple[Holding, ...]:
    """Everything a holder was granted: by juristic number, or by a natural person's keyed digest."""
    rows = await session.execute(
        select(HOLDINGS).where(HOLDINGS.c.holder_key == holder_key).order_by(HOLDINGS.c.licence_number)
    )
    return tuple(Holding(**row) for row in rows.mappings())


@dataclass(frozen=True)
class AtPlace:
    """A licence in force that may be what another needs first: its number, its paper's, its holder's key, its place."""

    licence_number: str
    licence: str
    holder_key: str
    paper_number: str
    premises: Mapping[str, Any] | None
    valid_from: date
    valid_until: date | None


async def in_force_of(
    session: AsyncSession, licences: Collection[str], *, holder_key: str, numbers: Collection[str], subdistrict: str
) -> tuple[AtPlace, ...]:
    """Licences of those kinds in force: the holder's own, those of these numbers (ours or a paper's), and those in
    that subdistrict (DOPA code)."""
    facts, found_by = ENTRIES.c.facts, [HOLDINGS.c.holder_key == holder_key]
    found_by += [HOLDINGS.c.licence_number.in_(numbers), facts["paper_number"].astext.in_(numbers)]
    if subdistrict:
        found_by.append(facts["premises"]["subdistrict_code"].astext == subdistrict)
    asked = select(HOLDINGS, facts).join(ENTRIES, ENTRIES.c.seq == HOLDINGS.c.entry)
    which = (HOLDINGS.c.licence.in_(licences), HOLDINGS.c.status == Standing.IN_FORCE.value, or_(*found_by))
    rows = await session.execute(asked.where(*which).order_by(HOLDINGS.c.licence_number))
    return tuple(
        AtPlace(
            row["licence_number"], row["licence"], row["holder_key"], str(row["facts"].get("paper_number", "")),
            row["facts"].get("premises"), row["valid_from"], row["valid_until"],
        )
        for row in rows.mappings()
    )  # fmt: skip


async def by_sha256(session: AsyncSession, sha256: str) -> Entry | None:
    """The entry whose document has that digest (hex); None: no licence in the register is that file."""
    asked = select(ENTRIES).where(ENTRIES.c.document_sha256 == sha256, ENTRIES.c.document_sha256 != "")
    row = (await session.execute(asked.order_by(ENTRIES.c.seq.desc()).limit(1))).mappings().first()
    return Entry(**row) if row else None


async def entry_of(session: AsyncSession, application: str) -> Entry | None:
    """The last entry that an application led to; None: none."""
    asked = select(ENTRIES).where(ENTRIES.c.application == application).order_by(ENTRIES.c.seq.desc()).limit(1)
    row = (await session.execute(asked)).mappings().first()
    return Entry(**row) if row else None


async def due_for_action(session: AsyncSession, on: date, after: str = "", limit: int = 100) -> Page[Holding]:
    """Licences that the daily scan is to look at by that day; `look_again` sets the next day."""
    due = [HOLDINGS.c.next_action_on <= on]
    order = (HOLDINGS.c.next_action_on, HOLDINGS.c.licence_number)
    if after:
        day, number = read_cursor(after, 2)
        due.append(tuple_(*order) > (date.fromisoformat(day), str(number)))
    rows = await session.execute(select(HOLDINGS).where(*due).order_by(*order).limit(limit + 1))
    found = [Holding(**row) for row in rows.mappings()]
    return page(found, limit, lambda holding: (holding.next_action_on, holding.licence_number))


async def counts(session: AsyncSession) -> dict[str, int]:
    """Status → how many licences stand there."""
    rows = await session.execute(select(HOLDINGS.c.status, func.count()).group_by(HOLDINGS.c.status))
    return {status: number for status, number in rows}


# --- the whole book ---


@dataclass(frozen=True)
class Published:
    """One entry as open data: what the hash covers, and the hashes. `body` makes the hash's bytes (canonical)."""

    body: dict[str, Any]
    previous_hash: str
    hash: str


async def export(session: AsyncSession, after: int = 0) -> AsyncIterator[Published]:
    """Every entry after that place, in order, as the public may have it; anybody can check the chain from it."""
    async for entry in _in_order(session, after):
        yield Published(public_body(entry), entry.previous_hash, entry.hash)


async def check_chain(session: AsyncSession) -> int | None:
    """The first entry that does not stand where the chain says, or the one missing at its end; None: all do."""
    seq, last = 0, register.GENESIS
    async for entry in _in_order(session, 0):
        linked = register.link(last, body(entry))
        if (entry.seq, entry.previous_hash, entry.hash) != (seq + 1, last, linked):
            return entry.seq
        seq, last = entry.seq, entry.hash
    return None if (seq, last) == await chains.end_of(session, BOOK) else seq + 1


async def _in_order(session: AsyncSession, after: int) -> AsyncIterator[Entry]:
    while True:
        asked = select(ENTRIES).where(ENTRIES.c.seq > after).order_by(ENTRIES.c.seq).limit(BATCH)
        entries = [Entry(**row) for row in (await session.execute(asked)).mappings()]
        for entry in entries:
            yield entry
        if len(entries) < BATCH:
            return
        after = entries[-1].seq
