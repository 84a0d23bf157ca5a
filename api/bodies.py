"""What may come in by the door: how large, how deep, and of which characters.

Checked before anything looks at it: the length that a request states at once, the bytes while they are read.
"""

import asyncio
import contextlib
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, model_validator
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from licences.errors import NotAllowed

MB = 1024 * 1024
ATTACHMENT_BYTES = 10 * MB
VERIFY_BYTES = 5 * MB
JSON_BYTES = 1 * MB
ENVELOPE_BYTES = 16 * 1024
"""What a multipart form writes around its one file."""
LARGER = {
    "/api/v1/attachments": ATTACHMENT_BYTES + ENVELOPE_BYTES,
    "/api/v1/verify": VERIFY_BYTES + ENVELOPE_BYTES,
    "/api/v1/verify/report": VERIFY_BYTES + ENVELOPE_BYTES,
}
PHOTOGRAPHS = "/photographs"
"""How the addresses end at which an inspector brings a picture."""
LINGER_S, LINGER_BYTES = 10.0, 256 * MB
DEPTH = 20
LINE_BREAKS = "\n\r\t"


class TooLarge(NotAllowed):
    """More than this address takes."""

    status = 413


class TooDeep(NotAllowed):
    """JSON inside JSON inside JSON."""

    status = 400


class ControlCharacters(NotAllowed):
    """A text with characters that no keyboard types, or half a character."""

    status = 422


class Body(BaseModel):
    """A JSON body: strict about its keys, plain in every text, and not deep."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        check_plain(value)
        return value


def too_large(limit: int) -> TooLarge:
    """The refusal of a body above `limit` bytes."""
    size = f"{limit // MB} MB" if limit >= MB else f"{limit // 1024} kB"
    return TooLarge(f"ไฟล์หรือข้อมูลใหญ่เกิน {size}", f"the file or data is larger than {size}", field="file")


def check_plain(value: Any, field: str = "", depth: int = 0) -> None:
    """Raise TooDeep or ControlCharacters for a JSON value that could not be kept, printed or shown."""
    if depth > DEPTH:
        raise TooDeep(f"ข้อมูลซ้อนกันลึกเกิน {DEPTH} ชั้น", f"the data is nested deeper than {DEPTH} levels", field=field)
    if isinstance(value, str):
        _check_text(value, field)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _check_text(str(key), field)
            check_plain(inner, f"{field}.{key}" if field else str(key), depth + 1)
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            check_plain(inner, f"{field}[{place}]", depth + 1)


def plain(text: str) -> bool:
    """No control characters but line breaks and tabs, and no half of a surrogate pair."""
    return all(c in LINE_BREAKS or unicodedata.category(c) not in ("Cc", "Cs") for c in text)


def _check_text(text: str, field: str) -> None:
    if not plain(text):
        raise ControlCharacters(
            "มีอักขระควบคุมที่ใช้ไม่ได้ปนอยู่ โปรดพิมพ์ใหม่", "this contains control characters: please type it again", field=field
        )


def limit_for(path: str) -> int:
    """How many bytes an address takes."""
    if path.rstrip("/").endswith(PHOTOGRAPHS):
        return ATTACHMENT_BYTES + ENVELOPE_BYTES
    return LARGER.get(path.rstrip("/"), JSON_BYTES)


class Limits:
    """ASGI middleware: refuses a request that is too large (stated or counted) or whose address is not plain text."""

    def __init__(self, app: ASGIApp, pages: Mapping[str, int] | None = None) -> None:
        """`pages`: how the addresses of pages that take files begin, with the bytes each takes."""
        self.app, self.pages = app, dict(pages or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        try:
            _check_address(scope)
            _check_stated_length(scope, limit)
        except NotAllowed as refusal:
            await _refuse(refusal, scope, receive, send)
            return
        await _Counted(self.app, limit)(scope, receive, send)

    def _limit(self, path: str) -> int:
        return next((most for start, most in self.pages.items() if path.startswith(start)), limit_for(path))


class _Counted:
    """Counts the bytes while the application reads them; answers 413 itself when they are too many."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app, self.limit, self.read = app, limit, 0
        self.more, self.answering = True, False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted() -> Message:
            message = await receive()
            self.read += len(message.get("body", b""))
            self.more = message.get("more_body", False)
            if self.read > self.limit:
                raise _Over
            return message

        async def noted(message: Message) -> None:
            self.answering = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except _Over:
            if not self.answering:
                await _refuse(too_large(self.limit), scope, receive, send, more=self.more)


class _Over(BaseException):
    """Out of the application at once, past every `except Exception` on the way."""


def _check_address(scope: Scope) -> None:
    query = unquote(scope.get("query_string", b"").decode("latin-1").replace("+", " "))
    if not plain(scope["path"]) or not plain(query):
        raise ControlCharacters("ที่อยู่นี้มีอักขระควบคุม", "this address contains control characters", field="query")


def _check_stated_length(scope: Scope, limit: int) -> None:
    stated = dict(scope["headers"]).get(b"content-length", b"0")
    if stated.isdigit() and int(stated) > limit:
        raise too_large(limit)


async def _refuse(refusal: NotAllowed, scope: Scope, receive: Receive, send: Send, *, more: bool = True) -> None:
    """Answer at once, then let the rest of the body run into nothing for a while before closing.

    Closed at once, most clients would see a broken connection and never the answer (lingering close, RFC 9112 s.9.6).
    One that asked first (`Expect: 100-continue`) has sent nothing and needs no wait.
    """
    answer = problems.shown(Request(scope), problems.of_refusal(refusal))
    answer.headers["Connection"] = "close"

    async def held_open(message: Message) -> None:
        await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

    await answer(scope, receive, held_open)
    if more and b"expect" not in dict(scope["headers"]):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                await _drained(receive)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _drained(receive: Receive) -> None:
    """Read to the end of the body, or as much of it as we put up with, and keep nothing."""
    left, more = LINGER_BYTES, True
    while more and left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        more = message.get("more_body", False)
