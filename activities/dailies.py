"""The register's daily files: written in every form, stored, and only then signed and stamped by the register."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol, get_args

from temporalio import activity

from activities.wanted import Value
from records import dailies, opendata
from records.database import Database
from records.files import Files
from records.opendata import Format
from records.register import Published
from records.rows import day_of
from records.tables import DailyFiles
from signing.statement import DAILY_FILES


class Day(Value):
    """Publish what was entered up to the end of this day; the moment that the statement is dated."""

    day: date
    at: datetime


class Desk(Protocol):
    """The part of the sealing desk that speaks for the register, as `signing.desk` has it."""

    async def publish(self, payload: Mapping[str, object]) -> tuple[str, bytes]:
        """A statement by the register's key, and a time stamp over it."""
        ...


class Dailies:
    """Beside the keys. What is written is public, and nothing of it is drawn."""

    def __init__(self, database: Database, files: Files, desk: Desk) -> None:
        self.database, self.files, self.desk = database, files, desk

    @activity.defn(name="publish_day")
    async def publish_day(self, wanted: Day) -> int:
        """Everything since the files of the day before; how many entries. The first of two stays."""
        async with self.database.reading() as session:
            if kept := await dailies.of_day(session, wanted.day):
                return kept.last - kept.first + 1
            after = await dailies.last_before(session, wanted.day)
            entered = await dailies.entered(session, after, day_of(wanted.day)[1])
        files = {form: await self._stored(form, entered) for form in get_args(Format)}
        last = after + len(entered)
        statement, stamp = await self.desk.publish(
            {
                "is": DAILY_FILES,
                "day": wanted.day.isoformat(),
                "first": after + 1,
                "last": last,
                "files": {form: said["sha256"] for form, said in files.items()},
                "at": wanted.at.isoformat(),
            }
        )
        made = DailyFiles(
            day=wanted.day, first=after + 1, last=last, files=files, at=wanted.at, statement=statement, stamp=stamp
        )
        async with self.database.transaction() as session:
            await dailies.keep(session, made)
        return len(entered)

    async def _stored(self, form: Format, entered: list[Published]) -> dict[str, str]:
        text = opendata.head(form) + "".join(opendata.line(form, one) for one in entered) + opendata.tail(form)
        kept = await self.files.put_once("papers/opendata", text.encode(), opendata.MEDIA_TYPES[form])
        return {"key": kept.key, "sha256": kept.sha256, "version_id": kept.version_id}
