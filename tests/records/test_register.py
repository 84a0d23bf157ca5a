import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from records_examples import NOON, Act, later
from sqlalchemy import text

from licences import register as rules
from records import applications, register
from records.applications import AlreadyApplied
from records.database import Database
from records.register import AlreadyHeld, NewEntry, Reservation
from records.tables import Application, Entry

TODAY = date(2026, 11, 20)
A_YEAR = TODAY + timedelta(days=364)
RESERVED = Reservation("A-1", "food", "bma", "issue", "BMA", TODAY, TODAY, A_YEAR)
GRANT = NewEntry(
    licence_number="BMA-2569-0000001-1",
    kind="grant",
    application="A-1",
    licence="food",
    agency="bma",
    facts={"holder": {"kind": "juristic", "name": "บริษัท น้ำใจ จำกัด", "id": "0105561000004"}, "province": "10"},
    holder_kind="juristic",
    holder_key="0105561000004",
    valid_from=TODAY,
    valid_until=A_YEAR,
    claim="food/0105561000004/place",
    next_action_on=A_YEAR - timedelta(days=90),
    document="A-1:licence",
    document_sha256="d" * 64,
)


def facts(number: str) -> dict[str, str]:
    return {"number": number}


@pytest.fixture
def reserve(write: Act) -> Act:
    async def reserve_(application: str = "A-1", year: int = 2569, **changes: Any) -> Any:
        wanted = replace(RESERVED, application=application, **changes)
        return await write(register.reserve_once, wanted, facts, year, NOON)

    return reserve_


@pytest.fixture
def enter(write: Act) -> Act:
    async def enter_(at: datetime = NOON, **changes: Any) -> Any:
        return await write(register.append_once, replace(GRANT, **changes), at)

    return enter_


def a_grant(n: int, **changes: Any) -> dict[str, Any]:
    """The grant of another application, to another holder."""
    name = {"name": f"ผู้รับ {n}", "kind": "juristic", "id": f"{n:013d}"}
    said = {"licence_number": f"BMA-2569-{n:07d}-1", "application": f"A-{n}", "claim": f"c-{n}"}
    return said | {"holder_key": f"{n:013d}", "facts": {"holder": name, "province": "10"}} | changes


# --- numbers ---


async def test_a_number_is_reserved_once_for_an_application(reserve: Act, ask: Act) -> None:
    first = await reserve()
    again = await reserve(granted_on=TODAY + timedelta(days=9))

    assert rules.parse(first.number) == rules.Number("BMA", 2569, 1)
    assert first.facts == {"number": first.number}
    assert first.facts_digest == rules.digest({"number": first.number})
    assert again.model_dump() == first.model_dump()
    assert (await ask(register.reserved, "A-1")).number == first.number


async def test_a_statement_waits_from_the_order_until_the_first_signature(reserve: Act, write: Act, ask: Act) -> None:
    await reserve()
    await reserve("A-2")
    assert await ask(register.unstated, 10) == ()

    await write(register.want_statement, "A-1")
    await write(register.want_statement, "A-1")
    assert await ask(register.unstated, 10) == ("A-1",)

    await write(register.state_once, "A-1", "first")
    await write(register.state_once, "A-1", "second")
    await write(register.want_statement, "A-1")
    assert await ask(register.unstated, 10) == ()
    assert (await ask(register.reserved, "A-1")).statement == "first"


async def test_reserved_at_once_by_many_it_is_one_number_and_no_gap(reserve: Act) -> None:
    same = await asyncio.gather(*(reserve("A-1") for _ in range(6)))
    others = await asyncio.gather(*(reserve(f"B-{n}") for n in range(6)))

    assert len({one.number for one in same}) == 1
    assert sorted(rules.parse(one.number).running for one in others) == list(range(2, 8))


async def test_each_agency_and_year_counts_for_itself(reserve: Act) -> None:
    numbers = [
        await reserve("A-1"),
        await reserve("A-2", 2570),
        await reserve("A-3", agency="dld", abbreviation="DLD"),
    ]

    assert [rules.parse(one.number).running for one in numbers] == [1, 1, 1]


async def test_a_renewal_keeps_the_number_it_acts_on(reserve: Act) -> None:
    first = await reserve("A-1")
    renewed = await reserve("A-2", effect="extend", number=first.number)

    assert renewed.number == first.number
    assert rules.parse((await reserve("A-3")).number).running == 2


