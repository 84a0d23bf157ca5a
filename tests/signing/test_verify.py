import asyncio
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import attacks  # type: ignore[import-not-found]
import pytest
from asn1crypto import crl, keys, ocsp, pem, tsp, x509
from certomancer.services import TimeStamper
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import AuthorityWithCert
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.registry import SimpleCertificateStore
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


@pytest.fixture(scope="session")
def sealed_licence(token: Token, authority: Any, trust: Trust) -> bytes:
    """One licence, sealed by its agency."""

    async def seal() -> bytes:
        seals = load_seals(authority.prepared.seals)
        async with Sealer(token, seals, authority.prepared.tsa_url, trust.roots) as sealer:
            return await sealer.seal(render(a_licence()), "dhss")

    return asyncio.run(seal())


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


@pytest.mark.parametrize("attack", attacks.TOUCHED, ids=lambda attack: attack.__name__)
async def test_a_touched_licence_is_not_intact(attack: Attack, sealed_licence: bytes, trust: Trust) -> None:
    findings = await verify(attack(sealed_licence), trust)

    assert findings.indication == "TOTAL-FAILED"
    assert findings.intact is False
    assert findings.changes_after == "suspicious"
    assert says(findings, "altered") or says(findings, "metadata")
    assert not says(findings, "intact")
    assert findings.record in (RECORD, {}), "the record comes from the sealed revision or not at all"


@pytest.mark.parametrize("attack", (attacks.title_changed, attacks.author_changed), ids=lambda attack: attack.__name__)
async def test_changed_metadata_is_seen_though_change_analysis_lets_it_pass(
    attack: Attack, sealed_licence: bytes, trust: Trust
) -> None:
    findings = await verify(attack(sealed_licence), trust)

    assert says(findings, "metadata")


@pytest.mark.parametrize("attack", attacks.UNREADABLE, ids=lambda attack: attack.__name__)
async def test_a_broken_file_is_unreadable_and_never_an_error(
    attack: Attack, sealed_licence: bytes, trust: Trust
) -> None:
    findings = await verify(attack(sealed_licence), trust)

    assert findings.indication == "TOTAL-FAILED"
    assert findings.intact is not True and findings.sealed_by is None and findings.record == {}


@pytest.mark.parametrize("junk", [b"", b"%PDF-", b"%PDF-1.7\n%%EOF", b"MZ", b"%PDF-1.7\n" + b"[" * 90_000 + b"\n%%EOF"])
async def test_what_is_no_pdf_is_unreadable(junk: bytes, trust: Trust) -> None:
    assert says(await verify(junk, trust), "unreadable")


@pytest.fixture(scope="session")
def another_licence(token: Token, authority: Any, trust: Trust) -> bytes:
    """Another true licence of the same agency."""

    async def seal() -> bytes:
        seals = load_seals(authority.prepared.seals)
        async with Sealer(token, seals, authority.prepared.tsa_url, trust.roots) as sealer:
            return await sealer.seal(render(a_licence(number="DHSS-SPA-2569-000124")), "dhss")

    return asyncio.run(seal())


async def test_the_seal_of_another_true_licence_does_not_fit(
    sealed_licence: bytes, another_licence: bytes, trust: Trust
) -> None:
    findings = await verify(attacks.signature_swapped(sealed_licence, another_licence), trust)

    assert (findings.indication, findings.intact) == ("TOTAL-FAILED", False)
    assert says(findings, "altered") and not findings.record


async def test_what_is_slipped_into_the_gap_of_a_seal_is_seen(sealed_licence: bytes, trust: Trust) -> None:
    findings = await verify(attacks.wrapped(sealed_licence), trust)

    assert findings.indication == "TOTAL-FAILED" and findings.intact is not True and not findings.record


async def test_a_form_that_forgets_its_seal_is_not_sealed(sealed_licence: bytes, trust: Trust) -> None:
    findings = await verify(attacks.seal_forgotten(sealed_licence), trust)

    assert findings.indication == "TOTAL-FAILED" and not findings.record
    assert says(findings, "unsealed") or says(findings, "altered")


