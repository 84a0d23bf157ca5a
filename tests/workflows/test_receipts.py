"""A payment has one receipt, sealed and in the mail; a bill may be printed, written anew, or paid with others."""

import asyncio
import hashlib
from datetime import UTC, datetime
from typing import Any

from driving import Driver, words

from activities.receipts import receipt_paper
from api import paying
from exchange.bank import barcode_text, qr_text
from licences import thai
from records import baskets, ledger, papers, refunds
from records.tables import Bill, Paper
from workflows.messages import Rebill

LICENCE = "lao-ecommerce-register"


async def to_pay(driver: Driver) -> tuple[str, Bill]:
    number = await driver.filed(LICENCE)
    await driver.decide(number)
    return number, await driver.bill(number)


async def paper_of(driver: Driver, name: str) -> Paper:
    async with driver.database.reading() as session:
        paper = await papers.get(session, name)
    assert paper is not None
    return paper


async def test_a_receipt_is_sealed_and_in_the_payers_mail(driver: Driver) -> None:
    number, bill = await to_pay(driver)
    await driver.pay(number)

    receipt = await driver.receipt(number)

    paper = await paper_of(driver, receipt_paper(receipt.number))
    document = await driver.files.get(paper.sealed_key, paper.sealed_sha256, paper.sealed_version)
    said = words(document)
    assert receipt.number in said and thai.baht(bill.satang) in said
    assert "ใบเสร็จรับเงิน" in said and thai.baht_words(bill.satang) in said

    async def come() -> list[dict[str, Any]]:
        letters = await asyncio.to_thread(driver.offices.letters)
        return [one for one in letters if receipt.number in one["subject"]]

    (letter,) = await driver.until(come)
    assert letter["enclosures"] == [{"name": f"{receipt.number}.pdf", "sha256": hashlib.sha256(document).hexdigest()}]


async def test_a_bill_is_printed_in_thai_with_the_amount_in_words(driver: Driver) -> None:
    _, bill = await to_pay(driver)

    paper = await paying.bill_paper(driver.database, driver.engine, bill, datetime.now(UTC))
    again = await paying.bill_paper(driver.database, driver.engine, bill, datetime.now(UTC))

    said = words(await driver.files.get(paper.drawn_key, paper.drawn_sha256))
    assert again.drawn_sha256 == paper.drawn_sha256
    assert "ใบแจ้งชำระค่าธรรมเนียม" in said and thai.baht_words(bill.satang) in said and bill.ref1 in said


async def test_several_cases_are_paid_with_one_transfer_and_the_part_of_one_that_ended_goes_back(
    driver: Driver,
) -> None:
    (first, one), (second, two), (gone, three) = [await to_pay(driver) for _ in range(3)]
    biller = driver.settings.biller_id

    def ways(ref1: str, satang: int) -> tuple[str, str]:
        return qr_text(biller, ref1, "", satang), barcode_text(biller, ref1, "", satang)

    person = await driver.person()
    async with driver.database.transaction() as session:
        basket = await baskets.raise_once(session, person.id, [one, two, three], ways, datetime.now(UTC))
    await driver.withdraw(gone)
    (paid,) = await asyncio.to_thread(driver.offices.pay, basket.qr, notify="")
    await driver.tell(basket.ref1, basket.satang, paid["transactionId"])

    for number in (first, second):
        assert (await driver.over(number)).status == "issued"
        assert (await driver.made(number, mailed=False)).notices["paid-full"] == 1
    async with driver.database.reading() as session:
        owed = await refunds.of_application(session, gone)
        receipts = [await ledger.receipt_of(session, bill.ref1) for bill in (one, two, three)]
    assert [(back.reason, back.satang) for back in owed] == [("part", three.satang)]
    assert [receipt.transaction_id if receipt else "" for receipt in receipts] == [paid["transactionId"]] * 2 + [""]


async def test_a_bill_past_its_day_is_written_anew_and_the_new_one_pays(driver: Driver) -> None:
    number, old = await to_pay(driver)

    await driver.say(number, "rebill", Rebill(ref1=old.ref1), key=f"rebill:{old.ref1}")
    new = await driver.bill(number)
    assert (new.replaces, new.satang, new.ref1 != old.ref1) == (old.ref1, old.satang, True)
    (late,) = await asyncio.to_thread(driver.offices.pay, old.qr, notify="")
    await driver.tell(old.ref1, old.satang, late["transactionId"])
    await driver.until(lambda: driver.finding(late["transactionId"]))
    await driver.pay(number)

    assert (await driver.over(number)).status == "issued"
    made = await driver.made(number, mailed=False)
    assert (sorted(made.payments), made.receipts) == (["dead-bill", "full"], 1)
    assert (made.notices["paid-dead-bill"], made.notices["rebilled"]) == (1, 1)
