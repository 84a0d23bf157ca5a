import asyncio
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from asn1crypto import crl, ocsp, pem, tsp, x509
from certomancer.services import TimeStamper
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import AuthorityWithCert
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from sayings import judged, told  # type: ignore[import-not-found]
from signing_sheets import RECORD, a_licence  # type: ignore[import-not-found]

from signing import authority as authorities
from signing import seal as sealing
from signing.document import render
from signing.renewal import stamped_at
from signing.seal import Sealer, load_seals
from signing.token import Token
from signing.trust import Trust, fingerprint
from signing.verify import SAID, Findings, verify

Attack = Callable[[bytes], bytes]


def says(findings: Findings, name: str) -> bool:
    return SAID[name] in findings.sentences


async def test_a_sealed_licence_proves_who_when_what_and_that_nothing_changed(
    sealed_licence: bytes, trust: Trust
) -> None:
    findings = await verify(sealed_licence, trust)

    assert findings.indication == "TOTAL-PASSED" and findings.sub_indication == ""
    assert findings.intact is True and findings.key_was_good is True and findings.changes_after == "none"
    assert findings.sealed_by is not None
    assert (findings.sealed_by.agency, findings.sealed_by.organisation) == ("dhss", "กรมสนับสนุนบริการสุขภาพ")
    assert findings.sealed_at is not None and datetime.now(UTC) - findings.sealed_at < timedelta(minutes=10)
    assert findings.record == RECORD
    assert says(findings, "intact") and says(findings, "register")


@pytest.mark.parametrize("junk", [b"", b"%PDF-", b"%PDF-1.7\n%%EOF", b"MZ", b"%PDF-1.7\n" + b"[" * 90_000 + b"\n%%EOF"])
async def test_what_is_no_pdf_is_unreadable(junk: bytes, trust: Trust) -> None:
    assert says(await verify(junk, trust), "unreadable")


async def said_of(folder: Path, name: str) -> tuple[list[ocsp.OCSPResponse], list[crl.CertificateList]]:
    """What the authority answers about a certificate of its own, and the list of the authority above it."""
    certificate, above = issued(folder, name), issued(folder, ABOVE[name])
    async with aiohttp.ClientSession() as session:
        fetch = AIOHttpFetcherBackend(session).get_fetchers()
        answer = await fetch.ocsp_fetcher.fetch(certificate, AuthorityWithCert(above))
        lists = await fetch.crl_fetcher.fetch(above)
    return [answer], list(lists)


ABOVE = {"seal-dhss": "seal-ca", "tsa": "tsa-ca"}


def issued(folder: Path, name: str) -> x509.Certificate:
    """A certificate as the authority issued it."""
    path = next((folder / "issued").glob(f"*/{name}.crt"))
    return x509.Certificate.load(pem.unarmor(path.read_bytes())[2])


async def _by_force(token: Token, folder: Path, prepared: Any, trust: Trust, *about: str) -> bytes:
    """A licence sealed with the agency's key though its certificate is not good: what the sealing process refuses.

    It holds what the authority says about these certificates."""
    key = load_seals(prepared.seals)["dhss"].keys[0]
    stamper = timestamps.HTTPTimeStamper(prepared.tsa_url)
    signer = sealing._TokenSigner(token, key)
    how = signers.PdfSignatureMetadata(
        field_name="Seal", subfilter=SigSeedSubFilter.PADES, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES
    )
    forged = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(render(a_licence())))
    await signers.PdfSigner(how, signer, timestamper=stamper).async_sign_pdf(
        writer, existing_fields_only=True, output=forged, bytes_reserved=16_384
    )
    said = [await said_of(folder, name) for name in about]
    DocumentSecurityStore.add_dss(
        forged,
        sig_contents=None,
        certs=[*(x509.Certificate.load(der) for der in (*key.chain, *trust.roots)), issued(folder, "tsa-ca")],
        ocsps=[one for answers, _ in said for one in answers],
        crls=[one for _, lists in said for one in lists],
    )
    stamped = await signers.PdfTimeStamper(stamper).async_timestamp_pdf(IncrementalPdfFileWriter(forged), "sha256")
    return bytes(stamped.getvalue())


