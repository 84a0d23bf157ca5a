"""What a bill and a receipt say on paper: from rows to the sheet that `signing.document` draws.

A receipt has what the Revenue Code (s.105 bis) and the finance ministry's rules ask for: whose it is, its running
number, the day, the payer, each fee with its law, the amount in figures and in words, and how it was paid.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from activities.sheets import Sheet, row
from licences import catalogue
from licences.calendar import BANGKOK
from licences.procedure import Agency
from licences.thai import baht, long_date
from records.tables import Application, Bill, Payment, Receipt

SAID_OF_LINES = ("line", "satang", "law", "rule_version")
"""What a receipt's record says of each fee."""
CHANNEL = "คิวอาร์พร้อมเพย์ (บิลเพย์เมนต์) / PromptPay QR bill payment"


def bill(kept: Bill, agency: Agency, application: Application, payer: tuple[str, str]) -> Sheet:
    """A bill to print: what is owed, to whom, by when, with the QR code and the bar code to pay it with."""
    return {
        **_head("bill", agency, "ใบแจ้งชำระค่าธรรมเนียม", "Bill", kept.ref1, kept.raised_at),
        "rows": [
            *_about(application, payer),
            row("ชำระภายใน", "Pay by", long_date(kept.pay_by)),
            row("รหัสอ้างอิง 1", "Reference 1", kept.ref1),
            *([row("รหัสอ้างอิง 2", "Reference 2", kept.ref2)] if kept.ref2 else []),
        ],
        "items": [_item(line) for line in kept.lines],
        "satang": kept.satang,
        "qr": kept.qr,
        "barcode": kept.barcode,
        "seal_wanted": False,
        "provisional": kept.provisional,
        "record": {"bill": kept.ref1, "satang": kept.satang, "pay_by": kept.pay_by.isoformat(), "agency": agency.code},
    }


def receipt(
    kept: Receipt, settled: Bill, payment: Payment, agency: Agency, application: Application,
    payer: tuple[str, str], url: str,
) -> Sheet:  # fmt: skip
    """A receipt: what was paid, by whom, for what under which law, and how."""
    paid_on = payment.paid_at.astimezone(BANGKOK)
    return {
        **_head("receipt", agency, "ใบเสร็จรับเงิน", "Receipt", kept.number, kept.at),
        "rows": [
            *_about(application, payer),
            row("วันที่ชำระ", "Paid on", f"{long_date(paid_on.date())} {paid_on:%H.%M} น."),
            row("ช่องทาง", "How", CHANNEL),
            row("เลขที่รายการของธนาคาร", "Bank's number", payment.transaction_id),
            row("รหัสอ้างอิง", "Reference", settled.ref1),
            row("เลขประจำตัวผู้เสียภาษีของหน่วยงาน", "Agency's tax number", agency.organisation_id),
        ],
        "items": [_item(line) for line in settled.lines],
        "satang": kept.satang,
        "qr": url,
        "provisional": settled.provisional,
        "record": {
            "receipt": kept.number,
            "agency": agency.code,
            "application": application.number,
            "bill": settled.ref1,
            "transaction": payment.transaction_id,
            "satang": kept.satang,
            "lines": [{name: line[name] for name in SAID_OF_LINES} for line in settled.lines],
            "paid_at": payment.paid_at.isoformat(),
        },
    }


def _about(application: Application, payer: tuple[str, str]) -> list[dict[str, str]]:
    name, number = payer
    title = catalogue.load().versions[application.licence][-1].title
    return [
        row("ผู้ชำระ", "Payer", name),
        row("เลขประจำตัวผู้ชำระ", "Payer's number", number),
        row("เรื่อง", "For", title.th),
        row("คำขอเลขที่", "Application", application.number),
    ]


def _item(line: Mapping[str, Any]) -> dict[str, str]:
    """A fee with its law; what is collected for another agency says whose it is (Digital Government Act s.12(3))."""
    owner = catalogue.load().agency(line["owner"]).title if line.get("owner") else None
    th = f"{line['title']['th']} ({line['law']})" + (f" เก็บแทน{owner.th}" if owner else "")
    en = line["title"]["en"] + (f", collected for {owner.en}" if owner else "")
    return row(th, en, baht(line["satang"]))


def _head(template: str, agency: Agency, th: str, en: str, number: str, made_at: datetime) -> Sheet:
    return {
        "template": template,
        "lang_digits": "arabic",
        "title_th": th,
        "title_en": en,
        "agency_code": agency.code,
        "agency_th": agency.title.th,
        "agency_en": agency.title.en,
        "number": number,
        "law": "",
        "paragraphs": [],
        "conditions": [],
        "made_at": made_at,
    }
