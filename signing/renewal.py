"""The archive time stamp, renewed: what keeps a sealed file provable after the certificates of its day have ended.

Each new stamp is one more increment (ETSI EN 319 142-1, 5.5): it covers everything before it, with the revocation data
of the stamp that it follows. The bytes as they were issued stay at the beginning. A newer digest may be chosen for it,
so that a file outlives not only certificates but algorithms.
"""

import io
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from signing.proof import DIGESTS, NothingGained, Proof
from signing.publishing import Stamper
from signing.reading import Reader


def proof_of(sealed: bytes) -> Proof:
    """The newest archive time stamp of a file that we sealed. Raises ValueError when it has none."""
    return proof_in(Reader(io.BytesIO(sealed)))


def proof_in(reader: PdfFileReader) -> Proof:
    """The same of a file that is being read."""
    stamps = reader.embedded_timestamp_signatures
    if not stamps:
        raise ValueError("a sealed paper without an archive time stamp")
    newest = max(stamps, key=stamped_at)
    return Proof(newest.signer_cert.not_valid_after, _digest(newest))


def stamped_at(stamp: EmbeddedPdfSignature) -> datetime:
    """The time that a time stamp gives."""
    at: datetime = _info(stamp)["gen_time"].native
    return at


def _digest(stamp: EmbeddedPdfSignature) -> str:
    return str(_info(stamp)["message_imprint"]["hash_algorithm"]["algorithm"].native)


def _info(stamp: EmbeddedPdfSignature) -> Any:
    return stamp.signed_data["encap_content_info"]["content"].parsed


class _Renewer(signers.PdfTimeStamper):
    """pyHanko renews with the digest of the last stamp; this one with the digest that is asked for."""

    def __init__(self, stamper: Stamper, digest: str) -> None:
        super().__init__(stamper)
        self._digest_wanted = digest

    async def async_timestamp_pdf(self, pdf_out: Any, md_algorithm: str, *more: Any, **how: Any) -> Any:
        """As the library does, with another digest."""
        return await super().async_timestamp_pdf(pdf_out, self._digest_wanted, *more, **how)


async def renew(sealed: bytes, stamper: Stamper, context: ValidationContext, digest: str) -> bytes:
    """The same file with one more archive stamp. Raises `NothingGained`, and what the library raises when the last
    stamp cannot be proved or nobody answers."""
    before = proof_of(sealed)
    chosen = max(before.digest, digest, key=DIGESTS.index)
    made = await _Renewer(stamper, chosen).async_update_archival_timestamp_chain(
        PdfFileReader(io.BytesIO(sealed)), context, in_place=False, embed_roots=False
    )
    renewed = bytes(made.getvalue())
    after = proof_of(renewed)
    if after.ends_at <= before.ends_at and after.digest == before.digest:
        raise NothingGained(f"the new stamp ends at {after.ends_at.isoformat()}, as the old one does")
    return renewed
