"""The agency's seal: an unsealed PDF in, a PDF out that proves who issued it, when, and that nothing changed.

PAdES B-LTA (ETSI EN 319 142-1): certified with "no changes" (docMDP P=1), with a signature time stamp, the revocation
data of every certificate, and an archive time stamp over all of it. There is no weaker seal: when the time-stamp
authority or an OCSP responder is away, we raise `SealUnavailable` and the step is tried again later.
"""

import hashlib
import io
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import NoOpStampStyle
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    NotYetValidError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers import Fetchers
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing import statement as statements
from signing.finishing import SEAL_FIELD
from signing.publishing import Published, Stamper, publish
from signing.reading import Reader
from signing.renewal import renew
from signing.seals import AgencySeal, NoSealNow, SealKey, load_seals, write_seals
from signing.statement import StatementFalse, check_statement
from signing.token import Token, TokenUnavailable
from signing.trust import parsed

__all__ = [
    "AgencySeal",
    "CertificateDead",
    "SealUnavailable",
    "Sealer",
    "StatementFalse",
    "check_statement",
    "load_seals",
    "write_seals",
]

BYTES_RESERVED = 16_384  # hex digits for the signature: skips a dry run; a chain of three and a token take half of it
REVOCATION_TTL_SECONDS = 60  # how long an answer of OCSP or a CRL serves the next seals
PATIENCE_SECONDS = 10  # for one answer of a time-stamp authority or a responder
ARCHIVE_FIELD = "ArchiveTS"
# A seal or a stamp whose certificate is proved by a CRL alone validates no longer once the certificate ends (RFC 6960's
# answers are what a renewed archive is proved by): without OCSP there is no seal, though a CRL would do for today.
REVOCATION = CertRevTrustPolicy(
    RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.OCSP_REQUIRED,
        intermediate_ca_cert_rule=RevocationCheckingRule.CRL_OR_OCSP_REQUIRED,
    )
)


class SealUnavailable(Exception):
    """A seal cannot be made now: the token, the time stamps or the revocation answers are away. Try again later."""


class CertificateDead(SealUnavailable):
    """The agency has no certificate that is good today: revoked, expired, put away or not yet valid.

    Nothing is sealed, and nobody's application ends of it: the step waits until the operator has put a new one in.
    """

    def __init__(self, agency: str, why: str) -> None:
        super().__init__(
            f"ใบรับรองตราประทับอิเล็กทรอนิกส์ของหน่วยงาน {agency} ใช้ไม่ได้แล้ว กรุณาแจ้งผู้ดูแลระบบให้เปลี่ยนใบรับรอง / "
            f"the seal certificate of {agency} cannot be used any more ({why}): ask the operator for a new one"
        )


