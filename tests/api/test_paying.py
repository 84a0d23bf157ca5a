"""Paying at the doors: several bills with one QR, "I have paid", a new bill; refunds, accounts, bank lines."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest
from api_examples import As, Caller, a_problem
from driving import Driver
from sqlalchemy import update

from local import System
from records.ledger import BILLS
from records.tables import Bill

LICENCE = "lao-ecommerce-register"


@pytest.fixture
async def driver(system: System) -> AsyncIterator[Driver]:
    async with Driver.open(system) as driver:
        yield driver


async def to_pay(driver: Driver) -> tuple[str, Bill]:
    number = await driver.filed(LICENCE)
    await driver.decide(number)
    return number, await driver.bill(number)


async def said(caller: Caller, path: str, **fields: str | list[str]) -> httpx.Response:
    """Send a page's form."""
    return await caller.http.post(path, data=fields, headers=caller.headers())


async def test_two_bills_are_paid_with_one_qr_at_the_door_and_on_the_page(driver: Driver, as_: As) -> None:
    (first, one), (second, two) = [await to_pay(driver) for _ in range(2)]
    payer = await as_("applicant")

    page = await payer.get("/pay")
    chosen = await said(payer, "/pay", bills=[one.ref1, two.ref1])
    made = await payer.post("/api/v1/baskets", {"bills": [one.ref1, two.ref1]})

    assert one.ref1 in page.text and two.ref1 in page.text
    assert (chosen.status_code, made.status_code) == (303, 201), made.text
    basket = made.json()
    assert chosen.headers["location"] == f"/pay/{basket['ref1']}"
    assert basket["amount_satang"] == one.satang + two.satang
    assert "QR" in (await payer.get(f"/pay/{basket['ref1']}")).text
    assert (await (await as_("outsider")).get(f"/api/v1/baskets/{basket['ref1']}")).status_code == 404
    await asyncio.to_thread(driver.offices.pay, basket["qr"])  # the bank tells our door itself
    for number in (first, second):
        assert (await driver.over(number)).status == "issued"
    bills = (await payer.get(f"/api/v1/baskets/{basket['ref1']}")).json()["bills"]
    assert [bill["status"] for bill in bills] == ["paid", "paid"]
    pdf = await payer.get(f"/applications/{first}/bills/{one.ref1}/bill.pdf")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


async def test_one_bill_is_no_basket_and_a_strangers_is_none_of_mine(driver: Driver, as_: As) -> None:
    _, bill = await to_pay(driver)
    payer, stranger = await as_("applicant"), await as_("outsider")

    a_problem(await payer.post("/api/v1/baskets", {"bills": [bill.ref1, bill.ref1]}), 422, "nothing-to-pay")
    a_problem(await stranger.post("/api/v1/baskets", {"bills": [bill.ref1, "NOBODYS"]}), 404, "unknown-bill")
    assert (await said(payer, "/pay", bills=[bill.ref1])).status_code == 422
    a_problem(await stranger.post(f"/api/v1/bills/{bill.ref1}/inquiry"), 404, "unknown-bill")


async def test_who_says_that_he_has_paid_sees_that_it_is_being_checked(driver: Driver, as_: As) -> None:
    number, bill = await to_pay(driver)
    payer = await as_("applicant")

    answer = await said(payer, f"/applications/{number}/bills/{bill.ref1}/paid")

    assert answer.status_code == 303
    for path in (f"/applications/{number}", f"/applications/{number}/bills/{bill.ref1}"):
        assert "กำลังตรวจสอบกับธนาคาร" in (await payer.get(path)).text
    a_problem(await payer.post(f"/api/v1/bills/{bill.ref1}/reissue"), 409, "still-good")


async def test_a_bill_past_its_day_is_written_anew_on_request(driver: Driver, as_: As) -> None:
    number, bill = await to_pay(driver)
    payer = await as_("applicant")
    async with driver.database.transaction() as session:
        await session.execute(update(BILLS).where(BILLS.c.ref1 == bill.ref1).values(pay_by=date(2026, 1, 5)))
    assert "ออกใบแจ้งชำระใหม่" in (await payer.get(f"/applications/{number}/bills/{bill.ref1}")).text

    answer = await said(payer, f"/applications/{number}/bills/{bill.ref1}/anew")

    new = await driver.bill(number)
    assert (answer.status_code, new.replaces) == (303, bill.ref1)
    assert answer.headers["location"] == f"/applications/{number}/bills/{new.ref1}"
    assert new.ref1 in (await payer.get(f"/applications/{number}/bills/{bill.ref1}")).text


async def test_an_account_is_proposed_by_one_operator_and_agreed_to_by_another(as_: As) -> None:
    one, other = await as_("operator"), await as_("operator-2")
    payee = f"payable:agency:test-{uuid.uuid4().hex[:6]}"
    asked = {"payee": payee, "bank_code": "006", "account": "123-4-56789-0", "name": "กรมทดสอบ", "rhythm": "monthly"}

    wrong = await said(one, "/operations/money/accounts", **asked | {"account": "12"})
    assert (wrong.status_code, "10" in wrong.text) == (422, True)
    assert (await said(one, "/operations/money/accounts", **asked)).status_code == 303
    page = (await one.get("/operations/money")).text
    change = page.split('action="/operations/money/accounts/')[1].split('"')[0]
    assert (await said(one, f"/operations/money/accounts/{change}", agreed="true")).status_code == 409
    assert (await said(other, f"/operations/money/accounts/{change}", agreed="true")).status_code == 303

    assert payee in (await other.get("/operations/money")).text
    for persona in ("applicant", "officer-lao", "supervisor-lao"):
        assert (await (await as_(persona)).get("/operations/money")).status_code == 403


async def test_a_bank_line_that_nobody_can_explain_is_a_task_until_it_is_closed(as_: As) -> None:
    operator, name = await as_("operator"), f"STRAY{uuid.uuid4().hex[:8].upper()}"
    content = f"date,reference,side,amount,ref1,description\n2026-11-20,{name},DBIT,5.00,,fee\n"
    files = {"file": ("statement.csv", content.encode(), "text/csv")}

    brought = await operator.http.post("/operations/money/statements", files=files, headers=operator.headers())
    assert (brought.status_code, name in (await operator.get("/operations/money")).text) == (303, True)
    assert (await said(operator, f"/operations/money/lines/{name}", reason="ค่าธรรมเนียมธนาคาร")).status_code == 303

    assert name not in (await operator.get("/operations/money")).text
    hostile = {"file": ("s.xml", b"<!DOCTYPE x><x/>", "text/xml")}
    refused = await operator.http.post("/operations/money/statements", files=hostile, headers=operator.headers())
    assert refused.status_code == 422


async def test_what_came_too_much_is_on_the_cashiers_page_and_goes_back(driver: Driver, as_: As) -> None:
    number, bill = await to_pay(driver)
    (paid,) = await asyncio.to_thread(driver.offices.pay, bill.qr, satang=bill.satang + 700)
    await driver.over(number)
    refund, cashier = f"{paid['transactionId']}-over", await as_("supervisor-lao")

    async def agreed() -> bool:
        return (await said(cashier, f"/refunds/{refund}/approval")).status_code == 303

    assert refund in (await cashier.get("/refunds")).text
    await driver.until(agreed)

    async def back() -> bool:
        page = await (await as_("applicant")).get(f"/applications/{number}/bills/{bill.ref1}")
        return "คืนเงินแล้ว" in page.text

    await driver.until(back)
