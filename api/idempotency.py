"""The same key and body give the same answer; the same key with another body is a conflict.

Every unsafe call but the bank's needs an `Idempotency-Key`. `POST /verify` changes nothing, so it does not ask for one.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse

from api import tools
from api.people import Person, applicant
from licences.errors import NotAllowed
from records import idempotency
from records.database import Database
from records.idempotency import Answer

HEADER = "Idempotency-Key"
LONGEST = 200


class KeyMissing(NotAllowed):
    """An unsafe call without its key, or with one that is no key."""

    status = 400


@dataclass(frozen=True)
class Call:
    """One unsafe call: whose, under which key, to which address."""

    person: Person
    key: str
    address: str
    database: Database

    def digest(self, asked: Any) -> str:
        """What the key stands for: SHA-256 (hex) of the address and of what was asked."""
        text = json.dumps([self.address, asked], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def name(self, asked: Any) -> str:
        """This call's own name, for what must be done once behind the door: another body is another name."""
        return hashlib.sha256(f"{self.person.id}\n{self.key}\n{self.digest(asked)}".encode()).hexdigest()[:40]

    async def once(self, asked: Any, do: Callable[[], Awaitable[Answer]]) -> JSONResponse:
        """Do it unless it was answered before; an answer is kept, a refusal or a fault gives the key back."""
        async with self.database.transaction() as session:
            kept = await idempotency.begin(session, self.person.id, self.key, self.digest(asked), tools.now())
        if kept is None:
            kept = await self._done(do)
        return JSONResponse(kept.body, kept.status)

    async def _done(self, do: Callable[[], Awaitable[Answer]]) -> Answer:
        try:
            answer = await do()
        except Exception:
            async with self.database.transaction() as session:
                await idempotency.give_back(session, self.person.id, self.key)
            raise
        async with self.database.transaction() as session:
            await idempotency.finish(session, self.person.id, self.key, answer.status, answer.body)
        return answer


async def key_of(
    key: Annotated[
        str | None, Header(alias=HEADER, description="a name of your own for this call, e.g. a UUID; required")
    ] = None,
) -> str:
    """The call's key. Raises KeyMissing."""
    if not key or len(key) > LONGEST or not (key.isascii() and key.isprintable()):
        raise KeyMissing(
            f"โปรดส่งหัวข้อ {HEADER} (ตัวอักษร ASCII ไม่เกิน {LONGEST} ตัว) เพื่อให้ส่งซ้ำได้โดยไม่เกิดรายการซ้ำ",
            f"send the header {HEADER} (ASCII, at most {LONGEST} characters), so that repeating the call is safe",
            field=HEADER,
        )
    return key


async def a_call(
    request: Request,
    key: Annotated[str, Depends(key_of)],
    person: Annotated[Person, Depends(applicant)],
) -> Call:
    """The unsafe call that is being made."""
    return Call(person, key, f"{request.method} {request.url.path}", tools.database(request))


ACall = Annotated[Call, Depends(a_call)]
