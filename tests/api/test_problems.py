"""A "no" and a fault, said once."""

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from api import problems
from api.engine import EngineDown
from api.problems import ProblemDocument
from exchange.errors import OfficeDown
from forms.errors import Problem, Problems
from licences.errors import Conflict, Forbidden, NotAllowed, NotFound


class ReasonMissing(NotAllowed):
    """A rule that says no."""


A_REFUSAL = ReasonMissing("โปรดระบุเหตุผล", "say why", field="reason")
TWO_PROBLEMS = Problems(
    [Problem("tax_id", "เลขตรวจสอบไม่ถูกต้อง", "wrong check digit"), Problem("name", "ต้องระบุ", "missing")]
)


def a_door(error: Exception) -> FastAPI:
    app = FastAPI()

    def page(request: Request, problem: ProblemDocument) -> Response:
        return HTMLResponse(f"<h1>{problem.th}</h1>", problem.status)

    problems.install(app, page)

    @app.get("/api/v1/broken")
    @app.get("/broken")
    async def broken() -> None:
        raise error

    return app


async def answer_to(error: Exception, address: str = "/api/v1/broken") -> httpx.Response:
    transport = httpx.ASGITransport(a_door(error), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        return await http.get(address)


async def test_a_refusal_keeps_its_words_its_field_and_its_name() -> None:
    answer = await answer_to(A_REFUSAL)

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:bizportal:problem:reason-missing",
        "title": "Reason missing",
        "status": 422,
        "detail": "say why",
        "th": "โปรดระบุเหตุผล",
        "en": "say why",
        "field": "reason",
        "errors": [{"field": "reason", "th": "โปรดระบุเหตุผล", "en": "say why"}],
    }


@pytest.mark.parametrize(("kind", "status"), [(NotFound, 404), (Forbidden, 403), (Conflict, 409), (NotAllowed, 422)])
async def test_the_status_is_the_refusals_own(kind: type[NotAllowed], status: int) -> None:
    answer = await answer_to(kind("ไม่", "no"))

    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert "field" not in answer.json()


async def test_every_wrong_field_of_a_form_is_said() -> None:
    answer = await answer_to(TWO_PROBLEMS)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["tax_id", "name"]
    assert answer.json()["field"] == "tax_id"
    assert answer.json()["errors"][0]["th"] == "เลขตรวจสอบไม่ถูกต้อง"


async def test_a_fault_is_an_apology_with_an_id_and_never_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    answer = await answer_to(RuntimeError("secret words of the machine"))

    said = answer.json()
    assert answer.status_code == 500
    assert said["id"] in said["en"] and said["id"] in said["th"]
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert said["id"] in caplog.text


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EngineDown("no worker"), "engine-unavailable"),
        (OfficeDown("scanner", "no answer"), "office-unavailable"),
        (ConnectionRefusedError("5432"), "records-unavailable"),
    ],
)
async def test_a_part_that_is_down_says_that_nothing_is_lost(error: Exception, code: str) -> None:
    answer = await answer_to(error)

    assert answer.status_code == 503
    assert answer.json()["type"].endswith(code)
    assert answer.headers["retry-after"] and "nothing is lost" in answer.json()["en"]


async def test_people_get_a_page_and_programs_get_json() -> None:
    page, program = await answer_to(A_REFUSAL, "/broken"), await answer_to(A_REFUSAL)

    assert page.headers["content-type"].startswith("text/html") and "โปรดระบุเหตุผล" in page.text
    assert program.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("address", "status"), [("/api/v1/nothing", 404), ("/api/nothing", 404)])
async def test_an_address_that_is_not_there_is_a_problem_too(address: str, status: int) -> None:
    answer = await answer_to(A_REFUSAL, address)

    assert (answer.status_code, answer.json()["th"]) == (status, "ไม่พบสิ่งที่ขอ")
