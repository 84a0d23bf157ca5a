"""What a PDF proves: a sealed PDF and a trust folder in, findings out. No network, no key, no register.

Three questions are answered apart, because they have different answers: is the document as it was sealed, who sealed it
and was that key good then, and what happened to the file since. Whether the licence is in force is the register's to
say, never ours. A verdict needs the AdES validation (ETSI EN 319 102-1) *and* rules of our own: AdES alone passes
documents whose pages were changed after sealing.
"""

import hashlib
import io
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from xml.etree import ElementTree

from pyhanko.pdf_utils.generic import IndirectObject, StreamObject
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESStatus, AdESSubIndic
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.ades import AdESLTAValidationResult, ades_lta_validation
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from licences.errors import Sentence
from signing.proof import Proof
from signing.reading import Reader
from signing.renewal import proof_in, stamped_at
from signing.trust import Trust, TrustedAgency, fingerprint, parsed

__all__ = ["SAID", "Findings", "SealedBy", "Trust", "TrustedAgency", "unreadable", "verify"]

log = logging.getLogger(__name__)

PDF_BYTES = 5_000_000
TAIL_BYTES = 1_024
REVISIONS = 24  # three as issued, two more for each renewal of the archive stamp
RECORD_BYTES = 1_000_000
XMP_BYTES = 200_000
AFTER_THE_STAMP = timedelta(seconds=1)

Changes = Literal["none", "archive", "suspicious"]
Indication = Literal["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"]


@dataclass(frozen=True)
class SealedBy:
    """Who sealed: the agency's code ("" when none of ours), the name and the serial number in the certificate."""

    agency: str
    organisation: str
    serial: str


@dataclass(frozen=True)
class Findings:
    """What a PDF proves, each fact apart. `record` was read from the sealed revision, never from later ones.

    `intact` is None when that cannot be told. `indication` is in the words of ETSI EN 319 102-1, 5.1.3, and
    TOTAL-PASSED only when every rule of ours held too.
    """

    intact: bool | None
    sealed_by: SealedBy | None
    sealed_at: datetime | None
    key_was_good: bool | None
    changes_after: Changes
    indication: Indication
    sub_indication: str
    record: Mapping[str, Any]
    sha256: str
    sentences: tuple[Sentence, ...]
    proof: Proof | None = None  # its newest archive stamp
    issued_sha256: str = ""  # of the file as it was issued: up to its first archive stamp, before any was renewed


class _Unreadable(Exception):
    """Not a PDF that we read: too large, too many revisions, cut off, or no PDF at all."""


