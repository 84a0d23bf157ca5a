"""The bank: its open-banking interface, and the payer's app that reads a QR and pays it.

What it did is kept in a file of one JSON line each and found again at the next start.

People's side (no sign-in): `POST /pay {"qr", "satang"?, "times"?, "transaction_id"?, "at"?, "payer"?, "notify"?}`,
`GET /payments`, `GET /notifications`, `PUT /notification-url {"url"}`, and `POST /remittances` (a pain.001 file).

Faults beside the common ones, which act on the interface (`/v1/…`):

    never          no notification of a payment
    double         two notifications of one payment
    wrong_amount   the notification states so many satang
    wrong          an object laid over the notification, or true for somebody else's reference
    early          told before the inquiry shows it: it does after `early_s` (2), or when the fault is taken away
    late_s         told so many seconds later
    signature      what stands for the signature: "bad", or "none" for no header at all
    retry_s        seconds between tries; the bank's own are 12
    refuse         refunds are refused
    lose           a refund is made, but the connection drops before its answer
    expire         forget every token, once
"""

import asyncio
import json
import os
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from exchange import bank_signature, money, remittance
from exchange.bank import BANGKOK, OK, Qr, parse_qr
from exchange.counterparts import BANK_KEY, BANK_SECRET, BILLER_ID
from exchange.counterparts.faults import Faults, Faulty, drop
from exchange.remittance import Order
from exchange.safexml import UnreadableFile

TRIES = 4
"""The first notification and three more."""
RETRY_S = 12.0
TOKEN_S = 30 * 60
PAYER = "นายสมชาย ใจดี"


@dataclass
class Books:
    """What happened, kept in a file: payments by transaction, refunds by key."""

    path: Path
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    remitted: dict[str, dict[str, Any]] = field(default_factory=dict)
    under: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # Ref1 -> payments

    def __post_init__(self) -> None:
        if self.path.exists():
            for line in self.path.read_text("utf-8").splitlines():
                self._take(json.loads(line))

    def write(self, row: dict[str, Any]) -> None:
        """Keep a row for good before anybody hears of it."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._take(row)

    def _take(self, row: dict[str, Any]) -> None:
        if "refundId" in row:
            self.refunds[row["key"]] = row
        elif "remittance" in row:
            self.remitted[row["transactionId"]] = row
        else:
            self.payments[row["transactionId"]] = row
            self.under.setdefault(row["billPaymentRef1"], []).append(row)

    def refunded(self, transaction_id: str) -> int:
        """Satang of a payment that were given back."""
        rows = (row for row in self.refunds.values() if row["transactionId"] == transaction_id)
        return sum(money.satang(row["amount"]) for row in rows)


class CannotPay(ValueError):
    """The payer's app says no: a damaged QR, an unknown biller, a transaction number used for another payment."""


