"""One sheet of each kind, as the rest of the house would ask for it. All people and firms are invented."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from signing.document import Defect, Finding, Row, Sheet

BANGKOK = timezone(timedelta(hours=7))
MADE = datetime(2026, 11, 20, 14, 30, tzinfo=BANGKOK)
COMPANY = "บริษัท น้ำผึ้งป่าสปา จำกัด"
AGENCY: dict[str, Any] = {
    "agency_code": "dhss",
    "agency_th": "กรมสนับสนุนบริการสุขภาพ",
    "agency_en": "Department of Health Service Support",
}
RECORD = {"number": "DHSS-SPA-2569-000123", "agency": "dhss", "holder": {"name": COMPANY}, "valid_until": "2031-11-19"}


def a_licence(**changes: Any) -> Sheet:
    """A licence, sealed, with QR; `changes` replace its values."""
    values: dict[str, Any] = {
        "template": "licence",
        "lang_digits": "thai",
        "title_th": "ใบอนุญาตประกอบกิจการสถานประกอบการเพื่อสุขภาพ",
        "title_en": "Licence to operate a health establishment",
        "number": "DHSS-SPA-2569-000123",
        "law": "พระราชบัญญัติสถานประกอบการเพื่อสุขภาพ พ.ศ. 2559 มาตรา 12",
        "rows": (
            Row("ผู้รับอนุญาต", "Holder", COMPANY),
            Row("ที่ตั้ง", "Address", "99/12 ถนนสุขุมวิท แขวงคลองเตยเหนือ เขตวัฒนา กรุงเทพมหานคร 10110"),
            Row("ใช้ได้จนถึงวันที่", "Valid until", "19 พฤศจิกายน พ.ศ. 2574"),
        ),
        "paragraphs": (("ผู้รับอนุญาตได้รับอนุญาตให้ประกอบกิจการตามกฎหมาย", "The holder may lawfully carry on the business."),),
        "conditions": ("ต้องแสดงใบอนุญาตไว้ในที่เปิดเผย", "ต้องชำระค่าธรรมเนียมรายปี"),
        "qr": "http://127.0.0.1:8000/v/DHSS-SPA-2569-000123",
        "record": RECORD,
        "made_at": MADE,
        **AGENCY,
    }
    return Sheet(**{**values, **changes})


def a_letter(**changes: Any) -> Sheet:
    """A refusal with its reasons, its provision and the appeal sentence."""
    return a_licence(
        **{
            "template": "letter",
            "title_th": "แจ้งคำสั่งไม่อนุญาต",
            "title_en": "Notice of refusal",
            "conditions": ("ทางหนีไฟกว้าง 0.6 เมตร ไม่ถึง 0.9 เมตรตามที่กฎกระทรวงกำหนด",),
            "appeal": (
                "ถ้าหากท่านประสงค์จะอุทธรณ์หรือโต้แย้งคำสั่งนี้ ให้ยื่นต่อรัฐมนตรี ภายใน 30 วัน นับแต่วันที่รับทราบคำสั่งนี้",
                "You may appeal to the Minister within 30 days of learning of this order.",
            ),
            "signatory": ("นายสมชาย ใจดี", "ผู้อำนวยการกองสถานประกอบการเพื่อสุขภาพ"),
            **changes,
        }
    )


def a_record_of_defects(**changes: Any) -> Sheet:
    """What is missing or wrong, item by item, for both to sign."""
    wrong = Defect("แผนผังสถานที่", "Plan of the premises", "ไม่แสดงทางหนีไฟ", "แผนผังที่แสดงทางหนีไฟ", "14 ธันวาคม พ.ศ. 2569")
    return a_licence(
        **{
            "template": "defects",
            "title_th": "บันทึกความบกพร่องของคำขอ",
            "title_en": "Joint record of defects",
            "conditions": ("เอกสารไม่ครบตามคู่มือ",),
            "defects": (wrong, replace(wrong, title_th="สัญญาเช่า", title_en="Lease")),
            "parties": (("นายสมชาย ใจดี", "เจ้าหน้าที่ / Officer"), ("นางสาวมานี ทดสอบ", "ผู้ยื่นคำขอ / Applicant")),
            **changes,
        }
    )


def an_inspection_report(**changes: Any) -> Sheet:
    """What an inspector found, line by line."""
    found = Finding("ทางหนีไฟ", "ไม่ผ่าน", "Fail", "มีลังวางขวางทาง")
    return a_letter(
        **{
            "template": "inspection",
            "title_th": "รายงานผลการตรวจสถานที่",
            "title_en": "Inspection report",
            "findings": (found, Finding("ห้องน้ำ", "ผ่าน", "Pass", "")),
            **changes,
        }
    )


def an_acknowledgement(**changes: Any) -> Sheet:
    """A slip for an application that came in on a Friday evening."""
    return a_licence(
        **{
            "template": "acknowledgement",
            "title_th": "ใบรับคำขอ",
            "title_en": "Acknowledgement of an application",
            "qr": "",
            "seal_wanted": False,
            "conditions": (),
            "entered_at": datetime(2026, 11, 20, 10, 5, tzinfo=UTC),
            "received_at": datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
            **changes,
        }
    )


def a_bill(**changes: Any) -> Sheet:
    """A bill of 1,070.50 baht with PromptPay QR and counter bar code."""
    return a_licence(
        **{
            "template": "bill",
            "title_th": "ใบแจ้งการชำระเงิน",
            "title_en": "Payment notice",
            "conditions": (),
            "seal_wanted": False,
            "items": (Row("ค่าธรรมเนียมใบอนุญาต", "Licence fee", "1,000.00"), Row("ค่าตรวจสถานที่", "Inspection", "70.50")),
            "satang": 107_050,
            "qr": "00020101021230670016A000000677010112011509999999999990002126900000001230308256912205303764"
            "54071070.505802TH6304EC8C",
            "barcode": "|099999999999900\r690000000123\r25691220\r107050",
            **changes,
        }
    )


def a_receipt(**changes: Any) -> Sheet:
    """The receipt for that bill."""
    return a_bill(**{"template": "receipt", "title_th": "ใบเสร็จรับเงิน", "title_en": "Receipt", "barcode": "", **changes})


ONE_OF_EACH = (
    a_licence(),
    a_letter(),
    a_record_of_defects(),
    an_inspection_report(),
    an_acknowledgement(),
    a_bill(),
    a_receipt(),
    a_licence(provisional=True),
)