SAID = {
    "unreadable": Sentence("อ่านไฟล์นี้ไม่ได้ หรือไม่ใช่ไฟล์ PDF ที่สมบูรณ์", "This file cannot be read, or is not a whole PDF."),
    "unsealed": Sentence("ไฟล์นี้ไม่มีตราประทับของหน่วยงาน", "This file carries no agency's seal."),
    "intact": Sentence("เอกสารตรงกับที่หน่วยงานประทับตราไว้ทุกประการ", "The document is exactly as the agency sealed it."),
    "altered": Sentence(
        "เอกสารถูกแก้ไขหลังประทับตรา ห้ามเชื่อถือ", "The document was altered after it was sealed. Do not trust it."
    ),
    "metadata": Sentence(
        "ชื่อเรื่องหรือผู้จัดทำในไฟล์ถูกเปลี่ยนหลังประทับตรา",
        "The title or the author named in the file was changed after it was sealed.",
    ),
    "more-seals": Sentence(
        "มีลายมือชื่ออื่นเพิ่มเข้ามาในไฟล์ ซึ่งใบอนุญาตมีตราประทับได้เพียงดวงเดียว",
        "Other signatures were added to the file; a paper has one seal and no other signature.",
    ),
    "weak-seal": Sentence(
        "ตราประทับไม่ใช่แบบที่ระบบนี้ออกให้ (ไม่ได้รับรองแบบห้ามแก้ไข)",
        "The seal is not of the kind that is issued here: it does not certify the document against all changes.",
    ),
    "no-archive": Sentence(
        "ตราเวลาสำหรับเก็บระยะยาวหายไปจากไฟล์ จึงยืนยันไม่ได้ ขอให้ใช้ไฟล์ต้นฉบับ",
        "The archive time stamp is missing from the file, so it cannot be confirmed. Use the file as it was issued.",
    ),
    "stamp-distrusted": Sentence(
        "ตราเวลาในไฟล์ออกโดยผู้ให้บริการที่ถูกถอนความเชื่อถือแล้ว จึงยืนยันเวลาประทับตราไม่ได้",
        "Its time stamps come from an authority that is no longer trusted, so the time of sealing cannot be confirmed.",
    ),
    "stamp-ended": Sentence(
        "ใบรับรองของตราเวลาหมดอายุแล้วโดยไม่ได้ต่ออายุตราเวลา จึงยืนยันไม่ได้ ขอรับไฟล์ใหม่จากทะเบียนได้",
        "The certificate of its time stamp ended and the stamp was not renewed, so it cannot be confirmed. "
        "The register has a newer file.",
    ),
    "not-ours": Sentence(
        "ผู้ประทับตราไม่ใช่หน่วยงานที่ระบบนี้รู้จัก ห้ามเชื่อถือ",
        "Whoever sealed this is no agency that we know. Do not trust it.",
    ),
    "other-agency": Sentence(
        "ผู้ประทับตราไม่ใช่หน่วยงานที่เอกสารอ้างว่าเป็นผู้ออก ห้ามเชื่อถือ",
        "It was not sealed by the agency that the document names as its issuer. Do not trust it.",
    ),
    "key-good": Sentence("ขณะประทับตรา ใบรับรองของหน่วยงานใช้ได้", "The agency's certificate was good when it sealed."),
    "key-revoked": Sentence(
        "ใบรับรองที่ใช้ประทับตราถูกเพิกถอน และพิสูจน์ไม่ได้ว่าประทับก่อนถูกเพิกถอน",
        "The certificate behind the seal is revoked, and nothing proves that the seal was made before that.",
    ),
    "cannot-tell": Sentence(
        "ยังยืนยันไม่ได้ว่าใบรับรองใช้ได้ขณะประทับตรา ข้อมูลในไฟล์ไม่พอหรือหมดอายุ",
        "It cannot be told whether the certificate was good then: what the file holds is missing or out of date.",
    ),
    "renewed": Sentence(
        "มีการต่ออายุตราเวลาเพื่อเก็บรักษา ซึ่งไม่กระทบเนื้อหา",
        "Its archive time stamps were renewed since, which touches nothing that it says.",
    ),
    "register": Sentence(
        "ตราประทับไม่ได้บอกว่าใบอนุญาตยังมีผลอยู่หรือไม่ โปรดดูในทะเบียน",
        "A seal does not say whether a licence is still in force. Look it up in the register.",
    ),
}


async def verify(pdf: bytes, trust: Trust) -> Findings:
    """What these bytes prove to whoever trusts that folder. Never raises for what is in the file; asks nobody."""
    digest = hashlib.sha256(pdf).hexdigest()
    try:
        _check_bounds(pdf)
        reader = Reader(io.BytesIO(pdf))
        proof = proof_in(reader) if reader.embedded_timestamp_signatures else None
        found = await _findings(reader, trust, digest)
        return replace(found, proof=proof, issued_sha256=_issued_sha256(reader, pdf))
    except Exception:  # a hostile file may fail anywhere in the parser, with any error: it is then unreadable
        log.warning("unreadable %s", digest, exc_info=True)
        return unreadable(digest)


def unreadable(digest: str) -> Findings:
    """The findings for a file that cannot be read, by its SHA-256."""
    return _nothing(digest, "unreadable", "FORMAT_FAILURE")


def _check_bounds(pdf: bytes) -> None:
    """Bounds that were measured: within them a file takes well under a second, without them half a minute."""
    if len(pdf) > PDF_BYTES or not pdf.startswith(b"%PDF-") or b"%%EOF" not in pdf[-TAIL_BYTES:]:
        raise _Unreadable("too large, or not a whole PDF")
    if pdf.count(b"startxref") > REVISIONS:
        raise _Unreadable("too many revisions")


def _nothing(digest: str, said: str, sub_indication: str) -> Findings:
    return Findings(None, None, None, None, "none", "TOTAL-FAILED", sub_indication, {}, digest, (SAID[said],))


