"""`bizportal catalogue diff` and `… touched`: what a changed definition means for those who have begun."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from commands.asking import CannotDo, add_data, records_of

if TYPE_CHECKING:
    from licences.catalogue import Catalogue
    from licences.procedure import Licence, Procedure
    from licences.versions import Change
    from records.definitions import InUse

HELP = "two definition files, or two folders that hold a whole catalogue (as git checks them out)"


def add(words: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    diff = words.add_parser("diff", help="what changed, in words, and what becomes of who has begun")
    diff.add_argument("old", type=Path, metavar="OLD", help=HELP)
    diff.add_argument("new", type=Path, metavar="NEW")
    diff.set_defaults(command=_diff)
    touched = words.add_parser("touched", help="open applications and drafts under rules that are not today's")
    add_data(touched)
    touched.set_defaults(command=_touched)


# What changed


def _diff(options: argparse.Namespace) -> int:
    from licences.catalogue import DataFault

    try:
        pairs = _pairs(options.old, options.new)
    except (DataFault, OSError) as wrong:
        raise CannotDo(str(wrong)) from wrong
    lines = [line for code, old, new in pairs for line in said(code, old, new)]
    print("\n".join(lines or ["no change that an application would notice"]))
    return 0


def said(code: str, old: Licence | None, new: Licence | None) -> Iterator[str]:
    """One licence's changes in words; nothing when there are none."""
    from licences.versions import differences

    for nth, found in enumerate(differences(old, new)):
        if nth == 0:
            yield code
        yield f"  {', '.join(found.operations)}: {_in_words(found.change)}"


def _in_words(change: Change) -> str:
    return f"[{change.policy}] {change.said.th} / {change.said.en}"


def _pairs(old: Path, new: Path) -> Iterable[tuple[str, Licence | None, Licence | None]]:
    if old.is_dir() != new.is_dir():
        raise CannotDo("compare two files, or two folders")
    return _pairs_of_folders(old, new) if old.is_dir() else [_pair_of_files(old, new)]


def _pair_of_files(old: Path, new: Path) -> tuple[str, Licence, Licence]:
    """Both are read as the licence that the new file is named after, wherever the old one was put."""
    from licences.catalogue import code_of, read_licence

    code, agency = code_of(new), new.resolve().parent.name
    was, now = (read_licence(path, _archetypes(path), code, agency) for path in (old, new))
    return code, was, now


def _archetypes(path: Path) -> Path:
    """Those that stand beside a file's own data folder; for a file by itself, this installation's."""
    from licences.catalogue import HOME

    beside = path.resolve().parent.parent.parent / "archetypes"
    return beside if beside.is_dir() else HOME / "archetypes"


def _pairs_of_folders(old: Path, new: Path) -> Iterator[tuple[str, Licence | None, Licence | None]]:
    was, now = ({one.code: one for one in _whole(folder).licences} for folder in (old, new))
    for code in sorted({*was, *now}):
        yield code, was.get(code), now.get(code)


def _whole(folder: Path) -> Catalogue:
    from licences import catalogue

    for home in (folder / "licences", folder):
        if (home / "data").is_dir() and (home / "archetypes").is_dir():
            return catalogue.read(home / "data", home / "archetypes")
    raise CannotDo(f"{folder} holds no catalogue: no folders licences/data and licences/archetypes")


# Whom it touches


def _touched(options: argparse.Namespace) -> int:
    from licences import catalogue
    from licences.calendar import BANGKOK

    found = asyncio.run(_asked(options.data))
    print("\n".join(touched(catalogue.load(), found, datetime.now(BANGKOK).date())))
    return 0


async def _asked(data: str) -> tuple[InUse, ...]:
    from records import definitions

    async with records_of(data) as database, database.reading() as session:
        return await definitions.in_use(session)


def touched(catalogue: Catalogue, in_use: Iterable[InUse], on: date) -> list[str]:
    """Every version in use that is no longer the one of that day: how many began under it, what changed since."""
    stale = [(one, now) for one in in_use if (now := _now(catalogue, one, on)) is None or now.version != one.version]
    lines = [line for one, now in stale for line in _touched_one(one, now)]
    applications, drafts = sum(one.applications for one, _ in stale), sum(one.drafts for one, _ in stale)
    return [*lines, f"under older rules: {applications} open applications, {drafts} drafts"]


def _now(catalogue: Catalogue, one: InUse, on: date) -> Procedure | None:
    from licences.errors import NotFound

    try:
        return catalogue.procedure(one.licence, one.operation, on)
    except NotFound:
        return None


def _touched_one(one: InUse, now: Procedure | None) -> Iterator[str]:
    from licences.versions import changes

    yield f"{one.licence} {one.operation} {one.version[:12]}: {one.applications} open applications, {one.drafts} drafts"
    if now is None:
        yield "  [grandfather] ไม่เปิดให้ยื่นแล้ว / It can no longer be applied for"
    elif one.procedure is None:  # nobody has submitted under it: drafts only
        yield "  [ask-again] ร่างคำขอแสดงคำถามของวันนี้ / Drafts are shown today's questions"
    else:
        yield from (f"  {_in_words(change)}" for change in changes(one.procedure, now))
        yield from _questions(one.procedure, now)


def _questions(old: Procedure, now: Procedure) -> Iterator[str]:
    """Which questions a changed form asks anew, newly, or no longer."""
    from forms import form

    if old.questions and old.questions != now.questions:
        try:
            found = form.difference(form.load(old.form, old.version), form.load(now.form))
        except KeyError:  # the old form's text was not kept, and there is no form of that name any more
            return
        named = {"new": found.new, "asked in another way": found.changed, "no longer asked": found.gone}
        yield from (f"    {how}: {', '.join(ids)}" for how, ids in named.items() if ids)
