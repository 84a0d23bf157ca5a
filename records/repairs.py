"""Repairs that operators asked for: a frozen list, who agreed, and the result of every item.

A repair is worked by one process at a time, which holds it for a while and says again that it does; an item that was
taken by a process that died is taken again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences.errors import Conflict, Forbidden, NotFound
from records.rows import changed, new_id, table_of, write_all_once, write_once
from records.tables import RepairItem, RepairOrder

REPAIRS, ITEMS = table_of(RepairOrder), table_of(RepairItem)
WAITING, WORKING, CHECKING, STOPPED = "waiting", "working", "checking", "stopped"
HELD_FOR = timedelta(minutes=2)
"""How long a process that works on a repair is believed to live without saying so again."""


class UnknownRepair(NotFound):
    """There is no repair of this name."""

    def __init__(self, repair: str) -> None:
        super().__init__(f"ไม่พบรายการซ่อม {repair}", f"there is no repair {repair}")


class AgreedAlready(Conflict):
    """Enough persons have agreed, or it was stopped."""


class AnotherMustAgree(Forbidden):
    """Who asked for it may not also agree to it."""


@dataclass(frozen=True)
class Wanted:
    """A repair as it is asked for."""

    act: str
    numbers: tuple[str, ...]
    reason: str
    by: str
    said: Mapping[str, Any]
    persons_needed: int = 1
    at_most: int = 10
    cause: str = ""
    prepared: bool = False  # only written down: it is begun by a second word


async def ask(session: AsyncSession, wanted: Wanted, at: datetime) -> RepairOrder:
    """Keep a repair and its frozen list."""
    order = RepairOrder(
        id=new_id("repair"),
        act=wanted.act,
        cause=wanted.cause,
        said=dict(wanted.said),
        reason=wanted.reason,
        at_most=wanted.at_most,
        total=len(wanted.numbers),
        persons_needed=wanted.persons_needed,
        asked_by=wanted.by,
        asked_at=at,
        approved_at=at if wanted.persons_needed == 1 and not wanted.prepared else None,
    )
    await write_once(session, order)
    await write_all_once(session, [RepairItem(repair=order.id, number=one, stood_at={}) for one in wanted.numbers])
    return order


async def agree(session: AsyncSession, repair: str, by: str, at: datetime) -> RepairOrder:
    """Begin it; where one word is not enough, another's must. Raises UnknownRepair, AgreedAlready, AnotherMustAgree."""
    order = await get(session, repair)
    if order.asked_by == by and order.persons_needed > 1:
        raise AnotherMustAgree("ผู้ขอซ่อมอนุมัติเองไม่ได้ ต้องเป็นผู้ดูแลระบบอีกคน", "who asked may not agree: another operator must")
    free = (REPAIRS.c.id == repair, REPAIRS.c.approved_at.is_(None), REPAIRS.c.stopped_at.is_(None))
    agreed = update(REPAIRS).where(*free).values(approved_by=by, approved_at=at)
    if not changed(await session.execute(agreed)):
        raise AgreedAlready("รายการนี้อนุมัติหรือหยุดไปแล้ว", "it was agreed to, or stopped, already")
    return await get(session, repair)


async def stop(session: AsyncSession, repair: str, by: str, at: datetime) -> None:
    """What nobody has begun is left alone from now on; stopping again changes nothing. Raises UnknownRepair."""
    await get(session, repair)
    going = (REPAIRS.c.id == repair, REPAIRS.c.finished_at.is_(None), REPAIRS.c.stopped_at.is_(None))
    stopped = {"stopped_by": by, "stopped_at": at, "finished_at": at}
    if changed(await session.execute(update(REPAIRS).where(*going).values(stopped))):
        left = (ITEMS.c.repair == repair, ITEMS.c.state == WAITING)
        await session.execute(update(ITEMS).where(*left).values(state=STOPPED, done_at=at))


# --- working on it ---


async def hold(session: AsyncSession, repair: str, at: datetime) -> bool:
    """Take a repair that is agreed to and that no living process works on; False: not now."""
    free = or_(REPAIRS.c.held_until.is_(None), REPAIRS.c.held_until < at)
    return await _hold(session, repair, at, free)


async def hold_on(session: AsyncSession, repair: str, at: datetime) -> bool:
    """Say that one still works on it; False: it was stopped."""
    return await _hold(session, repair, at, REPAIRS.c.held_until.is_not(None))


async def _hold(session: AsyncSession, repair: str, at: datetime, which: Any) -> bool:
    going = (REPAIRS.c.id == repair, REPAIRS.c.approved_at.is_not(None), REPAIRS.c.finished_at.is_(None))
    held = update(REPAIRS).where(*going, which).values(held_until=at + HELD_FOR)
    return changed(await session.execute(held)) == 1


