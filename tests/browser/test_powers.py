"""A power of attorney: given by who binds the company alone, seen by both, taken back; not given by one of two."""

from browser_walk import Walker
from playwright.sync_api import Browser

from exchange.counterparts.people import JOINT_COMPANY, SOLE_COMPANY


def code_of(walker: Walker) -> str:
    """The code that somebody reads out to a director."""
    walker.go("/powers")
    return str(walker.page.locator("main .code").last.inner_text())


def give(director: Walker, code: str) -> None:
    """Fill in the code, and give it."""
    director.go("/powers")
    director.page.fill("#code", code)
    director.page.locator("main form .buttons button").click()
    director.look()


def test_a_power_is_given_used_and_taken_back(browser: Browser, web: str) -> None:
    attorney, director = Walker(browser, web), Walker(browser, web)
    attorney.sign_in("attorney")
    code = code_of(attorney)
    director.sign_in("applicant")
    director.act_for(SOLE_COMPANY.juristic_id)

    give(director, "p-nobody")
    assert "ไม่พบรหัสนี้" in director.page.locator("#problems").inner_text()
    give(director, code)
    assert "อนันต์" in director.page.locator("main .tasks").first.inner_text()
    attorney.go("/acting-for")
    assert attorney.page.locator(f"#whom-{SOLE_COMPANY.juristic_id}").count() == 1
    attorney.go("/powers")
    attorney.also_in_english()

    director.also_in_english()
    director.page.get_by_role("button", name="เพิกถอน").first.click()
    director.look()
    assert "เพิกถอนเมื่อ" in director.page.locator("main .tasks").first.inner_text()
    attorney.go("/acting-for")
    assert attorney.page.locator(f"#whom-{SOLE_COMPANY.juristic_id}").count() == 0


def test_one_of_two_directors_cannot_give_it_alone(browser: Browser, web: str) -> None:
    attorney, director = Walker(browser, web), Walker(browser, web)
    attorney.sign_in("attorney")
    director.sign_in("applicant")
    director.act_for(JOINT_COMPANY.juristic_id)

    give(director, code_of(attorney))

    assert "ลงนามร่วมกัน" in director.page.locator("#problems").inner_text()


def test_somebody_elses_power_is_not_there_to_be_taken_back(browser: Browser, web: str) -> None:
    outsider = Walker(browser, web)
    outsider.sign_in("outsider")
    outsider.act_for(SOLE_COMPANY.juristic_id)
    outsider.go("/powers")
    token = outsider.page.locator("form [name=csrf]").first.input_value()

    answer = outsider.context.request.post(
        f"{web}/powers/m-somebody/revocation",
        form={"csrf": token},
        headers={"Origin": web, "Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status == 404
    assert not outsider.page.locator("#code").count()
