import asyncio
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from records import database as records_database
from records import tables  # noqa: F401  (fills the metadata)
from records.database import Database, migrate

FOR_EVER = {
    "entries": "seq = 1",
    "actions": "seq = 1",
    "postings": "seq = 1",
    "tree_nodes": "level = 1",
    "tree_heads": "nth = 1",
    "definitions": "licence = 'x'",
    "payments": None,
    "receipts": None,
}


def test_migrations_are_numbered_without_gaps() -> None:
    files = sorted(path.name for path in records_database.MIGRATIONS.glob("*.py"))
    script = ScriptDirectory.from_config(records_database.configuration("postgresql://"))
    revisions = [step.revision for step in reversed(list(script.walk_revisions()))]

    assert [name.split("_")[0] for name in files] == [f"{n:04d}" for n in range(1, len(files) + 1)]
    assert revisions == [name.split("_")[0] for name in files]


async def test_migrations_end_where_the_tables_are(address: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), SQLModel.metadata))

    engine = create_async_engine(records_database.address(address))
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()

    assert found == []


async def test_migrating_again_changes_nothing_and_two_at_once_agree(address: str, server: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate, address) for _ in range(2)))

    database = Database(address)
    async with database.reading() as session:
        books = (await session.execute(text("SELECT book FROM heads ORDER BY book"))).scalars().all()
    await database.close()
    assert books == ["entries", "postings"]


@pytest.mark.parametrize("table", FOR_EVER)
async def test_what_is_for_ever_cannot_be_taken_away(database: Database, table: str) -> None:
    statements = [f"TRUNCATE {table} CASCADE"]
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text(an_empty_row_of(table)))
    statements.append(f"DELETE FROM {table}")
    if FOR_EVER[table]:
        statements.append(f"UPDATE {table} SET {FOR_EVER[table]}")

    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.transaction() as session:
                await session.execute(text(statement))


def an_empty_row_of(table: str) -> str:
    """A row with something in every column."""
    something = {
        "DATETIME": "now()",
        "DATE": "now()",
        "INTEGER": "1",
        "BIGINT": "1",
        "JSONB": "'{}'",
        "BYTEA": "''",
        "BLOB": "''",
    }
    columns = SQLModel.metadata.tables[table].columns
    values = [something.get(str(column.type).split()[0], "'x'") for column in columns]
    return f"INSERT INTO {table} ({', '.join(c.name for c in columns)}) VALUES ({', '.join(values)})"


async def test_what_only_looks_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"):
        async with database.reading() as session:
            await session.execute(text("UPDATE heads SET seq = 7"))


async def test_an_exception_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            await session.execute(text("UPDATE heads SET seq = 7"))
            raise ZeroDivisionError

    async with database.reading() as session:
        assert (await session.execute(text("SELECT sum(seq) FROM heads"))).scalar_one() == 0


async def test_a_database_that_is_not_there_is_not_ready(tmp_path: Path) -> None:
    nobody = Database(f"postgresql://nobody@/nothing?host={tmp_path}")

    with pytest.raises(OSError):
        await nobody.ready()

    await nobody.close()


async def test_thai_is_kept_as_thai(database: Database) -> None:
    assert records_database.as_json({"ก": "น้ำ"}) == '{"ก":"น้ำ"}'
    await database.ready()


async def test_after_the_server_dropped_everybody_the_pool_is_renewed(address: str, server: str) -> None:
    database = Database(address, pool_size=3)

    async def ask() -> int:
        async with database.reading() as session:
            return int((await session.execute(text("SELECT pg_backend_pid()"))).scalar_one())

    async def write() -> None:
        async with database.transaction() as session:
            await session.execute(text("SELECT pg_sleep(0.05)"))

    await asyncio.gather(*(ask() for _ in range(3)), *(write() for _ in range(3)))
    admin = await asyncpg.connect(server % "postgres")
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bizportal'")
    await admin.close()

    for first in (ask, write):
        with pytest.raises(DBAPIError):
            await first()
    await asyncio.gather(*(ask() for _ in range(3)), *(write() for _ in range(3)))
    await database.close()
