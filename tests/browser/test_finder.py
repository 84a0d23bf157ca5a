"""Finding out what a business needs, as people do it: without script, without a sign-in, by an address to pass on."""

from pathlib import Path

import pytest
from browser_walk import DESK, PHONE, Counted, Walker
from playwright.sync_api import Browser


@pytest.mark.parametrize(("lang", "width", "script"), [("th", PHONE, True), ("en", DESK, True), ("th", DESK, False)])
def test_a_restaurant_finds_what_it_needs(
    browser: Browser, web: str, shots: Path, counted: Counted, lang: str, width: int, script: bool
) -> None:
    walker = Walker(browser, web, script=script, shots=shots, width=width)
    page = walker.page
    walker.go(f"/?lang={lang}")
    page.click("main a[href='/find']")
    walker.look()
    page.click("main a[href='/find/restaurant']")
    walker.look()
    counted.add("finder: questions of a restaurant", page.locator("main fieldset").count())
    page.check("input[name=company][value=no]")
    page.check("input[name=food][value=large]")
    page.click("main form button")
    walker.look()

    first = page.locator("main ol > li").first
    assert "company=no" in page.url and "food=large" in page.url
    assert page.locator("a[href='/licences/lao-food-sale-large?operation=new']").count() == 1
    assert page.locator("a[href^='/licences/lao-food-sale-notify']").count() == 0
    assert first.locator("dt").count() == 5

    page.click("main a.back")
    assert page.is_checked("input[name=company][value=no]")
    assert not page.is_checked("input[name=employs][value=yes]")


def test_an_address_that_was_passed_on_shows_the_same_list(browser: Browser, web: str) -> None:
    walker = Walker(browser, web)

    walker.go("/find/restaurant/licences?company=no&food=small&utm_source=a-letter")

    assert walker.page.locator("a[href='/licences/lao-food-sale-notify?operation=new']").count() == 1


@pytest.mark.parametrize("path", ["/find/circus", "/find/restaurant?company=perhaps"])
def test_an_address_that_makes_no_sense_is_answered_with_a_page(browser: Browser, web: str, path: str) -> None:
    walker = Walker(browser, web)

    walker.go(path)

    assert walker.page.locator("main h1").count() == 1
