"""Settlements: what each payee is handed over for a period, where it goes, and whether it has left.

A settlement takes everything that stands on the payee's account up to one place in the books, so that two settlements
of one payee lie edge to edge. A payee's account at its bank is changed by two persons, never by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences import settlement as rules
from licences import thai
from licences.calendar import BANGKOK
from licences.errors import Conflict, NotFound
from licences.settlement import Line, Statement
from records import chains, counters, ledger
from records.ledger import POSTINGS
from records.rows import changed, day_of, new_id, table_of, write_once
from records.tables import AccountChange, PayeeAccount, Settlement

SETTLEMENTS, ACCOUNTS, CHANGES = table_of(Settlement), table_of(PayeeAccount), table_of(AccountChange)


class UnknownChange(NotFound):
    """There is no open change of an account with this name."""

    def __init__(self, change: str) -> None:
        super().__init__(f"ไม่พบรายการเปลี่ยนบัญชี {change}", f"there is no open change {change}")


class SamePerson(Conflict):
    """Who proposed a change cannot agree to it."""


class ChangeOpen(Conflict):
    """Another change of this payee's account waits for an answer."""


# --- handing over ---


async def settle_once(session: AsyncSession, payee: str, until: date, at: datetime) -> Settlement | None:
    """Hand a payee everything up to the end of that day, once for each day; None: there is nothing to hand over."""
    await chains.lock(session, ledger.BOOK)
    before = await newest(session, payee)
    if before is not None and before.until >= until:
        return before if before.until == until else None
    after, upto = before.upto_seq if before else 0, await _end_of(session, until)
    lines = await lines_of(session, payee, after, upto)
    satang = rules.total(lines, payee)
    if satang <= 0:
        return None
    year = thai.fiscal_year(until)
    number = f"ST{year}{await counters.next_of(session, f'settlements:{year}'):08d}"
    row = await _row(session, number, payee, until, (after, upto), satang, len(lines), before, at)
    row.digest = _statement(row, lines).digest()
    await write_once(session, row)
    moves = rules.moves(number, payee, satang)
    await ledger.append(session, f"{rules.KEY}{number}", moves, "", "", at)
    return row


async def _row(
    session: AsyncSession, number: str, payee: str, until: date, span: tuple[int, int], satang: int, lines: int,
    before: Settlement | None, at: datetime,
) -> Settlement:  # fmt: skip
    goes_to = await account_of(session, payee)
    return Settlement(
        id=number,
        payee=payee,
        until=until,
        after_seq=span[0],
        upto_seq=span[1],
        lines=lines,
        satang=satang,
        previous=before.id if before else "",
        previous_digest=before.digest if before else "",
        digest="",
        bank_code=goes_to.bank_code if goes_to else "",
        account=goes_to.account if goes_to else "",
        name=goes_to.name if goes_to else "",
        made_at=at,
    )


async def _end_of(session: AsyncSession, until: date) -> int:
    """The last place in the books before which nothing of a later day stands."""
    _, ends = day_of(until)
    later = (await session.execute(select(func.min(POSTINGS.c.seq)).where(POSTINGS.c.at >= ends))).scalar_one()
    return int(later) - 1 if later is not None else (await chains.end_of(session, ledger.BOOK))[0]


async def lines_of(session: AsyncSession, payee: str, after: int, upto: int) -> tuple[Line, ...]:
    """The movements on a payee's account between two places in the books, its settlements left out."""
    mine = or_(POSTINGS.c.debit == payee, POSTINGS.c.credit == payee)
    within = (POSTINGS.c.seq > after, POSTINGS.c.seq <= upto, not_(POSTINGS.c.key.startswith(rules.KEY)))
    rows = await session.execute(select(POSTINGS).where(mine, *within).order_by(POSTINGS.c.seq))
    return tuple(Line(**row) for row in rows.mappings())


async def statement(session: AsyncSession, row: Settlement) -> Statement:
    """The statement of a settlement, out of the books."""
    return _statement(row, await lines_of(session, row.payee, row.after_seq, row.upto_seq))


