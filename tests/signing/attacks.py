"""What somebody does to a sealed licence: each function gives the altered file. All are made with real PDF tools."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.validation.dss import DocumentSecurityStore

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


def words_renamed(pdf: bytes) -> bytes:
    """A font maps its glyphs to other letters: the page looks the same, and copies as another text."""

    def change(writer: Any) -> None:
        font = next(iter(_page(writer)["/Resources"]["/Font"].values())).get_object()
        old = font["/ToUnicode"].data
        stream = generic.StreamObject(stream_data=old.replace(b"<0e", b"<0f").replace(b"<0E", b"<0F"))
        font["/ToUnicode"] = writer.add_object(stream)
        writer.update_container(font)

    return _append(pdf, change)


def layers_switched(pdf: bytes) -> bytes:
    """Optional content is switched on after sealing (shadow attack: hide and replace)."""

    def change(writer: Any) -> None:
        layer = writer.add_object(
            PDF.DictionaryObject({pdf_name("/Type"): pdf_name("/OCG"), pdf_name("/Name"): pdf_string("other")})
        )
        shown = PDF.DictionaryObject({pdf_name("/ON"): generic.ArrayObject([layer])})
        writer.root["/OCProperties"] = PDF.DictionaryObject(
            {pdf_name("/OCGs"): generic.ArrayObject([layer]), pdf_name("/D"): shown}
        )
        writer.update_root()

    return _append(pdf, change)


def _other_pages(writer: Any) -> Any:
    """Another tree of pages, with one empty page."""
    page = PDF.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
        }
    )
    tree = PDF.DictionaryObject({pdf_name("/Type"): pdf_name("/Pages"), pdf_name("/Count"): generic.NumberObject(1)})
    kept = writer.add_object(tree)
    page[pdf_name("/Parent")] = kept
    tree[pdf_name("/Kids")] = generic.ArrayObject([writer.add_object(page)])
    return kept


def pages_exchanged(pdf: bytes) -> bytes:
    """The catalogue points at another tree of pages (shadow attack: replace)."""

    def change(writer: Any) -> None:
        writer.root["/Pages"] = _other_pages(writer)
        writer.update_root()

    return _append(pdf, change)


def seal_forgotten(pdf: bytes) -> bytes:
    """The form has no field any more: nothing says that there was a seal."""

    def change(writer: Any) -> None:
        writer.root["/AcroForm"]["/Fields"] = generic.ArrayObject()
        writer.update_container(writer.root["/AcroForm"])
        writer.update_root()

    return _append(pdf, change)


def _seal_of(pdf: bytes) -> tuple[list[int], Any]:
    found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    return [int(number) for number in found.byte_range], found


def signature_swapped(pdf: bytes, other: bytes) -> bytes:
    """The seal of another true licence, of the same agency, in the place of this one's."""
    (_, ours, after, _), _ = _seal_of(pdf)
    (_, theirs, end, _), _ = _seal_of(other)
    return pdf[:ours] + other[theirs:end][: after - ours] + pdf[after:]


def wrapped(pdf: bytes) -> bytes:
    """Something else in the gap that no signature covers, which was widened for it (signature wrapping attack)."""
    (start, length, after, rest), _ = _seal_of(pdf)
    evil = b"9999 0 obj\n<</Type/Page/Evil true>>\nendobj\n"
    old = f"{start} {length} {after} {rest}".encode()
    new = f"{start} {length} {after + len(evil)} {rest}".encode()
    at = pdf.index(old)
    moved = pdf[:at] + new.ljust(len(old)) + pdf[at + len(old) :]
    return moved[:after] + evil + moved[after:]


def byte_range_absent(pdf: bytes) -> bytes:
    """The signature does not say what it covers (universal signature forgery)."""
    return pdf.replace(b"/ByteRange", b"/ByteRangX", 1)


def byte_range_null(pdf: bytes) -> bytes:
    """It says that it covers nothing."""
    start = pdf.index(b"/ByteRange [") + len(b"/ByteRange ")
    end = pdf.index(b"]", start) + 1
    return pdf[:start] + b"null".ljust(end - start) + pdf[end:]


def padding_filled(pdf: bytes) -> bytes:
    """Garbage after the end of the seal's own signature, in the room that was kept for it."""
    (_, _, after, _), _ = _seal_of(pdf)
    return pdf[: after - 9] + b"deadbeef" + pdf[after - 1 :]


def blank_tail(pdf: bytes) -> bytes:
    """White space after the end: it says nothing, and changes nothing."""
    return pdf + b"\n\n  \n"


TOUCHED = (
    page_replaced, note_laid_over, record_swapped, script_added, title_changed, author_changed, byte_flipped,
    words_renamed, layers_switched, pages_exchanged,
)  # fmt: skip
UNREADABLE = (
    junk_before, byte_range_negative, byte_range_absent, byte_range_null, signature_zeroed, many_revisions,
    megabytes_of_nothing,
)  # fmt: skip


