"""Addresses and persons: questions made of several."""

from typing import Any

import geothai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import places
from forms.errors import Problems
from forms.question import Context, Question
from forms.questions import question

KHLONG_TOEI = {"house_no": "99/1", "postcode": "10110", "subdistrict_code": "103301"}
SUTHEP = {"house_no": "1", "moo": "2", "postcode": "50200", "subdistrict_code": "500108"}
SUBDISTRICTS = [
    found.code
    for province in geothai.provinces()
    for district in geothai.districts(province.code)
    for found in geothai.subdistricts(district.code)
]


def a_question(kind: str, **keys: Any) -> Question:
    title = {"th": "ที่ตั้งร้าน", "en": "Shop address"}
    return question({"id": "premises", "kind": kind, "title": title} | keys, "a test")


def answer(asked: Question, value: Any) -> Any:
    return asked.kind.check(asked, value, asked.id, Context())


def refused(asked: Question, value: Any) -> dict[str, str]:
    with pytest.raises(Problems) as found:
        answer(asked, value)
    return {problem.field: problem.th for problem in found.value.problems}


def test_an_address_keeps_the_codes_and_the_names_of_its_place() -> None:
    assert answer(a_question("address"), KHLONG_TOEI) == KHLONG_TOEI | {
        "subdistrict": "คลองเตย",
        "district_code": "1033",
        "district": "คลองเตย",
        "province_code": "10",
        "province": "กรุงเทพมหานคร",
    }


@given(st.sampled_from(SUBDISTRICTS))
def test_every_subdistrict_of_the_country_can_be_an_address_and_stays_the_same_when_checked_again(code: str) -> None:
    found = places.by_code(code)
    assert found
    sent = {"house_no": "๑๒/๓", "postcode": found.subdistrict.postal_codes[-1], "subdistrict_code": code}
    asked = a_question("address")

    taken = answer(asked, sent)

    assert answer(asked, taken) == taken
    assert found.province.name_th in asked.kind.show(asked, taken, "th")
    assert found.province.name_en in asked.kind.show(asked, taken, "en")
    assert code in [place.subdistrict.code for place in places.of_postcode(sent["postcode"])]


@pytest.mark.parametrize(
    "value, th, en",
    [
        (
            KHLONG_TOEI | {"road": "พระรามที่ 4", "soi": "ซอยสุขใจ", "building": "อาคารเอ", "floor": "ชั้น 2"},
            "เลขที่ 99/1 ชั้น 2 อาคารเอ ซอยสุขใจ ถนนพระรามที่ 4 แขวงคลองเตย เขตคลองเตย กรุงเทพมหานคร 10110",
            "99/1, Floor ชั้น 2, อาคารเอ Building, Soi ซอยสุขใจ, พระรามที่ 4 Road, Khlong Toei, Khlong Toei, Bangkok 10110",
        ),
        (
            SUTHEP | {"road": "ห้วยแก้ว"},
            "เลขที่ 1 หมู่ที่ 2 ถนนห้วยแก้ว ตำบลสุเทพ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่ 50200",
            "1, Moo 2, ห้วยแก้ว Road, Suthep, Mueang Chiang Mai, Chiang Mai 50200",
        ),
    ],
)
def test_an_address_reads_as_the_post_office_writes_it(value: dict[str, str], th: str, en: str) -> None:
    asked = a_question("address")
    taken = answer(asked, value)

    assert asked.kind.show(asked, taken, "th") == th
    assert asked.kind.show(asked, taken, "en") == en


def test_a_postcode_from_elsewhere_is_refused_with_the_right_one() -> None:
    wrong = refused(a_question("address"), KHLONG_TOEI | {"postcode": "50200"})

    assert wrong == {
        "premises.postcode": "ที่ตั้งร้าน: รหัสไปรษณีย์ 50200 ไม่ใช่ของแขวงคลองเตย เขตคลองเตย กรุงเทพมหานคร "
        "ใช้ 10110 หรือเลือกตำบล/แขวงใหม่"
    }


def test_a_place_may_be_named_instead_of_coded() -> None:
    sent = {"house_no": "1", "postcode": "50200", "subdistrict": "ต.สุเทพ", "district": "อ.เมือง", "province": "เชียงใหม่"}

    assert answer(a_question("address"), sent)["subdistrict_code"] == "500108"


def test_a_name_that_fits_several_places_is_not_guessed() -> None:
    assert "premises.subdistrict_code" in refused(a_question("place"), {"subdistrict": "วังทอง"})


def test_a_district_that_is_not_the_subdistricts_is_refused() -> None:
    assert "premises.district" in refused(a_question("address"), KHLONG_TOEI | {"district": "บางรัก"})
    assert "premises.province_code" in refused(a_question("address"), KHLONG_TOEI | {"province_code": "50"})


def test_every_part_that_is_missing_is_named() -> None:
    assert refused(a_question("address"), {"road": "สุขุมวิท"}) == {
        "premises.house_no": "ที่ตั้งร้าน: กรอกเลขที่",
        "premises.postcode": "ที่ตั้งร้าน: กรอกรหัสไปรษณีย์",
        "premises.subdistrict_code": "ที่ตั้งร้าน: เลือกตำบล/แขวง",
    }


