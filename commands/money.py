"""`bizportal money …`: whether the money of a day is all there."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from commands.asking import CannotDo, add_data, settings_of

if TYPE_CHECKING:
    from control.money import Difference, Proof
    from settings import Settings


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    words = commands.add_parser("money", help="what came in, what it became, and whether it is all there")
    money = words.add_subparsers(required=True)
    prove = money.add_parser("prove", help="bank = payments = postings = receipts? exit 0 yes, 1 no, 2 cannot tell")
    prove.add_argument("--day", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD", help="in Thailand")
    prove.add_argument("--json", action="store_true")
    add_data(prove)
    prove.set_defaults(command=_prove)


def _prove(options: argparse.Namespace) -> int:
    proof = asyncio.run(_proof(settings_of(options.data), options.day))
    if options.json:
        print(json.dumps(asdict(proof), ensure_ascii=False, default=str))
    else:
        print("\n".join(_lines(proof)))
    return 0 if proof.holds else 1


async def _proof(settings: Settings, day: date) -> Proof:
    from control.money import prove
    from exchange.bank import Bank
    from exchange.errors import OfficeDown, OfficeRefused
    from records.database import Database

    database = Database(settings.database_url)
    bank = Bank(settings.bank_url, settings.bank_key, settings.bank_secret, settings.biller_id)
    try:
        return await prove(database, bank, day)
    except (OfficeDown, OfficeRefused) as silent:
        raise CannotDo(f"the bank does not give its statement: {silent}") from silent
    finally:
        await bank.close()
        await database.close()


def _lines(proof: Proof) -> list[str]:
    from licences import thai

    sums = [
        ("ธนาคารรับ / bank, received", proof.bank_in),
        ("รายการชำระ / payments", proof.payments),
        ("บัญชีแยกประเภท / postings", proof.postings_in),
        ("ใบเสร็จ / receipts", proof.receipts),
        ("ต้องคืนผู้ชำระ / owed to payers", proof.owed_to_payers),
        ("ธนาคารคืน / bank, given back", proof.bank_out),
        ("บัญชีคืน / postings, given back", proof.postings_out),
    ]
    verdict = "ตรงกันทุกสตางค์ / every satang agrees" if proof.holds else "ไม่ตรงกัน / does not agree"
    told = [f"{proof.day}: {verdict}", *(f"  {says}: {thai.baht(satang)}" for says, satang in sums)]
    return told + [_line(one) for one in proof.differences]


def _line(one: Difference) -> str:
    return f"  ≠ {one.what} ({one.between}): {one.left_satang} ≠ {one.right_satang} satang; {one.says}"
