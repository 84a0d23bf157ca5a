"""Money as other offices write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import money


@given(st.integers(-(10**14), 10**14))
def test_an_amount_comes_back_as_it_went(satang: int) -> None:
    assert money.satang(money.baht(satang)) == satang


@pytest.mark.parametrize(("text", "satang"), [("1070.50", 107050), ("0.01", 1), ("1500", 150000), ("2.5", 250)])
def test_baht_are_read_to_the_satang(text: str, satang: int) -> None:
    assert money.satang(text) == satang


@pytest.mark.parametrize("text", ["", "1,070.50", "1.005", "NaN", "1e3", " 1", "1.", ".5", "๑๐", "1" * 14, "+1"])
def test_anything_else_is_not_an_amount(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money.satang(text)
