"""Whether we live, whether we are fit to serve and what is missing, and our own figures."""

import asyncio
import time
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import people, stuck_figures, tools
from seen import Check, state

router = APIRouter(tags=["operations"])

NEEDED = ("database", "engine", "store")
"""Without one of these we answer nothing useful; the others are said and do not take us out of service."""


def checks(request: Request) -> dict[str, Check]:
    """Each part, and a question that only a working one answers."""
    told = tools.settings(request)
    return {
        "database": tools.database(request).ready,
        "engine": tools.engine(request).alive,
        "store": tools.files(request).ready,
        "scanner": lambda: _connects(told.clamd_host, told.clamd_port),
        "sign-in": request.app.state.issuer.ready,
    }


async def _connects(host: str, port: int) -> None:
    _, writer = await asyncio.open_connection(host, port)
    writer.close()


@router.get("/health/live", dependencies=[people.Public])
async def live() -> dict[str, str]:
    """This process answers."""
    return {"status": "alive"}


@router.get("/health/ready", dependencies=[people.Public])
async def ready(request: Request) -> JSONResponse:
    """200 when every part we need answers a question, else 503 and the names of those that do not."""
    asked = checks(request)
    states = await asyncio.gather(*map(state, asked.values()))
    parts = dict(zip(asked, states, strict=True))
    down = [name for name, state in parts.items() if state != "up"]
    fit = not set(down) & set(NEEDED)
    return JSONResponse({"ready": fit, "down": down, "parts": parts}, 200 if fit else 503)


class Figures:
    """Our own figures, of this process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "bizportal_http_requests",
            "answers by route and status",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "bizportal_http_seconds", "how long answers took", ["method", "route"], registry=self.registry
        )
        self.under_way = Gauge("bizportal_http_under_way", "requests being answered", registry=self.registry)


class Measured:
    """ASGI middleware: counts and times every request under the route that took it, never under its address."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self.app, self.figures = app, figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), "500"

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        self.figures.under_way.inc()
        try:
            await self.app(scope, receive, noted)
        finally:
            self.figures.under_way.dec()
            route = getattr(scope.get("route"), "path", "none")
            self.figures.requests.labels(scope["method"], route, status).inc()
            self.figures.seconds.labels(scope["method"], route).observe(time.perf_counter() - began)


@router.get("/metrics", dependencies=[Depends(people.watchers)])
async def metrics(request: Request) -> Response:
    """Our figures as Prometheus reads them, and what stands still."""
    figures: Any = request.app.state.figures
    stuck = await stuck_figures.of(tools.database(request))
    return Response(generate_latest(figures.registry) + stuck, media_type=CONTENT_TYPE_LATEST)
