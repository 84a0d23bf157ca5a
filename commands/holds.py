"""`bizportal hold`, `release`: keep the papers of a licence from being deleted while a dispute lasts."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime
from functools import partial

from commands.asking import CannotDo, add_by, add_data, records_of, running


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    for name, held, says in (
        ("hold", True, "legal hold: nobody deletes a version of this licence's papers while it stands"),
        ("release", False, "lift the legal hold on a licence's papers; their locks stay"),
    ):
        word = commands.add_parser(name, help=says)
        word.add_argument("number", metavar="LICENCE-NUMBER")
        word.add_argument("--reason", required=True, help="why; kept in the licence's history")
        add_by(word)
        add_data(word)
        word.set_defaults(command=partial(_hold, held=held))


def _hold(options: argparse.Namespace, *, held: bool) -> int:
    from licences.errors import NotAllowed
    from records.files import Lost, StoreDown

    try:
        versions = asyncio.run(_held(options, held=held))
    except NotAllowed as no:
        raise CannotDo(f"{no.th} / {no.en}") from no
    except (StoreDown, Lost) as wrong:
        raise CannotDo(f"the store does not answer: {wrong}; type the same again when it is back") from wrong
    print(f"{options.number}: {versions} versions {'held' if held else 'released'}")
    return 0


async def _held(options: argparse.Namespace, *, held: bool) -> int:
    from control.holds import hold
    from records.files import Files

    settings = running(options.data)
    files = Files.connect(
        settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key,
        secure=settings.s3_secure, buckets=settings.shelves,
    )  # fmt: skip
    said = {"reason": options.reason, "by": options.by, "at": datetime.now(UTC)}
    try:
        async with records_of(options.data) as database:
            return await hold(database, files, options.number, held=held, **said)
    finally:
        files.close()
