"""A fee that nobody has confirmed: billed on one's own machine, marked; elsewhere told before the form is begun."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import httpx
import pytest
from api_examples import As, a_problem, an_application
from driving import settings_of

from api.app import create_app
from api.eligibility import FeeNotConfirmed, check_billable
from licences import catalogue, fees
from local import System

TODAY = date.today()
UNKNOWN, KNOWN = "dcp-film-review", "excise-liquor-retail"
"""A licence whose fee table is not known, and one whose fees the law states."""


@pytest.fixture(scope="module")
async def elsewhere(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """The same web on the same records, as it stands outside the local profile."""
    app = create_app(settings_of(system))
    app.state.settings = app.state.settings.model_copy(update={"profile": "production"})
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://elsewhere") as client,
    ):
        yield client


def test_a_procedure_is_unconfirmed_while_a_provisional_rate_stands() -> None:
    unknown = catalogue.load().procedure(UNKNOWN, "new", TODAY)
    over = tuple(one.model_copy(update={"until": one.since}) if one.provisional else one for one in unknown.fees)

    assert fees.unconfirmed(unknown, TODAY)
    assert not fees.unconfirmed(unknown.model_copy(update={"fees": over}), TODAY)
    assert not fees.unconfirmed(catalogue.load().procedure(KNOWN, "new", TODAY), TODAY)


def test_it_may_be_billed_on_ones_own_machine_alone() -> None:
    unknown = catalogue.load().procedure(UNKNOWN, "new", TODAY)

    check_billable(unknown, TODAY, provisional=True)
    with pytest.raises(FeeNotConfirmed) as no:
        check_billable(unknown, TODAY, provisional=False)
    assert unknown.title.th in no.value.th and unknown.title.en in no.value.en


async def test_the_door_refuses_what_could_not_be_billed(as_: As, elsewhere: httpx.AsyncClient) -> None:
    applicant = await as_("applicant")
    bodies = {code: await an_application(applicant, code) for code in (UNKNOWN, KNOWN)}

    answers = {
        code: await replace(applicant, http=elsewhere).post("/api/v1/applications", bodies[code]) for code in bodies
    }

    assert a_problem(answers[UNKNOWN], 422, "fee-not-confirmed")["field"] == "licence"
    assert answers[KNOWN].status_code == 201, answers[KNOWN].text


async def test_the_page_says_so_before_anything_is_begun(http: httpx.AsyncClient, elsewhere: httpx.AsyncClient) -> None:
    there = (await elsewhere.get(f"/licences/{UNKNOWN}")).text
    here = (await http.get(f"/licences/{UNKNOWN}")).text

    assert "ยังไม่ยืนยัน จึงยังยื่นคำขอในระบบนี้ไม่ได้" in there and f"/apply/{UNKNOWN}/new" not in there
    assert f"/apply/{UNKNOWN}/new" in here and "(ยังไม่ยืนยัน)" in here
    assert f"/apply/{KNOWN}/new" in (await elsewhere.get(f"/licences/{KNOWN}")).text
