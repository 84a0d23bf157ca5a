"""The bank's statement as a file: ISO 20022 camt.053 (bank to customer statement, versions 02 to 08), or plain CSV.

Both give the same lines. The file must be whole: a line without its amount, side, day or reference is refused and
named, and in camt.053 the opening balance with the lines must give the closing balance.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal
from xml.etree.ElementTree import Element

from exchange import safexml
from exchange.safexml import UnreadableFile

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
CURRENCY = "THB"
COLUMNS = ("date", "reference", "side", "amount", "ref1", "description")
SIDES = {"CRDT": "CRDT", "DBIT": "DBIT", "C": "CRDT", "D": "DBIT"}
MOST_LINES = 200_000
_PLAIN = re.compile(r"[0-9]{1,13}(\.[0-9]{1,5})?")
Side = Literal["CRDT", "DBIT"]


@dataclass(frozen=True)
class BankLine:
    """One line of a statement, whole satang. `reference` is the bank's own, `ref1` what the payer gave (or ours, going
    out)."""

    reference: str
    on: date
    side: Side
    satang: int
    ref1: str
    says: str


@dataclass(frozen=True)
class BankStatement:
    """A whole file: its name, and its lines in order."""

    name: str
    lines: tuple[BankLine, ...]


def read(content: bytes) -> BankStatement:
    """A statement in whichever of both formats it is. Raises UnreadableFile, which says what is wrong and where."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    found = _camt(content) if start == b"<" else _csv(content)
    if len(found.lines) > MOST_LINES:
        raise UnreadableFile("มีรายการมากเกินไป โปรดแบ่งไฟล์", "it has too many lines: please divide it")
    if len({line.reference for line in found.lines}) < len(found.lines):
        raise UnreadableFile("เลขอ้างอิงของธนาคารซ้ำกัน", "two lines carry the same reference of the bank")
    return found


# --- camt.053 ---


def _camt(content: bytes) -> BankStatement:
    document = safexml.read(content, NAMESPACE)
    kept = document.findall("BkToCstmrStmt/Stmt")
    if not kept:
        raise UnreadableFile("ไม่มีรายการเดินบัญชี (Stmt)", "it holds no statement (Stmt)")
    lines = tuple(line for one in kept for line in _entries(one))
    for one in kept:
        _check_balance(one)
    return BankStatement(safexml.text(kept[0], "Id"), lines)


def _entries(statement: Element) -> Iterable[BankLine]:
    for n, entry in enumerate(statement.iterfind("Ntry"), start=1):
        if _status(entry) != "BOOK":  # what is pending or for information only has moved nothing
            continue
        details = entry.findall("NtryDtls/TxDtls")
        if len(details) > 1:
            yield from (_line(entry, n, one) for one in details)
        else:
            yield _line(entry, n, details[0] if details else None)


def _status(entry: Element) -> str:
    return safexml.maybe(entry, "Sts/Cd") or safexml.text(entry, "Sts")


def _line(entry: Element, n: int, details: Element | None) -> BankLine:
    """One movement: an entry, or one transaction of an entry that the bank booked in a lump."""
    found = {path: safexml.maybe(details, path) if details is not None else "" for path in DETAILS}
    own = found["Refs/AcctSvcrRef"] or found["Refs/TxId"] or safexml.maybe(entry, "AcctSvcrRef")
    amount = details.find("Amt") if details is not None and details.find("Amt") is not None else entry.find("Amt")
    if amount is None:
        amount = details.find("AmtDtls/TxAmt/Amt") if details is not None else None
    if not own:
        raise UnreadableFile(f"รายการที่ {n} ไม่มีเลขอ้างอิงของธนาคาร", f"entry {n} has no reference of the bank")
    end_to_end = found["Refs/EndToEndId"]
    return BankLine(
        reference=own,
        on=_day(safexml.maybe(entry, "BookgDt/Dt") or safexml.maybe(entry, "BookgDt/DtTm"), n),
        side=_side(safexml.text(entry, "CdtDbtInd"), n),
        satang=_satang(amount, n),
        ref1=found["RmtInf/Strd/CdtrRefInf/Ref"] or ("" if end_to_end == "NOTPROVIDED" else end_to_end),
        says=(found["RmtInf/Ustrd"] or safexml.maybe(entry, "AddtlNtryInf"))[:200],
    )


