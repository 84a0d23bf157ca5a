import io
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdfium2
import pytest
import weasyprint
import zxingcpp
from pyhanko.pdf_utils.reader import PdfFileReader
from signing_sheets import (  # type: ignore[import-not-found]
    ONE_OF_EACH,
    RECORD,
    a_bill,
    a_letter,
    a_licence,
    a_receipt,
    a_record_of_defects,
    an_acknowledgement,
    an_inspection_report,
)
from weasyprint.urls import FatalURLFetchingError

from licences.errors import NotAllowed
from signing import document, fitting, ownstyle, textlayer
from signing.document import CannotDraw, Defect, Finding, Row, Sheet, UnfitText, render
from signing.statement import record_json

HARD_WORDS = "น้ำมัน ป้ำ ที่ ผู้ ฝ้า ปี่ ปิ่นเกล้า กุฎิ์ ศิษฎุ์ ญู ฐู เก้าอี้ ซื้อ น้ำผึ้ง ทำ ค่ำ ก๋วยเตี๋ยว certifies ฿1,070.50"


DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def text_of(pdf: bytes) -> str:
    """What a reader copies, without its spaces (poppler guesses those from the gaps)."""
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s", "", run.stdout.decode())


def picture_of(pdf: bytes) -> object:
    return pypdfium2.PdfDocument(pdf)[0].render(scale=4).to_pil()


def attached(pdf: bytes) -> dict[str, bytes]:
    names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    return {str(names[n]): names[n + 1]["/EF"]["/F"].data for n in range(0, len(names), 2)}


@pytest.mark.parametrize("sheet", ONE_OF_EACH, ids=lambda sheet: sheet.template)
def test_the_same_sheet_gives_the_same_bytes(sheet: Sheet) -> None:
    assert render(sheet) == render(sheet)


@pytest.mark.parametrize("sheet", ONE_OF_EACH, ids=lambda sheet: sheet.template)
def test_what_is_left_out_of_weasyprints_own_style_changes_no_byte(
    sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = render(sheet)
    monkeypatch.setattr(document, "Page", weasyprint.HTML)

    assert render(sheet) == ours


def test_with_another_style_sheet_under_it_no_paper_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    ownstyle.own_style.cache_clear()
    monkeypatch.setattr(ownstyle, "UA", "p { display: block }")

    with pytest.raises(ownstyle.OtherStyle):
        ownstyle.own_style()


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        (
            {"title_th": "ใบอนุญาตมีไว้ในครอบครองซึ่งวัตถุอันตรายชนิดที่ 3 (กรมโรงงานอุตสาหกรรม)"},
            "(กรมโรงงานอุตสาหกรรม)",
        ),
        (
            {"rows": (Row("ผู้อนุญาต", "Granted by", "องค์กรปกครองส่วนท้องถิ่น ต.ปากน้ำ อ.เมืองสมุทรปราการ จ.สมุทรปราการ"),)},
            "จ.สมุทรปราการ",
        ),
    ],
)
def test_what_belongs_together_stands_on_one_line(changes: dict[str, Any], whole: str) -> None:
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=render(a_licence(**changes)), capture_output=True)

    lines = [re.sub(r"\s", "", line) for line in run.stdout.decode().splitlines()]
    assert any(whole.translate(DIGITS) in line for line in lines), lines


def test_a_licence_of_many_rows_has_seal_and_code_on_its_page() -> None:
    rows = tuple(Row(f"รายการ {n}", "Item", "ที่ตั้ง 99/12 ถนนสุขุมวิท") for n in range(16))

    assert len(pypdfium2.PdfDocument(render(a_licence(rows=rows)))) == 1


