"""What each paper says: from facts and records to the sheet that `signing.document` draws.

Plain mappings with the fields of a sheet: the drawing tool is handed in by `worker.py`, so that no PDF library is met.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from licences.procedure import Agency, Appeal, Procedure, Text
from licences.thai import date_in_english, long_date

Sheet = dict[str, Any]
FACILITATION = "พ.ร.บ.การอำนวยความสะดวกในการพิจารณาอนุญาตของทางราชการ พ.ศ. 2558 ม.8 ม.9"


def row(th: str, en: str, value: str) -> dict[str, str]:
    """One line of particulars."""
    return {"label_th": th, "label_en": en, "value": value}


def licence(facts: Mapping[str, Any], agency: Agency, *, made_at: datetime, url: str) -> Sheet:
    """The licence itself: everything that the register will say, and the way to check it."""
    return {
        **head(
            "licence",
            agency,
            facts["title"]["th"],
            facts["title"]["en"],
            facts["licence_number"],
            facts["law"],
            made_at,
        ),
        "rows": [
            *_holder_rows(facts),
            *(_item_row(item) for item in facts["particulars"]),
            *_period_rows(facts),
            *_office_rows(facts),
        ],
        "conditions": list(facts["conditions"]),
        "qr": url,
        "record": dict(facts),
    }


def acknowledgement(
    procedure: Procedure, agency: Agency, number: str, entered_at: datetime, received_at: datetime, due_on: date,
    digest: str, url: str,
) -> Sheet:  # fmt: skip
    """The receipt of an application, with both times (E-Government Act s.10). Holds no word of the applicant's."""
    record = {
        "number": number,
        "procedure": f"{procedure.licence}/{procedure.operation}",
        "definition": procedure.version,
        "entered_at": entered_at.isoformat(),
        "received_at": received_at.isoformat(),
        "due_on": due_on.isoformat(),
        "answers_sha256": digest,
        "agency": agency.code,
    }
    return {
        **head(
            "acknowledgement", agency, "ใบรับคำขอ", "Acknowledgement of application", number, procedure.law, entered_at
        ),
        "rows": [
            row("เรื่อง", "Service", procedure.title.th),
            row("กำหนดพิจารณาแล้วเสร็จ", "To be decided by", long_date(due_on)),
            row("ลายนิ้วมือของคำขอ (SHA-256)", "Digest of the application (SHA-256)", digest),
        ],
        "entered_at": entered_at,
        "received_at": received_at,
        "qr": url,
        "record": record,
    }


def refusal(
    procedure: Procedure, agency: Agency, number: str, *, reason: str, signatory: tuple[str, str],
    made_at: datetime, url: str,
) -> Sheet:  # fmt: skip
    """A refusal: reasons, the provision, and how to appeal (Administrative Procedure Act ss.36, 37, 40)."""
    appeal = procedure.appeal
    body = (
        f"ตามที่ท่านได้ยื่นคำขอเลขที่ {number} เรื่อง {procedure.title.th} นั้น พิจารณาแล้วไม่อนุญาต ด้วยเหตุผลดังนี้",
        f"Your application {number}, {procedure.title.en}, has been considered and is refused for these reasons.",
    )
    return {
        **head("letter", agency, "แจ้งผลการพิจารณา: ไม่อนุญาต", "Decision: refused", number, procedure.law, made_at),
        "paragraphs": [body],
        "conditions": lines(reason),
        "appeal": (_appeal_th(appeal.to.th, appeal.days), _appeal_en(appeal.to.en, appeal.days)),
        "signatory": signatory,
        "qr": url,
        "record": {"number": number, "decision": "refused", "law": procedure.law, "agency": agency.code},
    }


