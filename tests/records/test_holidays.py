"""Holidays announced later: the last word in each place counts, and whoever counts a period meanwhile is waited for."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from records_examples import NOON, Act, later

from licences import calendar
from records import holidays
from records.database import Database
from records.holidays import Announcement, NothingAnnounced

SPECIAL, MOVED = date(2026, 12, 4), date(2026, 12, 11)
BY_CABINET = Announcement(
    days=(SPECIAL,),
    scopes=("national",),
    name_th="วันหยุดพิเศษ",
    name_en="Special holiday",
    announced_on=date(2026, 11, 24),
    source="มติคณะรัฐมนตรี 24 พ.ย. 2569",
)
IN_LIEU = date(2026, 12, 7)
"""A day in lieu that stands in the list."""


async def test_a_special_day_closes_every_office_and_a_regional_one_those_of_its_province(write: Act, ask: Act) -> None:
    first = await write(holidays.announce, BY_CABINET, "op", NOON)
    second = await write(holidays.announce, replace(BY_CABINET, days=(MOVED,), scopes=("province:50",)), "op", NOON)

    everywhere, there = (
        await ask(holidays.closed, agency="lao"),
        await ask(holidays.closed, agency="lao", province="50"),
    )

    assert (first, second) == (1, 2)
    assert everywhere == calendar.holidays() | {SPECIAL}
    assert there == everywhere | {MOVED}


async def test_a_day_in_lieu_is_moved_and_a_provinces_own_day_stays(write: Act, ask: Act) -> None:
    await write(holidays.announce, replace(BY_CABINET, days=(MOVED, IN_LIEU), scopes=("province:50",)), "op", NOON)
    await write(holidays.announce, replace(BY_CABINET, days=(IN_LIEU,), closed=False), "op", NOON)

    assert IN_LIEU not in await ask(holidays.closed)
    assert {MOVED, IN_LIEU} <= await ask(holidays.closed, province="50")


async def test_what_the_calendar_says_already_is_no_announcement(write: Act, ask: Act) -> None:
    known = replace(BY_CABINET, days=(IN_LIEU,))
    for again in (known, replace(known, days=(SPECIAL,), closed=False)):
        with pytest.raises(NothingAnnounced):
            await write(holidays.announce, again, "op", NOON)

    mixed = await write(holidays.announce, replace(BY_CABINET, days=(SPECIAL, IN_LIEU)), "op", NOON)
    (kept,) = await ask(holidays.every)
    assert (kept.version, kept.days, kept.source) == (mixed, (SPECIAL,), BY_CABINET.source)


async def test_an_announcement_is_counted_once(write: Act, ask: Act) -> None:
    version = await write(holidays.announce, BY_CABINET, "op", NOON)
    (waiting,) = await ask(holidays.uncounted)
    for at in (later(hours=1), later(hours=2)):
        await write(holidays.counted, version, at)

    assert waiting.version == version and await ask(holidays.uncounted) == ()
    assert (await ask(holidays.every))[0].counted_at == later(hours=1)


async def test_nothing_is_announced_while_a_period_is_being_counted(database: Database, write: Act) -> None:
    async with database.transaction() as session:
        before = await holidays.closed(session, counting=True)
        announcing = asyncio.create_task(write(holidays.announce, BY_CABINET, "op", NOON))
        done, _ = await asyncio.wait({announcing}, timeout=0.3)
        still = await holidays.closed(session, counting=True)

    assert not done and before == still
    assert await asyncio.wait_for(announcing, timedelta(seconds=5).total_seconds()) == 1
