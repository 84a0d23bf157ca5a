"""The statistics as pictures, tables and CSV: the same figures everywhere, and never one person's answer."""

from datetime import date

from lxml import etree

from api import charts, statistics
from licences import catalogue
from records.statistics import Decided, Month, Satisfied

NAMES = statistics._Names(catalogue.load())


def test_a_bar_is_as_long_as_its_share_and_never_longer_than_the_whole() -> None:
    widths = [float(etree.fromstring(charts.bar(share))[1].get("width")) for share in (0.0, 0.5, 1.0, 1.7)]

    assert widths == [0.0, 100.0, 200.0, 200.0]


def test_columns_are_read_aloud_and_drawn_for_what_is_not_nothing() -> None:
    drawn = etree.fromstring(charts.columns(["ม.ค.", "ก.พ."], [(4, 0), (2, 1)], "คำขอ <รายเดือน>"))

    assert drawn.get("aria-label") == "คำขอ <รายเดือน>"
    assert len([one for one in drawn if one.tag == "rect"]) == 3
    assert "style" not in etree.tostring(drawn).decode()


def test_the_last_twelve_months_end_with_this_one() -> None:
    months = statistics.first_days(date(2026, 2, 28))

    assert (months[0], months[-1], len(months)) == (date(2025, 3, 1), date(2026, 2, 1), 12)


def test_csv_has_both_languages_iso_dates_and_opens_in_a_spreadsheet() -> None:
    on_time = statistics.as_csv(statistics._on_time([Decided("lao", 8, 6, 4.5)], NAMES))
    months = statistics.as_csv(statistics._months([Month(date(2026, 11, 1), 3, 2)]))

    assert on_time.startswith("\ufeffagency_th,agency_en,decided,on_time,per_cent,median_days\r\n")
    assert on_time.rstrip().endswith("8,6,75.0,4.5")
    assert "2026-11-01,3,2" in months


def test_few_opinions_are_counted_and_their_mean_is_not_told() -> None:
    few = statistics._satisfied([Satisfied("lao", "", 4, 1, 2.0)], NAMES)
    enough = statistics._satisfied([Satisfied("lao", "", 5, 1, 2.0)], NAMES)

    assert few.bars == () and few.rows[0][2] == few.rows[0][3] == statistics.TOO_FEW
    assert enough.bars[0].share == 0.2 and enough.rows[0][3] == 2.0
