"""The bank: text of a bill's QR and barcode, what was paid, and money back.

QR: EMVCo merchant-presented mode with Thailand's tag 30 (bill payment). Interface: SCB's open banking as the example;
its refund and statement calls are not public, so theirs here are our proposal in the same manner.

SCB's notification is neither signed nor authenticated; other banks sign (`bank_signature`). Either way it only tells us
to `inquire`.
"""

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, TypeVar

import httpx

from exchange import money, wire
from exchange.errors import OfficeDown, OfficeRefused
from licences.errors import NotAllowed

Read = TypeVar("Read")

OFFICE = "bank"
BANGKOK = timezone(timedelta(hours=7))
TOKEN_LIFE_S = 25 * 60
"""The bank's token lives 30 minutes."""
EVENT_CODE = "00300100"
OK = 1000

BILL_AID = "A000000677010112"
MAX_SATANG = 10**12
_REFERENCE = re.compile(r"[A-Z0-9]{1,20}")
_BILLER = re.compile(r"[0-9]{13}|[0-9]{15}")
_TLV_HEAD = re.compile(r"[0-9]{4}")


# The text of a QR code


@dataclass(frozen=True)
class Qr:
    """What a bill's QR says. `satang` is None where the payer states the amount."""

    biller_id: str
    ref1: str
    ref2: str
    satang: int | None
    ref3: str = ""


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE as four upper-case hex digits, of everything up to and with its own head (`6304`)."""
    register = 0xFFFF
    for byte in text.encode():
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1 ^ 0x1021 if register & 0x8000 else register << 1) & 0xFFFF
    return f"{register:04X}"


def qr_text(biller_id: str, ref1: str, ref2: str, satang: int | None, ref3: str = "") -> str:
    """The text of a bill's QR (tag 30). `satang` None: the payer states the amount (a static QR).

    `ref3` carries the prefix by which some banks route their notification. ValueError for what banks refuse.
    """
    _check_bill(biller_id, ref1, ref2, satang)
    bill = _tlv("00", BILL_AID) + _tlv("01", biller_id) + _tlv("02", ref1) + (_tlv("03", ref2) if ref2 else "")
    text = _tlv("00", "01") + _tlv("01", "11" if satang is None else "12") + _tlv("30", bill) + _tlv("53", "764")
    text += _tlv("54", money.baht(satang)) if satang is not None else ""
    text += _tlv("58", "TH") + (_tlv("62", _tlv("07", ref3)) if ref3 else "") + "6304"
    return text + crc16(text)


def barcode_text(biller_id: str, ref1: str, ref2: str, satang: int | None) -> str:
    """The text of a bill's barcode (Code 128, Bank of Thailand's standard). An empty Ref2 keeps its CR."""
    _check_bill(biller_id, ref1, ref2, satang)
    return f"|{biller_id}\r{ref1}\r{ref2}\r{satang or 0}"


def read_tlv(text: str) -> dict[str, str]:
    """Tags and values of a TLV text, in its own order. ValueError when lengths do not fit or a tag comes twice."""
    found: dict[str, str] = {}
    while text:
        tag, length, value = text[:2], text[2:4], text[4:]
        if not _TLV_HEAD.fullmatch(tag + length) or len(value) < int(length) or tag in found:
            raise ValueError("not a TLV text")
        found[tag], text = value[: int(length)], value[int(length) :]
    return found


def parse_qr(text: str) -> Qr:
    """Read a bill's QR as a payer's bank does; ValueError when it is damaged or not a bill payment in baht."""
    tags = read_tlv(text)
    if not text.isascii() or next(reversed(tags), "") != "63" or crc16(text[:-4]) != tags["63"]:
        raise ValueError("damaged QR: the check sum does not fit")
    if (tags.get("00"), tags.get("53"), tags.get("58")) != ("01", "764", "TH"):
        raise ValueError("not a Thai payment QR")
    bill = read_tlv(tags.get("30", ""))
    if bill.get("00") != BILL_AID or not bill.get("01") or not bill.get("02"):
        raise ValueError("not a bill payment")
    satang = money.satang(tags["54"]) if "54" in tags else None
    return Qr(bill["01"], bill["02"], bill.get("03", ""), satang, read_tlv(tags.get("62", "")).get("07", ""))


def _tlv(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def _check_bill(biller_id: str, ref1: str, ref2: str, satang: int | None) -> None:
    if not _BILLER.fullmatch(biller_id):
        raise ValueError("a biller is a tax ID of 13 digits, most often with a suffix of 2")
    if not _REFERENCE.fullmatch(ref1) or (ref2 and not _REFERENCE.fullmatch(ref2)):
        raise ValueError("a reference is 1 to 20 of A-Z and 0-9")
    if satang is not None and not 0 < satang < MAX_SATANG:
        raise ValueError("an amount is a positive number of satang")


# What the bank says


@dataclass(frozen=True)
class Transfer:
    """Money that arrived, as the bank states it. The payer's name is masked: we need it only to talk to them."""

    transaction_id: str
    satang: int
    ref1: str
    ref2: str
    at: datetime
    payer_name: str


