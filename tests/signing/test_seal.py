import asyncio
import io
import json
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from joserfc import jws
from joserfc.jwk import ECKey
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko_certvalidator import ValidationContext
from signing_sheets import a_letter, a_licence  # type: ignore[import-not-found]

from signing import authority as authorities
from signing.document import render
from signing.intact import faults
from signing.reading import Reader
from signing.seal import CertificateDead, Sealer, SealUnavailable, StatementFalse, check_statement, load_seals
from signing.token import Token
from signing.trust import NoTrust, Trust
from signing.verify import verify

Parts = list[str | Path]

AGENCIES = {"dhss": ("กรมสนับสนุนบริการสุขภาพ", "GOVTH-0994000159684")}
PAYLOAD = {
    "n": "DHSS-SPA-2569-000123",
    "k": "dhss-spa",
    "h": "บริษัท น้ำผึ้งป่าสปา จำกัด",
    "f": "2026-11-20",
    "u": "2031-11-19",
    "s": "q8w7" * 10 + "abc",
}


def ran(command: Sequence[str | Path], **how: Any) -> "subprocess.CompletedProcess[Any]":
    return subprocess.run(command, **how)


def signed_parts(pdf: bytes, field: str) -> tuple[bytes, bytes]:
    """What a signature covers, and the signature itself (DER)."""
    found = next(sig for sig in PdfFileReader(io.BytesIO(pdf)).embedded_signatures if sig.field_name == field)
    a, b, c, d = (int(number) for number in found.byte_range)
    return pdf[a : a + b] + pdf[c : c + d], found.pkcs7_content


def read(sealed: bytes) -> Reader:
    return Reader(io.BytesIO(sealed))


async def test_the_short_look_finds_nothing_wrong_with_a_seal_of_ours(sealer: Sealer, trust: Trust) -> None:
    sealed = await sealer.seal(render(a_letter()), "dhss")

    assert faults(read(sealed), trust.agencies["dhss"].certificates) == []