DETAILS = (
    "Refs/AcctSvcrRef", "Refs/TxId", "Refs/EndToEndId", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Ustrd",
)  # fmt: skip


def _satang(amount: Element | None, n: int) -> int:
    if amount is None or amount.get("Ccy") != CURRENCY:
        raise UnreadableFile(f"รายการที่ {n} ไม่ใช่เงินบาท", f"entry {n} is not in {CURRENCY}")
    return _whole(amount.text or "", n)


def _check_balance(statement: Element) -> None:
    """Opening balance and entries give the closing balance, where the bank states both."""
    held = {safexml.maybe(one, "Tp/CdOrPrtry/Cd"): one for one in statement.iterfind("Bal")}
    if not {"OPBD", "CLBD"} <= held.keys():
        return
    moved = sum(_signed(one, n) for n, one in enumerate(statement.iterfind("Ntry"), start=1) if _status(one) == "BOOK")
    opening, closing = (_signed(held[name], 0) for name in ("OPBD", "CLBD"))
    if opening + moved != closing:
        raise UnreadableFile(
            f"ยอดยกมากับรายการไม่เท่ายอดคงเหลือ ต่างกัน {closing - opening - moved} สตางค์",
            f"opening balance and entries do not give the closing balance: {closing - opening - moved} satang differ",
        )


def _signed(element: Element, n: int) -> int:
    satang = _satang(element.find("Amt"), n)
    return satang if safexml.text(element, "CdtDbtInd") == "CRDT" else -satang


# --- CSV ---


def _csv(content: bytes) -> BankStatement:
    """Columns by name: date, reference, side, amount, ref1, description."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile("ไม่ใช่ไฟล์ CSV แบบ UTF-8", "it is no CSV file in UTF-8") from error
    missing = [name for name in COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise UnreadableFile(
            f"ไม่มีคอลัมน์ {', '.join(missing)} หรือไม่มีรายการ",
            f"columns {', '.join(missing)} are missing, or it has no lines",
        )
    return BankStatement("csv", tuple(_row(row, n) for n, row in enumerate(rows, start=2)))


def _row(row: dict[str, str], n: int) -> BankLine:
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not said["reference"]:
        raise UnreadableFile(f"บรรทัดที่ {n} ไม่มีเลขอ้างอิงของธนาคาร", f"line {n} has no reference of the bank")
    return BankLine(
        reference=said["reference"],
        on=_day(said["date"], n),
        side=_side(said["side"], n),
        satang=_whole(said["amount"].replace(",", ""), n),
        ref1=said["ref1"],
        says=said["description"][:200],
    )


def _day(said: str, n: int) -> date:
    try:
        return date.fromisoformat(said[:10])
    except ValueError as error:
        raise UnreadableFile(f"รายการที่ {n} ไม่มีวันที่ (YYYY-MM-DD)", f"entry {n} has no day (YYYY-MM-DD)") from error


def _side(said: str, n: int) -> Side:
    side = SIDES.get(said)
    if side is None:
        raise UnreadableFile(f"รายการที่ {n} ไม่บอกว่าเข้าหรือออก", f"entry {n} is neither CRDT nor DBIT")
    return "CRDT" if side == "CRDT" else "DBIT"


def _whole(said: str, n: int) -> int:
    """Whole satang. A statement may give more than two decimals (ISO 20022 allows five), all of them zero."""
    try:
        satang = Decimal(said.strip()) * 100 if _PLAIN.fullmatch(said.strip()) else Decimal("NaN")
        if satang == satang.to_integral_value():
            return int(satang)
    except InvalidOperation:
        pass
    raise UnreadableFile(f"จำนวนเงินของรายการที่ {n} ไม่ถูกต้อง", f"the amount of entry {n} is no amount")
