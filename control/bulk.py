"""Repairs as they are asked for: a frozen, counted list, agreed to where one word is not enough, worked item by item.

Whoever works on a repair holds it; when he dies another goes on where he was. Each item has its own result, and what
was not yet seen to pass its step is looked at again until it has, or failed.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from control import causes, waits
from control.repair import TWO_PERSONS, Act, Repairs, Result, State, Why
from records import repairs
from records.database import Database
from records.repairs import Wanted
from records.tables import RepairItem, RepairOrder

log = logging.getLogger("repairs")

EVERY_S = 2.0
MOST_AT_ONCE = 100
PATIENCE = timedelta(seconds=30)
LOOK_AGAIN_FOR = timedelta(days=1)
"""How long an item is looked at again before it stays as it is: its cause is named by `stuck` all the while."""


class NothingStands(ValueError):
    """Nothing stands still for this cause now."""


async def numbers_of(database: Database, client: Client, cause: str) -> tuple[str, ...]:
    """The applications of a cause, as they are now. Raises NothingStands."""
    found = await waits.look(database, client, timedelta(0))
    named = {one.id: one.numbers for one in causes.group(found.cases)}
    if not named.get(cause):
        raise NothingStands(cause)
    return named[cause]


def wanted(act: Act, numbers: Sequence[str], why: Why, **said: object) -> Wanted:
    """A repair to be asked for; each number once."""
    persons = 2 if act in TWO_PERSONS else 1
    return Wanted(act.value, tuple(dict.fromkeys(numbers)), why.reason, why.by, said, persons)


class Bulk:
    """Works on repairs, at most so many items at a time."""

    def __init__(self, database: Database, client: Client, patience: timedelta = PATIENCE) -> None:
        self.database = database
        self.repairs = Repairs(database, client, patience)

    async def rounds(self) -> None:
        """Work on what was agreed to, and look again at what is being checked, until cancelled."""
        while True:
            try:
                await self.round()
            except Exception:
                log.exception("a round of repairs failed and will be made again")
            await asyncio.sleep(EVERY_S)

    async def round(self) -> None:
        """Everything that waits to be worked on now."""
        async with self.database.reading() as session:
            waiting = await repairs.to_work_on(session, datetime.now(UTC))
        for repair in waiting:
            async for item in self.work(repair):
                log.info("%s: %s is %s", repair, item.number, item.state)
        await self.look_again()

    async def work(self, repair: str) -> AsyncIterator[RepairItem]:
        """Work on one repair to its end, or until it is stopped; gives each item with its result. Nothing: another
        process holds it, or it is not agreed to."""
        async with self.database.transaction() as session:
            mine = await repairs.hold(session, repair, datetime.now(UTC))
            order = await repairs.get(session, repair)
        if not mine:
            return
        done: asyncio.Queue[RepairItem | None] = asyncio.Queue()
        hands = [asyncio.create_task(self._hand(order, done)) for _ in range(min(order.at_most, MOST_AT_ONCE))]
        ended = asyncio.create_task(_when_all_ended(hands, done))
        try:
            while item := await done.get():
                yield item
            await ended  # a hand that failed says so here
        finally:
            for hand in (*hands, ended):
                hand.cancel()
        async with self.database.transaction() as session:
            await repairs.finish(session, repair, datetime.now(UTC))

    async def _hand(self, order: RepairOrder, done: "asyncio.Queue[RepairItem | None]") -> None:
        """One pair of hands: the next item, until none is left."""
        while number := await self._next(order.id):
            result = await self._do(order, number)
            at = datetime.now(UTC)
            async with self.database.transaction() as session:
                await repairs.done(session, order.id, number, result.state, result.said, result.stood_at, at)
            kept = dict(result.stood_at)
            done.put_nowait(
                RepairItem(
                    repair=order.id, number=number, state=result.state, said=result.said, stood_at=kept, done_at=at
                )
            )

    async def _next(self, repair: str) -> str:
        async with self.database.transaction() as session:
            at = datetime.now(UTC)
            return await repairs.take(session, repair, at) if await repairs.hold_on(session, repair, at) else ""

    async def _do(self, order: RepairOrder, number: str) -> Result:
        """One item; what goes wrong with it is its result, and the others go on."""
        said = {**order.said, "cause": order.cause}
        try:
            return await self.repairs.do(Act(order.act), number, Why.of(order), said)
        except Exception as wrong:
            log.exception("%s: %s could not be repaired", order.id, number)
            return Result(State.AGAIN, waits.quiet(f"{type(wrong).__name__}: {wrong}"))

    async def look_again(self) -> int:
        """Look at what is being checked; answers how many are now known to be fixed, or to have failed again."""
        async with self.database.reading() as session:
            checking = await repairs.to_check(session, datetime.now(UTC) - LOOK_AGAIN_FOR, MOST_AT_ONCE)
        return sum([await self._look_again(item) for item in checking])

    async def _look_again(self, item: RepairItem) -> bool:
        state = await self.repairs.passed(item.number, item.stood_at)
        if state is State.CHECKING:
            return False
        async with self.database.transaction() as session:
            order = await repairs.get(session, item.repair)
            await repairs.done(session, item.repair, item.number, state, item.said, item.stood_at, datetime.now(UTC))
        if state is State.FIXED:
            await self.repairs.found_fixed(item.number, Why.of(order), item.stood_at)
        return True


async def _when_all_ended(hands: Sequence["asyncio.Task[None]"], done: "asyncio.Queue[RepairItem | None]") -> None:
    try:
        await asyncio.gather(*hands)
    finally:
        done.put_nowait(None)