async def test_the_short_look_finds_what_was_changed_added_or_sealed_by_another(sealer: Sealer, trust: Trust) -> None:
    sealed = await sealer.seal(render(a_letter()), "dhss")
    ours = trust.agencies["dhss"].certificates
    altered = bytearray(sealed)
    altered[len(sealed) // 4] ^= 1
    unstamped = sealed[: sealed.rfind(b"%%EOF", 0, len(sealed) - 10) + 6]

    assert faults(read(bytes(altered)), ours) == ["Seal: altered", "ArchiveTS: stamps something else"]
    assert faults(read(sealed), ["another"]) == ["sealed with another certificate"]
    assert faults(read(unstamped), ours) == ["1 signatures"]
    assert "the stamp does not cover the file" in faults(read(sealed + b"\n% more\n"), ours)


async def test_a_sealed_paper_is_whole_and_verified_by_ourselves(sealer: Sealer, trust: Trust) -> None:
    drawn = render(a_licence())

    sealed = await sealer.seal(drawn, "dhss")

    assert sealed.startswith(drawn)
    findings = await verify(sealed, trust)
    assert findings.indication == "TOTAL-PASSED"
    assert findings.sealed_by is not None and findings.sealed_by.agency == "dhss"


async def test_sealed_papers_are_still_pdf_a_and_accessible(sealer: Sealer, verapdf: Callable[..., str]) -> None:
    sealed = [await sealer.seal(render(sheet), "dhss") for sheet in (a_licence(), a_letter())]

    report = verapdf(*sealed)

    assert report.count("PASS") == 4, report


async def test_poppler_and_qpdf_find_the_seal_valid(sealer: Sealer, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(await sealer.seal(render(a_licence()), "dhss"))

    said = ran(["pdfsig", path], capture_output=True, text=True, check=False).stdout

    seal, archive = said.split("Signature #2")
    assert "Signature is Valid" in seal and "ETSI.CAdES.detached" in seal
    assert "Total document signed" in archive
    ran(["qpdf", "--check", path], check=True, capture_output=True)


async def test_openssl_agrees_with_the_seal(sealer: Sealer, trust: Trust, tmp_path: Path) -> None:
    content, signature = signed_parts(await sealer.seal(render(a_licence()), "dhss"), "Seal")
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "signature").write_bytes(signature.rstrip(b"\0"))
    trust.write(tmp_path)
    root = next((tmp_path / "roots").glob("*.pem"))

    command: Parts = [
        "openssl",
        "cms",
        "-verify",
        "-cades",
        "-binary",
        "-inform",
        "DER",
        "-in",
        tmp_path / "signature",
    ]
    more: Parts = [
        "-content",
        tmp_path / "content",
        "-CAfile",
        root,
        "-purpose",
        "any",
        "-out",
        tmp_path / "out",
    ]
    run = ran([*command, *more], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr


async def test_openssl_agrees_with_the_archive_time_stamp(sealer: Sealer, trust: Trust, tmp_path: Path) -> None:
    content, signature = signed_parts(await sealer.seal(render(a_licence()), "dhss"), "ArchiveTS")
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "stamp").write_bytes(signature)
    trust.write(tmp_path)
    root = next((tmp_path / "roots").glob("*.pem"))

    command: Parts = [
        "openssl",
        "ts",
        "-verify",
        "-token_in",
        "-in",
        tmp_path / "stamp",
        "-data",
        tmp_path / "content",
    ]
    run = ran([*command, "-CAfile", root], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr


async def test_many_papers_are_sealed_at_once_with_one_session(sealer: Sealer, trust: Trust) -> None:
    drawn = render(a_licence())

    sealed = await asyncio.gather(*(sealer.seal(drawn, "dhss") for _ in range(8)))

    assert {(await verify(pdf, trust)).indication for pdf in sealed} == {"TOTAL-PASSED"}


async def test_nothing_is_sealed_while_the_time_stamps_are_away(
    token: Token, authority: SimpleNamespace, trust: Trust, free_port: int
) -> None:
    seals = load_seals(authority.prepared.seals)
    async with Sealer(token, seals, f"http://127.0.0.1:{free_port}/tsa", trust.roots) as sealer:
        with pytest.raises(SealUnavailable):
            await sealer.seal(render(a_licence()), "dhss")


async def test_nothing_is_sealed_while_nobody_tells_whether_the_certificate_is_revoked(
    token: Token, tmp_path: Path, free_port: int
) -> None:
    prepared = await authorities.prepare(tmp_path, f"http://127.0.0.1:{free_port}", AGENCIES, token)
    trust = Trust.load(prepared.trust)

    async with Sealer(token, load_seals(prepared.seals), prepared.tsa_url, trust.roots) as sealer:
        with pytest.raises(SealUnavailable):
            await sealer.seal(render(a_licence()), "dhss")


async def test_a_list_of_the_revoked_is_no_substitute_for_an_answer_about_the_certificate(
    token: Token, tmp_path: Path, served_authority: Callable[..., object]
) -> None:
    folder, prepared = await served_authority(tmp_path)  # type: ignore[misc]
    trust = Trust.load(prepared.trust)

    async with Sealer(token, load_seals(prepared.seals), prepared.tsa_url, trust.roots) as sealer:
        authorities.silence(folder, "ocsp")
        with pytest.raises(SealUnavailable):
            await sealer.seal(render(a_licence()), "dhss")
        authorities.silence(folder)
        sealed = await sealer.seal(render(a_licence()), "dhss")

    assert (await verify(sealed, trust)).indication == "TOTAL-PASSED"


async def test_an_answer_that_is_dated_after_we_began_is_good(
    sealer: Sealer, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Begun(ValidationContext):
        def __init__(self, **said: Any) -> None:
            super().__init__(moment=datetime.now(UTC) - timedelta(seconds=5), **said)

    monkeypatch.setattr("signing.seal.ValidationContext", Begun)

    sealed = await sealer.seal(render(a_licence()), "dhss")

    assert (await verify(sealed, trust)).indication == "TOTAL-PASSED"


async def test_the_first_seal_after_an_outage_asks_again_and_is_made(
    token: Token, tmp_path: Path, free_port: int, served_authority: Callable[..., object]
) -> None:
    prepared = await authorities.prepare(tmp_path, f"http://127.0.0.1:{free_port}", AGENCIES, token)
    trust = Trust.load(prepared.trust)

    async with Sealer(token, load_seals(prepared.seals), prepared.tsa_url, trust.roots) as sealer:
        with pytest.raises(SealUnavailable):
            await sealer.seal(render(a_licence()), "dhss")
        await served_authority(tmp_path, free_port)  # type: ignore[misc]
        sealed = await sealer.seal(render(a_licence()), "dhss")

    assert (await verify(sealed, trust)).indication == "TOTAL-PASSED"


async def test_a_time_stamp_authority_that_answers_nonsense_makes_no_weaker_seal(
    token: Token, authority: SimpleNamespace, trust: Trust, served: Callable[[object], str]
) -> None:
    async def nonsense(scope: object, receive: object, send: Callable[..., object]) -> None:
        headers = [(b"content-type", b"application/timestamp-reply")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})  # type: ignore[misc]
        await send({"type": "http.response.body", "body": b"nonsense"})  # type: ignore[misc]

    async with Sealer(token, load_seals(authority.prepared.seals), served(nonsense), trust.roots) as sealer:
        with pytest.raises(SealUnavailable):
            await sealer.seal(render(a_licence()), "dhss")


async def test_a_revoked_certificate_seals_no_more(
    token: Token, tmp_path: Path, served_authority: Callable[..., object]
) -> None:
    folder, prepared = await served_authority(tmp_path)  # type: ignore[misc]
    trust = Trust.load(prepared.trust)
    authorities.revoke(folder, "dhss", datetime.now(UTC) - timedelta(hours=1))

    async with Sealer(token, load_seals(prepared.seals), prepared.tsa_url, trust.roots) as sealer:
        with pytest.raises(CertificateDead, match="revoked") as dead:
            await sealer.seal(render(a_licence()), "dhss")

    assert "ใบรับรอง" in str(dead.value)


async def test_a_statement_holds_and_says_what_was_signed(sealer: Sealer, trust: Trust) -> None:
    text = await sealer.statement("dhss", PAYLOAD)

    assert check_statement(text, trust.published_keys()) == PAYLOAD
    assert len(text) < 450


async def test_a_licence_with_its_statement_can_be_scanned(sealer: Sealer, trust: Trust) -> None:
    address = "http://127.0.0.1:8000/v/DHSS-SPA-2569-000123#"
    pdf = render(a_licence(qr=address + await sealer.statement("dhss", PAYLOAD)))

    (code,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(pdf)[0].render(scale=2.8).to_pil())
    assert check_statement(code.text.partition("#")[2], trust.published_keys()) == PAYLOAD


async def test_a_statement_is_read_by_another_library(sealer: Sealer, trust: Trust) -> None:
    text = await sealer.statement("dhss", PAYLOAD)
    key = ECKey.import_key(next(iter(trust.agencies["dhss"].statement_keys.values())))

    assert json.loads(jws.deserialize_compact(text, key, algorithms=["ES256"]).payload) == PAYLOAD


@pytest.mark.parametrize("at", range(0, 400, 23))
async def test_a_changed_statement_does_not_hold(sealer: Sealer, trust: Trust, at: int) -> None:
    text = await sealer.statement("dhss", PAYLOAD)
    changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]

    with pytest.raises(StatementFalse):
        check_statement(changed, trust.published_keys())


@pytest.mark.parametrize("text", ["", "a", "a.b.c", "..", "ก.ข.ค", "e30.e30." + "A" * 86, "A" * 2000])
def test_what_is_no_statement_does_not_hold(trust: Trust, text: str) -> None:
    with pytest.raises(StatementFalse):
        check_statement(text, trust.published_keys())


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_preparing_again_changes_nothing(token: Token, tmp_path: Path) -> None:
    async def once() -> dict[Path, bytes]:
        await authorities.prepare(tmp_path, "http://127.0.0.1:1", AGENCIES, token)
        return contents(tmp_path)

    assert await once() == await once()


async def test_another_address_means_new_certificates_and_the_old_ones_stay_trusted(
    token: Token, tmp_path: Path
) -> None:
    await authorities.prepare(tmp_path, "http://127.0.0.1:1", AGENCIES, token)
    before = Trust.load(tmp_path / "trust")

    await authorities.prepare(tmp_path, "http://127.0.0.1:2", AGENCIES, token)

    after = Trust.load(tmp_path / "trust")
    assert after.roots == before.roots
    assert set(before.agencies["dhss"].certificates) < set(after.agencies["dhss"].certificates)


def test_every_certificate_says_that_it_is_not_for_production(authority: SimpleNamespace) -> None:
    for path in (authority.folder / "issued").rglob("*.crt"):
        run = ran(
            ["openssl", "x509", "-in", path, "-noout", "-subject", "-nameopt", "utf8"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "NOT FOR PRODUCTION" in run.stdout


def test_the_development_authority_refuses_any_other_profile(
    authority: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for profile in ("production", None):
        monkeypatch.delenv("BIZ_PROFILE") if profile is None else monkeypatch.setenv("BIZ_PROFILE", profile)
        with pytest.raises(authorities.NotTheLocalProfile):
            authorities.application(authority.folder)


def test_an_empty_trust_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoTrust):
        Trust.load(tmp_path)
