"""Attached files as pictures for the officer's desk: what is shown can neither run nor call home."""

import io
from urllib.parse import quote

import pypdfium2
from PIL import Image

from licences.errors import NotFound

MOST_PAGES = 20
WIDE_PX = 1000
LONGEST_SIDE_PX = 1600


class NoSuchPage(NotFound):
    """The file has no such page, or is none that can be shown."""

    def __init__(self) -> None:
        super().__init__("ไม่มีหน้านี้ในไฟล์", "the file has no such page")


def pages(content: bytes, media_type: str) -> int:
    """How many pages there are to show; 0 for what cannot be shown."""
    if media_type.startswith("image/"):
        return 1
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return 0
    try:
        return min(len(document), MOST_PAGES)
    finally:
        document.close()


def page(content: bytes, media_type: str, number: int) -> bytes:
    """One page (from 0) as a PNG. Raises NoSuchPage."""
    if not 0 <= number < pages(content, media_type):
        raise NoSuchPage
    picture = _drawn(content, number) if media_type == "application/pdf" else _opened(content)
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def _drawn(content: bytes, number: int) -> Image.Image:
    document = pypdfium2.PdfDocument(content)
    try:
        sheet = document[number]
        scale = min(WIDE_PX / max(sheet.get_width(), 1), LONGEST_SIDE_PX / max(sheet.get_height(), 1))
        picture: Image.Image = sheet.render(scale=scale).to_pil()
        return picture
    finally:
        document.close()


def _opened(content: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content))
        picture.thumbnail((WIDE_PX, LONGEST_SIDE_PX))
        return picture.convert("RGB")
    except (OSError, Image.DecompressionBombError) as unreadable:
        raise NoSuchPage from unreadable


def quoted(filename: str) -> str:
    """A file name as RFC 8187 wants it in a header."""
    return quote(filename, safe="")
