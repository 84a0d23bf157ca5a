"""The view of the register, made again from its entries: by the command that an operator types."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from records_examples import NOON, Act
from sqlalchemy import text

import cli
from control import holdings
from records import register
from records.database import Database
from records.register import NewEntry

Say = Callable[[], Awaitable[int]]
NUMBERS = [f"BMA-2569-{n:07d}" for n in range(5)]


def a_grant(number: str, claim: str = "") -> NewEntry:
    """A company's licence for a place."""
    facts = {
        "holder": {"name": "บริษัท ครัวคุณยาย จำกัด"},
        "premises": {"subdistrict_code": "500101", "district": "เมืองเชียงใหม่"},
    }
    return NewEntry(
        licence_number=number, kind="grant", application=f"A-{number}", licence="food", agency="bma", facts=facts,
        holder_kind="juristic", holder_key="0105500000001", valid_from=NOON.date(), claim=claim,
    )  # fmt: skip


@pytest.fixture
async def book(write: Act) -> None:
    """Five licences."""
    for number in NUMBERS:
        await write(register.append_once, a_grant(number), NOON)


@pytest.fixture
def say(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Type the command to a system with this database; its exit code."""
    monkeypatch.setenv("BIZ_DATABASE_URL", address.replace("postgresql://", "postgresql+asyncpg://"))
    monkeypatch.setattr(holdings, "A_PAGE", 2)

    async def typed() -> int:
        return await asyncio.to_thread(cli.main, ["register", "rebuild", "--data", str(tmp_path)])

    return typed


async def change(database: Database, what: str, **values: str) -> None:
    """A row of the view, changed behind everybody's back."""
    async with database.transaction() as session:
        await session.execute(text(what), values)


async def test_licences_entered_before_are_found_by_what_is_searched_today(
    book: None, database: Database, ask: Act, say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [await ask(register.holding, number) for number in NUMBERS]
    await change(
        database,
        "UPDATE holdings SET plain = '', grams = '[]', status = 'ended' WHERE licence_number < :n",
        n=NUMBERS[3],
    )
    await change(database, "DELETE FROM holdings WHERE licence_number = :n", n=NUMBERS[4])
    await change(database, "UPDATE holdings SET next_action_on = '2026-12-24' WHERE licence_number = :n", n=NUMBERS[0])
    lost = (await ask(register.search, "Chiang Mai")).items

    first, said = await say(), capsys.readouterr()
    again, said_again = await say(), capsys.readouterr().out

    assert [one.licence_number for one in lost] == [NUMBERS[3]]
    assert (first, again) == (0, 0)
    assert "5 licences, 4 shown otherwise now" in said.out and "] 2/5" in said.err and "] 5/5" in said.err
    assert "5 licences, 0 shown otherwise now" in said_again
    assert len((await ask(register.search, "Chiang Mai")).items) == 5
    after = [await ask(register.holding, number) for number in NUMBERS]
    assert str(after[0].next_action_on) == "2026-12-24"  # the last look said so
    same = [one.model_dump(exclude={"as_of", "next_action_on"}) for one in before]
    assert [one.model_dump(exclude={"as_of", "next_action_on"}) for one in after] == same


async def test_what_cannot_stand_beside_another_is_named_and_the_rest_is_shown(
    write: Act, database: Database, ask: Act, say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    await write(register.append_once, a_grant(NUMBERS[0], "one-place"), NOON)
    await change(database, "UPDATE holdings SET claim = 'hidden'")
    await write(register.append_once, a_grant(NUMBERS[1], "one-place"), NOON)
    await write(register.append_once, a_grant(NUMBERS[2]), NOON)
    await change(database, "UPDATE holdings SET holder_name = '' WHERE licence_number = :n", n=NUMBERS[2])

    code, said = await say(), capsys.readouterr().out

    assert code == 1
    assert "3 licences, 1 shown otherwise now" in said and f"  {NUMBERS[0]}: not shown" in said
    assert (await ask(register.holding, NUMBERS[2])).holder_name == "บริษัท ครัวคุณยาย จำกัด"


async def test_a_licence_of_a_kind_that_is_granted_no_more_has_run_out(
    write: Act, database: Database, ask: Act, say: Say
) -> None:
    day = date(2020, 1, 1)
    await write(register.append_once, replace(a_grant(NUMBERS[0]), valid_from=day, valid_until=day), NOON)

    assert await say() == 0
    assert (await ask(register.holding, NUMBERS[0])).status == "expired"
