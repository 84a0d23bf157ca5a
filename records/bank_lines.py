"""Lines of bank statements that somebody brought in: matched with our books, or a task until a person closes it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences.errors import NotFound
from records.ledger import PAYMENTS
from records.refunds import REFUNDS
from records.rows import changed, table_of, write_all_once
from records.settlements import SETTLEMENTS
from records.tables import BankLine

LINES = table_of(BankLine)


class UnknownLine(NotFound):
    """There is no open line of this reference."""

    def __init__(self, line: str) -> None:
        super().__init__(f"ไม่พบรายการเดินบัญชี {line} ที่ยังค้าง", f"there is no open line {line}")


async def keep(session: AsyncSession, lines: Sequence[BankLine]) -> int:
    """Keep lines, each once by the bank's own reference; how many were new."""
    names = [line.id for line in lines]
    known = set((await session.execute(select(LINES.c.id).where(LINES.c.id.in_(names)))).scalars())
    await write_all_once(session, [line for line in lines if line.id not in known])
    return len(lines) - len(known)


async def match(session: AsyncSession, only: Sequence[str] = ()) -> int:
    """Match open lines with what our books have: the same reference of the bank and the same satang; how many fit."""
    open_ = LINES.c.status == "open"
    mine = (open_, LINES.c.id.in_(only)) if only else (open_,)
    done = 0
    for what, side, fits in (
        ("payment:", "CRDT", (PAYMENTS.c.transaction_id == LINES.c.id, PAYMENTS.c.satang == LINES.c.satang)),
        ("refund:", "DBIT", (REFUNDS.c.bank_number == LINES.c.id, REFUNDS.c.satang == LINES.c.satang)),
        ("settlement:", "DBIT", (SETTLEMENTS.c.bank_number == LINES.c.id, SETTLEMENTS.c.satang == LINES.c.satang)),
    ):
        found = {"payment:": PAYMENTS.c.transaction_id, "refund:": REFUNDS.c.id, "settlement:": SETTLEMENTS.c.id}[what]
        said = {"status": "matched", "matched": what + found}
        done += changed(await session.execute(update(LINES).where(*mine, LINES.c.side == side, *fits).values(said)))
    return done


async def still_open(session: AsyncSession, limit: int = 100) -> tuple[BankLine, ...]:
    """What nobody has explained yet, the oldest first."""
    asked = select(LINES).where(LINES.c.status == "open").order_by(LINES.c.booked_on, LINES.c.id).limit(limit)
    return tuple(BankLine(**row) for row in (await session.execute(asked)).mappings())


async def of_day(session: AsyncSession, day: date) -> tuple[BankLine, ...]:
    """Every line that was brought in for a day."""
    asked = select(LINES).where(LINES.c.booked_on == day).order_by(LINES.c.id)
    return tuple(BankLine(**row) for row in (await session.execute(asked)).mappings())


async def close(session: AsyncSession, line: str, by: str, reason: str, at: datetime) -> None:
    """A person has dealt with a line, and says how. Raises UnknownLine."""
    mine = (LINES.c.id == line, LINES.c.status == "open")
    said = {"status": "closed", "closed_by": by, "closed_at": at, "reason": reason}
    if not changed(await session.execute(update(LINES).where(*mine).values(said))):
        raise UnknownLine(line)