def _statement(row: Settlement, lines: Sequence[Line]) -> Statement:
    return Statement(
        settlement=row.id,
        payee=row.payee,
        until=row.until,
        after_seq=row.after_seq,
        upto_seq=row.upto_seq,
        satang=row.satang,
        previous=row.previous,
        previous_digest=row.previous_digest,
        lines=tuple(lines),
    )


async def get(session: AsyncSession, settlement: str) -> Settlement | None:
    """One settlement; None: there is none of that number."""
    row = (await session.execute(select(SETTLEMENTS).where(SETTLEMENTS.c.id == settlement))).mappings().first()
    return Settlement(**row) if row else None


async def newest(session: AsyncSession, payee: str) -> Settlement | None:
    """A payee's last settlement."""
    asked = select(SETTLEMENTS).where(SETTLEMENTS.c.payee == payee).order_by(SETTLEMENTS.c.upto_seq.desc()).limit(1)
    row = (await session.execute(asked)).mappings().first()
    return Settlement(**row) if row else None


async def listed(session: AsyncSession, payee: str = "", limit: int = 100) -> tuple[Settlement, ...]:
    """The newest settlements, of everybody or of one payee."""
    asked = select(SETTLEMENTS).order_by(SETTLEMENTS.c.until.desc(), SETTLEMENTS.c.id.desc()).limit(limit)
    rows = await session.execute(asked.where(SETTLEMENTS.c.payee == payee) if payee else asked)
    return tuple(Settlement(**row) for row in rows.mappings())


async def due(session: AsyncSession, today: date) -> tuple[tuple[str, date], ...]:
    """Whose money is to be handed over now, and up to which day: those with something on their account."""
    begins, _ = day_of(today)
    held = await ledger.balances(session, begins)
    rhythms = {row.payee: row.rhythm for row in await accounts(session)}
    asked = [
        (payee, rules.last_day("monthly" if rhythms.get(payee) == "monthly" else "daily", today))
        for payee, satang in held.items()
        if rules.is_payee(payee) and satang > 0
    ]
    days = {until for _, until in asked}
    made = select(SETTLEMENTS.c.payee, SETTLEMENTS.c.until).where(SETTLEMENTS.c.until.in_(days))
    done = {(payee, until) for payee, until in await session.execute(made)}
    return tuple(one for one in asked if one not in done)


async def not_begun(session: AsyncSession, limit: int) -> tuple[Settlement, ...]:
    """Settlements whose statement nobody has sealed yet."""
    asked = select(SETTLEMENTS).where(SETTLEMENTS.c.begun_at.is_(None)).order_by(SETTLEMENTS.c.made_at).limit(limit)
    return tuple(Settlement(**row) for row in (await session.execute(asked)).mappings())


async def begun(session: AsyncSession, settlement: str, at: datetime) -> None:
    """Somebody seals its statement now."""
    await session.execute(update(SETTLEMENTS).where(SETTLEMENTS.c.id == settlement).values(begun_at=at))


# --- the transfer ---


async def remit(session: AsyncSession, at: datetime) -> tuple[str, tuple[Settlement, ...]]:
    """Put everything that has an account and was in no file yet into one remittance file: its name, and what is in it.

    What waited for an account takes the one that stands now.
    """
    for row in await _waiting(session):
        if not row.account and (goes_to := await account_of(session, row.payee)):
            said = {"bank_code": goes_to.bank_code, "account": goes_to.account, "name": goes_to.name}
            await session.execute(update(SETTLEMENTS).where(SETTLEMENTS.c.id == row.id).values(said))
    sent = [row for row in await _waiting(session) if row.account]
    if not sent:
        return "", ()
    year = thai.fiscal_year(at.astimezone(BANGKOK).date())
    name = f"RM{year}{await counters.next_of(session, f'remittances:{year}'):06d}"
    mine = SETTLEMENTS.c.id.in_([row.id for row in sent])
    await session.execute(update(SETTLEMENTS).where(mine).values(sent_at=at, remittance=name))
    return name, await in_remittance(session, name)


async def _waiting(session: AsyncSession) -> tuple[Settlement, ...]:
    asked = select(SETTLEMENTS).where(SETTLEMENTS.c.sent_at.is_(None)).order_by(SETTLEMENTS.c.id).with_for_update()
    return tuple(Settlement(**row) for row in (await session.execute(asked)).mappings())


