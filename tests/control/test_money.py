"""The money of a day, held against the bank's own statement: on a real bank's other end and a real database."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import cli
from control.money import Difference, prove
from exchange.counterparts import BANK_KEY, BANK_SECRET, BILLER_ID
from records import ledger


async def a_full_day(payer: Any) -> dict[str, str]:
    """One payment of each kind, all of them booked: kind → the bank's number."""
    names = {}
    for kind, satang in (("full", 100_001), ("over", 100_501), ("short", 99_999)):
        _, bill = await payer.billed()
        names[kind] = payer.paid(bill, satang)
        await payer.booked(names[kind])
        if kind == "full":
            names["second"] = payer.paid(bill)
            await payer.booked(names["second"])
    _, dead = await payer.billed()
    async with payer.database.transaction() as session:
        await ledger.cancel_bill(session, dead.ref1)
    names["dead-bill"] = payer.paid(dead)
    await payer.booked(names["dead-bill"])
    return names


async def test_a_day_with_every_kind_of_payment_agrees_to_the_satang(payer: Any) -> None:
    await a_full_day(payer)

    proof = await prove(payer.database, payer.bank, payer.day)

    assert proof.differences == ()
    assert proof.kinds == {"full": 100_001, "over": 100_501, "short": 99_999, "second": 100_001, "dead-bill": 100_001}
    assert proof.bank_in == proof.payments == proof.postings_in == 500_503
    assert (proof.receipts, proof.owed_to_payers) == (200_002, 300_501)


async def test_a_day_on_which_nothing_happened_agrees(payer: Any) -> None:
    assert (await prove(payer.database, payer.bank, payer.day)).holds


async def test_money_that_nobody_took_in_is_named(payer: Any) -> None:
    await a_full_day(payer)
    _, bill = await payer.billed()
    name = payer.paid(bill)

    proof = await prove(payer.database, payer.bank, payer.day)

    says = f"arrived for {bill.ref1}, and is not in our books"
    assert proof.differences == (Difference(name, "bank, payments", 100_001, 0, says),)


async def test_money_that_the_bank_does_not_know_is_named(payer: Any) -> None:
    _, bill = await payer.billed()
    async with payer.database.transaction() as session:
        made_up = ledger.Transfer("MADE-UP", bill.ref1, 100_001, payer.moment)
        await ledger.pay_once(session, made_up, ledger.Books("bma", "BMA"), payer.moment)

    proof = await prove(payer.database, payer.bank, payer.day)

    assert [(one.what, one.left_satang, one.right_satang) for one in proof.differences] == [("MADE-UP", 0, 100_001)]


async def test_one_satang_kept_too_many_is_named(payer: Any) -> None:
    _, bill = await payer.billed()
    name = payer.paid(bill, 100_001)
    await payer.booked(name, satang=100_002)

    (one,) = (await prove(payer.database, payer.bank, payer.day)).differences

    assert (one.what, one.between, one.left_satang, one.right_satang) == (name, "bank, payments", 100_001, 100_002)


@pytest.mark.parametrize(
    ("planted", "between"),
    [
        ("UPDATE postings SET satang = satang + 1 WHERE transaction_id = :name AND right(key, 1) = '0'",
         {"payments, postings", "postings, receipts", "postings, postings"}),
        ("UPDATE receipts SET satang = satang - 1", {"postings, receipts"}),
        ("DELETE FROM receipts", {"postings, receipts"}),
        ("DELETE FROM payments WHERE transaction_id = :name", {"bank, payments", "payments, postings"}),
        ("UPDATE receipts SET number = 'BMA-R2569-0000002'", {"receipts, receipts"}),
        ("UPDATE postings SET memo = '' WHERE transaction_id = :name AND right(key, 1) = '1'", {"postings, postings"}),
    ],
)  # fmt: skip
async def test_what_somebody_changed_behind_our_back_is_named(payer: Any, planted: str, between: set[str]) -> None:
    _, bill = await payer.billed()
    name = payer.paid(bill)
    await payer.booked(name)
    async with payer.database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))  # past what guards the books
        statement = text(planted)
        await session.execute(statement, {"name": name} if ":name" in planted else {})

    proof = await prove(payer.database, payer.bank, payer.day)

    assert {one.between for one in proof.differences} == between


async def test_money_given_back_at_the_bank_and_not_booked_is_named(payer: Any) -> None:
    names = await a_full_day(payer)
    today = (await payer.bank.refund("by-hand", names["second"], 100_001, "twice")).at.date()

    proof = await prove(payer.database, payer.bank, today)

    assert ("bank given back, postings", 100_001, 0) in [
        (one.between, one.left_satang, one.right_satang) for one in proof.differences
    ]


async def test_the_command_ends_with_0_when_all_agrees_with_1_and_the_satang_when_not_with_2_without_a_bank(
    payer: Any, address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await a_full_day(payer)
    settings = {
        "DATABASE_URL": address, "BANK_URL": payer.offices.url("bank"), "BANK_KEY": BANK_KEY,
        "BANK_SECRET": BANK_SECRET, "BILLER_ID": BILLER_ID,
    }  # fmt: skip
    lines = "".join(f"BIZ_{name}={value!r}\n" for name, value in settings.items())
    (tmp_path / "settings.env").write_text(lines, "utf-8")
    asked = ["money", "prove", "--day", str(payer.day), "--data", str(tmp_path)]

    assert await asyncio.to_thread(cli.main, asked) == 0
    assert "every satang agrees" in capsys.readouterr().out
    _, bill = await payer.billed()
    name = payer.paid(bill)
    assert await asyncio.to_thread(cli.main, [*asked, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["differences"][0]["what"] == name
    assert await asyncio.to_thread(cli.main, asked) == 1
    assert f"{name} (bank, payments): 100001 ≠ 0 satang" in capsys.readouterr().out
    payer.offices.fault("bank", gone=True)
    assert await asyncio.to_thread(cli.main, asked) == 2
