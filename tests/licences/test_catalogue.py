"""The catalogue: how a file and its archetype become a licence, what is found, what is an error."""

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

import licences
from licences import catalogue, procedure
from licences.catalogue import DataFault
from licences.procedure import RECORDS, Effect, Level, Operation, Stage, Validity

TODAY = date(2026, 11, 20)

AGENCY = """
title = { th = "ก", en = "A" }
ministry = { th = "ก", en = "M" }
level = "department"
connects = "on-platform"
domain = "example.go.th"
abbreviation = "MUP"
organisation_id = "0994999000018"
"""
ARCHETYPE = """
one_per = "many"
[appeal]
to = { th = "ก", en = "the official" }
days = 15
[operations.new]
form = "plain"
effect = "issue"
[[operations.new.stages]]
name = "completeness"
title = { th = "ก", en = "a" }
asks = { th = "ก", en = "a?" }
working_days = 1
[operations.cancel]
form = "generic-cancellation"
effect = "end"
"""
LICENCE = """
archetype = "plain"
title = { th = "ใบอนุญาต", en = "A licence" }
kind = "licence"
law = "Made-up Act s.1"
level = "L3"
coverage = "nationwide"
routing = "national"
applicant = "both"
decision_days = 3
provenance = "law"
confidence = "low"
effective_from = 2020-01-01
[operations.new]
"""


def read(folder: Path, licence: str = LICENCE, **more: str) -> catalogue.Catalogue:
    (folder / "data" / "mup").mkdir(parents=True, exist_ok=True)
    (folder / "archetypes").mkdir(exist_ok=True)
    (folder / "archetypes" / "plain.toml").write_text(ARCHETYPE, encoding="utf-8")
    (folder / "data" / "mup" / "agency.toml").write_text(AGENCY, encoding="utf-8")
    (folder / "data" / "mup" / "mup-one.toml").write_text(licence, encoding="utf-8")
    for name, text in more.items():
        (folder / "data" / "mup" / f"{name}.toml").write_text(text, encoding="utf-8")
    return catalogue.read(folder / "data", folder / "archetypes")


def test_what_the_licence_states_wins_and_the_rest_is_the_archetypes() -> None:
    merged = catalogue.merge({"a": 1, "b": {"x": 1, "y": 2}, "c": [1]}, {"b": {"y": 3}, "c": [2], "d": 4})

    assert merged == {"a": 1, "b": {"x": 1, "y": 3}, "c": [2], "d": 4}


def test_a_row_with_a_name_changes_only_what_it_states() -> None:
    below = {"stages": [{"name": "a", "working_days": 1, "role": "officer"}, {"name": "b", "working_days": 2}]}

    merged = catalogue.merge(below, {"stages": [{"name": "a", "working_days": 5}, {"name": "c"}]})

    assert merged["stages"] == [
        {"name": "a", "working_days": 5, "role": "officer"},
        {"name": "b", "working_days": 2},
        {"name": "c"},
    ]


def test_a_row_may_be_taken_away() -> None:
    below = {"documents": [{"id": "a"}, {"id": "b"}]}

    assert catalogue.merge(below, {"documents": [{"id": "a", "drop": True}]}) == {"documents": [{"id": "b"}]}
    assert below == {"documents": [{"id": "a"}, {"id": "b"}]}


def test_an_operation_the_licence_does_not_name_does_not_exist(tmp_path: Path) -> None:
    licence = read(tmp_path).licence("mup-one")

    assert set(licence.operations) == {Operation.NEW}


def test_what_states_no_law_has_the_files(tmp_path: Path) -> None:
    licence = read(tmp_path, LICENCE + '[[operations.new.fees]]\nbaht = "5"\n').licence("mup-one")

    act = licence.operations[Operation.NEW]
    assert (act.law, act.stages[0].law, act.fees[0].law) == ("Made-up Act s.1",) * 3
    assert act.fees[0].since == date(2020, 1, 1)


