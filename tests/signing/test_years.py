"""A sealed licence ten years on. The clock of a whole process is moved: proofs are registered at the wall clock."""

import asyncio
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers, timestamps
from pyhanko_certvalidator import ValidationContext
from signing_sheets import a_licence  # type: ignore[import-not-found]

from signing import authority as authorities
from signing.document import render
from signing.seal import Sealer, load_seals
from signing.token import Token
from signing.trust import Trust

NOW = datetime.now(UTC).year
VERIFY = (
    "import asyncio, json, sys; from pathlib import Path; from signing.verify import Trust, verify\n"
    "found = asyncio.run(verify(Path(sys.argv[1]).read_bytes(), Trust.load(Path(sys.argv[2]))))\n"
    "print(json.dumps([found.indication, found.sub_indication, found.intact, found.key_was_good]))"
)


def verdict_in(year: int, pdf: bytes, trust: Path, folder: Path) -> list[Any]:
    """What a verifier of that June says: [indication, sub-indication, intact, key was good]."""
    path = folder / f"{year}.pdf"
    path.write_bytes(pdf)
    command: list[str | Path] = ["faketime", f"{year}-06-01 12:00:00", sys.executable, "-c", VERIFY, path, trust]
    root = Path(authorities.__file__).parents[1]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    verdict: list[Any] = json.loads(run.stdout)
    return verdict


@pytest.fixture(scope="module")
def sealed(token: Token, authority: Any, trust: Trust) -> bytes:
    async def seal() -> bytes:
        async with Sealer(token, load_seals(authority.prepared.seals), authority.prepared.tsa_url, trust.roots) as it:
            return await it.seal(render(a_licence()), "dhss")

    return asyncio.run(seal())


def test_a_licence_outlives_the_certificate_of_its_seal(sealed: bytes, authority: Any, tmp_path: Path) -> None:
    year = NOW + authorities.YEARS["seal"] + 1

    assert verdict_in(year, sealed, authority.prepared.trust, tmp_path) == ["TOTAL-PASSED", "", True, True]


def test_once_the_time_stamp_has_ended_it_cannot_be_told_and_is_not_called_false(
    sealed: bytes, authority: Any, tmp_path: Path
) -> None:
    year = NOW + authorities.YEARS["tsa"] + 1

    indication, _, intact, key_was_good = verdict_in(year, sealed, authority.prepared.trust, tmp_path)

    assert (indication, intact, key_was_good) == ("INDETERMINATE", True, None)


async def test_a_renewed_time_stamp_carries_it_further(
    sealed: bytes, authority: Any, trust: Trust, tmp_path: Path
) -> None:
    roots = [x509.Certificate.load(root) for root in trust.roots]
    context = ValidationContext(trust_roots=roots, allow_fetching=True, revocation_mode="hard-fail")
    stamper = timestamps.HTTPTimeStamper(authority.prepared.second_tsa_url)
    renewed = await signers.PdfTimeStamper(stamper).async_update_archival_timestamp_chain(
        PdfFileReader(io.BytesIO(sealed)), context, in_place=False
    )

    year = NOW + authorities.YEARS["tsa"] + 1
    told = await asyncio.to_thread(verdict_in, year, renewed.getvalue(), authority.prepared.trust, tmp_path)

    assert told == ["TOTAL-PASSED", "", True, True]
