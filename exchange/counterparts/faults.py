"""Faults on request: what an office can be told to do wrong, and the wrapper that does it.

Every counterpart knows `slow_s` (answer so many seconds later), `gone` (drop the connection without a word),
`status` (answer this HTTP status with no body) and `bad_body` (answer 200 with a firewall's page). `times` lets the
faults act on so many calls only. Each office adds words of its own; its file says which.
"""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

PAGE = "<html><body>Request rejected. Support ID: 0000</body></html>"


class Faults:
    """What is wrong with one office just now."""

    def __init__(self) -> None:
        self.now: dict[str, Any] = {}

    def take(self) -> dict[str, Any]:
        """The faults for one call; counts `times` down and forgets all of them when it runs out."""
        now = dict(self.now)
        if "times" in now:
            self.now["times"] = left = now["times"] - 1
            if left <= 0:
                self.now = {}
        return now

    def routes(self, prefix: str = "") -> list[Route]:
        """`GET`, `POST` and `DELETE` of `/faults`."""
        return [Route(f"{prefix}/faults", self._faults, methods=["GET", "POST", "DELETE"])]

    async def _faults(self, request: Request) -> Response:
        if request.method == "POST":
            self.now = dict(await request.json())
        if request.method == "DELETE":
            self.now = {}
        return JSONResponse(self.now)


class Faulty:
    """Wraps an office's application: calls below `prefix` suffer its faults, its own switches do not."""

    def __init__(self, app: ASGIApp, faults: Faults, prefix: str) -> None:
        self._app, self._faults, self._prefix = app, faults, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call, or do what was asked for instead."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            return await self._app(scope, receive, send)
        faults = self._faults.take()
        scope["faults"], scope["cut"] = faults, send
        await asyncio.sleep(float(faults.get("slow_s", 0)))
        if faults.get("gone"):
            return await drop(send)
        await (_instead(faults) or self._app)(scope, receive, send)


def _instead(faults: dict[str, Any]) -> ASGIApp | None:
    if "status" in faults:
        return Response(status_code=int(faults["status"]))
    return HTMLResponse(PAGE) if faults.get("bad_body") else None


async def drop(send: Send) -> None:
    """Cut the connection. ASGI has no word for it: the server's own `send` belongs to a cycle that holds the wire."""
    cycle: Any = getattr(send, "__self__", None)
    cycle.transport.abort()
    # uvicorn hears of the cut on the next turn of the loop; only then is a missing answer no error to it.
    await asyncio.sleep(0.01)
