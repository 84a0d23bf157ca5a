"""Places: which office receives an application, and whose ordinance applies there."""

import geothai
import pytest

from licences import catalogue, places
from licences.procedure import Licence, Text

FOOD = catalogue.load().licence("lao-food-sale-large")
CLINIC = catalogue.load().licence("dhss-clinic-operate")
SME = catalogue.load().licence("osmep-sme-register")


def at(subdistrict: str) -> dict[str, object]:
    return {"subdistrict_code": subdistrict}


def only_in(*provinces: str) -> Licence:
    elsewhere = Text(th="การไฟฟ้าส่วนภูมิภาค", en="the Provincial Electricity Authority")
    return CLINIC.model_copy(update={"provinces": provinces, "elsewhere": elsewhere})


def test_a_national_service_needs_no_address() -> None:
    assert places.route(SME, None) == "osmep"


@pytest.mark.parametrize(
    ("licence", "subdistrict", "office"),
    [
        (CLINIC, "500101", "dhss@50"),
        (CLINIC, "100101", "dhss"),  # in Bangkok, the agency itself
        (FOOD, "500101", "lao@500101"),
        (FOOD, "100101", "bma"),
        (FOOD, "200408", "lao@pattaya"),
    ],
)
def test_an_application_goes_to_the_office_of_the_place(licence: Licence, subdistrict: str, office: str) -> None:
    assert places.route(licence, at(subdistrict)) == office
    assert places.agency_of(office) in ("dhss", "lao", "bma")


@pytest.mark.parametrize("address", [None, {}, at(""), at("999999"), at("10"), {"subdistrict": "บางรัก"}])
def test_a_place_we_do_not_know_is_asked_for(address: dict[str, object] | None) -> None:
    with pytest.raises(places.PlaceUnknown) as no:
        places.route(FOOD, address)

    assert no.value.field == "subdistrict_code"


def test_a_province_that_is_not_served_is_told_where_to_go() -> None:
    with pytest.raises(places.NotServed, match="Provincial Electricity Authority"):
        places.route(only_in("10", "11", "12"), at("500101"))

    assert places.route(only_in("10", "11", "12"), at("120101")) == "dhss@12"


def test_a_service_of_the_capital_is_not_given_in_the_provinces() -> None:
    capital = FOOD.model_copy(update={"coverage": "bangkok"})

    assert places.route(capital, at("100101")) == "bma"
    with pytest.raises(places.NotServed):
        places.route(capital, at("500101"))


def test_an_authority_we_only_suppose_is_marked() -> None:
    assert places.authority_of("500101").provisional
    assert not places.authority_of("100101").provisional
    assert places.authority_of("200408").title.th == "เมืองพัทยา"


def test_every_row_of_the_table_is_a_subdistrict_of_today() -> None:
    assert all(geothai.subdistrict(code) for code in places.known_authorities())


@pytest.mark.parametrize(
    ("office", "authority", "title"),
    [
        ("lao@pattaya", "pattaya", "Pattaya City"),
        ("lao@500101", "500101", "Local authority of Si Phum, Mueang Chiang Mai, Chiang Mai"),
        ("dhss@50", None, "Chiang Mai Province"),
        ("dhss", None, None),
        ("bma", "bma", None),
    ],
)
def test_an_office_says_whose_ordinance_and_which_place(office: str, authority: str | None, title: str | None) -> None:
    named = places.office_title(office)

    assert places.authority_code(office) == authority
    assert (named.en if named else None) == title


def test_a_licence_is_limited_when_some_province_does_not_have_it() -> None:
    head_office = SME.model_copy(update={"coverage": "bangkok"})

    assert places.limited(only_in("10", "11", "12"))
    assert places.limited(FOOD.model_copy(update={"coverage": "bangkok"}))
    assert not places.limited(FOOD)
    assert not places.limited(head_office)


def test_a_limited_licence_of_the_catalogue_says_where_to_go_instead() -> None:
    limited = [licence for licence in catalogue.load().licences if places.limited(licence)]

    assert len(limited) == 9
    assert [licence.code for licence in limited if licence.elsewhere is None] == []
