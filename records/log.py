"""The Merkle log over the register's entries: its full nodes, its signed heads, and what is read to prove from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from licences import log, register
from licences.log import Node, Span
from records import chains
from records.register import BATCH, BOOK, export
from records.rows import table_of, values_of, write_once
from records.tables import TreeHead, TreeNode

HEADS, NODES = table_of(TreeHead), table_of(TreeNode)
AT_ONCE = 20_000
"""The most entries that one head adds; the next head takes the rest."""


class BookBroken(Exception):
    """An entry does not stand where the chain says: nothing is signed over it. An alarm, not a message to people."""


@dataclass(frozen=True)
class Growth:
    """What a new head would stand on: the size, the root and the chain's last hash, and the nodes not kept yet."""

    size: int
    root: bytes
    last: str
    nodes: Mapping[Node, bytes]


async def newest(session: AsyncSession) -> TreeHead | None:
    """The last head that was signed; None: none was."""
    row = (await session.execute(select(HEADS).order_by(HEADS.c.nth.desc()).limit(1))).mappings().first()
    return TreeHead(**row) if row else None


async def of_size(session: AsyncSession, size: int) -> TreeHead | None:
    """The first head of that size; None: none was signed at that size."""
    asked = select(HEADS).where(HEADS.c.size == size).order_by(HEADS.c.nth).limit(1)
    row = (await session.execute(asked)).mappings().first()
    return TreeHead(**row) if row else None


async def size_of_book(session: AsyncSession) -> int:
    """How many entries there are, under a head or not yet."""
    return (await chains.end_of(session, BOOK))[0]


async def grow(session: AsyncSession, head: TreeHead | None) -> Growth:
    """What comes after a head: every entry is checked against the chain first. Raises BookBroken."""
    size, last = (head.size, head.last) if head else (0, register.GENESIS)
    leaves: list[bytes] = []
    async for entry in export(session, size):
        body = register.canonical(entry.body)
        linked = register.link(last, body)
        if (entry.body["seq"], entry.previous_hash, entry.hash) != (size + len(leaves) + 1, last, linked):
            raise BookBroken(f"entry {entry.body['seq']} does not follow entry {size + len(leaves)}")
        leaves.append(log.leaf_hash(body))
        last = entry.hash
        if len(leaves) == AT_ONCE:
            break
    peaks = await _nodes(session, log.full_nodes((0, size)))
    made = log.grown(list(peaks.values()), size, leaves)
    grown = size + len(leaves)
    return Growth(grown, log.hash_of((0, grown), {**peaks, **made}), last, made)


async def keep(session: AsyncSession, head: TreeHead, nodes: Mapping[Node, bytes]) -> bool:
    """Keep a signed head and its new nodes; False: another stands in its place, and nothing was kept."""
    if not await write_once(session, head):
        return False
    rows = [values_of(TreeNode(level=level, place=place, hash=seen)) for (level, place), seen in nodes.items()]
    for start in range(0, len(rows), BATCH):
        await session.execute(insert(NODES), rows[start : start + BATCH])
    return True


async def hashes(session: AsyncSession, spans: Sequence[Span]) -> list[bytes]:
    """The hashes over spans that lie under a head, as a proof lists them."""
    known = await _nodes(session, [node for span in spans for node in log.full_nodes(span)])
    return [log.hash_of(span, known) for span in spans]


async def _nodes(session: AsyncSession, wanted: Iterable[Node]) -> dict[Node, bytes]:
    """These full nodes, in the order asked for."""
    asked = list(wanted)
    at = tuple_(NODES.c.level, NODES.c.place)
    rows = await session.execute(select(NODES).where(at.in_(asked)))
    found = {(row.level, row.place): row.hash for row in rows}
    return {node: found[node] for node in asked}


def is_due(head: TreeHead | None, entries: int, oldest: datetime) -> bool:
    """Whether a new head is to be signed: there is something new, or the last one is older than `oldest`."""
    return entries > 0 and (head is None or head.size < entries or head.at < oldest)