async def test_the_archive_stamp_covers_even_the_padding_of_the_seal(sealed_licence: bytes, trust: Trust) -> None:
    findings = await verify(attacks.padding_filled(sealed_licence), trust)

    assert findings.indication != "TOTAL-PASSED" and not says(findings, "intact")


async def test_white_space_after_the_end_makes_nothing_better(sealed_licence: bytes, trust: Trust) -> None:
    whole = await verify(sealed_licence, trust)
    findings = await verify(attacks.blank_tail(sealed_licence), trust)

    assert findings.sha256 != whole.sha256
    assert findings.indication != "TOTAL-PASSED" or findings.record == whole.record


async def _by_force(
    sealer_key: Any, token: Token, prepared: Any, trust: Trust, embedded: list[ocsp.OCSPResponse], lists: list[Any]
) -> bytes:
    """A licence sealed with the agency's key though its certificate is not good: what the sealing process refuses."""
    stamper = timestamps.HTTPTimeStamper(prepared.tsa_url)
    signer = sealing._TokenSigner(token, sealer_key)
    how = signers.PdfSignatureMetadata(
        field_name="Seal", subfilter=SigSeedSubFilter.PADES, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES
    )
    forged = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(render(a_licence())))
    await signers.PdfSigner(how, signer, timestamper=stamper).async_sign_pdf(
        writer, existing_fields_only=True, output=forged, bytes_reserved=16_384
    )
    roots = [x509.Certificate.load(root) for root in trust.roots]
    chain = [x509.Certificate.load(der) for der in sealer_key.chain]
    DocumentSecurityStore.add_dss(forged, sig_contents=None, certs=[*chain, *roots], ocsps=embedded, crls=lists)
    stamped = await signers.PdfTimeStamper(stamper).async_timestamp_pdf(IncrementalPdfFileWriter(forged), "sha256")
    return bytes(stamped.getvalue())


async def test_a_seal_by_a_revoked_key_is_not_good(
    token: Token, tmp_path: Path, served_authority: Callable[..., Any]
) -> None:
    folder, prepared = await served_authority(tmp_path)
    own = Trust.load(prepared.trust)
    key = load_seals(prepared.seals)["dhss"].keys[0]
    authorities.revoke(folder, "dhss", datetime.now(UTC) - timedelta(days=1))
    answers, lists = await said_of(key)

    findings = await verify(await _by_force(key, token, prepared, own, answers, lists), own)

    assert findings.indication != "TOTAL-PASSED" and findings.key_was_good is not True
    assert says(findings, "key-revoked") or says(findings, "cannot-tell")


async def test_a_seal_by_an_expired_key_is_not_good(
    token: Token, tmp_path: Path, served_authority: Callable[..., Any]
) -> None:
    began = datetime.now(UTC).year - authorities.YEARS["seal"] - 1
    (tmp_path / "state.json").write_text(f'{{"began": {began}}}')
    _, prepared = await served_authority(tmp_path)
    own = Trust.load(prepared.trust)
    key = load_seals(prepared.seals)["dhss"].keys[0]

    findings = await verify(await _by_force(key, token, prepared, own, [], []), own)

    assert findings.indication != "TOTAL-PASSED" and findings.key_was_good is not True
    assert says(findings, "cannot-tell") and not says(findings, "intact")


async def test_a_tail_without_a_table_changes_no_verdict_to_the_better(sealed_licence: bytes, trust: Trust) -> None:
    findings = await verify(attacks.raw_tail(sealed_licence), trust)

    assert findings.indication != "TOTAL-PASSED"


async def test_every_byte_of_the_page_counts(sealed_licence: bytes, trust: Trust) -> None:
    for at in range(9, 37_000, 1_301):
        changed = sealed_licence[:at] + bytes([sealed_licence[at] ^ 1]) + sealed_licence[at + 1 :]
        assert (await verify(changed, trust)).indication == "TOTAL-FAILED", at


