"""Every kind of question: what it takes, what it refuses, how it is shown."""

import unicodedata
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.errors import DefinitionFault, Problems
from forms.question import Context, Question
from forms.questions import KINDS, question

OPTIONS = [{"value": "mains", "th": "น้ำประปา", "en": "Mains"}, {"value": "other", "th": "อื่น ๆ", "en": "Other"}]
NEEDED: dict[str, dict[str, Any]] = {
    "choice": {"options": OPTIONS},
    "choices": {"options": OPTIONS},
    "fact": {"prefill": "company.name_th"},
    "money": {"id": "income_satang"},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["house_no", "postcode", "subdistrict_code", "subdistrict", "district", "title", "first_name"]
            )
            | st.text(max_size=8),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def a_question(kind: str, **keys: Any) -> Question:
    """A question of that kind, called answer."""
    title = {"th": "คำตอบ", "en": "Answer"}
    return question({"id": "answer", "kind": kind, "title": title} | NEEDED.get(kind, {}) | keys, "a test")


def answer(asked: Question, value: Any, **context: Any) -> Any:
    """What the question makes of a value."""
    return asked.kind.check(asked, value, asked.id, Context(**context))


def refused(asked: Question, value: Any) -> list[tuple[str, str]]:
    """The fields and kinds of the problems with a value."""
    with pytest.raises(Problems) as found:
        answer(asked, value)
    return [(problem.field, problem.kind) for problem in found.value.problems]


ANSWERED = sorted(name for name, kind in KINDS.items() if kind.answered)


@pytest.mark.parametrize("kind", ANSWERED)
@given(value=JSON)
def test_whatever_is_sent_is_taken_or_refused_in_words(kind: str, value: Any) -> None:
    asked = a_question(kind)

    try:
        taken = answer(asked, value)
    except Problems as found:
        assert all(problem.th and problem.en for problem in found.problems)
    else:
        assert answer(asked, taken, facts={"company.name_th": taken}) == taken


@pytest.mark.parametrize("kind", [name for name in ANSWERED if name != "fact"])
@given(seed=st.integers(0, 10_000))
def test_every_example_is_valid_and_can_be_shown_in_both_languages(kind: str, seed: int) -> None:
    asked = a_question(kind)

    taken = answer(asked, asked.kind.example(asked, Random(seed)))

    assert asked.kind.show(asked, taken, "th") and asked.kind.show(asked, taken, "en")
    assert asked.kind.masked(asked, taken, "th") and asked.kind.masked(asked, taken, "en")


@pytest.mark.parametrize("kind", ANSWERED)
def test_every_invalid_example_is_refused_for_the_reason_given(kind: str) -> None:
    asked = a_question(kind)

    for bad in asked.kind.invalid(asked):
        with pytest.raises(Problems) as found:
            answer(asked, bad.value, attachments={"example-answer": "application/pdf"})
        named = [(problem.field, problem.kind) for problem in found.value.problems]
        assert (asked.id + bad.part, bad.kind) in named


@given(st.text(max_size=120))
def test_text_is_kept_in_one_form_with_nothing_hidden_in_it(text: str) -> None:
    asked = a_question("text", max_length=50)

    try:
        taken = answer(asked, text)
    except Problems:
        return

    assert answer(asked, taken) == taken
    assert len(taken) <= 50
    assert unicodedata.is_normalized("NFC", taken)
    assert taken == taken.strip()
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") for c in taken)


@pytest.mark.parametrize(
    "written",
    [
        "ร้าน <b>แม่</b>",
        "<script>alert(1)</script>",
        "A & B",
        '"อร่อย"',
        "{{ 7*7 }}",
        "${jndi:ldap://x}",
        "'; DROP TABLE--",
    ],
)
def test_markup_in_a_text_is_text_and_nothing_is_taken_out_of_it(written: str) -> None:
    asked = a_question("text")

    assert answer(asked, written) == written
    assert asked.kind.show(asked, written, "th") == written


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u2028"]
)
def test_characters_that_nobody_can_see_are_refused(character: str) -> None:
    assert refused(a_question("text"), f"ร้าน{character}อาหาร") == [("answer", "hidden-characters")]


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("  ครัว   คุณย่า ", "ครัว คุณย่า"),
        ("น\u0e4d\u0e32", "น\u0e33"),  # nikhahit and sara aa, typed apart
        ("\u0e40\u0e40ม่", "\u0e41ม่"),  # two sara e
        ("ครัว\u00a0คุณย่า", "ครัว คุณย่า"),
        ("ครัว\tคุณย่า", "ครัว คุณย่า"),
        ("cafe\u0301", "café"),
    ],
)
def test_two_ways_to_type_the_same_words_give_the_same_text(typed: str, kept: str) -> None:
    assert answer(a_question("text"), typed) == kept


