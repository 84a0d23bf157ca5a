"""Nobody else's page may act in a signed-in person's name (cross-site request forgery). Both fences fail closed.

1. `SameOrigin`, for every unsafe request that a browser could have been talked into: its `Sec-Fetch-Site` is
   `same-origin` or `none`, or, in browsers without it, its `Origin` is ours. Neither of them: refused.
2. `check_token`, wherever a person is known by the cookie: the hidden field `csrf` of the form, or the header
   `X-CSRF-Token`, is the session's own. `people.py` calls it, so no route can forget it.

A bearer token is not sent by itself by any browser, and the bank's notification is believed by nobody: both are exempt.
"""

import hmac

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems
from api.headers import origin
from licences.errors import Forbidden

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})
EXEMPT = frozenset({"/api/v1/bank/notifications"})
FIELD = "csrf"
HEADER = "X-CSRF-Token"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ForeignPage(Forbidden):
    """The request comes from another site's page, or does not say from where."""


class TokenMissing(Forbidden):
    """The form's hidden token is absent or another session's."""


def unsafe(method: str) -> bool:
    """Whether a method may change something."""
    return method not in SAFE


def has_bearer(headers: Headers) -> bool:
    """Whether the request carries a bearer token."""
    return headers.get("authorization", "").lower().startswith("bearer ")


def comes_from_us(headers: Headers, our_origin: str) -> bool:
    """Whether the browser says that our own page (or the person's own hand) sent it. Silence is no."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in OURS
    return bool(our_origin) and headers.get("origin") == our_origin


class SameOrigin:
    """ASGI middleware: the first fence. A program without cookies speaks to `/api` freely: it has nobody to forge."""

    def __init__(self, app: ASGIApp, public_url: str, cookie: str) -> None:
        self.app, self.our_origin, self.cookie = app, origin(public_url), cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._may_pass(scope):
            await self.app(scope, receive, send)
            return
        refusal = ForeignPage(
            "คำสั่งนี้ไม่ได้มาจากหน้าเว็บของระบบ โปรดเปิดหน้าใหม่แล้วลองอีกครั้ง",
            "this request does not come from a page of ours: please open the page again and retry",
        )
        answer = problems.shown(Request(scope), problems.of_refusal(refusal))
        await answer(scope, receive, send)

    def _may_pass(self, scope: Scope) -> bool:
        headers, path = Headers(scope=scope), scope["path"]
        if not unsafe(scope["method"]) or path in EXEMPT or has_bearer(headers):
            return True
        program = path.startswith("/api/") and f"{self.cookie}=" not in headers.get("cookie", "")
        return program or comes_from_us(headers, self.our_origin)


async def check_token(request: Request, expected: str) -> None:
    """The second fence: raise TokenMissing unless the request carries this session's token. Safe methods pass."""
    if not unsafe(request.method):
        return
    given = request.headers.get(HEADER) or await _in_form(request)
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise TokenMissing(
            "หน้านี้หมดอายุ โปรดเปิดใหม่แล้วส่งอีกครั้ง", "this page has expired: please open it again and resend", field=FIELD
        )


async def _in_form(request: Request) -> str:
    if not request.headers.get("content-type", "").lower().startswith(FORMS):
        return ""
    value = (await request.form()).get(FIELD, "")
    return value if isinstance(value, str) else ""
