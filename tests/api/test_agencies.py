"""What an agency has announced and ordered is for everybody to see, and without its order nothing is decided here."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from api import agencies
from api.tasks import check_designated
from licences import catalogue
from licences.standing import NoDesignation
from records.tables import Task
from settings import Settings


@pytest.fixture
def app() -> FastAPI:
    """The door alone, over the real catalogue."""
    app = FastAPI()
    app.include_router(agencies.router)
    app.state.catalogue = catalogue.load()
    return app


def test_every_agency_is_shown_with_its_standing_and_how_far_it_may_be_trusted(app: FastAPI) -> None:
    door = TestClient(app)

    every, one = door.get("/api/v1/agencies").json()["items"], door.get("/api/v1/agencies/fda").json()

    assert len(every) == 41 and one in every
    assert set(one["standing"]) == {"channel", "display", "system"}
    assert one["standing"]["system"]["provisional"] is True and one["standing"]["system"]["instrument"] == ""


@pytest.mark.parametrize(("profile", "may"), [("local", True), ("production", False)])
def test_an_order_that_nobody_has_confirmed_lets_officers_decide_on_ones_own_machine_only(
    app: FastAPI, profile: str, may: bool
) -> None:
    app.state.settings = Settings(profile=profile)  # type: ignore[arg-type]
    request, task = Request({"type": "http", "app": app}), Task(agency="fda")

    if may:
        return check_designated(request, task)
    with pytest.raises(NoDesignation):
        check_designated(request, task)