ENDS = {
    "licence": lambda many: a_licence(conditions=tuple(f"ต้องแสดงใบอนุญาต L{n}" for n in range(1, many + 1))),
    "letter": lambda many: a_letter(conditions=tuple(f"ทางหนีไฟแคบกว่าที่กำหนด L{n}" for n in range(1, many + 1))),
    "receipt": lambda many: a_receipt(
        items=tuple(Row("ค่าธรรมเนียม", f"L{n}", "1.00") for n in range(1, many + 1)), seal_wanted=True
    ),
    "defects": lambda many: a_record_of_defects(
        paragraphs=(),
        defects=tuple(Defect("แผนผัง", f"L{n}", "ไม่มี", "ส่งแผนผัง", "14 ธันวาคม พ.ศ. 2569") for n in range(1, many + 1)),
    ),
    "inspection": lambda many: an_inspection_report(
        paragraphs=(), conditions=(), findings=tuple(Finding(f"L{n}", "ผ่าน", "Pass", "") for n in range(1, many + 1))
    ),
}
"""Each paper that has lines of which there may be any number, with so many."""


@pytest.mark.parametrize(
    ("template", "most"), [("licence", 15), ("letter", 12), ("receipt", 8), ("defects", 6), ("inspection", 8)]
)
def test_what_ends_a_paper_never_stands_alone_on_a_page(template: str, most: int) -> None:
    """`most` lines fit on one page; when one more turns it, the last of them goes with the seal."""
    for many in (most, most + 1, most + 2):
        pages = pypdfium2.PdfDocument(render(ENDS[template](many)))
        text = pages[len(pages) - 1].get_textpage().get_text_range()

        assert len(pages) == 1 + (many > most)
        assert f"L{many}" in text and f"{len(pages)}/{len(pages)}" in text, text


@pytest.mark.parametrize(
    "sheet",
    [
        a_record_of_defects(parties=(("ญ" * 120, "เจ้าหน้าที่"), ("M" * 120, "ผู้ยื่นคำขอ")), rows=()),
        a_letter(signatory=("ญ" * 120, "M" * 120)),
    ],
    ids=lambda sheet: sheet.template,
)
def test_a_name_without_a_break_stays_on_the_page(sheet: Sheet) -> None:
    for page in pypdfium2.PdfDocument(render(sheet)):
        text = page.get_textpage()
        edges = [text.get_charbox(n)[2] for n in range(text.count_chars())]
        assert max(edges) < page.get_width() - 50


@pytest.mark.parametrize("many", [10, 50])
def test_the_longest_list_that_a_door_lets_through_fits_on_a_paper(many: int) -> None:
    defect = Defect("แผนผัง", "Plan", "ก" * (fitting.LIST_CHARACTERS // many - 1), "ข", "14 ธันวาคม พ.ศ. 2569")

    assert render(a_record_of_defects(defects=(defect,) * many))


def test_a_long_answer_in_a_table_begins_on_the_page_of_its_heading() -> None:
    defect = Defect("แผนผัง", "Plan", "ไม่แสดงทางหนีไฟ " * 120, "ส่งแผนผัง", "14 ธันวาคม พ.ศ. 2569")

    first = pypdfium2.PdfDocument(render(a_record_of_defects(defects=(defect, defect))))[0]

    assert "Plan" in first.get_textpage().get_text_range()


def test_another_process_in_another_time_zone_gives_the_same_bytes() -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1])\n"
        "from signing_sheets import a_licence; from signing.document import render\n"
        "print(hashlib.sha256(render(a_licence())).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(Path(document.__file__).parents[1])},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "Asia/Bangkok"), ("2", "America/New_York"))
    }

    assert len(seen) == 1


def test_thai_text_comes_out_as_it_went_in() -> None:
    pdf = render(a_licence(lang_digits="arabic", rows=(Row("คำยาก", "Hard words", HARD_WORDS),)))

    assert HARD_WORDS.replace(" ", "") in text_of(pdf)


def test_the_stock_text_layer_is_known_to_be_another() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textlayer, "KNOWN_SOURCE", "0" * 64)
        with pytest.raises(textlayer.UnknownWeasyPrint):
            textlayer._mended_draw_first_line()


def test_thai_digits_are_for_the_face_only() -> None:
    pdf = render(a_licence(lang_digits="thai"))

    assert "๙๙/๑๒" in text_of(pdf)
    assert "DHSS-SPA-2569-000123" in text_of(pdf)
    assert json.loads(attached(pdf)["licence.json"]) == RECORD