async def _findings(reader: PdfFileReader, trust: Trust, digest: str) -> Findings:
    signatures = reader.embedded_regular_signatures
    if not signatures:
        return _nothing(digest, "unsealed", "FORMAT_FAILURE")
    seal: EmbeddedPdfSignature = signatures[0]
    result = await ades_lta_validation(seal, _rules(trust), _judged_at(reader))
    record = _record(reader.get_historical_resolver(seal.signed_revision))
    broken = _broken_rules(reader, seal, result, trust, record)
    return _judged(reader, seal, result, _agency(seal, trust), record, broken, digest)


def _issued_sha256(reader: PdfFileReader, pdf: bytes) -> str:
    """SHA-256 (hex) of a sealed file as it was issued: it ends with its first archive stamp, and what was appended to
    renew that stamp comes after it. A file without one is taken whole."""
    ends = [sum([int(number) for number in stamp.byte_range][2:]) for stamp in reader.embedded_timestamp_signatures]
    return hashlib.sha256(pdf[: min(ends, default=len(pdf))]).hexdigest()


def _rules(trust: Trust) -> PdfSignatureValidationSpec:
    """Local only: no request is ever made because of a certificate that a stranger put into a file."""
    roots = [parsed(root) for root in trust.roots]
    revocation = CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("hard-fail"))
    policy = CertValidationPolicySpec(trust_manager=SimpleTrustManager.build(roots), revinfo_policy=revocation)
    return PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=policy,
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                RevinfoOnlineFetchingRule.LOCAL_ONLY, certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH
            ),
            key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
            # Without the roots here, a CRL that a root issued is not matched and a good file fails.
            local_knowledge=LocalKnowledge(known_certs=roots),
        )
    )


def _judged_at(reader: PdfFileReader) -> ValidationTimingInfo:
    """The time for which the proofs must hold: just after the newest archive time stamp.

    Nobody is asked, so that stamp's own revocation data is what the file holds, and grows old within days. Judged then,
    it is fresh; that its certificate has not ended since (`_stamp_ended`) and is not distrusted are rules of our own.
    """
    stamps = reader.embedded_timestamp_signatures
    at = max((stamped_at(stamp) for stamp in stamps), default=None)
    now = datetime.now(UTC)
    return ValidationTimingInfo(now if at is None else min(at + AFTER_THE_STAMP, now), now, at is not None)


def _time_is_proved(result: AdESLTAValidationResult) -> bool:
    """Whether a trusted authority's archive stamp holds: we judge as of the newest one's time, so it must be true."""
    return result.oldest_evidence_record_timestamp is not None and _sealed_at(result) is not None


def _stamp_ended(reader: PdfFileReader) -> bool:
    """Whether the certificate of the newest archive time stamp has ended."""
    newest = max(reader.embedded_timestamp_signatures, key=stamped_at)
    return bool(newest.signer_cert.not_valid_after < datetime.now(UTC))


def _record(sealed: HistoricalResolver) -> dict[str, Any]:
    """The record embedded in the sealed revision; {} when there is none that we can read."""
    try:
        names = sealed.root["/Names"]["/EmbeddedFiles"]["/Names"]
        files = {str(names[n]): names[n + 1]["/EF"]["/F"] for n in range(0, len(names), 2)}
        data = files["licence.json"].data
        said = json.loads(data) if len(data) <= RECORD_BYTES else {}
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return {}
    return said if isinstance(said, dict) else {}


def _broken_rules(
    reader: PdfFileReader,
    seal: EmbeddedPdfSignature,
    result: AdESLTAValidationResult,
    trust: Trust,
    record: Mapping[str, Any],
) -> tuple[str, ...]:
    """The rules of our own that do not hold, by the name of their sentence, the gravest first."""
    status, agency = result.api_status, _agency(seal, trust)
    stamps = reader.embedded_timestamp_signatures
    checks = (
        ("altered", status is not None and not (_as_sealed(status) and all(map(_covers, stamps)))),
        ("metadata", _stated(reader, seal.signed_revision) != _stated(reader, reader.xrefs.total_revisions - 1)),
        ("more-seals", len(reader.embedded_regular_signatures) != 1),
        ("weak-seal", not _certifies(seal)),
        ("not-ours", agency == ""),
        ("other-agency", agency != "" and record.get("agency") != agency),
        ("stamp-distrusted", bool(trust.distrusted & _stamped_by(reader, seal))),
        ("no-archive", not stamps),
        ("stamp-ended", bool(stamps) and _stamp_ended(reader)),
        ("cannot-tell", bool(stamps) and not _time_is_proved(result)),
    )
    return tuple(name for name, broken in checks if broken)


