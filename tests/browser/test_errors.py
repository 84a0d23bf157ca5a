"""What went wrong is said in both languages, listed at the top and beside its field, and the page stays accessible."""

import pytest
from browser_walk import Walker
from playwright.sync_api import Browser

SUBMIT = "main form[method=post] button.button, main form[method=post] .buttons button"
WRONG = (
    ("", "/verify"),
    ("", "/register?q=1999900000013"),
    ("", "/register/log?number=nothing"),
    ("practitioner", "/apply/mea-new-service/new"),
    ("practitioner", "/acting-for"),
    ("practitioner", "/apply/osmep-sme-register/new"),
)


@pytest.mark.parametrize("lang", ["th", "en"])
def test_every_error_is_said_at_the_top_and_beside_its_field(browser: Browser, web: str, lang: str) -> None:
    walkers = {"": Walker(browser, web), "practitioner": Walker(browser, web)}
    walkers["practitioner"].sign_in("practitioner")

    for persona, path in WRONG:
        walker = walkers[persona]
        walker.go(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        if path == "/acting-for":
            walker.page.check("#whom-other")
        if "?" not in path:
            _send_nothing(walker)
        if "/drafts/" in walker.page.url:
            walker.page.locator("main .tasks a[href$='/questions/business']").click()
            _send_nothing(walker)

        page = walker.page
        assert page.title().startswith("มีข้อผิดพลาด" if lang == "th" else "Error"), path
        for link in page.locator("#problems a").all():
            assert page.locator(str(link.get_attribute("href"))).count() == 1, path
        assert page.locator("#problems li").count(), path


def _send_nothing(walker: Walker) -> None:
    walker.page.locator(SUBMIT).last.click()
    walker.look()
