"""A photograph of a licence: its QR read however it lies, and believed only when a published key signed it."""

import io
from typing import Any

import pytest
import segno
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from PIL import Image, ImageFilter

from api import photographs
from signing import statement

OURS, NUMBER = "https://biz.example", "LAO-2569-0000001-L"
KEY = ec.generate_private_key(ec.SECP256R1())
KEYS = {
    "k1": KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
}


def signed(**payload: Any) -> str:
    """A statement by our key."""
    text = statement.to_sign({"n": NUMBER, **payload}, "k1")
    r, s = decode_dss_signature(KEY.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return statement.joined(text, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def photograph(text: str, turned: float = 0.0) -> bytes:
    """A QR on a page, as a telephone takes it: askew, soft, small in bytes."""
    code = io.BytesIO()
    segno.make(text, error="q").save(code, kind="png", scale=8, border=4)
    page = Image.new("L", (1400, 1800), 235)
    page.paste(Image.open(code), (200, 300))
    page = page.rotate(turned, expand=True, fillcolor=200).filter(ImageFilter.GaussianBlur(1.5))
    made = io.BytesIO()
    page.convert("RGB").save(made, "JPEG", quality=40)
    return made.getvalue()


@pytest.mark.parametrize("turned", [0.0, 11.0, 90.0, 200.0])
def test_our_qr_is_read_however_the_paper_lies(turned: float) -> None:
    code = photographs.code_in(photograph(f"{OURS}/v/{NUMBER}#{signed()}", turned), OURS)

    assert (code.number, code.address) == (NUMBER, f"{OURS}/v/{NUMBER}")
    assert photographs.signed(code, KEYS) is True


@pytest.mark.parametrize(
    "text",
    [
        f"https://biz.example.evil/v/{NUMBER}",
        f"http://biz.example/v/{NUMBER}",
        f"https://evil.example/v/{NUMBER}#x",
        f"{OURS}/verify",
        "00020101021230",
    ],
)
def test_another_sites_qr_is_never_taken_for_ours(text: str) -> None:
    assert photographs.read(text, OURS).number == ""


def test_a_statement_for_another_number_is_false() -> None:
    code = photographs.read(f"{OURS}/v/LAO-2569-0000002-0#{signed()}", OURS)

    assert photographs.signed(code, KEYS) is False


def test_a_statement_that_was_changed_is_false_and_none_is_said_so() -> None:
    whole = signed()

    assert photographs.signed(photographs.read(f"{OURS}/v/{NUMBER}#{whole[:-4]}AAAA", OURS), KEYS) is False
    assert photographs.signed(photographs.read(f"{OURS}/v/{NUMBER}", OURS), KEYS) is None


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff" + b"no picture at all" * 9])
def test_what_is_no_picture_has_no_code(content: bytes) -> None:
    with pytest.raises(photographs.NoCode):
        photographs.code_in(content, OURS)


def test_a_picture_without_a_qr_is_told_how_to_take_another() -> None:
    blank = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(blank, "PNG")

    assert photographs.is_picture(blank.getvalue())
    with pytest.raises(photographs.NoCode) as refusal:
        photographs.code_in(blank.getvalue(), OURS)
    assert "ถ่ายใหม่" in refusal.value.th and refusal.value.field == "file"