def _as_sealed(status: PdfSignatureStatus) -> bool:
    """The bytes and the signature hold, and nothing but signature maintenance came after."""
    untouched = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    level = status.modification_level
    maintained = level is not None and level <= ModificationLevel.LTA_UPDATES
    return bool(status.intact and status.valid and status.docmdp_ok and status.seed_value_ok) and (
        untouched or maintained
    )


def _covers(stamp: EmbeddedPdfSignature) -> bool:
    """Whether a time stamp's digest is that of the bytes that it says it covers."""
    said = stamp.signed_data["encap_content_info"]["content"].parsed["message_imprint"]
    algorithm = said["hash_algorithm"]["algorithm"].native
    return bool(stamp.compute_digest(algorithm) == said["hashed_message"].native)


def _certifies(seal: EmbeddedPdfSignature) -> bool:
    return seal.docmdp_level == MDPPerm.NO_CHANGES and seal.sig_object.get("/SubFilter") == "/ETSI.CAdES.detached"


def _agency(seal: EmbeddedPdfSignature, trust: Trust) -> str:
    """The code of the agency whose certificate this is: on its list, and naming its organisation identifier."""
    certificate = seal.signer_cert
    named, seen = certificate.subject.native.get("organization_identifier"), fingerprint(certificate.dump())
    known = trust.agencies.items()
    return next((code for code, its in known if seen in its.certificates and named == its.organisation_id), "")


def _stamped_by(reader: PdfFileReader, seal: EmbeddedPdfSignature) -> set[str]:
    """The fingerprints of every certificate that the time stamps carry."""
    certificates = [
        certificate
        for stamp in reader.embedded_timestamp_signatures
        for certificate in (stamp.signer_cert, *stamp.other_embedded_certs)
    ]
    for token in extract_tst_data_iter(seal.signer_info, signed=False):
        certificates += [choice.chosen for choice in token["certificates"]]
    return {fingerprint(certificate.dump()) for certificate in certificates}


def _stated(reader: PdfFileReader, revision: int) -> tuple[object, object]:
    """What a revision says of itself outside its pages: information dictionary and XMP, but for the times of writing.

    A writer of archive time stamps notes its own time and name there, so change analysis lets all of it pass.
    """
    then = reader.get_historical_resolver(revision)
    info = _followed(reader, revision, then.trailer_view.get("/Info", {}))
    said = sorted((str(key), str(info[key])) for key in info if str(key) not in ("/ModDate", "/Producer"))
    metadata = _followed(reader, revision, then.root.get("/Metadata", {}))
    xmp = metadata.data if isinstance(metadata, StreamObject) else b"<none/>"
    if len(xmp) > XMP_BYTES or b"<!" in xmp:
        raise _Unreadable("metadata that is no plain XMP")
    return said, _plain(ElementTree.fromstring(xmp.strip(b"\x00")))


def _followed(reader: Any, revision: int, where: Any) -> Any:
    """What a reference meant in that revision. (The resolver of old revisions shares objects with the newest.)"""
    return reader.get_object(where.reference, revision=revision) if isinstance(where, IndirectObject) else where


_OF_WRITING = {
    "{http://ns.adobe.com/xap/1.0/}ModifyDate",
    "{http://ns.adobe.com/xap/1.0/}MetadataDate",
    "{http://ns.adobe.com/pdf/1.3/}Producer",
    "{adobe:ns:meta/}xmptk",
}


def _plain(element: ElementTree.Element) -> object:
    """An XML tree as values that compare, whatever its prefixes."""
    said = sorted(item for item in element.items() if item[0] not in _OF_WRITING)
    inside = [_plain(child) for child in element if child.tag not in _OF_WRITING]
    return element.tag, said, (element.text or "").strip(), inside


# The verdict


