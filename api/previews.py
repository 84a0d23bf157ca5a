"""Attached files as pictures: what is shown can neither run nor call home, and is drawn in a process apart."""

import io
from collections import OrderedDict
from functools import partial
from urllib.parse import quote

import pypdfium2
from PIL import Image

from api.apart import Apart, TooMuch
from licences.errors import NotFound

MOST_PAGES = 20
WIDE_PX = 1000
LONGEST_SIDE_PX = 1600
MOST_REMEMBERED = 10_000


class NoSuchPage(NotFound):
    """The file has no such page, or is none that can be shown."""

    def __init__(self) -> None:
        super().__init__("ไม่มีหน้านี้ในไฟล์", "the file has no such page")


class Viewer:
    """Draws attached files, a page at a time. How many pages a file has is remembered by its digest."""

    def __init__(self, apart: Apart) -> None:
        self._apart = apart
        self._pages: OrderedDict[str, int] = OrderedDict()

    async def pages(self, content: bytes, media_type: str, sha256: str) -> int:
        """How many pages there are to show; 0 for what cannot be shown (now: the next look tries again)."""
        if sha256 in self._pages:
            return self._pages[sha256]
        try:
            found = await self._apart.do(partial(_counted, media_type), content)
        except TooMuch:
            return 0
        self._pages[sha256] = found
        if len(self._pages) > MOST_REMEMBERED:
            self._pages.popitem(last=False)
        return found

    async def page(self, content: bytes, media_type: str, number: int) -> bytes:
        """One page (from 0) as a PNG. Raises NoSuchPage, also for one that breaks its bounds."""
        try:
            picture = await self._apart.do(partial(_pictured, media_type, number), content)
        except TooMuch as hostile:
            raise NoSuchPage from hostile
        if picture is None:
            raise NoSuchPage
        return picture


def _counted(media_type: str, content: bytes) -> int:
    return pages(content, media_type)


def _pictured(media_type: str, number: int, content: bytes) -> bytes | None:
    try:
        return page(content, media_type, number)
    except NoSuchPage:
        return None


def pages(content: bytes, media_type: str) -> int:
    """In the process: how many pages there are to show; 0 for what cannot be shown."""
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
    """In the process: one page (from 0) as a PNG. Raises NoSuchPage."""
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
