"""`bizportal backup`, `restore`, `recover`: one copy of everything, the way back, and runs that the engine lost."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from commands.asking import DATA, CannotDo, add_data, settings_of
from commands.operations import parts

if TYPE_CHECKING:
    from minio import Minio

    from settings import Settings

LOCAL = "local"
LOCAL_STATE = ("secrets.json", "ports.json", "authority", "counterparts")
"""What else the local profile cannot do without: its keys and ports, its authority, its counterparts' books."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Hang the words on the parser."""
    backup = commands.add_parser("backup", help="copy records, objects and engine into a new folder, while people work")
    backup.add_argument("to", type=Path, metavar="FOLDER", help="a new folder; it will hold personal data and keys")
    add_data(backup)
    backup.set_defaults(command=_backup)
    restore = commands.add_parser("restore", help="put a backup back where nothing is yet; open runs begin again")
    restore.add_argument("source", type=Path, metavar="FOLDER", help="that `bizportal backup` wrote")
    restore.add_argument("--data", default=DATA, metavar="DIR", help="a new local system's folder (default: .local)")
    restore.set_defaults(command=_restore)
    recover = commands.add_parser("recover", help="begin again, from the records, the runs that the engine lost")
    recover.add_argument("--every", action="store_true", help="also those it has: it is older than the records")
    add_data(recover)
    recover.set_defaults(command=_recover)


def _backup(options: argparse.Namespace) -> int:
    from control.safekeeping import CannotKeep, back_up

    folder, settings = Path(options.data), settings_of(options.data)
    if settings.profile != "local" and (folder / "ports.json").exists():
        raise CannotDo(f"the system in {folder} does not run: start it first (make up)")
    engine = folder / "temporal" / "temporal.db" if settings.profile == "local" else None
    if options.to.exists():
        raise CannotDo(f"{options.to} exists: name a new folder")
    try:
        made = back_up(
            options.to, settings.database_url, _programs(settings), _store(settings), settings.shelves,
            engine if engine and engine.exists() else None, datetime.now().astimezone(),
        )  # fmt: skip
    except CannotKeep as wrong:
        raise CannotDo(str(wrong)) from wrong
    if settings.profile == "local":
        _copy_state(folder, options.to / LOCAL)
    print(f"สำรองข้อมูลแล้ว / backed up: records, {made.objects} objects ({made.bytes} bytes)", end="")
    print(f"{', engine' if made.engine else ''} → {options.to}")
    return 0


def _copy_state(source: Path, to: Path) -> None:
    to.mkdir(mode=0o700)
    for name in LOCAL_STATE:
        if (source / name).is_dir():
            shutil.copytree(source / name, to / name)
        elif (source / name).exists():
            shutil.copy2(source / name, to / name)


def _restore(options: argparse.Namespace) -> int:
    from control.safekeeping import CannotKeep

    try:
        if os.environ.get("BIZ_PROFILE") == "production":
            objects, runs = asyncio.run(_put_back(options.source, settings_of(options.data)))
        else:
            objects, runs = _restore_locally(options.source, Path(options.data))
    except CannotKeep as wrong:
        raise CannotDo(str(wrong)) from wrong
    print(f"กู้คืนแล้ว / restored: records, {objects} objects; {runs} open runs begin again from the records")
    return 0


def _restore_locally(source: Path, folder: Path) -> tuple[int, int]:
    """Start the parts that keep things in a new folder, fill them, stop them; the next `up` goes on."""
    from control.safekeeping import manifest_of, put_engine_back
    from local import System

    manifest_of(source)
    if folder.exists() and any(folder.iterdir()):
        raise CannotDo(f"{folder} holds a system already: name a new folder with --data")
    folder.mkdir(parents=True, exist_ok=True)
    _copy_state(source / LOCAL, folder / "restored")
    for one in (folder / "restored").iterdir():
        one.rename(folder / one.name)
    (folder / "restored").rmdir()
    put_engine_back(source, folder / "temporal" / "temporal.db")
    with System(folder, parts=("postgres", "temporal", "store")) as system:
        settings = settings_of(str(folder))
        assert settings.database_url == system.env["BIZ_DATABASE_URL"]
        return asyncio.run(_put_back(source, settings))


async def _put_back(source: Path, settings: Settings) -> tuple[int, int]:
    """Records and objects, tables up to date, and every open run begins again."""
    from control.safekeeping import put_back, refunds_again
    from records.database import Database, migrate_beside

    objects = await put_back(source, settings.database_url, _programs(settings), _store(settings), settings.shelves)
    await migrate_beside(settings.database_url)  # the copy may be an older release's
    database = Database(settings.database_url)
    try:
        await refunds_again(database)
    finally:
        await database.close()
    return objects, await _again(settings, every=True)


def _recover(options: argparse.Namespace) -> int:
    runs = asyncio.run(_recovered(options.data, every=options.every))
    print(f"งานที่เปิดอยู่ {runs} รายการมีงานเดินในเครื่องยนต์แล้ว / {runs} open applications have a run in the engine")
    return 0


async def _recovered(data: str, *, every: bool) -> int:
    from control.safekeeping import begin_again

    async with parts(data) as (database, client):
        return await begin_again(database, client, every=every)


async def _again(settings: Settings, *, every: bool) -> int:
    from control.safekeeping import begin_again
    from records.database import Database
    from workflows.messages import connect

    database = Database(settings.database_url)
    try:
        client = await connect(settings.temporal_address, settings.temporal_namespace, settings.codec_key)
        return await begin_again(database, client, every=every)
    finally:
        await database.close()


def _programs(settings: Settings) -> Path:
    """Where pg_dump and pg_restore are: in the local profile's package, else on the path. Raises CannotDo."""
    if settings.profile == "local":
        from local import postgres_programs

        return postgres_programs()
    found = shutil.which("pg_dump")
    if not found:
        raise CannotDo("pg_dump is not on the path: install PostgreSQL's client programs of the server's version")
    return Path(found).parent


def _store(settings: Settings) -> Minio:
    from minio import Minio

    from records.files import REGION

    return Minio(
        settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, secure=settings.s3_secure, region=REGION
    )