async def test_one_number_is_issued_once(reserve: Act) -> None:
    first = await reserve("A-1")

    with pytest.raises(RuntimeError, match=first.number):
        await reserve("A-2", number=first.number)


# --- entries ---


async def test_an_entry_is_for_ever_and_shows_what_it_comes_to(enter: Act, ask: Act) -> None:
    entry = await enter()

    found = await ask(register.find, entry.licence_number)
    assert (entry.seq, entry.previous_hash) == (1, rules.GENESIS)
    assert [one.model_dump() for one in found.entries] == [entry.model_dump()]
    assert (found.holding.status, found.holding.holder_name) == ("in-force", "บริษัท น้ำใจ จำกัด")
    assert (found.holding.province, found.holding.entry) == ("10", 1)
    assert found.holding.next_action_on == A_YEAR - timedelta(days=90)
    assert await ask(register.check_chain) is None


async def test_the_same_entry_again_is_the_first(enter: Act, ask: Act) -> None:
    entries = await asyncio.gather(*(enter() for _ in range(6)))

    assert {one.seq for one in entries} == {1}
    assert await ask(register.check_chain) is None


async def test_twenty_at_once_leave_no_gap(enter: Act, ask: Act) -> None:
    entries = await asyncio.gather(*(enter(**a_grant(n)) for n in range(20)))

    assert sorted(one.seq for one in entries) == list(range(1, 21))
    assert await ask(register.check_chain) is None
    assert await ask(register.counts) == {"in-force": 20}


async def test_a_later_entry_supersedes_and_both_are_shown(enter: Act, ask: Act) -> None:
    await enter()
    longer = A_YEAR + timedelta(days=365)
    await enter(kind="renewal", application="A-2", valid_from=TODAY, valid_until=longer, document_sha256="e" * 64)

    found = await ask(register.find, GRANT.licence_number)
    assert [one.kind for one in found.entries] == ["grant", "renewal"]
    assert (found.holding.entry, found.holding.valid_until) == (2, longer)
    assert (await ask(register.by_sha256, "d" * 64)).seq == 1
    assert (await ask(register.by_sha256, "e" * 64)).seq == 2
    assert await ask(register.by_sha256, "") is None
    assert (await ask(register.entry_of, "A-2")).kind == "renewal"


@pytest.mark.parametrize(
    ("kind", "status"),
    [("cancellation", "ended"), ("revocation", "revoked"), ("suspension", "suspended"), ("remark", "in-force")],
)
async def test_a_licence_stands_as_its_entries_say(enter: Act, ask: Act, kind: str, status: str) -> None:
    await enter()
    await enter(kind=kind, application="A-2", valid_until=None, facts={}, next_action_on=A_YEAR)

    holding = await ask(register.holding, GRANT.licence_number)

    assert holding.status == status
    assert holding.holder_name == "บริษัท น้ำใจ จำกัด"
    assert holding.next_action_on == (None if status in ("ended", "revoked") else A_YEAR)


async def test_what_acts_on_nothing_granted_shows_nothing(enter: Act, ask: Act) -> None:
    await enter(kind="cancellation")

    assert await ask(register.find, GRANT.licence_number) is None


async def test_one_claim_is_in_force_once(enter: Act, ask: Act) -> None:
    await enter()

    with pytest.raises(AlreadyHeld):
        await enter(**a_grant(2, claim=GRANT.claim))

    assert await ask(register.check_chain) is None


async def test_a_claim_stays_though_a_renewal_does_not_state_it(enter: Act, ask: Act) -> None:
    await enter()
    await enter(kind="renewal", application="A-2", claim="")

    assert (await ask(register.holding, GRANT.licence_number)).claim == GRANT.claim


async def test_a_claim_that_ran_out_stands_in_nobodys_way(enter: Act, ask: Act) -> None:
    await enter()
    after = A_YEAR + timedelta(days=1)
    await enter(later(days=365), **a_grant(2, claim=GRANT.claim, valid_from=after, valid_until=None))

    assert (await ask(register.holding, GRANT.licence_number)).status == "expired"


async def test_what_is_in_force_cannot_be_applied_for_again(enter: Act, another: Act) -> None:
    await enter()

    with pytest.raises(AlreadyApplied) as refused:
        await another(claim=GRANT.claim)

    assert refused.value.licence_number == GRANT.licence_number
    assert (await another(claim=GRANT.claim, licence_number=GRANT.licence_number)).number


