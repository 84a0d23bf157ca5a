"""Handing over: two persons and an account, a file for the bank, its statement, the proof, the payee alone."""

import asyncio
import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from money_examples import SHARED, a_line
from sqlalchemy import text

import cli
from activities.refunding import Agreed, Refunding
from control.money import prove
from control.reconciling import bring
from exchange import remittance
from exchange.remittance import Order
from exchange.statements import BankLine, BankStatement
from licences import ledger as book
from licences import settlement as rules
from licences.calendar import BANGKOK
from records import bank_lines, ledger, proof, refunds, settlements
from records.settlements import ChangeOpen, NewAccount, SamePerson
from records.tables import Receipt, Settlement

TREASURY, AGENCY = "payable:treasury:bma", "payable:agency:bma"
THEIRS = NewAccount(TREASURY, "006", "1234567890", "กรมบัญชีกลาง", "monthly")


async def earned(payer: Any, *satang: int) -> list[str]:
    """Bills paid in full on the payer's day, two thirds the agency's and one the treasury's."""
    names = []
    for one in satang:
        _, bill = await payer.billed(a_line(one, shares=SHARED))
        names.append(payer.paid(bill))
        await payer.booked(names[-1])
    return names


async def settled(payer: Any, payee: str = TREASURY, days: int = 0) -> Settlement | None:
    async with payer.database.transaction() as session:
        until = payer.day + timedelta(days=days)
        return await settlements.settle_once(session, payee, until, payer.moment + timedelta(days=days + 1))


async def agreed(payer: Any, new: NewAccount) -> None:
    async with payer.database.transaction() as session:
        change = await settlements.propose(session, new, "operator", payer.moment)
        await settlements.decide(session, change.id, "operator-2", payer.moment, agreed=True)


async def kept(payer: Any, row: Settlement, path: Path) -> Path:
    """The payee's copy of a statement, as a file."""
    async with payer.database.reading() as session:
        said = await settlements.statement(session, row)
    return _written(path, {"record": said.model_dump(mode="json")})


def _written(path: Path, said: dict[str, Any]) -> Path:
    path.write_text(json.dumps(said), "utf-8")
    return path


async def test_a_payee_is_handed_its_own_once_and_the_next_time_only_what_is_new(payer: Any) -> None:
    await earned(payer, 100_001, 50_000)

    first, again = await settled(payer), await settled(payer)
    async with payer.database.reading() as session:
        held = await ledger.balances_now(session)
    later = await settled(payer, days=1)

    assert first is not None and again is not None and again.id == first.id
    assert (first.satang, first.lines, later) == (33_330 + 16_665, 2, None)
    assert held[rules.CLEARING] == first.satang
    assert TREASURY not in held and held[AGENCY] == 66_671 + 33_335


async def test_two_persons_change_a_payees_account_and_one_does_not(payer: Any) -> None:
    async with payer.database.transaction() as session:
        change = await settlements.propose(session, THEIRS, "operator", payer.moment)

    for by, error in (("operator", SamePerson), ("operator-2", None), ("operator-2", settlements.UnknownChange)):
        async with payer.database.reading() as session:
            before = await settlements.account_of(session, TREASURY)
        assert (before is None) == (error is not settlements.UnknownChange)
        if error is None:
            async with payer.database.transaction() as session:
                await settlements.decide(session, change.id, by, payer.moment, agreed=True)
            continue
        with pytest.raises(error):
            async with payer.database.transaction() as session:
                await settlements.decide(session, change.id, by, payer.moment, agreed=True)


async def test_one_change_of_an_account_waits_at_a_time_and_may_be_turned_down(payer: Any) -> None:
    async with payer.database.transaction() as session:
        change = await settlements.propose(session, THEIRS, "operator", payer.moment)
    with pytest.raises(ChangeOpen):
        async with payer.database.transaction() as session:
            await settlements.propose(session, THEIRS, "operator-2", payer.moment)

    async with payer.database.transaction() as session:
        await settlements.decide(session, change.id, "operator", payer.moment, agreed=False)
    async with payer.database.reading() as session:
        assert await settlements.account_of(session, TREASURY) is None


