"""The two codes that machines read from paper, as one-bit pictures: QR (ISO/IEC 18004) and Code 128 (ISO/IEC 15417)."""

import io

import segno
from barcode.codex import Code128
from PIL import Image

QR_CHARACTERS = 1_500
SHORT = 120
BARCODE_CHARACTERS = 70  # 15 + 20 + 20 + amount, and their separators (Bank of Thailand bill payment)


class TooMuchForACode(Exception):
    """A code would be too dense to be read from paper. (The caller built it; no person typed it.)"""


def qr_png(text: str) -> bytes:
    """A QR code with error level Q (a quarter may be soiled), one pixel a module; the page scales it."""
    if not text or len(text) > QR_CHARACTERS:
        raise TooMuchForACode(f"a QR of {len(text)} characters; between 1 and {QR_CHARACTERS} can be read from paper")
    picture = io.BytesIO()
    mask = None if len(text) <= SHORT else 2  # weighing eight masks costs 20 ms; signed text looks random under any
    segno.make(text, error="q", micro=False, boost_error=False, mask=mask).save(picture, kind="png", scale=1, border=4)
    return picture.getvalue()


def code128_png(text: str) -> bytes:
    """A Code 128 bar code of ASCII text (carriage returns included), one pixel a module, quiet zones of ten modules."""
    if not text or len(text) > BARCODE_CHARACTERS or not text.isascii():
        raise TooMuchForACode(f"a bar code of {len(text)} characters; 1 to {BARCODE_CHARACTERS} ASCII ones can be read")
    modules = "0" * 10 + Code128(text).build()[0] + "0" * 10
    row = Image.new("1", (len(modules), 1), 1)
    row.putdata([module == "0" for module in modules])
    picture = io.BytesIO()
    row.save(picture, format="PNG")
    return picture.getvalue()
