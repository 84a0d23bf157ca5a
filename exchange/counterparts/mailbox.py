"""The mail server and the mailbox where everybody's letters arrive: one file a letter, and a list of them over HTTP.

`GET /messages?to=` (newest last), `GET /messages/{id}` (the letter as it came), `DELETE /messages`.
Faults: `slow_s`, `gone` (hang up), `status` (answer every letter with this SMTP code), `double` (keep each twice),
`times`.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from exchange.counterparts.faults import Faults

_NAME = re.compile(r"[0-9]{8}")


class Mailbox:
    """The letters in `folder`, and the server that takes them in."""

    def __init__(self, folder: Path) -> None:
        self.faults = Faults()
        self._folder = folder / "mail"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._next = max((int(path.stem) for path in self._folder.glob("*.eml")), default=0) + 1

    async def start(self, port: int) -> asyncio.Server:
        """Take letters on loopback."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: SMTP(self, enable_SMTPUTF8=True), "127.0.0.1", port)

    def app(self, scanner_faults: Faults) -> ASGIApp:
        """The list of letters, and the switches of the two offices that speak no HTTP."""
        routes = [
            Route("/messages", self._list, methods=["GET"]),
            Route("/messages", self._clear, methods=["DELETE"]),
            Route("/messages/{name}", self._show),
            *self.faults.routes(),
            *scanner_faults.routes("/clamd"),
        ]
        return Starlette(routes=routes)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a letter (aiosmtpd's hook); what it returns is said to the sender."""
        faults = self.faults.take()
        await asyncio.sleep(float(faults.get("slow_s", 0)))
        if faults.get("gone") and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        if faults.get("gone") or "status" in faults:
            return f"{faults.get('status', 421)} refused on request"
        for _ in range(2 if faults.get("double") else 1):
            self._keep(bytes(envelope.original_content or b""))
        return "250 Message accepted for delivery"

    def _keep(self, letter: bytes) -> None:
        (self._folder / f"{self._next:08d}.eml").write_bytes(letter)
        self._next += 1

    def _letters(self) -> Iterator[tuple[str, EmailMessage]]:
        for path in sorted(self._folder.glob("*.eml")):
            letter = message_from_bytes(path.read_bytes(), policy=policy.default)
            yield path.stem, letter

    async def _list(self, request: Request) -> Response:
        to = request.query_params.get("to", "").lower()
        rows = [_row(name, letter) for name, letter in self._letters()]
        return JSONResponse({"messages": [row for row in rows if not to or row["to"].lower() == to]})

    async def _clear(self, request: Request) -> Response:
        for path in self._folder.glob("*.eml"):
            path.unlink()
        return Response(status_code=204)

    async def _show(self, request: Request) -> Response:
        path = self._folder / f"{request.path_params['name']}.eml"
        if not _NAME.fullmatch(path.stem) or not path.exists():
            return PlainTextResponse("no such letter", status_code=404)
        return Response(path.read_bytes(), media_type="message/rfc822")


def _row(name: str, letter: EmailMessage) -> dict[str, Any]:
    return {
        "id": name,
        "to": parseaddr(str(letter["To"]))[1],
        "from": parseaddr(str(letter["From"]))[1],
        "subject": str(letter["Subject"]),
        "date": str(letter["Date"]),
        "message_id": str(letter["Message-ID"]).strip("<>"),
        "text": _part(letter, "plain"),
        "html": _part(letter, "html"),
        "enclosures": [_enclosure(part) for part in letter.iter_attachments()],
    }


def _enclosure(part: EmailMessage) -> dict[str, str]:
    """What a letter brings: its name, and the SHA-256 (hex) of its bytes."""
    content = part.get_content()
    return {"name": str(part.get_filename()), "sha256": hashlib.sha256(content).hexdigest()}


def _part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
