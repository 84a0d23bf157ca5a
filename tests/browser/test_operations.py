"""The operator's page on the whole system: for operators only, and in the menu of nobody else."""

from pathlib import Path

from browser_walk import Walker
from playwright.sync_api import Browser


def test_an_operator_sees_what_stands_still(browser: Browser, web: str, shots: Path | None) -> None:
    walker = Walker(browser, web, shots=shots)
    walker.sign_in("operator", to="/operations")

    assert walker.page.locator("header a[href='/operations'][aria-current=page]").count() == 1
    assert walker.page.locator("main .notice.good, main ol > li").count() >= 1
    walker.again_in_english()


def test_nobody_else_does(browser: Browser, web: str) -> None:
    walker = Walker(browser, web)
    walker.sign_in("applicant")

    walker.go("/operations")

    assert "สำหรับผู้ดูแลระบบเท่านั้น" in walker.page.locator("main").inner_text()
    assert not walker.page.locator("header a[href='/operations']").count()
