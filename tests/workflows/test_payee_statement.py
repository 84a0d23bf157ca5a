"""A payee's statement on the real stack: signed by the register's key, time-stamped, under lock, and checked alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from driving import Driver
from sqlalchemy import update

import cli
from activities.billing import Billing
from activities.settling import statement_paper
from control.money_sweeps import MoneySweeps
from exchange.bank import Bank
from licences import settlement as rules
from licences.calendar import BANGKOK
from records import ledger, papers, settlements
from records.ledger import BILLS
from records.tables import Paper

LICENCE = "lao-ecommerce-register"


@pytest.fixture
async def sweeps(driver: Driver) -> AsyncIterator[MoneySweeps]:
    """The money's rounds, called one by one."""
    known = driver.settings
    bank = Bank(known.bank_url, known.bank_key, known.bank_secret, known.biller_id)
    yield MoneySweeps(driver.database, driver.client, bank, Billing(driver.database, known.biller_id, local=True))
    await bank.close()


async def test_a_statement_is_sealed_once_and_its_payee_needs_only_the_trust_folder(
    driver: Driver, sweeps: MoneySweeps, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await driver.granted(LICENCE)
    now = datetime.now(UTC)
    async with driver.database.transaction() as session:
        held = await ledger.balances_now(session)
        payee = next(account for account, satang in held.items() if rules.is_payee(account) and satang > 0)
        row = await settlements.settle_once(session, payee, now.astimezone(BANGKOK).date(), now)
    assert row is not None and row.satang == held[payee]

    await sweeps.seal_settlements()

    async def sealed() -> Paper | None:
        async with driver.database.reading() as session:
            paper = await papers.get(session, statement_paper(row.id))
        return paper if paper and paper.sealed_key else None

    paper = await driver.until(sealed)
    assert paper is not None
    content = await driver.files.get(paper.sealed_key, paper.sealed_sha256, paper.sealed_version)
    file = tmp_path / "statement.json"
    file.write_bytes(content)
    asked = ["money", "recompute", str(file), "--trust", driver.settings.trust_dir]
    assert await asyncio.to_thread(cli.main, asked) == 0
    assert "every satang agrees" in capsys.readouterr().out
    file.write_bytes(content.replace(b'"satang": ', b'"satang": 1', 1))
    assert await asyncio.to_thread(cli.main, asked) == 1
    assert "≠" in capsys.readouterr().out


@pytest.mark.parametrize(("rate_change", "anew"), [("requote", True), ("keep", False)])
async def test_an_open_bill_follows_its_rule_when_its_rate_has_changed(
    driver: Driver, sweeps: MoneySweeps, rate_change: str, anew: bool
) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number)
    old = await driver.bill(number)
    before = [line | {"rate_change": rate_change, "rule_version": "0" * 64, "satang": 1} for line in old.lines]
    async with driver.database.transaction() as session:  # as if it had been quoted under an earlier rate
        earlier = update(BILLS).where(BILLS.c.ref1 == old.ref1).values(lines=before, satang=len(before))
        await session.execute(earlier)
    sweeps.requoted_up_to = ""

    await sweeps.rebill_changed()

    now = await driver.bill(number)
    assert (now.replaces == old.ref1, now.satang == old.satang) == (anew, anew)
    assert now.status == "open"
    await driver.pay(number)
    assert (await driver.over(number)).status == "issued"
