"""The public catalogue, through the real door."""

import jsonschema
import pytest
from api_examples import FOOD, As, Caller, a_problem

from forms import form as forms


@pytest.fixture
async def stranger(as_: As) -> Caller:
    return await as_("")


async def test_every_licence_is_listed_page_by_page_without_signing_in(stranger: Caller) -> None:
    codes, after = [], ""
    while True:
        page = (await stranger.get("/api/v1/licences", limit=100, after=after)).json()
        codes += [line["code"] for line in page["items"]]
        after = page["next"]
        if not after:
            break

    assert len(codes) == len(set(codes)) == 289


async def test_a_licence_states_steps_fee_law_and_time(stranger: Caller) -> None:
    said = (await stranger.get(f"/api/v1/licences/{FOOD}")).json()

    new = said["operations"]["new"]
    assert said["title"]["th"] and said["title"]["en"] and said["law"]
    assert new["stages"] and all(stage["law"] for stage in new["stages"])
    assert all(isinstance(fee["amount_satang"], int | None) and fee["law"] for fee in new["fees"])
    assert new["decision_days"] > 0


async def test_a_form_is_a_schema_that_its_own_example_meets(stranger: Caller) -> None:
    schema = (await stranger.get(f"/api/v1/licences/{FOOD}/new/form")).json()

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(forms.example(forms.load("food-sale-large")), schema)
    assert isinstance(schema["x-documents"], list)


@pytest.mark.parametrize(
    ("path", "code", "field"),
    [
        ("no-such", "licence-unknown", "licence"),
        ("no-such/new/form", "licence-unknown", "licence"),
        (f"{FOOD}/borrow/form", "operation-not-offered", "operation"),
    ],
)
async def test_what_is_not_in_the_catalogue_is_said_so(stranger: Caller, path: str, code: str, field: str) -> None:
    answer = await stranger.get(f"/api/v1/licences/{path}")

    assert a_problem(answer, 404, code)["field"] == field
