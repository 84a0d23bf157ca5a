import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import spelling

WORDS = st.text(alphabet="กขคง่้าำแabcé19๑๙ -./", max_size=12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("น้ำ", "นํ้า"),
        ("น้ำ", "นำ้"),
        ("เเม่", "แม่"),
        ("Café", "CAFE"),
        ("๒๕๖๙", "2569"),
        ("BMA-2569-1", "bma 2569 1"),
        ("ศุกร์", "ศุกร"),
        ("Ｆｕｌｌ", "full"),
    ],
)
def test_two_spellings_of_one_word_are_the_same(one: str, other: str) -> None:
    assert spelling.plain(one) == spelling.plain(other)


@pytest.mark.parametrize(("one", "other"), [("กา", "กิ"), ("1", "2"), ("a", "b"), ("เสือ", "สือ")])
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert spelling.plain(one) != spelling.plain(other)


@given(WORDS, WORDS, WORDS)
def test_whatever_a_text_holds_is_found_in_it(before: str, word: str, after: str) -> None:
    stored = spelling.grams(spelling.plain(before + word + after))

    assert spelling.sought(spelling.plain(word)) <= stored


def test_of_many_pieces_the_rarest_are_sought() -> None:
    common = {"บรี": 9, "รีส": 9, "ีสา": 8, "สาย": 7, "ายน": 1}

    assert spelling.sought("บรีสายน", common=common) == {"บรี", "ีสา", "สาย", "ายน"}
    assert len(spelling.sought("บรีสายน")) == spelling.FEW


def test_one_letter_alone_says_nothing() -> None:
    assert spelling.sought("ก") == set()
    assert spelling.sought("กข") == {"กข"}
    assert spelling.plain_words(" a - b ") == ["a", "b"]
