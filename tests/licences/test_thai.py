"""Thai dates, digits and money words: the vectors of the law reference, section 9.1."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import thai


@pytest.mark.parametrize(
    ("satang", "words"),
    [
        (0, "ศูนย์บาทถ้วน"),
        (100, "หนึ่งบาทถ้วน"),
        (1_000, "สิบบาทถ้วน"),
        (1_100, "สิบเอ็ดบาทถ้วน"),
        (2_000, "ยี่สิบบาทถ้วน"),
        (2_100, "ยี่สิบเอ็ดบาทถ้วน"),
        (10_100, "หนึ่งร้อยเอ็ดบาทถ้วน"),
        (107_050, "หนึ่งพันเจ็ดสิบบาทห้าสิบสตางค์"),
        (150_000, "หนึ่งพันห้าร้อยบาทถ้วน"),
        (100_000_100, "หนึ่งล้านเอ็ดบาทถ้วน"),
        (2_100_000_000, "ยี่สิบเอ็ดล้านบาทถ้วน"),
        (123_456_789, "หนึ่งล้านสองแสนสามหมื่นสี่พันห้าร้อยหกสิบเจ็ดบาทแปดสิบเก้าสตางค์"),
        (50, "ห้าสิบสตางค์"),
        (1, "หนึ่งสตางค์"),
        (100_000_000_000_000, "หนึ่งล้านล้านบาทถ้วน"),
    ],
)
def test_money_in_words(satang: int, words: str) -> None:
    assert thai.baht_words(satang) == words


def test_a_negative_amount_has_no_words() -> None:
    with pytest.raises(ValueError, match="never negative"):
        thai.baht_words(-1)


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_different_amounts_have_different_words(one: int, other: int) -> None:
    assert (thai.baht_words(one) == thai.baht_words(other)) == (one == other)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (("นาย", "สมชาย", "ใจดี"), "นายสมชาย ใจดี"),
        (("หม่อมหลวง", "สมชาย", "ใจดี"), "หม่อมหลวงสมชาย ใจดี"),
        (("พันเอก", "สมชาย", "ใจดี"), "พันเอก สมชาย ใจดี"),
        (("Mr.", "John", "Smith"), "Mr. John Smith"),
        (("", "สมชาย", "ใจดี"), "สมชาย ใจดี"),
        (("", "ขนาดเล็ก", ""), "ขนาดเล็ก"),
    ],
)
def test_a_name_is_written_with_its_title_close_or_apart(name: tuple[str, str, str], written: str) -> None:
    assert thai.full_name(*name) == written


def test_dates_are_shown_in_the_buddhist_era() -> None:
    day = date(2026, 11, 20)

    assert thai.long_date(day) == "20 พฤศจิกายน พ.ศ. 2569"
    assert thai.thai_digits(thai.long_date(day, era=False)) == "๒๐ พฤศจิกายน ๒๕๖๙"
    assert thai.short_date(day) == "20 พ.ย. 2569"


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 9, 30), 2569), (date(2026, 10, 1), 2570), (date(2027, 9, 30), 2570)],
)
def test_the_fiscal_year_starts_in_october(day: date, year: int) -> None:
    assert thai.fiscal_year(day) == year


@given(st.text())
def test_thai_digits_come_back_as_ascii(text: str) -> None:
    assert thai.ascii_digits(thai.thai_digits(text)) == thai.ascii_digits(text)


def test_money_for_people_keeps_two_places() -> None:
    assert (thai.baht(107_050), thai.baht(-5), thai.baht(100_000_000)) == ("1,070.50", "-0.05", "1,000,000.00")


def test_a_masked_number_keeps_at_most_four_digits() -> None:
    assert thai.mask_id("1-9999-00000-01-3") == "1-XXXX-XXXXX-01-3"
    assert thai.mask_id("AA1234567") == "XXXXXX567"
    assert thai.mask_id("12") == "XXX"


@given(st.text(alphabet="0123456789ABC", min_size=4, max_size=20))
def test_masking_never_shows_more_than_four_characters(number: str) -> None:
    shown = [c for c in thai.mask_id(number) if c not in "X-"]

    assert len(shown) <= 4
