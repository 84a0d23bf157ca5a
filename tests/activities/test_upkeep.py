"""The daily look, on a real database: months of days, and what each does to a licence whose day has come."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from records_examples import Act

from activities.upkeep import ScanPage, Upkeep
from licences import acts, catalogue
from licences.acts import Kind, Wanted
from licences.calendar import BANGKOK
from records import applications, cases, history, notices, register
from records.applications import Submitted
from records.database import Database
from records.register import NewEntry
from records.tables import Holding

DAY = timedelta(days=1)
LAST = date(2027, 1, 31)
FOOD = "lao-food-sale-large"
NUMBER = "LAO-2569-0000001-0"


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=BANGKOK)


@pytest.fixture
async def granted(write: Act, submitted: Submitted) -> Holding:
    """A licence that ends on the last day of January, and the application that brought it."""
    rules = catalogue.load().procedure(FOOD, "new", date(2026, 11, 20))
    first = await write(applications.submit, replace(submitted, procedure=rules, licence_number=NUMBER, claim=""))
    await write(applications.end, first.number, "issued", "issued", noon(date(2026, 2, 1)), NUMBER)
    facts = {
        "holder": {"kind": "natural", "name": "นายสมชาย ใจดี", "id": "x"},
        "granted_on": "2026-02-01",
        "authority": "lao@110101",
        "particulars": [],
    }
    entry = NewEntry(
        licence_number=NUMBER, kind="grant", application=first.number, licence=FOOD, agency="lao", facts=facts,
        holder_kind="natural", holder_key="k", valid_from=date(2026, 2, 1), valid_until=LAST, claim=f"{FOOD}|k|x",
        next_action_on=LAST - 60 * DAY,
    )  # fmt: skip
    await write(register.append_once, entry, noon(date(2026, 2, 1)))
    return Holding(licence_number=NUMBER)


@pytest.fixture
def days(database: Database, ask: Act) -> Act:
    """Make the daily look on each of these days; answers how many were looked at."""

    async def scanned(first: date, last: date) -> int:
        looked, day = 0, first
        while day <= last:
            for _ in range(2):  # a second look on the same day does nothing more
                page = await Upkeep(database).look_after(ScanPage(on=day, at=noon(day)))
                looked += page.looked
            day += DAY
        return looked

    return scanned


async def told(ask: Act) -> list[str]:
    return [one.what for one in await ask(notices.of, NUMBER)]


async def test_what_stands_in_the_way_of_one_licence_stands_in_no_others(
    granted: Holding, days: Act, ask: Act, write: Act
) -> None:
    """Another got the claim a day after the last one, and the look of that day is made late."""
    first = (await ask(register.entries_of, NUMBER))[0]
    theirs = {name: getattr(first, name) for name in ("licence", "agency", "facts", "holder_kind", "claim")}
    after = {"valid_from": LAST + DAY, "valid_until": LAST + 365 * DAY, "next_action_on": LAST}
    again = NewEntry(licence_number="LAO-2570-1", kind="grant", application="APP-2", holder_key="l", **theirs, **after)
    await write(register.append_once, again, noon(LAST + DAY))

    looked = await days(LAST, LAST)

    seen = await ask(register.holding, "LAO-2570-1")
    assert looked >= 3 and seen.next_action_on != LAST


async def test_a_licence_is_looked_at_five_times_in_a_year_and_its_holder_told_once_each(
    granted: Holding, days: Act, ask: Act
) -> None:
    looked = await days(LAST - 70 * DAY, LAST)
    before = await ask(register.holding, NUMBER)
    looked += await days(LAST + DAY, LAST + 10 * DAY)
    after = await ask(register.holding, NUMBER)

    assert (
        looked == 5
    )  # its last day is a Sunday: on Monday a renewal would be in time, and on Tuesday its end is certain
    assert (before.status, after.status, after.next_action_on) == ("in-force", "expired", None)
    letters = await ask(notices.of, NUMBER)
    assert [(one.what, one.said.get("days")) for one in letters] == [
        ("renew-soon", 60), ("renew-soon", 30), ("renew-soon", 7), ("expired", None),
    ]  # fmt: skip
    (line,) = await ask(history.of, NUMBER)
    assert (line.tag, line.said["on"]) == ("licence:standing:expired", (LAST + DAY).isoformat())


async def ends(ask: Act) -> list[tuple[date, str, str]]:
    """Every entry of a licence that ran out: from which day it was over, its key, and when it was entered."""
    entries = await ask(register.entries_of, NUMBER)
    moments = [(one, one.entered_at.astimezone(BANGKOK).date().isoformat()) for one in entries if one.kind == "expiry"]
    return [(one.valid_from, one.application, entered) for one, entered in moments]


async def test_a_licence_that_runs_out_has_an_entry_once_its_end_is_certain(
    granted: Holding, days: Act, ask: Act
) -> None:
    await days(LAST + DAY, LAST + DAY)
    monday = await ends(ask), (await ask(register.holding, NUMBER)).status
    await days(LAST + 2 * DAY, LAST + 9 * DAY)

    assert monday == ([], "expired")  # filed on this day, a renewal would still be in time (CCC s.193/8)
    assert await ends(ask) == [(LAST + DAY, f"{NUMBER}:{LAST.isoformat()}", (LAST + 2 * DAY).isoformat())]
    entry = (await ask(register.entries_of, NUMBER))[-1]
    assert entry.facts == {"authority": "lao@110101", "last_day": LAST.isoformat()}
    assert await ask(register.check_chain) is None


async def test_a_scan_that_comes_late_enters_the_day_on_which_it_was_over(
    granted: Holding, days: Act, ask: Act
) -> None:
    await days(LAST + 12 * DAY, LAST + 12 * DAY)

    assert [one[0] for one in await ends(ask)] == [LAST + DAY]
    assert (await ask(register.holding, NUMBER)).next_action_on is None


async def test_a_renewal_filed_on_the_day_after_a_sunday_puts_the_licence_back_in_force(
    granted: Holding, days: Act, ask: Act, write: Act, submitted: Submitted
) -> None:
    await days(LAST + DAY, LAST + DAY)
    await renewing(write, submitted, noon(LAST + DAY))
    await days(LAST + 2 * DAY, LAST + 5 * DAY)

    assert ((await ask(register.holding, NUMBER)).status, await ends(ask)) == ("in-force", [])


async def test_a_renewal_that_is_entered_ends_the_waiting_for_an_end(
    granted: Holding, days: Act, ask: Act, write: Act
) -> None:
    until = LAST + 365 * DAY
    (grant,) = await ask(register.entries_of, NUMBER)
    renewal = NewEntry(
        licence_number=NUMBER, kind="renewal", application="A-2", licence=FOOD, agency="lao", facts=grant.facts,
        holder_kind="natural", holder_key="k", valid_from=LAST + DAY, valid_until=until, claim=grant.claim,
        next_action_on=LAST + DAY,
    )  # fmt: skip
    await write(register.append_once, renewal, noon(LAST))

    await days(LAST + DAY, LAST + 5 * DAY)
    none_yet = await ends(ask)
    await days(until, until + 10 * DAY)

    assert (none_yet, [one[0] for one in await ends(ask)]) == ([], [until + DAY])


async def test_whoever_looks_late_sends_the_nearest_reminder_only(granted: Holding, days: Act, ask: Act) -> None:
    await days(LAST - 20 * DAY, LAST - 20 * DAY)

    (letter,) = await ask(notices.of, NUMBER)
    assert letter.said["days"] == 20


async def renewing(write: Act, submitted: Submitted, received: datetime) -> Any:
    rules = catalogue.load().procedure(FOOD, "renew", date(2026, 11, 20))
    assert rules.renewal_window is not None and rules.renewal_window.in_force_while_decided
    return await write(
        applications.submit,
        replace(submitted, key="renewal", procedure=rules, licence_number=NUMBER, claim="", received_at=received),
    )


async def test_a_renewal_filed_in_time_keeps_the_licence_in_force_until_it_is_decided(
    granted: Holding, days: Act, ask: Act, write: Act, submitted: Submitted
) -> None:
    filed = await renewing(write, submitted, noon(LAST))

    await days(LAST - 7 * DAY, LAST + 20 * DAY)
    pending = await ask(register.holding, NUMBER)
    assert await ends(ask) == []
    await write(applications.end, filed.number, "refused", "refused", noon(LAST + 20 * DAY))
    await days(LAST + 21 * DAY, LAST + 21 * DAY)
    refused = await ask(register.holding, NUMBER)

    assert [one[0] for one in await ends(ask)] == [LAST + 20 * DAY]  # in force until he was told, not until its date
    assert (pending.status, refused.status, refused.next_action_on) == ("in-force", "expired", None)
    assert await told(ask) == ["expired"]  # who has filed is not reminded


async def test_a_renewal_filed_late_does_not(
    granted: Holding, days: Act, ask: Act, write: Act, submitted: Submitted
) -> None:
    await renewing(write, submitted, noon(LAST + 2 * DAY))  # 31 January 2027 is a Sunday: Monday would be in time

    await days(LAST + DAY, LAST + 2 * DAY)

    assert (await ask(register.holding, NUMBER)).status == "expired"


async def test_a_suspension_ends_on_its_day_though_nobody_acts(
    granted: Holding, days: Act, ask: Act, write: Act
) -> None:
    since, until = LAST - 100 * DAY, LAST - 90 * DAY
    entry = NewEntry(
        licence_number=NUMBER, kind="suspension", application="CASE-2569-0000001-0", licence=FOOD, agency="lao",
        facts={}, holder_kind="natural", holder_key="k", valid_from=since, valid_until=until, claim=f"{FOOD}|k|x",
        next_action_on=until + DAY,
    )  # fmt: skip
    await write(register.append_once, entry, noon(since))
    suspended = await ask(register.holding, NUMBER)

    await days(until, until)
    still = await ask(register.holding, NUMBER)
    await days(until + DAY, until + DAY)
    again = await ask(register.holding, NUMBER)

    assert [suspended.status, still.status, again.status] == ["suspended", "suspended", "in-force"]
    assert again.next_action_on == LAST - 60 * DAY  # and the reminders go on as before
    assert [one.tag for one in await ask(history.of, NUMBER)] == ["licence:standing:in-force"]


async def test_a_company_is_compared_with_the_register_once_before_it_is_asked_to_renew(
    write: Act, days: Act, ask: Act, granted: Holding
) -> None:
    facts = {
        "holder": {"kind": "juristic", "name": "บริษัท ก จำกัด", "id": "0105561000004"},
        "granted_on": "2026-02-01",
        "authority": "lao@110101",
        "particulars": [],
    }
    entry = NewEntry(
        licence_number="LAO-2569-0000002-8", kind="grant", application="A-2", licence=FOOD, agency="lao", facts=facts,
        holder_kind="juristic", holder_key="0105561000004", valid_from=date(2026, 2, 1), valid_until=LAST,
        next_action_on=LAST - 60 * DAY,
    )  # fmt: skip
    await write(register.append_once, entry, noon(date(2026, 2, 1)))
    await write(cases.open_once, an_opening())  # a case about another licence is in nobody's way

    await days(LAST - 60 * DAY, LAST - 31 * DAY)

    (case,) = await ask(cases.about, "LAO-2569-0000002-8")
    assert (case.act, case.opened_as, case.office) == ("holder-facts", "engine", "lao@110101")


def an_opening() -> cases.Opening:
    return cases.Opening(
        key="k-1", rules=acts.procedure(Kind.REPLACEMENT, catalogue.load().licence(FOOD)), agency="lao",
        office="lao@110101", opened_by="p-1", opened_as="holder", holder_kind="natural", holder_id="k",
        wanted=Wanted(reason="x"), entered_at=noon(LAST), received_at=noon(LAST), due_on=LAST, licence_number=NUMBER,
    )  # fmt: skip


async def test_the_same_opening_is_one_case_and_another_of_the_same_act_waits_for_it(
    granted: Holding, write: Act, ask: Act
) -> None:
    opening = an_opening()
    first, again = await write(cases.open_once, opening), await write(cases.open_once, opening)

    with pytest.raises(cases.CaseOpen) as other:
        await write(cases.open_once, replace(opening, key="k-2"))

    assert first.number == again.number == other.value.number
    assert [one.tag for one in await ask(history.of, first.number)] == ["case:replacement:opened"]
    await write(cases.end, first.number, cases.CaseStatus.WITHDRAWN, noon(LAST))
    assert (await write(cases.open_once, replace(opening, key="k-2"))).number != first.number
