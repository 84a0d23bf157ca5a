"""Draws a paper: a `Sheet` in, a PDF out, the same bytes for the same sheet.

The PDF is PDF/A-3u and PDF/UA-1 at once, carries its own record (`licence.json`, `licence.xml`), and has an empty,
tagged seal field over the drawn seal, which `signing.seal` fills. A missing font, glyph or emblem is an error, never a
blank. Nothing is fetched: pictures and fonts come from memory; a paper has no user-made HTML, CSS or SVG.
"""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar
from xml.etree import ElementTree

import jinja2
import weasyprint
from markupsafe import Markup, escape
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from licences import thai
from licences.calendar import BANGKOK
from signing import codes, finishing, fitting, textlayer
from signing.emblem import NoEmblem, emblem, ground
from signing.fitting import UnfitText
from signing.glyphs import FONTS, WEIGHTS, printable
from signing.ownstyle import Page
from signing.statement import record_json

__all__ = ["CannotDraw", "Row", "Sheet", "UnfitText", "render"]

TEMPLATES = ("licence", "letter", "acknowledgement", "receipt", "bill", "defects", "inspection")
NEEDED: Mapping[str, tuple[str, ...]] = {
    "licence": ("law", "qr"),
    "acknowledgement": ("entered_at", "received_at"),
    "bill": ("satang", "qr"),
    "defects": ("defects", "parties", "qr"),
    "inspection": ("findings", "signatory", "qr"),
    "receipt": ("satang",),
}
PAPER = Path(__file__).with_name("paper")
FONT_FAMILY = "Paper"  # the name given in paper/paper.css: nothing installed answers to it
XML_NAMESPACE = "urn:bizportal:elicence:1"


class CannotDraw(Exception):
    """Something that a paper needs is missing: a font, a glyph, an emblem, a value its template cannot do without."""


@dataclass(frozen=True)
class Row:
    """One line of particulars: what it is called, in both languages, and what it says."""

    label_th: str
    label_en: str
    value: str


@dataclass(frozen=True)
class Defect:
    """One thing that is missing or wrong: which question or document, what was found, what is wanted, by when."""

    title_th: str
    title_en: str
    wrong: str
    wanted: str
    by: str


@dataclass(frozen=True)
class Finding:
    """One line of an inspection: what was looked at, how it came out, what was found."""

    item: str
    result_th: str
    result_en: str
    note: str


@dataclass(frozen=True)
class Sheet:
    """All that a paper says. Texts are plain; `paragraphs` are (Thai, English); `record` is embedded as it is.

    `lang_digits` turns the Arabic digits of the face into Thai ones, except in words with Latin letters (numbers of
    papers, addresses of pages). `made_at` is an aware time: it dates the paper and everything in it. `qr` and `barcode`
    are what the codes say. `items` and `satang` are for bills and receipts, `entered_at` and `received_at` for the
    acknowledgement (E-Government Act B.E. 2565, s. 10), `signatory` (name, position) and `appeal` for letters
    (Administrative Procedure Act B.E. 2539, ss. 36 and 40), `defects` and `parties` (who signs: name, as what) for the
    joint record of defects (Licensing Facilitation Act B.E. 2558, s. 8), `findings` for the report of an inspection.
    """

    template: str
    lang_digits: Literal["thai", "arabic"]
    title_th: str
    title_en: str
    agency_code: str
    agency_th: str
    agency_en: str
    number: str
    law: str
    rows: tuple[Row, ...]
    paragraphs: tuple[tuple[str, str], ...]
    conditions: tuple[str, ...]
    qr: str
    record: Mapping[str, object]
    made_at: datetime
    seal_wanted: bool = True
    provisional: bool = False
    lang: str = "th"
    items: tuple[Row, ...] = ()
    satang: int | None = None
    barcode: str = ""
    entered_at: datetime | None = None
    received_at: datetime | None = None
    signatory: tuple[str, str] | None = None
    appeal: tuple[str, str] | None = None
    defects: tuple[Defect, ...] = ()
    parties: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()


