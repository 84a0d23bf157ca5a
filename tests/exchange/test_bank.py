"""The bank: QR and barcode text, the notification, and a real conversation with the bank's other end."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchange import bank
from exchange.bank import BANGKOK, Bank, NotANotification, Qr, crc16, parse_qr, qr_text, read_notification, read_tlv
from exchange.counterparts import BANK_KEY, BANK_SECRET, BILLER_ID
from exchange.counterparts.running import NoticeBoard, Offices, free_ports, start
from exchange.errors import OfficeDown, OfficeRefused
from licences.errors import NotAllowed

BILLER = "099999999999900"
references = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=20)
amounts = st.integers(1, bank.MAX_SATANG - 1)


# The text of a QR code

BILLS = [
    (
        Qr(BILLER, "690000000123", "25691220", 107050),
        "00020101021230670016A00000067701011201150999999999999000212690000000123030825691220"
        "530376454071070.505802TH6304EC8C",
    ),
    (
        Qr(BILLER, "BP6900000123", "LIC289", 150000),
        "00020101021230650016A00000067701011201150999999999999000212BP69000001230306LIC289"
        "530376454071500.005802TH6304CD0E",
    ),
    (
        Qr("0000000000001", "1234", "2345", None),
        "00020101021130530016A00000067701011201130000000000001020412340304234553037645802TH6304E5DA",
    ),
    (
        Qr("0112233445566", "CUSTOMER001", "INV001", None, "SCB"),
        "00020101021130620016A000000677010112011301122334455660211CUSTOMER0010306INV001"
        "53037645802TH62070703SCB6304780E",
    ),
]
OTHER_TEXTS = [
    "00020101021129370016A0000006770101110113006681222333353037645802TH63041DCF",
    "004000060000010103002021900021231231212000115102TH91049C30",
]


def test_the_check_sum_is_ccitt_false() -> None:
    assert crc16("123456789") == "29B1"


@pytest.mark.parametrize(("bill", "text"), BILLS)
def test_a_bill_is_written_as_banks_write_it(bill: Qr, text: str) -> None:
    assert qr_text(bill.biller_id, bill.ref1, bill.ref2, bill.satang, bill.ref3) == text


@pytest.mark.parametrize(("bill", "text"), BILLS)
def test_a_bill_is_read_as_banks_wrote_it(bill: Qr, text: str) -> None:
    assert parse_qr(text) == bill


@pytest.mark.parametrize("text", OTHER_TEXTS)
def test_the_check_sum_fits_texts_that_are_no_bills(text: str) -> None:
    assert crc16(text[:-4]) == text[-4:]


@pytest.mark.parametrize("text", OTHER_TEXTS)
def test_a_text_that_is_no_bill_is_not_read_as_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"QR|bill"):
        parse_qr(text)


@given(references, st.one_of(st.just(""), references), st.one_of(st.none(), amounts))
def test_a_bill_comes_back_as_it_was_written(ref1: str, ref2: str, satang: int | None) -> None:
    assert parse_qr(qr_text(BILLER, ref1, ref2, satang)) == Qr(BILLER, ref1, ref2, satang)


@given(references, amounts, st.data())
def test_one_changed_character_is_noticed(ref1: str, satang: int, data: st.DataObject) -> None:
    text = qr_text(BILLER, ref1, "", satang)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFGH").filter(lambda c: c != text[place]))

    with pytest.raises(ValueError, match=r"QR|TLV|bill"):
        parse_qr(text[:place] + other + text[place + 1 :])


@given(st.text(max_size=120))
@example("")
@example("6304")
@example("0002๐๑6304FFFF")
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(ValueError, match=r"QR|TLV|bill"):
        parse_qr(text)


@given(st.dictionaries(st.integers(0, 99).map("{:02d}".format), st.text(max_size=99), max_size=8))
def test_tags_and_values_come_back_in_their_order(tags: dict[str, str]) -> None:
    text = "".join(f"{tag}{len(value):02d}{value}" for tag, value in tags.items())

    assert list(read_tlv(text).items()) == list(tags.items())


def test_a_tag_that_comes_twice_is_not_read() -> None:
    with pytest.raises(ValueError, match="TLV"):
        read_tlv("5401154012")


def test_the_order_between_first_and_last_does_not_matter() -> None:
    text = qr_text(BILLER, "A1", "", 100)
    moved = text.replace("54041.00", "").replace("5802TH6304", "5802TH54041.006304")[:-4]

    assert parse_qr(moved + crc16(moved)) == Qr(BILLER, "A1", "", 100)


@pytest.mark.parametrize(
    ("biller", "ref1", "ref2", "satang"),
    [
        ("12345", "A1", "", 100),
        (BILLER, "", "", 100),
        (BILLER, "a1", "", 100),
        (BILLER, "A-1", "", 100),
        (BILLER, "A" * 21, "", 100),
        (BILLER, "A1", "ก", 100),
        (BILLER, "A1", "", 0),
        (BILLER, "A1", "", -1),
        (BILLER, "A1", "", bank.MAX_SATANG),
        (BILLER, "A1\n", "", 100),
    ],
)
def test_what_banks_refuse_is_not_written(biller: str, ref1: str, ref2: str, satang: int) -> None:
    with pytest.raises(ValueError, match=r"biller|reference|amount"):
        qr_text(biller, ref1, ref2, satang)


def test_a_barcode_states_whole_satang() -> None:
    assert bank.barcode_text(BILLER, "690000000123", "25691220", 107050) == (
        "|099999999999900\r690000000123\r25691220\r107050"
    )


def test_a_barcode_keeps_the_place_of_an_empty_reference() -> None:
    assert bank.barcode_text(BILLER, "690000000123", "", None) == "|099999999999900\r690000000123\r\r0"


# The notification

CONFIRMATION = {
    "payeeProxyId": BILLER,
    "payeeProxyType": "BILLERID",
    "payerAccountName": "นายสมชาย ใจดี",
    "amount": "1070.50",
    "transactionId": "201909061e8b5cf2",
    "transactionDateandTime": "2026-11-20T18:12:23.000+07:00",
    "billPaymentRef1": "690000000123",
    "billPaymentRef2": "25691220",
    "currencyCode": "764",
}


def test_a_confirmation_is_read() -> None:
    told = read_notification(json.dumps(CONFIRMATION).encode())

    assert told == bank.Notification(
        "201909061e8b5cf2",
        107050,
        "690000000123",
        "25691220",
        datetime(2026, 11, 20, 18, 12, 23, tzinfo=BANGKOK),
    )


def test_an_amount_written_as_a_number_loses_no_satang() -> None:
    body = json.dumps(CONFIRMATION).replace('"1070.50"', "1070.10").encode()

    assert read_notification(body).satang == 107010


@pytest.mark.parametrize("missing", ["amount", "transactionId", "transactionDateandTime", "billPaymentRef1"])
def test_a_confirmation_without_what_matters_is_none(missing: str) -> None:
    body = json.dumps({name: value for name, value in CONFIRMATION.items() if name != missing}).encode()

    with pytest.raises(NotANotification):
        read_notification(body)


@given(st.binary(max_size=200))
@example(b"[" * 100_000)
@example(b'{"amount": NaN}')
@example(json.dumps(CONFIRMATION | {"transactionId": "a\nb"}).encode())
@example(json.dumps(CONFIRMATION | {"amount": "-1.00e1"}).encode())
@example(json.dumps(CONFIRMATION | {"transactionDateandTime": 5}).encode())
def test_no_body_breaks_the_reader(body: bytes) -> None:
    with pytest.raises(NotAllowed):
        read_notification(body)


def test_the_acknowledgement_is_what_the_bank_wants_to_hear() -> None:
    assert bank.acknowledgement("T1", "C1") == {
        "resCode": "00",
        "resDesc": "success",
        "transactionId": "T1",
        "confirmId": "C1",
    }


def test_of_a_name_only_the_beginnings_are_kept() -> None:
    assert bank.mask_name("นายสมชาย ใจดี") == "นา*** ใจ***"


# A conversation over a real connection


@pytest.fixture
async def our_bank(offices: Offices) -> AsyncIterator[Bank]:
    ours = Bank(offices.url("bank"), BANK_KEY, BANK_SECRET, BILLER_ID)
    yield ours
    await ours.close()


def a_reference() -> str:
    return f"T{uuid4().hex[:15].upper()}"


def today() -> date:
    return datetime.now(BANGKOK).date()


def a_bill(ref1: str, satang: int | None = 107050) -> str:
    return qr_text(BILLER_ID, ref1, "LIC289", satang)


async def test_a_paid_bill_is_found_by_inquiry(offices: Offices, our_bank: Bank) -> None:
    ref1 = a_reference()
    paid = offices.pay(a_bill(ref1), at="2026-11-20T23:59:59+07:00")

    found = await our_bank.inquire(ref1, date(2026, 11, 20))

    assert [(t.transaction_id, t.satang, t.ref1, t.ref2) for t in found] == [
        (paid[0]["transactionId"], 107050, ref1, "LIC289")
    ]
    assert found[0].at == datetime(2026, 11, 20, 23, 59, 59, tzinfo=BANGKOK)
    assert found[0].payer_name == "นา*** ใจ***"


async def test_an_unpaid_bill_is_found_on_no_day(our_bank: Bank) -> None:
    assert await our_bank.inquire(a_reference(), today()) == ()


async def test_a_payment_is_found_on_its_day_only(offices: Offices, our_bank: Bank) -> None:
    ref1 = a_reference()
    offices.pay(a_bill(ref1), at="2026-11-20T23:59:59+07:00")

    assert await our_bank.inquire(ref1, date(2026, 11, 21)) == ()


async def test_a_bill_paid_twice_has_two_transfers(offices: Offices, our_bank: Bank) -> None:
    ref1 = a_reference()
    offices.pay(a_bill(ref1), times=2)

    assert [t.satang for t in await our_bank.inquire(ref1, today())] == [107050, 107050]


async def test_a_person_may_pay_another_amount(offices: Offices, our_bank: Bank) -> None:
    ref1 = a_reference()
    offices.pay(a_bill(ref1, None), satang=99)

    assert [t.satang for t in await our_bank.inquire(ref1, today())] == [99]


async def test_a_damaged_qr_is_not_paid(offices: Offices) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="422"):
        offices.pay(a_bill(a_reference())[:-1] + "!")


async def test_one_transaction_told_again_is_one_payment(offices: Offices, our_bank: Bank) -> None:
    ref1, name = a_reference(), uuid4().hex
    offices.pay(a_bill(ref1), transaction_id=name)
    offices.pay(a_bill(ref1), transaction_id=name)

    assert [t.transaction_id for t in await our_bank.inquire(ref1, today())] == [name]


async def test_the_statement_has_the_day_of_all_bills(offices: Offices, our_bank: Bank) -> None:
    one, two = a_reference(), a_reference()
    offices.pay(a_bill(one), at="2020-01-02T00:00:00+07:00")
    offices.pay(a_bill(two), at="2020-01-02T12:00:00+07:00")

    assert [t.ref1 for t in await our_bank.statement(date(2020, 1, 2))][-2:] == [one, two]


async def test_a_refund_asked_twice_is_paid_once(offices: Offices, our_bank: Bank) -> None:
    ref1 = a_reference()
    transfer = offices.pay(a_bill(ref1))[0]["transactionId"]

    first = await our_bank.refund(f"{ref1}:refund", transfer, 107050, "ยกเลิก")
    again = await our_bank.refund(f"{ref1}:refund", transfer, 107050, "ยกเลิก")

    assert first == again
    assert [t.satang for t in await our_bank.given_back(today()) if t.ref1 == ref1] == [107050]


async def test_a_refund_is_not_in_the_money_that_came(offices: Offices, our_bank: Bank) -> None:
    ref1 = a_reference()
    transfer = offices.pay(a_bill(ref1))[0]["transactionId"]
    await our_bank.refund(f"{ref1}:refund", transfer, 100, "ยกเลิก")

    assert [t.satang for t in await our_bank.statement(today()) if t.ref1 == ref1] == [107050]


async def test_a_refund_whose_answer_was_lost_is_paid_once(offices: Offices, our_bank: Bank) -> None:
    ref1 = a_reference()
    transfer = offices.pay(a_bill(ref1))[0]["transactionId"]
    await our_bank.statement(today())
    offices.fault("bank", lose=True, times=1)

    with pytest.raises(OfficeDown):
        await our_bank.refund(f"{ref1}:refund", transfer, 107050, "ยกเลิก")
    again = await our_bank.refund(f"{ref1}:refund", transfer, 107050, "ยกเลิก")

    assert [t.transaction_id for t in await our_bank.given_back(today()) if t.ref1 == ref1] == [again.refund_id]


async def test_no_more_is_given_back_than_was_paid(offices: Offices, our_bank: Bank) -> None:
    transfer = offices.pay(a_bill(a_reference()))[0]["transactionId"]
    await our_bank.refund(f"{transfer}:1", transfer, 100000, "ยกเลิก")

    with pytest.raises(OfficeRefused) as refused:
        await our_bank.refund(f"{transfer}:2", transfer, 7051, "ยกเลิก")

    assert refused.value.code == "4002"


async def test_a_key_used_for_another_refund_is_refused(offices: Offices, our_bank: Bank) -> None:
    transfer = offices.pay(a_bill(a_reference()))[0]["transactionId"]
    await our_bank.refund(f"{transfer}:1", transfer, 100, "ยกเลิก")

    with pytest.raises(OfficeRefused, match="another refund"):
        await our_bank.refund(f"{transfer}:1", transfer, 200, "ยกเลิก")


async def test_a_bank_that_refuses_a_refund_says_so(offices: Offices, our_bank: Bank) -> None:
    transfer = offices.pay(a_bill(a_reference()))[0]["transactionId"]
    offices.fault("bank", refuse=True)

    with pytest.raises(OfficeRefused, match="not possible"):
        await our_bank.refund(f"{transfer}:1", transfer, 100, "ยกเลิก")


@pytest.mark.parametrize("fault", [{"gone": True}, {"status": 503}, {"bad_body": True}])
async def test_a_bank_without_a_usable_answer_is_down(offices: Offices, our_bank: Bank, fault: dict[str, Any]) -> None:
    offices.fault("bank", **fault)

    with pytest.raises(OfficeDown):
        await our_bank.inquire(a_reference(), today())


async def test_a_bank_that_is_too_slow_is_down(offices: Offices) -> None:
    hasty = Bank(offices.url("bank"), BANK_KEY, BANK_SECRET, BILLER_ID, timeout_s=0.2)
    offices.fault("bank", slow_s=5, times=1)

    with pytest.raises(OfficeDown, match="Timeout"):
        await hasty.inquire(a_reference(), today())
    await hasty.close()


async def test_a_bank_nobody_answers_for_is_down() -> None:
    nowhere = Bank(f"http://127.0.0.1:{free_ports(1)[0]}", BANK_KEY, BANK_SECRET, BILLER_ID)

    with pytest.raises(OfficeDown, match="ConnectError"):
        await nowhere.inquire(a_reference(), today())
    await nowhere.close()


async def test_wrong_credentials_are_refused_not_tried_again(offices: Offices) -> None:
    stranger = Bank(offices.url("bank"), BANK_KEY, "wrong", BILLER_ID)

    with pytest.raises(OfficeRefused) as refused:
        await stranger.inquire(a_reference(), today())
    await stranger.close()

    assert "wrong" not in str(refused.value)


async def test_a_forgotten_token_is_renewed_once(offices: Offices, our_bank: Bank) -> None:
    ref1 = a_reference()
    offices.pay(a_bill(ref1))
    await our_bank.inquire(ref1, today())
    offices.fault("bank", expire=True)

    assert len(await our_bank.inquire(ref1, today())) == 1


# What the bank tells


async def test_the_bank_tells_of_a_payment(offices: Offices, door: NoticeBoard) -> None:
    ref1 = a_reference()
    paid = offices.pay(a_bill(ref1), notify=door.url)

    told = read_notification((await door.wait_for(1))[0])

    assert (told.transaction_id, told.satang, told.ref1) == (paid[0]["transactionId"], 107050, ref1)


async def test_a_door_that_does_not_acknowledge_hears_it_four_times(offices: Offices, door: NoticeBoard) -> None:
    offices.fault("bank", retry_s=0)
    door.answers = ["{}", "no", '{"resCode":"99"}']
    offices.pay(a_bill(a_reference()), notify=door.url)

    bodies = await door.wait_for(4)

    assert len(set(bodies)) == 1


async def test_a_bank_told_to_be_double_tells_twice_of_one_transfer(
    offices: Offices, door: NoticeBoard, our_bank: Bank
) -> None:
    ref1 = a_reference()
    offices.fault("bank", double=True)
    offices.pay(a_bill(ref1), notify=door.url)

    told = [read_notification(body) for body in await door.wait_for(2)]

    assert told[0] == told[1]
    assert len(await our_bank.inquire(ref1, today())) == 1


async def test_a_bank_told_never_to_tell_still_has_the_money(offices: Offices, our_bank: Bank) -> None:
    ref1 = a_reference()
    offices.fault("bank", never=True)
    paid = offices.pay(a_bill(ref1), notify="http://127.0.0.1:9/")

    shown = offices.get("bank", "/notifications")["notifications"]

    assert paid[0]["transactionId"] not in [told["transactionId"] for told in shown]
    assert len(await our_bank.inquire(ref1, today())) == 1


async def test_a_wrong_amount_is_told_but_not_in_the_books(offices: Offices, door: NoticeBoard, our_bank: Bank) -> None:
    ref1 = a_reference()
    offices.fault("bank", wrong_amount=1)
    offices.pay(a_bill(ref1), notify=door.url)

    told = read_notification((await door.wait_for(1))[0])

    assert told.satang == 1
    assert [t.satang for t in await our_bank.inquire(ref1, today())] == [107050]


async def test_a_wrong_reference_is_told_but_not_in_the_books(
    offices: Offices, door: NoticeBoard, our_bank: Bank
) -> None:
    ref1 = a_reference()
    offices.fault("bank", wrong=True)
    offices.pay(a_bill(ref1), notify=door.url)

    told = read_notification((await door.wait_for(1))[0])

    assert told.ref1 != ref1
    assert await our_bank.inquire(told.ref1, today()) == ()


async def test_an_early_notification_comes_before_the_books_show_it(
    offices: Offices, door: NoticeBoard, our_bank: Bank
) -> None:
    ref1 = a_reference()
    offices.fault("bank", early=True, early_s=600)
    offices.pay(a_bill(ref1), notify=door.url)

    await door.wait_for(1)
    before = await our_bank.inquire(ref1, today())
    offices.mend()
    after = await our_bank.inquire(ref1, today())

    assert (len(before), len(after)) == (0, 1)


async def test_a_late_notification_comes_after_the_books_show_it(
    offices: Offices, door: NoticeBoard, our_bank: Bank
) -> None:
    ref1 = a_reference()
    offices.fault("bank", late_s=1)
    paid = offices.pay(a_bill(ref1), notify=door.url)

    shown = await our_bank.inquire(ref1, today())
    await door.wait_for(1)

    assert len(shown) == 1
    assert door.came_at[0] - datetime.fromisoformat(paid[0]["transactionDateandTime"]) >= timedelta(seconds=1)


async def test_the_books_survive_a_restart(tmp_path: Path) -> None:
    ref1, ports = a_reference(), {"bank": free_ports(1)[0]}
    offices = Offices(ports)
    ours = Bank(offices.url("bank"), BANK_KEY, BANK_SECRET, BILLER_ID)
    first = start(tmp_path, ports)
    transfer = offices.pay(a_bill(ref1))[0]["transactionId"]
    refund = await ours.refund("key", transfer, 100, "ยกเลิก")
    first.kill()
    first.wait()

    second = start(tmp_path, ports)

    try:
        assert [t.transaction_id for t in await ours.inquire(ref1, today())] == [transfer]
        assert await ours.refund("key", transfer, 100, "ยกเลิก") == refund
    finally:
        await ours.close()
        second.terminate()
        await asyncio.to_thread(second.wait)


async def test_a_qr_of_another_biller_is_not_paid(offices: Offices) -> None:
    stranger = replace(parse_qr(a_bill(a_reference())), biller_id="012345678901234")

    with pytest.raises(httpx.HTTPStatusError, match="422"):
        offices.pay(qr_text(stranger.biller_id, stranger.ref1, stranger.ref2, 100))