def returned(
    procedure: Procedure, agency: Agency, number: str, *, items: list[str], made_at: datetime, url: str
) -> Sheet:
    """An application handed back because it was not completed in time (Licensing Facilitation Act s.9)."""
    appeal = procedure.appeal
    body = (
        f"คำขอเลขที่ {number} เรื่อง {procedure.title.th} ยังไม่ครบถ้วนเมื่อพ้นกำหนดที่แจ้งไว้ จึงขอคืนคำขอ ท่านยื่นใหม่ได้ทุกเมื่อ",
        f"Application {number}, {procedure.title.en}, was not completed in the time given and is returned. "
        "You may file again at any time.",
    )
    return {
        **head("letter", agency, "คืนคำขอ", "Application returned", number, procedure.law, made_at),
        "paragraphs": [body],
        "conditions": [line for item in items for line in lines(item)],
        "appeal": (_appeal_th(appeal.to.th, appeal.days), _appeal_en(appeal.to.en, appeal.days)),
        "qr": url,
        "record": {"number": number, "decision": "returned", "law": procedure.law, "agency": agency.code},
    }


def defects(
    procedure: Procedure, agency: Agency, number: str, *, items: Sequence[tuple[Text, Mapping[str, Any]]], reason: str,
    officer: str, applicant: str, holder: str, made_at: datetime, url: str,
) -> Sheet:  # fmt: skip
    """The joint record of what is missing or wrong, for both sides (Licensing Facilitation Act ss.8, 9)."""
    last = max(date.fromisoformat(one["by"]) for _, one in items)
    return {
        **head("defects", agency, "บันทึกความบกพร่องของคำขอ", "Joint record of defects", number, FACILITATION, made_at),
        "rows": [
            row("เรื่อง", "Service", procedure.title.th),
            row("ผู้ขออนุญาต", "Applicant", holder),
            row("เจ้าหน้าที่ผู้ตรวจคำขอ", "Checked by", officer),
            row("แก้ไขและส่งให้ครบภายใน", "Complete by", long_date(last)),
        ],
        "conditions": lines(reason),
        "defects": [
            {
                "title_th": title.th,
                "title_en": title.en,
                "wrong": one_line(one["wrong"]),
                "wanted": one_line(one["wanted"]),
                "by": long_date(date.fromisoformat(one["by"])),
            }
            for title, one in items
        ],
        "paragraphs": [_only_these(), _or_else(last)],
        "parties": ((officer, "เจ้าหน้าที่ / Officer"), (applicant or holder, "ผู้ยื่นคำขอ / Applicant")),
        "qr": url,
        "record": {
            "number": number,
            "decision": "defects",
            "law": FACILITATION,
            "items": [dict(one) for _, one in items],
            "agency": agency.code,
        },
    }


def _only_these() -> tuple[str, str]:
    return (
        "เมื่อแก้ไขหรือส่งเพิ่มครบตามบันทึกนี้แล้ว เจ้าหน้าที่จะเรียกเอกสารเพิ่มเติมอีก หรือปฏิเสธเพราะเอกสารไม่ครบไม่ได้ (มาตรา 8)",
        "Once all of this is answered, nothing more may be asked for, nor may it be refused as incomplete (s.8).",
    )


def _or_else(last: date) -> tuple[str, str]:
    return (
        f"หากไม่แก้ไขหรือไม่ส่งให้ครบภายในวันที่ {long_date(last)} เจ้าหน้าที่จะคืนคำขอพร้อมแจ้งเหตุผลเป็นหนังสือ "
        "ท่านอุทธรณ์การคืนคำขอหรือยื่นคำขอใหม่ได้ (มาตรา 9)",
        f"If it is not complete by {date_in_english(last)}, it is returned with a letter that says why: you may "
        "appeal, or file again (s.9).",
    )


