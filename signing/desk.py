"""The sealing desk: seal, then at once check our own work. What is not verified by ourselves never leaves."""

import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from signing.intact import faults
from signing.proof import OwnSealDoubtful, Proof
from signing.publishing import check_stamp
from signing.reading import Reader
from signing.renewal import proof_in, proof_of
from signing.seal import Sealer
from signing.seals import SealsFolder
from signing.statement import check_statement, record_digest
from signing.token import Token
from signing.trust import Trust, TrustFolder
from signing.verify import verify


class SealingDesk:
    """One process's keys, and the eyes that check what was done with them."""

    def __init__(self, sealer: Sealer, trust: TrustFolder) -> None:
        self._sealer, self._folder = sealer, trust

    @property
    def _trust(self) -> Trust:
        return self._folder.now()

    async def seal(self, pdf: bytes, agency: str) -> tuple[bytes, Proof]:
        """The sealed PDF, verified by ourselves, and how long it proves itself. Raises SealUnavailable,
        CertificateDead, OwnSealDoubtful."""
        sealed = await self._sealer.seal(pdf, agency)
        return sealed, await self.check(sealed, agency)

    async def seal_briefly(self, pdf: bytes, agency: str) -> tuple[bytes, Proof]:
        """The same seal, looked at briefly (`signing.intact`). Raises what `seal` raises."""
        sealed = await self._sealer.seal(pdf, agency)
        reader = Reader(io.BytesIO(sealed))
        if wrong := faults(reader, self._trust.agencies[agency].certificates):
            raise OwnSealDoubtful("; ".join(wrong))
        return sealed, proof_in(reader)

    async def statement(self, agency: str, payload: Mapping[str, object], record: Mapping[str, object]) -> str:
        """The statement for a QR code: what is to be said, and the SHA-256 of the record that the paper embeds.

        Raises SealUnavailable, StatementFalse (also for a key that the trust folder does not have).
        """
        text = await self._sealer.statement(agency, {**payload, "s": record_digest(record)})
        check_statement(text, self._trust.agencies[agency].statement_keys)
        return text

    async def publish(self, payload: Mapping[str, object]) -> tuple[str, bytes]:
        """A statement of the register (JWS) and its time stamp (DER), checked by ourselves. Raises SealUnavailable,
        StatementFalse or StampFalse."""
        published = await self._sealer.publish(payload)
        check_statement(published.statement, self._trust.register_keys, limit=len(published.statement))
        await check_stamp(published, self._trust)
        return published.statement, published.stamp

    async def renew(self, sealed: bytes, agency: str, digest: str) -> bytes:
        """A sealed PDF with one more archive time stamp, verified by ourselves before and after.

        Raises SealUnavailable, NothingGained, OwnSealDoubtful."""
        await self.check(sealed, agency)
        renewed = await self._sealer.renew(sealed, digest)
        await self.check(renewed, agency)
        return renewed

    def in_use(self) -> Mapping[str, tuple[datetime, str]]:
        """By agency: when the certificate that it seals with today ends, and the algorithm."""
        return self._sealer.in_use()

    def proof(self, sealed: bytes) -> Proof:
        """How long a sealed PDF proves itself, and with which digest it was last stamped."""
        return proof_of(sealed)

    async def check(self, sealed: bytes, agency: str) -> Proof:
        """How long it proves itself, when this is a document that the agency's seal stands on, whole. Raises
        OwnSealDoubtful."""
        found = await verify(sealed, self._trust)
        if found.indication != "TOTAL-PASSED" or not found.sealed_by or found.sealed_by.agency != agency:
            raise OwnSealDoubtful(f"{found.indication} {found.sub_indication} {found.sealed_by}")
        assert found.proof is not None  # without an archive stamp nothing passes
        return found.proof


def open_desk(*, module: str, token: str, pin: str, seals: Path, trust_dir: Path, tsa_url: str) -> SealingDesk:
    """The desk of this process, with the keys of one token."""
    trust = TrustFolder(trust_dir)
    sealer = Sealer(Token(module, token, pin), SealsFolder(seals), tsa_url, trust.now().roots)
    return SealingDesk(sealer, trust)
