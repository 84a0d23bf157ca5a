"""The log of the register for people: its newest signed head, and whether one licence stands under it."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api import frame, showing, tools
from api import register as door
from api.pages_public import Code
from api.people import Anyone
from api.showing import Says
from api.tools import TheDatabase, TheSettings, TheTrust
from licences import log as rules
from licences import register as book
from licences.errors import NotAllowed
from records import log, register
from records.database import Database
from records.tables import TreeHead

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Place:
    """Where one entry stands in the log, and whether the path from it leads to the signed root."""

    seq: int
    leaf: str
    path: tuple[str, ...]
    holds: bool | None  # None: no head was signed over it yet


@router.get("/register/log")
async def look(
    request: Request, who: Anyone, database: TheDatabase, settings: TheSettings, trust: TheTrust, number: Code = ""
) -> HTMLResponse:
    """The newest head and the keys; for a licence, the proof that its newest entry is under the head."""
    places: list[Place] = []
    problems: tuple[Says, ...] = ()
    async with database.reading() as session:
        head, size = await log.newest(session), await log.size_of_book(session)
    if number.strip():
        tools.throttled(request)
        try:
            places = [await _place(database, head, one) for one in await _seqs(database, number.strip())]
        except NotAllowed as refusal:
            problems = (Says("number", showing.in_words(refusal, showing.language(request))),)
    values: dict[str, Any] = {"head": head, "size": size, "keys": sorted(trust.register_keys), "number": number}
    return await frame.show(
        request,
        "log.html",
        404 if problems else 200,
        places=places,
        public_url=settings.public_url,
        problems=problems,
        **values,
    )


async def _seqs(database: Database, number: str) -> list[int]:
    found: register.Found = await door.the_licence(database, number)
    return [one.seq for one in found.entries]


async def _place(database: Database, head: TreeHead | None, seq: int) -> Place:
    """The proof as a stranger makes it: the leaf anew from what is published, then up the path (RFC 9162, 2.1.3)."""
    async with database.reading() as session:
        published = await anext(register.export(session, seq - 1))
        leaf = rules.leaf_hash(book.canonical(published.body))
        if head is None or seq > head.size:
            return Place(seq, leaf.hex(), (), None)
        path = await log.hashes(session, rules.inclusion(seq - 1, head.size))
    holds = rules.is_included(leaf, seq - 1, head.size, path, bytes.fromhex(head.root))
    return Place(seq, leaf.hex(), tuple(one.hex() for one in path), holds)