@dataclass(frozen=True)
class RefundResult:
    """Money given back. The same key always gives the same result."""

    refund_id: str
    transaction_id: str
    satang: int
    at: datetime


@dataclass(frozen=True)
class Notification:
    """What somebody who says to be the bank tells us. Believe nothing of it before `Bank.inquire`."""

    transaction_id: str
    satang: int
    ref1: str
    ref2: str
    at: datetime


class NotANotification(NotAllowed):
    """The body is not a payment confirmation in the bank's shape."""

    status = 400


def read_notification(body: bytes) -> Notification:
    """Read the bank's payment confirmation (JSON). Raises NotANotification when it is none."""
    try:
        found = json.loads(body, parse_float=str, parse_int=str)
        return Notification(
            transaction_id=_some(found["transactionId"], 64),
            satang=money.satang(found["amount"]),
            ref1=_some(found["billPaymentRef1"], 20),
            ref2=str(found.get("billPaymentRef2") or "")[:20],
            at=_moment(found["transactionDateandTime"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotANotification(
            "ข้อความนี้ไม่ใช่การแจ้งผลการชำระเงินของธนาคาร", "This is not a bank's payment confirmation."
        ) from error


def acknowledgement(transaction_id: str, confirm_id: str) -> dict[str, str]:
    """What the bank wants to hear; with anything else it tells us three times more."""
    return {
        "resCode": "00",
        "resDesc": "success",
        "transactionId": transaction_id,
        "confirmId": confirm_id,
    }


def mask_name(name: str) -> str:
    """A person's name with only the beginning of each word left."""
    return " ".join(f"{word[:2]}***" for word in name.split())


class Bank:
    """Our account as a biller. Every call raises OfficeDown (ask again) or OfficeRefused (a person must look)."""

    def __init__(
        self,
        base_url: str,
        key: str,
        secret: str,
        biller_id: str,
        *,
        timeout_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.biller_id = biller_id
        self._key, self._secret, self._clock = key, secret, clock
        self._token, self._token_until = "", 0.0
        self._http = wire.client(base_url, timeout_s)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def inquire(self, ref1: str, on: date) -> tuple[Transfer, ...]:
        """The payments of one bill that arrived on a day (Bangkok's), as the bank's own books have them."""
        query = {
            "eventCode": EVENT_CODE,
            "transactionDate": on.isoformat(),
            "billerId": self.biller_id,
            "reference1": ref1,
        }
        rows = await self._call("GET", "/v1/payment/billpayment/inquiry", params=query)
        return _read(lambda: tuple(_transfer(row) for row in rows))

    async def statement(self, on: date) -> tuple[Transfer, ...]:
        """Everything that arrived on a day (Bangkok's). Money given back is in `given_back`."""
        return await self._statement(on, "CRDT")

    async def given_back(self, on: date) -> tuple[Transfer, ...]:
        """Everything that was refunded on a day: transaction_id is the refund's, amounts are positive."""
        return await self._statement(on, "DBIT")

    async def refund(self, key: str, transfer_id: str, satang: int, reason: str) -> RefundResult:
        """Give back (part of) a transfer. Asking again with the same key never pays twice.

        Raises OfficeRefused when the bank will not: more than was paid, unknown transfer, key used for another refund.
        """
        wanted = {"transactionId": transfer_id, "amount": money.baht(satang), "reason": reason}
        rows = await self._call("POST", "/v1/payment/billpayment/refund", json=wanted, headers={"Idempotency-Key": key})
        return _read(lambda: _refund(rows[0]))

    async def _statement(self, on: date, side: str) -> tuple[Transfer, ...]:
        query = {"billerId": self.biller_id, "date": on.isoformat()}
        rows = await self._call("GET", "/v1/payment/billpayment/statement", params=query)
        return _read(lambda: tuple(_transfer(row) for row in rows if row["side"] == side))

    async def _call(self, method: str, path: str, headers: Mapping[str, str] | None = None, **what: Any) -> list[Any]:
        """The `data` of one call; the token is renewed once when the bank no longer knows it."""
        response = await self._send(method, path, headers, what)
        if response.status_code == 401:
            self._token = ""
            response = await self._send(method, path, headers, what)
        data = _data(response)
        return data if isinstance(data, list) else [data]

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str] | None, what: Mapping[str, Any]
    ) -> httpx.Response:
        token = await self._valid_token()
        sent = {**self._headers(), "authorization": f"Bearer {token}", **(headers or {})}
        return await wire.send(OFFICE, self._http, method, path, headers=sent, **what)

    async def _valid_token(self) -> str:
        if not self._token or self._token_until <= self._clock():
            asked_at = self._clock()
            pair = {"applicationKey": self._key, "applicationSecret": self._secret}
            response = await wire.send(
                OFFICE, self._http, "POST", "/v1/oauth/token", json=pair, headers=self._headers()
            )
            data = _data(response)
            self._token = _read(lambda: _some(data["accessToken"], 4096))
            self._token_until = asked_at + TOKEN_LIFE_S
        return self._token

    def _headers(self) -> dict[str, str]:
        return {"resourceOwnerId": self._key, "requestUId": str(uuid.uuid4()), "accept-language": "EN"}


def _data(response: httpx.Response) -> Any:
    """The `data` of an answer whose status is 1000; else the bank is down or refuses."""
    if response.status_code >= 500:
        raise OfficeDown(OFFICE, f"broken (HTTP {response.status_code})")
    body = wire.read_object(OFFICE, response.content)
    status = body.get("status")
    if not isinstance(status, dict) or "code" not in status:
        raise OfficeDown(OFFICE, "unreadable answer: no status")
    if response.status_code != 200 or status["code"] != OK:
        words = str(status.get("description", "refused"))[:200]
        raise OfficeRefused(OFFICE, f"{words} (HTTP {response.status_code})", str(status["code"]))
    return body.get("data")


def _read(how: Callable[[], Read]) -> Read:
    """Run a reader; an answer that does not have the agreed shape is the office's trouble."""
    try:
        return how()
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise OfficeDown(OFFICE, f"unreadable answer ({type(error).__name__})") from error


def _transfer(row: Mapping[str, Any]) -> Transfer:
    return Transfer(
        transaction_id=_some(row["transactionId"], 64),
        satang=money.satang(row["amount"]),
        ref1=row["billPaymentRef1"],
        ref2=row["billPaymentRef2"] or "",
        at=_moment(row["transactionDateandTime"]),
        payer_name=mask_name(row["payerName"]),
    )


def _refund(row: Mapping[str, Any]) -> RefundResult:
    return RefundResult(
        _some(row["refundId"], 64), row["transactionId"], money.satang(row["amount"]), _moment(row["refundedAt"])
    )


def _some(text: object, most: int) -> str:
    if not isinstance(text, str) or not 0 < len(text) <= most or not text.isprintable():
        raise ValueError("a text is missing, too long or not printable")
    return text


def _moment(text: str) -> datetime:
    """A moment with its offset; one without is Bangkok's time, which is what the bank means."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=BANGKOK)
