"""`bizportal holidays`: what was announced after the list was compiled; open periods are counted anew by themselves."""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from commands.asking import CannotDo, add_by, add_data, records_of, text_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from records.holidays import Announcement

Answer = TypeVar("Answer")
PROVINCE = re.compile("[1-9][0-9]")
SHUT = {"closed": True, "open": False}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    root = commands.add_parser("holidays", help="holidays announced later: list, add, take back, import")
    words = root.add_subparsers(required=True, metavar="WHAT")
    for name, closed, says in (
        ("add", True, "offices are closed on these days; open periods are counted anew"),
        ("take-back", False, "offices are open on these days after all (a day in lieu that is moved)"),
    ):
        word = words.add_parser(name, help=says)
        word.add_argument("days", nargs="+", type=_day, metavar="YYYY-MM-DD")
        word.add_argument("--name-th", required=True)
        word.add_argument("--name-en", required=True)
        word.add_argument("--source", required=True, help="the Cabinet's resolution, the Gazette's page")
        word.add_argument("--announced-on", required=True, type=_day, metavar="YYYY-MM-DD")
        word.add_argument("--province", action="append", default=[], metavar="CODE", help="there only; may be repeated")
        word.add_argument("--agency", action="append", default=[], metavar="CODE", help="there only; may be repeated")
        word.set_defaults(command=_add, closed=closed)
        _common(word)
    brought = words.add_parser(
        "import", help="announcements from a CSV file: date,scopes,state,name_th,name_en,announced_on,source"
    )
    brought.add_argument("file", type=Path)
    brought.set_defaults(command=_import)
    _common(brought)
    listed = words.add_parser("list", help="every announcement, and whether open periods were counted anew after it")
    listed.set_defaults(command=_list)
    add_data(listed)


def _common(word: argparse.ArgumentParser) -> None:
    add_by(word)
    add_data(word)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: type it as 2026-12-31") from wrong


def _add(options: argparse.Namespace) -> int:
    from records.holidays import Announcement

    one = Announcement(
        days=tuple(sorted(options.days)),
        scopes=_scopes(options.province, options.agency),
        name_th=options.name_th,
        name_en=options.name_en,
        announced_on=options.announced_on,
        source=options.source,
        closed=options.closed,
    )
    return _announce(options, [one])


def _import(options: argparse.Namespace) -> int:
    """Lines with the same name, day of announcement and source are one announcement."""
    try:
        found = _announcements(list(csv.DictReader(io.StringIO(text_of(options.file), newline=""))))
    except (KeyError, ValueError) as wrong:
        raise CannotDo(f"{options.file} cannot be read: {wrong}") from wrong
    return _announce(options, found)


def _announcements(lines: list[dict[str, str]]) -> list[Announcement]:
    from records.holidays import Announcement

    same = ("name_th", "name_en", "announced_on", "source", "state", "scopes")
    groups: dict[tuple[str, ...], list[date]] = {}
    for line in lines:
        groups.setdefault(tuple(line[name] for name in same), []).append(date.fromisoformat(line["date"]))
    return [
        Announcement(
            days=tuple(sorted(days)),
            scopes=tuple(scopes.split()),
            name_th=th,
            name_en=en,
            announced_on=date.fromisoformat(on),
            source=source,
            closed=SHUT[state],
        )
        for (th, en, on, source, state, scopes), days in groups.items()
    ]


def _scopes(provinces: list[str], agencies: list[str]) -> tuple[str, ...]:
    """Where it counts: everywhere, unless places or agencies are named."""
    from licences import catalogue

    if wrong := sorted(one for one in set(provinces) if not PROVINCE.fullmatch(one)):
        raise CannotDo(f"no province has the code {', '.join(wrong)} (two digits, as 50 for Chiang Mai)")
    if wrong := sorted(set(agencies) - set(catalogue.load().agencies)):
        raise CannotDo(f"there is no agency {', '.join(wrong)}")
    named = [*(f"province:{one}" for one in provinces), *(f"agency:{one}" for one in agencies)]
    return tuple(named) or ("national",)


def _announce(options: argparse.Namespace, found: list[Announcement]) -> int:
    from licences.errors import NotAllowed
    from records import holidays

    async def keep(session: AsyncSession) -> list[int]:
        return [await holidays.announce(session, one, options.by, datetime.now(UTC)) for one in found]

    try:
        versions = asyncio.run(_with_records(options, keep))
    except NotAllowed as no:
        raise CannotDo(f"{no.th} / {no.en}") from no
    for version, one in zip(versions, found, strict=True):
        days = " ".join(day.isoformat() for day in one.days)
        print(f"{version}: {days} {' '.join(one.scopes)} {'closed' if one.closed else 'open'}")
    print("ระบบจะนับวันครบกำหนดของคำขอที่ค้างอยู่ใหม่เอง / open periods are counted anew by the general worker")
    return 0


def _list(options: argparse.Namespace) -> int:
    from records import holidays

    for one in asyncio.run(_with_records(options, holidays.every)):
        days = " ".join(day.isoformat() for day in one.days)
        state, counted = ("closed" if one.closed else "open"), ("counted" if one.counted_at else "to be counted")
        where = " ".join(one.scopes)
        print(f"{one.version}  {days}  {where}  {state}  {one.name_th} / {one.name_en}  [{one.source}]  {counted}")
    return 0


async def _with_records(options: argparse.Namespace, act: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
    async with records_of(options.data) as database, database.transaction() as session:
        return await act(session)
