"""What the register publishes about itself, signed: tree heads of its log, and the list of what died.

A statement (`signing.statement`) by the register's own key in the token, and a time stamp (RFC 3161) over it by an
authority that is not ours, so that not even whoever holds that key can date a statement back.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import cms
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from licences.errors import NotAllowed
from signing import statement as statements
from signing.token import Token
from signing.trust import Trust, parsed

REGISTER_KEY = "register"
"""The token's label of the key, and the first word of its id. Another key under it is a new id; old ones stay in the
trust folder."""
A_DAY = timedelta(days=1)
"""How far the date that a statement gives and its time stamp may lie apart: keys and stamps are waited for."""


class StampFalse(NotAllowed):
    """A time stamp does not hold: it is over something else, or from an authority that we do not trust."""


@dataclass(frozen=True)
class Published:
    """A statement as anybody may have it: compact JWS, and the DER of the time stamp token over its bytes."""

    statement: str
    stamp: bytes


class Stamper(HTTPTimeStamper):
    """The time-stamp authority over HTTP (RFC 3161, 3.4); an answer that cannot be read counts as none."""

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A time stamp for that digest. Raises `TimestampRequestError`."""
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except ValueError as error:
            raise TimestampRequestError(f"the time-stamp authority's answer cannot be read: {error}") from error


async def publish(token: Token, stamper: Stamper, payload: Mapping[str, object]) -> Published:
    """Sign and stamp what the register says. Raises `TokenUnavailable`, `TimestampRequestError`."""
    public = (await token.public_keys([REGISTER_KEY]))[REGISTER_KEY]
    signed = statements.to_sign(payload, statements.key_id(REGISTER_KEY, public))
    signature = await token.sign(REGISTER_KEY, hashlib.sha256(signed.encode()).digest())
    statement = statements.joined(signed, signature)
    stamp = await stamper.async_timestamp(hashlib.sha256(statement.encode()).digest(), "sha256")
    return Published(statement, stamp.dump())


async def check_stamp(published: Published, trust: Trust) -> datetime:
    """When the statement existed at the latest, by a time stamp under our roots. Raises `StampFalse`."""
    try:
        signed = cms.ContentInfo.load(published.stamp, strict=True)["content"]
        roots = [parsed(root) for root in trust.roots]
        context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
        status = await validate_tst_signed_data(
            signed, context, lambda algorithm: hashlib.new(algorithm, published.statement.encode()).digest()
        )
    except (ValueError, TypeError, KeyError, SignatureValidationError) as error:
        raise _false() from error
    if not (status["intact"] and status["valid"]) or status["trust_problem_indic"] is not None:
        raise _false()
    at: datetime = status["timestamp"]
    return at


def _false() -> StampFalse:
    return StampFalse(
        "ตราเวลาไม่ถูกต้อง หรือไม่ได้ออกโดยผู้ให้บริการที่เชื่อถือ",
        "the time stamp does not hold: it is over something else, or from an authority that is not trusted",
        field="stamp",
    )


def as_json(published: Published) -> str:
    """A statement and its stamp as the doors give them and folders keep them."""
    said = {"statement": published.statement, "stamp": base64.b64encode(published.stamp).decode()}
    return json.dumps(said, indent=1) + "\n"


def read(said: Mapping[str, Any]) -> Published:
    """The same read back. Raises KeyError or ValueError for another shape."""
    return Published(str(said["statement"]), base64.b64decode(said["stamp"], validate=True))


async def check(published: Published, trust: Trust, what: str) -> dict[str, Any]:
    """What the register states, once its key and a time stamp of that day are shown to stand under it.

    Raises `StatementFalse`, `StampFalse`.
    """
    signed = statements.check_statement(published.statement, trust.register_keys, limit=len(published.statement))
    stamped = await check_stamp(published, trust)
    try:
        apart = abs(stamped - datetime.fromisoformat(signed["at"]))
    except (KeyError, TypeError, ValueError) as error:
        raise _false() from error
    if signed.get("is") != what or apart > A_DAY:
        raise _false()
    return signed
