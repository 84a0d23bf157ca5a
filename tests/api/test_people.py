"""Who may enter where: every route says so, and this table says the same."""

from datetime import UTC, date, datetime

import pytest
from fastapi.routing import APIRoute

from api import app, people
from api.people import Person, covers
from records.tables import Officer
from records.tables import Person as PersonRow

WHO_MAY_ENTER = {
    "GET /api/v1/licences": "public",
    "GET /api/v1/licences/{code}": "public",
    "GET /api/v1/agencies": "public",
    "GET /api/v1/agencies/{code}": "public",
    "GET /api/v1/licences/{code}/{operation}/form": "public",
    "POST /api/v1/attachments": "applicant",
    "POST /api/v1/applications": "applicant",
    "GET /api/v1/applications": "applicant",
    "GET /api/v1/applications/{number}": "applicant",
    "POST /api/v1/applications/{number}/resubmission": "applicant",
    "POST /api/v1/applications/{number}/record/signature": "applicant",
    "POST /api/v1/applications/{number}/fixed": "applicant",
    "POST /api/v1/applications/{number}/withdrawal": "applicant",
    "POST /api/v1/applications/{number}/signature": "applicant",
    "POST /api/v1/applications/{number}/take-over": "officer",
    "GET /api/v1/applications/{number}/acknowledgement": "applicant",
    "GET /api/v1/applications/{number}/papers/{kind}": "applicant",
    "GET /api/v1/baskets/{ref1}": "applicant",
    "POST /api/v1/baskets": "applicant",
    "POST /api/v1/bills/{ref1}/inquiry": "applicant",
    "POST /api/v1/bills/{ref1}/reissue": "applicant",
    "POST /api/v1/cases": "applicant",
    "GET /api/v1/cases": "applicant",
    "GET /api/v1/cases/{number}": "applicant",
    "POST /api/v1/cases/{number}/objection": "applicant",
    "POST /api/v1/cases/{number}/consent": "applicant",
    "POST /api/v1/cases/{number}/withdrawal": "applicant",
    "POST /api/v1/cases/{number}/extension": "officer",
    "GET /api/v1/cases/{number}/papers/{kind}": "applicant",
    "GET /api/v1/tasks": "officer",
    "GET /api/v1/tasks/{task_id}": "officer",
    "POST /api/v1/tasks/{task_id}/claim": "officer",
    "POST /api/v1/tasks/{task_id}/release": "officer",
    "GET /api/v1/tasks/{task_id}/colleagues": "officer",
    "POST /api/v1/tasks/{task_id}/reassign": "officer",
    "POST /api/v1/tasks/{task_id}/delay": "officer",
    "POST /api/v1/tasks/{task_id}/further-request": "officer",
    "GET /api/v1/tasks/{task_id}/visits": "officer",
    "POST /api/v1/tasks/{task_id}/visits": "officer",
    "POST /api/v1/tasks/{task_id}/visits/missed": "officer",
    "GET /api/v1/tasks/{task_id}/photographs": "officer",
    "POST /api/v1/tasks/{task_id}/photographs": "officer",
    "POST /api/v1/visits/{visit_id}/confirmation": "applicant",
    "POST /api/v1/visits/{visit_id}/move": "applicant",
    "GET /api/v1/tasks/{task_id}/provisions": "officer",
    "POST /api/v1/tasks/{task_id}/clock/stop": "officer",
    "POST /api/v1/tasks/{task_id}/clock/start": "officer",
    "POST /api/v1/tasks/{task_id}/decision": "officer",
    "GET /api/v1/desks/colleagues": "officer",
    "GET /api/v1/desks/running-out": "officer",
    "POST /api/v1/desks/handover": "officer",
    "GET /api/v1/covers": "officer",
    "POST /api/v1/covers": "officer",
    "POST /api/v1/covers/{cover_id}/end": "officer",
    "GET /api/v1/bills/{ref1}": "applicant",
    "GET /api/v1/refunds": "cashier",
    "POST /api/v1/refunds/{refund_id}/approval": "cashier",
    "POST /api/v1/bank/notifications": "the_bank",
    "GET /api/v1/register": "public",
    "GET /api/v1/register/export": "public",
    "GET /api/v1/register/{licence_number}": "public",
    "GET /api/v1/register/{licence_number}/document": "public",
    "GET /api/v1/finder": "public",
    "GET /api/v1/finder/{business_type}": "public",
    "GET /api/v1/register/log/head": "public",
    "GET /api/v1/register/log/keys": "public",
    "GET /api/v1/register/snapshot": "public",
    "GET /api/v1/register/log/inclusion": "public",
    "GET /api/v1/register/log/consistency": "public",
    "GET /api/v1/register/log/entries": "public",
    "GET /api/v1/register/metadata": "public",
    "POST /api/v1/verify": "public",
    "POST /api/v1/verify/report": "public",
    "GET /api/v1/register/days": "public",
    "GET /api/v1/register/days/{day}": "public",
    "GET /api/v1/register/days/{day}/{form}": "public",
    "GET /health/live": "public",
    "GET /health/ready": "public",
    "GET /metrics": "watchers",
    "OPTIONS /api/v1/codec/decode": "public",
    "POST /api/v1/codec/decode": "operator",
}
NOTHING_TO_REPEAT = (
    "POST /api/v1/bank/notifications", "POST /api/v1/verify", "POST /api/v1/verify/report", "POST /api/v1/codec/decode",
)  # fmt: skip
"""Calls that the bank repeats by its own rule, or that only look."""
LONG_AGO = date(2020, 1, 1)
STRICTEST_FIRST = ("operator", "auditor", "cashier", "officer", "applicant", "watchers", "the_bank", "anyone", "public")


