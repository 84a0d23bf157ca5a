"""The whole way by the pages: apply, sign, be asked, pay, be granted, be looked up; with and without script."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import api_examples
import httpx
import pypdfium2
import pytest
from api_examples import Caller
from browser_walk import DESK, SAVE, Counted, Walker, beside
from driving import settings_of
from PIL import Image
from PIL.Image import Resampling
from playwright.sync_api import Browser

from exchange import counterparts
from exchange.counterparts.identity import id_token
from exchange.counterparts.people import JOINT_COMPANY, PRACTITIONER, SOLE_COMPANY
from forms import form as forms
from forms.definition import Page
from licences import catalogue
from licences.calendar import BANGKOK
from local import System
from records import register
from records.database import Database
from records.register import NewEntry

LICENCE = "lao-food-sale-large"
PATIENCE_S = 60.0

Make = Callable[..., Walker]


@pytest.fixture
def walk(browser: Browser, web: str, shots: Path, counted: Counted) -> Make:
    """Makes people with browsers of their own."""

    def make(persona: str = "", to: str = "/applications", **more: Any) -> Walker:
        walker = Walker(browser, web, shots=shots, counted=counted, **more)
        if persona:
            walker.sign_in(persona, to)
        return walker

    return make


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that the system does by itself."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, f"waited {PATIENCE_S:.0f} s for: {what}"
        time.sleep(0.3)


def begin(walker: Walker) -> None:
    """Begin a new application for the food licence, and count how much of it is filled in already."""
    walker.go(f"/licences/{LICENCE}")
    walker.press("เริ่มยื่นคำขอ")
    again = "again" if walker.page.locator("[name=begin_from][value^='of:']").count() else "for the first time"
    if again != "again":
        walker.page.locator("[value=office], [value=home]").first.check()
    walker.press("เริ่มกรอกคำขอ")
    known, asked = filled(walker)
    who = "a company" if walker.page.locator(".acting strong").count() else "a person"
    walker.counted.add(f"application of {who} {again}: filled in, per cent", 100 * known / asked)
    walker.press("ทำต่อ")


def apply(walker: Walker, plan: Path, seed: int, *, in_english_too: bool = False) -> str:
    """File a new application for the food licence; its number."""
    form = forms.load("food-sale-large")
    begin(walker)
    pages = walker.fill_in(form, forms.example(form, seed), plan) + 1
    walker.counted.add("application: pages, the check included", pages)
    if in_english_too:
        walker.again_in_english()
    walker.press("ยืนยันและส่งคำขอ")
    assert walker.page.locator(".panel").count(), walker.page.url
    return str(walker.page.url).split("/applications/")[1].split("?")[0]


def file_at_once(system: System, persona: str, holder: dict[str, Any]) -> str:
    """File an application for the food licence at the API's door, where its pages are not what is looked at."""

    async def file() -> str:
        web, client = system.addresses["web"], (counterparts.OIDC_CLIENT_ID, counterparts.OIDC_CLIENT_SECRET)
        token = await id_token(system.addresses["sign-in"], *client, f"{web}/sign-in/return", persona)
        async with httpx.AsyncClient(base_url=web, timeout=60) as http:
            return str((await api_examples.filed(Caller(http, token), holder=holder))["number"])

    return beside(file())


def filled(walker: Walker) -> tuple[int, int]:
    """How many answers are there already, and how many there are to be, as the list of what is to do tells."""
    told = re.findall(r"เติมให้แล้ว (\d+) จาก (\d+) ข้อ", walker.page.locator("main").inner_text())
    return int(told[0][0]), int(told[0][1])


def standing(walker: Walker, number: str) -> str:
    """Where an application stands, in the words of its page."""
    walker.go(f"/applications/{number}")
    return str(walker.page.locator("main .notice h2").first.inner_text())


