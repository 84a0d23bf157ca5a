"""The register's log: a new tree head, checked against the chain, signed, stamped, and only then kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.wanted import Value
from licences.calendar import BANGKOK
from licences.register import Standing
from records import log, publications
from records.database import Database
from records.log import Growth
from records.tables import TreeHead
from signing.statement import NO_LONGER, TREE_HEAD, record_digest


class NextHead(Value):
    """Sign the head after the last: its place among the heads, and the moment it is dated."""

    nth: int
    at: datetime


class Desk(Protocol):
    """The part of the sealing desk that speaks for the register, as `signing.desk` has it."""

    async def publish(self, payload: Mapping[str, object]) -> tuple[str, bytes]:
        """A statement by the register's key, and a time stamp over it."""
        ...


class Log:
    """Beside the keys. With every head goes the list of what died, so that both are of one day."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self.database, self.desk = database, desk

    @activity.defn(name="sign_tree_head")
    async def sign_tree_head(self, wanted: NextHead) -> int:
        """Sign over everything that was entered since the last head; the size it has. The first of two stays."""
        async with self.database.reading() as session:
            before = await log.newest(session)
            if before and before.nth >= wanted.nth:
                return before.size
            growth = await log.grow(session, before)
            snapshot = await snapshot_payload(session, wanted.at)
        statement, stamp = await self.desk.publish(head_payload(growth, wanted.at))
        dead = await self.desk.publish(snapshot)
        head = TreeHead(
            nth=wanted.nth,
            size=growth.size,
            root=growth.root.hex(),
            last=growth.last,
            at=wanted.at,
            statement=statement,
            stamp=stamp,
        )
        async with self.database.transaction() as session:
            await log.keep(session, head, growth.nodes)
            await publications.keep(session, NO_LONGER, *dead, wanted.at)
        return growth.size


def head_payload(growth: Growth, at: datetime) -> dict[str, object]:
    """What a signed head says."""
    return {
        "is": TREE_HEAD,
        "size": growth.size,
        "root": growth.root.hex(),
        "last": growth.last,
        "at": at.isoformat(),
    }


async def snapshot_payload(session: AsyncSession, at: datetime) -> dict[str, object]:
    """What is no longer as its paper says, whose dates tell the rest.

    `dead`: number → suspended, revoked or ended. `replaced`: number → the digest of the record in the present document,
    where an older document's dates still run.
    """
    dead, replaced = dict[str, str](), dict[str, str]()
    async for entry, standing in publications.changed(session, at.astimezone(BANGKOK).date()):
        if standing is Standing.IN_FORCE:
            replaced[entry.licence_number] = record_digest(entry.facts)
        else:
            dead[entry.licence_number] = standing.value
    return {"is": NO_LONGER, "at": at.isoformat(), "dead": dead, "replaced": replaced}