def test_a_fee_and_the_law_in_its_name_are_in_the_same_digits() -> None:
    assert "ข้อ๓" in text_of(render(a_receipt(lang_digits="thai", items=(Row("ค่าธรรมเนียม ข้อ 3", "Fee", "1.00"),))))


def test_the_record_is_embedded_as_json_and_as_xml() -> None:
    files = attached(render(a_licence()))

    assert files["licence.json"] == record_json(RECORD)
    xml = ElementTree.fromstring(files["licence.xml"])
    name = {"e": document.XML_NAMESPACE}
    assert xml.findtext("e:ExchangedDocument/e:ID", namespaces=name) == RECORD["number"]
    assert xml.findtext(".//e:Item[@name='holder']/e:Item[@name='name']", namespaces=name) == RECORD["holder"]["name"]


def test_each_attachment_is_associated_once_as_data() -> None:
    associated = PdfFileReader(io.BytesIO(render(a_licence()))).root["/AF"]
    files = [associated[n] for n in range(len(associated))]

    assert [(str(file["/UF"]), str(file["/AFRelationship"])) for file in files] == [
        ("licence.json", "/Data"),
        ("licence.xml", "/Data"),
    ]


def test_papers_are_pdf_a_and_accessible(verapdf: Callable[..., str]) -> None:
    report = verapdf(*(render(sheet) for sheet in ONE_OF_EACH))

    assert report.count("PASS") == 2 * len(ONE_OF_EACH), report


def test_the_code_on_a_licence_can_be_read_from_the_picture() -> None:
    read = {code.text for code in zxingcpp.read_barcodes(picture_of(render(a_licence())))}

    assert read == {a_licence().qr}


def test_a_long_statement_in_the_code_can_still_be_read() -> None:
    sheet = a_licence(qr="http://127.0.0.1:8000/v/DHSS-SPA-2569-000123#" + "eyJhbGciOiJFUzI1NiIsImtpZCI6I" * 16)

    read = {code.text for code in zxingcpp.read_barcodes(picture_of(render(sheet)))}

    assert read == {sheet.qr}


def test_a_bill_can_be_paid_by_phone_and_at_a_counter() -> None:
    read = {code.text for code in zxingcpp.read_barcodes(picture_of(render(a_bill())))}

    assert read == {a_bill().qr, a_bill().barcode}


def test_an_amount_stands_in_figures_and_in_words() -> None:
    text = text_of(render(a_receipt(lang_digits="arabic")))

    assert "1,070.50" in text
    assert "หนึ่งพันเจ็ดสิบบาทห้าสิบสตางค์" in text


def test_an_acknowledgement_names_both_times_in_bangkok() -> None:
    text = text_of(render(an_acknowledgement(lang_digits="arabic")))

    assert "20พฤศจิกายนพ.ศ.2569เวลา17.05น." in text
    assert "23พฤศจิกายนพ.ศ.2569เวลา08.30น." in text


def test_a_refusal_says_reasons_provision_appeal_and_who_decided() -> None:
    text, letter = text_of(render(a_letter(lang_digits="arabic"))), a_letter()

    assert letter.appeal and letter.signatory
    for said in (*letter.conditions, letter.law, letter.appeal[0], *letter.signatory):
        assert said.replace(" ", "") in text


def test_a_record_of_defects_says_each_item_by_when_and_who_signs() -> None:
    sheet = a_record_of_defects(lang_digits="arabic")
    text = text_of(render(sheet))

    for one in sheet.defects:
        for said in (one.title_th, one.wrong, one.wanted, one.by):
            assert said.replace(" ", "") in text
    for name, _ in sheet.parties:
        assert name.replace(" ", "") in text


@pytest.mark.parametrize(
    ("sheet", "missing"),
    [
        (a_licence(template="poster"), "poster"),
        (a_licence(agency_code="", seal_wanted=False), "emblem"),
        (a_licence(agency_code="กรม", seal_wanted=False), "emblem"),
        (a_licence(record={"number": "1"}), "agency"),
        (a_licence(record={"agency": "fda"}), "agency"),
        (a_licence(qr=""), "qr"),
        (a_licence(number=""), "number"),
        (an_acknowledgement(received_at=None), "received_at"),
        (a_bill(satang=None), "satang"),
        (a_record_of_defects(defects=()), "defects"),
        (a_record_of_defects(parties=()), "parties"),
        (an_inspection_report(findings=()), "findings"),
    ],
)
def test_what_is_missing_is_an_error_and_never_a_blank(sheet: Sheet, missing: str) -> None:
    with pytest.raises(CannotDraw, match=missing):
        render(sheet)


