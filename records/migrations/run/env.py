"""How Alembic reaches the database: the address comes from the caller, `-x url=…`, or BIZ_DATABASE_URL."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from records import tables  # noqa: F401  (fills the metadata)
from records.database import address

ONE_AT_A_TIME = 0x42495A  # two processes that start together migrate one after the other


def url() -> str:
    """The address, as the nearest one says it."""
    given = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True).get("url")
    return str(given or os.environ["BIZ_DATABASE_URL"])


def run(connection: Connection) -> None:
    """Every migration that is missing, in one transaction."""
    context.configure(connection=connection, target_metadata=SQLModel.metadata)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        context.run_migrations()


async def online() -> None:
    """Connect, and run."""
    engine = create_async_engine(address(url()), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(online())