def decide(officer: Walker, number: str, verdict: str = "approve", look_first: bool = False, **typed: str) -> None:
    """Take the officer's task on an application and decide it, or look at the letter first that is drafted for it."""
    until(lambda: _on_desk(officer, number), f"a task of {number} on the desk")
    officer.page.get_by_role("link", name=number).first.click()
    officer.look()
    began = officer.pressed
    if officer.page.get_by_role("button", name="รับงานนี้").count():
        officer.press("รับงานนี้")
    officer.page.check(f"[value={verdict}]")
    if officer.page.locator("#inspected_on").count():
        officer.page.fill("#inspected_on", "20/11/2569")
        for finding in officer.page.locator("[id^=finding-]").all():
            finding.select_option("pass")
    for field, text in typed.items():
        place = officer.page.locator(f"[name='{field}']")
        place.select_option(text) if "item_field" in field else place.fill(text)
    if look_first:
        look_at_the_letter(officer, typed["item_wrong-0"])
    officer.press("บันทึกผล")
    officer.counted.add("officer: presses to decide, after reading", officer.pressed - began + 1)
    assert "/desk?view=mine" in officer.page.url, officer.page.locator("main").inner_text()


def look_at_the_letter(officer: Walker, fact: str) -> None:
    """Facts, law and consideration are drafted from the notes; what is changed is what is then shown and sent."""
    officer.press("ร่างเหตุผลและดูหนังสือก่อน")
    drafted = officer.page.input_value("#reason")
    assert fact in drafted and "ข้อกฎหมาย" in drafted and "ข้อพิจารณา" in drafted
    officer.page.fill("#reason", drafted + "\nหากสงสัยโปรดสอบถามเจ้าหน้าที่")
    officer.press("ร่างเหตุผลและดูหนังสือก่อน")
    read = officer.page.locator(".letter").inner_text()
    if officer.shots:
        officer.page.locator("main aside").screenshot(path=officer.shots / "decision-with-letter.png")
    assert fact in read and "หากสงสัยโปรดสอบถามเจ้าหน้าที่" in read
    assert officer.page.is_checked("[value=ask]"), "what was chosen is still chosen"


REASON = "เทียบกับสำเนาบัตรประจำตัว"


def see_numbers_in_full(officer: Walker, number: str) -> None:
    """A masked number is shown only after a reason was given."""
    officer.go("/desk")
    officer.page.get_by_role("link", name=number).first.click()
    officer.look()
    officer.press("ดูเลขประจำตัวเต็ม")
    officer.press("บันทึกเหตุผลและเปิดดู")
    assert officer.page.locator("#problems").count(), "without a reason nothing is shown"
    officer.page.fill("#reason", REASON)
    officer.press("บันทึกเหตุผลและเปิดดู")
    assert REASON in officer.page.locator("main .notice").inner_text()


def verify_photographed(public: Walker, sealed: Path, folder: Path) -> None:
    """The paper on a wall, taken with a telephone: askew and small."""
    page = pypdfium2.PdfDocument(str(sealed))[0].render(scale=2.5).to_pil().convert("RGB")
    taken = folder / "photograph.jpg"
    page.rotate(7, expand=True, fillcolor="#888", resample=Resampling.BICUBIC).save(taken, quality=45)
    public.go("/verify")
    public.page.set_input_files("#file", str(taken))
    public.press_timed("ตรวจไฟล์", "verify by photograph: seconds to the answer")
    assert "QR นี้เป็นของจริง" in public.page.locator("h1").inner_text()
    public.go_timed(f"/v/{sealed_number(public)}", "verify by QR: seconds to the answer")


def sealed_number(public: Walker) -> str:
    """The number that the photograph's QR led to."""
    return str(public.page.locator("main .facts dd").first.inner_text())


def check_the_log(public: Walker, licence: str) -> None:
    """The licence's entry is under a signed head, as anybody can see."""
    public.go(f"/register/log?number={licence}")
    until(lambda: _signed(public), "a signed head over the entry")
    public.look()


def _signed(public: Walker) -> bool:
    public.page.reload()
    return "ตรงกับที่ลงนามไว้" in public.page.locator("main .notice").last.inner_text()


def say_how_it_was(applicant: Walker, number: str) -> None:
    """One question at the end of the case."""
    applicant.go(f"/applications/{number}")
    applicant.press("การให้บริการเป็นอย่างไร")
    applicant.press("ส่งความเห็น")
    assert applicant.page.locator("#problems").count()
    applicant.page.check("[name=score][value='5']")
    applicant.page.fill("#comment", "รวดเร็วดี")
    applicant.press("ส่งความเห็น")
    assert "ขอบคุณ" in applicant.page.locator("main .notice.good").first.inner_text()


