"""`bizportal show`, `waits`: one application's whole story, and every wait that there is, with who ends it.

Nothing personal is printed: numbers, steps, amounts, moments, ids.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import TYPE_CHECKING

from commands.asking import CannotDo, add_data
from commands.operations import parts

if TYPE_CHECKING:
    from control.timeline import Line, Story


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    show = commands.add_parser("show", help="one application: engine, records, money, letters, people in order of time")
    show.add_argument("number", metavar="NUMBER")
    show.add_argument("--json", action="store_true")
    add_data(show)
    show.set_defaults(command=_show)
    waits = commands.add_parser("waits", help="everything that is ever waited for: who ends it, and by when")
    waits.set_defaults(command=_waits)


def _show(options: argparse.Namespace) -> int:
    from licences.calendar import BANGKOK

    story = asyncio.run(_story(options))
    kept = story.kept
    if options.json:
        print(json.dumps([_as_json(line) for line in story.lines], ensure_ascii=False, indent=1))
        return 0
    held = " · พักไว้ / held" if kept.suspended_at else ""
    print(f"{kept.number}  {kept.licence}/{kept.operation}  {kept.status}{held}  [engine: {story.run or 'no run'}]")
    until = f", by {kept.waiting_until.astimezone(BANGKOK):%Y-%m-%d %H:%M}" if kept.waiting_until else ""
    if kept.waiting_for:
        print(f"  waits for {kept.waiting_for}{until}")
    print("  เวลาในประเทศไทย / times are those of Thailand, as `stuck` says them")
    for line in story.lines:
        by = f"  [{line.by}]" if line.by else ""
        print(
            f"  {line.at.astimezone(BANGKOK):%Y-%m-%d %H:%M:%S}  {line.source:<8} {line.what.en} / {line.what.th}{by}"
        )
    return 0


async def _story(options: argparse.Namespace) -> Story:
    from api.wording import in_history
    from control import timeline
    from licences.errors import NotAllowed

    async with parts(options.data) as (database, client):
        try:
            return await timeline.of(database, client, options.number, in_history)
        except NotAllowed as no:
            raise CannotDo(str(no)) from no


def _as_json(line: Line) -> dict[str, str]:
    what = {"th": line.what.th, "en": line.what.en}
    return {"at": line.at.isoformat(), "source": line.source, "by": line.by} | what


def _waits(options: argparse.Namespace) -> int:
    from control.declared import WAITS

    for one in WAITS:
        print(f"{one.name:<16} {one.ended_by.en}; {one.by.en}  ({', '.join(one.late)})")
        print(f"{'':16} {one.ended_by.th} · {one.by.th}")
    return 0
