"""What an operator reads of a case is in words of people: no type of a program's, no date of a machine's."""

from datetime import date

import pytest

from control import timeline


@pytest.mark.parametrize(
    ("seconds", "th", "en"),
    [
        (125_548, "1 วัน 10 ชั่วโมง", "1 d 10 h"),
        (24 * 86_400, "24 วัน", "24 d"),
        (3_905, "1 ชั่วโมง 5 นาที", "1 h 5 min"),
        (59, "59 วินาที", "59 s"),
        (0, "0 วินาที", "0 s"),
    ],
)
def test_how_long_a_timer_runs_is_told_in_its_two_largest_units(seconds: int, th: str, en: str) -> None:
    said = timeline.span(seconds)

    assert (said.th, said.en) == (th, en)


def test_a_day_is_written_as_people_write_it() -> None:
    said = timeline._opened("inspection", date(2026, 12, 1))

    assert "1 ธันวาคม 2569" in said.th and "1 December 2026" in said.en
