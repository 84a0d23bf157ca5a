"""Nobody else's page may act in a signed-in person's name."""

import httpx
import pytest
from fastapi import FastAPI, Form, Request

from api import csrf, problems

COOKIE = "session"
OURS = "http://localhost:8000"
SIGNED_IN = {"cookie": f"{COOKIE}=opaque"}


def a_door() -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(csrf.SameOrigin, public_url=OURS, cookie=COOKIE)

    @app.api_route("/api/v1/things", methods=["GET", "POST", "DELETE"])
    @app.post("/page")
    @app.post("/api/v1/bank/notifications")
    async def done() -> str:
        return "done"

    @app.post("/form")
    async def form(request: Request, name: str = Form("")) -> str:
        await csrf.check_token(request, "the-session's-own")
        return name

    return app


async def send(method: str, path: str, headers: dict[str, str], **what: object) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(a_door()), base_url=OURS) as http:
        return await http.request(method, path, headers=headers, **what)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("says", "passes"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": OURS}, False),
        ({"sec-fetch-site": "something new"}, False),
        ({"origin": OURS}, True),
        ({"origin": "http://localhost:8001"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/things", "/page"])
async def test_a_browser_must_say_that_the_request_is_ours(says: dict[str, str], passes: bool, path: str) -> None:
    answer = await send("POST", path, {**SIGNED_IN, **says})

    assert answer.status_code == (200 if passes else 403)


async def test_looking_needs_no_proof() -> None:
    assert (await send("GET", "/api/v1/things", {**SIGNED_IN, "sec-fetch-site": "cross-site"})).status_code == 200


async def test_a_bearer_token_is_never_sent_by_itself_so_it_passes() -> None:
    assert (await send("DELETE", "/api/v1/things", {"authorization": "Bearer x"})).status_code == 200


async def test_a_program_without_a_cookie_has_nobody_to_forge() -> None:
    assert (await send("POST", "/api/v1/things", {})).status_code == 200


async def test_a_page_is_fenced_before_anybody_has_signed_in() -> None:
    assert (await send("POST", "/page", {"origin": "https://evil.example"})).status_code == 403


async def test_the_bank_is_not_a_browser() -> None:
    assert (await send("POST", "/api/v1/bank/notifications", SIGNED_IN)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "form", "passes"),
    [
        ({}, {csrf.FIELD: "the-session's-own", "name": "a"}, True),
        ({csrf.HEADER: "the-session's-own"}, {"name": "a"}, True),
        ({}, {"name": "a"}, False),
        ({}, {csrf.FIELD: "another-session's", "name": "a"}, False),
        ({}, {csrf.FIELD: "ไทย", "name": "a"}, False),
    ],
)
async def test_a_form_carries_the_sessions_token(headers: dict[str, str], form: dict[str, str], passes: bool) -> None:
    answer = await send("POST", "/form", {"origin": OURS, **headers}, data=form)

    assert answer.status_code == (200 if passes else 403)
    assert answer.json() == "a" if passes else answer.json()["field"] == csrf.FIELD
