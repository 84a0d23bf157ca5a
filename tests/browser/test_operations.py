"""The operator's pages on the whole system: for operators only; from a case to a repair in a few presses."""

from pathlib import Path

from browser_walk import Walker, beside
from driving import Driver
from playwright.sync_api import Browser

from local import System

LICENCE = "lao-ecommerce-register"


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


def filed(system: System) -> str:
    """An application that stands on a desk."""

    async def file() -> str:
        async with Driver.open(system) as driver:
            number = await driver.filed(LICENCE)
            await driver.task(number)
            return number

    return beside(file())


def test_an_operator_holds_a_case_and_lets_it_go_on_without_a_script(
    browser: Browser, web: str, system: System, shots: Path | None
) -> None:
    number = filed(system)
    walker = Walker(browser, web, script=False, shots=shots)
    walker.sign_in("operator", to="/operations")
    walker.page.fill("#number", number)
    walker.press("เปิด")

    walker.page.check("#act-suspend")
    walker.press("ดูก่อนว่าจะเกิดอะไร")
    assert walker.page.locator("#problems").count(), "a repair without a reason is refused"
    walker.page.fill("#reason", "ตรวจสอบข้อมูล")
    walker.press("ดูก่อนว่าจะเกิดอะไร")
    assert "จะเกิดอะไร" in walker.page.locator("main").inner_text()
    walker.press("เริ่มซ่อม")
    _until(walker, "แก้แล้ว")
    walker.go(f"/operations/cases/{number}")
    assert "พักไว้ตั้งแต่" in walker.page.locator("main").inner_text()


def test_what_two_must_agree_to_waits_for_the_second(
    browser: Browser, web: str, system: System, shots: Path | None
) -> None:
    number = filed(system)
    one, two = Walker(browser, web, shots=shots), Walker(browser, web, shots=shots)
    one.sign_in("operator", to=f"/operations/cases/{number}")
    one.page.check("#act-end")
    one.page.fill("#reason", "แก้ไม่ได้")
    one.press("ดูก่อนว่าจะเกิดอะไร")
    assert "ต้องให้ผู้ดูแลระบบอีกคนอนุมัติ" in one.page.locator("main").inner_text()
    assert not one.page.get_by_role("button", name="อนุมัติและเริ่ม").count()

    two.sign_in("operator-2", to=one.page.url.removeprefix(web))
    two.press("อนุมัติและเริ่ม")
    _until(two, "แก้แล้ว")

    one.again_in_english()
    two.again_in_english()


def _until(walker: Walker, words: str) -> None:
    """The page looks again by itself, script or not."""
    walker.page.locator("main .tag", has_text=words).first.wait_for(timeout=60_000)
    walker.look()
