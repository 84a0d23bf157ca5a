"""The government exchange with two services behind it: DBD's v4 `information`, and the SME facts (a path of ours).

Faults beside the common ones: `wrong` (an object laid over the register's row, or true for a Christian-era date),
`business` (HTTP 500 with this text as its message, as DOPA's `[4] …`), `expire` (forget every token, once),
`forbid` (the exchange no longer knows the consumer).
"""

import base64
import json
import time
import uuid
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from exchange.counterparts import GDX_CONSUMER_KEY, GDX_CONSUMER_SECRET, people
from exchange.counterparts.faults import Faults, Faulty

IDLE_S = 60 * 60
CHRISTIAN_ERA = {"RegisterDate": "20190829"}


class Exchange:
    """The tokens it gave, when each was last used, and how often it was asked."""

    def __init__(self) -> None:
        self.faults = Faults()
        self._used: dict[str, float] = {}
        self._calls: dict[str, int] = {}

    def app(self) -> ASGIApp:
        """The exchange as a web application."""
        routes = [
            Route("/ws/auth/validate", self._validate),
            Route("/ws/dbd/juristic/v4/profile/information", self._information),
            Route("/ws/osmep/v1/facts", self._facts),
            Route("/calls", self._show_calls),
            *self.faults.routes(),
        ]
        return Faulty(Starlette(routes=routes), self.faults, "/ws/")

    async def _validate(self, request: Request) -> Response:
        self._count(request)
        known = request.headers.get("consumer-key") == GDX_CONSUMER_KEY and not _fault(request, "forbid")
        if not known or request.query_params.get("ConsumerSecret") != GDX_CONSUMER_SECRET:
            return _error(403, "ForbiddenException: consumer not found")
        if not request.query_params.get("AgentID"):
            return _error(400, "AgentID is required")
        token = str(uuid.uuid4())
        self._used[token] = time.monotonic()
        return JSONResponse({"Result": token})

    async def _information(self, request: Request) -> Response:
        refused = self._refusal(request)
        if refused:
            return refused
        company = people.company(request.query_params.get("JuristicID", ""))
        if company is None:
            return JSONResponse({"ResultList": [], "RawData": None})
        wrong = _fault(request, "wrong")
        row = company.information() | (CHRISTIAN_ERA if wrong is True else wrong or {})
        raw = base64.b64encode(json.dumps(row, ensure_ascii=False).encode()).decode()
        return JSONResponse({"ResultList": [row], "RawData": raw})

    async def _facts(self, request: Request) -> Response:
        refused = self._refusal(request)
        if refused:
            return refused
        company = people.company(request.query_params.get("JuristicID", ""))
        known = company is not None and company.employees is not None
        return JSONResponse({"ResultList": [_sme_row(company) | (_fault(request, "wrong") or {})] if known else []})

    def _refusal(self, request: Request) -> Response | None:
        """Why this call is not served, if it is not: token, consumer, or a business error on request."""
        self._count(request)
        if _fault(request, "expire"):
            self._used.clear()
            self.faults.now.pop("expire", None)
        token, now = request.headers.get("token", ""), time.monotonic()
        if request.headers.get("consumer-key") != GDX_CONSUMER_KEY or _fault(request, "forbid"):
            return _error(403, "ForbiddenException: consumer not found")
        if now - self._used.get(token, -IDLE_S) >= IDLE_S:
            return _error(401, "UnauthorizedException: token not found")
        self._used[token] = now
        business = _fault(request, "business")
        return _error(500, str(business)) if business else None

    def _count(self, request: Request) -> None:
        self._calls[request.url.path] = self._calls.get(request.url.path, 0) + 1

    async def _show_calls(self, request: Request) -> Response:
        return JSONResponse(self._calls)


def _sme_row(company: people.ExampleCompany | None) -> dict[str, Any]:
    if company is None:
        return {}
    return {
        "JuristicID": company.juristic_id,
        "FiscalYear": "2568",
        "Employees": str(company.employees),
        "YearlyIncome": f"{company.income_baht}.00",
        "Sector": company.sector,
    }


def _fault(request: Request, name: str) -> Any:
    return request.scope.get("faults", {}).get(name)


def _error(status: int, words: str) -> Response:
    return JSONResponse({"Code": status, "Message": words}, status_code=status)
