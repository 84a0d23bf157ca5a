"""People known by the cookie of a browser, at the real door: idle, forged, and as good as a token."""

import secrets
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from api_examples import As, Caller, a_problem

from local import System
from records import people
from records.database import Database

FIELD = "X-CSRF-Token"
HOUR = timedelta(hours=1)


@pytest.fixture
async def database(system: System) -> AsyncIterator[Database]:
    database = Database(system.env["BIZ_DATABASE_URL"])
    yield database
    await database.close()


async def a_browser(database: Database, as_: As, *, seen_ago: timedelta, ends_in: timedelta) -> tuple[str, str]:
    """The keys of a browser that `applicant` signed in with: the cookie's and the hidden one."""
    applicant: Caller = await as_("applicant")
    assert (await applicant.get("/api/v1/applications")).status_code == 200  # and so is known to the records
    key, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(16), datetime.now().astimezone()
    async with database.transaction() as session:
        rows = await session.execute(people.PEOPLE.select().where(people.PEOPLE.c.subject == "applicant"))
        person = rows.mappings().one()["id"]
        await people.open_session(session, key, person, csrf, now - seen_ago, now + ends_in)
    return key, csrf


async def ask(http: httpx.AsyncClient, method: str, key: str, **headers: str) -> httpx.Response:
    sent = {"Cookie": f"session={key}", "Idempotency-Key": secrets.token_hex(8), **headers}
    path = "/api/v1/applications" + ("/APP-2500-0000001-0/withdrawal" if method == "POST" else "")
    return await http.request(method, path, headers=sent)


async def test_a_browser_that_signed_in_is_known_by_its_cookie(
    http: httpx.AsyncClient, database: Database, as_: As
) -> None:
    key, _ = await a_browser(database, as_, seen_ago=timedelta(0), ends_in=HOUR)

    assert (await ask(http, "GET", key)).status_code == 200
    a_problem(await ask(http, "GET", "another key"), 401, "not-signed-in")


@pytest.mark.parametrize(
    ("seen_ago", "ends_in"),
    [(timedelta(minutes=61), HOUR), (timedelta(0), timedelta(seconds=-1))],
    ids=["idle for too long", "past its end"],
)
async def test_a_session_ends(
    http: httpx.AsyncClient, database: Database, as_: As, seen_ago: timedelta, ends_in: timedelta
) -> None:
    key, _ = await a_browser(database, as_, seen_ago=seen_ago, ends_in=ends_in)

    a_problem(await ask(http, "GET", key), 401, "not-signed-in")


async def test_what_a_browser_changes_must_come_from_our_page_with_our_token(
    http: httpx.AsyncClient, database: Database, as_: As
) -> None:
    key, csrf = await a_browser(database, as_, seen_ago=timedelta(0), ends_in=HOUR)
    ours = {"Sec-Fetch-Site": "same-origin"}

    a_problem(await ask(http, "POST", key), 403, "foreign-page")
    a_problem(await ask(http, "POST", key, **{"Sec-Fetch-Site": "cross-site", FIELD: csrf}), 403, "foreign-page")
    a_problem(await ask(http, "POST", key, **ours), 403, "token-missing")
    a_problem(await ask(http, "POST", key, **ours, **{FIELD: "wrong"}), 403, "token-missing")
    a_problem(await ask(http, "POST", key, **ours, **{FIELD: csrf}), 404, "unknown-application")
