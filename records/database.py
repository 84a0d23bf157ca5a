"""The way to PostgreSQL: transactions, readings, and bringing the tables up to date."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from records.bell import Bell

if TYPE_CHECKING:
    from alembic.config import Config

_ONE_AT_A_TIME = threading.Lock()
MIGRATIONS = Path(__file__).parent / "migrations"

# Thai as Thai: half the bytes of escaped text, and readable in the database.
as_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


class Database:
    """One pool to write through, one to read through. Transactions are opened by the caller.

    Nothing is asked of a connection before it is used: after the server was restarted the first statement fails
    and the whole pool is renewed; what failed is tried again by whoever asked (the engine, or the person).
    """

    def __init__(self, url: str, pool_size: int = 5, overflow: int = 5, patience_seconds: float = 10) -> None:
        """`url` as PostgreSQL's own (`postgresql://…`); a process opens at most 2 × (pool_size + overflow)."""
        pool: dict[str, Any] = {"pool_size": pool_size, "max_overflow": overflow, "pool_timeout": patience_seconds}
        self._writing = _engine(url, **pool)
        # What only looks cannot write by mistake, and needs neither BEGIN nor COMMIT.
        self._reading = _engine(url, read_only=True, **pool).execution_options(isolation_level="AUTOCOMMIT")
        self._url, self._bells = url, list[Bell]()
        self._write_sessions = async_sessionmaker(self._writing, expire_on_commit=False, autoflush=False)
        self._read_sessions = async_sessionmaker(self._reading, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """All of it or none: committed at the end, rolled back by an exception."""
        async with self._write_sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """To look only; each question sees what is committed at its moment. PostgreSQL refuses a write here."""
        async with self._read_sessions() as session:
            yield session

    async def ready(self) -> None:
        """Raises when the database does not answer a question."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    def bell(self, channel: str) -> Bell:
        """A bell that listens to one channel; it goes when the database does."""
        self._bells.append(Bell(make_url(self._url).set(drivername="postgresql").render_as_string(False), channel))
        return self._bells[-1]

    async def close(self) -> None:
        """Let every connection go."""
        for bell in self._bells:
            await bell.close()
        await self._writing.dispose()
        await self._reading.dispose()


def address(url: str) -> URL:
    """The same address, for asyncpg."""
    return make_url(url).set(drivername="postgresql+asyncpg")


def _engine(url: str, *, read_only: bool = False, **pool: Any) -> AsyncEngine:
    settings = {"application_name": "bizportal", "jit": "off"}  # short statements: compiling them costs more
    if read_only:
        settings["default_transaction_read_only"] = "on"
    return create_async_engine(
        address(url),
        json_serializer=as_json,
        query_cache_size=1000,
        hide_parameters=True,  # an error's words go into logs: the values of a statement are people's
        pool_use_lifo=True,
        pool_recycle=1800,
        connect_args={"prepared_statement_cache_size": 500, "server_settings": settings},
        **pool,
    )


def configuration(url: str) -> "Config":
    """Alembic's configuration, with no file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / "run"))
    config.set_main_option("version_locations", str(MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    config.attributes["url"] = url
    return config


def migrate(url: str, to: str = "head") -> None:
    """Bring the tables up to date; doing it again changes nothing. Blocks, and may be called beside a running loop."""
    from alembic import command  # here: doors and workers never migrate, and loading it costs each of them 0.1 s

    # Alembic's asynchronous way needs a loop of its own, and its context is one for the whole process.
    with _ONE_AT_A_TIME, ThreadPoolExecutor(1) as thread:
        thread.submit(command.upgrade, configuration(url), to).result()


async def migrate_beside(url: str) -> None:
    """The same without blocking the loop."""
    await asyncio.to_thread(migrate, url)
