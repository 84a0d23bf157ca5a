"""The doors when a part behind them does not answer: each says which, loses nothing, and serves what it can."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from api_examples import As, Caller, a_pdf, a_problem, an_application, until

from api.app import create_app
from local import System
from settings import Settings

PREFIX = "BIZ_"


def nowhere() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def a_door(system: System, **instead: object) -> AsyncIterator[httpx.AsyncClient]:
    """The same doors, told that a part is where nobody is."""
    told = {name.removeprefix(PREFIX).lower(): value for name, value in system.env.items()}
    app = create_app(Settings(**told | instead))  # type: ignore[arg-type]
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=system.addresses["web"], timeout=60) as http:
            yield http


ENGINE = {"temporal_address": f"127.0.0.1:{nowhere()}"}
STORE = {"s3_endpoint": f"127.0.0.1:{nowhere()}"}
RECORDS = {"database_url": f"postgresql+asyncpg://postgres:x@127.0.0.1:{nowhere()}/bizportal"}
SCANNER = {"clamd_port": nowhere()}
COMPANIES = {"gdx_url": f"http://127.0.0.1:{nowhere()}"}
ISSUER = {"oidc_issuer": f"http://localhost:{nowhere()}"}


@pytest.mark.parametrize(
    ("instead", "down", "ready"),
    [
        ({}, [], True),
        (ENGINE, ["engine"], False),
        (STORE, ["store"], False),
        (RECORDS, ["database"], False),
        (SCANNER, ["scanner"], True),
    ],
)
async def test_ready_says_which_part_is_down(
    system: System, instead: dict[str, object], down: list[str], ready: bool
) -> None:
    async with a_door(system, **instead) as http:
        answer, alive = await http.get("/health/ready"), await http.get("/health/live")

    assert (answer.status_code, answer.json()["ready"]) == (200 if ready else 503, ready)
    assert answer.json()["down"] == down
    assert alive.status_code == 200


async def test_an_application_is_received_while_the_engine_is_down(system: System, as_: As) -> None:
    token = (await as_("applicant")).token
    async with a_door(system, **ENGINE) as http:
        applicant = Caller(http, token)
        answer = await applicant.post("/api/v1/applications", await an_application(applicant))
        withdrawn = await applicant.post(f"/api/v1/applications/{answer.json()['number']}/withdrawal")

    assert (answer.status_code, answer.json()["status"]) == (201, "checking")
    assert "nothing is lost" in a_problem(withdrawn, 503, "engine-unavailable")["en"]


async def test_an_application_is_received_while_the_company_register_is_down(system: System, as_: As) -> None:
    whole = await as_("applicant")
    async with a_door(system, **COMPANIES) as http:
        applicant = Caller(http, whole.token)
        answer = await applicant.post("/api/v1/applications", await an_application(applicant))

    assert answer.status_code == 201, answer.text
    number = answer.json()["number"]

    async def look() -> dict[str, object]:
        said: dict[str, object] = (await whole.get(f"/api/v1/applications/{number}")).json()
        return said

    await until(look, lambda seen: seen["status"] != "checking")  # the journey asked again


@pytest.mark.parametrize(
    ("instead", "code"), [(SCANNER, "office-unavailable"), (STORE, "store-unavailable"), (ISSUER, "office-unavailable")]
)
async def test_a_file_nobody_can_scan_or_store_is_not_kept_and_may_be_sent_again(
    system: System, as_: As, instead: dict[str, object], code: str
) -> None:
    whole = await as_("applicant")
    async with a_door(system, **instead) as http:
        answer = await Caller(http, whole.token).upload(a_pdf())

    assert answer.headers["retry-after"]
    a_problem(answer, 503, code)


async def test_when_the_records_are_down_people_are_told_so(system: System, as_: As) -> None:
    token = (await as_("applicant")).token
    async with a_door(system, **RECORDS) as http:
        for caller, path in ((Caller(http, token), "/api/v1/applications"), (Caller(http), "/api/v1/register")):
            a_problem(await caller.get(path), 503, "records-unavailable")
        catalogue = await http.get("/api/v1/licences")

    assert catalogue.status_code == 200, "the catalogue needs no records"


async def test_every_answer_has_its_safe_headers(system: System) -> None:
    async with a_door(system) as http:
        answers = [await http.get(path) for path in ("/api/v1/licences", "/api/v1/nothing", "/health/live", "/%00")]
        answers.append(await http.post("/api/v1/attachments", headers={"content-length": "999999999"}))

    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


async def test_the_figures_count_by_route_and_never_by_address(system: System) -> None:
    async with a_door(system) as http:
        await http.get("/api/v1/register/LAO-2569-0000001-X")
        figures = (await http.get("/metrics")).text

    assert 'route="/api/v1/register/{licence_number}",status="404"' in figures
    assert "LAO-2569" not in figures
    assert "bizportal_http_seconds_bucket" in figures


async def test_openapi_names_every_call_and_the_key_it_needs(system: System) -> None:
    async with a_door(system) as http:
        said = (await http.get("/openapi.json")).json()

    post = said["paths"]["/api/v1/applications"]["post"]
    assert {one["name"] for one in post["parameters"]} == {"Idempotency-Key"}
    assert "/api/v1/verify" in said["paths"]
    assert (await _docs(system)) == 404, "its page would fetch scripts from elsewhere"


async def _docs(system: System) -> int:
    async with a_door(system) as http:
        return (await http.get("/docs")).status_code