async def test_an_unsealed_paper_proves_nothing(trust: Trust) -> None:
    assert says(await verify(render(a_licence()), trust), "unsealed")


async def test_a_licence_without_its_archive_time_stamp_cannot_be_confirmed(
    sealed_licence: bytes, trust: Trust
) -> None:
    findings = await verify(attacks.archive_cut_off(sealed_licence), trust)

    assert findings.indication == "INDETERMINATE" and findings.sub_indication == "NO_POE"
    assert findings.intact is True
    assert says(findings, "no-archive")


async def test_another_good_agency_cannot_seal_this_agencys_licence(sealer: Sealer, trust: Trust) -> None:
    findings = await verify(await sealer.seal(render(a_licence()), "fda"), trust)

    assert findings.indication == "TOTAL-FAILED"
    assert findings.sealed_by is not None and findings.sealed_by.agency == "fda"
    assert says(findings, "other-agency")


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


@pytest.fixture
def forger(sealed_licence: bytes) -> signers.SimpleSigner:
    """Somebody with a key of his own and a certificate that copies every name of the agency's."""
    seal = PdfFileReader(io.BytesIO(sealed_licence)).embedded_regular_signatures[0].signer_cert
    key = ec.generate_private_key(ec.SECP256R1())
    private = keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    claims = seal["tbs_certificate"].copy()
    claims["issuer"] = claims["subject"]
    claims["subject_public_key_info"] = keys.PublicKeyInfo.load(public)
    signature = key.sign(claims.dump(force=True), ec.ECDSA(SHA256()))
    certificate = x509.Certificate(
        {"tbs_certificate": claims, "signature_algorithm": seal["signature_algorithm"], "signature_value": signature}
    )
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    return signers.SimpleSigner(certificate, private, store)


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

    assert findings.indication == "TOTAL-FAILED" and says(findings, "not-ours")
    assert findings.sealed_at is None and findings.key_was_good is None


async def said_of(key: Any) -> tuple[list[ocsp.OCSPResponse], list[crl.CertificateList]]:
    """What the authority answers about a key's certificate, and the list of the authority above it."""
    certificate, above, root = (x509.Certificate.load(der) for der in (key.certificate, *key.chain))
    async with aiohttp.ClientSession() as session:
        fetch = AIOHttpFetcherBackend(session).get_fetchers()
        answer = await fetch.ocsp_fetcher.fetch(certificate, AuthorityWithCert(above))
        lists = await fetch.crl_fetcher.fetch(above)
    assert root.subject == above.issuer
    return [answer], list(lists)


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
    assert findings.indication != "TOTAL-PASSED"
    assert findings.key_was_good is not True and findings.sealed_at is None
    assert says(findings, "cannot-tell")


async def test_a_second_signature_on_a_sealed_licence_is_seen(
    forger: signers.SimpleSigner, sealed_licence: bytes, trust: Trust
) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed_licence))
    append_signature_field(writer, SigFieldSpec("Second", box=(50, 50, 200, 100)))
    metadata = signers.PdfSignatureMetadata(field_name="Second", subfilter=SigSeedSubFilter.PADES)

    class Careless(signers.PdfSigner):
        def _enforce_certification_constraints(self, reader: PdfFileReader) -> None:
            return

    second = await Careless(metadata, forger).async_sign_pdf(writer)

    findings = await verify(second.getvalue(), trust)

    assert findings.indication == "TOTAL-FAILED" and findings.intact is False
    assert says(findings, "more-seals")


async def test_a_seal_that_allows_changes_is_not_of_our_kind(
    token: Token, authority: Any, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signing.seal.MDPPerm", SimpleNamespace(NO_CHANGES=MDPPerm.ANNOTATE))
    async with Sealer(token, load_seals(authority.prepared.seals), authority.prepared.tsa_url, trust.roots) as sealer:
        weak = await sealer.seal(render(a_licence()), "dhss")
    monkeypatch.undo()

    findings = await verify(weak, trust)

    assert findings.indication == "TOTAL-FAILED" and says(findings, "weak-seal")


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