def routes() -> list[APIRoute]:
    return [route for router in app.ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def guards_of(route: APIRoute) -> set[str]:
    """The guards that stand at a route, those behind them included."""
    found, waiting = set(), [route.dependant]
    while waiting:
        here = waiting.pop()
        found |= {here.call.__name__} if here.call in people.GUARDS else set()
        waiting += here.dependencies
    return found


def test_every_route_says_who_may_enter_and_the_table_agrees() -> None:
    said = {}
    for route in routes():
        guards = guards_of(route)
        for method in route.methods - {"HEAD"}:
            said[f"{method} {route.path}"] = next((name for name in STRICTEST_FIRST if name in guards), None)

    assert said == WHO_MAY_ENTER


@pytest.mark.parametrize("address", [name for name in WHO_MAY_ENTER if name.startswith(("POST", "DELETE", "PUT"))])
def test_every_unsafe_call_but_the_banks_and_verify_asks_for_its_key(address: str) -> None:
    route = next(r for r in routes() if "POST" in r.methods and f"POST {r.path}" == address)

    asks = any(field.alias == "Idempotency-Key" for field in _headers(route))

    assert asks is (address not in NOTHING_TO_REPEAT)


def _headers(route: APIRoute) -> list[object]:
    found, waiting = [], [route.dependant]
    while waiting:
        here = waiting.pop()
        found += here.header_params
        waiting += here.dependencies
    return found


def a_person(*seats: tuple[str, str, str]) -> Person:
    row = PersonRow(
        id="p-1", issuer="i", subject="s", pid_digest="d", pid_sealed=b"", pid_masked="1-XXXX", title="นาย",
        given_name="สมชาย", family_name="ใจดี", seen_at=datetime(2026, 11, 20, tzinfo=UTC),
    )  # fmt: skip
    roles = [
        Officer(id=f"o-{n}", subject="s", agency=a, office=o, role=r, name_th="", name_en="", since=LONG_AGO)
        for n, (a, o, r) in enumerate(seats)
    ]  # fmt: skip
    return Person(row, tuple(roles))


@pytest.mark.parametrize(
    ("seat", "agency", "office", "sees"),
    [
        (("fda", "", "officer"), "fda", "fda@50", True),
        (("fda", "", "officer"), "dit", "dit", False),
        (("lao", "lao@100101", "officer"), "lao", "lao@100101", True),
        (("lao", "lao@100101", "officer"), "lao", "lao@500101", False),
        (("", "", "auditor"), "lao", "lao@500101", True),
        (("", "", "operator"), "lao", "lao@500101", False),
    ],
)
def test_an_officer_sees_his_own_office_only(seat: tuple[str, str, str], agency: str, office: str, sees: bool) -> None:
    person = a_person(seat)

    assert person.sees(agency, office) is sees
    assert covers(person.roles[0], agency, office) or not sees


async def test_a_role_is_asked_of_our_own_table() -> None:
    with pytest.raises(people.NotYourRole):
        await people.officer(a_person(("", "", "operator")))
    with pytest.raises(people.NotYourRole):
        await people.operator(a_person(("fda", "", "supervisor")))

    assert (await people.officer(a_person(("fda", "", "inspector")))).desks
    assert await people.operator(a_person(("", "", "operator")))


def test_the_cookie_is_bound_to_the_host_under_https() -> None:
    assert people.cookie_name("https://biz.example") == "__Host-session"
    assert people.cookie_name("http://localhost:8000") == "session"