def test_a_textarea_keeps_its_lines_and_a_text_has_one() -> None:
    assert answer(a_question("textarea"), "หนึ่ง\r\nสอง\rสาม") == "หนึ่ง\nสอง\nสาม"
    assert answer(a_question("text"), "หนึ่ง\nสอง") == "หนึ่ง สอง"


@pytest.mark.parametrize(
    "typed, number",
    [("๑,๒๐๐", 1200), ("1 200", 1200), ("1,234,567", 1234567), (25, 25), (25.0, 25), (" 7 ", 7), ("0", 0)],
)
def test_a_whole_number_is_read_as_people_write_it(typed: Any, number: int) -> None:
    taken = answer(a_question("whole"), typed)

    assert taken == number and type(taken) is int


@pytest.mark.parametrize("typed", ["12,34", "1e5", "", "๑๒ คน", "0x10", "1.5", "¾", True, "१२"])
def test_what_is_not_a_whole_number_is_refused(typed: Any) -> None:
    assert refused(a_question("whole"), typed) == [("answer", "wrong-type")]


@given(st.decimals(0, 999_999_999, places=2))
def test_a_decimal_shown_and_typed_again_is_the_same_to_the_last_digit(number: Decimal) -> None:
    asked = a_question("decimal")

    taken = answer(asked, str(number))

    assert Decimal(str(taken)) == number
    assert answer(asked, asked.kind.show(asked, taken, "th")) == taken


@given(st.integers(0, 999_999_999_00))
def test_baht_typed_on_a_page_become_the_same_satang(satang: int) -> None:
    asked = a_question("money")
    typed = asked.kind.show(asked, satang, "th").removesuffix(" บาท")

    assert answer(asked, asked.kind.from_fields(asked, {"income_satang": typed}, asked.id)) == satang


def test_money_as_text_is_refused_because_it_could_be_baht() -> None:
    assert refused(a_question("money"), "1500") == [("income_satang", "wrong-type")]


def test_a_fraction_of_a_satang_is_refused() -> None:
    asked = a_question("money")

    assert refused(asked, asked.kind.from_fields(asked, {"income_satang": "1.005"}, asked.id)) == [
        ("income_satang", "wrong-type")
    ]


@given(st.dates(date(1868, 1, 1), date(2199, 12, 31)))
def test_a_date_shown_in_thai_and_typed_again_is_the_same_day(day: date) -> None:
    asked = a_question("date")

    assert answer(asked, asked.kind.show(asked, day.isoformat(), "th")) == day.isoformat()


@pytest.mark.parametrize(
    "typed",
    ["20/11/2569", "20-11-2569", "๒๐/๑๑/๒๕๖๙", "20 พฤศจิกายน พ.ศ. 2569", "2026-11-20", "20/11/2026", "2569-11-20"],
)
def test_a_date_is_read_in_either_era(typed: str) -> None:
    assert answer(a_question("date"), typed) == "2026-11-20"


def test_three_boxes_make_a_date() -> None:
    asked = a_question("date")
    boxes = {"answer.day": "๒๐", "answer.month": "11", "answer.year": "2569"}

    assert answer(asked, asked.kind.from_fields(asked, boxes, asked.id)) == "2026-11-20"


@pytest.mark.parametrize(
    "typed, time", [("8.30", "08:30"), ("๐๘.๓๐ น.", "08:30"), ("23:59", "23:59"), ("0:00", "00:00")]
)
def test_a_time_is_read_as_people_write_it(typed: str, time: str) -> None:
    assert answer(a_question("time"), typed) == time


