"""What a file really is."""

import io
import subprocess
from pathlib import Path

import pillow_heif  # noqa: F401  (the writer of HEIC below)
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from api import sniff
from api.sniff import Encrypted, FileRefused, NameRefused, NotAPlainFile, NotWhatItSays, Unreadable


def a_picture(kind: str, size: tuple[int, int] = (64, 48)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "white").save(file, kind)
    return file.getvalue()


def a_pdf(pages: int = 1) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 200)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def encrypted(pdf: bytes, folder: Path, password: str) -> bytes:
    (folder / "clear.pdf").write_bytes(pdf)
    made = ["qpdf", "--encrypt", password, "owner", "256", "--", str(folder / "clear.pdf"), str(folder / "locked.pdf")]
    subprocess.run(made, check=True)
    return (folder / "locked.pdf").read_bytes()


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (a_pdf(3), "plan.pdf", sniff.PDF),
        (a_picture("JPEG"), "แผนที่.JPG", sniff.JPEG),
        (a_picture("PNG"), "a.b.png", sniff.PNG),
        (a_picture("HEIF"), "IMG_0001.HEIC", sniff.HEIC),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, name: str, media_type: str) -> None:
    assert sniff.look(content, name, media_type).media_type == media_type
    assert sniff.look(content, name, "application/octet-stream").pages == (3 if media_type == sniff.PDF else 1)


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00", b"PK\x03\x04zip", b"<html><script>", b"GIF89a", b" %PDF-1.7", b"\0\0\0\x1cftypisom"]
)
def test_another_kind_of_file_is_refused_in_both_languages(content: bytes) -> None:
    with pytest.raises(NotAPlainFile) as refusal:
        sniff.look(content, "a.pdf")

    assert refusal.value.field == "file" and refusal.value.th and "PDF" in refusal.value.en


@pytest.mark.parametrize(
    ("name", "stated"),
    [("a.pdf", ""), ("a.png", "application/pdf"), ("a", ""), ("a.png.exe", ""), ("a.png", "text/html")],
)
def test_a_picture_that_says_to_be_something_else_is_refused(name: str, stated: str) -> None:
    with pytest.raises(NotWhatItSays):
        sniff.look(a_picture("PNG"), name, stated)


@pytest.mark.parametrize("password", ["secret", ""])
def test_an_encrypted_pdf_is_refused_even_when_it_opens_by_itself(tmp_path: Path, password: str) -> None:
    with pytest.raises(Encrypted):
        sniff.look(encrypted(a_pdf(), tmp_path, password), "a.pdf")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7\nnothing more", "a.pdf"),
        (a_picture("JPEG")[:200], "a.jpg"),
        (a_picture("PNG", (500, 500))[:-40], "a.png"),
        (a_picture("HEIF")[:300], "a.heic"),
        (b"\xff\xd8\xff\xe0" + b"<script>" * 50, "a.jpg"),
    ],
)
def test_a_damaged_file_is_refused(content: bytes, name: str) -> None:
    with pytest.raises(Unreadable):
        sniff.look(content, name)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Unreadable):
        sniff.look(a_picture("PNG", (9000, 9000)), "a.png")


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    with pytest.raises(Unreadable):
        sniff.look(a_pdf(sniff.MOST_PAGES + 1), "a.pdf")


@given(
    st.sampled_from([b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x1cftypheic"]), st.binary(max_size=300)
)
def test_whatever_follows_the_first_bytes_is_read_or_refused(head: bytes, rest: bytes) -> None:
    name = f"a.{sniff.EXTENSIONS[sniff.type_of(head)][0]}"

    with pytest.raises(FileRefused):
        sniff.look(head + rest, name)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("C:\\docs\\แผนที่.pdf", "แผนที่.pdf"),
        ("../../etc/x.png", "x.png"),
        ("<b>x</b>.png", "b>.png"),
        ("a" * 300 + ".pdf", None),
    ],
)
def test_only_the_last_part_of_a_name_is_kept(given_name: str, kept: str | None) -> None:
    name = sniff.clean_name(given_name)

    assert len(name) <= sniff.LONGEST_NAME and name == (kept or name) and name.endswith(given_name[-4:])


@pytest.mark.parametrize("name", ["", "/", "a\x00.pdf", "a\nb.pdf", "a\x1b[31m.pdf"])
def test_a_name_that_could_not_be_shown_is_refused(name: str) -> None:
    with pytest.raises(NameRefused):
        sniff.clean_name(name)
