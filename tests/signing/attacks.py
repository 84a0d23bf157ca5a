"""What somebody does to a sealed licence: each function gives the altered file. All are made with real PDF tools."""

import io
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

PDF: Any = generic  # pyHanko's objects carry no types


def _append(pdf: bytes, change: Any) -> bytes:
    """One more revision with a change in it (incremental saving attack)."""
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _page(writer: Any) -> Any:
    return writer.root["/Pages"]["/Kids"][0]


def page_replaced(pdf: bytes) -> bytes:
    """The page's content is another one."""

    def change(writer: Any) -> None:
        page = _page(writer)
        content = generic.StreamObject(stream_data=b"0 0 0 rg 100 100 200 200 re f")
        page["/Contents"] = writer.add_object(content)
        writer.update_container(page)

    return _append(pdf, change)


def note_laid_over(pdf: bytes) -> bytes:
    """A free-text annotation hides what is under it (evil annotation attack)."""

    def change(writer: Any) -> None:
        page = _page(writer)
        note = PDF.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/FreeText"),
                pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 400, 400, 440))),
                pdf_name("/Contents"): pdf_string("valid until 2099"),
                pdf_name("/DA"): pdf_string("/Helv 12 Tf 0 g"),
            }
        )
        page["/Annots"].append(writer.add_object(note))
        writer.update_container(page["/Annots"])
        writer.update_container(page)

    return _append(pdf, change)


def record_swapped(pdf: bytes) -> bytes:
    """The embedded licence.json says something else."""

    def change(writer: Any) -> None:
        names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
        specification = names[1]
        stream = generic.StreamObject(stream_data=b'{"agency": "dhss", "number": "FORGED"}')
        specification["/EF"]["/F"] = writer.add_object(stream)
        writer.update_container(specification)

    return _append(pdf, change)


def script_added(pdf: bytes) -> bytes:
    """JavaScript runs when the file is opened."""

    def change(writer: Any) -> None:
        writer.root["/OpenAction"] = PDF.DictionaryObject(
            {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert('valid')")}
        )
        writer.update_root()

    return _append(pdf, change)


def title_changed(pdf: bytes) -> bytes:
    """Another title stands in the XMP metadata; change analysis lets that pass."""

    def change(writer: Any) -> None:
        old = writer.root["/Metadata"].data
        stream = generic.StreamObject(
            dict_data={pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")},
            stream_data=old.replace("ใบอนุญาต".encode(), "ใบอนุญาตถาวร".encode()),
        )
        writer.root["/Metadata"] = writer.add_object(stream)
        writer.update_root()

    return _append_raw(pdf, change)


def author_changed(pdf: bytes) -> bytes:
    """Another author stands in the information dictionary."""

    def change(writer: Any) -> None:
        info = writer.trailer["/Info"]
        info["/Author"] = pdf_string("สำนักงานใหญ่")
        writer.update_container(info)

    return _append_raw(pdf, change)


def _append_raw(pdf: bytes, change: Any) -> bytes:
    """As `_append`, without the writer's own touches to the metadata."""

    class Writer(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            return

    writer: Any = Writer(io.BytesIO(pdf), strict=False)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive_cut_off(pdf: bytes) -> bytes:
    """The file ends where the archive time stamp was to begin."""
    ends = [n + len(b"%%EOF\n") for n in range(len(pdf)) if pdf.startswith(b"%%EOF", n)]
    return pdf[: ends[-2]]


def byte_flipped(pdf: bytes) -> bytes:
    """One byte of the page is another."""
    at = pdf.index(b"stream", 2000) + 40
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def raw_tail(pdf: bytes) -> bytes:
    """Objects are written after the end without a cross-reference table."""
    return pdf + b"\n1 0 obj\n<</Evil true>>\nendobj\n%%EOF\n"


def junk_before(pdf: bytes) -> bytes:
    """Something else stands before the header."""
    return b"junk\n" + pdf


def byte_range_negative(pdf: bytes) -> bytes:
    """The signature says that it covers less than nothing (universal signature forgery)."""
    start = pdf.index(b"/ByteRange [") + len(b"/ByteRange [")
    end = pdf.index(b"]", start)
    return pdf[:start] + b"-1 -1 -1 -1".ljust(end - start) + pdf[end:]


def signature_zeroed(pdf: bytes) -> bytes:
    """The signature itself is gone."""
    found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    _, length, after, _ = (int(number) for number in found.byte_range)
    return pdf[: length + 1] + b"0" * (after - length - 2) + pdf[after - 1 :]


def many_revisions(pdf: bytes) -> bytes:
    """Hundreds of tiny revisions, to keep a verifier busy."""
    tail = pdf[pdf.rindex(b"startxref") :]
    return pdf + tail * 400


def megabytes_of_nothing(pdf: bytes) -> bytes:
    """A tail of zeros."""
    return pdf + b"\0" * 6_000_000


TOUCHED = (page_replaced, note_laid_over, record_swapped, script_added, title_changed, author_changed, byte_flipped)
UNREADABLE = (junk_before, byte_range_negative, signature_zeroed, many_revisions, megabytes_of_nothing)
