"""What the list of the dead is made of, and that only the newest of a name is published."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from records_examples import NOON, Act, later

from licences.register import Standing
from records import publications, register
from records.database import Database
from records.register import NewEntry

TODAY = date(2026, 11, 20)
GRANT = NewEntry(
    licence_number="BMA-2569-0000001-1",
    kind="grant",
    application="A-1",
    licence="food",
    agency="bma",
    facts={"said": 1},
    holder_kind="juristic",
    holder_key="0105561000004",
    valid_from=TODAY - timedelta(days=10),
    valid_until=TODAY + timedelta(days=355),
)


async def listed(database: Database, on: date = TODAY) -> dict[str, tuple[Standing, Any]]:
    async with database.reading() as session:
        return {
            entry.licence_number: (standing, entry.facts["said"])
            async for entry, standing in publications.changed(session, on)
        }


async def test_the_list_has_what_no_date_tells_and_nothing_else(write: Act, database: Database) -> None:
    async def enter(number: str, *kinds: str, first: NewEntry = GRANT, **of_last: Any) -> None:
        for nth, kind in enumerate(("grant", *kinds)):
            changed = of_last if nth == len(kinds) else {}
            entry = replace(first, licence_number=number, application=f"{number}/{nth}", kind=kind, facts={"said": nth})
            await write(register.append_once, replace(entry, **changed), NOON)

    ran_out = replace(GRANT, valid_until=TODAY - timedelta(days=1))
    await enter("in force")
    await enter("revoked", "revocation", valid_from=TODAY)
    await enter("suspended", "suspension", valid_from=TODAY, valid_until=None)
    await enter("lifted", "suspension", "lifting", valid_from=TODAY)
    await enter("ended", "cancellation", valid_from=TODAY)
    await enter("ends tomorrow", "cancellation", valid_from=TODAY + timedelta(days=1))
    await enter("amended", "amendment")
    await enter("renewed after its end", "renewal", first=ran_out, valid_from=TODAY, valid_until=GRANT.valid_until)
    await enter("renewed early", "renewal", valid_from=TODAY + timedelta(days=356), valid_until=None)
    await enter("ran out", "amendment", first=ran_out)

    assert await listed(database) == {
        "revoked": (Standing.REVOKED, 0),
        "suspended": (Standing.SUSPENDED, 0),
        "ended": (Standing.ENDED, 0),
        "amended": (Standing.IN_FORCE, 1),
    }
    assert (await listed(database, TODAY + timedelta(days=1)))["ends tomorrow"] == (Standing.ENDED, 0)


async def test_only_a_newer_publication_takes_the_place_of_another(write: Act, ask: Act) -> None:
    for statement, at in (("first", NOON), ("newer", later(hours=1)), ("too late", later(minutes=1))):
        await write(publications.keep, "a-name", statement, b"stamp", at)

    assert (await ask(publications.newest, "a-name")).statement == "newer"
    assert await ask(publications.newest, "another") is None
