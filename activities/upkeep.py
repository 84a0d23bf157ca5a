"""The daily look at licences whose day has come: remind, let expire, put back in force. One page at a time.

Nothing is done for a licence until its day: the register says on which day somebody has to look (`next_action_on`), and
an index finds those of today among any number. A look may be made twice: notices and history are keyed.
"""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.acting import current_of, lines_of
from activities.telling import HOST
from activities.wanted import Value
from licences import acts, calendar, catalogue, renewals, thai
from licences.acts import Kind, Wanted
from licences.register import EntryKind, Standing, status_on
from records import cases, chains, history, holidays, notices, register
from records import renewals as filed
from records.cases import Opening
from records.database import Database
from records.register import NewEntry
from records.tables import Entry, Holding

AT_ONCE = 200
COMPARED_BEFORE = max(renewals.REMINDERS)
"""At the first reminder a company is compared with the company register, before its holder is asked to renew."""
ENGINE = "engine"


class ScanPage(Value):
    """Look at what is due by a day; `after`: the place where the page before ended."""

    on: date
    at: datetime
    after: str = ""


class Scanned(Value):
    """How many were looked at, and where the next page begins ("" = that was all)."""

    looked: int
    next: str


class Upkeep:
    """What happens to licences because a day has come."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @activity.defn(name="look_after_due")
    async def look_after(self, page: ScanPage) -> Scanned:
        """One page of what is due, by key."""
        async with self.database.reading() as session:
            due = await register.due_for_action(session, page.on, page.after, AT_ONCE)
        for held in due.items:
            await self._look_alone(held, page)
        return Scanned(looked=len(due.items), next=due.next)

    async def _look_alone(self, held: Holding, page: ScanPage) -> None:
        """One licence in a transaction of its own: what stands in its way stands in no other's, and it stays due."""
        try:
            async with self.database.transaction() as session:
                await look(session, held, page.on, page.at)
        except register.AlreadyHeld:
            activity.logger.exception("%s cannot stand as its entries say: another is held", held.licence_number)


async def look(session: AsyncSession, held: Holding, on: date, at: datetime) -> None:
    """One licence: what it stands for now, who is told, and when to look again."""
    pending = await filed.pending(session, held)
    if not pending:
        await _let_expire(session, held, on, at)
    lines = lines_of(await register.entries_of(session, held.licence_number))
    closes = await filed.closes(session, held)
    look_on = renewals.next_look(held.valid_until, lines, on, pending=pending, closes=closes)
    seen = await register.look_again(session, held.licence_number, at, look_on, renewal_pending=pending)
    if seen is None:
        return
    if seen.status != held.status:
        await _changed(session, held, seen, on, at)
    if seen.status in (Standing.IN_FORCE, Standing.SUSPENDED) and seen.valid_until and not pending:
        await _remind(session, seen, on, at)


async def _let_expire(session: AsyncSession, held: Holding, on: date, at: datetime) -> None:
    """Enter that a licence ran out, once for each last day, as soon as no renewal can keep it in force any more.

    Whoever looks late enters the same day: that on which it was over. Judged under the lock of the book, so that a
    renewal that is entered meanwhile is seen.
    """
    if held.valid_until is None or on <= (await filed.closes(session, held) or held.valid_until):
        return
    await chains.lock(session, register.BOOK)
    entries = await register.entries_of(session, held.licence_number)
    current = current_of(entries)
    if current.valid_until != held.valid_until or status_on(lines_of(entries), on) is not Standing.EXPIRED:
        return
    since = await filed.over_from(session, held)
    await register.append_once(session, expiry(current, held.valid_until, since), at)


def expiry(current: Entry, last_day: date, since: date) -> NewEntry:
    """The entry that says so. Its key is the licence and its last day; nobody decided it, so it names no case."""
    named = ("licence_number", "licence", "title", "agency", "authority")
    facts = {name: current.facts[name] for name in named if name in current.facts}
    return NewEntry(
        licence_number=current.licence_number,
        kind=EntryKind.EXPIRY.value,
        application=f"{current.licence_number}:{last_day.isoformat()}",
        licence=current.licence,
        agency=current.agency,
        facts=facts | {"last_day": last_day.isoformat()},
        holder_kind=current.holder_kind,
        holder_key=current.holder_key,
        valid_from=since,
    )


async def _changed(session: AsyncSession, before: Holding, now: Holding, on: date, at: datetime) -> None:
    """A day has changed what it is worth: nobody decided anything, and the history says so."""
    said = {"from": before.status, "to": now.status, "on": on.isoformat()}
    key, tag = f"day:{on.isoformat()}:{now.status}", f"licence:standing:{now.status}"
    await history.record(session, now.licence_number, key, tag, ENGINE, at, said)
    if now.status == Standing.EXPIRED:
        await _tell(session, now, "expired", on.isoformat(), at)


async def _remind(session: AsyncSession, held: Holding, on: date, at: datetime) -> None:
    """Sixty, thirty and seven days before the end, once each, unless a renewal was filed."""
    assert held.valid_until is not None
    days = renewals.reminder_on(held.valid_until, on)
    if days is None or await filed.open_ones(session, held.licence_number):
        return
    left = (held.valid_until - on).days
    await _tell(session, held, "renew-soon", f"{held.valid_until.isoformat()}:{days}", at, days=left)
    if days == COMPARED_BEFORE and held.holder_kind == "juristic":
        await _compare(session, held, on, at)


async def _tell(session: AsyncSession, held: Holding, what: str, turn: str, at: datetime, **said: object) -> None:
    address = await cases.address_of(session, held.licence_number)
    if not address.email or held.valid_until is None:
        return
    words = {"licence": held.licence, "licence_number": held.licence_number, **said}
    words["valid_until"] = held.valid_until.isoformat()
    key = f"{held.licence_number}:{what}:{turn}"
    await notices.write_once_for(
        session, key, held.licence_number, address.email, what, words, at, host=HOST, language=address.language
    )


async def _compare(session: AsyncSession, held: Holding, on: date, at: datetime) -> None:
    """Open a case that asks the company register; a dissolved or renamed company becomes an officer's task."""
    rules = acts.procedure(Kind.HOLDER_FACTS, catalogue.load().licence(held.licence))
    entries = await register.entries_of(session, held.licence_number)
    address = await cases.address_of(session, held.licence_number)
    assert held.valid_until is not None
    closed = await holidays.closed(session, agency=held.agency)
    opening = Opening(
        key=f"{held.licence_number}:holder-facts:{held.valid_until.isoformat()}",
        rules=rules,
        agency=held.agency,
        office=str(entries[0].facts.get("authority") or held.agency),
        opened_by=ENGINE,
        opened_as=ENGINE,
        holder_kind=held.holder_kind,
        holder_id=held.holder_key,
        wanted=Wanted(reason=f"ก่อนสิ้นอายุ {thai.long_date(held.valid_until)}"),
        entered_at=at,
        received_at=at,
        due_on=calendar.due_on(on, rules.stages[0].working_days, closed),
        licence_number=held.licence_number,
        holder_name=held.holder_name,
        language=address.language,
        email=address.email,
    )
    try:
        await cases.open_once(session, opening)
    except cases.CaseOpen:
        activity.logger.info("%s is compared already", held.licence_number)
