"""Signing in by OpenID Connect: authorization code with PKCE (RFC 7636), state and nonce (OpenID Connect Core 3.1.2).

What we must remember until the issuer sends the person back (state, nonce, verifier, where to go on to) travels in one
short-lived cookie, signed with the session secret. The ID token is judged by `tokens.Issuer`, like every other token.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from api.tokens import OFFICE, Identity, Issuer
from exchange import wire
from exchange.errors import OfficeDown
from licences.errors import NotAllowed
from settings import Settings

COOKIE = "signing-in"
MINUTES_TO_SIGN_IN = 15
RETURN_TO = "/sign-in/return"


class SignInFailed(NotAllowed):
    """The issuer sent nobody, or not whom we sent there."""

    status = 400


@dataclass(frozen=True)
class UnderWay:
    """A sign-in that somebody has begun in this browser."""

    state: str
    nonce: str
    verifier: str
    go_on_to: str
    until: float


def begin(go_on_to: str) -> UnderWay:
    """Fresh random values for one sign-in."""
    until = time.time() + MINUTES_TO_SIGN_IN * 60
    return UnderWay(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), go_on_to, until)


def sealed(under_way: UnderWay, secret: str) -> str:
    """The cookie's value: the facts and their HMAC-SHA-256."""
    body = base64.urlsafe_b64encode(json.dumps(asdict(under_way)).encode()).decode()
    return f"{body}.{_mac(body, secret)}"


def opened(cookie: str, secret: str) -> UnderWay:
    """The facts again. Raises SignInFailed when the cookie is not ours, or too old."""
    body, _, mac = cookie.partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(body, secret).encode()):
        raise _failed()
    under_way = UnderWay(**json.loads(base64.urlsafe_b64decode(body)))
    if under_way.until < time.time():
        raise _failed()
    return under_way


def _mac(body: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"signing-in\n{body}".encode(), hashlib.sha256).hexdigest()


def _failed() -> SignInFailed:
    return SignInFailed("เข้าสู่ระบบไม่สำเร็จ โปรดเริ่มใหม่", "signing in did not work: please start again")


class SignIn:
    """The way to one issuer and back."""

    def __init__(self, settings: Settings, issuer: Issuer) -> None:
        self._issuer, self._secret = issuer, settings.oidc_client_secret
        self._client_id, self._scope = settings.oidc_client_id, settings.oidc_scope
        self._return_to = settings.public_url + RETURN_TO
        self._known: dict[str, Any] | None = None

    async def address(self, under_way: UnderWay, *, fresh: bool = False) -> str:
        """Where to send the browser. `fresh` asks the person to prove who he is again, now. Raises OfficeDown."""
        places = await self._places()
        more = {"prompt": "login", "max_age": "0"} if fresh else {}
        async with self._client() as client:
            address, _ = client.create_authorization_url(
                places["authorization_endpoint"],
                state=under_way.state,
                nonce=under_way.nonce,
                code_verifier=under_way.verifier,
                **more,
            )
        return str(address)

    async def who(self, under_way: UnderWay, state: str, code: str) -> Identity:
        """Who came back. Raises SignInFailed, NotSignedIn, OfficeDown."""
        if not code or not hmac.compare_digest(state.encode(), under_way.state.encode()):
            raise _failed()
        token = await self._id_token(under_way, code)
        identity = await self._issuer.who(token)
        if not hmac.compare_digest(_nonce(token).encode(), under_way.nonce.encode()):
            raise _failed()
        return identity

    async def _id_token(self, under_way: UnderWay, code: str) -> str:
        places = await self._places()
        try:
            async with self._client() as client:
                answer = await client.fetch_token(
                    places["token_endpoint"],
                    code=code,
                    code_verifier=under_way.verifier,
                    grant_type="authorization_code",
                )
            return str(answer["id_token"])
        except httpx.TransportError as error:
            raise OfficeDown(OFFICE, f"no answer ({type(error).__name__})") from error
        except (AuthlibBaseError, KeyError, ValueError) as error:
            raise _failed() from error

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=self._secret,
            scope=self._scope,
            redirect_uri=self._return_to,
            code_challenge_method="S256",
            timeout=10.0,
            trust_env=self._issuer.url.startswith("https://"),
        )

    async def _places(self) -> dict[str, Any]:
        """The issuer's addresses, asked for once (OpenID Connect Discovery 1.0)."""
        if self._known is None:
            async with wire.client(self._issuer.url, timeout_s=5.0) as client:
                found = await wire.send(OFFICE, client, "GET", f"{self._issuer.url}/.well-known/openid-configuration")
            self._known = wire.read_object(OFFICE, found.content)
        return self._known


def _nonce(token: str) -> str:
    """The nonce of a token whose signature was checked just now."""
    body = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))).get("nonce") or "")
