"""What every command needs: the settings of the system it speaks of, and a way to say that it cannot."""

from __future__ import annotations

import getpass
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from records.database import Database
    from settings import Settings

DATA = ".local"
"""Where the local profile keeps its state unless --data says otherwise."""


BAR = 30
"""How wide the bar is that shows how far a long command is."""


class CannotDo(Exception):
    """A command cannot do what was asked; the sentence says why, and what to do."""


def bytes_of(path: Path) -> bytes:
    """A file that somebody named. Raises CannotDo when it is not to be had."""
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise CannotDo(f"{path} cannot be read: {wrong.strerror}") from wrong


def text_of(path: Path) -> str:
    """A text that somebody named, in UTF-8 with or without its mark. Raises CannotDo: offices also save TIS-620."""
    try:
        return bytes_of(path).decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise CannotDo(f"{path} is not in UTF-8: save it again as CSV UTF-8") from wrong


def settings_of(data: str) -> Settings:
    """The settings of the system that runs in a folder; without one, those of the environment."""
    from settings import Settings

    return Settings(_env_file=Path(data) / "settings.env")


def running(data: str) -> Settings:
    """The settings of a system that is there. Raises CannotDo when neither a folder nor the environment names one."""
    settings = settings_of(data)
    if not settings.codec_key:
        raise CannotDo(f"no system runs in {data}, and no BIZ_CODEC_KEY names another: make up, or --data DIR")
    return settings


@asynccontextmanager
async def records_of(data: str) -> AsyncIterator[Database]:
    """The records of a system. Raises CannotDo when they do not answer."""
    from asyncpg import PostgresError
    from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

    from records.database import Database

    database = Database(settings_of(data).database_url)
    try:
        yield database
    except BrokenPipeError:  # whoever reads what we print went away
        raise
    except ProgrammingError as wrong:
        raise CannotDo(f"the tables are not this release's ({_said(wrong)}): bizportal migrate") from wrong
    except (InterfaceError, OperationalError, PostgresError, OSError, TimeoutError) as wrong:
        raise CannotDo(
            f"the database does not answer ({_said(wrong)}): start the system, or name it by --data"
        ) from wrong
    finally:
        await database.close()


def _said(wrong: Exception) -> str:
    """What an error says in its first line, without the statement that met it."""
    return (str(getattr(wrong, "orig", wrong)).splitlines() or [""])[0].rpartition(">: ")[2] or type(wrong).__name__


def show_bar(done: int, every: int) -> None:
    """How far a long command is, on standard error."""
    full = BAR * done // every
    print(f"\r[{'#' * full}{'.' * (BAR - full)}] {done}/{every}", end="", file=sys.stderr, flush=True)


def add_by(word: argparse.ArgumentParser) -> None:
    """The option that says who asks."""
    word.add_argument("--by", default=f"operator:{getpass.getuser()}", metavar="WHO", help="who (default: your login)")


def add_data(word: argparse.ArgumentParser) -> None:
    """The option that says which system."""
    word.add_argument("--data", default=DATA, metavar="DIR", help="of the system that runs (default: .local)")
