"""What a business needs, through the real door."""

import pytest
from api_examples import As, Caller, Json, a_problem

BY_ONE_PERSON = {"company": "no", "employs": "no", "food": "small"}


@pytest.fixture
async def stranger(as_: As) -> Caller:
    return await as_("")


async def needed(stranger: Caller, **answers: str) -> dict[str, Json]:
    answer = await stranger.get("/api/v1/finder/restaurant", **answers)
    assert answer.status_code == 200, answer.text
    return {line["code"]: line for line in answer.json()["licences"]}


async def test_every_kind_of_business_is_listed_with_what_it_is_asked(stranger: Caller) -> None:
    kinds = (await stranger.get("/api/v1/finder")).json()["items"]

    assert len({kind["business_type"] for kind in kinds}) == 25
    assert all(kind["title"]["th"] and kind["title"]["en"] and 0 < len(kind["questions"]) <= 8 for kind in kinds)


async def test_each_licence_says_fee_time_documents_law_and_why(stranger: Caller) -> None:
    lines = await needed(stranger, **BY_ONE_PERSON)

    assert [line["order"] for line in lines.values()] == list(range(1, len(lines) + 1))
    for line in lines.values():
        assert line["law"] and line["why"]["th"] and line["fee"]["en"] and line["decision_days"] > 0
        assert ("not confirmed" in line["fee"]["en"]) is line["fee_provisional"], line["code"]
        assert isinstance(line["documents"], list)


async def test_the_files_that_a_form_asks_for_are_told_before_one_begins(stranger: Caller) -> None:
    lines = await needed(stranger, **BY_ONE_PERSON | {"food": "large"})

    told = {one["en"]: one["when"] for one in lines["lao-food-sale-large"]["files"]}
    assert told["Floor plan"] is None and told["Map of the location"]["en"] == "(if any)"


async def test_an_answer_changes_the_list(stranger: Caller) -> None:
    small = await needed(stranger, **BY_ONE_PERSON)
    large = await needed(stranger, **BY_ONE_PERSON | {"food": "large"})

    assert "lao-food-sale-notify" in small and "lao-food-sale-notify" not in large
    assert "lao-food-sale-large" in large and large["lao-food-sale-large"]["certain"]
    assert "dbd-company-register" not in small


async def test_what_is_not_answered_is_perhaps(stranger: Caller) -> None:
    open_ = await needed(stranger)

    assert not open_["lao-food-sale-large"]["certain"] and not open_["lao-food-sale-notify"]["certain"]


@pytest.mark.parametrize(
    ("kind", "answers", "status", "code", "field"),
    [
        ("circus", {}, 404, "business-type-unknown", "business_type"),
        ("restaurant", {"company": "perhaps"}, 422, "answer-not-understood", "company"),
        ("restaurant", {"has_x_ray": "yes"}, 422, "answer-not-understood", "has_x_ray"),
    ],
)
async def test_what_is_not_understood_is_said_so(
    stranger: Caller, kind: str, answers: dict[str, str], status: int, code: str, field: str
) -> None:
    answer = await stranger.get(f"/api/v1/finder/{kind}", **answers)

    assert a_problem(answer, status, code)["field"] == field
