"""Where a licence is not to be had in a province, that is said before anything is begun, with where to go instead."""

from browser_walk import Walker
from playwright.sync_api import Browser

LICENCE = "/licences/mea-new-service"


def test_a_province_that_is_not_served_is_told_before_a_draft_is_begun(browser: Browser, web: str) -> None:
    walker = Walker(browser, web)
    walker.sign_in("applicant")
    page = walker.page
    walker.go(LICENCE)
    assert "การไฟฟ้าส่วนภูมิภาค" in page.locator("main .notice").inner_text()

    walker.go("/apply/mea-new-service/new")
    walker.press("เริ่มกรอกคำขอ")
    assert "เลือกจังหวัดของสถานที่" in page.locator("#problems").inner_text()
    page.select_option("#province", "50")
    walker.press("เริ่มกรอกคำขอ")

    assert "/apply/" in page.url
    assert "การไฟฟ้าส่วนภูมิภาค" in page.locator("#problems").inner_text()
    assert page.locator("form a[href='/licences/pea-new-service']").count() == 1
    assert page.input_value("#province") == "50"
    page.select_option("#province", "10")
    walker.press("เริ่มกรอกคำขอ")
    assert "/drafts/" in page.url

    walker.press("ทิ้งร่างคำขอนี้")
    walker.also_in_english()
    walker.page.locator("main form button").click()
    assert page.url.endswith("/applications")


def test_a_licence_that_is_given_everywhere_asks_for_no_province(browser: Browser, web: str) -> None:
    walker = Walker(browser, web)
    walker.sign_in("applicant")

    walker.go("/apply/lao-food-sale-large/new")

    assert not walker.page.locator("#province").count()
