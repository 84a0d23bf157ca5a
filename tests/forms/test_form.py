"""Whole forms: what is asked when, what is dropped, what is refused, what is shown and printed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from forms import form
from forms.definition import read
from forms.errors import DefinitionFault, Problems

TH_EN = {"th": "เรื่อง", "en": "Thing"}


def called(th: str, en: str) -> dict[str, str]:
    return {"th": th, "en": en}


def a_form(*pages: dict[str, Any]) -> form.Form:
    """A form of these pages."""
    return read("a-form", {"title": called("แบบทดสอบ", "A form"), "law": "ม.1", "page": list(pages)})


def a_page(*questions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"id": "page", "title": called("หน้า", "Page"), "question": list(questions)} | keys


def a_question(id: str, kind: str, **keys: Any) -> dict[str, Any]:
    return {"id": id, "kind": kind, "title": called(f"ข้อ {id}", f"Point {id}")} | keys


SHOP = a_form(
    a_page(
        a_question("name", "text", title=called("ชื่อร้าน", "Shop name"), printed=True, max_length=20),
        a_question("rented", "yes-no", yes=called("เช่า", "Rented"), no=called("ไม่ได้เช่า", "Not rented")),
        a_question("lease", "file", when={"question": "rented", "is": True}),
        a_question("area_sqm", "decimal", unit=called("ตารางเมตร", "sq m"), printed=called("พื้นที่", "Area")),
        a_question("owner_number", "thai-id", required=False),
        a_question("company", "fact", prefill="company.name_th", source=called("กรมพัฒนาธุรกิจการค้า", "DBD")),
        a_question("note", "info"),
    ),
    a_page(
        a_question("person", "person", identity="thai-id", printed=called("ผู้สัมผัสอาหาร", "Food handler")),
        a_question("trained", "yes-no"),
        a_question("certificate", "text", when={"question": "trained", "is": True}),
        id="people",
        title=called("ผู้สัมผัสอาหาร", "Food handlers"),
        each={"name": called("ผู้สัมผัสอาหาร", "food handler"), "min": 1, "max": 3},
    ),
    a_page(
        a_question("big_plan", "text"),
        id="big",
        title=called("ร้านใหญ่", "Big shop"),
        when={"question": "area_sqm", "more_than": 200},
    ),
)
MALI = {"title": "นาง", "first_name": "มาลี", "last_name": "ใจดี", "thai_id": "1999900000013"}
ANSWERS: dict[str, Any] = {
    "name": "ครัวคุณย่า",
    "rented": False,
    "area_sqm": "๑๕๐.๕",
    "people": [{"person": MALI, "trained": False}],
}


def problems(answers: Any, asked: form.Form = SHOP, **context: Any) -> dict[str, str]:
    """The fields and the Thai sentences of what is refused."""
    with pytest.raises(Problems) as found:
        form.check(asked, answers, **context)
    return {problem.field: problem.th for problem in found.value.problems}


def test_answers_come_back_in_one_form_and_in_the_forms_order() -> None:
    answers = form.check(SHOP, dict(reversed(ANSWERS.items())))

    assert list(answers) == ["name", "rented", "area_sqm", "people"]
    assert answers["area_sqm"] == 150.5
    assert answers.dropped == ()
    assert form.check(SHOP, answers) == answers
    assert json.loads(json.dumps(answers.as_json())) == answers


def test_nothing_answered_names_every_question_that_must_be() -> None:
    assert problems({}) == {
        "name": "กรอกชื่อร้าน",
        "rented": "เลือกข้อ rented",
        "area_sqm": "กรอกข้อ area_sqm",
        "people": "เพิ่มผู้สัมผัสอาหารอย่างน้อย 1 รายการ",
    }


def test_each_wrong_field_is_named_down_to_its_part() -> None:
    person = MALI | {"first_name": "<b>x</b>", "thai_id": "1"}

    wrong = problems(ANSWERS | {"name": "ก" * 21, "people": [{"person": person, "trained": True}]})

    assert list(wrong) == ["name", "people[0].person.first_name", "people[0].person.thai_id", "people[0].certificate"]


def test_an_answer_that_no_longer_applies_is_dropped_and_told() -> None:
    item = {"person": MALI, "trained": False, "certificate": "x" * 900}

    answers = form.check(SHOP, ANSWERS | {"lease": "f1", "big_plan": "ขยาย", "people": [item]})

    assert answers.dropped == ("lease", "people[0].certificate", "big_plan")
    assert "lease" not in answers and "certificate" not in answers["people"][0]


def test_a_question_that_begins_to_apply_must_be_answered() -> None:
    assert list(problems(ANSWERS | {"rented": True, "area_sqm": 201})) == ["lease", "big_plan"]


def test_a_dropped_answer_opens_no_further_questions() -> None:
    chain = a_form(
        a_page(
            a_question("a", "yes-no"),
            a_question("b", "yes-no", when={"question": "a", "is": True}),
            a_question("c", "text", when={"question": "b", "is": True}),
        )
    )

    answers = form.check(chain, {"a": False, "b": True, "c": "ค"})

    assert dict(answers) == {"a": False} and answers.dropped == ("b", "c")


def test_an_answer_to_a_question_that_is_not_asked_is_refused() -> None:
    wrong = problems(ANSWERS | {"is_admin": True, "note": "x", "people": [ANSWERS["people"][0] | {"age": 3}]})

    assert list(wrong) == ["is_admin", "note", "people[0].age"]
    assert wrong["is_admin"] == "แบบคำขอนี้ไม่มีข้อ “is_admin” ลบข้อนี้ออกแล้วส่งใหม่"


def test_a_strangers_name_is_told_short_and_without_what_cannot_be_seen() -> None:
    (field,) = problems(ANSWERS | {"x\u202e\x00" + "y" * 5000: 1})

    assert field.isprintable() and len(field) == 80


@pytest.mark.parametrize("sent", [None, [], "x", 3])
def test_answers_that_are_no_object_are_refused_in_words(sent: Any) -> None:
    assert problems(sent) == {"": "ส่งคำตอบเป็นออบเจกต์"}


@pytest.mark.parametrize("people", ["x", {"person": MALI}, [1], [[]]])
def test_a_group_is_a_list_of_objects(people: Any) -> None:
    assert set(problems(ANSWERS | {"people": people})) <= {"people", "people[0]"}


def test_no_more_items_than_the_form_takes() -> None:
    assert problems(ANSWERS | {"people": ANSWERS["people"] * 4}) == {
        "people": "เพิ่มผู้สัมผัสอาหารได้ไม่เกิน 3 รายการ ลบรายการที่เกินออก"
    }


def test_an_item_may_look_at_the_forms_other_answers() -> None:
    asked = a_form(
        a_page(a_question("kind", "choice", options=[{"value": v, "th": v, "en": v} for v in ("bus", "van")])),
        a_page(
            a_question("seats", "whole", when={"question": "kind", "is": "bus"}),
            a_question("plate", "text"),
            id="cars",
            each={"name": called("รถ", "car"), "min": 0, "max": 2},
        ),
    )

    assert dict(form.check(asked, {"kind": "van", "cars": [{"plate": "1กก 1"}]}))["cars"] == [{"plate": "1กก 1"}]
    assert list(problems({"kind": "bus", "cars": [{"plate": "1กก 1"}]}, asked)) == ["cars[0].seats"]


def test_a_file_nobody_uploaded_is_refused_unless_told_otherwise() -> None:
    rented = ANSWERS | {"rented": True, "lease": "f1"}

    assert list(problems(rented)) == ["lease"]
    assert form.files(SHOP, form.check(SHOP, rented, attachments={"f1": "application/pdf"})) == [("lease", "f1")]


def test_facts_come_from_the_register_and_are_kept_with_the_answers() -> None:
    facts = {"company.name_th": "บริษัท ตัวอย่าง จำกัด"}

    answers = form.check(SHOP, ANSWERS, facts=facts)

    assert answers["company"] == "บริษัท ตัวอย่าง จำกัด"
    assert form.check(SHOP, answers, facts=facts) == answers
    assert list(problems(answers.as_json())) == ["company"]


def test_a_log_that_prints_answers_tells_nothing_of_the_person() -> None:
    assert repr(form.check(SHOP, ANSWERS)) == "Answers(name, rented, area_sqm, people)"


def test_answers_cannot_be_changed() -> None:
    answers = form.check(SHOP, ANSWERS)

    with pytest.raises(TypeError):
        answers["name"] = "x"  # type: ignore[index]
    answers.as_json()["people"].clear()
    assert len(answers["people"]) == 1


ITEMS = st.lists(st.dictionaries(st.text(max_size=3), st.none()), max_size=4)
VALUES = st.none() | st.booleans() | st.text(max_size=5) | ITEMS
FIELDS = st.sampled_from(["name", "rented", "area_sqm", "person.title", "owner_number"])


@given(st.dictionaries(st.sampled_from([*SHOP.by_id, "people", "stranger"]), VALUES, max_size=6))
def test_whatever_is_sent_gives_answers_or_problems(sent: dict[str, Any]) -> None:
    try:
        answers = form.check(SHOP, sent)
    except Problems as found:
        assert found.problems and all(problem.field for problem in found.problems)
    else:
        assert form.check(SHOP, answers) == answers


def test_a_page_of_a_browser_gives_that_pages_answers() -> None:
    fields = {"name": ["ครัวคุณย่า"], "rented": "yes", "lease": "f1", "area_sqm": "๓๐๐", "csrf": "x", "owner_number": ""}

    answers = form.check_page(SHOP, "page", fields, attachments={"f1": "application/pdf"})

    assert dict(answers) == {"name": "ครัวคุณย่า", "rented": True, "lease": "f1", "area_sqm": 300}


def test_a_wrong_page_names_its_fields_as_on_the_page() -> None:
    with pytest.raises(Problems) as found:
        form.check_page(SHOP, "people", {"person.title": "นาง", "person.first_name": "มาลี", "trained": "no"})

    assert [problem.field for problem in found.value.problems] == ["person.last_name", "person.thai_id"]


def test_a_page_that_does_not_apply_asks_nothing() -> None:
    answers = form.check_page(SHOP, "big", {"big_plan": "ขยาย"}, answers={"area_sqm": 100})

    assert dict(answers) == {} and answers.dropped == ("big_plan",)


@given(st.dictionaries(FIELDS, st.text() | st.lists(st.text())))
def test_whatever_a_browser_sends_gives_answers_or_problems(fields: dict[str, Any]) -> None:
    for page in SHOP.pages:
        try:
            form.check_page(SHOP, page.id, fields)
        except Problems as found:
            assert found.problems


def test_a_summary_masks_what_is_personal_until_told_otherwise() -> None:
    answers = form.check(SHOP, ANSWERS | {"owner_number": "1999900000013"})

    assert form.summary(SHOP, answers, "th") == [
        (
            "หน้า",
            [
                ("ชื่อร้าน", "ครัวคุณย่า"),
                ("ข้อ rented", "ไม่ได้เช่า"),
                ("ข้อ area_sqm", "150.5 ตารางเมตร"),
                ("ข้อ owner_number", "x-xxxx-xxxxx-01-3"),
            ],
        ),
        ("ผู้สัมผัสอาหาร 1/1", [("ข้อ person", "นางมาลี ใจดี (x-xxxx-xxxxx-01-3)"), ("ข้อ trained", "ไม่ใช่")]),
    ]
    assert "1-9999-00000-01-3" in str(form.summary(SHOP, answers, "en", masked=False))


def test_a_summary_says_what_was_not_stated() -> None:
    (first, *_) = form.sections(SHOP, form.check(SHOP, ANSWERS), "en")

    assert first.rows[3] == ("owner_number", "Point owner_number", "Not stated")


def test_what_is_printed_has_both_labels_and_no_number_of_a_person() -> None:
    assert form.printed(SHOP, form.check(SHOP, ANSWERS)) == [
        ("name", "ชื่อร้าน", "Shop name", "ครัวคุณย่า"),
        ("area_sqm", "พื้นที่", "Area", "150.5 ตารางเมตร"),
        ("people[0].person", "ผู้สัมผัสอาหาร", "Food handler", "นางมาลี ใจดี"),
    ]


def test_prefilled_answers_are_checked_and_what_does_not_fit_is_asked() -> None:
    asked = a_form(
        a_page(
            a_question("area_sqm", "decimal", prefill="entry.area"),
            a_question("phone", "phone", prefill="account.phone"),
            a_question("company", "fact", prefill="company.name_th"),
        )
    )

    found = form.prefilled(asked, {"entry.area": "350", "account.phone": "none", "company.name_th": "บริษัท ก"})

    assert found == {"area_sqm": 350, "company": "บริษัท ก"}


def test_the_json_schema_takes_the_answers_and_has_titles_in_both_languages() -> None:
    schema = form.json_schema(SHOP)

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(form.check(SHOP, ANSWERS).as_json())
    assert schema["required"] == ["name", "rented", "area_sqm", "people"]
    assert schema["properties"]["name"]["title"] == "ชื่อร้าน"
    assert schema["properties"]["name"]["x-title-en"] == "Shop name"
    assert not Draft202012Validator(schema).is_valid(ANSWERS | {"stranger": 1})


def test_the_model_reads_answers_and_refuses_wrong_ones() -> None:
    model = form.model(SHOP)

    read_back = model.model_validate(ANSWERS)

    assert read_back.area_sqm == 150.5  # type: ignore[attr-defined]
    assert read_back.people[0].person.first_name == "มาลี"  # type: ignore[attr-defined]
    for wrong in (
        {"area_sqm": -1},
        {"stranger": 1},
        {"people": [{"person": MALI | {"thai_id": "1"}, "trained": False}]},
    ):
        with pytest.raises(ValidationError):
            model.model_validate(ANSWERS | wrong)


def test_there_is_no_form_of_a_strange_name() -> None:
    for name in ("no-such-form", "../blocks/applicant", "", "food-sale-large.toml"):
        with pytest.raises(KeyError):
            form.load(name)


def test_a_form_is_read_once() -> None:
    assert form.load("food-sale-large") is form.load("food-sale-large")


@pytest.mark.parametrize(
    "page, fault",
    [
        (a_page(a_question("a", "text"), a_question("a", "text")), "asked twice: a"),
        (a_page(a_question("a", "text"), columns=2), "no key columns"),
        (a_page(a_question("a", "text"), each={"name": TH_EN, "min": 3, "max": 2}), "min before max"),
        (a_page(a_question("a", "text"), each={"name": TH_EN, "most": 2}), "no key most"),
        ({"block": "no-such-block"}, "no block"),
        ({"block": "applicant", "only": ["fax"]}, "no question fax"),
        ({"block": "applicant", "id": "x"}, "no key id"),
        ({"block": "vehicles", "only": []}, "nothing is left"),
    ],
)
def test_a_page_outside_the_vocabulary_is_a_fault(page: dict[str, Any], fault: str) -> None:
    with pytest.raises(DefinitionFault, match=fault):
        a_form(page)


def test_a_block_may_be_used_twice_under_prefixes() -> None:
    asked = a_form({"block": "building"}, {"block": "building", "prefix": "store_", "title": called("โกดัง", "Store")})

    own = {"place_right": "own", "title_deed_no": "1"}
    answers = form.check(asked, own | {"store_place_right": "own", "store_title_deed_no": "2", "title_deed_no": "1"})

    assert [page.id for page in asked.pages] == ["building", "store_building"]
    assert answers["store_title_deed_no"] == "2"
    assert form.faults(asked) == []


def test_a_block_gives_only_what_is_asked_of_it_and_takes_more_questions() -> None:
    asked = a_form({"block": "applicant", "only": ["contact_email"], "question": [a_question("fax", "text")]})

    assert list(asked.by_id) == ["contact_email", "fax"]


def test_a_condition_that_looks_ahead_or_at_nothing_is_found() -> None:
    asked = a_form(
        a_page(
            a_question("a", "text", when={"question": "b", "is": 1}),
            a_question("b", "text", when={"any": [{"not": {"question": "c", "is": 1}}]}),
        )
    )

    assert [fault.split(": ", 1)[1] for fault in form.faults(asked)] == [
        "a: looks at b, which is not asked before it",
        "b: looks at c, which is not asked before it",
    ]


@pytest.mark.parametrize(
    "when, answers, holds",
    [
        ({"question": "a", "is": True}, {"a": True}, True),
        ({"question": "a", "is": True}, {}, False),
        ({"not": {"question": "a", "is": True}}, {}, True),
        ({"question": "a", "in": ["x", "y"]}, {"a": "y"}, True),
        ({"question": "a", "in": ["x", "y"]}, {"a": ["z", "x"]}, True),
        ({"question": "a", "is": "x"}, {"a": ["z", "x"]}, True),
        ({"question": "a", "is": "x"}, {"a": ["z"]}, False),
        ({"question": "a", "more_than": 200}, {"a": 200}, False),
        ({"question": "a", "more_than": 200}, {"a": 200.5}, True),
        ({"question": "a", "more_than": 200}, {"a": "300"}, False),
        ({"question": "p.province_code", "is": "10"}, {"p": {"province_code": "10"}}, True),
        ({"question": "p.province_code", "is": "10"}, {"p": "10"}, False),
        ({"all": [{"question": "a", "is": 1}, {"question": "b", "is": 2}]}, {"a": 1, "b": 2}, True),
        ({"all": [{"question": "a", "is": 1}, {"question": "b", "is": 2}]}, {"a": 1}, False),
        ({"any": [{"question": "a", "is": 1}, {"question": "b", "is": 2}]}, {"b": 2}, True),
    ],
)
def test_a_condition_holds_when_its_words_say_so(when: dict[str, Any], answers: dict[str, Any], holds: bool) -> None:
    (asked,) = a_form(a_page(a_question("q", "text", when=when))).by_id.values()

    assert asked.applies(answers) is holds


@pytest.mark.parametrize(
    "when",
    [{}, {"question": "a"}, {"question": "a", "is": 1, "in": [1]}, {"all": []}, {"xor": []}, "a == 1", [], {"not": []}],
)
def test_a_condition_outside_the_language_is_a_fault(when: Any) -> None:
    with pytest.raises(DefinitionFault, match="does not understand"):
        a_form(a_page(a_question("q", "text", when=when)))


def test_a_form_says_whether_somebody_has_read_it_against_the_act() -> None:
    raw = {"title": {"th": "คำขอ", "en": "Application"}, "law": "a law", "page": [{"block": "declarations"}]}

    assert not read("written", raw).provisional
    assert read("not-yet", raw | {"provisional": True}).provisional
