"""Who exists on loopback: numbers that are valid and nobody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.th import moa, pin

from exchange.counterparts import people

AGENCIES = [f"agency{n}" for n in range(40)] + [f"lao@{code}" for code in range(10, 97)]
OLD_COMPANIES = ["0107536000315", "0107536000102", "0107536000374", "0107544000108"]


@pytest.mark.parametrize("number", [*OLD_COMPANIES, "1000000000050", "1000000000131", "0994999000018"])
def test_the_check_digit_is_the_laws(number: str) -> None:
    assert people.with_check_digit(number[:12]) == number


def test_everybodys_number_is_valid_and_nobodys() -> None:
    for persona in people.personas(AGENCIES):
        assert pin.is_valid(persona.pid)
        assert persona.pid[1:3] == "99"


def test_everybody_has_a_number_and_an_address_of_their_own() -> None:
    everybody = people.personas(AGENCIES)

    assert len({persona.pid for persona in everybody}) == len(everybody)
    assert len({persona.email for persona in everybody}) == len(everybody)


def test_the_personas_of_the_public_interface_are_there() -> None:
    names = [persona.sub for persona in people.personas(["fda", "lao@50"])]

    assert names == [
        *("applicant", "director-2", "attorney", "practitioner", "outsider", "operator", "operator-2", "auditor"),
        *("officer-fda", "officer-fda-2", "inspector-fda", "supervisor-fda", "officer-lao@50"),
    ]


@given(st.from_regex(r"officer-[a-z]{2,8}(@[0-9]{2})?", fullmatch=True))
def test_a_persona_is_the_same_whoever_else_there_is(name: str) -> None:
    assert people.somebody(name) == people.personas([name.removeprefix("officer-")])[8]


def test_the_numbers_of_companies_are_valid_and_nobodys() -> None:
    for company in (*people.COMPANIES, *people.many(500)):
        assert moa.is_valid(company.juristic_id)
        assert company.juristic_id[3] == company.kind
        assert company.juristic_id[4:7] in ("998", "999")


def test_many_companies_are_different_and_can_be_asked_for() -> None:
    companies = list(people.many(2000))

    assert len({company.juristic_id for company in companies}) == 2000
    assert all(people.company(company.juristic_id) == company for company in companies)


def test_a_mistyped_number_is_nobodys() -> None:
    number = next(people.many(1)).juristic_id

    assert people.company(number[:12] + str((int(number[12]) + 1) % 10)) is None


def test_there_are_no_more_companies_than_numbers() -> None:
    with pytest.raises(ValueError, match="there are"):
        people.many(people.MOST_OF_MANY + 1)