# Numbers of thai-rules 4.1, made so that they belong to nobody.
@pytest.mark.parametrize(
    "kind, typed",
    [
        ("thai-id", "1-0000-00000-00-9"),
        ("thai-id", "๑๙๙๙๙๐๐๐๐๐๐๑๓"),
        ("thai-id", "3 9999 00000 12 5"),
        ("juristic-id", "0105999000016"),
        ("juristic-id", "0-1079-99000-01-8"),
        ("juristic-id", "0994999000018"),
        ("tax-id", "1000000000050"),
        ("tax-id", "1000000000131"),
        ("tax-id", "0503999000029"),
    ],
)
def test_a_number_of_thirteen_digits_is_kept_as_digits(kind: str, typed: str) -> None:
    taken = answer(a_question(kind), typed)

    assert taken.isascii() and taken.isdecimal() and len(taken) == 13


@pytest.mark.parametrize(
    "kind, typed",
    [
        ("thai-id", "0105999000016"),
        ("juristic-id", "1000000000009"),
        ("juristic-id", "0105999000017"),
        ("tax-id", "0105999000017"),
        ("thai-id", "9000000000009"),
    ],
)
def test_a_wrong_check_digit_or_the_number_of_another_sort_is_refused(kind: str, typed: str) -> None:
    assert refused(a_question(kind), typed) == [("answer", "wrong-number")]


@given(st.integers(0, 10_000), st.text(" -‐–.", max_size=3))
def test_a_thai_id_shown_with_dashes_and_spaces_is_the_same_number(seed: int, between: str) -> None:
    asked = a_question("thai-id")
    number = asked.kind.example(asked, Random(seed))

    assert answer(asked, between.join(number)) == number
    assert answer(asked, asked.kind.show(asked, number, "th")) == number


def test_a_masked_thai_id_shows_three_digits() -> None:
    asked = a_question("thai-id")

    assert asked.kind.masked(asked, "1999900000013", "th") == "x-xxxx-xxxxx-01-3"


def test_a_companys_tax_number_is_public_and_a_persons_is_masked() -> None:
    asked = a_question("tax-id")

    assert asked.kind.masked(asked, "0105999000016", "th") == "0-1059-99000-01-6"
    assert asked.kind.masked(asked, "1999900000013", "th") == "x-xxxx-xxxxx-01-3"


