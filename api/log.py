"""The register's log: heads, proofs and entries, so that anybody can see that the book was never rewritten.

`bizportal register audit` reads these doors; so may any program (RFC 9162, 2.1). Hashes are hex. Places in proofs are
the entries' own `seq`, from 1; a leaf is the canonical JSON of an entry's `body`.
"""

import base64
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api import people, tools
from api.tools import TheDatabase, TheTrust
from licences import log as rules
from licences import register as book
from licences.errors import NotFound
from records import log, publications, register
from records.database import Database
from records.register import Published
from records.tables import TreeHead
from signing.statement import NO_LONGER

router = APIRouter(prefix="/api/v1/register", tags=["register"], dependencies=[people.Public, tools.Throttled])
Place = Annotated[int, Query(ge=1, lt=2**62)]
Size = Annotated[int, Query(ge=0, lt=2**62, description="of the tree; 0: the newest head's")]
ENTRIES = 1_000


class NoHead(NotFound):
    """No head was signed yet, or none of that size."""


class NotUnderHead(NotFound):
    """That entry or tree is not under the signed head."""


@router.get("/log/head")
async def head(database: TheDatabase, size: Size = 0) -> dict[str, Any]:
    """The newest signed head, or the first of that size: the statement (JWS) says it all, `stamp` is RFC 3161 in
    base64 over the statement's bytes."""
    found = await _head(database, size)
    return {"size": found.size, "root": found.root, **_published(found.at, found.statement, found.stamp)}


def _published(at: datetime, statement: str, stamp: bytes) -> dict[str, str]:
    return {"at": at.isoformat(), "statement": statement, "stamp": base64.b64encode(stamp).decode()}


@router.get("/log/keys")
async def keys(trust: TheTrust) -> dict[str, str]:
    """The register's public keys (PEM) by id. Take them once, and keep them: they are what everything hangs from."""
    return dict(trust.register_keys)


@router.get("/snapshot")
async def snapshot(database: TheDatabase) -> dict[str, str]:
    """The signed list of licences that are no longer as their papers say, for whoever checks without a network."""
    async with database.reading() as session:
        found = await publications.newest(session, NO_LONGER)
    if found is None:
        raise NoHead("ยังไม่มีรายการที่ลงนาม", "no list was signed yet")
    return _published(found.at, found.statement, found.stamp)


@router.get("/log/inclusion")
async def inclusion(database: TheDatabase, seq: Place, size: Size = 0) -> dict[str, Any]:
    """The proof that an entry is under a signed head (RFC 9162, 2.1.3)."""
    found = await _head(database, size)
    if seq > found.size:
        raise NotUnderHead("รายการนี้ยังไม่อยู่ใต้ลายเซ็นล่าสุด", "that entry is not under a signed head yet", field="seq")
    async with database.reading() as session:
        path = await log.hashes(session, rules.inclusion(seq - 1, found.size))
        (leaf,) = await log.hashes(session, [(seq - 1, seq)])
    return {"seq": seq, "size": found.size, "leaf": leaf.hex(), "path": [one.hex() for one in path]}


@router.get("/log/consistency")
async def consistency(database: TheDatabase, first: Place, second: Size = 0) -> dict[str, Any]:
    """The proof that the log of size `first` is the beginning of the log of size `second` (RFC 9162, 2.1.4)."""
    found = await _head(database, second)
    if first > found.size:
        raise NotUnderHead("ทะเบียนยังไม่มีขนาดนั้น", "the signed log is not that large", field="first")
    async with database.reading() as session:
        path = await log.hashes(session, rules.consistency(first, found.size))
    return {"first": first, "second": found.size, "path": [one.hex() for one in path]}


@router.get("/log/entries")
async def entries(database: TheDatabase, start: Place = 1, end: Place | None = None) -> dict[str, Any]:
    """Entries from `start` to `end`, at most a thousand, with what their hashes cover; fewer when the book ends."""
    last = min(end or start + ENTRIES - 1, start + ENTRIES - 1)
    items = list[dict[str, Any]]()
    async with database.reading() as session:
        async for published in register.export(session, start - 1):
            if len(items) > last - start:
                break
            items.append(_entry(published))
    return {"items": items}


def _entry(published: Published) -> dict[str, Any]:
    """`body` as text: the very characters whose UTF-8 bytes are hashed."""
    body = book.canonical(published.body).decode()
    return {"body": body, "previous_hash": published.previous_hash, "hash": published.hash}


async def _head(database: Database, size: int) -> TreeHead:
    async with database.reading() as session:
        found = await (log.of_size(session, size) if size else log.newest(session))
    if found is None:
        raise NoHead("ยังไม่มีลายเซ็นของทะเบียน", "no such head of the register was signed (yet)", field="size")
    return found
