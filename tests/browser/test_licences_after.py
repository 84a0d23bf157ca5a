"""After the grant, by the pages: the holder asks for a replacement copy, an officer is asked, the register shows it."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browser_walk import DESK, Walker, beside
from driving import settings_of
from playwright.sync_api import Browser

from exchange.counterparts.people import SOLE_COMPANY
from licences.register import number
from local import System
from records import register
from records.database import Database
from records.register import NewEntry

LICENCE = number("LAO", 2568, 7_000_001)
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def held(system: System) -> str:
    """A licence of the example company, as the register has it."""
    today = datetime.now(UTC).date()
    title = {"th": "ใบอนุญาตจัดตั้งสถานที่จำหน่ายอาหาร", "en": "Licence for food-selling premises"}
    label = {"th": "ชื่อสถานประกอบกิจการ", "en": "Name of the premises"}
    facts = {
        "licence_number": LICENCE, "title": title, "law": "พ.ร.บ.การสาธารณสุข พ.ศ. 2535 ม.38", "agency": "lao",
        "authority": "lao@110101", "conditions": [], "granted_on": today.isoformat(),
        "holder": {"kind": "juristic", "id": SOLE_COMPANY.juristic_id, "name": SOLE_COMPANY.name_th},
        "particulars": [{"id": "trade_name", "label": label, "value": "ครัวใหม่"}],
    }  # fmt: skip
    entry = NewEntry(
        licence_number=LICENCE, kind="grant", application="planted", licence="lao-food-sale-large", agency="lao",
        facts=facts, holder_kind="juristic", holder_key=SOLE_COMPANY.juristic_id, valid_from=today,
        valid_until=today + timedelta(days=300),
    )  # fmt: skip

    async def plant() -> None:
        database = Database(settings_of(system).database_url)
        async with database.transaction() as session:
            await register.append_once(session, entry, datetime.now(UTC))
        await database.close()

    beside(plant())
    return LICENCE


def until(walker: Walker, path: str, words: str) -> None:
    """Look at a page until it says so."""
    end = time.monotonic() + PATIENCE_S
    while words not in walker.page.locator("main").inner_text():
        assert time.monotonic() < end, (path, walker.page.locator("main").inner_text())
        time.sleep(0.3)
        walker.page.goto(walker.web + path)


def test_a_holder_asks_for_a_replacement_and_an_officer_proposes_a_suspension(
    browser: Browser, web: str, held: str, shots: Path | None
) -> None:
    holder, officer = (Walker(browser, web, shots=shots, width=width) for width in (360, DESK))
    holder.sign_in("applicant", "/my-licences")
    holder.act_for(SOLE_COMPANY.juristic_id)
    officer.sign_in("officer-lao", "/desk")

    holder.go(f"/cases/start?licence_number={held}")
    holder.also_in_english()
    holder.press("ใบแทนใบอนุญาต")
    holder.also_in_english()
    holder.press("ยื่นเรื่อง")
    assert "โปรดระบุเหตุผล" in holder.page.locator("main").inner_text()
    holder.page.fill("#reason", "ใบอนุญาตสูญหายจากเหตุน้ำท่วม")
    holder.press("ยื่นเรื่อง")
    case = holder.page.url.removeprefix(web)
    until(holder, case, "เจ้าหน้าที่กำลังพิจารณา")
    holder.also_in_english()

    officer.go("/desk/cases")
    officer.also_in_english()
    officer.go(f"/desk{case}")
    officer.also_in_english()
    officer.page.check("#verdict")
    officer.press("ร่างเหตุผลและดูหนังสือก่อน")
    assert "ผู้ขออ้างว่า ใบอนุญาตสูญหายจากเหตุน้ำท่วม" in officer.page.input_value("#reason")
    officer.page.fill("#reason", "มีบันทึกประจำวันรับแจ้งหาย")
    officer.press("บันทึกผล")
    until(officer, f"/desk{case}", "มีผลแล้ว")
    holder.go("/cases")
    holder.also_in_english()
    holder.go(f"/v/{held}")
    assert "ออกใบแทน" in holder.page.locator("main").inner_text()

    officer.go(f"/cases/new?act=suspension&licence_number={held}")
    officer.page.fill("#until", (datetime.now(UTC).date() + timedelta(days=5)).isoformat())
    officer.page.fill("#reason", "ไม่ปรับปรุงสุขลักษณะตามคำสั่ง")
    officer.press("ยื่นเรื่อง")
    proposed = officer.page.url.removeprefix(web).removeprefix("/desk")
    until(officer, f"/desk{proposed}", "รอผู้รับใบอนุญาตชี้แจง")
    holder.go(proposed)
    holder.page.fill("#words", "ปรับปรุงเสร็จแล้วตามภาพถ่าย")
    holder.press("ส่งคำชี้แจง")
    until(officer, f"/desk{proposed}", "ปรับปรุงเสร็จแล้วตามภาพถ่าย")
    officer.press("ถอนเรื่องนี้")
    until(officer, f"/desk{proposed}", "ถอนเรื่องแล้ว")
