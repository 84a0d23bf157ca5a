"""The pure parts of filing: which place, which claim, which digest, which files, which times; and what may change."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given as given_a
from hypothesis import strategies as st

from api import documents, filing, resubmitting
from api.filing import ForWhom, Ground
from api.resubmitting import NewAnswers, NotAsked, NothingAsked
from forms import form as forms
from licences import calendar, catalogue
from licences import register as book
from licences.fees import UnitMissing
from licences.procedure import AskedDocument, Effect, Procedure, Text
from records.register import Found
from records.tables import Application, Entry, Holding

TODAY = date(2026, 11, 20)
PAK_NAM = {"house_no": "1", "subdistrict_code": "110101"}
FORM = forms.load("food-sale-large")


def a_procedure(**changes: Any) -> Procedure:
    return catalogue.load().procedure("lao-food-sale-large", "new", TODAY).model_copy(update=changes)


def ground(held: Found | None = None, **changes: Any) -> Ground:
    holder = ForWhom("juristic", "0107999000018", "0107999000018", "บริษัท", {})
    return Ground(a_procedure(**changes), holder, held, {})


def held(claim: str) -> Found:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    holding = Holding(
        licence_number="LAO-2569-0000001-L", licence="x", agency="lao", holder_kind="juristic", holder_key="0",
        holder_name="", claim=claim, status="in-force", valid_from=TODAY, entry=1, grams=[], as_of=now,
    )  # fmt: skip
    facts = {"authority": "lao@pattaya", "particulars": [{"id": "floor_area_sqm", "value": "350 ตร.ม."}]}
    entry = Entry(
        seq=1, licence_number="LAO-2569-0000001-L", kind="grant", application="a", licence="x", agency="lao",
        facts=facts, holder_kind="juristic", holder_key="0", holder_name="", status="in-force", words=[],
        valid_from=TODAY, entered_at=now, previous_hash="", hash="",
    )  # fmt: skip
    return Found(holding, (entry,))


def test_one_claim_is_one_licence_one_holder_one_place() -> None:
    here, there = filing.claim_of(ground(), PAK_NAM), filing.claim_of(ground(), PAK_NAM | {"house_no": "2"})

    assert here != there and here.startswith("lao-food-sale-large|0107999000018|")
    assert filing.claim_of(ground(one_per="holder"), PAK_NAM) == "lao-food-sale-large|0107999000018|"
    assert filing.claim_of(ground(one_per="many"), PAK_NAM) == ""


def test_what_acts_on_a_licence_has_that_licences_claim() -> None:
    assert filing.claim_of(ground(held("c"), effect=Effect.EXTEND), None) == "c"
    assert filing.claim_of(ground(held(""), effect=Effect.REPLACE), None) == "number:LAO-2569-0000001-L"
    assert filing.claim_of(ground(held("c"), effect=Effect.NOTE), None) == ""


def test_the_office_that_granted_a_licence_receives_what_acts_on_it() -> None:
    law = catalogue.load()

    assert filing._office(law, ground(held("c")), PAK_NAM) == "lao@pattaya"
    assert filing._office(law, ground(), PAK_NAM) == "lao@110101"


def test_a_form_may_look_at_what_the_present_entry_says() -> None:
    facts = filing._entry_facts(held("c"))

    assert facts == {"entry.floor_area_sqm": "350 ตร.ม.", "entry.licence_number": "LAO-2569-0000001-L"}


def test_a_list_on_the_present_entry_is_a_line_for_each_of_its_items() -> None:
    said = held("c")
    said.entries[0].facts["particulars"] = [
        {"id": f"sets[{n}].{name}", "value": f"{name} {n}"} for n in (0, 1) for name in ("make", "kind")
    ]

    assert filing._entry_facts(said)["entry.sets"] == ["make 0 · kind 0", "make 1 · kind 1"]


def test_what_follows_from_a_licence_leaves_its_place_unless_it_is_told_of_another() -> None:
    amendment, end = forms.load("amendment:dit-rice-trade"), forms.load("closing-tax:rd-vat-register")

    assert filing.premises_of(amendment, {"changes": ["stock_place"], "stock_place": PAK_NAM}) is None
    assert filing.premises_of(amendment, {"changes": ["premises"], "premises": PAK_NAM}) == PAK_NAM
    assert filing.premises_of(end, {"books_kept_at": PAK_NAM}) is None


def test_the_place_of_business_is_never_the_address_for_letters() -> None:
    assert filing.premises_of(FORM, {"premises": PAK_NAM, "reply_address": {"house_no": "9"}}) == PAK_NAM
    assert filing.premises_of(FORM, {"reply_address": {"house_no": "9"}}) is None


def test_numbers_with_a_point_have_a_digest_too() -> None:
    assert filing.digest({"a": 1}) == book.digest({"a": 1})
    assert filing.digest({"a": 1.5}) != filing.digest({"a": 1.25})


def test_an_application_of_friday_evening_is_received_on_monday() -> None:
    friday = datetime(2026, 11, 20, 21, 0, tzinfo=filing.BANGKOK)

    received, due = filing.times(
        catalogue.load(), a_procedure(decision_days=1), "lao@110101", friday, calendar.holidays()
    )

    assert received.isoformat() == "2026-11-23T08:30:00+07:00"
    assert due == date(2026, 11, 24)


# --- files ---


trees = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given_a(trees)
def test_files_are_found_wherever_an_answer_names_them(tree: Any) -> None:
    one, other = "a-" + "0" * 20, "a-" + "f" * 20

    assert documents.ids_in({"x": tree, "y": [{"z": one}, other]}) >= {one, other}


@pytest.mark.parametrize(
    ("document", "kind", "missing"),
    [
        ({"required": True}, "juristic", True),
        ({"required": False}, "juristic", False),
        ({"required": True, "when_juristic": True}, "natural", False),
        ({"required": True, "when_juristic": False}, "natural", True),
    ],
)
def test_a_document_is_missed_only_by_those_who_owe_it(document: dict[str, Any], kind: str, missing: bool) -> None:
    asked = AskedDocument(id="plan", title=Text(th="แผน", en="plan"), law="ม.1", **document)

    assert (documents.missing_documents([asked], {}, kind) == (asked,)) is missing
    assert documents.missing_documents([asked], {"plan": object()}, kind) == ()


# --- answering what was asked ---


KEPT = Application(
    number="APP-1", licence="l", operation="new", version="v", agency="a", office="a", applicant="p",
    holder_kind="juristic", holder_id="0", answers={"name": "ก", "premises": {"house_no": "1"}, "seats": 1},
    attachments={"plan": "a-1"}, answers_digest="", status="incomplete", entered_at=datetime(2026, 11, 20, tzinfo=UTC),
    received_at=datetime(2026, 11, 20, tzinfo=UTC), due_on=TODAY,
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "given", "refusal"),
    [
        ({"name"}, {"answers": {"name": "ข"}}, None),
        ({"premises.house_no"}, {"answers": {"premises": {"house_no": "2"}}}, None),
        ({"plan"}, {"attachments": {"plan": "a-2"}}, None),
        ({"attachments.plan"}, {"attachments": {"plan": "a-2"}}, None),
        ({"name"}, {"answers": {"seats": 1}}, None),
        ({"name"}, {"answers": {"new_question": 1}}, None),
        ({"name"}, {"answers": {"seats": 2}}, NotAsked),
        ({"name"}, {"attachments": {"plan": "a-2"}}, NotAsked),
        (set(), {"answers": {"name": "ข"}}, NothingAsked),
    ],
)
def test_only_what_was_asked_may_change(
    asked: set[str], given: dict[str, Any], refusal: type[Exception] | None
) -> None:
    answers = NewAnswers.model_validate(given)

    if refusal is None:
        resubmitting.check_asked(asked, KEPT, answers)
    else:
        with pytest.raises(refusal):
            resubmitting.check_asked(asked, KEPT, answers)


def test_an_answer_that_only_the_bill_needs_is_missed_when_it_is_filed() -> None:
    now = datetime(2026, 11, 20, 3, tzinfo=UTC)

    filing.check_fees(a_procedure(), {"floor_area_sqm": 350}, now, "lao@pattaya")
    with pytest.raises(UnitMissing) as missing:
        filing.check_fees(a_procedure(), {}, now, "lao@pattaya")

    assert missing.value.field == "floor_area_sqm"