def completed(
    procedure: Procedure, agency: Agency, number: str, *, facts: Mapping[str, Any], made_at: datetime, url: str
) -> Sheet:
    """What was asked for is done, and nothing comes into the register: a copy, a payment."""
    body = (
        f"ตามที่ท่านได้ยื่นคำขอเลขที่ {number} เรื่อง {procedure.title.th} นั้น ได้ดำเนินการให้แล้ว ตามรายการข้างต้น",
        f"Your application {number}, {procedure.title.en}, has been carried out as set out above.",
    )
    on = date.fromisoformat(facts["granted_on"])
    return {
        **head("letter", agency, "หนังสือแจ้งผลการดำเนินการ", "Confirmation", number, procedure.law, made_at),
        "rows": [
            *_holder_rows(facts, "ผู้ยื่นคำขอ", "Applicant"),
            *(_item_row(item) for item in facts["particulars"]),
            row("วันที่ดำเนินการ", "Done on", long_date(on)),
            *_office_rows(facts),
        ],
        "paragraphs": [body],
        "qr": url,
        "record": {
            "number": number,
            "procedure": f"{procedure.licence}/{procedure.operation}",
            "definition": procedure.version,
            "particulars": list(facts["particulars"]),
            "completed_on": facts["granted_on"],
            "agency": agency.code,
        },
    }


def one_line(text: str) -> str:
    """The same as the one line that a cell of a paper has."""
    return "; ".join(lines(text))


def lines(text: str) -> list[str]:
    """A text that people wrote, as the lines of a letter: a paper takes no line breaks inside a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def appeal_of(way: Appeal) -> tuple[str, str]:
    """How to appeal, in both languages."""
    return _appeal_th(way.to.th, way.days), _appeal_en(way.to.en, way.days)


def _appeal_th(to: str, days: int) -> str:
    """The sentence that every appealable order must carry (Administrative Procedure Act s.40)."""
    return f"ถ้าหากท่านประสงค์จะอุทธรณ์หรือโต้แย้งคำสั่งนี้ ให้ยื่นอุทธรณ์หรือโต้แย้งคำสั่งดังกล่าวต่อ{to} ภายใน {days} วัน นับแต่วันที่รับทราบคำสั่งนี้"


def _appeal_en(to: str, days: int) -> str:
    to = f"the {to.removeprefix('The ')}" if to.startswith("The ") else to
    return f"You may appeal against this order to {to} within {days} days of being notified of it."


def head(template: str, agency: Agency, th: str, en: str, number: str, law: str, made_at: datetime) -> Sheet:
    """What stands at the head of every paper, and the lists that are empty unless said otherwise."""
    return {
        "template": template,
        "lang_digits": agency.digits,
        "title_th": th,
        "title_en": en,
        "agency_code": agency.code,
        "agency_th": agency.title.th,
        "agency_en": agency.title.en,
        "number": number,
        "law": law,
        "rows": [],
        "paragraphs": [],
        "conditions": [],
        "made_at": made_at,
    }


def _holder_rows(facts: Mapping[str, Any], th: str = "ผู้รับใบอนุญาต", en: str = "Holder") -> list[dict[str, str]]:
    holder = facts["holder"]
    number = (
        ("เลขทะเบียนนิติบุคคล", "Juristic number") if holder["kind"] == "juristic" else ("เลขประจำตัว", "Personal number")
    )
    return [row(th, en, holder["name"]), row(*number, holder["id"])]


def _office_rows(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """The local authority or provincial office that granted, where the seal is a whole group's."""
    title = facts.get("authority_title")
    return [row("ผู้อนุญาต", "Granted by", title["th"])] if title else []


def _item_row(item: Mapping[str, Any]) -> dict[str, str]:
    return row(item["label"]["th"], item["label"]["en"], item["value"])


def _period_rows(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    until = facts["valid_until"]
    return [
        row("ใช้ได้ตั้งแต่", "Valid from", long_date(date.fromisoformat(facts["valid_from"]))),
        row("ใช้ได้ถึง", "Valid until", long_date(date.fromisoformat(until)) if until else "ไม่มีกำหนดอายุ"),
    ]
