"""`bizportal money …`: whether the money of a day is all there."""

from __future__ import annotations

import argparse
import asyncio
import csv
import getpass
import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.asking import CannotDo, add_data, bytes_of, records_of, settings_of
from licences import thai
from licences.errors import NotAllowed

if TYPE_CHECKING:
    from control.money import Difference, Proof
    from control.reconciling import Brought
    from exchange.statements import BankStatement
    from licences.settlement import Statement


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    words = commands.add_parser("money", help="what came in, what it became, and whether it is all there")
    money = words.add_subparsers(required=True)
    prove = money.add_parser("prove", help="bank = payments = postings = receipts? exit 0 yes, 1 no, 2 cannot tell")
    prove.add_argument("--day", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD", help="in Thailand")
    prove.add_argument("--json", action="store_true")
    add_data(prove)
    prove.set_defaults(command=_prove)
    bring = money.add_parser("import", help="take in a bank statement (camt.053 or CSV); what does not match is a task")
    bring.add_argument("file", type=Path, help="the statement, as the bank gave it")
    add_data(bring)
    bring.set_defaults(command=_import)
    again = money.add_parser("recompute", help="recompute a payee's statement alone; exit 0 it holds, 1 not")
    again.add_argument("statement", type=Path, help="the sealed statement (JSON)")
    again.add_argument("--previous", type=Path, help="the statement before it: nothing lies between the two")
    again.add_argument("--own", type=Path, help="your own list, CSV with the columns bill and satang")
    again.add_argument("--trust", type=Path, help="trust folder: checks the seal and the time stamp too")
    again.set_defaults(command=_recompute)


def _import(options: argparse.Namespace) -> int:
    from exchange.statements import read

    try:
        statement = read(bytes_of(options.file))
    except NotAllowed as unreadable:
        raise CannotDo(f"{options.file}: {unreadable}") from unreadable
    brought = asyncio.run(_brought(options.data, statement))
    for says, many in vars(brought).items():
        print(f"{says}: {many}")
    return 0


async def _brought(data: str, statement: BankStatement) -> Brought:
    from control.reconciling import bring

    async with records_of(data) as database:
        return await bring(database, statement, getpass.getuser(), datetime.now(UTC))


def _recompute(options: argparse.Namespace) -> int:
    from licences import settlement

    said, sealed = _statement(options.statement)
    before = _statement(options.previous)[0] if options.previous else None
    faults = [*settlement.faults(said, before), *(_against_own(said, options.own) if options.own else ())]
    if options.trust:
        faults += asyncio.run(_seal_faults(said, sealed, options.trust))
    print(f"{said.settlement}: {said.payee}, {said.until}, {len(said.lines)} lines, {thai.baht(said.satang)} baht")
    print(f"  digest {said.digest()}")
    print("\n".join(f"  ≠ {fault}" for fault in faults) or "  ตรงกันทุกสตางค์ / every satang agrees")
    return 1 if faults else 0


def _statement(path: Path) -> tuple[Statement, dict[str, Any]]:
    from licences import settlement

    try:
        sealed = json.loads(path.read_text("utf-8"))
        return settlement.read(sealed["record"]), sealed
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise CannotDo(f"{path} is no statement of ours ({type(wrong).__name__})") from wrong


def _against_own(said: Statement, path: Path) -> tuple[str, ...]:
    from licences import settlement

    own: dict[str, int] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                own[row["bill"]] = own.get(row["bill"], 0) + int(row["satang"])
    except (OSError, KeyError, ValueError) as wrong:
        raise CannotDo(f"{path} has no columns bill and satang in whole satang ({wrong})") from wrong
    return settlement.against_own(said, own)


async def _seal_faults(said: Statement, sealed: dict[str, Any], trust: Path) -> list[str]:
    from signing import publishing
    from signing.trust import Trust

    try:
        stated = await publishing.check(publishing.read(sealed), Trust.load(trust), "settlement")
    except (NotAllowed, KeyError, ValueError) as false:
        return [f"the seal does not hold: {false}"]
    return [] if stated["digest"] == said.digest() else ["the seal is on another statement"]


def _prove(options: argparse.Namespace) -> int:
    from licences.calendar import BANGKOK

    if options.day > datetime.now(BANGKOK).date():
        raise CannotDo(f"{options.day} has not come yet: there is nothing to prove")
    proof = asyncio.run(_proof(options.data, options.day))
    if options.json:
        print(json.dumps(asdict(proof), ensure_ascii=False, default=str))
    else:
        print("\n".join(_lines(proof)))
    return 0 if proof.holds else 1


async def _proof(data: str, day: date) -> Proof:
    from control.money import prove
    from exchange.bank import Bank
    from exchange.errors import OfficeDown, OfficeRefused

    settings = settings_of(data)
    async with records_of(data) as database:
        bank = Bank(settings.bank_url, settings.bank_key, settings.bank_secret, settings.biller_id)
        try:
            return await prove(database, bank, day)
        except (OfficeDown, OfficeRefused) as silent:
            raise CannotDo(f"the bank does not give its statement: {silent}") from silent
        finally:
            await bank.close()


def _lines(proof: Proof) -> list[str]:
    sums = [
        ("ธนาคารรับ / bank, received", proof.bank_in),
        ("รายการชำระ / payments", proof.payments),
        ("บัญชีแยกประเภท / postings", proof.postings_in),
        ("ใบเสร็จ / receipts", proof.receipts),
        ("ต้องคืนผู้ชำระ / owed to payers", proof.owed_to_payers),
        ("ธนาคารคืน / bank, given back", proof.bank_out),
        ("บัญชีคืนและนำส่ง / postings, gone out", proof.postings_out),
        ("นำส่งของวัน / settlements of the day", proof.settled),
        ("ยังไม่นำส่ง / held for payees", proof.held),
        ("นำส่งแล้ว รอธนาคาร / on its way", proof.on_its_way),
    ]
    verdict = "ตรงกันทุกสตางค์ / every satang agrees" if proof.holds else "ไม่ตรงกัน / does not agree"
    told = [f"{proof.day}: {verdict}", *(f"  {says}: {thai.baht(satang)}" for says, satang in sums)]
    return told + [_line(one) for one in proof.differences]


def _line(one: Difference) -> str:
    return f"  ≠ {one.what} ({one.between}): {one.left_satang} ≠ {one.right_satang} satang; {one.says}"