async def to_work_on(session: AsyncSession, at: datetime) -> tuple[str, ...]:
    """Repairs that are agreed to and that nobody works on."""
    free = or_(REPAIRS.c.held_until.is_(None), REPAIRS.c.held_until < at)
    asked = select(REPAIRS.c.id).where(REPAIRS.c.finished_at.is_(None), REPAIRS.c.approved_at.is_not(None), free)
    return tuple((await session.execute(asked.order_by(REPAIRS.c.asked_at))).scalars())


async def take(session: AsyncSession, repair: str, at: datetime) -> str:
    """The next item, or "": none is left, or the repair was stopped. An item whose process died is taken again."""
    stopped = select(REPAIRS.c.stopped_at).where(REPAIRS.c.id == repair)
    if (await session.execute(stopped)).scalar_one() is not None:
        return ""
    left = or_(ITEMS.c.state == WAITING, (ITEMS.c.state == WORKING) & (ITEMS.c.taken_at < at - HELD_FOR))
    first = select(ITEMS.c.number).where(ITEMS.c.repair == repair, left).order_by(ITEMS.c.number).limit(1)
    mine = (ITEMS.c.repair == repair, ITEMS.c.number == first.with_for_update(skip_locked=True).scalar_subquery())
    taken = update(ITEMS).where(*mine).values(state=WORKING, taken_at=at).returning(ITEMS.c.number)
    return (await session.execute(taken)).scalar_one_or_none() or ""


async def done(
    session: AsyncSession, repair: str, number: str, state: str, said: str, stood_at: Mapping[str, Any], at: datetime
) -> None:
    """What became of one item."""
    mine = (ITEMS.c.repair == repair, ITEMS.c.number == number)
    values = {"state": state, "said": said, "stood_at": dict(stood_at), "done_at": at}
    await session.execute(update(ITEMS).where(*mine).values(values))


async def finish(session: AsyncSession, repair: str, at: datetime) -> bool:
    """Every item was seen to; False: somebody is still at one."""
    busy = select(ITEMS.c.number).where(ITEMS.c.repair == repair, ITEMS.c.state.in_((WAITING, WORKING))).exists()
    over = (REPAIRS.c.id == repair, REPAIRS.c.finished_at.is_(None), ~busy)
    return changed(await session.execute(update(REPAIRS).where(*over).values(finished_at=at, held_until=None))) == 1


async def to_check(session: AsyncSession, since: datetime, limit: int) -> tuple[RepairItem, ...]:
    """Items that were not seen to pass their step yet, the oldest first."""
    asked = select(ITEMS).where(ITEMS.c.state == CHECKING, ITEMS.c.done_at > since).order_by(ITEMS.c.done_at)
    return tuple(RepairItem(**row) for row in (await session.execute(asked.limit(limit))).mappings())


# --- looking ---


async def get(session: AsyncSession, repair: str) -> RepairOrder:
    """One repair. Raises UnknownRepair."""
    row = (await session.execute(select(REPAIRS).where(REPAIRS.c.id == repair))).mappings().first()
    if row is None:
        raise UnknownRepair(repair)
    return RepairOrder(**row)


async def latest(session: AsyncSession, limit: int = 20) -> tuple[RepairOrder, ...]:
    """The newest repairs, those that are not finished first."""
    order = (REPAIRS.c.finished_at.is_not(None), REPAIRS.c.asked_at.desc())
    rows = await session.execute(select(REPAIRS).order_by(*order).limit(limit))
    return tuple(RepairOrder(**row) for row in rows.mappings())


async def counts(session: AsyncSession, repair: str) -> Counter[str]:
    """State → how many items stand there."""
    asked = select(ITEMS.c.state, func.count()).where(ITEMS.c.repair == repair).group_by(ITEMS.c.state)
    return Counter({state: number for state, number in await session.execute(asked)})


async def items(
    session: AsyncSession, repair: str, states: Sequence[str] = (), limit: int = 1_000_000
) -> tuple[RepairItem, ...]:
    """The items of a repair (in these states), by number."""
    asked = select(ITEMS).where(ITEMS.c.repair == repair).order_by(ITEMS.c.number).limit(limit)
    if states:
        asked = asked.where(ITEMS.c.state.in_(states))
    return tuple(RepairItem(**row) for row in (await session.execute(asked)).mappings())


async def of_application(session: AsyncSession, number: str) -> tuple[tuple[RepairOrder, RepairItem], ...]:
    """Every repair that an application was in, the newest first."""
    mine = select(ITEMS).where(ITEMS.c.number == number)
    found = {row["repair"]: RepairItem(**row) for row in (await session.execute(mine)).mappings()}
    orders = select(REPAIRS).where(REPAIRS.c.id.in_(found)).order_by(REPAIRS.c.asked_at.desc())
    return tuple((RepairOrder(**row), found[row["id"]]) for row in (await session.execute(orders)).mappings())
