"""What a scanned code says: the statement in a licence's QR code, checked with the published keys and the register."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from api import verdict
from api.verdict import GENUINE, Known, Verdict, Worth, standing_sentence
from licences.errors import Sentence
from records.register import Found
from signing.statement import StatementFalse, check_statement, key_of, record_digest
from signing.trust import Trust

STATEMENT = re.compile(rb"eyJ[A-Za-z0-9_-]{8,400}\.[A-Za-z0-9_-]{8,1200}\.[A-Za-z0-9_-]{86}")
"""A compact JWS (RFC 7515, 7.1), as a QR code carries it."""


NOT_OURS = Sentence("QR นี้ไม่ใช่ของระบบนี้ อย่าเชื่อถือ", "this QR is not one of ours: do not rely on it")


def is_statement(content: bytes) -> bool:
    """Whether it is a statement as text: the scanned address, or what stands after its `#`."""
    return bool(STATEMENT.fullmatch(content))


def stated(text: str, trust: Trust) -> tuple[dict[str, Any], str]:
    """What a statement says, and the agency whose key signed it. Raises StatementFalse."""
    said = check_statement(text, trust.published_keys())
    kid = key_of(text)
    return said, next(code for code, its in trust.agencies.items() if kid in its.statement_keys)


def judged(content: bytes, text: str, trust: Trust, found: Found | None, known: Known | None) -> dict[str, Any]:
    """The same facts as of a PDF, for a statement: `found` and `known` are the register's of the number it names."""
    seal: dict[str, Any] = {
        "intact": False, "sealed_by": None, "sealed_at": None, "key_was_good": None, "changes_after": "none",
        "indication": "", "sub_indication": "",
    }  # fmt: skip
    said: Mapping[str, Any] | None = None
    try:
        said, agency = stated(text, trust)
        by = {"agency": agency, "organisation": trust.agencies[agency].name_th, "serial": key_of(text)}
        seal |= {"intact": True, "sealed_by": by, "key_was_good": True}
        worth = _worth(said, agency, found, known)
    except StatementFalse as false:
        worth = (
            Verdict(Worth.NOT_OURS, (NOT_OURS,))
            if not text
            else Verdict(Worth.ALTERED, (Sentence(false.th, false.en),))
        )
    which = "statement" if said is None or found is None else _which(said, found)
    return verdict.shaped(
        worth, {"sha256": hashlib.sha256(content).hexdigest(), "is": which}, seal, known, {"statement": said}
    )


def _worth(said: Mapping[str, Any], agency: str, found: Found | None, known: Known | None) -> Verdict:
    if found is None or known is None or known.agency != agency:
        return Verdict(*verdict.NOT_THERE)
    if _which(said, found) != "current":
        return Verdict(Worth.NOT_IN_FORCE, (GENUINE, verdict.SUPERSEDED, standing_sentence(known)))
    worth = Worth.IN_FORCE if known.standing == "in-force" else Worth.NOT_IN_FORCE
    return Verdict(worth, (GENUINE, standing_sentence(known)))


def _which(said: Mapping[str, Any], found: Found) -> str:
    """Whether the record that a statement is bound to is that of the present entry."""
    present = next(one for one in found.entries if one.seq == found.holding.entry)
    return "current" if said.get("s") == record_digest(present.facts) else "older-copy"


def number_in(text: str, trust: Trust) -> str:
    """The licence number that a statement names, once it holds; "" when it does not."""
    try:
        return str(stated(text, trust)[0].get("n", ""))
    except StatementFalse:
        return ""