def holder(name: str) -> Sheet:
    sheet: Sheet = a_licence(rows=(Row("ผู้รับอนุญาต", "Holder", name),))
    return sheet


@pytest.mark.parametrize(
    "name",
    [
        "มืด\u202eดำ",  # turns the rest around
        "ซ่อน\u200bอยู่",  # zero width
        "บรรทัด\nใหม่",
        "ระฆัง\x07",
        "ครึ่ง\ud800",  # half a character
        "ส่วนตัว\ue000",
        "ยิ้ม\U0001f600",
        "漢字",
        "ก" + "่" * 5,
        "ย" * 2_001,
    ],
    ids=lambda name: name.encode("unicode_escape").decode()[:20],
)
def test_text_that_cannot_stand_on_paper_is_refused_by_field(name: str) -> None:
    with pytest.raises(UnfitText) as refusal:
        render(holder(name))

    assert isinstance(refusal.value, NotAllowed)
    assert refusal.value.field == "ผู้รับอนุญาต"
    assert "ผู้รับอนุญาต" in refusal.value.th and "ผู้รับอนุญาต" in refusal.value.en


def test_markup_in_a_name_is_text() -> None:
    pdf = render(holder("<b>A & B</b> <img src=x>"))

    assert "<b>A&B</b><imgsrc=x>" in text_of(pdf)


def test_sara_am_in_two_pieces_is_printed_as_one() -> None:
    assert text_of(render(holder("น\u0e4d\u0e49\u0e32ใส"))) == text_of(render(holder("น้ำใส")))


def test_a_record_that_xml_cannot_carry_is_refused_by_place() -> None:
    with pytest.raises(UnfitText) as refusal:
        render(a_licence(record={"holder": {"name": "x\x00"}}))

    assert refusal.value.field == "record.holder.name"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rows", tuple(Row("ก", "a", "1") for _ in range(201))),
        ("conditions", ("ก",) * 201),
        ("pages", tuple("ก" * 1999 for _ in range(199))),
    ],
)
def test_a_paper_has_only_so_many_rows_and_pages(field: str, value: tuple[object, ...]) -> None:
    sheet = replace(a_licence(), **{"conditions" if field == "pages" else field: value})

    with pytest.raises(UnfitText) as refusal:
        render(sheet)

    assert refusal.value.field == field


VECTORS = (
    '<img src="{at}/a">',
    '<link rel="stylesheet" href="{at}/b">',
    '<style>@import "{at}/c";</style>',
    "<style>@font-face {{ font-family: X; src: url({at}/d) }} p {{ font-family: X }}</style><p>x</p>",
    '<p style="background: url({at}/e)">x</p>',
    '<object data="{at}/f"></object>',
    '<embed src="{at}/g">',
    '<link rel="attachment" href="file:///etc/passwd">',
    '<a rel="attachment" href="file:///etc/passwd">x</a>',
    '<img src="file:///etc/passwd">',
    '<img src="data:image/png;base64,AAAA">',
    '<p style="content: url({at}/h)">x</p><ul style="list-style-image: url({at}/i)"><li>x</ul>',
    '<base href="{at}/"><img src="j">',
)


@pytest.fixture(scope="module")
def listener() -> object:
    asked: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector[:28])
def test_a_paper_fetches_nothing_even_if_markup_got_in(listener: tuple[str, list[str]], vector: str) -> None:
    address, asked = listener
    press = document._press()
    press.fetcher.assets = {}
    page = weasyprint.HTML(string=vector.format(at=address), base_url="asset:", url_fetcher=press.fetcher)

    with pytest.raises(FatalURLFetchingError):
        page.write_pdf(font_config=press.fonts)

    assert asked == []