def see_who_looked(applicant: Walker, number: str) -> None:
    """Every look of an officer is there, with the reason where one was given."""
    applicant.go("/my-data")
    looks = applicant.page.locator("main .cards").inner_text()
    assert number in looks and REASON in looks


def audit(auditor: Walker, number: str) -> None:
    """The case's log joins line by line; the looks and the day's money are there; nothing can be pressed."""
    auditor.go(f"/audit?number={number}")
    auditor.page.get_by_role("link", name=number).click()
    auditor.look()
    assert "บันทึกไม่ถูกแก้ไข" in auditor.page.locator("main .notice.good").first.inner_text()
    auditor.go(f"/audit/looks?about={number}")
    assert REASON in auditor.page.locator("main table").inner_text()
    auditor.go("/audit/money")
    assert auditor.page.locator("main .proof li.yes").count() == 4
    assert not auditor.page.locator("main form[method=post]").count()


def bring_near_its_end(system: System, licence: str) -> None:
    """A year goes by: the register has the licence end in a month."""

    async def enter() -> None:
        database = Database(settings_of(system).database_url)
        async with database.transaction() as session:
            found = await register.find(session, licence)
            assert found
            held = found.holding
            ends = datetime.now(UTC).date() + timedelta(days=30)
            same = {name: getattr(held, name) for name in ("licence", "agency", "holder_kind", "holder_key", "claim")}
            entry = NewEntry(
                licence_number=licence, kind="renewal", application=f"a-year-ago-{licence}",
                facts=found.entries[-1].facts, valid_from=held.valid_from, valid_until=ends, document=held.document,
                document_sha256=found.entries[-1].document_sha256, **same,
            )  # fmt: skip
            await register.append_once(session, entry, datetime.now(UTC))
        await database.close()

    beside(enter())


def renew_unchanged(applicant: Walker, licence: str) -> int:
    """Renew with nothing changed; how many pages that took before it was sent."""
    form = forms.load(catalogue.load().procedure(LICENCE, "renew", datetime.now(UTC).date()).form)
    pages = [f"/apply/{LICENCE}/renew?licence_number={licence}"]
    applicant.go(pages[0])
    applicant.press("เริ่มกรอกคำขอ")
    short = applicant.page.url
    applicant.go(urlsplit(short).path.partition("/questions/")[0])
    known, asked = filled(applicant)
    applicant.counted.add("renewal: filled in, per cent", 100 * known / asked)
    applicant.page.goto(short)
    while "/check" not in applicant.page.url:
        pages.append(applicant.page.url)
        shown = {one.get_attribute("name") for one in applicant.page.locator("main [name]").all()}
        open_ = [one for page in form.pages for one in page.questions if one.id in shown]
        answers = {**forms.example(form), "anything_changed": False}
        applicant.fill(Page("short", form.title, tuple(open_)), answers)
        applicant.press(SAVE)
        assert not applicant.page.locator("#problems").count(), applicant.page.locator("#problems").inner_text()
    applicant.press("ยืนยันและส่งคำขอ")
    assert applicant.page.locator(".panel").count(), applicant.page.url
    return len([*pages, "the check"])


def ask_for_a_replacement(applicant: Walker, officer: Walker, licence: str) -> None:
    """The paper was lost: a case after the grant, seen from both sides."""
    applicant.go(f"/cases/start?licence_number={licence}")
    applicant.press("ใบแทนใบอนุญาต")
    if applicant.script:
        applicant.also_in_english()
    applicant.page.fill("[name=reason]", "ใบอนุญาตชำรุดจากน้ำท่วม")
    applicant.press("ยื่นเรื่อง")
    number = applicant.page.url.split("/cases/")[1]
    officer.go("/desk/cases")
    officer.page.locator(f"main a[href='/desk/cases/{number}']").click()
    officer.look()
    assert "ใบแทนใบอนุญาต" in officer.page.locator("main h1").inner_text()


