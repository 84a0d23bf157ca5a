"""The doors of the whole system on loopback, and people who come to them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
import pytest
from api_examples import As, Caller, Json, approve, filed, pay, until

from exchange import counterparts
from exchange.counterparts.identity import id_token
from local import System


@pytest.fixture(scope="session")
async def http(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """The web's address. Connections are not kept: a test may leave a body half sent. Nor are cookies: a language."""
    limits, none = httpx.Limits(max_keepalive_connections=0), CookieJar(DefaultCookiePolicy(allowed_domains=()))
    async with httpx.AsyncClient(base_url=system.addresses["web"], timeout=60, limits=limits, cookies=none) as client:
        yield client


@pytest.fixture(scope="session")
def as_(system: System, http: httpx.AsyncClient) -> As:
    """`await as_("applicant")`: a persona who signed in at the real provider; `""` is a stranger."""
    tokens: dict[str, str] = {"": ""}

    async def signed_in(persona: str) -> Caller:
        if persona not in tokens:
            tokens[persona] = await id_token(
                system.addresses["sign-in"],
                counterparts.OIDC_CLIENT_ID,
                counterparts.OIDC_CLIENT_SECRET,
                f"{system.addresses['web']}/sign-in/return",
                persona,
            )
        return Caller(http, tokens[persona])

    return signed_in


@pytest.fixture(scope="session")
def walk(system: System, as_: As) -> Callable[[str], Awaitable[Json]]:
    """`await walk(number)`: every officer approves and every bill is paid, until it is over."""

    async def to_the_end(number: str) -> Json:
        applicant, paid = await as_("applicant"), set[str]()

        async def step() -> Json:
            seen: Json = (await applicant.get(f"/api/v1/applications/{number}")).json()
            if seen["status"] == "in-review":
                await approve(as_, seen)
            if seen["status"] == "to-pay" and seen["bill"]["status"] == "open" and seen["bill"]["ref1"] not in paid:
                paid.add(seen["bill"]["ref1"])
                await pay(system.addresses["bank"], seen["bill"]["qr"])
            return seen

        return await until(step, lambda seen: seen["turn"] == "nobody")

    return to_the_end


@pytest.fixture(scope="session")
async def granted(as_: As, walk: Callable[[str], Awaitable[Json]]) -> Json:
    """An application that was filed, decided, paid and granted."""
    ended = await walk((await filed(await as_("applicant")))["number"])
    assert ended["status"] == "issued", ended
    return ended


@pytest.fixture
async def stranger(as_: As) -> Caller:
    return await as_("")