async def test_a_seal_by_a_revoked_key_is_not_good(
    token: Token, tmp_path: Path, served_authority: Callable[..., Any]
) -> None:
    folder, prepared = await served_authority(tmp_path)
    own = Trust.load(prepared.trust)
    authorities.revoke(folder, "dhss", datetime.now(UTC) - timedelta(days=1))

    findings = await verify(await _by_force(token, folder, prepared, own, "seal-dhss", "tsa"), own)

    assert findings.key_was_good is False
    assert judged(findings) == told("INDETERMINATE REVOKED_NO_POE", "cannot-tell", "key-revoked", "look-up")


async def test_a_seal_by_an_expired_key_is_not_good(
    token: Token, tmp_path: Path, served_authority: Callable[..., Any]
) -> None:
    began = datetime.now(UTC).year - authorities.YEARS["seal"] - 1
    (tmp_path / "state.json").write_text(f'{{"began": {began}}}')
    folder, prepared = await served_authority(tmp_path)
    own = Trust.load(prepared.trust)

    findings = await verify(await _by_force(token, folder, prepared, own, "seal-dhss", "tsa"), own)

    assert findings.key_was_good is None
    assert judged(findings) == told("INDETERMINATE OUT_OF_BOUNDS_NO_POE", "cannot-tell", "cannot-tell", "look-up")


async def test_every_byte_of_the_page_counts(sealed_licence: bytes, trust: Trust) -> None:
    for at in range(9, 37_000, 1_301):
        changed = sealed_licence[:at] + bytes([sealed_licence[at] ^ 1]) + sealed_licence[at + 1 :]
        assert (await verify(changed, trust)).indication == "TOTAL-FAILED", at


async def test_an_unsealed_paper_proves_nothing(trust: Trust) -> None:
    assert says(await verify(render(a_licence()), trust), "unsealed")


async def test_another_good_agency_cannot_seal_this_agencys_licence(sealer: Sealer, trust: Trust) -> None:
    findings = await verify(await sealer.seal(render(a_licence()), "fda"), trust)

    assert findings.sealed_by is not None and findings.sealed_by.agency == "fda"
    assert judged(findings) == told("TOTAL-FAILED SIG_CONSTRAINTS_FAILURE", "not-ours", "other-agency")


async def test_a_certificate_that_is_not_on_the_agencys_list_is_not_ours(sealed_licence: bytes, trust: Trust) -> None:
    agencies = {**trust.agencies, "dhss": replace(trust.agencies["dhss"], certificates=())}

    findings = await verify(sealed_licence, replace(trust, agencies=agencies))

    assert findings.indication == "TOTAL-FAILED" and says(findings, "not-ours")


async def test_a_certificate_that_names_another_organisation_is_not_ours(sealed_licence: bytes, trust: Trust) -> None:
    agencies = {**trust.agencies, "dhss": replace(trust.agencies["dhss"], organisation_id="GOVTH-0")}

    assert says(await verify(sealed_licence, replace(trust, agencies=agencies)), "not-ours")


async def test_a_time_stamp_authority_that_went_bad_proves_no_time(
    sealed_licence: bytes, authority: Any, trust: Trust
) -> None:
    stamper = next((authority.folder / "issued").glob("*/tsa.crt"))
    bad = frozenset({fingerprint(pem.unarmor(stamper.read_bytes())[2])})

    findings = await verify(sealed_licence, replace(trust, distrusted=bad))

    assert findings.indication == "INDETERMINATE" and says(findings, "stamp-distrusted")
    assert findings.intact is True and findings.sealed_at is None and findings.key_was_good is None


async def test_whoever_trusts_another_root_trusts_none_of_this(
    sealed_licence: bytes, trust: Trust, token: Token, tmp_path: Path, served_authority: Callable[..., Any]
) -> None:
    _, prepared = await served_authority(tmp_path)
    stranger = Trust.load(prepared.trust)

    findings = await verify(sealed_licence, stranger)

    assert findings.indication == "TOTAL-FAILED" and says(findings, "not-ours")
    assert findings.key_was_good is None


async def test_a_seal_before_the_revocation_stays_good(
    trust: Trust, token: Token, tmp_path: Path, served_authority: Callable[..., Any]
) -> None:
    folder, prepared = await served_authority(tmp_path)
    own = Trust.load(prepared.trust)
    async with Sealer(token, load_seals(prepared.seals), prepared.tsa_url, own.roots) as sealer:
        sealed = await sealer.seal(render(a_licence()), "dhss")

    authorities.revoke(folder, "dhss", datetime.now(UTC))

    assert (await verify(sealed, own)).indication == "TOTAL-PASSED"