def sheet_of(fields: Mapping[str, Any]) -> Sheet:
    """A sheet from plain fields, as an activity composes them; rows and items are mappings. TypeError: unknown keys."""
    rows = {name: tuple(Row(**row) for row in fields.get(name, ())) for name in ("rows", "items")}
    plain = {name: tuple(fields.get(name, ())) for name in ("paragraphs", "conditions", "parties")}
    defects = tuple(Defect(**one) for one in fields.get("defects", ()))
    findings = tuple(Finding(**one) for one in fields.get("findings", ()))
    return Sheet(**{**fields, **plain, **rows, "defects": defects, "findings": findings})


def render(sheet: Sheet) -> bytes:
    """The PDF of a sheet, unsealed. The same sheet gives the same bytes, on any machine, on any day.

    Raises `UnfitText` for a text that cannot stand on a paper, `CannotDraw` when something is missing.
    """
    press = _press()
    fitted = _fit(sheet)
    _check_whole(fitted)
    with press.lock:  # one font configuration a process, and Pango is not to be shared between threads
        press.fetcher.assets = _pictures(fitted)
        try:
            return _print(fitted, press)
        except FatalURLFetchingError as missing:  # a BaseException: it would end the worker
            raise CannotDraw(str(missing)) from missing


def record_xml(sheet: Sheet) -> bytes:
    """The same record as XML, `licence.xml`: the paper's heading in UN/CEFACT's words, then every value by name."""
    root = ElementTree.Element("ELicence", {"xmlns": XML_NAMESPACE, "version": "1.0"})
    document = ElementTree.SubElement(root, "ExchangedDocument")
    for tag, text, attributes in (
        ("ID", sheet.number, {}),
        ("Name", sheet.title_th, {"languageID": "th"}),
        ("Name", sheet.title_en, {"languageID": "en"}),
        ("IssueDateTime", sheet.made_at.isoformat(), {}),
        ("IssuerID", sheet.agency_code, {}),
        ("IssuerName", sheet.agency_th, {"languageID": "th"}),
        ("IssuerName", sheet.agency_en, {"languageID": "en"}),
    ):
        ElementTree.SubElement(document, tag, attributes).text = text
    _add_items(ElementTree.SubElement(root, "Record"), sheet.record)
    ElementTree.indent(root, " ")
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_items(parent: ElementTree.Element, value: object) -> None:
    if isinstance(value, Mapping):
        for name in sorted(value):
            _add_items(ElementTree.SubElement(parent, "Item", {"name": str(name)}), value[name])
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _add_items(ElementTree.SubElement(parent, "Item"), inner)
    elif value is not None:
        parent.text = json.dumps(value) if isinstance(value, (bool, int, float)) else str(value)


# Fitting: every text that will be on the face


def _fit(sheet: Sheet) -> Sheet:
    """The sheet with its texts normalised. Raises `UnfitText`, naming the field."""

    def text(value: str, field: str, at_most: int = fitting.FIELD_CHARACTERS) -> str:
        return fitting.fit(value, field, printable(), at_most=at_most)

    def both(pair: tuple[str, str], field: str, at_most: int = fitting.FIELD_CHARACTERS) -> tuple[str, str]:
        return text(pair[0], f"{field}.th", at_most), text(pair[1], f"{field}.en", at_most)

    for field in ("rows", "items", "paragraphs", "conditions", "defects", "findings"):
        fitting.check_count(len(getattr(sheet, field)), field)
    fitting.check_record(sheet.record)
    long = fitting.PARAGRAPH_CHARACTERS
    names = ("title_th", "title_en", "agency_th", "agency_en", "number", "law")
    singles: dict[str, Any] = {field: text(getattr(sheet, field), field) for field in names}
    return replace(
        sheet,
        **singles,
        rows=tuple(_fit_row(row, f"rows.{n}", text) for n, row in enumerate(sheet.rows)),
        items=tuple(_fit_row(row, f"items.{n}", text) for n, row in enumerate(sheet.items)),
        paragraphs=tuple(both(pair, f"paragraphs.{n}", long) for n, pair in enumerate(sheet.paragraphs)),
        conditions=tuple(text(said, f"conditions.{n}", long) for n, said in enumerate(sheet.conditions)),
        signatory=sheet.signatory and both(sheet.signatory, "signatory"),
        appeal=sheet.appeal and both(sheet.appeal, "appeal", long),
        findings=tuple(_fit_cells(one, f"findings.{n}", text) for n, one in enumerate(sheet.findings)),
        defects=tuple(_fit_cells(one, f"defects.{n}", text) for n, one in enumerate(sheet.defects)),
        parties=tuple(both(pair, f"parties.{n}") for n, pair in enumerate(sheet.parties)),
    )


