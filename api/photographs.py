"""A photograph of a licence: the QR in it, and whether what the QR says was signed by a key that we published.

Pure but for the decoding of the picture. A photograph proves less than a file: that the licence exists and what it is
worth, not that the paper in the hand says the same. The page tells people to compare.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import zxingcpp
from PIL import Image

from api import sniff
from licences.errors import NotAllowed
from signing.statement import StatementFalse, check_statement

LARGEST_PIXELS = 50_000_000
LONGEST_SIDE_PX = 2_400
PATH = "/v/"


class NoCode(NotAllowed):
    """There is no QR in the picture, or none that can be read."""

    def __init__(self) -> None:
        super().__init__(
            "อ่าน QR ในภาพไม่ได้ ถ่ายใหม่ให้ตรงและไม่สะท้อนแสง หรือค้นด้วยเลขที่ใบอนุญาต",
            "no QR can be read in this picture: take it again, straight on and without glare, or look the number up",
            field="file",
        )


@dataclass(frozen=True)
class Code:
    """What a QR says: the address it leads to, and, when that is ours, the licence number and its statement."""

    address: str
    number: str = ""
    statement: str = ""


def is_picture(content: bytes) -> bool:
    """Whether the bytes are a picture that we take."""
    try:
        return sniff.type_of(content) != sniff.PDF
    except NotAllowed:
        return False


def code_in(content: bytes, public_url: str) -> Code:
    """The QR in a picture; of several, the one that is ours. CPU work: call it on a thread. Raises NoCode."""
    try:
        picture = Image.open(io.BytesIO(content))
        if picture.width * picture.height > LARGEST_PIXELS:
            raise NoCode
        picture.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
        found = _texts(picture.convert("L"))
    except (OSError, ValueError, Image.DecompressionBombError) as unreadable:
        raise NoCode from unreadable
    codes = [read(text, public_url) for text in found if text]
    if not codes:
        raise NoCode
    return max(codes, key=lambda code: bool(code.number))


def _texts(picture: Image.Image) -> list[str]:
    """Every code in the picture; what is small in it is looked at once more, enlarged."""
    found = [one.text for one in zxingcpp.read_barcodes(picture)]
    if not found:
        larger = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
        found = [one.text for one in zxingcpp.read_barcodes(larger)]
    return found


def read(text: str, public_url: str) -> Code:
    """What the text of a QR says. Another site's address is never taken for ours."""
    ours, there = urlsplit(public_url), urlsplit(text)
    same = (there.scheme, there.netloc) == (ours.scheme, ours.netloc)
    if not same or not there.path.startswith(PATH):
        return Code(text[:200])
    return Code(text[:200].partition("#")[0], unquote(there.path.removeprefix(PATH)), there.fragment)


def signed(code: Code, published_keys: Mapping[str, str]) -> bool | None:
    """Whether a published key signed the statement in the QR, and for this number; None: this QR carries none."""
    if not code.statement:
        return None
    try:
        return check_statement(code.statement, published_keys).get("n") == code.number
    except StatementFalse:
        return False
