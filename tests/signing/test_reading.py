"""Our reader finds the same objects as the library's own, and reads each object stream's head once."""

import io
import zlib

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from signing_sheets import a_licence

from signing.document import render
from signing.reading import Reader

BROKEN_HEADS = (b"5 0 6 x ", b"5 0 6 ", b"", b"9 0 5 0 ")


def every_object(reader: PdfFileReader) -> dict[int, str]:
    """Each object that the file's first revision has, as text."""
    refs = sorted(reader.xrefs.explicit_refs_in_revision(0), key=lambda ref: int(ref.idnum))
    return {ref.idnum: read(reader, ref.idnum) for ref in refs}


def with_an_object_stream(head: bytes) -> bytes:
    """A small PDF whose objects 5 and 6 lie in an object stream with this head."""
    packed = zlib.compress(head + b"(five) (six)")
    stream = b"4 0 obj<</Type/ObjStm/N 2/First %d/Filter/FlateDecode/Length %d>>stream\n" % (len(head), len(packed))
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R/A 5 0 R/B 6 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n",
        stream + packed + b"\nendstream endobj\n",
    ]
    body, places = b"%PDF-1.7\n", []
    for one in objects:
        places.append(len(body))
        body += one
    rows = [(0, 0, 255), (1, places[0], 0), (1, places[1], 0), (0, 0, 0), (1, places[2], 0), (2, 4, 0), (2, 4, 1)]
    rows.append((1, len(body), 0))
    table = b"".join(bytes([kind]) + place.to_bytes(4, "big") + bytes([last]) for kind, place, last in rows)
    xref = b"7 0 obj<</Type/XRef/Size 8/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return body + xref + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def read(reader: PdfFileReader, number: int) -> str:
    try:
        found = reader.get_object(generic.Reference(number, 0, reader))  # type: ignore[no-untyped-call]
        return "null" if isinstance(found, generic.NullObject) else repr(found)
    except Exception as error:
        return type(error).__name__


def test_every_object_of_a_paper_is_the_one_that_the_library_reads() -> None:
    pdf = render(a_licence())

    ours, theirs = every_object(Reader(io.BytesIO(pdf))), every_object(PdfFileReader(io.BytesIO(pdf), strict=False))

    assert len(ours) > 50
    assert ours == theirs


def test_a_broken_head_is_read_as_far_as_the_library_reads_it() -> None:
    for head in (b"5 0 6 7 ", *BROKEN_HEADS):
        pdf = with_an_object_stream(head)
        ours, theirs = Reader(io.BytesIO(pdf)), PdfFileReader(io.BytesIO(pdf), strict=False)

        assert [read(ours, n) for n in (5, 6)] == [read(theirs, n) for n in (5, 6)], head


def test_an_object_of_a_sound_stream_is_found() -> None:
    reader = Reader(io.BytesIO(with_an_object_stream(b"5 0 6 7 ")))

    assert (read(reader, 5), read(reader, 6)) == ("'five'", "'six'")