Cells = TypeVar("Cells", Defect, Finding)
LONG = ("wrong", "wanted", "note")


def _fit_cells(one: Cells, field: str, text: Any) -> Cells:
    def most(name: str) -> int:
        return fitting.PARAGRAPH_CHARACTERS if name in LONG else fitting.FIELD_CHARACTERS

    return replace(one, **{name: text(value, f"{field}.{name}", most(name)) for name, value in vars(one).items()})


def _fit_row(row: Row, field: str, text: Any) -> Row:
    label = text(row.label_th, f"{field}.label_th")
    value = text(row.value, label or field, fitting.PARAGRAPH_CHARACTERS)
    return Row(label, text(row.label_en, f"{field}.label_en"), value)


def _check_whole(sheet: Sheet) -> None:
    """A paper without one of these is not drawn with a blank in its place. Raises `CannotDraw`."""
    if sheet.template not in TEMPLATES:
        raise CannotDraw(f"no template {sheet.template!r}; there are {', '.join(TEMPLATES)}")
    if sheet.seal_wanted and sheet.record.get("agency") != sheet.agency_code:
        # A verifier compares whoever sealed with the agency that the record names.
        raise CannotDraw(f"a sealed paper's record names its agency: record['agency'] must be {sheet.agency_code!r}")
    if sheet.made_at.tzinfo is None:
        raise CannotDraw("made_at has no time zone")
    for field in ("title_th", "title_en", "agency_th", "agency_en", "number", *NEEDED.get(sheet.template, ())):
        if getattr(sheet, field) in ("", None, ()):
            raise CannotDraw(f"a {sheet.template} cannot be drawn without {field}")


# Printing


