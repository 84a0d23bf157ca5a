"""Refunds at the door: who sees them, and who may agree."""

import pytest
from api_examples import As


@pytest.mark.parametrize("persona", ["operator", "supervisor-lao"])
async def test_who_may_give_money_back_sees_what_is_owed(as_: As, persona: str) -> None:
    cashier = await as_(persona)

    answer = await cashier.get("/api/v1/refunds?status=waiting")

    assert answer.status_code == 200
    assert set(answer.json()) == {"items", "next"}


@pytest.mark.parametrize("persona", ["applicant", "officer-lao", "auditor"])
async def test_nobody_else_does(as_: As, persona: str) -> None:
    answer = await (await as_(persona)).get("/api/v1/refunds")

    assert answer.status_code == 403


async def test_what_does_not_exist_cannot_be_agreed_to(as_: As) -> None:
    answer = await (await as_("operator")).post("/api/v1/refunds/none/approval")

    assert answer.status_code == 404
    assert answer.json()["type"].endswith("unknown-refund")
