"""One way to speak HTTP with an office: short timeouts, our two errors, and nothing secret in the log."""

import json
import logging
from typing import Any

import httpx

from exchange.errors import OfficeDown

CONNECT_S = 3.0


class _WithoutQuery(logging.Filter):
    """httpx writes whole addresses into its log; the exchange's carry our secret and people's numbers in the query."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the query off every address in the record; keep the record."""
        if isinstance(record.args, tuple):
            record.args = tuple(_without_query(arg) for arg in record.args)
        return True


def _without_query(arg: object) -> object:
    return arg.copy_with(query=None) if isinstance(arg, httpx.URL) else arg


logging.getLogger("httpx").addFilter(_WithoutQuery())


def client(base_url: str, timeout_s: float) -> httpx.AsyncClient:
    """A client for one office. Proxies of the environment are for the outside world, never for loopback."""
    return httpx.AsyncClient(
        base_url=base_url.rstrip("/"),
        timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s)),
        trust_env=base_url.startswith("https://"),
    )


async def send(office: str, to: httpx.AsyncClient, method: str, path: str, **what: Any) -> httpx.Response:
    """One request; raises OfficeDown when no answer came or the office says it is overloaded."""
    try:
        response = await to.request(method, path, **what)
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise OfficeDown(office, f"no answer ({type(error).__name__})") from error
    if response.status_code in (408, 429):
        raise OfficeDown(office, f"asks us to wait (HTTP {response.status_code})")
    return response


def read_object(office: str, body: bytes) -> dict[str, Any]:
    """The JSON object in a body; raises OfficeDown when it is anything else (a firewall's page, half an answer).

    Numbers with a point stay text: they are money, and money is never a float here.
    """
    try:
        found = json.loads(body, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise OfficeDown(office, "unreadable answer") from error
    if not isinstance(found, dict):
        raise OfficeDown(office, "unreadable answer: not an object")
    return found
