"""`bizportal audit check`: did anybody change a row behind the application's back?"""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from commands.asking import add_data, records_of

if TYPE_CHECKING:
    from records.auditing import Finding


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    words = commands.add_parser("audit", help="the hash-linked history against the rows it speaks of")
    audit = words.add_subparsers(required=True)
    check = audit.add_parser("check", help="was a row changed, moved or taken away? exit 0 no, 1 yes, 2 cannot tell")
    check.add_argument("--json", action="store_true")
    add_data(check)
    check.set_defaults(command=_check)


def _check(options: argparse.Namespace) -> int:
    found = asyncio.run(_found(options.data))
    if options.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    elif found:
        print("พบแถวที่ถูกแก้ไข / rows that do not stand as they were written:")
        print("\n".join(f"  {one.table} {one.row}: {one.says}" for one in found))
    else:
        print("ประวัติและข้อมูลตรงกันทุกแถว / every row stands as it was written")
    return 1 if found else 0


async def _found(data: str) -> list[Finding]:
    from records import auditing

    async with records_of(data) as database, database.reading() as session:
        return [one async for one in auditing.check(session)]
