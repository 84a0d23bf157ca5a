"""What the SME office knows of a business."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from exchange.counterparts import GDX_AGENT_ID, GDX_CONSUMER_KEY, GDX_CONSUMER_SECRET, people
from exchange.counterparts.running import Offices
from exchange.errors import OfficeDown
from exchange.gdx import Gdx
from exchange.sme import SmeFacts, read_facts, sme_facts


@pytest.fixture
async def gdx(offices: Offices) -> AsyncIterator[Gdx]:
    ours = Gdx(offices.url("dbd"), GDX_CONSUMER_KEY, GDX_CONSUMER_SECRET, GDX_AGENT_ID)
    yield ours
    await ours.close()


async def test_employees_and_income_are_read(gdx: Gdx) -> None:
    assert await sme_facts(gdx, "0105999000016") == SmeFacts("0105999000016", 2025, 12, 1_800_000_000, "trade")


@pytest.mark.parametrize("number", [people.PARTNERSHIP.juristic_id, people.with_check_digit("010599900999")])
async def test_a_business_the_office_does_not_know_is_unknown(gdx: Gdx, number: str) -> None:
    assert await sme_facts(gdx, number) is None


async def test_a_sector_the_rules_do_not_know_is_not_guessed(offices: Offices, gdx: Gdx) -> None:
    offices.fault("dbd", wrong={"Sector": "mining"})

    with pytest.raises(OfficeDown):
        await sme_facts(gdx, "0105999000016")


@pytest.mark.parametrize("data", [{}, {"ResultList": [{}]}, {"ResultList": [5]}])
def test_an_answer_of_another_shape_is_the_offices_trouble(data: dict[str, Any]) -> None:
    with pytest.raises(OfficeDown):
        read_facts(data, "0105999000016")