def test_where_each_value_comes_from_is_remembered(tmp_path: Path) -> None:
    stages = LICENCE + 'stages = [{ name = "completeness", working_days = 3 }]\n'

    sources = read(tmp_path, stages).sources("mup-one")

    assert sources["operations.new.stages.completeness.working_days"] == "mup-one.toml"
    assert sources["operations.new.stages.completeness.asks.en"] == "archetypes/plain.toml"
    assert sources["appeal.days"] == "archetypes/plain.toml"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LICENCE.replace("decision_days = 3", "decision_dyas = 3"), "decision_dyas"),
        (LICENCE.replace('"A licence"', '""'), "title.en"),
        (LICENCE.replace('archetype = "plain"', 'archetype = "plane"'), "no archetype 'plane'"),
        (LICENCE + 'stages = [{ name = "new-one", working_days = 1 }]\n', "asks"),
        (LICENCE + "[[operations.new.fees]]\nbaht = 5\n", "baht"),
        (LICENCE + "[operations.revoke]\n", "revoke"),
        ("archetype = ", "mup-one.toml"),
    ],
)
def test_a_fault_in_a_file_names_the_file_and_the_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataFault, match="mup-one") as fault:
        read(tmp_path, text)

    assert told in str(fault.value)


def test_a_later_version_stands_from_its_day(tmp_path: Path) -> None:
    later = LICENCE.replace("2020-01-01", "2027-01-01").replace("decision_days = 3", "decision_days = 2")

    both = read(tmp_path, **{"mup-one@2027-01-01": later})

    assert both.procedure("mup-one", "new", date(2026, 12, 31)).decision_days == 3
    assert both.procedure("mup-one", "new", date(2027, 1, 1)).decision_days == 2
    with pytest.raises(catalogue.LicenceUnknown):
        both.licence("mup-one", date(2019, 12, 31))


def test_a_procedure_is_named_by_its_content(tmp_path: Path) -> None:
    one, same = (read(tmp_path).procedure("mup-one", "new", TODAY) for _ in range(2))
    other = read(tmp_path, LICENCE.replace("decision_days = 3", "decision_days = 2")).procedure("mup-one", "new", TODAY)

    assert one == same and len(one.version) == 64
    assert other.version != one.version


def test_what_is_not_there_is_said_so() -> None:
    loaded = catalogue.load()

    with pytest.raises(catalogue.LicenceUnknown):
        loaded.licence("no-such-licence")
    with pytest.raises(catalogue.AgencyUnknown):
        loaded.agency("nobody")
    with pytest.raises(catalogue.OperationNotOffered):
        loaded.procedure("osmep-sme-register", "renew", TODAY)


def test_the_food_premises_licence_has_four_operations_and_three_officers() -> None:
    loaded = catalogue.load()
    acts = loaded.licence("lao-food-sale-large").operations

    new = loaded.procedure("lao-food-sale-large", "new", TODAY)

    assert [act.effect for act in acts.values()] == [Effect.ISSUE, Effect.EXTEND, Effect.REPLACE, Effect.END]
    assert [(stage.name, stage.role) for stage in new.stages] == [
        ("completeness", "officer"),
        ("inspection", "inspector"),
        ("approval", "supervisor"),
    ]
    assert new.stages[1].checklist
    assert new.validity == Validity(years=1) and new.one_per == "premises"
    assert all(fee.provisional for fee in new.fees)


def test_the_clinic_licences_need_two_officers_and_one_another() -> None:
    operate = catalogue.load().procedure("dhss-clinic-operate", "new", TODAY)

    assert operate.prerequisites[0].any_of == ("dhss-clinic-business",)
    assert operate.prerequisites[0].binds == "premises"
    assert operate.stages[1].not_same_officer_as == ("review",)
    assert operate.validity == Validity(years=2, ends="31-december")


