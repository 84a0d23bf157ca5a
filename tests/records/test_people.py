from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from records_examples import KEYS, NOON, Act, later

from records import people
from records.tables import Mandate

TODAY = date(2026, 11, 20)
MINE, OLD = bytes(range(32)), bytes(range(32, 64))


@given(st.text(max_size=30), st.text(max_size=30))
def test_what_is_sealed_opens_again_and_is_not_to_be_seen(number: str, bound_to: str) -> None:
    sealed = KEYS.seal(number, bound_to)

    assert KEYS.unseal(sealed, bound_to) == number
    assert len(number) < 4 or number.encode() not in sealed


def test_a_sealed_number_does_not_open_for_somebody_else() -> None:
    with pytest.raises(InvalidTag):
        KEYS.unseal(KEYS.seal("1234567890121", "somchai"), "somsri")


def test_after_a_rotation_old_numbers_open_and_are_found() -> None:
    before, after = people.PersonalKeys(OLD), people.PersonalKeys(MINE, OLD)

    assert after.unseal(before.seal("1", "x"), "x") == "1"
    assert after.digest("1") == before.digest("1")
    with pytest.raises(people.KeyRetired):
        before.unseal(after.seal("1", "x"), "x")


def test_another_ring_finds_by_another_digest() -> None:
    assert people.PersonalKeys(OLD).digest("1") != people.PersonalKeys(MINE).digest("1")


async def test_the_same_sign_in_is_the_same_person(somebody: Act, ask: Act) -> None:
    first = await somebody("somchai")
    again = await somebody("somchai", email="new@example.com")

    assert again.id == first.id
    assert (await ask(people.person, first.id)).email == "new@example.com"


async def test_a_personal_number_is_sealed_masked_and_found(somebody: Act, ask: Act) -> None:
    person = await somebody("somchai", "1234567890121")

    assert person.pid_masked == "1-XXXX-XXXXX-12-1"
    assert b"1234567890121" not in person.pid_sealed
    assert people.personal_number(KEYS, person) == "1234567890121"
    assert [one.id for one in await ask(people.with_number, KEYS, "1234567890121")] == [person.id]
    assert await ask(people.with_number, KEYS, "9999999999994") == ()


async def test_roles_are_held_from_a_day_to_a_day(write: Act, ask: Act) -> None:
    seat = people.Appointment("s", "officer", "ก", "A", TODAY, "bma", until=TODAY + timedelta(days=2))
    await write(people.appoint, seat, people.Appointment("s", "auditor", "ก", "A", TODAY))

    async def held(day: date) -> list[str]:
        return sorted(one.role for one in await ask(people.roles, "s", day))

    assert await held(TODAY - timedelta(days=1)) == []
    assert await held(TODAY) == ["auditor", "officer"]
    assert await held(TODAY + timedelta(days=3)) == ["auditor"]


async def test_the_same_seat_again_takes_the_new_name(write: Act, ask: Act) -> None:
    await write(people.appoint, people.Appointment("s", "officer", "ก", "A", TODAY, "bma"))
    await write(people.appoint, people.Appointment("s", "officer", "ข", "B", TODAY, "bma"))

    (held,) = await ask(people.roles, "s", TODAY)
    assert held.name_en == "B"
    assert await ask(people.names, [held.id]) == {held.id: "ข"}
    assert [one.id for one in await ask(people.officers, "bma", TODAY)] == [held.id]


async def test_people_are_named_as_thais_write_names(somebody: Act, ask: Act) -> None:
    person = await somebody("somchai")

    assert await ask(people.names, [person.id]) == {person.id: "นายสมชาย ใจดี"}
    assert await ask(people.named, person.issuer, ["somchai"]) == {"somchai": "นายสมชาย ใจดี"}


async def test_a_browser_is_signed_in_until_its_end(somebody: Act, write: Act, ask: Act) -> None:
    person = await somebody("somchai")
    await write(people.open_session, "the-key", person.id, "csrf", NOON, later(hours=8))

    found = await ask(people.signed_in, "the-key", later(hours=7))

    assert (found.person.id, found.csrf, found.acting_for) == (person.id, "csrf", "")
    assert found.person.given_name == "สมชาย"
    assert await ask(people.signed_in, "the-key", later(hours=8)) is None
    assert await ask(people.signed_in, "another", NOON) is None


