"""Where an entry stands in the register's log: the proof that travels with every answer about it."""

import base64
from typing import Any

from licences import log as rules
from records import log
from records.database import Database
from records.register import Found


async def proof_of(database: Database, found: Found) -> dict[str, Any] | None:
    """The proof that the present entry stands in the register's log, under its newest signed head (RFC 9162, 2.1.3);
    None: no head covers it yet."""
    seq = found.holding.entry
    async with database.reading() as session:
        head = await log.newest(session)
        if head is None or seq > head.size:
            return None
        path = await log.hashes(session, rules.inclusion(seq - 1, head.size))
        (leaf,) = await log.hashes(session, [(seq - 1, seq)])
    signed = {
        "size": head.size, "root": head.root, "at": head.at.isoformat(), "statement": head.statement,
        "stamp": base64.b64encode(head.stamp).decode(),
    }  # fmt: skip
    return {"seq": seq, "leaf": leaf.hex(), "path": [one.hex() for one in path], "head": signed}
