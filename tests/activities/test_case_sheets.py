"""What the letters of cases say: what is ordered, why, and what may be done against it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from activities import case_sheets
from licences import acts, catalogue
from licences.acts import CaseStatus, Kind
from records.tables import Case

LAW = catalogue.load()
COURT, AGAINST_THE_ORDER = "Administrative Court", "to the official who made the order within 15 days"


def letter(kind: Kind, status: CaseStatus, **found: str) -> Any:
    case = Case(
        number="ACT-2569-0000001-2", act=kind.value, licence_number="LAO-2568-7000001-4", about="",
        holder_name="บริษัท ตัวอย่าง จำกัด", found=found, wanted={"reason": "ไม่ปรับปรุงตามคำสั่ง"},
        opened_as="holder" if kind in (Kind.REPLACEMENT, Kind.APPEAL) else "officer",
    )  # fmt: skip
    rules = acts.procedure(kind, LAW.licence("lao-food-sale-large"))
    return case_sheets.letter(
        case, rules, LAW.agency("lao"), status=status, reason="", signatory=("นางสาวมาลี ศรีสุข", "เจ้าหน้าที่"),
        made_at=datetime(2026, 11, 28, tzinfo=UTC), url="https://biz.example.go.th/cases/1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "status", "found", "says", "way_on"),
    [
        (Kind.SUSPENSION, CaseStatus.DONE, {"since": "2026-12-01"}, "as set out above", AGAINST_THE_ORDER),
        (Kind.REPLACEMENT, CaseStatus.REFUSED, {}, "refused, for these reasons", AGAINST_THE_ORDER),
        (Kind.CORRECTION, CaseStatus.REFUSED, {}, "refused, for these reasons", ""),
        (Kind.REPLACEMENT, CaseStatus.DONE, {}, "as set out above", ""),
        (Kind.APPEAL, CaseStatus.REFUSED, {}, "dismissed", COURT),
        (Kind.APPEAL, CaseStatus.DONE, {}, "reversed", ""),
        (Kind.APPEAL, CaseStatus.DONE, {"varied": "2026-12-05"}, "allowed in part", COURT),
    ],
)
def test_a_letter_says_what_is_ordered_and_what_may_be_done_against_it(
    kind: Kind, status: CaseStatus, found: dict[str, str], says: str, way_on: str
) -> None:
    sheet = letter(kind, status, **found)

    assert says in sheet["paragraphs"][0][1]
    assert way_on in sheet["appeal"][1] if way_on else sheet["appeal"] is None
