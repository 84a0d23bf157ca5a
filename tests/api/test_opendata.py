"""The register as open data. Pure."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest

from api import opendata
from records import opendata as forms
from records.register import Published

PUBLISHED = Published(
    body={
        "seq": 1,
        "licence_number": "LAO-2569-0000001-L",
        "kind": "grant",
        "licence": "x",
        "agency": "lao",
        "holder_kind": "juristic",
        "valid_from": date(2026, 11, 20),
        "valid_until": None,
        "document_sha256": "ab",
        "entered_at": datetime(2026, 11, 20, tzinfo=UTC),
        "facts": {"title": {"th": "ใบ", "en": "L"}, "holder": {"name": "=cmd()", "id": "0107999000018"}},
    },
    previous_hash="0",
    hash="1",
)


def test_a_table_has_one_line_for_each_entry_and_no_formulas() -> None:
    text = forms.head("csv") + forms.line("csv", PUBLISHED)

    head, row = csv.reader(io.StringIO(text.removeprefix(forms.BOM)))
    said = dict(zip(head, row, strict=True))
    assert text.startswith("\ufeff")
    assert said["holder_name"] == "'=cmd()" and said["holder_id"] == "0107999000018"
    assert (said["title_th"], said["valid_until"], said["seq"]) == ("ใบ", "", "1")


def test_a_line_of_json_holds_what_the_hash_covers() -> None:
    said = json.loads(forms.line("jsonl", PUBLISHED))

    assert forms.head("jsonl") == ""
    assert said["body"]["facts"]["title"]["th"] == "ใบ"
    assert (said["previous_hash"], said["hash"]) == ("0", "1")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@a", "\tx"])
def test_what_a_spreadsheet_would_run_stays_a_text(name: str) -> None:
    assert forms._safe(name) == f"'{name}"


def test_a_document_says_its_digest_twice() -> None:
    said = opendata.document_headers("LAO-1", "00" * 32)

    assert said["ETag"] == f'"{"00" * 32}"' and said["Repr-Digest"].startswith("sha-256=:AAAA")
