"""The government exchange (GDX): a token for the agent who asks, one call, and what its errors mean.

Facts: DGA's GDX manual. The token dies after 60 minutes without a call; the secret travels in the query string, so
addresses are never logged whole (`wire.py`).
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from exchange import wire
from exchange.errors import OfficeDown, OfficeRefused

OFFICE = "GDX"
TOKEN_LIFE_S = 50 * 60
"""The exchange forgets an idle token after 60 minutes; we stop using one ten minutes earlier."""
_BUSINESS = re.compile(r"\[(\d{1,4})\]")


@dataclass(frozen=True)
class Reply:
    """An answer as it came, and read: `body` is what its digest is taken of."""

    body: bytes
    data: dict[str, Any]


@dataclass(frozen=True)
class _Token:
    text: str
    until: float


class Gdx:
    """One consumer of the exchange. `agent_id`: our registered system name, for look-ups no officer asked for."""

    def __init__(
        self,
        base_url: str,
        consumer_key: str,
        consumer_secret: str,
        agent_id: str,
        *,
        timeout_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key, self._secret, self._agent = consumer_key, consumer_secret, agent_id
        self._clock = clock
        self._tokens: dict[str, _Token] = {}
        self._renewing = asyncio.Lock()
        self._http = wire.client(base_url, timeout_s)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def get(self, path: str, params: Mapping[str, str], agent: str | None = None) -> dict[str, Any]:
        """What a service answers. `agent`: the 13-digit number of the officer who asks, if one does.

        Raises OfficeDown (ask again later) or OfficeRefused (our credentials, or a business error with its code).
        """
        return (await self.fetch(path, params, agent)).data

    async def fetch(self, path: str, params: Mapping[str, str], agent: str | None = None) -> Reply:
        """As `get`, with the body as it came."""
        asking = agent or self._agent
        token = await self._token(asking)
        response = await self._call(path, params, token)
        if response.status_code in (401, 403):
            token = await self._token(asking, stale=token)
            response = await self._call(path, params, token)
        _check(response)
        return Reply(response.content, wire.read_object(OFFICE, response.content))

    async def _call(self, path: str, params: Mapping[str, str], token: str) -> httpx.Response:
        headers = {"Consumer-Key": self._key, "Token": token}
        return await wire.send(OFFICE, self._http, "GET", path, params=dict(params), headers=headers)

    async def _token(self, agent: str, stale: str = "") -> str:
        """The agent's token, from memory if it is young and not the `stale` one; many callers renew it once."""
        async with self._renewing:
            kept = self._tokens.get(agent)
            now = self._clock()
            if kept and kept.until > now and kept.text != stale:
                return kept.text
            self._tokens = {who: token for who, token in self._tokens.items() if token.until > now}
            fresh = _Token(await self._validate(agent), now + TOKEN_LIFE_S)
            self._tokens[agent] = fresh
            return fresh.text

    async def _validate(self, agent: str) -> str:
        headers = {
            "Consumer-Key": self._key,
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        }
        query = {"ConsumerSecret": self._secret, "AgentID": agent}
        response = await wire.send(OFFICE, self._http, "GET", "/ws/auth/validate", params=query, headers=headers)
        _check(response)
        token = wire.read_object(OFFICE, response.content).get("Result")
        if not isinstance(token, str) or not token:
            raise OfficeDown(OFFICE, "gave no token")
        return token


def _check(response: httpx.Response) -> None:
    """Tell a business error (HTTP 500 with `[code]` in its body) and a refusal from an office that is down."""
    status = response.status_code
    if status == 200:
        return
    code = _BUSINESS.search(response.text)
    if status >= 500 and code is None:
        raise OfficeDown(OFFICE, f"broken (HTTP {status})")
    raise OfficeRefused(OFFICE, f"refused (HTTP {status})", code.group(1) if code else "")
