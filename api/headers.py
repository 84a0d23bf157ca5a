"""What every answer says to the browser about safety."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

A_YEAR_S = 365 * 24 * 3600


def origin(url: str) -> str:
    """Scheme, host and port of an address, as a browser writes them in `Origin`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def content_policy(sign_in: str) -> str:
    """Nothing from elsewhere, nothing inline; forms go to us, or on to the sign-in origin (experience 6)."""
    forms = " ".join(filter(None, ("'self'", origin(sign_in))))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )


def safe_headers(public_url: str, sign_in: str) -> dict[str, str]:
    """The headers of every answer; a route that says otherwise (a public file may be cached) keeps its own."""
    said = {
        "Content-Security-Policy": content_policy(sign_in),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if public_url.startswith("https://"):
        said["Strict-Transport-Security"] = f"max-age={A_YEAR_S}; includeSubDomains"
    return said


class SafeHeaders:
    """ASGI middleware: puts the headers on every answer that does not state them itself."""

    def __init__(self, app: ASGIApp, public_url: str, sign_in: str) -> None:
        self.app, self.said = app, safe_headers(public_url, sign_in)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.said.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)