class BankOffice:
    """The bank, with its books in `folder` and the address it tells payments to."""

    def __init__(self, folder: Path, notification_url: str = "") -> None:
        self.faults = Faults()
        self.url = notification_url
        self._books = Books(folder / "bank.jsonl")
        self._tokens: dict[str, float] = {}
        self._hidden: dict[str, float] = {}
        self._told: list[dict[str, Any]] = []
        self._telling: set[asyncio.Task[None]] = set()
        self._refunding = asyncio.Lock()

    def app(self) -> ASGIApp:
        """The bank as a web application."""
        bill = "/v1/payment/billpayment"
        routes = [
            Route("/v1/oauth/token", self._give_token, methods=["POST"]),
            Route(f"{bill}/inquiry", self._inquiry),
            Route(f"{bill}/statement", self._statement),
            Route(f"{bill}/refund", self._refund, methods=["POST"]),
            Route("/pay", self._pay, methods=["POST"]),
            Route("/payments", self._show_payments),
            Route("/remittances", self._remit, methods=["POST"]),
            Route("/notifications", self._show_notifications),
            Route("/notification-url", self._set_url, methods=["PUT"]),
            *self.faults.routes(),
        ]
        return Faulty(Starlette(routes=routes), self.faults, "/v1/")

    async def close(self) -> None:
        """Stop telling; what was not told is found by inquiry and statement, as with the real one."""
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)

    # The interface

    async def _give_token(self, request: Request) -> Response:
        asked = await request.json()
        if (asked.get("applicationKey"), asked.get("applicationSecret")) != (BANK_KEY, BANK_SECRET):
            return _no(401, 9300, "Application Key or Application Secret is incorrect")
        token = str(uuid.uuid4())
        self._tokens[token] = time.monotonic() + TOKEN_S
        return _yes({"accessToken": token, "tokenType": "Bearer", "expiresIn": TOKEN_S})

    async def _inquiry(self, request: Request) -> Response:
        refused = self._refusal(request)
        if refused:
            return refused
        query = request.query_params
        wanted = (query.get("billerId"), query.get("reference1"), query.get("transactionDate"))
        named = self._books.under.get(str(wanted[1]), [])
        return _yes([row for row in self._visible(named) if _inquired(row) == wanted])

    async def _statement(self, request: Request) -> Response:
        refused = self._refusal(request)
        if refused:
            return refused
        wanted = (request.query_params.get("billerId"), request.query_params.get("date"))
        lines = [row | {"side": "CRDT"} for row in self._visible()]
        lines += [_refund_line(row) for row in self._books.refunds.values()]
        lines += [row | {"side": "DBIT"} for row in self._books.remitted.values()]
        return _yes([row for row in lines if (row["billerId"], row["transactionDateandTime"][:10]) == wanted])

    async def _refund(self, request: Request) -> Response:
        refused = self._refusal(request)
        if refused:
            return refused
        async with self._refunding:
            answer = self._give_back(request.headers.get("idempotency-key", ""), await request.json())
        return Dropped() if request.scope["faults"].get("lose") else answer

    def _give_back(self, key: str, asked: dict[str, Any]) -> Response:
        before = self._books.refunds.get(key)
        if before:
            same = all(before[name] == asked[name] for name in ("transactionId", "amount"))
            return _yes(before) if same else _no(409, 4090, "Idempotency-Key was used for another refund")
        paid = self._books.payments.get(asked["transactionId"])
        if not key or paid is None or self.faults.now.get("refuse"):
            return _no(400, 4001, "Refund is not possible")
        left = money.satang(paid["amount"]) - self._books.refunded(asked["transactionId"])
        if not 0 < money.satang(asked["amount"]) <= left:
            return _no(400, 4002, "Refund is more than is left of the payment")
        row = {**asked, "key": key, "refundId": f"R{uuid.uuid4().hex[:20]}", "refundedAt": _now()}
        self._books.write(row | {name: paid[name] for name in ("billerId", "billPaymentRef1", "billPaymentRef2")})
        return _yes(self._books.refunds[key])

    def _refusal(self, request: Request) -> Response | None:
        if self.faults.now.pop("expire", None):
            self._tokens.clear()
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._tokens.get(token, 0.0) <= time.monotonic():
            return _no(401, 9500, "Invalid authorization credentials")
        return None

    def _visible(self, rows: Iterable[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        now = time.monotonic()
        hidden = self._hidden if self.faults.now.get("early") else {}
        every = self._books.payments.values() if rows is None else rows
        return [row for row in every if hidden.get(row["transactionId"], 0.0) <= now]

    # The payer's side

    async def _pay(self, request: Request) -> Response:
        asked = await request.json()
        try:
            paid = self._payments(asked)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, status_code=422)
        for row in paid:
            self._keep(row)
            self._tell_later(row, asked.get("notify", self.url))
        return JSONResponse({"payments": paid}, status_code=201)

    def _payments(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """The payments a person makes with one QR: `times` of them, each with a number of its own."""
        qr = parse_qr(asked["qr"])
        satang = int(asked.get("satang") or qr.satang or 0)
        if qr.biller_id != BILLER_ID or satang <= 0:
            raise CannotPay("unknown biller, or no amount")
        times = int(asked.get("times", 1))
        given = asked.get("transaction_id")
        names = [f"{given}-{n}" if n else given for n in range(times)] if given else [_name() for _ in range(times)]
        rows = [_payment(name, qr, satang, asked) for name in names]
        return [self._same_or_new(row) for row in rows]

    def _same_or_new(self, row: dict[str, Any]) -> dict[str, Any]:
        before = self._books.payments.get(row["transactionId"])
        if before and any(before[name] != row[name] for name in ("amount", "billPaymentRef1")):
            raise CannotPay("this transaction number is another payment's")
        return before or row

    def _keep(self, row: dict[str, Any]) -> None:
        if row["transactionId"] in self._books.payments:
            return
        if self.faults.now.get("early"):
            self._hidden[row["transactionId"]] = time.monotonic() + float(self.faults.now.get("early_s", 2))
        self._books.write(row)

    # Telling

    def _tell_later(self, row: dict[str, Any], url: str) -> None:
        faults = dict(self.faults.now)
        if not url or faults.get("never"):
            return
        for _ in range(2 if faults.get("double") else 1):
            task = asyncio.create_task(self._tell(_confirmation(row, faults), url, faults))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell(self, body: dict[str, Any], url: str, faults: dict[str, Any]) -> None:
        """Post the confirmation until it is acknowledged, at most four times."""
        told: dict[str, Any] = {"transactionId": body["transactionId"], "answers": [], "acknowledged": False}
        self._told.append(told)
        await asyncio.sleep(float(faults.get("late_s", 0)))
        async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
            for attempt in range(TRIES):
                if attempt:
                    await asyncio.sleep(float(faults.get("retry_s", RETRY_S)))
                answer, told["acknowledged"] = await _post(http, url, body, str(faults.get("signature", "")))
                told["answers"].append(answer)
                if told["acknowledged"]:
                    return

    async def _remit(self, request: Request) -> Response:
        """Carry out a remittance file (pain.001), each payment once by its end-to-end reference."""
        try:
            orders = remittance.read(await request.body())
        except UnreadableFile as wrong:
            return JSONResponse({"error": wrong.en}, status_code=422)
        done = {row["billPaymentRef1"] for row in self._books.remitted.values()}
        for order in (one for one in orders if one.reference not in done):
            self._books.write(_remitted(order))
        return JSONResponse({"payments": len(orders)}, status_code=201)

    async def _show_payments(self, request: Request) -> Response:
        books = self._books
        return JSONResponse({"payments": list(books.payments.values()), "refunds": list(books.refunds.values())})

    async def _show_notifications(self, request: Request) -> Response:
        return JSONResponse({"notifications": self._told})

    async def _set_url(self, request: Request) -> Response:
        self.url = (await request.json())["url"]
        return JSONResponse({"url": self.url})


class Dropped(Response):
    """An answer that never arrives: the connection is cut instead."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut the connection."""
        await drop(scope["cut"])


async def _post(http: httpx.AsyncClient, url: str, body: dict[str, Any], signature: str) -> tuple[str, bool]:
    """What was answered in short, and whether it was the acknowledgement."""
    content = json.dumps(body, ensure_ascii=False).encode()
    headers = {"content-type": "application/json"}
    if signature != "none":
        headers[bank_signature.HEADER] = bank_signature.sign(content, signature or BANK_SECRET)
    try:
        response = await http.post(url, content=content, headers=headers)
        return f"HTTP {response.status_code}", response.json().get("resCode") == "00"
    except (httpx.TransportError, ValueError, AttributeError) as error:
        return type(error).__name__, False


def _payment(name: str, qr: Qr, satang: int, asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "transactionId": name,
        "billerId": qr.biller_id,
        "amount": money.baht(satang),
        "billPaymentRef1": qr.ref1,
        "billPaymentRef2": qr.ref2,
        "billPaymentRef3": qr.ref3,
        "transactionDateandTime": asked.get("at") or _now(),
        "payerName": asked.get("payer", PAYER),
        "eventCode": "00300100",
        "currencyCode": "764",
    }


def _confirmation(row: dict[str, Any], faults: dict[str, Any]) -> dict[str, Any]:
    """The payment confirmation in SCB's shape."""
    amount = money.baht(int(faults["wrong_amount"])) if "wrong_amount" in faults else row["amount"]
    wrong = faults.get("wrong") or {}
    return {
        "payeeProxyId": row["billerId"],
        "payeeProxyType": "BILLERID",
        "payeeAccountNumber": "0000000000",
        "payeeAccountName": "BIZPORTAL",
        "payerProxyId": "0000000000",
        "payerProxyType": "ACCOUNT",
        "payerAccountNumber": "0000000000",
        "payerAccountName": row["payerName"],
        "sendingBankCode": "014",
        "receivingBankCode": "014",
        "amount": amount,
        "transactionId": row["transactionId"],
        "transactionDateandTime": row["transactionDateandTime"],
        "billPaymentRef1": row["billPaymentRef1"],
        "billPaymentRef2": row["billPaymentRef2"],
        "billPaymentRef3": row["billPaymentRef3"],
        "currencyCode": "764",
        "channelCode": "PMH",
        "transactionType": "Domestic Transfers",
    } | ({"billPaymentRef1": "SOMEBODYELSES"} if wrong is True else wrong)


def _inquired(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["billerId"], row["billPaymentRef1"], row["transactionDateandTime"][:10]


def _refund_line(row: dict[str, Any]) -> dict[str, Any]:
    names = ("billerId", "billPaymentRef1", "billPaymentRef2", "amount")
    line = {name: row[name] for name in names}
    return line | {
        "transactionId": row["refundId"],
        "transactionDateandTime": row["refundedAt"],
        "payerName": "",
        "side": "DBIT",
    }


def _remitted(order: Order) -> dict[str, Any]:
    return {
        "remittance": True,
        "transactionId": f"M{uuid.uuid4().hex[:20].upper()}",
        "billerId": BILLER_ID,
        "amount": money.baht(order.satang),
        "billPaymentRef1": order.reference,
        "billPaymentRef2": "",
        "transactionDateandTime": _now(),
        "payerName": "",
    }


def _name() -> str:
    return uuid.uuid4().hex[:24].upper()


def _now() -> str:
    return datetime.now(BANGKOK).isoformat(timespec="milliseconds")


def _yes(data: Any) -> Response:
    return JSONResponse({"status": {"code": OK, "description": "Success"}, "data": data})


def _no(status: int, code: int, words: str) -> Response:
    return JSONResponse({"status": {"code": code, "description": words}}, status_code=status)