def _on_desk(officer: Walker, number: str) -> bool:
    officer.go("/desk")
    return bool(officer.page.get_by_role("link", name=number).count())


def pay(applicant: Walker, number: str, system: System) -> None:
    """Pay the open bill with the bank's app, by the QR's own picture."""
    import io

    import zxingcpp
    from PIL import Image

    applicant.go(f"/applications/{number}")
    applicant.press("ชำระเงิน")
    address = applicant.page.get_by_role("link", name="บันทึกรูป QR").get_attribute("href")
    picture = applicant.context.request.get(applicant.web + str(address)).body()
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    httpx.post(f"{system.addresses['bank']}/pay", json={"qr": read.text}, timeout=20).raise_for_status()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_company_applies_pays_is_granted_and_anybody_can_verify(
    walk: Make, plan: Path, system: System, script: bool, tmp_path: Path
) -> None:
    applicant = walk("applicant", script=script)
    applicant.act_for(SOLE_COMPANY.juristic_id)

    number = apply(applicant, plan, seed=11 + script)
    officers = {role: walk(f"{role}-lao", "/desk", width=DESK) for role in ("officer", "inspector", "supervisor")}
    until(lambda: standing(applicant, number) == "เจ้าหน้าที่กำลังพิจารณา", "the review to begin")
    if _representation(officers["officer"], number):
        decide(officers["officer"], number)
    see_numbers_in_full(officers["officer"], number)
    for officer in officers.values():
        decide(officer, number)
    until(lambda: standing(applicant, number) == "รอชำระเงิน", "the bill")
    pay(applicant, number, system)
    until(lambda: standing(applicant, number) == "เสร็จสิ้น", "the licence")

    licence = applicant.page.locator("main .facts dd").first.inner_text()
    applicant.press("ดูใบเสร็จ")
    assert applicant.page.get_by_role("link", name="ใบเสร็จเลขที่").count(), "the receipt is found from its application"
    applicant.go(f"/applications/{number}")
    public = walk(script=script)
    public.go("/register?q=" + licence)
    public.page.get_by_role("link", name=licence).click()
    public.look()
    assert "ใช้ได้อยู่" in public.page.locator("main").inner_text()
    sealed = tmp_path / "licence.pdf"
    sealed.write_bytes(httpx.get(f"{applicant.web}/api/v1/register/{licence}/document").content)
    public.go("/verify")
    public.page.set_input_files("#file", str(sealed))
    public.press_timed("ตรวจไฟล์", "verify by file: seconds to the answer")
    assert "เป็นของจริงและใช้ได้อยู่" in public.page.locator("h1").inner_text()
    verify_photographed(public, sealed, tmp_path)
    public.go(f"/v/{licence[:-1]}{'A' if licence[-1] != 'A' else 'B'}")
    assert public.page.get_by_role("link", name="ตรวจใบอนุญาตอีกครั้ง").count(), "who mistypes can type again"
    check_the_log(public, licence)
    say_how_it_was(applicant, number)
    see_who_looked(applicant, number)
    auditor = walk("auditor", "/audit", width=DESK, script=script)
    audit(auditor, number)
    bring_near_its_end(system, licence)
    pages = renew_unchanged(applicant, licence)
    applicant.counted.add("renewal with nothing changed: pages", pages)
    assert pages == 3
    ask_for_a_replacement(applicant, officers["officer"], licence)
    for walker in (applicant, *officers.values(), public, auditor) if script else ():
        walker.visited = [path for path in walker.visited if "/drafts/" not in path]
        walker.again_in_english()


def _representation(officer: Walker, number: str) -> bool:
    """Whether the company's signing rule waits for an officer's eye first."""
    until(lambda: _on_desk(officer, number), f"a task of {number}")
    return "อำนาจลงนาม" in officer.page.locator("tr", has_text=number).inner_text()


