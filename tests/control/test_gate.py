"""The gate before a deploy, and one case's whole story, as operators type them on the real parts."""

import asyncio
from datetime import UTC, datetime
from functools import partial
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


async def under_old_rules(driver: Driver) -> str:
    """An application under a version of its rules that was edited in place since, the fee too: its number."""
    number = await driver.filed(LICENCE, started=False)
    today = catalogue.load().procedure(LICENCE, "new", datetime.now(UTC).date())
    fee = today.fees[0].model_copy(update={"baht": "70"})
    older = today.model_copy(update={"version": "ab" * 32, "decision_days": 99, "fees": (fee,)})
    async with driver.database.transaction() as session:
        await applications.keep_definition(session, older, datetime.now(UTC))
        mine = update(table_of(Application)).where(table_of(Application).c.number == number)
        await session.execute(mine.values(version=older.version))
    return number


async def test_the_gate_is_closed_by_what_nobody_declared_and_shows_where(
    driver: Driver, release: Release, begin: Begin, bizportal: Command, tmp_path: Path
) -> None:
    number = await under_old_rules(driver)
    declared = tmp_path / "declared.toml"
    declared.write_text(f'[[change]]\nwas = "{"ab" * 6}"\nwhy_th = "แก้คำผิด"\nwhy_en = "A misspelling"\n', "utf-8")
    async with release():
        await begin(number)
        await driver.decide(number)
        bill = await driver.bill(number)
        gate_of = partial(asyncio.to_thread, bizportal, "gate", "--declared")
        ours, edited, planted, dearer, shown = await asyncio.gather(
            gate_of(str(declared)),
            gate_of(str(tmp_path / "none.toml")),
            gate_of(str(declared), release="sleepy"),
            gate_of(str(declared), release="dearer"),
            asyncio.to_thread(bizportal, "show", number),
        )

    assert f"{LICENCE}/new {'ab' * 6} [declared]" in ours.stdout, ours.stdout + ours.stderr
    assert number not in ours.stdout and "0 would not go on" in ours.stdout
    assert edited.returncode == 1 and f"{'ab' * 6} [NOT declared]" in edited.stdout
    assert "The working days promised: from 99 to" in edited.stdout
    assert "Fee gone: licence 70 baht" in edited.stdout and "Fee new: licence 50 baht" in edited.stdout
    assert "ตัดค่าธรรมเนียม: licence 70 บาท" in edited.stdout
    assert dearer.returncode == 1 and f"{number} {bill.ref1} [NOT declared]" in dearer.stdout, dearer.stdout
    assert "7000 satang were asked for, and today's code would ask for 14000" in dearer.stdout
    assert "เรียกเก็บไว้ 7000 สตางค์ แต่โปรแกรมวันนี้จะเรียก 14000" in dearer.stdout
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
