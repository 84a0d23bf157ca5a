"""Renewing, amending and cancelling a licence that is held, through the real doors."""

from collections.abc import Awaitable, Callable

import pytest
from api_examples import FOOD, As, Caller, Json, a_company, a_problem, an_application, filed

Walk = Callable[[str], Awaitable[Json]]


@pytest.fixture(scope="session")
async def held(as_: As, walk: Walk) -> Json:
    """A licence in force: its application, as it ended."""
    return await walk((await filed(await as_("applicant")))["number"])


@pytest.fixture
async def applicant(as_: As) -> Caller:
    return await as_("applicant")


async def asked(caller: Caller, operation: str, holder: str, number: str) -> Json:
    return await an_application(caller, FOOD, operation, holder={"juristic_id": holder}, licence_number=number)


async def test_a_renewal_before_its_window_says_from_which_day(applicant: Caller, held: Json) -> None:
    body = await asked(applicant, "renew", held["holder"]["juristic_id"], held["licence_number"])

    answer = await applicant.post("/api/v1/applications", body)

    assert "a renewal may be filed from " in a_problem(answer, 422, "renewal-too-early")["en"]


@pytest.mark.parametrize("number", ["", "LAO-2569-9999999-X", "nonsense"])
async def test_a_licence_that_is_not_there_is_nobodys(applicant: Caller, held: Json, number: str) -> None:
    body = await asked(applicant, "amend", held["holder"]["juristic_id"], number)

    answer = await applicant.post("/api/v1/applications", body)

    assert a_problem(answer, 404, "licence-not-held")["field"] == "licence_number"


async def test_somebody_elses_licence_is_as_if_it_were_not_there(applicant: Caller, held: Json) -> None:
    body = await asked(applicant, "cancel", a_company(), held["licence_number"])

    answer = await applicant.post("/api/v1/applications", body)

    a_problem(answer, 404, "licence-not-held")


async def test_the_same_premises_are_not_licensed_to_the_same_holder_again(applicant: Caller, held: Json) -> None:
    body = await an_application(applicant, holder={"juristic_id": held["holder"]["juristic_id"]})

    answer = await applicant.post("/api/v1/applications", body)

    assert held["licence_number"] in a_problem(answer, 409, "already-applied")["en"]


async def test_a_cancelled_licence_is_over_and_its_document_genuine_and_not_in_force(
    applicant: Caller, walk: Walk
) -> None:
    granted = await walk((await filed(applicant))["number"])
    number, holder = granted["licence_number"], granted["holder"]["juristic_id"]
    pdf = (await applicant.get(f"/api/v1/register/{number}/document")).content

    answer = await applicant.post("/api/v1/applications", await asked(applicant, "cancel", holder, number))
    ended = await walk(answer.json()["number"])

    assert (ended["status"], ended["licence_number"]) == ("issued", number)
    entry = (await applicant.get(f"/api/v1/register/{number}")).json()
    said = (await applicant.http.post("/api/v1/verify", content=pdf)).json()
    assert (entry["status"], [one["kind"] for one in entry["entries"]]) == ("ended", ["grant", "cancellation"])
    assert (said["verdict"], said["exit"], said["genuine"], said["in_force"]) == ("not-in-force", 3, True, False)
    again = await applicant.post("/api/v1/applications", await asked(applicant, "amend", holder, number))
    a_problem(again, 422, "licence-not-active")


async def test_an_amended_licence_supersedes_its_older_document(applicant: Caller, walk: Walk) -> None:
    granted = await walk((await filed(applicant))["number"])
    number, holder = granted["licence_number"], granted["holder"]["juristic_id"]
    pdf = (await applicant.get(f"/api/v1/register/{number}/document")).content

    answer = await applicant.post("/api/v1/applications", await asked(applicant, "amend", holder, number))
    ended = await walk(answer.json()["number"])

    newer = (await applicant.get(f"/api/v1/register/{number}/document")).content
    old, new = [(await applicant.http.post("/api/v1/verify", content=one)).json() for one in (pdf, newer)]
    assert ended["status"] == "issued"
    assert (old["exit"], old["file"]["is"]) == (3, "older-copy")
    assert (new["exit"], new["file"]["is"]) == (0, "current")
