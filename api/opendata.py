"""What the open data are, in the words of the data catalogue; and the headers of an issued document. Pure."""

import base64
from typing import Any
from urllib.parse import urlsplit


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
        ]
        + [{"name": "daily-files", "format": "JSON", "url": f"{public_url}/api/v1/register/days"}],
    }


def document_headers(licence_number: str, sha256: str) -> dict[str, str]:
    """The headers of an issued document: its name, and its digest for whoever checks on the way (RFC 9530)."""
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    return {
        "Content-Disposition": f'inline; filename="{licence_number}.pdf"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "ETag": f'"{sha256}"',
    }
