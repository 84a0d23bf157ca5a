"""The signed statement in a licence's QR code: what the paper says, provable without the paper and without a network.

A compact JWS (RFC 7515) with ES256 (RFC 7518, 3.4) and the key's id: any library reads it. It holds the few values that
a roadside check needs; whether the licence is still in force, only the register can say.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from licences.errors import NotAllowed

STATEMENT_CHARACTERS = 1_200
SIGNATURE_BYTES = 64
TREE_HEAD, NO_LONGER, DAILY_FILES = "tree-head", "no-longer-in-force", "daily-files"
"""What a statement of the register's key says it is, so that none is taken for another."""


class StatementFalse(NotAllowed):
    """A statement does not hold: it was changed, or none of the published keys signed it."""


def key_id(agency: str, public_key: bytes) -> str:
    """The id of an agency's statement key: its code and the first bytes of the key's SHA-256 (of its DER)."""
    return f"{agency}-{hashlib.sha256(public_key).hexdigest()[:8]}"


def to_sign(payload: Mapping[str, object], kid: str) -> str:
    """The part of the statement that is signed: header and payload, without spaces, keys in order."""
    return f"{_encode(_json({'alg': 'ES256', 'kid': kid}))}.{_encode(_json(payload))}"


def joined(signed: str, signature: bytes) -> str:
    """The whole statement. `signature` is r and s, 32 bytes each, as a token gives them and JWS wants them."""
    return f"{signed}.{_encode(signature)}"


def record_json(record: Mapping[str, object]) -> bytes:
    """The record as a paper embeds it: `licence.json`. Its SHA-256 is what the statement holds."""
    return (json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1, default=str) + "\n").encode()


def record_digest(record: Mapping[str, object]) -> str:
    """SHA-256 of the embedded record, base64url: what a statement carries, and binds it to the paper with."""
    return _encode(hashlib.sha256(record_json(record)).digest())


def check_statement(
    text: str, published_keys: Mapping[str, str], *, limit: int = STATEMENT_CHARACTERS
) -> dict[str, Any]:
    """What a statement says, once one of the published keys (PEM by key id) is shown to have signed it.

    `limit`: the most characters it may have; what a QR code holds, unless said otherwise. Raises `StatementFalse` for
    anything else.
    """
    try:
        header, payload, signature = _parts(text, limit)
        key = load_pem_public_key(published_keys[header["kid"]].encode())
        _check_signature(key, text.rpartition(".")[0].encode(), signature, header)
    except (ValueError, KeyError, TypeError, InvalidSignature) as error:
        raise StatementFalse(
            "ข้อความรับรองในคิวอาร์โค้ดไม่ถูกต้อง หรือไม่ได้ลงนามด้วยกุญแจที่เผยแพร่",
            "The statement in this QR code does not hold: it was changed, or no published key signed it.",
            field="statement",
        ) from error
    return payload


def key_of(text: str) -> str:
    """The id of the key that a statement names. For a statement that was checked."""
    return str(_parts(text, len(text))[0]["kid"])


def _check_signature(key: object, signed: bytes, signature: bytes, header: Mapping[str, Any]) -> None:
    if header.get("alg") != "ES256" or not isinstance(key, EllipticCurvePublicKey) or len(signature) != SIGNATURE_BYTES:
        raise ValueError("not an ES256 statement")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    key.verify(encode_dss_signature(r, s), signed, ECDSA(SHA256()))


def _parts(text: str, limit: int) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    if len(text) > limit or not text.isascii():
        raise ValueError("too long, or not a statement")
    header, payload, signature = text.split(".")
    decoded = json.loads(_decode(header)), json.loads(_decode(payload))
    if not all(isinstance(part, dict) for part in decoded):
        raise ValueError("header and payload are objects")
    return decoded[0], decoded[1], _decode(signature)


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encode(raw) != text:  # one statement, one text: no second spelling of the same bytes
        raise ValueError("not canonical base64url")
    return raw
