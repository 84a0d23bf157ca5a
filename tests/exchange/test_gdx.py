"""The government exchange: tokens, what its errors mean, and that secrets stay out of the log."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from exchange.counterparts import GDX_AGENT_ID, GDX_CONSUMER_KEY, GDX_CONSUMER_SECRET
from exchange.counterparts.people import JOINT_COMPANY
from exchange.counterparts.running import Offices, free_ports
from exchange.errors import OfficeDown, OfficeRefused
from exchange.gdx import TOKEN_LIFE_S, Gdx
from exchange.juristic import PATH

WHO = {"JuristicID": JOINT_COMPANY.juristic_id}
VALIDATE = "/ws/auth/validate"


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def gdx(offices: Offices, clock: Clock) -> AsyncIterator[Gdx]:
    ours = Gdx(offices.url("dbd"), GDX_CONSUMER_KEY, GDX_CONSUMER_SECRET, GDX_AGENT_ID, clock=clock)
    yield ours
    await ours.close()


def calls(offices: Offices, path: str) -> int:
    counted: int = offices.get("dbd", "/calls").get(path, 0)
    return counted


async def test_a_service_answers(gdx: Gdx) -> None:
    assert (await gdx.get(PATH, WHO))["ResultList"][0]["JuristicID"] == JOINT_COMPANY.juristic_id


async def test_many_calls_at_once_take_one_token(offices: Offices, gdx: Gdx) -> None:
    before = calls(offices, VALIDATE)

    await asyncio.gather(*(gdx.get(PATH, WHO) for _ in range(5)))

    assert calls(offices, VALIDATE) - before == 1


async def test_a_token_is_kept_for_fifty_minutes_and_no_longer(offices: Offices, gdx: Gdx, clock: Clock) -> None:
    before = calls(offices, VALIDATE)
    await gdx.get(PATH, WHO)

    clock.now = TOKEN_LIFE_S - 1
    await gdx.get(PATH, WHO)
    kept = calls(offices, VALIDATE) - before
    clock.now = TOKEN_LIFE_S
    await gdx.get(PATH, WHO)

    assert TOKEN_LIFE_S <= 50 * 60
    assert (kept, calls(offices, VALIDATE) - before) == (1, 2)


async def test_each_agent_has_a_token_of_their_own(offices: Offices, gdx: Gdx) -> None:
    before = calls(offices, VALIDATE)

    await gdx.get(PATH, WHO)
    await gdx.get(PATH, WHO, agent="1999900000013")
    await gdx.get(PATH, WHO, agent="1999900000013")

    assert calls(offices, VALIDATE) - before == 2


async def test_a_forgotten_token_is_renewed_once(offices: Offices, gdx: Gdx) -> None:
    await gdx.get(PATH, WHO)
    before = calls(offices, VALIDATE)
    offices.fault("dbd", expire=True)

    answer = await gdx.get(PATH, WHO)

    assert len(answer["ResultList"]) == 1
    assert calls(offices, VALIDATE) - before == 1


async def test_a_token_that_stays_refused_is_not_renewed_for_ever(offices: Offices, gdx: Gdx) -> None:
    await gdx.get(PATH, WHO)
    before = calls(offices, PATH)
    offices.fault("dbd", status=401)

    with pytest.raises(OfficeRefused):
        await gdx.get(PATH, WHO)

    assert calls(offices, PATH) == before


@pytest.mark.parametrize("fault", [{"gone": True}, {"status": 500}, {"status": 429}, {"bad_body": True}])
async def test_an_exchange_without_a_usable_answer_is_down(offices: Offices, gdx: Gdx, fault: dict[str, Any]) -> None:
    offices.fault("dbd", **fault)

    with pytest.raises(OfficeDown):
        await gdx.get(PATH, WHO)


async def test_an_exchange_that_is_too_slow_is_down(offices: Offices) -> None:
    hasty = Gdx(offices.url("dbd"), GDX_CONSUMER_KEY, GDX_CONSUMER_SECRET, GDX_AGENT_ID, timeout_s=0.2)
    offices.fault("dbd", slow_s=5, times=1)

    with pytest.raises(OfficeDown, match="Timeout"):
        await hasty.get(PATH, WHO)
    await hasty.close()


async def test_an_exchange_nobody_answers_for_is_down() -> None:
    nowhere = Gdx(f"http://127.0.0.1:{free_ports(1)[0]}", "key", "secret", "agent")

    with pytest.raises(OfficeDown, match="ConnectError"):
        await nowhere.get(PATH, WHO)
    await nowhere.close()


async def test_an_exchange_that_was_gone_for_one_call_answers_the_next(offices: Offices, gdx: Gdx) -> None:
    offices.fault("dbd", gone=True, times=1)

    with pytest.raises(OfficeDown):
        await gdx.get(PATH, WHO)

    assert (await gdx.get(PATH, WHO))["ResultList"]


async def test_wrong_credentials_are_refused(offices: Offices) -> None:
    stranger = Gdx(offices.url("dbd"), GDX_CONSUMER_KEY, "not-the-secret", GDX_AGENT_ID)

    with pytest.raises(OfficeRefused):
        await stranger.get(PATH, WHO)
    await stranger.close()


async def test_a_consumer_no_longer_known_is_refused(offices: Offices, gdx: Gdx) -> None:
    offices.fault("dbd", forbid=True)

    with pytest.raises(OfficeRefused):
        await gdx.get(PATH, WHO)


async def test_a_business_error_is_told_from_a_broken_exchange(offices: Offices, gdx: Gdx) -> None:
    offices.fault("dbd", business="[4] ข้อมูลไม่ตรงกัน")

    with pytest.raises(OfficeRefused) as refused:
        await gdx.get(PATH, WHO)

    assert refused.value.code == "4"


async def test_the_log_has_the_call_but_no_secret_and_no_number(
    offices: Offices, gdx: Gdx, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")  # quiet where a process has set up its log (`seen`)

    await gdx.get(PATH, WHO, agent="1999900000013")

    assert PATH in caplog.text
    for secret in (GDX_CONSUMER_SECRET, WHO["JuristicID"], "1999900000013"):
        assert secret not in caplog.text


async def test_no_error_says_the_secret(offices: Offices, gdx: Gdx) -> None:
    offices.fault("dbd", gone=True)

    with pytest.raises(OfficeDown) as down:
        await gdx.get(PATH, WHO)

    assert GDX_CONSUMER_SECRET not in f"{down.value!r} {down.value.__cause__!r} {gdx!r}"
