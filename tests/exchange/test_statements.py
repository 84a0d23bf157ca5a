"""The bank's statement as a file: two formats, the same lines; what is hostile, cut or wrong is refused by name."""

from datetime import UTC, date, datetime

import pytest

from exchange import remittance, statements
from exchange.remittance import Order
from exchange.safexml import UnreadableFile
from exchange.statements import BankLine

ENTRY = """
<Ntry><NtryRef>1</NtryRef><Amt Ccy="THB">1070.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>T-1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<RmtInf><Strd><CdtrRefInf><Ref>690000000123</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>
"""
OUT = """
<Ntry><Amt Ccy="THB">70.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><DtTm>2026-11-20T09:00:00+07:00</DtTm></BookgDt><AcctSvcrRef>B-7</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>ST257000000001</EndToEndId></Refs></TxDtls>
</NtryDtls></Ntry>
"""
PENDING = """
<Ntry><Amt Ccy="THB">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>
<AcctSvcrRef>T-9</AcctSvcrRef></Ntry>
"""
BALANCES = """
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="THB">0</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="THB">{}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
"""
LINES = (
    BankLine("T-1", date(2026, 11, 20), "CRDT", 107_050, "690000000123", ""),
    BankLine("B-7", date(2026, 11, 20), "DBIT", 7_050, "ST257000000001", ""),
)
CSV = """date,reference,side,amount,ref1,description
2026-11-20,T-1,CRDT,"1,070.50",690000000123,
2026-11-20,B-7,DBIT,70.50,ST257000000001,
"""


def camt(*entries: str, version: str = "02", head: str = "") -> bytes:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    body = "".join(entries)
    text = (
        f'{head}<Document xmlns="{namespace}"><BkToCstmrStmt><Stmt><Id>S-1</Id>{body}</Stmt></BkToCstmrStmt></Document>'
    )
    return text.encode()


@pytest.mark.parametrize("version", ["02", "08"])
def test_camt_053_gives_its_booked_lines(version: str) -> None:
    read = statements.read(camt(ENTRY, OUT, PENDING, BALANCES.format("1000"), version=version))

    assert (read.name, read.lines) == ("S-1", LINES)


def test_csv_gives_the_same_lines() -> None:
    assert statements.read(CSV.encode()).lines == LINES
    assert statements.read("\ufeff".encode() + CSV.encode()).lines == LINES


def test_a_lump_of_several_payments_is_taken_apart() -> None:
    lump = ENTRY.replace(
        "<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>",
        '<NtryDtls><TxDtls><Refs><AcctSvcrRef>T-2</AcctSvcrRef></Refs><Amt Ccy="THB">70.50</Amt></TxDtls>'
        '<TxDtls><Refs><AcctSvcrRef>T-3</AcctSvcrRef></Refs><Amt Ccy="THB">1000</Amt>',
    )

    assert [(one.reference, one.satang) for one in statements.read(camt(lump)).lines] == [
        ("T-2", 7_050),
        ("T-3", 100_000),
    ]


LAUGHS = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
THIEF = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (camt(ENTRY, head=LAUGHS), "document type"),
        (camt(ENTRY.replace("T-1", "&x;"), head=THIEF), "document type"),
        (camt("<a>" * 200 + "</a>" * 200), "nested"),
        (camt(ENTRY)[:-20], "well-formed"),
        (camt(ENTRY).replace(b"camt.053", b"camt.054"), "must be a urn"),
        (camt(ENTRY, ENTRY), "same reference"),
        (camt(ENTRY.replace("T-1", "")), "no reference"),
        (camt(ENTRY.replace('Ccy="THB"', 'Ccy="USD"')), "not in THB"),
        (camt(ENTRY.replace("1070.50", "1070.505")), "no amount"),
        (camt(ENTRY.replace("1070.50", "NaN")), "no amount"),
        (camt(ENTRY.replace("CRDT", "BOTH")), "neither"),
        (camt(ENTRY, BALANCES.format("1070.49")), "-1 satang differ"),
        (camt(), ""),
        (b"", "columns"),
        (b"\xff\xfe\x00", "UTF-8"),
        (CSV.replace("T-1", "").encode(), "line 2 has no reference"),
        (CSV.replace("2026-11-20,B-7", "yesterday,B-7").encode(), "no day"),
        (b"a,b\n1,2\n", "missing"),
        (b'{"json": true}', "missing"),
    ],
)  # fmt: skip
def test_what_is_hostile_or_wrong_is_refused_by_name(content: bytes, says: str) -> None:
    if not says:
        assert statements.read(content).lines == ()
        return
    with pytest.raises(UnreadableFile) as refused:
        statements.read(content)

    assert says in refused.value.en and refused.value.th


def test_a_remittance_file_says_the_same_to_the_bank() -> None:
    orders = (
        Order("ST257000000001", 107_050, "006", "1234567890", "กรมการท่องเที่ยว & คลัง"),
        Order("ST257000000002", 1, "006", "1234567891", "<เทศบาล>"),
    )

    content = remittance.compose("RM2570000001", orders, "099999999999900", date(2026, 11, 20), datetime.now(UTC))

    assert remittance.read(content) == orders
    assert b"<CtrlSum>1070.51</CtrlSum>" in content and b"<NbOfTxs>2</NbOfTxs>" in content
