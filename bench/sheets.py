"""The three papers that one application of the bench is given: an acknowledgement, a receipt, and the licence."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from activities import facts, moneysheets, sheets
from activities.facts import Facts
from activities.sheets import Sheet
from bench import specimens
from licences import catalogue
from licences.calendar import BANGKOK
from licences.procedure import Operation, Procedure
from records.tables import Application, Bill, Payment, Receipt
from signing import statement

LICENCE = "fda-food-free-sale"
AGENCY = "fda"
ON = date(2026, 11, 20)
AT = datetime(ON.year, ON.month, ON.day, 10, tzinfo=BANGKOK)
NUMBER, REF1, TRANSACTION = "APP-2569-0000001-0", "256900000010", "202611200001"
PAYER = ("บริษัท ตัวอย่างอุตสาหกรรม จำกัด (มหาชน)", "0107999000018")
BASE = "https://bizportal.example"


def licence() -> Sheet:
    """The paper that the application ends in."""
    granted = specimens.granted(specimens.specimen(_procedure(), ON), ON)
    url = f"{BASE}/v/{granted['licence_number']}#{_statement(granted)}"
    return sheets.licence(granted, catalogue.load().agency(AGENCY), made_at=AT, url=url)


def _statement(granted: Facts) -> str:
    """As long as a signed one, for a code as dense; the signature is none."""
    said = {**facts.stated(granted), "s": statement.record_digest(granted)}
    return statement.joined(statement.to_sign(said, f"{AGENCY}-00000000"), bytes(range(statement.SIGNATURE_BYTES)))


def acknowledgement() -> Sheet:
    """What it is received with."""
    agency, due = catalogue.load().agency(AGENCY), ON + timedelta(days=30)
    return sheets.acknowledgement(_procedure(), agency, NUMBER, AT, AT, due, "0" * 64, f"{BASE}/applications/{NUMBER}")


def receipt() -> Sheet:
    """What its payment is receipted with."""
    fee = {
        "line": "licence",
        "title": {"th": "ค่าใบอนุญาต", "en": "Licence fee"},
        "satang": 50_000,
        "law": "กฎกระทรวง",
        "rule_version": "0" * 64,
    }
    said: dict[str, Any] = {"satang": 50_000, "ref1": REF1}
    kept: dict[str, Any] = {"number": "FDA-2570-000001", "agency": AGENCY, "at": AT, **said}
    settled: dict[str, Any] = {"lines": [fee], "provisional": False, **said}
    paid: dict[str, Any] = {"transaction_id": TRANSACTION, "paid_at": AT, **said}
    filed: dict[str, Any] = {"number": NUMBER, "licence": LICENCE}
    rows = Receipt(**kept), Bill(**settled), Payment(**paid)
    return moneysheets.receipt(*rows, catalogue.load().agency(AGENCY), Application(**filed), PAYER, f"{BASE}/verify")


SHEETS: Mapping[str, Callable[[], Sheet]] = {
    "licence": licence, "acknowledgement": acknowledgement, "receipt": receipt,
}  # fmt: skip


def _procedure() -> Procedure:
    return catalogue.load().procedure(LICENCE, Operation.NEW, ON)
