"""Which licences a business needs: from its kind and a few answers."""

import pytest

from licences import catalogue, finder

LOADED = catalogue.load()


def codes(slug: str, **answers: bool) -> list[str]:
    return [need.licence for need in finder.needed(LOADED, slug, answers)]


def test_there_are_25_kinds_of_business_and_no_faults() -> None:
    assert len(finder.business_types()) == 25
    assert list(finder.faults(LOADED)) == []


def test_nothing_answered_is_perhaps_and_never_no() -> None:
    for kind in finder.business_types():
        assert codes(kind.slug) == list(kind.licences)


def test_a_small_restaurant_of_one_person_in_the_provinces() -> None:
    needed = codes(
        "restaurant",
        company=False,
        employs=False,
        income_over_vat=False,
        new_utilities=True,
        metropolitan=False,
        sells_food=True,
        over_200_sqm=False,
        uses_gas=False,
        sells_liquor=True,
        sells_tobacco=False,
        signboard=True,
    )

    assert needed == [
        "lao-commercial-register",
        "osmep-sme-register",
        "pea-new-service",
        "pwa-new-service",
        "lao-food-sale-notify",
        "lao-signboard-tax",
        "excise-liquor-retail",
    ]


def test_the_size_of_a_restaurant_decides_between_licence_and_notice() -> None:
    assert "lao-food-sale-large" in codes("restaurant", sells_food=True, over_200_sqm=True)
    assert "lao-food-sale-notify" not in codes("restaurant", sells_food=True, over_200_sqm=True)


def test_every_need_says_why_and_under_which_law() -> None:
    for kind in finder.business_types():
        for need in finder.needed(LOADED, kind.slug, {}):
            assert need.why.th and need.why.en and need.law


def test_a_need_is_certain_once_its_questions_are_answered() -> None:
    by_code = {need.licence: need for need in finder.needed(LOADED, "restaurant", {"sells_liquor": True})}

    assert by_code["excise-liquor-retail"].certain
    assert not by_code["excise-tobacco-retail"].certain
    assert by_code["osmep-sme-register"].certain


def test_what_is_needed_first_comes_first() -> None:
    for kind in finder.business_types():
        order = codes(kind.slug)
        for code in order:
            for needed in LOADED.licence(code).prerequisites:
                before = [other for other in needed.any_of if other in order]
                assert not before or min(order.index(other) for other in before) < order.index(code)


def test_only_questions_that_matter_are_asked() -> None:
    asked = [question.id for question in finder.asked("tour-operator")]

    assert asked == ["company", "employs", "income_over_vat", "signboard"]


def test_no_business_is_asked_more_than_eight_questions() -> None:
    asked = {kind.slug: len(finder.asked(kind.slug)) for kind in finder.business_types()}

    assert max(asked.values()) == 8, asked


def test_what_the_kind_of_business_settles_is_not_asked() -> None:
    (food,) = (question for question in finder.asked("restaurant") if question.id == "food")

    assert [option.value for option in food.answers] == ["small", "large"]
    assert "lao-food-sale-notify" in codes("restaurant", over_200_sqm=False)


def test_answers_that_come_to_the_same_are_offered_once() -> None:
    (excise,) = (question for question in finder.asked("hotel") if question.id == "excise")

    assert [option.value for option in excise.answers] == ["none", "liquor"]


def test_one_answer_may_settle_several_facts() -> None:
    facts = finder.read_answers("restaurant", {"utilities": "provinces", "excise": "tobacco", "company": ""})

    assert facts == {"new_utilities": True, "metropolitan": False, "sells_liquor": False, "sells_tobacco": True}


@pytest.mark.parametrize("said", [{"excise": "gold"}, {"sells_seed": "yes"}, {"circus": ""}])
def test_an_answer_that_there_is_not_is_refused(said: dict[str, str]) -> None:
    with pytest.raises(finder.AnswerNotUnderstood):
        finder.read_answers("restaurant", said)


def test_every_question_matters_to_somebody() -> None:
    asked = {question.id for kind in finder.business_types() for question in finder.asked(kind.slug)}

    assert asked == {question.id for question in finder.questions()}


def test_an_unknown_kind_of_business_is_said_so() -> None:
    with pytest.raises(finder.BusinessTypeUnknown):
        finder.needed(LOADED, "circus", {})
