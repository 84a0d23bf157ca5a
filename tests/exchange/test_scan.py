"""The virus scanner: over a real connection."""

from typing import Any

import pytest

from exchange.counterparts.clamd import EICAR
from exchange.counterparts.running import Offices, free_ports
from exchange.errors import OfficeDown, OfficeRefused
from exchange.scan import CHUNK, MOST, Verdict, read_answer, scan

HOST = "127.0.0.1"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", bytes(3 * CHUNK + 1)])
async def test_a_clean_file_is_clean(offices: Offices, content: bytes) -> None:
    assert await scan(content, HOST, offices.ports["clamd"]) == Verdict(clean=True)


@pytest.mark.parametrize("before", [0, CHUNK - 10])
async def test_an_infected_file_is_named(offices: Offices, before: int) -> None:
    found = await scan(bytes(before) + EICAR, HOST, offices.ports["clamd"])

    assert found == Verdict(clean=False, name="Eicar-Test-Signature")


async def test_a_file_too_large_for_the_scanner_is_not_even_sent() -> None:
    with pytest.raises(OfficeRefused):
        await scan(bytes(MOST + 1), HOST, free_ports(1)[0])


def test_a_scanner_with_a_smaller_limit_says_so() -> None:
    with pytest.raises(OfficeRefused, match="larger"):
        read_answer(b"INSTREAM size limit exceeded. ERROR\0")


@pytest.mark.parametrize("fault", [{"gone": True}, {"bad_body": True}])
async def test_a_scanner_without_a_verdict_is_down_and_nothing_is_clean(
    offices: Offices, fault: dict[str, Any]
) -> None:
    offices.fault("clamd", **fault)

    with pytest.raises(OfficeDown):
        await scan(b"%PDF-1.7", HOST, offices.ports["clamd"])


async def test_a_scanner_that_is_too_slow_is_down(offices: Offices) -> None:
    offices.fault("clamd", slow_s=5, times=1)

    with pytest.raises(OfficeDown):
        await scan(b"%PDF-1.7", HOST, offices.ports["clamd"], timeout_s=0.2)


async def test_a_scanner_nobody_answers_for_is_down() -> None:
    with pytest.raises(OfficeDown):
        await scan(b"%PDF-1.7", HOST, free_ports(1)[0])


async def test_a_scanner_told_to_be_wrong_finds_something_in_everything(offices: Offices) -> None:
    offices.fault("clamd", wrong=True)

    assert not (await scan(b"%PDF-1.7", HOST, offices.ports["clamd"])).clean