class _TokenSigner(signers.Signer):
    """pyHanko's idea of a signer, with the key in the token."""

    def __init__(self, token: Token, key: SealKey) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(map(parsed, key.chain))
        super().__init__(signing_cert=parsed(key.certificate), cert_registry=store, embed_roots=False)
        self._token, self._key, self.digest = token, key, key.digest

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature of the data, as a CMS carries it."""
        if dry_run:
            return bytes(self._key.signature_bytes)
        raw = await self._token.sign(self._key.key_label, hashlib.new(digest_algorithm, data).digest())
        return self._key.as_cms(raw)


@dataclass
class _Answers:
    """The answers of responders, and the certificates (SHA-256) that are good by them."""

    since: float
    fetchers: Fetchers
    good: set[bytes] = field(default_factory=set)


class Sealer:
    """Seals for the agencies whose keys the token holds. One per process; close it at the end."""

    def __init__(
        self,
        token: Token,
        agency_certificates: Mapping[str, AgencySeal],
        tsa_url: str,
        roots: Sequence[bytes],
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._token, self._seals, self._tsa_url = token, agency_certificates, tsa_url
        self._roots = [parsed(root) for root in roots]
        self._patience = patience_seconds
        self._http: aiohttp.ClientSession | None = None
        self._answers: _Answers | None = None

    async def __aenter__(self) -> "Sealer":
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; the token is closed by whoever opened it."""
        http, self._http, self._answers = self._http, None, None
        if http is not None:
            await http.close()

    async def seal(self, pdf: bytes, agency: str) -> bytes:
        """The sealed PDF: B-LTA, certified with no changes, into the field that the paper was drawn with.

        Raises `SealUnavailable`, of which `CertificateDead` needs an operator first; KeyError for
        an agency without a seal.
        """
        key = self._key_now(agency)
        context = self._context(key.chain)
        signer = _TokenSigner(self._token, key)
        try:
            with _as_seal_errors(agency):
                await self._check_certificate(signer, context)
                return await self._sign(pdf, signer, context)
        except SealUnavailable:
            self._answers = None  # they remember silence as well: the next try asks the responder again
            raise

    async def _check_certificate(self, signer: _TokenSigner, context: ValidationContext) -> None:
        """Raise what is wrong with a certificate, once for the answers of a minute; signing itself judges it again,
        yet says of a revoked one only that it could not be proved."""
        good, certificate = self._fresh_answers().good, signer.signing_cert
        assert certificate is not None
        if certificate.sha256 not in good:
            validator = CertificateValidator(certificate, validation_context=context)
            await validator.async_validate_usage({"non_repudiation"})  # type: ignore[no-untyped-call]
            good.add(certificate.sha256)

    def in_use(self) -> dict[str, tuple[datetime, str]]:
        """By agency: when the certificate that it seals with today ends, and the algorithm. None to seal with: now."""
        now = datetime.now(UTC)
        said = {}
        for agency, seal in self._seals.items():
            try:
                key = seal.key_on(now)
            except NoSealNow:
                said[agency] = (now, "")
            else:
                said[agency] = (key.ends_at, key.algorithm)
        return said

    def _key_now(self, agency: str) -> SealKey:
        try:
            return self._seals[agency].key_on(datetime.now(UTC))
        except NoSealNow as none:
            raise CertificateDead(agency, str(none)) from none

    async def _sign(self, pdf: bytes, signer: _TokenSigner, context: ValidationContext) -> bytes:
        wanted = self._wanted(signer, context)
        pdf_signer = signers.PdfSigner(wanted, signer, timestamper=self._stamper(), stamp_style=NoOpStampStyle())
        writer = IncrementalPdfFileWriter.from_reader(Reader(io.BytesIO(pdf)))
        sealed = await pdf_signer.async_sign_pdf(writer, existing_fields_only=True, bytes_reserved=BYTES_RESERVED)
        return bytes(sealed.getvalue())

    def _wanted(self, signer: _TokenSigner, context: ValidationContext) -> signers.PdfSignatureMetadata:
        """The one kind of seal that there is."""
        return signers.PdfSignatureMetadata(
            field_name=SEAL_FIELD,
            md_algorithm=signer.digest,
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            embed_validation_info=True,
            validation_context=context,
            use_pades_lta=True,
            timestamp_field_name=ARCHIVE_FIELD,
            dss_settings=DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
        )

    async def renew(self, sealed: bytes, digest: str) -> bytes:
        """A sealed file with one more archive stamp (`signing.renewal`). Raises `SealUnavailable`, `NothingGained`."""
        with _as_seal_errors("archive"):
            return await renew(sealed, self._stamper(), self._context(()), digest)

    async def statement(self, agency: str, payload: Mapping[str, object]) -> str:
        """The signed statement for a paper's QR code (`signing.statement`). Raises `SealUnavailable`."""
        seal = self._seals[agency]
        signed = statements.to_sign(payload, seal.statement_kid)
        with _as_seal_errors(agency):
            signature = await self._token.sign(seal.statement_key_label, hashlib.sha256(signed.encode()).digest())
        return statements.joined(signed, signature)

    async def publish(self, payload: Mapping[str, object]) -> Published:
        """What the register says of itself, signed with its own key and stamped. Raises `SealUnavailable`."""
        with _as_seal_errors("register"):
            return await publish(self._token, self._stamper(), payload)

    def _stamper(self) -> Stamper:
        return Stamper(self._tsa_url, timeout=self._patience, session=self._session())

    def _context(self, chain: Sequence[bytes]) -> ValidationContext:
        """What certificates are judged by: our roots only, and revocation data that must be there."""
        return ValidationContext(
            trust_roots=self._roots,
            other_certs=[parsed(der) for der in chain],
            allow_fetching=True,
            revinfo_policy=REVOCATION,
            # An answer that came while we were at it is dated after we began, and is good all the same.
            time_tolerance=timedelta(seconds=2 * PATIENCE_SECONDS),
            fetchers=self._fresh_answers().fetchers,
        )

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession()
        return self._http

    def _fresh_answers(self) -> "_Answers":
        """What was fetched in the last minute, and what is known by it."""
        now = time.monotonic()
        if self._answers is None or now - self._answers.since > REVOCATION_TTL_SECONDS:
            backend = AIOHttpFetcherBackend(self._session(), per_request_timeout=self._patience)
            self._answers = _Answers(now, backend.get_fetchers())
        return self._answers


@contextmanager
def _as_seal_errors(agency: str) -> Iterator[None]:
    """Say what went wrong in the two words that the workflow knows: dead for good, or away for now."""
    try:
        yield
    except (RevokedError, ExpiredError, NotYetValidError) as dead:
        raise CertificateDead(agency, type(dead).__name__.removesuffix("Error").lower()) from dead
    except (TokenUnavailable, TimestampRequestError, aiohttp.ClientError, OSError, TimeoutError) as away:
        raise SealUnavailable(f"{agency}: {type(away).__name__}: {away}") from away
    except (ValidationError, PathError, SigningError) as unproven:
        raise SealUnavailable(f"{agency}: the seal could not be proved: {unproven}") from unproven
