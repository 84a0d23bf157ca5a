"""The register as open data: CSV for spreadsheets, JSON Lines for programs, XML for offices.

The door writes it as it is asked for, and the process with the keys writes each day's files the same way.
"""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any, Literal
from xml.etree import ElementTree

from pydantic_core import to_jsonable_python

from licences import register as book
from records.register import Published

Format = Literal["csv", "jsonl", "xml"]
MEDIA_TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
}
BOM = "\ufeff"  # spreadsheets read Thai only with it
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "seq", "licence_number", "kind", "licence", "title_th", "title_en", "agency", "holder_kind", "holder_name",
    "holder_id", "granted_on", "valid_from", "valid_until", "document_sha256", "entered_at", "previous_hash", "hash",
)  # fmt: skip


def head(form: Format) -> str:
    """What stands before the first line."""
    heads = {"csv": BOM + _row(COLUMNS), "xml": '<?xml version="1.0" encoding="UTF-8"?>\n<register>\n'}
    return heads.get(form, "")


def tail(form: Format) -> str:
    """What stands after the last line."""
    return "</register>\n" if form == "xml" else ""


def line(form: Format, published: Published) -> str:
    """One entry. In JSON Lines `body` is what its hash covers, so that anybody can check the chain."""
    if form == "csv":
        return _row(_columns(published))
    if form == "xml":
        return _element(published)
    body = json.loads(book.canonical(published.body))
    said = {"body": body, "previous_hash": published.previous_hash, "hash": published.hash}
    return json.dumps(said, ensure_ascii=False, sort_keys=True) + "\n"


def _columns(published: Published) -> list[str]:
    flat = _flat(published)
    return [_safe(str(flat.get(name) if flat.get(name) is not None else "")) for name in COLUMNS]


def _element(published: Published) -> str:
    flat, entry = _flat(published), ElementTree.Element("entry")
    for name in COLUMNS:
        if (value := flat.get(name)) is not None:
            ElementTree.SubElement(entry, name).text = str(value)
    return ElementTree.tostring(entry, encoding="unicode") + "\n"


def _flat(published: Published) -> dict[str, Any]:
    body: dict[str, Any] = to_jsonable_python(published.body)
    facts = body["facts"]
    title, holder = facts.get("title") or {}, facts.get("holder") or {}
    return body | {
        "title_th": title.get("th"),
        "title_en": title.get("en"),
        "holder_name": holder.get("name"),
        "holder_id": holder.get("juristic_id") or holder.get("id"),
        "granted_on": facts.get("granted_on"),
        "previous_hash": published.previous_hash,
        "hash": published.hash,
    }


def _safe(text: str) -> str:
    """A name that a spreadsheet would take for a formula stays a text."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _row(values: tuple[str, ...] | list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(values)
    return written.getvalue()
