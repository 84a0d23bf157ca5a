"""The bank's signature on what it tells us: HMAC-SHA-256 of the body with the secret that we share (RFC 2104).

A good signature says who spoke, not that the money is there: what is told is believed only after our own inquiry.
"""

import hashlib
import hmac

from licences.errors import NotAllowed

HEADER = "x-signature"
SCHEME = "sha256="


class NotTheBank(NotAllowed):
    """The signature is missing, or is not the bank's."""

    status = 401


def sign(body: bytes, secret: str) -> str:
    """The header's value for a body."""
    return SCHEME + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def check(body: bytes, said: str, secret: str) -> None:
    """Return when this is the bank's signature of that body. Raises NotTheBank."""
    if not said:
        raise NotTheBank(
            f"ไม่มีลายมือชื่อของธนาคาร โปรดส่งหัวข้อ {HEADER}",
            f"The notification carries no signature: please send the header {HEADER}.",
        )
    if not hmac.compare_digest(said.encode(), sign(body, secret).encode()):
        raise NotTheBank(
            "ลายมือชื่อไม่ตรงกับเนื้อความ โปรดตรวจกุญแจที่ใช้ลงนามแล้วส่งใหม่",
            "The signature does not fit the body: please check the key it was made with, and send it again.",
        )
