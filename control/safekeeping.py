"""One copy of everything that is kept, and the way back: the records, the objects they name, the engine's own file.

The records are copied first, at one moment of theirs; the objects after them, so that whatever the records name is
there. The engine need not agree with either: after a restore every open run begins again from the records
(`begin_again`), and finds what was decided, paid and sealed as it was left. So a copy may be taken while people work.
"""

import asyncio
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.retention import Retention
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from control import opening
from licences.acts import ActProcedure
from records import applications, archives, cases
from records.archives import File
from records.database import Database, address
from records.rows import table_of
from records.tables import Application, Attachment, Case, Paper, Refund, RenewedSeal
from workflows.case_messages import STORY as ACT
from workflows.case_messages import OpenedCase
from workflows.messages import GENERAL, JOURNEYS, Submission, plan

DUMP, OBJECTS, LIST, ENGINE, MANIFEST = "records.dump", "objects", "objects.jsonl", "temporal.db", "backup.json"
APPLICATIONS, CASES, REFUNDS = table_of(Application), table_of(Case), table_of(Refund)
PAPERS = table_of(Paper)
VERSIONS = (
    (table_of(Attachment), "key", "version_id"),
    (PAPERS, "sealed_key", "sealed_version"),
    (PAPERS, "renewed_key", "renewed_version"),
    (table_of(RenewedSeal), "key", "version_id"),
)
"""Where the records name a version of an object: a store that is filled again gives new ones."""


class CannotKeep(Exception):
    """A copy could not be taken or put back: says what is wrong, and what to do."""


@dataclass(frozen=True)
class Kept:
    """One object of the copy: where it lies in the store, and that it is what it was."""

    shelf: str
    name: str
    sha256: str
    size: int
    media_type: str
    retain_until: str = ""

    @property
    def key(self) -> str:
        """As the records name it."""
        return f"{self.shelf}/{self.name}"


@dataclass(frozen=True)
class Manifest:
    """What a copy holds."""

    made_at: str
    records_sha256: str
    objects: int
    bytes: int
    engine: bool


# --- taking a copy ---


def back_up(
    folder: Path, database_url: str, programs: Path, store: Minio, shelves: Mapping[str, str],
    engine: Path | None, at: datetime,
) -> Manifest:  # fmt: skip
    """Copy everything into a new folder that only its owner can read. `engine`: the file of an engine on SQLite.

    Raises CannotKeep; OSError and the store's own errors.
    """
    folder.mkdir(mode=0o700, parents=True)
    _dump(folder / DUMP, database_url, programs)
    kept = list(_copy_objects(folder / OBJECTS, store, shelves))
    lines = [json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in kept]
    (folder / LIST).write_text("".join(lines), encoding="utf-8")
    if engine:
        _copy_engine(engine, folder / ENGINE)
    made = Manifest(at.isoformat(), _digest(folder / DUMP), len(kept), sum(one.size for one in kept), bool(engine))
    (folder / MANIFEST).write_text(json.dumps(asdict(made), indent=1) + "\n", encoding="utf-8")
    return made


def _dump(to: Path, database_url: str, programs: Path) -> None:
    _postgres(programs / "pg_dump", database_url, "--format=custom", "--no-owner", "--no-acl", f"--file={to}")


