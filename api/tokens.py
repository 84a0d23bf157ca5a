"""ID tokens: who signed in, as the issuer says under its signature (OpenID Connect Core 1.0 s.3.1.3.7)."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from exchange import wire
from exchange.errors import OfficeDown
from licences.errors import NotAllowed

OFFICE = "identity"
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures with a public key only: `none` and shared secrets prove nothing here (RFC 8725 s.3.1)."""
LEEWAY_S = 30
KEYS_LIVE_S = 3600.0
ASK_AGAIN_S = 10.0
LONGEST_TOKEN = 8192
LONGEST_LINE = 300


class NotSignedIn(NotAllowed):
    """No token, no session, or one that proves nothing (any more)."""

    status = 401


@dataclass(frozen=True)
class Identity:
    """What an issuer says of somebody. `pid` is a 13-digit citizen number: sealed at once by the records.

    `phone` and `address` are said where the issuer has them and was asked for them.
    """

    issuer: str
    subject: str
    pid: str
    title: str
    given_name: str
    family_name: str
    email: str
    assurance: str
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


class Issuer:
    """One OpenID issuer: its published keys, kept for an hour and asked for again when a token names another key."""

    def __init__(self, url: str, audience: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.url, self.audience, self._clock = url.rstrip("/"), audience, clock
        self._keys: KeySet | None = None
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()
        self._http = wire.client(self.url, timeout_s=5.0)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def ready(self) -> None:
        """Ask for the issuer's keys. Raises OfficeDown."""
        await self._fetch()

    async def who(self, token: str) -> Identity:
        """Whose ID token this is. Raises NotSignedIn (not good) or OfficeDown (the issuer's keys cannot be had)."""
        if len(token) > LONGEST_TOKEN:
            raise not_signed_in()
        keys = await self._key_set()
        try:
            return self._read(token, keys)
        except NotSignedIn:
            renewed = await self._key_set(instead_of=keys)
            if renewed is keys:
                raise
            return self._read(token, renewed)

    def _read(self, token: str, keys: KeySet) -> Identity:
        try:
            decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
            self._rules().validate(decoded.claims)
            return identity(self.url, decoded.claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise not_signed_in() from error

    def _rules(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.url},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )

    async def _key_set(self, instead_of: KeySet | None = None) -> KeySet:
        async with self._asking:
            now = self._clock()
            wanted_new = self._keys is instead_of and now - self._asked_at > ASK_AGAIN_S
            if self._keys is None or now - self._asked_at > KEYS_LIVE_S or wanted_new:
                self._keys, self._asked_at = await self._fetch(), now
            return self._keys

    async def _fetch(self) -> KeySet:
        found = await self._json(f"{self.url}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self.url:
            raise OfficeDown(OFFICE, "names itself otherwise than we know it")
        try:
            return KeySet.import_key_set(await self._json(str(found["jwks_uri"])))  # type: ignore[arg-type]
        except (KeyError, ValueError, TypeError, JoseError) as error:
            raise OfficeDown(OFFICE, f"unreadable keys ({type(error).__name__})") from error

    async def _json(self, url: str) -> dict[str, Any]:
        response: httpx.Response = await wire.send(OFFICE, self._http, "GET", url)
        if response.status_code != 200:
            raise OfficeDown(OFFICE, f"broken (HTTP {response.status_code})")
        return wire.read_object(OFFICE, response.content)


def identity(issuer: str, claims: dict[str, Any]) -> Identity:
    """The person in an ID token's claims (ThaID's names for them). KeyError or ValueError when one is missing."""
    return Identity(
        issuer=issuer,
        subject=_text(claims["sub"]),
        pid=_text(claims["pid"]),
        title=str(claims.get("title") or ""),
        given_name=_text(claims["given_name"]),
        family_name=_text(claims["family_name"]),
        email=str(claims.get("email") or ""),
        assurance=str(claims.get("ial") or ""),
        phone=_line(claims.get("phone_number")),
        address=_line(claims.get("house_address")) or _line(claims.get("address")),
    )


def _line(claim: object) -> str:
    """A claim that may be missing, in one line; an address may be an object (OpenID Connect Core 5.1.1)."""
    said = claim.get("formatted") if isinstance(claim, dict) else claim
    line = " ".join(said.split()) if isinstance(said, str) else ""
    return line if len(line) <= LONGEST_LINE and line.isprintable() else ""


def not_signed_in() -> NotSignedIn:
    """The one answer to every token or session that is not good; it does not say what was wrong with it."""
    return NotSignedIn("โปรดเข้าสู่ระบบ", "please sign in", field="Authorization")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value or not value.isprintable():
        raise ValueError("a claim is missing or not a plain text")
    return value