def _judged(
    reader: PdfFileReader,
    seal: EmbeddedPdfSignature,
    result: AdESLTAValidationResult,
    agency: str,
    record: Mapping[str, Any],
    broken: tuple[str, ...],
    digest: str,
) -> Findings:
    status, renewed = result.api_status, len(reader.embedded_timestamp_signatures) > 1
    touched = {"altered", "metadata", "more-seals"} & set(broken)
    ades = _told_of_revocation(result.ades_subindic, status)
    indication, sub_indication = _indication(ades, status, broken)
    good = _key_was_good(ades)
    key_was_good = None if good and set(broken) & _UNCONFIRMED else good
    holds = status is not None and bool(status.valid)
    return Findings(
        intact=None if status is None else not touched,
        sealed_by=_sealed_by(seal, agency) if holds else None,
        sealed_at=_sealed_at(result) if holds and not set(broken) & {"stamp-distrusted"} else None,
        key_was_good=key_was_good,
        changes_after="suspicious" if touched else "archive" if renewed else "none",
        indication=indication,
        sub_indication=sub_indication,
        record=record if holds and status is not None and bool(status.intact) else {},
        sha256=digest,
        sentences=_sentences(broken, key_was_good, passed=indication == "TOTAL-PASSED", renewed=renewed),
    )


_UNCONFIRMED = {
    "no-archive",
    "stamp-distrusted",
    "stamp-ended",
    "cannot-tell",
}  # nothing false is known, yet the time of sealing is not proved


def _indication(
    ades: AdESSubIndic, status: PdfSignatureStatus | None, broken: tuple[str, ...]
) -> tuple[Indication, str]:
    if status is not None and not status.intact:
        return "TOTAL-FAILED", "HASH_FAILURE"
    if ades.status == AdESStatus.FAILED:
        return "TOTAL-FAILED", str(ades.standard_name)
    if "not-ours" in broken and ades.status != AdESStatus.PASSED:
        return "TOTAL-FAILED", str(ades.standard_name)
    if set(broken) - _UNCONFIRMED:
        return "TOTAL-FAILED", "SIG_CONSTRAINTS_FAILURE"
    if ades.status == AdESStatus.INDETERMINATE:
        return "INDETERMINATE", str(ades.standard_name)
    return ("INDETERMINATE", "NO_POE") if broken else ("TOTAL-PASSED", "")


def _told_of_revocation(ades: AdESSubIndic, status: PdfSignatureStatus | None) -> AdESSubIndic:
    """The same, unless what the file holds says that the certificate is revoked and nothing tells more than that."""
    revoked = status is not None and status.revocation_details is not None
    return AdESIndeterminate.REVOKED_NO_POE if revoked and ades.status == AdESStatus.INDETERMINATE else ades


def _key_was_good(ades: AdESSubIndic) -> bool | None:
    if ades.status == AdESStatus.PASSED:
        return True
    revoked = {AdESFailure.REVOKED, AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE}
    return False if ades in revoked else None


def _sealed_by(seal: EmbeddedPdfSignature, agency: str) -> SealedBy:
    certificate = seal.signer_cert
    names = certificate.subject.native
    name = names.get("organization_name") or names.get("common_name") or ""
    return SealedBy(agency, str(name), f"{certificate.serial_number:x}")


def _sealed_at(result: AdESLTAValidationResult) -> datetime | None:
    """The time that a trusted time stamp gives; what a signer says of its own clock proves nothing.

    Once the certificate of the signature's own stamp has ended, it is the first archive stamp's, made right after it:
    the chain of renewed stamps proves that one, and no longer the other.
    """
    stamp = result.api_status.timestamp_validity if result.api_status is not None else None
    at: datetime | None = None
    if stamp is not None and stamp.intact and stamp.valid and stamp.trusted:
        at = stamp.timestamp
    elif stamp is None and result.ades_subindic.status == AdESStatus.PASSED:
        at = result.oldest_evidence_record_timestamp
    return at


def _sentences(
    broken: tuple[str, ...], key_was_good: bool | None, *, passed: bool, renewed: bool
) -> tuple[Sentence, ...]:
    """What people are told, the gravest first."""
    if passed:
        names = ("intact", "key-good", *(("renewed",) if renewed else ()), "register")
    elif broken:
        names = (*broken, *(("key-revoked",) if key_was_good is False else ()))
    else:
        names = ("key-revoked",) if key_was_good is False else ("cannot-tell",)
    return tuple(SAID[name] for name in names)
