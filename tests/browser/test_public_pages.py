"""Pages for everybody: in both languages, on a small screen, by keyboard, light in bytes, nothing from elsewhere."""

import pytest
from browser_walk import NARROW, Walker
from playwright.sync_api import Browser

PAGES = (
    "/", "/licences", "/licences?q=อาหาร", "/licences?q=zzzz", "/licences/lao-food-sale-large",
    "/licences/lao-food-sale-large?operation=renew", "/register", "/register?q=1999900000013",
    "/register?agency=lao&licence=lao-food-sale-large&province=10&holder_kind=juristic", "/verify",
    "/how-to-check", "/help", "/privacy", "/accessibility",
    "/agencies", "/agencies/fda",
    "/statistics", "/open-data", "/register/log", "/no-such-page", "/v/LAO-2569-9999999-X",
)  # fmt: skip


@pytest.mark.parametrize("lang", ["th", "en"])
def test_every_public_page_is_accessible_narrow_and_our_own(browser: Browser, web: str, lang: str) -> None:
    walker = Walker(browser, web)
    walker.go(f"/?lang={lang}")

    for path in PAGES:
        walker.go(path)
        assert walker.page.get_attribute("html", "lang") == lang, path

    assert len(walker.visited) >= 12


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dark_and_light_screens_have_contrast_enough(browser: Browser, web: str, scheme: str) -> None:
    walker = Walker(browser, web, scheme=scheme)

    for path in ("/", "/licences/lao-food-sale-large", "/verify", "/register"):
        walker.go(path)


def test_the_keyboard_alone_finds_and_opens_a_licence(browser: Browser, web: str) -> None:
    walker = Walker(browser, web)
    walker.go("/")

    walker.page.keyboard.press("Tab")
    assert "ข้ามไปเนื้อหาหลัก" in walker.page.evaluate("document.activeElement.textContent")
    walker.page.keyboard.press("Enter")
    walker.page.keyboard.press("Tab")
    assert walker.page.evaluate("document.activeElement.name") == "q"
    walker.page.keyboard.type("สถานที่จำหน่ายอาหาร")
    walker.page.keyboard.press("Enter")
    walker.page.wait_for_url("**/licences?*")
    assert walker.page.locator("main .cards a").count()


def test_print_leaves_out_what_paper_cannot_press(browser: Browser, web: str) -> None:
    walker = Walker(browser, web)
    walker.go("/licences/lao-food-sale-large")

    walker.page.emulate_media(media="print")

    assert not walker.page.locator("header nav").is_visible()
    assert walker.page.locator("main h1").is_visible()


def test_a_page_refuses_a_form_that_comes_from_elsewhere(browser: Browser, web: str) -> None:
    walker = Walker(browser, web, width=NARROW)

    answer = walker.context.request.post(
        f"{web}/verify",
        headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        multipart={"x": "y"},
    )

    assert answer.status == 403