@pytest.mark.parametrize(
    "typed, kept, shown",
    [
        ("081-234-5678", "+66812345678", "081-234-5678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "+66812345678", "081-234-5678"),
        ("+66 81 234 5678", "+66812345678", "081-234-5678"),
        ("0066812345678", "+66812345678", "081-234-5678"),
        ("+66(0)812345678", "+66812345678", "081-234-5678"),
        ("02-123-4567", "+6621234567", "02-123-4567"),
        ("021234567 ต่อ 123", "+6621234567;ext=123", "02-123-4567 ต่อ 123"),
        ("(053) 123456 ext. 9", "+6653123456;ext=9", "053-123-456 ต่อ 9"),
    ],
)
def test_a_telephone_number_is_read_and_shown_as_people_write_it(typed: str, kept: str, shown: str) -> None:
    asked = a_question("phone")

    assert answer(asked, typed) == kept
    assert asked.kind.show(asked, kept, "th") == shown
    assert answer(asked, shown) == kept


@given(st.integers(0, 10_000))
def test_an_example_telephone_number_is_one_to_the_telephone_library_too(seed: int) -> None:
    asked = a_question("phone")

    number = phonenumbers.parse(asked.kind.example(asked, Random(seed)))

    assert phonenumbers.is_possible_number(number) and number.country_code == 66


def test_a_hotline_is_no_contact_number() -> None:
    assert refused(a_question("phone"), "1111") == [("answer", "wrong-number")]


def test_the_domain_of_an_email_is_in_small_letters_and_the_name_is_left() -> None:
    asked = a_question("email")

    assert answer(asked, " Somchai@Example.CO.TH ") == "Somchai@example.co.th"
    assert asked.kind.masked(asked, "somchai@example.com", "en") == "s•••@example.com"


def test_an_email_cannot_carry_a_header() -> None:
    assert refused(a_question("email"), "a@example.com\nBcc: b@example.com") == [("answer", "wrong-address")]


def test_yes_and_no_are_shown_in_the_words_of_the_question() -> None:
    asked = a_question("yes-no", yes={"th": "มี", "en": "Yes"}, no={"th": "ไม่มี", "en": "No"})

    assert [asked.kind.show(asked, value, "th") for value in (True, False)] == ["มี", "ไม่มี"]
    assert asked.kind.from_fields(asked, {"answer": "no"}, "answer") is False


def test_choices_are_kept_once_each_in_the_forms_order() -> None:
    asked = a_question("choices")

    assert answer(asked, ["other", "mains", "other"]) == ["mains", "other"]
    assert asked.kind.show(asked, ["mains", "other"], "th") == "น้ำประปา, อื่น ๆ"


def test_few_options_are_radio_buttons_and_many_are_a_list() -> None:
    many = [{"value": str(n), "th": str(n), "en": str(n)} for n in range(8)]

    assert a_question("choice").kind.widget(a_question("choice")) == "radios"
    asked = a_question("choice", options=many)
    assert asked.kind.widget(asked) == "select"


def test_a_file_is_one_of_the_applicants_own_and_of_a_type_that_is_asked_for() -> None:
    asked = a_question("file")

    assert answer(asked, "f1", attachments={"f1": "application/pdf"}) == "f1"
    for files, kind in (({}, "no-such-file"), ({"f1": "text/html"}, "wrong-file-type")):
        with pytest.raises(Problems) as found:
            answer(asked, "f1", attachments=files)
        assert found.value.problems[0].kind == kind


def test_several_files_are_a_list_and_one_is_not() -> None:
    files = {"f1": "application/pdf", "f2": "image/png"}

    assert answer(a_question("file", max_files=2), ["f1", "f2"], attachments=files) == ["f1", "f2"]
    assert answer(a_question("file", max_files=2), "f1", attachments=files) == ["f1"]
    assert refused(a_question("file"), ["f1", "f2"]) == [("answer", "too-large")]


@pytest.mark.parametrize("value", [False, "yes", 1, None])
def test_only_true_is_a_declaration(value: Any) -> None:
    assert refused(a_question("declaration"), value) == [("answer", "missing")]


def test_a_fact_is_the_registers_word_and_may_only_be_repeated() -> None:
    asked = a_question("fact")
    facts = {"company.name_th": "บริษัท ตัวอย่าง จำกัด"}

    assert answer(asked, None, facts=facts) == "บริษัท ตัวอย่าง จำกัด"
    assert answer(asked, "บริษัท ตัวอย่าง จำกัด", facts=facts) == "บริษัท ตัวอย่าง จำกัด"
    with pytest.raises(Problems, match="register"):
        answer(asked, "บริษัท อื่น จำกัด", facts=facts)


@pytest.mark.parametrize(
    "keys, fault",
    [
        ({"kind": "texts"}, "no kind"),
        ({"kind": "text", "unit": {"th": "ก", "en": "g"}}, "no key unit"),
        ({"kind": "text", "title": {"th": "คำตอบ"}}, "both languages"),
        ({"kind": "text", "title": {"th": "คำตอบ", "en": ""}}, "both languages"),
        ({"kind": "choice", "options": []}, "options"),
        ({"kind": "choice", "options": [*OPTIONS, OPTIONS[0]]}, "same value"),
        ({"kind": "choice", "options": [{"value": "x", "th": "ก"}]}, "an option has"),
        ({"kind": "money", "id": "income"}, "_satang"),
        ({"kind": "fact", "prefill": ""}, "prefill"),
        ({"kind": "date", "min": "2026-01-01"}, "dates"),
        ({"kind": "person", "identity": "card"}, "identity"),
        ({"kind": "decimal", "places": 9}, "places"),
        ({"kind": "thai-id", "printed": True}, "not printed"),
        ({"kind": "text", "sensitive": True, "printed": True}, "not printed"),
        ({"kind": "text", "when": {"question": "x", "equals": 1}}, "does not understand"),
    ],
)
def test_a_definition_outside_the_vocabulary_is_a_fault(keys: dict[str, Any], fault: str) -> None:
    with pytest.raises(DefinitionFault, match=fault):
        a_question(**keys)