async def in_remittance(session: AsyncSession, remittance: str) -> tuple[Settlement, ...]:
    """What one remittance file holds."""
    asked = select(SETTLEMENTS).where(SETTLEMENTS.c.remittance == remittance).order_by(SETTLEMENTS.c.id)
    return tuple(Settlement(**row) for row in (await session.execute(asked)).mappings())


async def arrived_once(session: AsyncSession, settlement: str, bank_number: str, satang: int, at: datetime) -> bool:
    """The bank's statement shows that it has left; False: there is no such settlement, or it is not that amount."""
    row = await get(session, settlement)
    if row is None or row.satang != satang:
        return False
    moves = rules.arrived(settlement, satang)
    await ledger.post_once(session, f"remitted:{settlement}", moves, at, transfer=bank_number)
    open_ = (SETTLEMENTS.c.id == settlement, SETTLEMENTS.c.arrived_at.is_(None))
    await session.execute(update(SETTLEMENTS).where(*open_).values(arrived_at=at, bank_number=bank_number))
    return True


# --- where it goes ---


async def account_of(session: AsyncSession, payee: str) -> PayeeAccount | None:
    """Where a payee's money goes; None: nobody has said so yet, and it waits."""
    row = (await session.execute(select(ACCOUNTS).where(ACCOUNTS.c.payee == payee))).mappings().first()
    return PayeeAccount(**row) if row else None


async def accounts(session: AsyncSession) -> tuple[PayeeAccount, ...]:
    """Every payee's account."""
    rows = await session.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.payee))
    return tuple(PayeeAccount(**row) for row in rows.mappings())


@dataclass(frozen=True)
class NewAccount:
    """What somebody proposes."""

    payee: str
    bank_code: str
    account: str
    name: str
    rhythm: rules.Rhythm = "daily"


async def propose(session: AsyncSession, new: NewAccount, by: str, at: datetime) -> AccountChange:
    """One person proposes where a payee's money goes from now on. Raises ChangeOpen."""
    change = AccountChange(id=new_id("account"), **vars(new), proposed_by=by, proposed_at=at, status="proposed")
    if not await write_once(session, change):
        raise ChangeOpen(
            "มีรายการเปลี่ยนบัญชีของผู้รับเงินรายนี้รออนุมัติอยู่ โปรดอนุมัติหรือปฏิเสธรายการนั้นก่อน",
            "a change of this payee's account waits already: agree to it or turn it down first",
        )
    return change


async def decide(session: AsyncSession, change: str, by: str, at: datetime, *, agreed: bool) -> AccountChange:
    """Another person agrees (it stands from now on) or turns it down. Raises UnknownChange, SamePerson."""
    asked = select(CHANGES).where(CHANGES.c.id == change, CHANGES.c.status == "proposed").with_for_update()
    row = (await session.execute(asked)).mappings().first()
    if row is None:
        raise UnknownChange(change)
    found = AccountChange(**row)
    if agreed and found.proposed_by == by:
        raise SamePerson("ผู้เสนอเปลี่ยนบัญชีอนุมัติเองไม่ได้ ต้องเป็นบุคคลอื่น", "who proposed it cannot agree to it: another must")
    said = {"status": "agreed" if agreed else "rejected", "decided_by": by, "decided_at": at}
    await session.execute(update(CHANGES).where(CHANGES.c.id == change).values(said))
    if agreed:
        await _stand(session, found, at)
    return found


async def _stand(session: AsyncSession, change: AccountChange, at: datetime) -> None:
    said = {"bank_code": change.bank_code, "account": change.account, "name": change.name, "rhythm": change.rhythm}
    standing = update(ACCOUNTS).where(ACCOUNTS.c.payee == change.payee).values(**said, agreed_at=at)
    if not changed(await session.execute(standing)):
        await write_once(session, PayeeAccount(payee=change.payee, **said, agreed_at=at))


async def open_changes(session: AsyncSession) -> tuple[AccountChange, ...]:
    """What waits for a second person."""
    rows = await session.execute(select(CHANGES).where(CHANGES.c.status == "proposed").order_by(CHANGES.c.proposed_at))
    return tuple(AccountChange(**row) for row in rows.mappings())
