"""A PDF reader that reads the head of an object stream once (ISO 32000-1 7.5.7).

pyHanko 0.38 reads it again, number by number, for every object that it takes out of the stream. On a paper of ours,
with two hundred tagged objects, that is four fifths of a verification; in a stranger's file it grows with the square
of what he put in.
"""

import io
import logging
from dataclasses import dataclass
from typing import Any, BinaryIO

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Head:
    """An object stream: its content, where each object begins in it, and what ended the reading of its head early."""

    content: bytes
    count: int
    places: dict[int, int]
    broken: Exception | None = None


class Reader(PdfFileReader):
    """pyHanko's reader, lenient as it is with `strict=False`; the same objects, found quicker."""

    def __init__(self, stream: BinaryIO) -> None:
        self._heads: dict[int, _Head] = {}
        super().__init__(stream, strict=False)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        """One object of an object stream; null where the stream does not have it, as in the reader above."""
        if stmnum not in self._heads:
            self._heads[stmnum] = self._read_head(stmnum)
        head = self._heads[stmnum]
        if not 0 <= idx < head.count:
            return generic.NullObject()
        if idnum not in head.places:
            if head.broken is not None:
                raise head.broken
            return generic.NullObject()
        content = io.BytesIO(head.content)
        content.seek(head.places[idnum])
        try:
            return generic.read_object(content, generic.Reference(idnum, 0, self))
        except (misc.PdfStreamError, misc.PdfReadError) as error:
            log.warning("object %s of stream %s cannot be read: %s", idnum, stmnum, error)
            return generic.NullObject()

    def _read_head(self, stmnum: int) -> _Head:
        """The head's pairs of numbers (object, offset). A head that cannot be read further tells what came before."""
        stream = generic.Reference(stmnum, 0, self).get_object()
        assert isinstance(stream, generic.StreamObject) and stream["/Type"] == "/ObjStm"
        content, first, places = stream.read_data(DecodePurpose.OBJECT_STREAM), stream["/First"], dict[int, int]()
        reading = io.BytesIO(content)
        broken: Exception | None = None
        try:
            for _ in range(stream["/N"]):
                number, offset = _number(reading), _number(reading)
                misc.read_non_whitespace(reading, seek_back=True)  # type: ignore[no-untyped-call]
                places.setdefault(number, first + offset)
        except ValueError as error:  # what is not a number ends the head: the objects after it are null
            log.warning("the head of object stream %s cannot be read further: %s", stmnum, error)
        except misc.PdfError as error:
            broken = error
        return _Head(content, stream["/N"], places, broken)


def _number(reading: BinaryIO) -> int:
    misc.read_non_whitespace(reading, seek_back=True)  # type: ignore[no-untyped-call]
    return int(generic.NumberObject.read_from_stream(reading))  # type: ignore[no-untyped-call]
