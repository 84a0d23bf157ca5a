"""Whatever fits `/openapi.json`, and much that does not: it is answered, and never with a fault."""

import base64
import json

import pytest
import schemathesis
from api_examples import As, Caller, a_problem
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from local import System

EVERY_CHECK_OF_HEALTH = list(HealthCheck)


@pytest.fixture(scope="session")
def described(system: System) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{system.addresses['web']}/openapi.json")


@pytest.fixture(scope="session")
async def token(as_: As) -> str:
    return (await as_("officer-lao@110101")).token


def test_nothing_that_is_sent_breaks_us(described: schemathesis.BaseSchema, token: str) -> None:
    for found in described.get_all_operations():
        operation = found.ok()
        if operation.path.startswith(("/api/", "/health/")):
            send_many(operation.as_strategy(), token)


def send_many(cases: SearchStrategy[schemathesis.Case], token: str) -> None:
    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=EVERY_CHECK_OF_HEALTH)
    @given(cases)
    def sent(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}"})

        assert answer.status_code < 500, (case.formatted_path, answer.text)
        if answer.status_code >= 400 and "bank" not in case.path:
            assert answer.headers["content-type"][0].startswith("application/problem+json"), answer.text

    sent()


CURSORS = [["a\x00b"], ["2026-11-20T00:00:00+07:00", "\x00"], [{"a": 1}], [], "x", 7, [[[]]], ["9" * 300]]


@pytest.mark.parametrize("path", ["/api/v1/register", "/api/v1/applications", "/api/v1/licences"])
@pytest.mark.parametrize("place", CURSORS)
async def test_a_cursor_made_by_hand_is_no_fault(as_: As, path: str, place: object) -> None:
    caller: Caller = await as_("applicant")
    after = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")

    answer = await caller.get(path, after=after)

    if answer.status_code != 200:
        a_problem(answer, 422, "cursor-unreadable")