def test_a_search_finds_words_in_any_order_the_most_used_first() -> None:
    loaded = catalogue.load()

    assert [one.code for one in loaded.search("คลินิก")][:3] == [
        "dhss-clinic-annual-fee",
        "dhss-clinic-operate-renew",
        "dhss-clinic-operate",
    ]
    assert "lao-food-sale-large" in [one.code for one in loaded.search("PREMISES  food")]
    assert all(one.agency == "dhss" for one in loaded.search(agency="dhss"))
    assert "osmep-sme-register" in [one.code for one in loaded.search(business_type="spa")]
    assert loaded.search("no such thing at all") == ()


@pytest.mark.parametrize("word", ["ร้านอาหาร", "โรงงาน", "นำเที่ยว", "ร้านกาแฟ", "Restaurant"])
def test_a_search_finds_what_the_search_box_itself_suggests(word: str) -> None:
    assert catalogue.load().search(word)


def test_a_search_by_the_kind_of_business_puts_what_only_it_needs_first() -> None:
    found = [one.code for one in catalogue.load().search("ร้านอาหาร")]

    assert "lao-food-sale-large" in found[:5]
    assert found.index("lao-food-sale-large") < found.index("osmep-sme-register")


def test_a_search_finds_every_licence_of_an_agency_by_its_name() -> None:
    loaded = catalogue.load()

    assert {one.code for one in loaded.search(agency="dlt")} <= {one.code for one in loaded.search("กรมการขนส่งทางบก")}


def test_every_agency_has_an_abbreviation_and_a_number_of_its_own() -> None:
    agencies = catalogue.load().agencies.values()

    assert len(agencies) == 41
    assert (
        len({agency.abbreviation for agency in agencies}) == len({agency.organisation_id for agency in agencies}) == 41
    )
    assert not [agency for agency in agencies if agency.abbreviation == "APP"]
    for agency in agencies:
        digits = [int(digit) for digit in agency.organisation_id]
        assert (11 - sum(d * (13 - n) for n, d in enumerate(digits[:12])) % 11) % 10 == digits[12]
        assert agency.organisation_id.startswith("0994999")  # no real body has such a number


@pytest.mark.parametrize(
    "shape",
    [
        procedure.Licence,
        procedure.Act,
        procedure.Stage,
        procedure.AskedDocument,
        procedure.FeeRule,
        procedure.Tier,
        procedure.Share,
        procedure.Validity,
        procedure.RenewalWindow,
        procedure.Prerequisite,
        procedure.Appeal,
        procedure.AutomaticDecision,
        procedure.Rule,
    ],
)
def test_every_key_of_a_file_is_explained_on_the_key_page(shape: type[procedure.Shape]) -> None:
    explained = set(re.findall(r"[a-z_]+", licences.__doc__ or ""))

    assert set(shape.model_fields) - explained == set()


def test_a_procedure_is_resolved_once() -> None:
    loaded = catalogue.load()

    first = loaded.procedure("dhss-spa", "new", TODAY)

    assert loaded.procedure("dhss-spa", "new", TODAY) is first


def test_each_kind_of_stage_is_used_by_a_licence() -> None:
    stages = [stage for one in catalogue.load().licences for act in one.operations.values() for stage in act.stages]

    assert {stage.kind for stage in stages} | RECORDS == set(get_args(Stage.model_fields["kind"].annotation))
    assert any(stage.together for stage in stages) and any(stage.not_same_officer_as for stage in stages)
    assert {stage.agency for stage in stages if stage.kind == "opinion"} == {"diw", "dpt"}
    assert {one.level for one in catalogue.load().licences} == set(Level)  # the first two bring what is only recorded


def test_what_is_not_offered_is_named_as_people_name_it() -> None:
    with pytest.raises(catalogue.OperationNotOffered) as no:
        catalogue.load().procedure("opec-school-formal", "renew", TODAY)

    assert "ไม่มีคำขอต่ออายุ" in no.value.th and "no renewal" in no.value.en
    assert set(catalogue.ASKED_FOR) == {one.value for one in Operation}
