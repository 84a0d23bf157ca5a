"""`bizportal register …`: the public book as open data, and licences that were granted on paper before."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from commands import audit
from commands.asking import CannotDo, add_data, records_of, settings_of, show_bar, text_of

if TYPE_CHECKING:
    from control.handover import PaperLicence


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    words = commands.add_parser("register", help="the public register").add_subparsers(required=True)
    export = words.add_parser("export", help="the register as open data, on standard output")
    export.add_argument("--format", choices=("csv", "jsonl", "xml"), default="jsonl")
    add_data(export)
    export.set_defaults(command=_export)
    taken = words.add_parser("import", help="take in an agency's list of licences granted on paper")
    taken.add_argument("file", type=Path, metavar="LIST.csv")
    taken.add_argument("--agency", required=True, metavar="A")
    add_data(taken)
    taken.set_defaults(command=_import)
    again = words.add_parser("rebuild", help="show every licence again as its entries say, while people work")
    add_data(again)
    again.set_defaults(command=_rebuild)
    audit.add(words)
    listed = words.add_parser("snapshot", help="fetch the signed list of what died into a trust folder")
    listed.add_argument("folder", type=Path, metavar="DIR", help="the trust folder whose keys it must hold by")
    listed.add_argument("--url", default="", help="of the register (default: the system's own)")
    add_data(listed)
    listed.set_defaults(command=_snapshot)


def _export(options: argparse.Namespace) -> int:
    import httpx

    url = settings_of(options.data).public_url
    try:
        with httpx.stream("GET", f"{url}/api/v1/register/export", params={"format": options.format}) as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                sys.stdout.buffer.write(part)
    except httpx.HTTPError as wrong:
        raise CannotDo(f"the register at {url} does not answer: {wrong}") from wrong
    return 0


def _snapshot(options: argparse.Namespace) -> int:
    import httpx

    from api.snapshot import FILE
    from licences.errors import NotAllowed
    from signing.publishing import as_json, check, read
    from signing.statement import NO_LONGER
    from signing.trust import NoTrust, Trust

    url = options.url.rstrip("/") or settings_of(options.data).public_url
    try:
        answer = httpx.get(f"{url}/api/v1/register/snapshot").raise_for_status()
        published = read(answer.json())
        signed = asyncio.run(check(published, Trust.load(options.folder), NO_LONGER))
    except httpx.HTTPStatusError as no:
        raise CannotDo(f"the register at {url} says: {audit.words_of(no.response)}") from no
    except (httpx.HTTPError, NotAllowed, NoTrust, ValueError, KeyError) as wrong:
        raise CannotDo(f"no list that holds is to be had from {url}: {wrong}") from wrong
    (options.folder / FILE).write_text(as_json(published), "utf-8")
    print(f"{signed['at']}: {len(signed['dead'])} no longer in force, {len(signed['replaced'])} replaced")
    return 0


def _import(options: argparse.Namespace) -> int:
    from control.handover import NotTakenIn, read_list

    try:
        rows = read_list(text_of(options.file), options.agency)
    except NotTakenIn as wrong:
        raise CannotDo(f"nothing was taken in: {wrong}") from wrong
    if not rows:
        raise CannotDo(f"{options.file} holds no licence: a CSV file whose first line names the columns is wanted")
    for line in asyncio.run(_take_in(options.data, rows)):
        print(json.dumps(line, ensure_ascii=False))
    return 0


async def _take_in(data: str, rows: list[PaperLicence]) -> list[dict[str, str]]:
    from control.handover import take_in

    async with records_of(data) as database:
        return await take_in(database, rows, datetime.now().astimezone())


# The view again, from the entries


def _rebuild(options: argparse.Namespace) -> int:
    licences, changed, refused = asyncio.run(_rebuilt(options.data))
    print(f"\n{licences} licences, {changed} shown otherwise now / ใบอนุญาต {licences} ฉบับ แสดงใหม่ {changed} ฉบับ")
    for number in refused:
        print(
            f"  {number}: not shown as its entries say, for another licence for the same holder and place is in force"
        )
    return 1 if refused else 0


async def _rebuilt(data: str) -> tuple[int, int, list[str]]:
    """How many licences, how many of them are shown otherwise now, and which cannot be."""
    from control.holdings import rebuild
    from records import register

    done, changed, refused = 0, 0, list[str]()
    async with records_of(data) as database:
        async with database.reading() as session:
            every = await register.how_many(session)
        async for page in rebuild(database, datetime.now().astimezone()):
            done, changed = done + page.licences, changed + len(page.changed)
            refused += page.refused
            show_bar(done, max(every, done))
    return done, changed, refused