def test_what_an_officer_asks_is_answered_item_by_item(walk: Make, system: System) -> None:
    number = file_at_once(system, "applicant", {"self": True})
    applicant = walk("applicant")
    officer = walk("officer-lao", "/desk", width=DESK)

    ask = {"item_field-0": "seats", "item_wrong-0": "จำนวนที่นั่งไม่ตรงกับแผนผัง", "item_wanted-0": "จำนวนที่นั่งตามแผนผัง"}
    decide(officer, number, "ask", look_first=True, **ask)
    until(lambda: standing(applicant, number) == "ต้องแก้ไขหรือส่งเพิ่ม", "the request")
    began = applicant.pressed
    applicant.press("ดูและแก้ไขตามที่ขอ")
    applicant.also_in_english()
    applicant.press("ส่งที่แก้ไขให้เจ้าหน้าที่")
    assert "ยังไม่ได้แก้" in applicant.page.locator("#problems").inner_text(), "nothing is sent back by mistake"
    began += 1  # a mistake is no press of the way
    until(lambda: _printed(applicant), "the joint record of defects")
    applicant.page.locator(".tasks a").click()
    applicant.look()
    assert applicant.page.locator(".questions input").count() == 1, "only what was asked is open"
    applicant.page.fill("[name=seats]", "๔๒")
    applicant.press(SAVE)
    applicant.press("ส่งที่แก้ไขให้เจ้าหน้าที่")
    applicant.counted.add("return: presses to fix and send again", applicant.pressed - began + 1)  # and the item's link

    until(lambda: standing(applicant, number) == "เจ้าหน้าที่กำลังพิจารณา", "the officer's turn")
    until(lambda: _on_desk(officer, number), "the task again")
    officer.page.get_by_role("link", name=number).first.click()
    officer.look()
    changed, before = officer.page.locator(".changed").inner_text(), forms.example(forms.load("food-sale-large"))
    assert "42" in changed and f"เดิม: {before['seats']}" in changed


def _printed(applicant: Walker) -> bool:
    """Whether the sealed record of what is asked is there to print."""
    applicant.page.reload()
    return bool(applicant.page.locator("a[href$='/papers/defects']").count())


def test_a_second_director_signs_and_an_outsider_sees_nothing(walk: Make, system: System) -> None:
    number = file_at_once(system, "applicant", {"juristic_id": JOINT_COMPANY.juristic_id})
    applicant = walk("applicant")
    applicant.act_for(JOINT_COMPANY.juristic_id)
    officer = walk("officer-lao", "/desk", width=DESK)
    if _representation(officer, number):
        decide(officer, number)
    until(lambda: standing(applicant, number) == "รอกรรมการร่วมลงนาม", "the signatures")

    outsider = walk("outsider")
    outsider.go(f"/applications/{number}")
    assert outsider.page.locator("h1").inner_text() == "ไม่พบหน้านี้"
    director = walk("director-2")
    director.act_for(JOINT_COMPANY.juristic_id)
    director.go("/applications")
    director.page.get_by_role("link", name="ขอใหม่").first.click()
    director.press("ลงนามในฐานะกรรมการ")
    director.also_in_english()
    director.press("ลงนาม")

    until(lambda: standing(applicant, number) != "รอกรรมการร่วมลงนาม", "the signatures to be enough")


def test_an_application_is_withdrawn_after_being_asked_once(walk: Make, plan: Path) -> None:
    applicant = walk("practitioner", to="/my-data")
    assert PRACTITIONER.address in applicant.page.inner_text("main")
    number = apply(applicant, plan, seed=41, in_english_too=True)

    applicant.go(f"/applications/{number}")
    applicant.press("ถอนคำขอนี้")
    applicant.page.locator("main form button").click()

    until(lambda: standing(applicant, number) == "ถอนคำขอแล้ว", "the end")


def test_sending_twice_shows_the_application_that_was_made_first(walk: Make, plan: Path) -> None:
    applicant = walk("practitioner", script=False)
    form = forms.load("food-sale-large")
    begin(applicant)
    applicant.fill_in(form, forms.example(form, 51), plan)
    send = applicant.page.locator("main form").get_attribute("action")
    token = applicant.page.locator("main form [name=csrf]").input_value()

    origin = {"Origin": applicant.web, "Sec-Fetch-Site": "same-origin"}
    answers = [
        applicant.context.request.post(applicant.web + str(send), form={"csrf": token}, headers=origin, max_redirects=0)
        for _ in range(2)
    ]

    assert [answer.status for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]


