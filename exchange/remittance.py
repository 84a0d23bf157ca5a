"""The file that tells the bank whom to pay: ISO 20022 customer credit transfer initiation (pain.001.001.03).

One payment a payee, in whole satang; the end-to-end reference is the settlement's number, and comes back on the bank's
statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree

from exchange import money, safexml

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"


@dataclass(frozen=True)
class Order:
    """One payment: to whom, how much, under which reference."""

    reference: str
    satang: int
    bank_code: str
    account: str
    name: str


def compose(remittance: str, orders: Sequence[Order], payer: str, on: date, at: datetime) -> bytes:
    """The file, UTF-8. `payer` names the account that the money is taken from (our biller id)."""
    document = ElementTree.Element("Document", xmlns=NAMESPACE)
    whole = ElementTree.SubElement(document, "CstmrCdtTrfInitn")
    total = money.baht(sum(order.satang for order in orders))
    _said(whole, "GrpHdr/MsgId", remittance)
    _said(whole, "GrpHdr/CreDtTm", at.isoformat(timespec="seconds"))
    _said(whole, "GrpHdr/NbOfTxs", str(len(orders)))
    _said(whole, "GrpHdr/CtrlSum", total)
    _said(whole, "GrpHdr/InitgPty/Nm", payer)
    batch = ElementTree.SubElement(whole, "PmtInf")
    _said(batch, "PmtInfId", remittance)
    _said(batch, "PmtMtd", "TRF")
    _said(batch, "ReqdExctnDt", on.isoformat())
    _said(batch, "Dbtr/Nm", payer)
    _said(batch, "DbtrAcct/Id/Othr/Id", payer)
    _said(batch, "DbtrAgt/FinInstnId/Othr/Id", "NOTPROVIDED")
    for order in orders:
        _order(ElementTree.SubElement(batch, "CdtTrfTxInf"), order)
    return bytes(ElementTree.tostring(document, encoding="utf-8", xml_declaration=True))


def _order(into: ElementTree.Element, order: Order) -> None:
    _said(into, "PmtId/EndToEndId", order.reference)
    _said(into, "Amt/InstdAmt", money.baht(order.satang)).set("Ccy", "THB")
    _said(into, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId", order.bank_code)
    _said(into, "Cdtr/Nm", order.name)
    _said(into, "CdtrAcct/Id/Othr/Id", order.account)


def _said(into: ElementTree.Element, path: str, text: str) -> ElementTree.Element:
    """The element at a path, made where it is missing, saying that."""
    for tag in path.split("/"):
        found = into.find(tag)
        into = found if found is not None else ElementTree.SubElement(into, tag)
    into.text = text
    return into


def read(content: bytes) -> tuple[Order, ...]:
    """The payments in a file, as a bank reads it. Raises UnreadableFile."""
    document = safexml.read(content, NAMESPACE)
    return tuple(
        Order(
            reference=safexml.text(one, "PmtId/EndToEndId"),
            satang=money.satang(safexml.text(one, "Amt/InstdAmt")),
            bank_code=safexml.text(one, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId"),
            account=safexml.text(one, "CdtrAcct/Id/Othr/Id"),
            name=safexml.text(one, "Cdtr/Nm"),
        )
        for one in document.iterfind("CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf")
    )