async def test_what_ran_out_may_be_applied_for_again(enter: Act, another: Act) -> None:
    await enter(valid_until=TODAY - timedelta(days=1), valid_from=TODAY - timedelta(days=9), at=later(days=-5))

    assert (await another(claim=GRANT.claim)).number


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("""UPDATE entries SET facts = '{"holder": {"name": "other"}}' WHERE seq = 2""", 2),
        ("UPDATE entries SET valid_until = '2099-01-01' WHERE seq = 1", 1),
        ("UPDATE entries SET holder_key = 'other' WHERE seq = 1", 1),
        ("UPDATE entries SET entered_at = entered_at - interval '1 day' WHERE seq = 3", 3),
        ("DELETE FROM entries WHERE seq = 1", 2),
        ("DELETE FROM entries WHERE seq = 3", 3),
        ("DELETE FROM entries", 1),
    ],
)
async def test_tampering_with_the_register_is_found(
    database: Database, enter: Act, ask: Act, what: str, found: int
) -> None:
    for n in range(3):
        await enter(**a_grant(n))
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text(what))

    assert await ask(register.check_chain) == found


async def test_anybody_can_check_the_book_from_what_is_published(database: Database, enter: Act) -> None:
    for n in range(5):
        await enter(**a_grant(n))

    async with database.reading() as session:
        book = [one async for one in register.export(session)]
        rest = [one async for one in register.export(session, 3)]

    rows = [rules.ChainRow(one.body["seq"], one.previous_hash, rules.canonical(one.body), one.hash) for one in book]
    assert rules.verify_chain(rows) == ()
    assert [one.body["seq"] for one in rest] == [4, 5]
    assert "holder_key" not in book[0].body
    assert "claim" not in book[0].body


# --- what the entries add up to ---


async def test_on_its_day_a_licence_is_looked_at_and_has_run_out(enter: Act, write: Act, ask: Act) -> None:
    await enter()
    day = A_YEAR - timedelta(days=90)

    assert (await ask(register.due_for_action, day - timedelta(days=1))).items == ()
    assert [one.licence_number for one in (await ask(register.due_for_action, day)).items] == [GRANT.licence_number]

    reminded = await write(register.look_again, GRANT.licence_number, later(days=275), A_YEAR + timedelta(days=1))
    assert (reminded.status, (await ask(register.due_for_action, day)).items) == ("in-force", ())

    pending = await write(register.look_again, GRANT.licence_number, later(days=365), None, renewal_pending=True)
    expired = await write(register.look_again, GRANT.licence_number, later(days=365), None)
    assert (pending.status, expired.status, expired.next_action_on) == ("in-force", "expired", None)


async def test_what_is_due_is_read_page_by_page(enter: Act, ask: Act) -> None:
    for n in range(5):
        await enter(**a_grant(n, next_action_on=TODAY + timedelta(days=n % 2)))

    seen, after = [], ""
    while True:
        page = await ask(register.due_for_action, A_YEAR, after, 2)
        seen += [one.licence_number for one in page.items]
        if not (after := page.next):
            break

    assert seen == [f"BMA-2569-{n:07d}-1" for n in (0, 2, 4, 1, 3)]


async def test_a_holder_has_what_he_was_granted(enter: Act, ask: Act) -> None:
    await enter()

    assert [one.licence for one in await ask(register.holdings_of, "0105561000004")] == ["food"]
    assert await ask(register.holdings_of, "0000000000000") == ()


# --- finding ---


async def test_a_licence_is_found_however_it_is_spelt(enter: Act, ask: Act) -> None:
    await enter()
    name = {"name": "Café Siam Co., Ltd.", "kind": "juristic", "id": "0105561000012"}
    await enter(**a_grant(2, facts={"holder": name, "premises": {"district": "บางรัก", "subdistrict_code": "100402"}}))

    async def found(q: str) -> list[str]:
        return [line.holder_name for line in (await ask(register.search, q)).items]

    water, cafe = ["บริษัท น้ำใจ จำกัด"], ["Café Siam Co., Ltd."]
    for q in ("น้ำใจ", "นํ้าใจ", "นำใจ", "บริษัทน้ำใจ", "จำกัด น้ำใจ", "0105561000004", "bma-2569-0000001", "๐๑๐๕๕๖๑๐๐๐๐๐๔"):
        assert await found(q) == water, q
    for q in ("cafe siam", "CAFÉ", "siam co ltd", "บางรัก", "เเ บางรัก"[3:], "afe"):
        assert await found(q) == cafe, q
    for q in ("Bang Rak", "BANGKOK", "bangrak siam"):  # a place by its name in Latin letters too
        assert await found(q) == cafe, q
    assert await found("ไม่มีอยู่จริง") == []
    assert await found("ก") == []
    assert len(await found("  ")) == 2


