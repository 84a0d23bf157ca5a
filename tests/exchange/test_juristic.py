"""The company register: what its answer says, and what is refused to be read."""

import hashlib
import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exchange.bank import BANGKOK
from exchange.counterparts import GDX_AGENT_ID, GDX_CONSUMER_KEY, GDX_CONSUMER_SECRET, people
from exchange.counterparts.running import Offices
from exchange.errors import OfficeDown
from exchange.gdx import Gdx
from exchange.juristic import PATH, Director, be_date, company, read_company

AT = datetime(2026, 11, 20, 9, 30, tzinfo=BANGKOK)
TODAY = AT.date()


@pytest.fixture
async def gdx(offices: Offices) -> AsyncIterator[Gdx]:
    ours = Gdx(offices.url("dbd"), GDX_CONSUMER_KEY, GDX_CONSUMER_SECRET, GDX_AGENT_ID)
    yield ours
    await ours.close()


async def test_a_company_is_read_whole(gdx: Gdx) -> None:
    found = (await company(gdx, "0105999000016", AT)).company

    assert found is not None
    assert found.full_name_th == "บริษัท ตัวอย่างค้าปลีก จำกัด"
    assert (found.kind, found.kind_th, found.kind_en) == ("5", "บริษัทจำกัด", "limited company")
    assert found.registered_on == date(2019, 8, 29)
    assert found.active
    assert found.capital_satang == 500_000_000
    assert (found.objective_code, found.objective) == ("47111", "ร้านค้าปลีกขนาดเล็กและร้านสะดวกซื้อ")
    assert found.directors == (Director("นาย", "สมชาย", "ใจดี", "K"), Director("นางสาว", "มาลี", "ศรีสุข", "K"))
    assert found.signing_text == "กรรมการสองคนลงลายมือชื่อร่วมกัน"
    assert (found.addresses[0].name, found.addresses[0].province) == ("สำนักงานใหญ่", "กรุงเทพมหานคร")
    assert found.addresses[0].building == ""


async def test_an_answer_is_its_own_evidence(gdx: Gdx) -> None:
    answer = await company(gdx, "0105999000016", AT)
    body = (await gdx.fetch(PATH, {"JuristicID": "0105999000016"})).body

    assert answer.digest == hashlib.sha256(body).hexdigest()
    assert (answer.service_version, answer.asked_at) == ("dbd-juristic-v4", AT)


@pytest.mark.parametrize(
    "number", [people.with_check_digit("010599900999"), "0994999000018", "1999900000013", "nonsense"]
)
async def test_a_number_the_register_does_not_know_is_no_error(gdx: Gdx, number: str) -> None:
    assert (await company(gdx, number, AT)).company is None


async def test_a_dissolved_company_is_not_active(gdx: Gdx) -> None:
    found = (await company(gdx, people.DISSOLVED_COMPANY.juristic_id, AT)).company

    assert found is not None
    assert not found.active
    assert found.status == people.DISSOLVED


async def test_two_partners_of_one_name_stay_two(gdx: Gdx) -> None:
    found = (await company(gdx, "0503999000029", AT)).company

    assert found is not None
    assert found.directors == (Director("นาย", "สมชาย", "ใจดี", "L"), Director("นาย", "สมชาย", "ใจดี", "K"))


async def test_a_date_of_the_wrong_era_is_not_believed(offices: Offices, gdx: Gdx) -> None:
    offices.fault("dbd", wrong=True)

    with pytest.raises(OfficeDown, match="2019"):
        await company(gdx, "0105999000016", AT)


async def test_an_answer_about_another_company_is_not_believed(offices: Offices, gdx: Gdx) -> None:
    offices.fault("dbd", wrong={"JuristicID": "0107999000018"})

    with pytest.raises(OfficeDown, match="another"):
        await company(gdx, "0105999000016", AT)


@given(st.dates(date(1857, 1, 1), date(2027, 12, 31)))
def test_a_buddhist_era_date_is_the_day_it_names(day: date) -> None:
    assert be_date(f"{day.year + 543}{day:%m%d}", TODAY) == day


@given(st.from_regex(re.compile(r"[0-9]{8}", re.ASCII), fullmatch=True))
def test_a_year_out_of_range_is_never_read(text: str) -> None:
    assume(not 2400 <= int(text[:4]) <= 2570)

    with pytest.raises(ValueError, match="year"):
        be_date(text, TODAY)


@pytest.mark.parametrize(
    "text", ["25621301", "25620230", "25620001", "2562-08-29", "256208", "", "๒๕๖๒๐๘๒๙", "25710101"]
)
def test_what_is_no_day_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"YYYYMMDD|year|month|day"):
        be_date(text, TODAY)


def test_a_leap_day_is_one_of_the_christian_year_beneath() -> None:
    assert be_date("25670229", TODAY) == date(2024, 2, 29)


def a_row(**other: Any) -> dict[str, Any]:
    return people.JOINT_COMPANY.information() | other


def test_what_the_register_leaves_empty_is_read_as_empty() -> None:
    row = a_row(CommitteeInformations=None, AuthorizeDescriptions=None, AddressInformations=None, JuristicName_EN=None)

    found = read_company({"ResultList": [row]}, row["JuristicID"], TODAY)

    assert found is not None
    assert (found.directors, found.signing_text, found.addresses, found.name_en) == ((), "", (), "")


def test_only_signing_notes_are_the_signing_text() -> None:
    notes = [{"Type": "M", "Description": "ไม่เกินทุน"}, {"Type": "L", "Description": "หุ้นส่วน  ผู้จัดการ"}]
    row = a_row(AuthorizeDescriptions=notes)

    found = read_company({"ResultList": [row]}, row["JuristicID"], TODAY)

    assert found is not None
    assert found.signing_text == "หุ้นส่วน ผู้จัดการ"
    assert [note.kind for note in found.notes] == ["M", "L"]


def test_directors_stand_in_the_registers_order() -> None:
    committee = [{"Sequence": n, "Title": "นาย", "FirstName": str(n), "LastName": "ก", "Type": "K"} for n in (10, 2, 1)]
    row = a_row(CommitteeInformations=committee)

    found = read_company({"ResultList": [row]}, row["JuristicID"], TODAY)

    assert found is not None
    assert [director.first for director in found.directors] == ["1", "2", "10"]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"ResultList": "x"},
        {"ResultList": [5]},
        {"ResultList": [{"JuristicID": "0105999000016"}]},
        {"ResultList": [a_row(RegisterCapital="5,000,000")]},
        {"ResultList": [a_row(CommitteeInformations=[{}])]},
    ],
)
def test_an_answer_of_another_shape_is_the_offices_trouble(data: dict[str, Any]) -> None:
    with pytest.raises(OfficeDown, match="unreadable"):
        read_company(data, "0105999000016", TODAY)
