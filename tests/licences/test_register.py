"""Numbers, the chain, what a licence is worth on a day, and what the public sees."""

import json
import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from licences import register
from licences.register import GENESIS, ChainRow, Entry, EntryKind, Standing

AGENCIES = st.from_regex(r"[A-Z]{2,6}", fullmatch=True).filter(lambda who: who != "APP")
NUMBERS = st.builds(register.number, AGENCIES, st.integers(2500, 2700), st.integers(1, 999_999_999))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_a_licence_number_reads_as_who_when_which_and_a_check() -> None:
    text = register.number("LAO", 2569, 17)

    assert text.startswith("LAO-2569-0000017-") and len(text) == 18
    assert register.parse(text) == register.Number("LAO", 2569, 17)


@given(NUMBERS)
def test_a_number_we_give_out_is_read_back_however_it_is_typed(text: str) -> None:
    typed = " " + text.lower().replace("1", "๑") + " "

    assert str(register.parse(typed)) == text


@given(NUMBERS, st.data())
def test_one_wrong_character_is_found(text: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([n for n, c in enumerate(text) if c != "-"]))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    assume(other != text[place])

    assert not register.is_valid(text[:place] + other + text[place + 1 :])


def test_nearly_every_swap_of_neighbours_is_found() -> None:
    numbers = [register.number("LAO", 2569, running) for running in range(1, 3_000, 7)]
    swapped = [
        text[:n] + text[n + 1] + text[n] + text[n + 2 :]
        for text in numbers
        for n in range(17)
        if text[n] != text[n + 1]
    ]

    missed = sum(register.is_valid(text) for text in swapped)

    assert missed * 50 < len(swapped)  # under two in a hundred


@pytest.mark.parametrize(
    "text", ["", "LAO", "LAO-2569-17-3", "../etc/passwd", "LAO-2569-0000017-33", "ก-2569-0000017-3"]
)
def test_what_is_not_a_number_is_said_so(text: str) -> None:
    with pytest.raises(register.NumberUnreadable):
        register.parse(text)


def test_an_application_is_never_mistaken_for_a_licence() -> None:
    assert register.application_number(2569, 123).startswith("APP-2569-0000123-")
    with pytest.raises(ValueError, match="applications"):
        register.number("APP", 2569, 1)


@pytest.mark.parametrize("running", [0, -1, 10**9])
def test_a_number_outside_the_book_is_not_given_out(running: int) -> None:
    with pytest.raises(ValueError, match="give out"):
        register.number("LAO", 2569, running)


@given(st.integers(2500, 2700), st.integers(1, 999_999_999), st.integers(1, 98))
def test_a_banks_reference_fits_and_is_one_bills_own(year: int, running: int, nth: int) -> None:
    application = register.application_number(year, running)

    reference = register.ref1(register.bill_number(application, nth))

    assert register.REF1.fullmatch(reference)
    assert reference != register.ref1(register.bill_number(application, nth + 1))


def test_a_reference_that_no_bank_takes_is_not_made() -> None:
    with pytest.raises(ValueError, match="first reference"):
        register.ref1("APP-2569-0000123-7-B1-and-more-than-twenty")


@given(PLAIN)
def test_the_same_facts_have_the_same_bytes_whatever_the_order(facts: object) -> None:
    try:
        written = register.canonical(facts)
    except ValueError:
        return  # two keys that fall together in NFC
    again = json.loads(written)

    assert register.canonical(again) == written
    assert unicodedata.is_normalized("NFC", written.decode())


def test_canonical_bytes_are_plain_json() -> None:
    facts = {"ข": date(2026, 11, 20), "a": [1, True, None], "e": "é"}

    assert register.canonical(facts).decode() == '{"a":[1,true,null],"e":"é","ข":"2026-11-20"}'


@pytest.mark.parametrize("facts", [1.5, {"a": 0.1}, {1: "a"}, {"\u00e9": 1, "e\u0301": 2}, b"x", {"a": {1, 2}}])
def test_what_has_no_one_form_is_refused(facts: object) -> None:
    with pytest.raises(ValueError):
        register.canonical(facts)


def a_chain(bodies: list[bytes]) -> list[ChainRow]:
    rows: list[ChainRow] = []
    previous = GENESIS
    for seq, body in enumerate(bodies, start=1):
        rows.append(ChainRow(seq, previous, body, register.link(previous, body)))
        previous = rows[-1].hash
    return rows


def test_the_link_is_what_a_stranger_can_work_out() -> None:
    # printf '%064d' 0 | xxd -r -p | (cat; printf '{"a":1}') | sha256sum
    assert register.link(GENESIS, b'{"a":1}') == "b06a229070741292512e8760f470dd7a4c46ccfdf253df781d88dabe58c1ccb1"


@given(st.lists(st.binary(max_size=20), max_size=8))
def test_an_untouched_book_holds(bodies: list[bytes]) -> None:
    rows = a_chain(bodies)

    assert register.verify_chain(rows) == ()
    assert register.verify_chain(rows[1:], after=rows[0] if rows else None) == ()


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=3, max_size=8, unique=True), st.data())
def test_a_book_that_was_touched_does_not(bodies: list[bytes], data: st.DataObject) -> None:
    rows = a_chain(bodies)
    place = data.draw(st.integers(0, len(rows) - 2))
    how = data.draw(st.sampled_from(["body", "drop", "swap", "insert"]))
    row = rows[place]
    if how == "body":
        rows[place] = ChainRow(row.seq, row.previous_hash, row.body + b"x", row.hash)
    elif how == "drop":
        del rows[place]
    elif how == "swap":
        rows[place], rows[place + 1] = rows[place + 1], rows[place]
    else:
        rows.insert(place, row)

    assert register.verify_chain(rows)