def _postgres(program: Path, database_url: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs; the password goes by the environment. Raises CannotKeep."""
    url = address(database_url)
    where = [f"--host={url.host}", f"--port={url.port or 5432}", f"--username={url.username}"]
    env = {"PATH": os.environ.get("PATH", ""), "PGPASSWORD": url.password or ""}
    command = [str(program), *where, f"--dbname={url.database}", "--no-password", *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        raise CannotKeep(f"{program.name} failed: {done.stderr.strip()[-600:]}")


def _copy_objects(folder: Path, store: Minio, shelves: Mapping[str, str]) -> Iterator[Kept]:
    for shelf, bucket in shelves.items():
        for found in store.list_objects(bucket_name=bucket, recursive=True):
            name = str(found.object_name)
            with closing(store.get_object(bucket_name=bucket, object_name=name)) as answer:
                content, media_type = answer.read(), answer.headers.get("content-type", "")
            yield _keep(folder, shelf, name, content, media_type, _retained(store, bucket, name, shelf))


def _retained(store: Minio, bucket: str, name: str, shelf: str) -> str:
    """Until when the store refuses to let go of it; "" where nothing is locked."""
    if shelf != "licences":
        return ""
    held = store.get_object_retention(bucket_name=bucket, object_name=name)
    return held.retain_until_date.isoformat() if held else ""


def _keep(folder: Path, shelf: str, name: str, content: bytes, media_type: str, retain_until: str) -> Kept:
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 not in name:  # a key holds its content's digest (`records.files`)
        raise CannotKeep(f"{shelf}/{name} is not what was kept under it: find out why before you rely on a copy")
    path = folder / shelf / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Kept(shelf, name, sha256, len(content), media_type, retain_until)


def _copy_engine(file: Path, to: Path) -> None:
    """SQLite's own way to copy a file that is being written to."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- putting it back ---


def manifest_of(folder: Path) -> Manifest:
    """What a copy says that it holds. Raises CannotKeep when it is no copy, or not whole."""
    if not (folder / MANIFEST).exists():
        raise CannotKeep(f"there is no backup in {folder}, or it was not finished")
    made = Manifest(**json.loads((folder / MANIFEST).read_text("utf-8")))
    if _digest(folder / DUMP) != made.records_sha256:
        raise CannotKeep(f"{folder / DUMP} is not the file that the backup wrote")
    return made


async def put_back(folder: Path, database_url: str, programs: Path, store: Minio, shelves: Mapping[str, str]) -> int:
    """Records and objects into a database that holds no application and empty shelves; how many objects.

    Raises CannotKeep.
    """
    manifest_of(folder)
    database = Database(database_url)
    try:
        await _must_be_empty(database)
        arguments = ("--clean", "--if-exists", "--no-owner", "--no-acl", "--single-transaction", str(folder / DUMP))
        await asyncio.to_thread(_postgres, programs / "pg_restore", database_url, *arguments)
        await database.close()
        kept = [Kept(**json.loads(line)) for line in (folder / LIST).read_text("utf-8").splitlines()]
        versions = await asyncio.to_thread(lambda: {one.key: _put(folder, store, shelves, one) for one in kept})
        async with database.transaction() as session:
            await _name_versions(session, versions)
            held = await _held(session)
        for file in held:
            await asyncio.to_thread(_hold, store, shelves, file)
        return len(kept)
    finally:
        await database.close()


async def _must_be_empty(database: Database) -> None:
    async with database.reading() as session:
        there = (await session.execute(text("SELECT to_regclass('applications')"))).scalar()
        if there and (await session.execute(select(APPLICATIONS.c.number).limit(1))).first():
            raise CannotKeep("this database holds applications: a backup is put back into an empty one only")


def _put(folder: Path, store: Minio, shelves: Mapping[str, str], one: Kept) -> str:
    """One object into its bucket, locked as it was; its version there."""
    content = (folder / OBJECTS / one.shelf / one.name).read_bytes()
    if hashlib.sha256(content).hexdigest() != one.sha256:
        raise CannotKeep(f"{one.key} in the backup is not what was kept")
    until = datetime.fromisoformat(one.retain_until) if one.retain_until else None
    written = store.put_object(
        bucket_name=shelves[one.shelf], object_name=one.name, data=BytesIO(content), length=len(content),
        content_type=one.media_type, retention=Retention(COMPLIANCE, until) if until else None,
    )  # fmt: skip
    return written.version_id or ""


async def _held(session: AsyncSession) -> list[File]:
    """Every version of the sealed papers under legal hold, as they are named in this store."""
    rows = await session.execute(select(PAPERS).where(PAPERS.c.held, PAPERS.c.sealed_key != ""))
    papers = [Paper(**row) for row in rows.mappings().all()]
    return [file for paper in papers for file in await archives.versions(session, paper)]


def _hold(store: Minio, shelves: Mapping[str, str], file: File) -> None:
    shelf, _, name = file.key.partition("/")
    store.enable_object_legal_hold(bucket_name=shelves[shelf], object_name=name, version_id=file.version_id or None)


async def _name_versions(session: AsyncSession, versions: Mapping[str, str]) -> None:
    for table, key, version in VERSIONS:
        for row in (await session.execute(select(table.c[key]).where(table.c[version] != ""))).scalars().all():
            if row in versions:
                await session.execute(update(table).where(table.c[key] == row).values({version: versions[row]}))


def put_engine_back(folder: Path, to: Path) -> bool:
    """The engine's file, before the engine starts; False: the copy has none."""
    if not (folder / ENGINE).exists():
        return False
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / ENGINE, to)
    return True


# --- the engine, from the records ---


async def begin_again(database: Database, client: Client, *, every: bool) -> int:
    """Begin the runs of open applications and cases again from the records; how many.

    `every`: also those of which the engine has a run, since that run may know more or less than the records; else only
    those that the engine does not have.
    """
    async with database.reading() as session:
        begun = (APPLICATIONS.c.ended_at.is_(None), APPLICATIONS.c.journey_started_at.is_not(None))
        open_ones = [Application(**row) for row in (await session.execute(_open(begun))).mappings()]
        submissions = [await _submission(session, one) for one in open_ones]
        opened = [await opening.opened_case(session, *one) for one in await _open_cases(session)]
    policy = WorkflowIDConflictPolicy.TERMINATE_EXISTING if every else WorkflowIDConflictPolicy.USE_EXISTING
    for submission in submissions:
        await _begin(client, JOURNEYS[submission.plan.operation], submission, policy)
    for case in opened:
        await _begin(client, ACT, case, policy)
    return len(submissions) + len(opened)


def _open(which: tuple[Any, ...]) -> Any:
    return select(APPLICATIONS).where(*which).order_by(APPLICATIONS.c.entered_at)


async def refunds_again(database: Database) -> None:
    """Let the sweeps begin the stories of refunds that are not given back; one that runs is left as it is."""
    async with database.transaction() as session:
        await session.execute(update(REFUNDS).where(REFUNDS.c.status != "paid").values(begun_at=None))


async def _submission(session: AsyncSession, one: Application) -> Submission:
    procedure, granted = await applications.procedure(session, one), await applications.reopened(session, one.number)
    company = one.holder_kind == "juristic"
    return Submission(number=one.number, plan=plan(procedure), for_company=company, granted=granted)


async def _open_cases(session: AsyncSession) -> list[tuple[Case, ActProcedure]]:
    begun = (CASES.c.ended_at.is_(None), CASES.c.begun_at.is_not(None))
    rows = [Case(**row) for row in (await session.execute(select(CASES).where(*begun))).mappings()]
    return [(one, await cases.rules_of(session, one)) for one in rows]


async def _begin(client: Client, story: str, said: Submission | OpenedCase, policy: WorkflowIDConflictPolicy) -> None:
    await client.start_workflow(
        story,
        said,
        id=said.number,
        task_queue=GENERAL,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=policy,
    )
