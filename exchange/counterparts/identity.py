"""The identity provider: oidc-provider-mock with our personas, and a way to sign in as one without a browser.

What it is: OpenID Connect, code flow; ID tokens signed RS256 with a key made at each start (`/jwks`), living 12 hours.
The scope `openid` alone gives `sub`, `pid`, `title`, `ial`; `profile` adds the names and birthdate, `email` the e-mail,
`phone` the telephone, `address` the address as on the card.
Added here: PKCE (RFC 7636) is held to, only the registered client and known people get in, and its debugger is off.

More people: `PUT /users/{sub}` with their claims. Faults: `slow_s`, `gone` (503), `status`, `bad_body`, `times`.
"""

import base64
import hashlib
import os
import secrets
import threading
import time
import warnings
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from exchange.counterparts import people
from exchange.counterparts.faults import PAGE, Faults

TOKEN_LIFE = timedelta(hours=12)
SCOPE = "openid profile email"
"""What a bearer token holds: it travels, so neither telephone nor address."""


class Identity:
    """The provider on a thread of its own: it is a WSGI program. Its issuer is `http://localhost:<port>`."""

    def __init__(self, port: int, agencies: Sequence[str], client_id: str, client_secret: str) -> None:
        self.faults = Faults()
        self._client = (client_id, client_secret)
        self._challenges: dict[str, str] = {}
        self._server = self._build(port, agencies)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="identity")

    def start(self) -> None:
        """Serve until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Finish and let go of the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _build(self, port: int, agencies: Sequence[str]) -> Any:
        # authlib refuses http otherwise; this is the one program of ours that may speak it, on loopback.
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
        with warnings.catch_warnings():
            import authlib.deprecate  # It shows its own warnings always, unless told otherwise after it is there.

            warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)
            import oidc_provider_mock
            from werkzeug.serving import WSGIRequestHandler, make_server
        users = [oidc_provider_mock.User(sub=p.sub, claims=p.claims()) for p in people.personas(agencies)]
        app = oidc_provider_mock.app(access_token_max_age=TOKEN_LIFE, user_claims=users)
        # The package wraps itself in werkzeug's debugger, which runs code for whoever finds it.
        app.debug, app.wsgi_app = False, app.wsgi_app.app
        self._guard(app)
        quiet = type("Quiet", (WSGIRequestHandler,), {"log_request": lambda *_: None})
        return make_server("127.0.0.1", port, app, threaded=True, request_handler=quiet)

    def _guard(self, app: Any) -> None:
        import flask

        app.before_request(lambda: self._fault(flask.request))
        app.before_request(lambda: self._only_known(flask))
        app.before_request(lambda: self._hold_to_pkce(flask.request))
        app.after_request(lambda response: self._remember(flask.request, response))
        app.add_url_rule("/faults", "faults", lambda: self._switch(flask.request), methods=["GET", "POST", "DELETE"])

    def _fault(self, request: Any) -> Any:
        if request.path == "/faults":
            return None
        faults = self.faults.take()
        time.sleep(float(faults.get("slow_s", 0)))
        if faults.get("gone") or "status" in faults:
            return "", int(faults.get("status", 503)), {"Connection": "close"}
        return PAGE if faults.get("bad_body") else None

    def _only_known(self, flask: Any) -> Any:
        """The package makes up a person for any name and takes any secret; we know whom we know."""
        request = flask.request
        if request.path == "/oauth2/authorize" and request.method == "POST" and "sub" in request.form:
            known = flask.g.oidc_provider_mock_storage.get_user(request.form["sub"])
            return None if known else ("Nobody of this name is known here.", 403)
        if request.path != "/oauth2/token":
            return None
        basic = request.authorization
        form = (request.form.get("client_id"), request.form.get("client_secret"))
        given = (basic.username, basic.password) if basic else form
        return None if given == self._client else ({"error": "invalid_client"}, 401)

    def _remember(self, request: Any, response: Any) -> Any:
        """Keep the code's challenge: the package drops it."""
        challenge = request.args.get("code_challenge", "")
        codes = parse_qs(urlsplit(response.headers.get("Location", "")).query).get("code", [])
        if request.path == "/oauth2/authorize" and codes and challenge:
            self._challenges[codes[0]] = challenge
        return response

    def _hold_to_pkce(self, request: Any) -> Any:
        """RFC 7636, 4.6: no token unless the verifier's SHA-256 is the challenge."""
        challenge = self._challenges.pop(request.form.get("code", ""), "") if request.path == "/oauth2/token" else ""
        if challenge and s256(request.form.get("code_verifier", "")) != challenge:
            return {"error": "invalid_grant", "error_description": "PKCE verifier does not fit"}, 400
        return None

    def _switch(self, request: Any) -> Any:
        if request.method == "POST":
            self.faults.now = dict(request.get_json())
        if request.method == "DELETE":
            self.faults.now = {}
        return self.faults.now


def s256(verifier: str) -> str:
    """RFC 7636: the challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class NoToken(Exception):
    """The provider did not let this person in; says at which step and why."""


async def id_token(
    issuer: str, client_id: str, client_secret: str, redirect_uri: str, persona: str, *, scope: str = SCOPE
) -> str:
    """Sign in as a persona as a browser would (code flow, PKCE, nonce) and return the signed ID token.

    Raises NoToken when the provider refuses. The persona's password is their name: this works on loopback only.
    """
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": scope,
        "state": state,
        "nonce": secrets.token_urlsafe(16),
        "code_challenge": s256(verifier),
        "code_challenge_method": "S256",
    }
    async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
        found = await _checked(http.get(f"{issuer}/.well-known/openid-configuration"), 200, "discovery")
        page = found.json()["authorization_endpoint"]
        sent_back = await _checked(http.post(page, params=asked, data={"sub": persona}), 302, "sign-in")
        code = _code(sent_back.headers["location"], state)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        place = found.json()["token_endpoint"]
        given = await _checked(http.post(place, data=form, auth=(client_id, client_secret)), 200, "token")
    return str(given.json()["id_token"])


async def _checked(call: Any, status: int, step: str) -> httpx.Response:
    response: httpx.Response = await call
    if response.status_code != status:
        raise NoToken(f"{step}: HTTP {response.status_code} {response.text[:200]}")
    return response


def _code(location: str, state: str) -> str:
    query = parse_qs(urlsplit(location).query)
    if query.get("state") != [state] or "code" not in query:
        raise NoToken(f"sign-in: {query.get('error', ['no code'])[0]}")
    return query["code"][0]