# Shadows: what is hidden in a paper before it is sealed, and called forth afterwards


def _drawn(writer: Any, page: Any, name: str, content: bytes) -> Any:
    """One more drawing on the page, as an object of its own."""
    box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
    form = generic.StreamObject(
        dict_data={
            pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form"), pdf_name("/BBox"): box,
        },
        stream_data=content,
    )  # fmt: skip
    kept = writer.add_object(form)
    drawings = page["/Resources"].setdefault(pdf_name("/XObject"), PDF.DictionaryObject()).get_object()
    drawings[pdf_name(name)] = kept
    show = writer.add_object(generic.StreamObject(stream_data=f"q {name} Do Q".encode()))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), show])
    writer.update_container(page["/Resources"])
    writer.update_container(drawings)
    writer.update_container(page)
    return kept


def prepared_to_hide(pdf: bytes) -> bytes:
    """An opaque sheet lies over what is to be read later."""

    def change(writer: Any) -> None:
        _drawn(writer, _page(writer), "/Cover", b"1 1 1 rg 100 300 300 40 re f")

    return _append(pdf, change)


def cover_lifted(pdf: bytes) -> bytes:
    """The sheet becomes empty, and what it hid is seen (shadow attack: hide)."""

    def change(writer: Any) -> None:
        cover = _page(writer)["/Resources"]["/XObject"]["/Cover"]
        cover._data, cover._encoded_data = b"", None
        writer.update_container(cover)

    return _append(pdf, change)


def prepared_to_replace(pdf: bytes) -> bytes:
    """A field to be filled in stands where a value is printed."""

    def change(writer: Any) -> None:
        page = _page(writer)
        field = PDF.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): pdf_string("until"),
                pdf_name("/V"): pdf_string("2027"),
                pdf_name("/DA"): pdf_string("/Helv 12 Tf 0 g"), pdf_name("/F"): generic.NumberObject(4),
                pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 400, 300, 420))),
            }
        )  # fmt: skip
        kept = writer.add_object(field)
        for several in (page["/Annots"], writer.root["/AcroForm"]["/Fields"]):
            several.append(kept)
            writer.update_container(several)
        writer.update_container(page)
        writer.update_root()

    return _append(pdf, change)


def field_filled(pdf: bytes) -> bytes:
    """The field says another year (shadow attack: replace)."""

    def change(writer: Any) -> None:
        field = next(
            one.get_object() for one in writer.root["/AcroForm"]["/Fields"] if one.get_object()["/T"] == "until"
        )
        field["/V"] = pdf_string("2099")
        writer.update_container(field)

    return _append(pdf, change)


def prepared_to_hide_and_replace(pdf: bytes) -> bytes:
    """Another tree of pages is in the file, and nothing points to it but a word that no reader knows."""

    def change(writer: Any) -> None:
        writer.root[pdf_name("/Shadow")] = _other_pages(writer)
        writer.update_root()

    return _append(pdf, change)


def shadow_called(pdf: bytes) -> bytes:
    """The catalogue points at the hidden pages (shadow attack: hide and replace)."""

    def change(writer: Any) -> None:
        writer.root["/Pages"] = writer.root.raw_get("/Shadow")
        writer.update_root()

    return _append(pdf, change)


SHADOWS = (
    (prepared_to_hide, cover_lifted), (prepared_to_replace, field_filled),
    (prepared_to_hide_and_replace, shadow_called),
)  # fmt: skip


# What else is done to a whole file


def copied_and_altered(pdf: bytes) -> bytes:
    """A copy of a true licence, written anew by a PDF tool with another page: its seal came along."""
    writer: Any = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    _page(writer)["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 0 rg 9 9 99 99 re f"))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive_padding_filled(pdf: bytes) -> bytes:
    """Garbage in the room that was kept for the archive stamp, after its own end."""
    stamp = PdfFileReader(io.BytesIO(pdf)).embedded_timestamp_signatures[-1]
    _, _, after, _ = (int(number) for number in stamp.byte_range)
    return pdf[: after - 9] + b"deadbeef" + pdf[after - 1 :]


def padding_filled_before_the_archive(pdf: bytes) -> bytes:
    """The same in the room of the seal, in a file that has no archive stamp over it."""
    return padding_filled(archive_cut_off(pdf))


def certificates_added(pdf: bytes) -> bytes:
    """One more certificate, of somebody else, among those that prove the seal."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody else")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=9)
    )
    other = asn1.Certificate.load(made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))
    out = io.BytesIO(pdf)
    DocumentSecurityStore.add_dss(out, sig_contents=None, certs=[other])
    return out.getvalue()