async def test_a_search_is_narrowed_and_read_page_by_page(enter: Act, ask: Act) -> None:
    for n in range(5):
        await enter(**a_grant(n, agency="dld" if n == 4 else "bma"))
    await enter(**a_grant(3, kind="cancellation", application="A-9"))

    async def found(**narrowed: Any) -> list[str]:
        return [line.holder_name[-1] for line in (await ask(register.search, "ผู้รับ", **narrowed)).items]

    assert await found() == ["0", "1", "2", "3", "4"]
    assert await found(agency="dld") == ["4"]
    assert await found(status="ended") == ["3"]
    assert await found(province="50") == []
    assert await found(licence="food", limit=2) == ["0", "1"]
    assert await found(holder_kind="juristic", limit=1) == ["0"]
    assert await found(holder_kind="natural") == []
    assert await found(holder=f"{2:013d}") == ["2"]
    assert await found(holder="0105561000099") == []
    first = await ask(register.search, "ผู้รับ", limit=2)
    assert await found(after=first.next, limit=9) == ["2", "3", "4"]


async def test_a_company_is_found_by_its_english_name_and_no_person_by_who_he_is(enter: Act, ask: Act) -> None:
    company = {"name": "บริษัท น้ำใส จำกัด", "name_en": "CLEAR WATER CO., LTD.", "kind": "juristic", "id": "0105561000012"}
    await enter(**a_grant(2, facts={"holder": company}))
    await enter(**a_grant(3, holder_kind="natural", holder_key="digest"))

    assert [one.holder_name for one in (await ask(register.search, "clear water")).items] == [company["name"]]
    assert (await ask(register.search, holder="digest")).items == ()


async def test_the_search_uses_its_index(database: Database, enter: Act) -> None:
    await enter()

    async with database.transaction() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await session.execute(text("EXPLAIN SELECT 1 FROM holdings WHERE grams ?& ARRAY['299', 'บ2']"))

    assert "holdings_by_grams" in "\n".join(plan.scalars())


async def test_an_application_that_granted_is_named_in_its_own_row(
    application: Application, write: Act, ask: Act
) -> None:
    await write(applications.end, application.number, "issued", "granted", NOON, GRANT.licence_number)

    assert (await ask(applications.get, application.number)).licence_number == GRANT.licence_number


async def test_what_is_in_force_is_found_by_its_number_its_papers_number_its_holder_or_its_place(
    enter: Act, ask: Act
) -> None:
    place = {"house_no": "9", "subdistrict_code": "100101"}
    for n, facts_ in enumerate(({}, {"paper_number": "12/2568"}, {"premises": place}), start=1):
        await enter(**a_grant(n) | {"facts": facts_, "holder_key": f"holder-{n}"})
    await enter(**a_grant(4) | {"licence": "another", "facts": {"premises": place}})

    async def found(holder_key: str = "nobody", numbers: Any = (), subdistrict: str = "") -> list[str]:
        known = await ask(
            register.in_force_of, {"food"}, holder_key=holder_key, numbers=numbers, subdistrict=subdistrict
        )
        return [one.holder_key for one in known]

    assert await found() == []
    assert await found("holder-1") == ["holder-1"]
    assert await found(numbers={"12/2568", a_grant(1)["licence_number"]}) == ["holder-1", "holder-2"]
    assert await found(subdistrict="100101") == ["holder-3"]


def test_a_place_is_found_by_the_name_on_its_sign_and_by_nothing_else_that_is_printed() -> None:
    said = [{"id": "trade_name", "value": "ครัวคุณย่า"}, {"id": "professional", "value": "นางรัตนา ทดสอบดี"}]
    entry = Entry(licence_number="LAO-2569-0000001-L", facts={"holder": {"name": "บริษัท ก จำกัด"}, "particulars": said})

    words = register._words(entry)

    assert "ครัวคุณย่า" in words and "บริษัท ก จำกัด" in words
    assert not any("รัตนา" in word for word in words), "people who are named on a licence are not looked up"
