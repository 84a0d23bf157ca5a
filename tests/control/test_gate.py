"""The gate before a deploy, and one case's whole story, as operators type them on the real parts."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from driving import Driver
from operating import LICENCE, Begin, Command, Release
from sqlalchemy import update

from control import gate
from licences import catalogue
from records import applications
from records.rows import table_of
from records.tables import Application


async def under_old_rules(driver: Driver, **changed: int) -> str:
    """An application under a version of its rules that was edited in place since: its number."""
    number = await driver.filed(LICENCE, started=False)
    today = catalogue.load().procedure(LICENCE, "new", datetime.now(UTC).date())
    older = today.model_copy(update={"version": "ab" * 32, **changed})
    async with driver.database.transaction() as session:
        await applications.keep_definition(session, older, datetime.now(UTC))
        mine = update(table_of(Application)).where(table_of(Application).c.number == number)
        await session.execute(mine.values(version=older.version))
    return number


async def test_the_gate_is_closed_by_what_nobody_declared_and_shows_where(
    driver: Driver, release: Release, begin: Begin, bizportal: Command, tmp_path: Path
) -> None:
    number = await under_old_rules(driver, decision_days=99)
    declared = tmp_path / "declared.toml"
    declared.write_text(f'[[change]]\nwas = "{"ab" * 6}"\nwhy_th = "แก้คำผิด"\nwhy_en = "A misspelling"\n', "utf-8")
    async with release():
        await begin(number)
        await driver.decide(number)
        await driver.bill(number)
        ours = await asyncio.to_thread(bizportal, "gate", "--declared", str(declared))
        edited = await asyncio.to_thread(bizportal, "gate", "--declared", str(tmp_path / "none.toml"))
        planted = await asyncio.to_thread(bizportal, "gate", "--declared", str(declared), release="sleepy")
        shown = await asyncio.to_thread(bizportal, "show", number)

    assert f"{LICENCE}/new {'ab' * 6} [declared]" in ours.stdout, ours.stdout + ours.stderr
    assert number not in ours.stdout and "0 would not go on" in ours.stdout
    assert edited.returncode == 1 and f"{'ab' * 6} [NOT declared]" in edited.stdout
    assert "The working days promised: from 99 to" in edited.stdout
    assert planted.returncode == 1 and "gate: closed" in planted.stdout
    assert f"{number}  today's code walks another way: first difference at event" in planted.stdout
    told = shown.stdout.splitlines()
    assert "waits for payment" in told[1]
    for words in ("the journey began", "An officer approved", "was told: decide", "A bill was raised"):
        assert any(words in line for line in told), shown.stdout


@pytest.mark.parametrize("text", ['[[change]]\nwas = "abc"\n', '[[change]]\nwas = "abc"\nwhy_th = "ก"\n'])
def test_a_declaration_says_why_in_both_languages(tmp_path: Path, text: str) -> None:
    path = tmp_path / "declared.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(ValueError, match="why_en"):
        gate.declared_in(path)


def test_where_nothing_is_declared_nothing_is() -> None:
    assert gate.declared_in(Path("no-such-file.toml")) == frozenset()