# --- an inspection, its day agreed on and what failed put right; the inspector's browser runs no script ---


def in_days(days: int) -> str:
    day = (datetime.now(BANGKOK) + timedelta(days=days)).date()
    return f"{day.day}/{day.month}/{day.year + 543}"


def test_a_visit_is_agreed_on_what_failed_is_put_right_and_it_is_seen_again(
    walk: Make, plan: Path, tmp_path: Path
) -> None:
    applicant = walk("applicant")
    number = apply(applicant, plan, seed=61)
    decide(walk("officer-lao", "/desk", width=DESK), number)
    inspector = walk("inspector-lao", "/desk", width=DESK, script=False)

    agree_on_a_day(inspector, applicant, number)
    photograph(inspector, tmp_path / "kitchen.png")
    have_it_put_right(inspector, applicant, number)
    decide(inspector, number)

    def reports() -> int:
        applicant.go(f"/applications/{number}")
        return int(applicant.page.locator("a[href*='/papers/inspection']").count())

    until(lambda: reports() == 2, "both reports")


def agree_on_a_day(inspector: Walker, applicant: Walker, number: str) -> None:
    """Proposed, asked to move, moved, confirmed; what is missing is said beside its field."""
    until(lambda: _on_desk(inspector, number), "the inspector's task")
    inspector.page.get_by_role("link", name=number).first.click()
    inspector.press("รับงานนี้")
    inspector.page.fill("#visit_day", "32/1/2569")
    inspector.press("แจ้งผู้ยื่น")
    assert inspector.page.locator(".summary, [role=alert]").count() and inspector.page.input_value("#visit_day")
    propose(inspector, 3)
    applicant.go(f"/applications/{number}")
    applicant.also_in_english()
    applicant.page.locator("summary", has_text="ขอเลื่อน").click()
    applicant.press("ขอเลื่อนนัด")
    assert "โปรดระบุเหตุผล" in applicant.page.locator("main").inner_text()
    applicant.page.fill("#move_why", "สะดวกวันถัดไป")
    applicant.press("ขอเลื่อนนัด")
    inspector.page.reload()
    assert "สะดวกวันถัดไป" in inspector.page.locator("aside").inner_text()
    inspector.page.locator("summary", has_text="เลื่อนนัด").click()
    inspector.page.fill("#visit_why", "ตามที่ขอ")
    propose(inspector, 4)
    applicant.go(f"/applications/{number}")
    applicant.press("ยืนยันนัด")
    assert "ผู้ยื่นยืนยันแล้ว" in applicant.page.locator("main").inner_text()


def propose(inspector: Walker, days: int) -> None:
    inspector.page.fill("#visit_day", in_days(days))
    inspector.page.fill("#visit_clock", "10.30")
    inspector.press("แจ้งผู้ยื่น")


def photograph(inspector: Walker, file: Path) -> None:
    """A picture is kept with the inspection, and shown at the desk."""
    Image.new("RGB", (640, 480), "teal").save(file)
    inspector.page.set_input_files("#file", str(file))
    inspector.press("เพิ่มภาพ")
    assert inspector.page.locator("[aria-labelledby=photographs] img").count() == 1


def have_it_put_right(inspector: Walker, applicant: Walker, number: str) -> None:
    """What failed, and by when, stands on the applicant's page until he says that it is done."""
    inspector.page.check("[value=fix]")
    inspector.page.select_option("#finding-0", "fail")
    inspector.page.fill("#note-0", "ย้ายลังออกจากทางหนีไฟ")
    inspector.page.fill("#fix_by", in_days(9))
    inspector.page.fill("#reason", "แก้ไขได้")
    inspector.press("บันทึกผล")
    assert "/desk?view=mine" in inspector.page.url, inspector.page.locator("main").inner_text()
    assert standing(applicant, number) == "ต้องแก้ไขหรือส่งเพิ่ม"
    applicant.also_in_english()
    assert "ย้ายลังออกจากทางหนีไฟ" in applicant.page.locator("main").inner_text()
    applicant.press("แก้ไขเสร็จแล้ว")
    until(lambda: _on_desk(inspector, number), "the second inspection")
