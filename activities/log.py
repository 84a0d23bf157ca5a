"""The register's log: a new tree head, checked against the chain, signed, stamped, and only then kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from temporalio import activity

from activities.wanted import Value
from records import log
from records.database import Database
from records.log import Growth
from records.tables import TreeHead

TREE_HEAD = "tree-head"
"""What a head's statement says it is, so that no other statement of the same key is taken for one."""


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
    """Beside the keys."""

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
        statement, stamp = await self.desk.publish(head_payload(growth, wanted.at))
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
