"""The last touches on a drawn PDF, before its bytes are written: the seal field, the claim of PDF/UA, the attachments.

All of it is plain PDF dictionaries (ISO 32000-1): 12.7.4.5 signature fields, 14.7 logical structure, 14.11.4 associated
files of PDF/A-3 (ISO 19005-3, annex E).
"""

from typing import Any

import pydyf

SEAL_FIELD = "Seal"
POINTS_PER_PIXEL = 0.75
MIME_TYPES = {"licence.json": "/application#2fjson", "licence.xml": "/text#2fxml"}
PRINTED = 4  # annotation flag: shown and printed (ISO 32000-1, table 165)

_EXTENSION = """
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:ed="urn:etda:pdfa:ElectronicDocument:1p0:standard#"
 ed:DocumentFileName="licence.xml" ed:DocumentVersion="1.0" ed:DocumentReferenceID="{number}"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag>
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>
{part}</rdf:Seq></pdfaSchema:property></rdf:li>
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>ETDA electronic document</pdfaSchema:schema>
<pdfaSchema:namespaceURI>urn:etda:pdfa:ElectronicDocument:1p0:standard#</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>ed</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>
{properties}</rdf:Seq></pdfaSchema:property></rdf:li>
</rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


class NoPlaceForTheSeal(Exception):
    """A sealed paper's template draws no seal for the field to lie on."""


def finish(document: Any, pdf: Any, number: str, *, seal_wanted: bool) -> None:
    """Make a drawn PDF whole. Raises `NoPlaceForTheSeal` when a seal is wanted and none is drawn."""
    _claim_accessibility(pdf, number)
    _tidy_attachments(pdf)
    if seal_wanted:
        _add_seal_field(document, pdf)
    _compress(pdf)


def _compress(pdf: Any) -> None:
    """Compress every stream once, to the bytes it would have: the file's identifier asks for all of them once more."""
    for stream in pdf.objects:
        if isinstance(stream, pydyf.Stream) and stream.compress:
            stream.stream = [stream.data.partition(b"stream\n")[2].removesuffix(b"\nendstream")]
            stream.extra["Filter"], stream.compress = "/FlateDecode", False


def _object(pdf: Any, reference: bytes | str) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _claim_accessibility(pdf: Any, number: str) -> None:
    """Say PDF/UA-1 and the ETDA properties in the one rdf:RDF of the metadata; checkers read no second one."""
    metadata = _object(pdf, pdf.catalog["Metadata"])
    text = b"\n".join(metadata.stream).decode()
    head, end, tail = text.rpartition("</rdf:RDF>")
    said = _EXTENSION.format(
        number=_escaped(number),
        part=_property("part", "Integer", "internal", "The PDF/UA part"),
        properties="".join(
            _property(name, "Text", where, said)
            for name, where, said in (
                ("DocumentFileName", "external", "The name of the embedded XML document"),
                ("DocumentVersion", "external", "The version of the embedded XML document"),
                ("DocumentReferenceID", "internal", "The number of the document"),
            )
        ),
    )
    metadata.stream = [(head + said + end + tail).encode()]


def _property(name: str, kind: str, where: str, said: str) -> str:
    return (
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        f"<pdfaProperty:valueType>{kind}</pdfaProperty:valueType><pdfaProperty:category>{where}</pdfaProperty:category>"
        f"<pdfaProperty:description>{said}</pdfaProperty:description></rdf:li>"
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _tidy_attachments(pdf: Any) -> None:
    """Each file once in /AF (WeasyPrint lists it twice), its type from our own table, not the machine's."""
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for reference in pdf.catalog["AF"]:
        specification = _object(pdf, reference)
        stream = _object(pdf, specification["EF"]["F"])
        stream.extra["Subtype"] = MIME_TYPES[specification["UF"].string]


def _add_seal_field(document: Any, pdf: Any) -> None:
    page_number, rectangle = _drawn_seal(document)
    page = pdf.page_references[page_number]
    form = pydyf.Stream([], pydyf.Dictionary({"Type": "/XObject", "Subtype": "/Form", "BBox": _size(rectangle)}))
    pdf.add_object(form)
    widget = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(SEAL_FIELD),
            "TU": pydyf.String("ตราประทับอิเล็กทรอนิกส์ของหน่วยงาน / The agency's electronic seal"),
            "Rect": pydyf.Array(rectangle),
            "F": PRINTED,
            "P": page,
            "AP": pydyf.Dictionary({"N": form.reference}),
        }
    )
    pdf.add_object(widget)
    _object(pdf, page).setdefault("Annots", pydyf.Array()).append(widget.reference)
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array([widget.reference])})
    _tag(pdf, widget, page)


def _tag(pdf: Any, widget: Any, page: bytes) -> None:
    """Put the field into the structure tree, as PDF/UA-1 7.18.4 asks: a Form element with the widget in it."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    parents = _object(pdf, root["ParentTree"])["Nums"]
    whole = _object(pdf, root["K"][0])
    kid = pydyf.Dictionary({"Type": "/OBJR", "Obj": widget.reference, "Pg": page})
    pdf.add_object(kid)
    element = pydyf.Dictionary(
        {"Type": "/StructElem", "S": "/Form", "K": pydyf.Array([kid.reference]), "Pg": page, "P": whole.reference}
    )
    pdf.add_object(element)
    whole["K"].append(element.reference)
    widget["StructParent"] = parents[-2] + 1
    parents.extend([widget["StructParent"], element.reference])


def _drawn_seal(document: Any) -> tuple[int, list[float]]:
    """The page (from 0) and the rectangle in points of the element with the id `seal`."""
    for number, page in enumerate(document.pages):
        for box in page._page_box.descendants():
            if box.element is not None and box.element.get("id") == "seal" and hasattr(box, "border_width"):
                left, right = box.border_box_x(), box.border_box_x() + box.border_width()
                top, bottom = box.border_box_y(), box.border_box_y() + box.border_height()
                edges = (left, page.height - bottom, right, page.height - top)
                return number, [round(edge * POINTS_PER_PIXEL, 2) for edge in edges]
    raise NoPlaceForTheSeal("no element with the id 'seal' in the template")


def _size(rectangle: list[float]) -> Any:
    left, bottom, right, top = rectangle
    return pydyf.Array([0, 0, round(right - left, 2), round(top - bottom, 2)])
