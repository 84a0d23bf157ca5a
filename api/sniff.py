"""What a file really is: told by its own bytes, then proved by opening it. Names and stated types are not believed.

PDF, JPEG, PNG and HEIC only. A file that opens elsewhere and not here is refused: an officer could not read it either.
"""

import io
import threading
from dataclasses import dataclass
from pathlib import PurePosixPath

import pillow_heif
import puremagic
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageFile

from api.bodies import plain
from licences.errors import NotAllowed

FIELD = "file"
MOST_PIXELS = 60_000_000
MOST_PAGES = 300
LONGEST_NAME = 150
PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
EXTENSIONS = {
    PDF: ("pdf",),
    JPEG: ("jpg", "jpeg"),
    PNG: ("png",),
    HEIC: ("heic", "heif"),
}
PICTURES = {JPEG: "JPEG", PNG: "PNG", HEIC: "HEIF"}
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
ANYTHING = ("", "application/octet-stream")

_pdfium = threading.Lock()  # PDFium is not made for threads
pillow_heif.register_heif_opener()


class FileRefused(NotAllowed):
    """A file that cannot be taken: which, why, and what to do."""


class NotAPlainFile(FileRefused):
    """Neither PDF, JPEG, PNG nor HEIC."""


class NotWhatItSays(FileRefused):
    """Its name or stated type says one thing, its bytes another."""


class Unreadable(FileRefused):
    """It begins as it should and cannot be opened."""


class Encrypted(FileRefused):
    """A PDF that needs a password, or forbids things."""


class NameRefused(FileRefused):
    """A file name that could not be shown."""


@dataclass(frozen=True)
class Looked:
    """A file that was opened: its media type, and its pages (a picture has one)."""

    media_type: str
    pages: int


def look(content: bytes, filename: str, stated_type: str = "") -> Looked:
    """What the file is. For a process apart: what is not ours is opened here. Raises FileRefused with the way out."""
    media_type = type_of(content)
    _check_says(media_type, filename, stated_type)
    return Looked(media_type, _pages(content) if media_type == PDF else _picture(content, media_type))


def tried(filename: str, stated_type: str, content: bytes) -> Looked | tuple[str, str, str]:
    """In a process apart: what the file is, or its refusal by name and in both languages (refusals do not travel)."""
    try:
        return look(content, filename, stated_type)
    except FileRefused as refused:
        return type(refused).__name__, refused.th, refused.en


def refusal(name: str, th: str, en: str) -> FileRefused:
    """The refusal again, on this side."""
    kinds = {kind.__name__: kind for kind in (NotAPlainFile, NotWhatItSays, Unreadable, Encrypted, NameRefused)}
    return kinds[name](th, en, field=FIELD)


def type_of(content: bytes) -> str:
    """The media type, by the first bytes. Raises NotAPlainFile."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return HEIC
    what = f" ({_guess(content)})" if _guess(content) else ""
    raise NotAPlainFile(
        f"รับเฉพาะไฟล์ PDF, JPG, PNG หรือ HEIC ไฟล์นี้เป็นชนิดอื่น{what} หรือว่างเปล่า",
        f"only PDF, JPG, PNG or HEIC files are taken; this one is something else{what}, or empty",
        field=FIELD,
    )


def clean_name(filename: str) -> str:
    """The last part of a file's name, as short as we keep it. Raises NameRefused."""
    name = PurePosixPath(filename.replace("\\", "/")).name.strip()
    if not name or not plain(name) or any(c in name for c in "\n\r\t"):
        raise NameRefused(
            "ชื่อไฟล์มีอักขระที่ใช้ไม่ได้ โปรดเปลี่ยนชื่อไฟล์", "the file's name cannot be used: please rename it", field=FIELD
        )
    return name[-LONGEST_NAME:]


def _guess(content: bytes) -> str:
    try:
        return str(puremagic.from_string(content[:4096], mime=True))
    except (puremagic.PureError, ValueError):
        return ""  # only for the sentence: nobody knows


def _check_says(media_type: str, filename: str, stated_type: str) -> None:
    extension = PurePosixPath(filename).suffix.lstrip(".").lower()
    stated = stated_type.split(";")[0].strip().lower().replace("image/jpg", JPEG).replace("image/heif", HEIC)
    if extension not in EXTENSIONS[media_type] or stated not in (*ANYTHING, media_type):
        is_ = EXTENSIONS[media_type][0].upper()
        raise NotWhatItSays(
            f"ชื่อหรือชนิดที่แจ้งไม่ตรงกับเนื้อไฟล์ ซึ่งเป็น {is_} โปรดบันทึกไฟล์ให้ตรงชนิดแล้วแนบอีกครั้ง",
            f"its name or stated type does not fit what is in the file, which is {is_}: save it as that and retry",
            field=FIELD,
        )


def _pages(content: bytes) -> int:
    """The pages of a PDF that opens without any password."""
    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            raise (_encrypted() if "password" in str(error).lower() else unreadable()) from error
        try:
            return _counted(document)
        except pypdfium2.PdfiumError as error:
            raise unreadable() from error
        finally:
            document.close()


def _counted(document: pypdfium2.PdfDocument) -> int:
    # -1: no security handler. One with an empty password opens by itself and still forbids and hides.
    if pdfium.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
        raise _encrypted()
    pages = len(document)
    if not 0 < pages <= MOST_PAGES:
        raise unreadable()
    document[0].get_size()
    return pages


def _picture(content: bytes, media_type: str) -> int:
    try:
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # libraries that draw leniently turn it on for the whole process
        with Image.open(io.BytesIO(content), formats=(PICTURES[media_type],)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unreadable(
                    "ภาพใหญ่เกินไป โปรดลดขนาดภาพ", "the picture has too many pixels: please make it smaller", field=FIELD
                )
            picture.load()
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError, Image.DecompressionBombError) as error:
        raise unreadable() from error
    return 1


def _encrypted() -> Encrypted:
    return Encrypted(
        "ไฟล์ PDF นี้ถูกเข้ารหัสหรือมีรหัสผ่าน โปรดบันทึกใหม่โดยไม่ตั้งรหัสผ่าน",
        "this PDF is encrypted or has a password: please save it again without one",
        field=FIELD,
    )


def unreadable() -> Unreadable:
    """It cannot be opened, or not within what an honest file takes."""
    return Unreadable(
        "เปิดไฟล์นี้ไม่ได้ ไฟล์อาจเสียหายหรือไม่ใช่ชนิดที่แจ้ง โปรดบันทึกใหม่แล้วแนบอีกครั้ง",
        "this file cannot be opened: it may be damaged or not what it says; save it again and attach it",
        field=FIELD,
    )
