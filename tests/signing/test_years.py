"""A sealed licence ten years on. The clock of a whole process is moved: proofs are registered at the wall clock."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from signing_sheets import a_licence  # type: ignore[import-not-found]

from signing import authority as authorities
from signing.document import render
from signing.seal import Sealer, load_seals
from signing.token import Token
from signing.trust import Trust

AGENCIES = {"dhss": ("กรมสนับสนุนบริการสุขภาพ", "GOVTH-0994000159684")}
NOW = datetime.now(UTC).year
VERIFY = (
    "import asyncio, json, sys; from pathlib import Path; from signing.verify import Trust, verify\n"
    "found = asyncio.run(verify(Path(sys.argv[1]).read_bytes(), Trust.load(Path(sys.argv[2]))))\n"
    "print(json.dumps([found.indication, found.sub_indication, found.intact, found.key_was_good]))"
)


def a_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def serve(app: Any, port: int) -> tuple[uvicorn.Server, threading.Thread]:
    """Answer on loopback until `should_exit` is set."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    return server, thread


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

    indication, sub_indication, intact, key_was_good = verdict_in(year, sealed, authority.prepared.trust, tmp_path)

    assert (indication, sub_indication, intact, key_was_good) == ("INDETERMINATE", "NO_POE", True, None)


@pytest.fixture(scope="module")
def ladder(token: Token, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A licence sealed today, and renewed twice: once the authority has changed its certificate, and once the old
    digest was given up. Each on its own day."""
    folder, port = tmp_path_factory.mktemp("ladder"), a_free_port()
    prepared = asyncio.run(authorities.prepare(folder, f"http://127.0.0.1:{port}", AGENCIES, token))
    with pytest.MonkeyPatch.context() as local:
        local.setenv("BIZ_PROFILE", "local")
        server, thread = serve(authorities.application(folder), port)
        asyncio.run(_seal(token, prepared, folder / "0.pdf"))
        server.should_exit = True
        thread.join()
    authorities.roll_over(folder)
    first, second = NOW + authorities.YEARS["tsa"] - 1, NOW + authorities.YEARS["tsa2"] - 1
    _renewed_in(first, folder, "0.pdf", "1.pdf", "sha256")
    _renewed_in(second, folder, "1.pdf", "2.pdf", "sha512")
    return {"trust": prepared.trust, **{n: (folder / f"{n}.pdf").read_bytes() for n in ("0", "1", "2")}}


async def _seal(token: Token, prepared: authorities.Prepared, path: Path) -> None:
    roots = Trust.load(prepared.trust).roots
    async with Sealer(token, load_seals(prepared.seals), prepared.tsa_url, roots) as sealer:
        sealed = await sealer.seal(render(a_licence()), "dhss")
    await asyncio.to_thread(path.write_bytes, sealed)


def _renewed_in(year: int, folder: Path, before: str, after: str, digest: str) -> None:
    script = Path(__file__).with_name("renewing.py")
    command = ["faketime", f"{year}-12-15 12:00:00", sys.executable, script, folder, folder / before, folder / after]
    root = Path(authorities.__file__).parents[1]
    subprocess.run([*command, digest], check=True, cwd=root, env={**os.environ, "PYTHONPATH": str(root)})


def test_ten_years_on_a_licence_that_was_looked_after_is_as_good_as_new(ladder: dict[str, Any], tmp_path: Path) -> None:
    good: list[Any] = ["TOTAL-PASSED", "", True, True]

    assert ladder["1"].startswith(ladder["0"]) and ladder["2"].startswith(ladder["1"])
    assert verdict_in(NOW + authorities.YEARS["tsa"] + 1, ladder["1"], ladder["trust"], tmp_path) == good
    assert verdict_in(NOW + 10, ladder["2"], ladder["trust"], tmp_path) == good


@pytest.mark.parametrize(("file", "years"), [("0", "tsa"), ("1", "tsa2"), ("2", "tsa2")])
def test_whoever_stops_looking_after_it_is_told_why_it_cannot_be_told(
    ladder: dict[str, Any], tmp_path: Path, file: str, years: str
) -> None:
    year = NOW + authorities.YEARS[years] + 1

    indication, sub_indication, intact, _ = verdict_in(year, ladder[file], ladder["trust"], tmp_path)

    assert (indication, sub_indication, intact) == ("INDETERMINATE", "NO_POE", True)