class _Shelf(URLFetcher):  # type: ignore[misc]
    """All that a paper may fetch: what lies in memory. Every other address is refused, and the paper with it."""

    def __init__(self, fonts: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=("asset",), allow_redirects=False, fail_on_errors=True)
        self.fonts = fonts
        self.assets: Mapping[str, bytes] = {}

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The asset that the address names. Raises LookupError for any other address."""
        name = url.removeprefix("asset:")
        body = self.fonts.get(name) or self.assets.get(name)
        if not url.startswith("asset:") or body is None:
            raise LookupError(f"a paper fetches nothing but its own assets: {url!r}")
        # Told what it is, an SVG is not first tried as every kind of raster picture there is.
        return URLFetcherResponse(url, body, {"Content-Type": "image/svg+xml"} if name.endswith(".svg") else None)


@dataclass(frozen=True)
class _Press:
    """What all papers of a process share; building it costs more than drawing a paper."""

    fetcher: _Shelf
    fonts: FontConfiguration
    style: weasyprint.CSS
    templates: jinja2.Environment
    lock: threading.Lock


@lru_cache(maxsize=1)
def _press() -> _Press:
    textlayer.mend()
    try:
        fetcher = _Shelf({f"{one.lower()}.ttf": (FONTS / f"Sarabun-{one}.ttf").read_bytes() for one in WEIGHTS})
    except OSError as missing:
        raise CannotDraw(f"the paper's font is missing: {missing}") from missing
    fonts = FontConfiguration()
    style = weasyprint.CSS(
        string=(PAPER / "paper.css").read_text("utf-8"), base_url="asset:", url_fetcher=fetcher, font_config=fonts
    )
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAPER), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return _Press(fetcher, fonts, style, templates, threading.Lock())


def _pictures(sheet: Sheet) -> Mapping[str, bytes]:
    bold = str(FONTS / "Sarabun-Bold.ttf")
    try:
        pictures = {"emblem.svg": emblem(sheet.agency_code, bold)}
        if sheet.template == "licence":
            pictures["emblem-fine.svg"] = emblem(sheet.agency_code, bold, fine=True)
            pictures["ground.svg"] = ground(sheet.agency_code, bold)
    except NoEmblem as missing:
        raise CannotDraw(str(missing)) from missing
    if sheet.qr:
        pictures["qr.png"] = codes.qr_png(sheet.qr)
    if sheet.barcode:
        pictures["barcode.png"] = codes.code128_png(sheet.barcode)
    return pictures


def _print(sheet: Sheet, press: _Press) -> bytes:
    html = press.templates.get_template(f"{sheet.template}.html").render(_words(sheet))
    pages = Page(string=html, base_url="asset:", url_fetcher=press.fetcher).render(
        font_config=press.fonts, stylesheets=[press.style]
    )
    fitting.check_count(len(pages.pages), "pages", at_most=fitting.PAGES)
    _check_fonts(pages)
    made = sheet.made_at.astimezone(UTC)
    attachments = [
        weasyprint.Attachment(
            string=body, name=name, description=said, relationship="Data", created=made, modified=made
        )
        for name, body, said in (
            ("licence.json", record_json(sheet.record).decode(), "ข้อมูลของเอกสาร (JSON) / The record of this paper"),
            ("licence.xml", record_xml(sheet).decode(), "ข้อมูลของเอกสาร (XML) / The record of this paper"),
        )
    ]

    def finisher(document: weasyprint.Document, pdf: Any) -> None:
        _check_fonts(document)
        finishing.finish(document, pdf, sheet.number, seal_wanted=sheet.seal_wanted)

    return bytes(pages.write_pdf(finisher=finisher, pdf_variant="pdf/a-3u", pdf_tags=True, attachments=attachments))


def _check_fonts(document: weasyprint.Document) -> None:
    """Raises `CannotDraw` when a letter fell back to another font, or to none."""
    for font in document.fonts.values():
        if font.family.strip('"') != FONT_FAMILY:
            raise CannotDraw(f"a letter was drawn in {font.family!r}: the paper's font is not loaded or lacks it")
        if font.missing:
            raise CannotDraw(f"the paper's font has no glyph for {', '.join(f'U+{code:04X}' for code in font.missing)}")


# What the templates are given


def _words(sheet: Sheet) -> dict[str, object]:
    """The names that the templates use: the sheet, and the functions that turn its values into words on paper."""
    to_face = _to_thai_digits if sheet.lang_digits == "thai" else str
    return {
        "sheet": sheet,
        "face": lambda text: _unbroken(to_face(text)),
        "heading": lambda text: Markup(
            TOGETHER.sub(r'<span class="unbroken">\1</span>', str(_unbroken(to_face(text))))
        ),
        "made_utc": sheet.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "long_date": lambda at: to_face(thai.long_date(at.astimezone(BANGKOK).date())),
        "english_date": lambda at: f"{at.astimezone(BANGKOK):%-d %B %Y}",
        "clock": lambda at: to_face(f"{at.astimezone(BANGKOK):%H.%M}"),
        "baht": thai.baht,
        "baht_words": thai.baht_words,
        "page_address": sheet.qr.partition("#")[0] if sheet.qr.startswith("http") else "",
    }


TOGETHER = re.compile(r"(\([^()<>]{1,40}\))")
"""What stands in brackets at the end of a title, an office's name as a rule: it goes to the next line whole."""
UNBROKEN = re.compile(r"(กรุงเทพมหานคร|(?<![^\s(])[ตอจ]\.[ก-๙]{2,30}|พ\.ศ\. [0-9๐-๙]{4})")
"""A name that line breaking would take apart as the compound that it is (มหา|นคร), or part from its จ., อ. or พ.ศ."""


def _unbroken(text: str) -> Markup:
    """The text as markup, with nothing in it but what holds such names together on one line."""
    return Markup(UNBROKEN.sub(r'<span class="unbroken">\1</span>', str(escape(text))))


def _to_thai_digits(text: str) -> str:
    """Thai digits on the face, except in words with Latin letters: codes and addresses must be typed as they are."""
    words = text.split(" ")
    return " ".join(
        word if any(c.isascii() and c.isalpha() for c in word) else thai.thai_digits(word) for word in words
    )
