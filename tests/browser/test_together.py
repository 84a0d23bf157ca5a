"""Several licences chosen in the finder: begun together, what they share asked once, sent together."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser_walk import ATTACH, SAVE, Counted, Walker
from playwright.sync_api import Browser

from forms import form as forms
from forms.definition import Form, Page
from licences import catalogue
from licences.procedure import Procedure

CHOSEN = ("sso-employer-register", "lao-food-sale-notify", "lao-signboard-tax")
FOUND = "/find/restaurant/licences?company=no&food=small&signboard=yes&employs=yes&utilities=none&excise=none"
SEEDS = {True: 61, False: 62}
PEOPLE = {True: "practitioner", False: "outsider"}
"""Places and people of their own: nobody applies for the same twice."""
MOST_PAGES = 30


def procedures() -> list[Procedure]:
    """The chosen licences' first operations, in the finder's order."""
    law = catalogue.load()
    return [law.procedure(code, "new", date(2026, 11, 28)) for code in CHOSEN]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_three_licences_are_asked_for_together_and_nothing_twice(
    browser: Browser, web: str, shots: Path, counted: Counted, plan: Path, script: bool
) -> None:
    walker = Walker(browser, web, script=script, shots=shots)
    walker.go(FOUND)
    for box in walker.page.locator("main input[name=licence]").all():
        box.set_checked(box.get_attribute("value") in CHOSEN)
    walker.page.get_by_role("button", name="ยื่นรายการที่เลือก").click()
    walker.page.wait_for_load_state()
    walker.authorize(PEOPLE[script])
    assert walker.page.locator("main .cards > li").count() == len(CHOSEN)
    walker.press("เริ่มกรอกคำขอ")

    home = walker.page.url
    by_draft = _forms_of(walker)
    asked = _fill_all(walker, by_draft, plan, SEEDS[script])
    walker.go(urlsplit(home).path + "/check")
    assert not walker.page.locator("#problems").count(), walker.page.locator("#problems").inner_text()
    walker.visited = [path for path in walker.visited if "/drafts/" not in path]
    if script:
        walker.again_in_english()
    walker.press("ยืนยันและส่งทั้งหมด")

    numbers = walker.page.locator("main .cards h2 a").all_inner_texts()
    assert len(set(numbers)) == len(CHOSEN)
    keys = [one.reuse for form in by_draft.values() for one in form.by_id.values() if one.reuse]
    assert len(asked) == len(set(asked)) < len(keys), "a shared question was asked twice"
    assert set(asked) <= set(keys)  # the rest is known of this person from before
    counted.add("set of three: questions asked once instead of again", len(keys) - len(set(keys)))
    if script:
        walker.also_in_english()
        put_up_another_sign(walker, plan)
        pay_with_one_qr(walker)


def put_up_another_sign(walker: Walker, plan: Path) -> None:
    """One more application that owes at once, by itself."""
    form = forms.load(procedures()[-1].form)
    walker.go(f"/apply/{CHOSEN[-1]}/new")
    walker.press("เริ่มกรอกคำขอ")
    walker.press("ทำต่อ")
    walker.fill_in(form, forms.example(form, 63), plan)
    walker.press("ยืนยันและส่งคำขอ")


def pay_with_one_qr(walker: Walker) -> None:
    """What is owed for several applications is paid with one QR."""
    walker.go("/pay")
    walker.also_in_english()
    walker.press("ชำระรายการที่เลือกด้วย QR เดียว")
    assert "/pay/" in walker.page.url, walker.page.locator("main").inner_text()
    walker.also_in_english()


def _forms_of(walker: Walker) -> dict[str, Form]:
    """Draft → its form, by the list of what is to do."""
    firsts = walker.page.locator("main h2 + p + ul.tasks li:first-child a").all()
    drafts = [str(one.get_attribute("href")).split("/")[2] for one in firsts]
    return {draft: forms.load(one.form) for draft, one in zip(drafts, procedures(), strict=True)}


def _fill_all(walker: Walker, by_draft: dict[str, Form], plan: Path, seed: int) -> list[str]:
    """Press "continue" until everything is done; the shared questions that were answered, by their keys."""
    asked: list[str] = []
    walker.press("ทำต่อ")
    for _ in range(MOST_PAGES):
        path = urlsplit(walker.page.url).path
        if path.endswith("/check"):
            return asked
        if path.startswith("/together/"):
            walker.press("ทำต่อ")
            continue
        form = by_draft[path.split("/")[2]]
        if "/documents/" in path:
            walker.page.set_input_files("#file", str(plan))
            walker.press(ATTACH)
            continue
        page = form.page(path.split("/")[4])
        walker.fill(_unanswered(page, asked), forms.example(form, seed), [str(plan)])
        asked += [one.reuse for one in page.questions if one.reuse and one.reuse not in asked]
        walker.press(SAVE)
        assert not walker.page.locator("#problems").count(), walker.page.locator("#problems").inner_text()
    raise AssertionError(f"not done after {MOST_PAGES} pages: {walker.page.url}")


def _unanswered(page: Page, asked: list[str]) -> Page:
    """The page without the questions that another application of the set has answered."""
    return replace(page, questions=tuple(one for one in page.questions if one.reuse not in asked or not one.reuse))
