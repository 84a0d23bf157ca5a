"""What somebody tells us in the bank's name: answered in the bank's format, believed by nobody."""

import json
from typing import Any

import httpx
import pytest
from api_examples import As, Caller

from exchange import bank_signature
from exchange.counterparts import BANK_SECRET

TOLD = {
    "transactionId": "T-1",
    "amount": "100.00",
    "billPaymentRef1": "NOBODYSBILL",
    "billPaymentRef2": "",
    "transactionDateandTime": "2026-11-20T10:00:00+07:00",
}


@pytest.fixture
async def somebody(as_: As) -> Caller:
    return await as_("")


async def tell(somebody: Caller, body: bytes) -> httpx.Response:
    """Say it as the bank does, with its signature."""
    headers = {bank_signature.HEADER: bank_signature.sign(body, BANK_SECRET)}
    return await somebody.http.post("/api/v1/bank/notifications", content=body, headers=headers)


async def test_what_is_told_is_acknowledged_as_often_as_it_is_told(somebody: Caller) -> None:
    for _ in range(3):
        answer = await tell(somebody, json.dumps(TOLD).encode())

        said = answer.json()
        assert (answer.status_code, said["resCode"], said["transactionId"]) == (200, "00", "T-1")
        assert said["confirmId"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"transactionId": "T-2"}',
        b'{"a": ' * 100_000,
        *(
            json.dumps(TOLD | wrong).encode()
            for wrong in ({"amount": "NaN"}, {"transactionId": "a\x00b"}, {"billPaymentRef1": []})
        ),
    ],
)
async def test_what_is_no_notification_is_refused_in_the_banks_format(somebody: Caller, body: bytes) -> None:
    answer = await tell(somebody, body)

    said: dict[str, Any] = answer.json()
    assert answer.status_code == 400, answer.text
    assert said["resCode"] != "00" and said["resDesc"]