async def test_daily_or_monthly_as_the_payee_chose(payer: Any) -> None:
    await earned(payer, 100_001)
    await agreed(payer, THEIRS)
    tomorrow = payer.day + timedelta(days=1)

    async with payer.database.reading() as session:
        due = dict(await settlements.due(session, tomorrow))

    assert due[AGENCY] == payer.day
    assert due[TREASURY] == tomorrow.replace(day=1) - timedelta(days=1)


async def test_the_bank_carries_it_out_and_the_day_is_proved_with_its_settlements(payer: Any) -> None:
    await earned(payer, 100_001)
    await agreed(payer, THEIRS)
    row = await settled(payer)
    assert row is not None and row.account == "1234567890"
    now = datetime.now(UTC)

    async with payer.database.transaction() as session:
        name, sent = await settlements.remit(session, now)
        assert await settlements.remit(session, now) == ("", ())
    orders = [Order(one.id, one.satang, one.bank_code, one.account, one.name) for one in sent]
    content = remittance.compose(name, orders, payer.bank.biller_id, now.date(), now)
    for _ in range(2):
        address = f"{payer.offices.url('bank')}/remittances"
        done = await asyncio.to_thread(httpx.post, address, content=content, trust_env=False)
        assert done.status_code == 201, done.text
    out = [one for one in await payer.bank.given_back(now.astimezone(BANGKOK).date()) if one.ref1 == row.id]

    async with payer.database.transaction() as session:
        (one,) = out
        assert await settlements.arrived_once(session, one.ref1, one.transaction_id, one.satang, one.at)
        assert await settlements.arrived_once(session, one.ref1, one.transaction_id, one.satang, one.at)
        assert not await settlements.arrived_once(session, one.ref1, one.transaction_id, one.satang + 1, one.at)
    proof = await prove(payer.database, payer.bank, payer.day)

    assert (proof.differences, proof.settled, proof.on_its_way) == ((), 33_330, 0)
    assert proof.bank_in == proof.postings_in == proof.receipts == 100_001 == proof.settled + proof.held


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE settlements SET satang = satang + 1",
        "UPDATE postings SET satang = satang - 1 WHERE credit = 'payable:treasury:bma'",
        "DELETE FROM postings WHERE key LIKE 'settlement:%'",
    ],
)
async def test_a_satang_that_was_moved_behind_our_back_is_named(payer: Any, planted: str) -> None:
    await earned(payer, 100_001)
    row = await settled(payer)
    assert row is not None
    async with payer.database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text(planted))

    proof = await prove(payer.database, payer.bank, payer.day)

    assert any("settlements" in one.between for one in proof.differences), proof.differences


async def test_a_bank_statement_is_matched_heard_of_or_a_task(payer: Any) -> None:
    (name,) = await earned(payer, 100_001)
    _, unknown = await payer.billed()
    lines = (
        BankLine(name, payer.day, "CRDT", 100_001, "", ""),
        BankLine("NEW-1", payer.day, "CRDT", unknown.satang, unknown.ref1, ""),
        BankLine("STRAY-1", payer.day, "DBIT", 500, "", "bank charge"),
    )

    brought = await bring(payer.database, BankStatement("S-1", lines), "operator", payer.moment)
    again = await bring(payer.database, BankStatement("S-1", lines), "operator", payer.moment)

    assert (brought.lines, brought.new, brought.matched, brought.heard, brought.open) == (3, 3, 1, 1, 2)
    assert (again.new, again.matched) == (0, 0)
    async with payer.database.reading() as session:
        told = await ledger.unheard(session, payer.moment + timedelta(minutes=1))
        tasks = await bank_lines.still_open(session)
    assert [one.transaction_id for one in told] == ["NEW-1"]
    assert [one.id for one in tasks] == ["NEW-1", "STRAY-1"]
    async with payer.database.transaction() as session:
        await bank_lines.close(session, "STRAY-1", "operator", "ค่าธรรมเนียมธนาคาร", payer.moment)
        with pytest.raises(bank_lines.UnknownLine):
            await bank_lines.close(session, "STRAY-1", "operator", "again", payer.moment)


