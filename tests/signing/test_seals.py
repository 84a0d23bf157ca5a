"""Keys, certificates and algorithms are data: changed while the process runs, and never good beyond their day."""

import io
import json
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from signing_sheets import a_licence  # type: ignore[import-not-found]
from test_seal import signed_parts  # type: ignore[import-not-found]

from signing import authority as authorities
from signing.authority import Prepared, prepare
from signing.document import render
from signing.seal import CertificateDead, Sealer, SealUnavailable
from signing.seals import ALGORITHMS, NoSealNow, SealsFolder, load_seals, write_seals
from signing.token import Token
from signing.trust import Trust, TrustFolder
from signing.verify import verify

AGENCIES = {"dhss": ("กรมสนับสนุนบริการสุขภาพ", "GOVTH-0994000159684")}
NOW = datetime.now(UTC)
Serve = Callable[[Path], Awaitable[tuple[Path, Prepared]]]


@pytest.mark.parametrize("algorithm", ["ecdsa-p384-sha384", "rsa3072-sha256"])
async def test_an_agency_changes_key_certificate_and_algorithm_while_it_seals(
    algorithm: str, token: Token, tmp_path: Path, served_authority: Serve
) -> None:
    folder, prepared = await served_authority(tmp_path)
    trusted, seals = TrustFolder(prepared.trust), SealsFolder(prepared.seals)
    async with Sealer(token, seals, prepared.tsa_url, trusted.now().roots) as sealer:
        before = await sealer.seal(render(a_licence()), "dhss")
        authorities.rotate(folder, "dhss", algorithm, NOW - timedelta(minutes=1))
        base_url = json.loads((folder / "state.json").read_text())["base_url"]
        await prepare(folder, base_url, AGENCIES, token)
        after = await sealer.seal(render(a_licence()), "dhss")
        said = sealer.in_use()["dhss"]

    old, new = await verify(before, trusted.now()), await verify(after, trusted.now())
    assert (old.indication, new.indication) == ("TOTAL-PASSED", "TOTAL-PASSED")
    assert old.sealed_by and new.sealed_by and old.sealed_by.serial != new.sealed_by.serial
    assert said[1] == algorithm
    signature = PdfFileReader(io.BytesIO(after)).embedded_regular_signatures[0]
    assert signature.md_algorithm == ALGORITHMS[algorithm].digest
    _openssl_agrees(after, trusted.now(), tmp_path)


def _openssl_agrees(sealed: bytes, trust: Trust, folder: Path) -> None:
    content, signature = signed_parts(sealed, "Seal")
    for name, said in (("content", content), ("signature", signature.rstrip(b"\0"))):
        (folder / name).write_bytes(said)
    trust.write(folder / "t")
    root = next((folder / "t" / "roots").glob("*.pem"))
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any"]
    files = ["-in", folder / "signature", "-content", folder / "content", "-CAfile", root, "-out", folder / "out"]
    subprocess.run([*command, *files], check=True, capture_output=True)


async def test_nothing_is_sealed_with_a_certificate_that_expired(
    token: Token, tmp_path: Path, served_authority: Serve
) -> None:
    (tmp_path / "state.json").write_text(json.dumps({"began": NOW.year - authorities.YEARS["seal"] - 2}))
    _, prepared = await served_authority(tmp_path)
    drawn = render(a_licence())

    async with Sealer(token, SealsFolder(prepared.seals), prepared.tsa_url, Trust.load(prepared.trust).roots) as sealer:
        with pytest.raises(CertificateDead, match="expired") as dead:
            await sealer.seal(drawn, "dhss")

    assert isinstance(dead.value, SealUnavailable), "the step waits for the operator, and no application ends of it"
    assert sealer.in_use()["dhss"][0] <= datetime.now(UTC)


async def test_nor_when_the_folder_lies_about_its_day_and_only_the_library_looks(
    token: Token, tmp_path: Path, served_authority: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state.json").write_text(json.dumps({"began": NOW.year - authorities.YEARS["seal"] - 2}))
    _, prepared = await served_authority(tmp_path)
    monkeypatch.setattr("signing.seals.SealKey.wrong_on", lambda self, at: "")

    async with Sealer(token, SealsFolder(prepared.seals), prepared.tsa_url, Trust.load(prepared.trust).roots) as sealer:
        with pytest.raises(CertificateDead, match="expired"):
            await sealer.seal(render(a_licence()), "dhss")


async def test_a_key_that_was_put_away_seals_no_more_and_an_older_one_does_not_stand_in(
    token: Token, authority: Any, tmp_path: Path
) -> None:
    whole = load_seals(authority.prepared.seals)["dhss"]
    first = whole.keys[0]
    newer = replace(first, key_label="newer", since=NOW)
    older = replace(whole, keys=(replace(first, until=NOW), newer))
    write_seals(tmp_path, {"dhss": replace(older, keys=(older.keys[0], replace(newer, until=NOW)))})

    with pytest.raises(NoSealNow, match="put away"):
        load_seals(tmp_path)["dhss"].key_on(datetime.now(UTC))
    assert whole.key_on(NOW) == first
    assert older.key_on(NOW).key_label == "newer"


async def test_a_revoked_newest_certificate_is_not_passed_over_for_an_older_one(
    token: Token, tmp_path: Path, served_authority: Serve
) -> None:
    folder, _ = await served_authority(tmp_path)
    authorities.rotate(folder, "dhss", "ecdsa-p256-sha256", NOW - timedelta(minutes=1))
    authorities.revoke(folder, "dhss", NOW - timedelta(hours=1))
    base_url = json.loads((folder / "state.json").read_text())["base_url"]
    prepared = await prepare(folder, base_url, AGENCIES, token)

    async with Sealer(token, SealsFolder(prepared.seals), prepared.tsa_url, Trust.load(prepared.trust).roots) as sealer:
        with pytest.raises(CertificateDead, match="revoked"):
            await sealer.seal(render(a_licence()), "dhss")


def test_a_folder_with_an_unknown_algorithm_is_an_error_when_the_process_starts(authority: Any, tmp_path: Path) -> None:
    write_seals(tmp_path, load_seals(authority.prepared.seals))
    said = json.loads((tmp_path / "dhss.json").read_text())
    said["seals"][0]["algorithm"] = "rot13"
    (tmp_path / "dhss.json").write_text(json.dumps(said))

    with pytest.raises(ValueError, match="rot13"):
        SealsFolder(tmp_path)


def test_a_folder_tells_its_agencies_and_no_other(authority: Any) -> None:
    seals = SealsFolder(authority.prepared.seals)

    assert set(seals) == {"dhss", "fda", "bma"} and len(seals) == 3
    with pytest.raises(KeyError):
        seals["nobody"]