def test_a_break_says_where_and_what() -> None:
    one, two, three = a_chain([b"1", b"2", b"3"])
    renumbered = ChainRow(5, two.hash, b"3", three.hash)
    replaced = ChainRow(2, GENESIS, b"x", register.link(GENESIS, b"x"))

    assert register.verify_chain([one, two, renumbered]) == (register.Break(5, "gap"),)
    assert register.verify_chain([one, replaced]) == (register.Break(2, "previous-differs"),)
    assert register.verify_chain([one, ChainRow(2, one.hash, b"x", two.hash)]) == (register.Break(2, "hash-differs"),)


D = date
GRANT = Entry(1, EntryKind.GRANT, D(2026, 11, 20), D(2027, 11, 19))


@pytest.mark.parametrize(
    ("entries", "day", "standing"),
    [
        ([], D(2026, 11, 20), Standing.NOT_YET),
        ([GRANT], D(2026, 11, 19), Standing.NOT_YET),
        ([GRANT], D(2026, 11, 20), Standing.IN_FORCE),
        ([GRANT], D(2027, 11, 19), Standing.IN_FORCE),
        ([GRANT], D(2027, 11, 20), Standing.EXPIRED),
        ([GRANT, Entry(2, EntryKind.RENEWAL, D(2027, 11, 20), D(2028, 11, 19))], D(2027, 11, 20), Standing.IN_FORCE),
        ([GRANT, Entry(2, EntryKind.CANCELLATION, D(2027, 1, 10))], D(2027, 1, 9), Standing.IN_FORCE),
        ([GRANT, Entry(2, EntryKind.CANCELLATION, D(2027, 1, 10))], D(2027, 1, 10), Standing.ENDED),
        ([GRANT, Entry(2, EntryKind.SUSPENSION, D(2027, 1, 1), D(2027, 1, 31))], D(2027, 1, 31), Standing.SUSPENDED),
        ([GRANT, Entry(2, EntryKind.SUSPENSION, D(2027, 1, 1), D(2027, 1, 31))], D(2027, 2, 1), Standing.IN_FORCE),
        ([GRANT, Entry(2, EntryKind.SUSPENSION, D(2027, 1, 1))], D(2027, 12, 1), Standing.EXPIRED),
        (
            [GRANT, Entry(2, EntryKind.SUSPENSION, D(2027, 1, 1)), Entry(3, EntryKind.LIFTING, D(2027, 1, 5))],
            D(2027, 1, 5),
            Standing.IN_FORCE,
        ),
        ([GRANT, Entry(2, EntryKind.REVOCATION, D(2027, 1, 1))], D(2028, 1, 1), Standing.REVOKED),
        ([Entry(1, EntryKind.GRANT, D(2026, 1, 1), None)], D(2099, 1, 1), Standing.IN_FORCE),
    ],
)
def test_what_a_licence_is_worth_on_a_day(entries: list[Entry], day: date, standing: Standing) -> None:
    assert register.status_on(entries, day) is standing


def test_a_renewal_filed_in_time_keeps_the_licence_in_force() -> None:
    assert register.status_on([GRANT], D(2027, 11, 20), renewal_pending=True) is Standing.IN_FORCE


def test_an_older_document_is_superseded_and_the_licence_is_not() -> None:
    entries = [GRANT, Entry(2, EntryKind.AMENDMENT, D(2027, 2, 1), D(2027, 11, 19))]

    assert register.status_on(entries, D(2027, 2, 1), entry=1) is Standing.SUPERSEDED
    assert register.status_on(entries, D(2027, 1, 31), entry=1) is Standing.IN_FORCE
    assert register.status_on(entries, D(2027, 2, 1), entry=2) is Standing.IN_FORCE


@given(st.integers(-400, 800))
def test_a_licence_is_in_force_exactly_on_its_days(offset: int) -> None:
    day = GRANT.valid_from + timedelta(days=offset)
    last = GRANT.valid_until
    assert last is not None

    assert (register.status_on([GRANT], day) is Standing.IN_FORCE) == (GRANT.valid_from <= day <= last)


def test_the_public_sees_a_company_whole_and_a_person_masked() -> None:
    company = register.public_facts({"holder": {"kind": "juristic", "id": "0105999000016", "name": {"th": "บริษัท"}}})
    person = register.public_facts({"holder": {"kind": "natural", "id": "1999900000013", "name": {"th": "นาย ก"}}})

    assert company["holder"] == {"kind": "juristic", "id": "0105999000016", "name": {"th": "บริษัท"}}
    assert person["holder"] == {"kind": "natural", "id": "1-XXXX-XXXXX-01-3", "name": {"th": "นาย ก"}}


def test_the_public_never_sees_what_is_not_named() -> None:
    facts = {
        "licence_number": "LAO-2569-0000017-3",
        "phone": "0812345678",
        "email": "a@example.com",
        "answers": {"pid": "1999900000013"},
        "holder": {"kind": "natural", "id": "1999900000013", "name": "นาย ก", "phone": "0812345678"},
        "premises": {"house_no": "1/2", "subdistrict": "ทุ่งสุขลา", "province": "ชลบุรี", "is_home": True, "phone": "081"},
    }

    said = json.dumps(register.public_facts(facts), ensure_ascii=False)

    assert "0812345678" not in said and "1999900000013" not in said and "example.com" not in said
    assert "1/2" not in said and "ทุ่งสุขลา" in said