async def test_an_unexplained_line_of_the_banks_file_is_a_difference_of_its_day(payer: Any) -> None:
    lines = (BankLine("STRAY-2", payer.day, "DBIT", 500, "", ""),)
    await bring(payer.database, BankStatement("S-2", lines), "operator", payer.moment)

    (one,) = (await prove(payer.database, payer.bank, payer.day)).differences

    assert (one.what, one.between, one.left_satang) == ("STRAY-2", "bank's file, books", 500)


async def test_a_payee_recomputes_its_statement_alone(
    payer: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await earned(payer, 100_001, 60_000)
    first = await settled(payer)
    payer.day += timedelta(days=1)
    await earned(payer, 30_000)
    second = await settled(payer)
    assert first and second
    files = [await kept(payer, row, tmp_path / f"{row.id}.json") for row in (first, second)]
    with (tmp_path / "own.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        async with payer.database.reading() as session:
            lines = (await settlements.statement(session, second)).lines
        rows.writerows([("bill", "satang"), *((line.bill, line.satang) for line in lines)])

    asked = ["money", "recompute", str(files[1]), "--previous", str(files[0]), "--own", str(tmp_path / "own.csv")]
    assert cli.main(asked) == 0
    assert "every satang agrees" in capsys.readouterr().out

    said = json.loads(files[1].read_text("utf-8"))
    said["record"]["lines"][0]["satang"] += 1
    files[1].write_text(json.dumps(said), "utf-8")
    assert cli.main(asked) == 1
    shown = capsys.readouterr().out
    assert "is not what its hash says" in shown and "in your list" in shown


async def test_a_statement_is_brought_in_from_the_command_line(
    payer: Any, address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.env").write_text(f"BIZ_DATABASE_URL={address!r}\n", "utf-8")
    file = tmp_path / "statement.csv"
    file.write_text(f"date,reference,side,amount,ref1,description\n{payer.day},STRAY-3,DBIT,5.00,,\n", "utf-8")

    assert await asyncio.to_thread(cli.main, ["money", "import", str(file), "--data", str(tmp_path)]) == 0
    assert "open: 1" in capsys.readouterr().out
    file.write_bytes(b"<!DOCTYPE x []><x/>")
    assert await asyncio.to_thread(cli.main, ["money", "import", str(file), "--data", str(tmp_path)]) == 2


async def test_a_part_of_a_fee_goes_back_under_a_law_and_a_receipt_without_money_stays_and_says_so(payer: Any) -> None:
    _, bill = await payer.billed(a_line(100_001, shares=SHARED))
    await payer.booked(payer.paid(bill))
    hands = Refunding(payer.database, payer.bank)

    async def returned(satang: int) -> Receipt | None:
        async with payer.database.transaction() as session:
            refund = await refunds.return_part(session, bill.ref1, satang, "Act, s. 9", payer.moment)
        agreed = Agreed(refund=refund.id, persons=("operator",))
        assert await hands.agree(agreed) and await hands.give_back(agreed) == ""
        async with payer.database.reading() as session:
            return await ledger.receipt_of(session, bill.ref1)

    part = await returned(40_000)
    whole = await returned(60_001)

    assert part and whole and part.cancelled_at is None and whole.cancelled_at is not None
    assert whole.number == part.number
    with pytest.raises(refunds.TooMuch):
        await returned(1)
    async with payer.database.reading() as session:
        held = await ledger.balances_now(session)
        assert await proof.receipt_gaps(session) == {}
    assert not [account for account in held if rules.is_payee(account) or account == book.OVERPAID]