async def test_the_key_of_a_cookie_is_not_kept(somebody: Act, write: Act, ask: Act) -> None:
    person = await somebody("somchai")
    await write(people.open_session, "the-key", person.id, "csrf", NOON, later(hours=8))

    (browser,) = await ask(people.sessions_of, person.id, NOON)

    assert "the-key" not in browser.digest


async def test_what_a_sign_in_said_is_sealed_for_its_session_and_goes_with_it(
    somebody: Act, write: Act, ask: Act
) -> None:
    person, told = await somebody("somchai"), people.Told("+6620000000", "1 ตำบลสุเทพ")
    await write(people.open_session, "k", person.id, "csrf", NOON, later(hours=8), told=told.sealed(KEYS, "k"))
    found = await ask(people.signed_in, "k", NOON)

    assert found.heard(KEYS) == told and found.heard(people.PersonalKeys(OLD)) == people.Told()
    assert b"20000000" not in found.told and "20000000" not in repr((found, told))
    assert replace(found, digest=people.session_digest("another")).heard(KEYS) == people.Told()
    assert people.Told().sealed(KEYS, "k") is None

    await write(people.open_session, "next", person.id, "csrf", later(hours=8), later(hours=16))
    assert [row.digest for row in await ask(people.sessions_of, person.id, NOON)] == [people.session_digest("next")]


async def test_a_browser_is_seen_at_most_once_a_minute(somebody: Act, write: Act, ask: Act) -> None:
    person = await somebody("somchai")
    await write(people.open_session, "k", person.id, "csrf", NOON, later(hours=8))

    for seconds, kept in ((30, 0), (90, 90), (120, 90)):
        await write(people.seen, "k", later(seconds=seconds))
        assert (await ask(people.signed_in, "k", NOON)).seen_at == later(seconds=kept)


async def test_a_browser_is_signed_out_here_or_everywhere(somebody: Act, write: Act, ask: Act) -> None:
    person = await somebody("somchai")
    for key in "abc":
        await write(people.open_session, key, person.id, "csrf", NOON, later(hours=8))

    assert await write(people.close_session, people.session_digest("a"))
    assert not await write(people.close_session, people.session_digest("a"))
    assert await write(people.close_sessions, person.id) == 2
    assert await ask(people.sessions_of, person.id, NOON) == ()


async def test_a_browser_speaks_for_a_company_when_told(somebody: Act, write: Act, ask: Act) -> None:
    person = await somebody("somchai")
    await write(people.open_session, "k", person.id, "csrf", NOON, later(hours=8))

    await write(people.act_for, "k", "0105561000004")

    assert (await ask(people.signed_in, "k", NOON)).acting_for == "0105561000004"


def a_mandate(**said: Any) -> Mandate:
    plain: dict[str, Any] = {
        "id": "m-1",
        "juristic_id": "0105561000004",
        "agent_subject": "attorney",
        "grantors": ["สมชาย ใจดี"],
        "licences": [],
        "given_on": TODAY,
    }
    return Mandate(**plain | said)


async def test_a_mandate_gives_power_within_its_days_and_licences(write: Act, ask: Act) -> None:
    await write(people.give_mandate, a_mandate(licences=["food"], until=TODAY + timedelta(days=30)))

    async def power(licence: str, day: date) -> bool:
        return await ask(people.mandate_for, "0105561000004", "attorney", licence, day) is not None

    assert await power("food", TODAY)
    assert not await power("spa", TODAY)
    assert not await power("food", TODAY - timedelta(days=1))
    assert not await power("food", TODAY + timedelta(days=31))
    assert await ask(people.mandate_for, "0105561000004", "somebody", "food", TODAY) is None


async def test_a_mandate_for_no_licence_in_particular_is_for_all(write: Act, ask: Act) -> None:
    await write(people.give_mandate, a_mandate())

    assert (await ask(people.mandate_for, "0105561000004", "attorney", "any", TODAY)).id == "m-1"


async def test_a_revoked_mandate_gives_no_power(write: Act, ask: Act) -> None:
    await write(people.give_mandate, a_mandate())
    await write(people.revoke_mandate, "m-1", NOON)
    await write(people.revoke_mandate, "m-1", later(days=1))

    assert await ask(people.mandate_for, "0105561000004", "attorney", "food", TODAY) is None
    assert (await write(people.give_mandate, a_mandate())).revoked_at == NOON
    assert await ask(people.mandates_of, "attorney", TODAY) == ()
