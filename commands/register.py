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
from commands.asking import CannotDo, add_data, settings_of

if TYPE_CHECKING:
    from control.handover import PaperLicence
    from settings import Settings


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
    except (httpx.HTTPError, NotAllowed, NoTrust, ValueError, KeyError) as wrong:
        raise CannotDo(f"no list that holds is to be had from {url}: {wrong}") from wrong
    (options.folder / FILE).write_text(as_json(published), "utf-8")
    print(f"{signed['at']}: {len(signed['dead'])} no longer in force, {len(signed['replaced'])} replaced")
    return 0


def _import(options: argparse.Namespace) -> int:
    from control.handover import NotTakenIn, read_list

    try:
        rows = read_list(options.file.read_text("utf-8-sig"), options.agency)
    except OSError as wrong:
        raise CannotDo(f"{options.file} cannot be read: {wrong.strerror}") from wrong
    except NotTakenIn as wrong:
        raise CannotDo(f"nothing was taken in: {wrong}") from wrong
    for line in asyncio.run(_take_in(settings_of(options.data), rows)):
        print(json.dumps(line, ensure_ascii=False))
    return 0


async def _take_in(settings: Settings, rows: list[PaperLicence]) -> list[dict[str, str]]:
    from control.handover import take_in
    from records.database import Database

    database = Database(settings.database_url)
    try:
        return await take_in(database, rows, datetime.now().astimezone())
    finally:
        await database.close()
