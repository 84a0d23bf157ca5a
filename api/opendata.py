"""The register as open data: CSV for spreadsheets, JSON Lines for programs, XML for offices; and its description.

Pure; the door and `bizportal register export` both write it.
"""

import base64
import csv
import io
import json
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit
from xml.etree import ElementTree

from fastapi.encoders import jsonable_encoder

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


def metadata(public_url: str) -> dict[str, Any]:
    """The register as the Government Data Catalog describes a dataset (thai-rules 8.1); its words are the Thai ones."""
    address = f"{public_url}/api/v1/register/export"
    return {
        "name": "business-licence-register",
        "title": "ทะเบียนใบอนุญาตประกอบธุรกิจ",
        "notes": "ใบอนุญาตทุกรายการที่ออกหรือเปลี่ยนแปลงในระบบ ตามมาตรา 13 แห่ง พ.ร.บ. การปฏิบัติราชการทางอิเล็กทรอนิกส์ พ.ศ. 2565",
        "data_type": "ข้อมูลระเบียน",
        "maintainer": "Biz Portal",
        "maintainer_email": f"register@{urlsplit(public_url).hostname}",
        "tag_string": "ใบอนุญาต,ทะเบียน,licence,register",
        "objective": ["กฎหมายที่เกี่ยวข้อง", "เพื่อการให้บริการประชาชน"],
        "update_frequency_unit": "ตามเวลาจริง",
        "geo_coverage": "ประเทศ",
        "data_source": public_url,
        "data_format": ["CSV", "JSON", "XML"],
        "data_category": "ข้อมูลสาธารณะ",
        "data_collect": "บริษัท/ห้างร้าน/สถานประกอบการ",
        "license_id": "Creative Commons Attributions",
        "data_language": ["ไทย"],
        "allow_harvest": "True",
        "url": f"{public_url}/register",
        "resources": [
            {"name": f"register.{form}", "format": label, "url": f"{address}?format={form}"}
            for form, label in (("csv", "CSV"), ("jsonl", "JSON"), ("xml", "XML"))
        ],
    }


def _flat(published: Published) -> dict[str, Any]:
    body: dict[str, Any] = jsonable_encoder(published.body)
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


def document_headers(licence_number: str, sha256: str) -> dict[str, str]:
    """The headers of an issued document: its name, and its digest for whoever checks on the way (RFC 9530)."""
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    return {
        "Content-Disposition": f'inline; filename="{licence_number}.pdf"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "ETag": f'"{sha256}"',
    }
