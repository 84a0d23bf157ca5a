"""The short look at our own work: is what we sealed a moment ago whole, and sealed and stamped by whom we meant?

For a paper that nobody will judge a licence by (an acknowledgement, a receipt): the chains and revocation answers were
checked just before the seal was made, so they are not judged a second time. A licence gets the whole verdict.
"""

import hashlib
from collections.abc import Collection

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

SEAL_AND_STAMP = 2


def faults(reader: PdfFileReader, certificates: Collection[str]) -> list[str]:
    """What is wrong with a seal of ours: nothing, when it was made with one of these certificates (SHA-256, hex), is
    intact, and an archive time stamp covers the whole file."""
    found = list(reader.embedded_signatures)
    if len(found) != SEAL_AND_STAMP:
        return [f"{len(found)} signatures"]
    seal, stamp = found
    wrong = [*_faults(seal, "data", seal.compute_digest()), *_stamp_faults(stamp)]
    if seal.signer_cert.sha256.hex() not in certificates:
        wrong.append("sealed with another certificate")
    if stamp.evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_FILE:
        wrong.append("the stamp does not cover the file")
    return wrong


def _faults(signature: EmbeddedPdfSignature, content: str, digest: bytes) -> list[str]:
    intact, valid = validate_sig_integrity(signature.signer_info, signature.signer_cert, content, digest)
    said = (("altered", intact), ("not signed so", valid))
    return [f"{signature.field_name}: {word}" for word, good in said if not good]


def _stamp_faults(stamp: EmbeddedPdfSignature) -> list[str]:
    """A time stamp signs its own content, and that content names the digest of what is stamped (RFC 3161, 2.4.2)."""
    token = stamp.signed_data["encap_content_info"]["content"]
    algorithm = stamp.signer_info["digest_algorithm"]["algorithm"].native
    wrong = _faults(stamp, "tst_info", hashlib.new(algorithm, bytes(token)).digest())
    imprint = token.parsed["message_imprint"]["hashed_message"].native
    return wrong if imprint == stamp.compute_digest() else [*wrong, f"{stamp.field_name}: stamps something else"]
