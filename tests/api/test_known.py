"""What is filled in before anything is asked: from which application, for whom, and never a declaration or a file."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from api import carrying, filing, known, representing
from api.carrying import CONTACT, PREMISES, Earlier
from api.filing import ForWhom, Ground
from api.people import Person
from bench import prefilled
from exchange import juristic
from exchange.counterparts.people import SOLE_COMPANY
from exchange.juristic import Company
from forms import form as forms
from licences import catalogue
from licences.procedure import Procedure
from records.people import Told
from records.tables import Person as Row

AT = datetime(2025, 11, 28, 9, tzinfo=UTC)
FOOD, MARKET = "food-sale-large", "lao-market"
FORM = forms.load(FOOD)
PLACE = "premises"


def earlier(form: str = FOOD, licence: str = "lao-food-sale-large", **more: Any) -> Earlier:
    asked = forms.load(form)
    answers = forms.check(asked, forms.example(asked), attachments=forms.example_attachments(asked))
    return Earlier("APP-2568-0000001", AT, licence, asked, answers.as_json(), **more)


def a_procedure(code: str = "lao-food-sale-large") -> Procedure:
    return catalogue.load().procedure(code, "new", date(2026, 11, 28))


def a_ground(**facts: Any) -> Ground:
    return Ground(a_procedure(), ForWhom("natural", "p-1", "key", "นาย สมชาย ใจดี", {}), None, facts)


def test_answers_are_taken_by_their_once_only_key_and_in_the_same_form_by_their_id() -> None:
    other, same = (carrying.taken(forms.load(name), [earlier()], {}) for name in (MARKET, FOOD))

    assert {"premises", "trade_name", "contact_phone"} <= other.keys() and "seats" not in other
    assert "seats" in same and same["seats"][0] == earlier().answers["seats"]


def test_declarations_files_and_facts_are_never_taken() -> None:
    taken = carrying.taken(FORM, [earlier()], {})
    kinds = {FORM.by_id[name].kind.name for name in taken if name in FORM.by_id}

    assert not kinds & set(carrying.NEVER)


def test_what_somebody_else_wrote_for_the_company_does_not_tell_how_to_reach_him() -> None:
    taken = carrying.taken(FORM, [earlier(own=False)], {})

    assert "premises" in taken
    assert not [name for name in taken if _reuse(name).startswith(CONTACT)]


def test_the_first_application_that_says_it_is_believed() -> None:
    newer, older = earlier(), earlier()
    newer = Earlier("APP-2568-0000002", AT, newer.licence, FORM, {**newer.answers, "seats": 41})

    assert carrying.taken(FORM, [newer, older], {})["seats"] == (41, newer)


def test_the_items_of_the_same_list_are_taken_and_say_where_they_are_from() -> None:
    storage, station = earlier("doeb-fuel-storage-2", "doeb-fuel-storage-2"), forms.load("doeb-fuel-station-3")
    tanks = storage.answers["tanks"]
    said = {name: value for name, (value, _) in carrying.taken(station, [storage], {}).items()}

    assert len(tanks) > 0 and said["tanks"] == tanks
    assert storage.number in known.sources(station, said, {}, [storage], AT)["tanks"].en
    assert "tanks" not in known.sources(station, {"tanks": tanks[:-1]}, {}, [storage], AT)
    assert "tanks" not in carrying.taken(station, [storage], {}, only=CONTACT)


def test_a_list_of_another_block_or_of_another_use_of_it_is_not_taken() -> None:
    people = earlier("food-sale-large").answers["food_handlers"]
    other = Earlier("APP-2568-0000003", AT, "other", forms.load("lao-market"), {"food_handlers": people})
    duty = earlier("fda-drug-packaged")

    assert people and "food_handlers" not in carrying.taken(FORM, [other], {})
    assert "duty" in forms.load("fda-drug-retail").page("duty").id
    assert "duty" not in carrying.taken(forms.load("fda-drug-retail"), [duty], {})


def test_a_list_that_names_people_is_told_to_its_writer_only() -> None:
    mine, anothers = (carrying.taken(FORM, [earlier(own=own)], {}) for own in (True, False))

    assert "food_handlers" in mine and "food_handlers" not in anothers


def test_of_an_item_what_rules_no_longer_take_and_its_files_are_left_out() -> None:
    told = earlier("doeb-fuel-storage-2")
    (first, *rest) = told.answers["tanks"]
    page = told.form.page("tanks")
    choice = next(one.id for one in page.questions if one.kind.name == "choice")
    changed = replace(told, answers={"tanks": [first | {choice: "no longer an option"}, *rest]})
    many = replace(told, answers={"tanks": [first] * 101})

    (item, *_) = carrying.taken(told.form, [changed], {})["tanks"][0]
    assert choice not in item and item.keys() == first.keys() - {choice}
    assert "tanks" not in carrying.taken(told.form, [many], {})


def test_what_todays_rules_do_not_take_is_asked() -> None:
    small = earlier()
    small = Earlier(small.number, AT, small.licence, FORM, {**small.answers, "floor_area_sqm": 20})

    assert "floor_area_sqm" not in carrying.taken(FORM, [small], {})


def test_one_may_start_from_the_place_of_another_licence_or_from_the_same_licence_for_another_place() -> None:
    law = catalogue.load()
    there = known.starts(law, a_ground(), FORM, [earlier(MARKET, "lao-market"), earlier()])
    after_refusal = known.starts(law, a_ground(), FORM, [earlier(stands=False)])

    assert [PLACE in one.said for one in there] == [True, False]
    assert "28 พฤศจิกายน 2568" in there[0].detail.th and "28 November 2025" in there[0].detail.en
    assert [PLACE in one.said for one in after_refusal] == [True]


def test_the_head_office_may_be_the_place_of_business_and_says_so() -> None:
    facts = representing.facts_of(_company())
    (office,) = known.starts(catalogue.load(), a_ground(**facts), FORM, [])
    said = known.said(a_ground(**facts), FORM, [], office.value, [office])

    assert office.value == known.OFFICE and said[PLACE]["subdistrict_code"] == "103301"
    assert said[PLACE]["district"] == "คลองเตย" and said[PLACE]["house_no"] == "99/9"
    assert "ทะเบียนนิติบุคคล" in known.sources(FORM, said, facts, [], AT)[PLACE].th
    moved = {PLACE: said[PLACE] | {"house_no": "1"}}
    assert PLACE not in known.sources(FORM, moved, facts, [], AT)


def test_a_persons_registered_address_may_be_the_place_of_business_and_says_so() -> None:
    facts = prefilled.facts_of("person")
    (home,) = known.starts(catalogue.load(), a_ground(**facts), FORM, [])
    said = known.said(a_ground(**facts), FORM, [], home.value, [home])
    first = forms.prefilled(FORM, facts) | said
    sources = known.sources(FORM, first, facts, [], AT)

    assert home.value == known.HOME and home.detail.th == facts["citizen.address"]
    assert said[PLACE]["subdistrict_code"] == "500108" and first["contact_phone"] == "+6620000000"
    assert "sign-in" in sources[PLACE].en and "you can change it" in sources["contact_phone"].en
    assert "contact_phone" not in known.sources(FORM, first | {"contact_phone": "+6621234567"}, facts, [], AT)


def test_an_address_that_would_have_to_be_guessed_is_not_offered() -> None:
    person = prefilled.signed_in()
    vague = replace(person, told=Told(address=person.told.address.replace("สุเทพ", "ในเมือง")))
    facts = filing.citizen_facts(vague)

    assert "citizen.home" not in facts and "account.phone" not in facts
    assert known.starts(catalogue.load(), a_ground(**facts), FORM, []) == []


def test_what_a_sign_in_says_of_a_person_is_not_said_of_his_company() -> None:
    company = prefilled.facts_of("company")

    assert not [name for name in company if name.startswith("citizen.")]
    assert company["account.phone"] == "020000000"


def test_an_application_that_says_only_how_to_reach_somebody_is_no_start() -> None:
    renewal = earlier("food-sale-large-renewal")

    assert known.starts(catalogue.load(), a_ground(), FORM, [renewal]) == []


def test_the_same_licence_for_another_place_leaves_the_place_open() -> None:
    ground = a_ground()
    possible = known.starts(catalogue.load(), ground, FORM, [earlier()])
    said = known.said(ground, FORM, [earlier()], possible[0].value, possible)

    assert "seats" in said
    assert not [name for name in said if _reuse(name).startswith(PREMISES)]


def test_nothing_but_how_to_reach_him_is_filled_in_when_one_starts_from_nothing() -> None:
    ground = a_ground()
    said = known.said(
        ground, FORM, [earlier()], "of:APP-2568-9999999", known.starts(catalogue.load(), ground, FORM, [])
    )

    assert said and all(_reuse(name).startswith(CONTACT) for name in said)


def test_each_answer_that_was_there_says_where_it_is_from_until_it_is_changed() -> None:
    facts = {"account.email": "a@example.test", "company.name_th": "บริษัท ก"}
    answers = {"contact_email": "a@example.test", "seats": earlier().answers["seats"], "toilets": 1}

    told = known.sources(FORM, answers, facts, [earlier()], AT)
    changed = known.sources(FORM, {**answers, "contact_email": "b@example.test", "seats": 3}, facts, [earlier()], AT)

    assert told.keys() == {"company_name", "contact_email", "seats"}
    assert "28 พฤศจิกายน 2568 เวลา 16.00 น." in told["company_name"].th
    assert "APP-2568-0000001" in told["seats"].en and "28 November 2025" in told["seats"].en
    assert changed.keys() == {"company_name"}


def test_who_acts_for_a_company_is_known_from_its_register_and_the_powers_given() -> None:
    company = representing.of_facts(representing.as_facts(_company()))
    assert company

    assert representing.powers_of(company, _person("สมชาย", "ใจดี")) == {"power.has_attorney": False}
    by_power = representing.powers_of(company, _person("อนันต์", "เจริญผล"))
    assert by_power == {"power.has_attorney": True, "power.given_by": "portal"}
    assert forms.prefilled(FORM, by_power) == {"has_attorney": True, "attorney_by": "portal"}


@pytest.mark.parametrize("whom", ["company", "person"])
def test_whoever_comes_again_is_asked_little(whom: str) -> None:
    first, again = (prefilled.share(FORM, whom, again=one) for one in (False, True))

    assert first[0] < again[0] and again[0] >= 0.9 * again[1]


def _reuse(name: str) -> str:
    return FORM.by_id[name].reuse if name in FORM.by_id else ""


def _company() -> Company:
    row = {"ResultList": [SOLE_COMPANY.information()]}
    found = juristic.read_company(row, SOLE_COMPANY.juristic_id, AT.date())
    assert found
    return found


def _person(given: str, family: str) -> Person:
    row = Row(
        id="p-1", issuer="i", subject="s", pid_digest="", pid_sealed=b"", pid_masked="", title="นาย", given_name=given,
        family_name=family, seen_at=AT,
    )  # fmt: skip
    return Person(row)
