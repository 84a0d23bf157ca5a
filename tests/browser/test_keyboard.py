"""An application by keyboard alone: from the licence's page to its number, without a mouse."""

from datetime import date
from urllib.parse import urlsplit

from by_keyboard import Typist
from playwright.sync_api import Browser

from forms import form as forms
from licences import catalogue

LICENCE = "osmep-sme-register"
MOST_PAGES = 12


def test_somebody_with_only_a_keyboard_applies(browser: Browser, web: str) -> None:
    form = forms.load(catalogue.load().procedure(LICENCE, "new", date(2026, 11, 28)).form)
    answers = forms.example(form, 71)
    typist = Typist(browser, web)
    typist.sign_in("director-2", f"/licences/{LICENCE}")

    typist.enter("main a.button")
    typist.enter("main form .buttons button")
    typist.enter("main .buttons a.button")
    for _ in range(MOST_PAGES):
        path = urlsplit(typist.page.url).path
        if path.endswith("/check"):
            break
        for one in form.page(path.split("/questions/")[1]).questions:
            if one.kind.name == "place":
                typist.address(one.id, answers[one.id])
            elif one.id in answers and one.kind.answered:
                typist.type(one, answers[one.id])
        typist.enter("main form .buttons button")
        assert not typist.page.locator("#problems").count(), typist.page.locator("#problems").inner_text()
    typist.enter("main form .buttons button")

    assert typist.page.locator(".panel strong").inner_text().startswith("APP-")