def test_an_address_may_be_bound_to_provinces() -> None:
    asked = a_question("address", provinces=["10", "12"])

    assert answer(asked, KHLONG_TOEI)["province_code"] == "10"
    assert refused(asked, SUTHEP) == {"premises.subdistrict_code": "ที่ตั้งร้านต้องอยู่ในกรุงเทพมหานคร นนทบุรี"}


def test_a_private_address_is_masked_down_to_the_subdistrict() -> None:
    asked = a_question("address", sensitive=True)

    assert asked.kind.masked(asked, answer(asked, KHLONG_TOEI), "th") == "แขวงคลองเตย เขตคลองเตย กรุงเทพมหานคร"


def test_the_fields_of_a_page_become_an_address() -> None:
    asked = a_question("address")
    fields = {"premises.house_no": "99/1", "premises.postcode": "๑๐๑๑๐", "premises.subdistrict_code": "103301"}
    fields |= {"premises.road": " ", "csrf": "x"}

    assert answer(asked, asked.kind.from_fields(asked, fields, asked.id))["postcode"] == "10110"


PERSON = {"title": "นางสาว", "first_name": "มาลี", "last_name": "ใจดี"}


def test_a_person_is_shown_by_name_with_the_number_masked() -> None:
    asked = a_question("person", identity="thai-id")
    taken = answer(asked, PERSON | {"thai_id": "1-9999-00000-01-3"})

    assert asked.kind.show(asked, taken, "th") == "นางสาวมาลี ใจดี (1-9999-00000-01-3)"
    assert asked.kind.masked(asked, taken, "th") == "นางสาวมาลี ใจดี (x-xxxx-xxxxx-01-3)"
    assert asked.kind.printed(asked, taken, "th") == "นางสาวมาลี ใจดี"


@pytest.mark.parametrize("name", ["<b>มาลี</b>", "มาลี1", "{{ x }}", "...", "a@b", "=1+1", "฿"])
def test_a_name_has_letters_and_no_markup(name: str) -> None:
    assert list(refused(a_question("person"), PERSON | {"first_name": name})) == ["premises.first_name"]


@pytest.mark.parametrize("name", ["มาลี", "O'Brien", "ณ อยุธยา", "Anne-Marie", "ม.ร.ว. มาลี", "Søren", "李"])
def test_names_of_all_the_world_are_names(name: str) -> None:
    assert answer(a_question("person"), PERSON | {"last_name": name})["last_name"] == name


def test_a_foreigner_gives_a_passport_and_nobody_gives_both() -> None:
    asked = a_question("person", identity="thai-id-or-passport")

    assert answer(asked, PERSON | {"passport_no": "aa 123-4567"})["passport_no"] == "AA1234567"
    both = PERSON | {"passport_no": "AA1234567", "thai_id": "1999900000013"}
    assert list(refused(asked, both)) == ["premises.thai_id"]
    assert list(refused(asked, PERSON)) == ["premises.thai_id"]


def test_a_number_that_is_not_asked_for_is_not_taken() -> None:
    assert list(refused(a_question("person"), PERSON | {"thai_id": "1999900000013"})) == ["premises.thai_id"]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("1 หมู่ที่ 2 ตำบลสุเทพ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่", SUTHEP),
        ("บ้านเลขที่ ๑ ม.๒ ต.สุเทพ อ.เมือง จ.เชียงใหม่ ๕๐๒๐๐", SUTHEP),
        ("1#หมู่ที่ 2####ตำบลสุเทพ#อำเภอเมืองเชียงใหม่#จังหวัดเชียงใหม่", SUTHEP),
        (
            "99/1 ซอยสุขุมวิท 71 ถนนพระราม 4 แขวงคลองเตย เขตคลองเตย กรุงเทพมหานคร",
            KHLONG_TOEI | {"soi": "สุขุมวิท 71", "road": "พระราม 4"},
        ),
    ],
)
def test_an_address_as_cards_write_it_is_read_into_an_answer(line: str, parts: dict[str, str]) -> None:
    read = places.read_address(line)

    assert read == parts
    assert answer(a_question("address"), read)["province"] in line


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ตำบลสุเทพ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่",
        "1 อาคารตัวอย่าง ตำบลสุเทพ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่",
        "1 ซอย 3 หมู่บ้านตัวอย่าง ตำบลสุเทพ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่",
        "1 ตำบลสุเทพ อำเภอแม่ริม จังหวัดเชียงใหม่",
        "1 ตำบลสุเทพ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่ 10110",
        "1 ตำบลสุเทพ จังหวัดเชียงใหม่",
        "1 " * 149,
    ],
)
def test_an_address_that_leaves_something_to_guess_is_not_read(line: str) -> None:
    assert places.read_address(line) == {}


@given(st.text(alphabet="1 /ตำบล.อเขตจ#หมู่ที่ซยถนน", max_size=300))
def test_any_line_is_read_or_not_and_breaks_nothing(line: str) -> None:
    places.read_address(line)
