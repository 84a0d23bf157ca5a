"""Dates, money and languages as pages show them; where a page may lead."""

from datetime import UTC, date, datetime

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from api import showing


def request(query: str = "", cookie: str = "") -> Request:
    """A visit to /x."""
    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": query.encode(), "headers": headers}
    return Request(scope)


@pytest.mark.parametrize(
    ("query", "cookie", "lang"),
    [
        ("", "", "th"),
        ("lang=en", "", "en"),
        ("", "language=en", "en"),
        ("lang=th", "language=en", "th"),
        ("lang=xx", "", "th"),
    ],
)
def test_the_address_says_the_language_then_the_cookie_then_thai(query: str, cookie: str, lang: str) -> None:
    assert showing.language(request(query, cookie)) == lang


def test_the_switch_keeps_the_rest_of_the_question() -> None:
    assert showing.switched(request("q=%E0%B8%81&lang=en&after=2")) == "/x?q=%E0%B8%81&after=2&lang=th"


def test_a_day_is_a_bangkok_day_in_the_readers_era() -> None:
    late = datetime(2026, 11, 19, 17, 30, tzinfo=UTC)

    assert showing.day(late, "th") == "20 พฤศจิกายน 2569"
    assert showing.day(late, "en") == "20 November 2026"
    assert showing.moment(late, "th") == "20 พฤศจิกายน 2569 เวลา 00.30 น."
    assert showing.day(None, "th") == ""


@pytest.mark.parametrize(("satang", "th"), [(100_000, "1,000 บาท"), (107_050, "1,070.50 บาท"), (0, "0 บาท")])
def test_money_shows_satang_only_when_there_are_any(satang: int, th: str) -> None:
    assert showing.money(satang, "th") == th


@pytest.mark.parametrize(("days", "en"), [(0, "today"), (1, "1 day left"), (3, "3 days left"), (-2, "2 days overdue")])
def test_how_far_a_day_is_is_said_in_words(days: int, en: str) -> None:
    today = date(2026, 11, 20)

    assert showing.days_left(date.fromordinal(today.toordinal() + days), today, "en") == en


@pytest.mark.parametrize(
    "path",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", "", "/a\nb", "/" + "x" * 1_100],
)
def test_nobody_is_sent_on_to_another_site(path: str) -> None:
    assert showing.safe_next(path, "/applications") == "/applications"


@given(st.text())
def test_going_on_always_stays_on_our_own_pages(path: str) -> None:
    onward = showing.safe_next(path)

    assert onward.startswith("/") and not onward.startswith(("//", "/\\"))


def test_a_template_that_asks_for_what_nobody_gave_is_an_error() -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        showing.filled("bill.html", showing.Visit("/", "/?lang=en"), "th", {})


def test_a_static_address_carries_the_files_digest() -> None:
    assert showing.asset("style.css").startswith("/static/style.css?")