def signed_by(signer: signers.SimpleSigner, pdf: bytes, field: str, **how: Any) -> bytes:
    metadata = signers.PdfSignatureMetadata(field_name=field, subfilter=SigSeedSubFilter.PADES, **how)
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return bytes(signers.sign_pdf(writer, metadata, signer, existing_fields_only=field == "Seal").getvalue())


def test_a_forger_copies_every_name(forger: signers.SimpleSigner) -> None:
    assert forger.signing_cert is not None
    assert forger.signing_cert.subject.native["organization_identifier"] == "GOVTH-0994000159684"


async def test_a_self_made_seal_with_the_same_names_is_not_ours(forger: signers.SimpleSigner, trust: Trust) -> None:
    forged = await asyncio.to_thread(
        signed_by, forger, render(a_licence()), "Seal", certify=True, docmdp_permissions=MDPPerm.NO_CHANGES
    )

    findings = await verify(forged, trust)

    assert judged(findings) == told("TOTAL-FAILED NO_CERTIFICATE_CHAIN_FOUND", "not-ours", "not-ours", "no-archive")
    assert findings.sealed_at is None and findings.key_was_good is None


class FalseClock(timestamps.TimeStamper):
    """Time stamps of any wished time, by a key that nobody trusts."""

    def __init__(self, forger: signers.SimpleSigner, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.own = TimeStamper(forger.signing_cert, forger.signing_key, fixed_dt=at)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return self.own.request_tsa_response(tsp.TimeStampReq.load(req.dump()))


async def test_a_stolen_key_cannot_be_backdated_with_time_stamps_of_ones_own(
    token: Token, authority: Any, trust: Trust, sealed_licence: bytes, forger: signers.SimpleSigner
) -> None:
    """The thief has the key, an old licence with its proofs of that day, and a clock of his own; no TSA's key."""
    good = PdfFileReader(io.BytesIO(sealed_licence))
    old = DocumentSecurityStore.read_dss(good)
    then = stamped_at(good.embedded_timestamp_signatures[0])
    clock = FalseClock(forger, then)
    seal = load_seals(authority.prepared.seals)["dhss"]
    thief = sealing._TokenSigner(token, seal.keys[0])
    how = signers.PdfSignatureMetadata(
        field_name="Seal", subfilter=SigSeedSubFilter.PADES, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES
    )
    forged = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(render(a_licence(number="FORGED"))))
    await signers.PdfSigner(how, thief, timestamper=clock).async_sign_pdf(
        writer, existing_fields_only=True, output=forged, bytes_reserved=16_384
    )
    DocumentSecurityStore.add_dss(
        forged,
        sig_contents=None,
        certs=[*old.load_certs(), *[x509.Certificate.load(root) for root in trust.roots]],
        ocsps=[ocsp.OCSPResponse.load(its.get_object().data) for its in old.ocsps],
        crls=[crl.CertificateList.load(its.get_object().data) for its in old.crls],
    )
    stamped = await signers.PdfTimeStamper(clock).async_timestamp_pdf(IncrementalPdfFileWriter(forged), "sha256")

    findings = await verify(stamped.getvalue(), trust)

    assert findings.sealed_by is not None and findings.sealed_by.agency == "dhss"
    assert judged(findings) == told("INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND", "cannot-tell", "cannot-tell", "look-up")
    assert findings.key_was_good is not True and findings.sealed_at is None
    assert says(findings, "cannot-tell")


async def test_a_renewed_archive_is_told_and_still_good(sealed_licence: bytes, authority: Any, trust: Trust) -> None:
    roots = [x509.Certificate.load(root) for root in trust.roots]
    stamper = timestamps.HTTPTimeStamper(authority.prepared.second_tsa_url)
    context = ValidationContext(trust_roots=roots, allow_fetching=True, revocation_mode="hard-fail")

    renewed = await signers.PdfTimeStamper(stamper).async_update_archival_timestamp_chain(
        PdfFileReader(io.BytesIO(sealed_licence)), context, in_place=False
    )
    findings = await verify(renewed.getvalue(), trust)

    assert findings.indication == "TOTAL-PASSED"
    assert findings.changes_after == "archive" and says(findings, "renewed")


def test_every_sentence_is_in_both_languages() -> None:
    assert all(sentence.th and sentence.en for sentence in SAID.values())


def test_a_trust_folder_is_read_as_it_was_written(trust: Trust, tmp_path: Path) -> None:
    whole = replace(trust, distrusted=frozenset({"00" * 32}))

    whole.write(tmp_path)

    assert Trust.load(tmp_path) == whole
