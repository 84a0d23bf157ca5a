"""Issuing as one would write it first: new fonts and style for each paper, the key read from a file each time (RSA of
3072 bits, which pyHanko checks twice a signature), new connections, nothing kept between two papers.

`python -m bench.naive FOLDER BASE_URL` makes a development authority with an RSA seal for it, and serves it; then
`python -m bench.papers naive N` with BENCH_NAIVE=FOLDER, BENCH_NAIVE_TSA=URL issues with it.
"""

import asyncio
import io
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
import psutil
import uvicorn
from asn1crypto import keys, pem, x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.stamp import NoOpStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.registry import SimpleCertificateStore

from bench.measuring import own_cpu_ms
from bench.papers import Round
from bench.sheets import AGENCY, licence
from signing import authority, document, emblem
from signing.finishing import SEAL_FIELD
from signing.seal import AgencySeal, load_seals
from signing.token import Token
from signing.trust import Trust

FOLDER, TSA = "BENCH_NAIVE", "BENCH_NAIVE_TSA"
KEY = "naive.pem"


class _KeyFile:
    """In the place of a token: one RSA key for everything, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._public = b""

    async def create_keys(self, labels: Iterable[str], kind: str = "") -> Mapping[str, bytes]:
        """The same public key for every label."""
        if self._public:
            return dict.fromkeys(labels, self._public)
        key = rsa.generate_private_key(65537, 3072)
        self._path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._public = public
        return dict.fromkeys(labels, public)


def serve(folder: Path, base_url: str) -> None:
    """Make the authority and answer until the process is ended."""
    agencies = {AGENCY: ("สำนักงานคณะกรรมการอาหารและยา", "GOVTH-0994000161107")}
    keys_of_it = {AGENCY: [{"label": authority.seal_label(AGENCY), "algorithm": "rsa3072-sha256"}]}
    (folder / "state.json").write_text(json.dumps({"keys": keys_of_it}), "utf-8")
    asyncio.run(authority.prepare(folder, base_url, agencies, cast(Token, _KeyFile(folder / KEY))))
    port = urlsplit(base_url).port or 0
    uvicorn.run(authority.application(folder), host="127.0.0.1", port=port, log_level="warning")


def rounds(times: int) -> list[Round]:
    """So many papers, each as if it were the first."""
    return asyncio.run(_rounds(Path(os.environ[FOLDER]), os.environ[TSA], times))


async def _rounds(folder: Path, tsa_url: str, times: int) -> list[Round]:
    made: list[Round] = []
    for _ in range(times):
        began = own_cpu_ms()
        for kept in (document._press, emblem.emblem, emblem.ground):
            kept.cache_clear()
        pdf = document.render(document.sheet_of(licence()))
        drawn = own_cpu_ms()
        await _seal(pdf, folder, tsa_url)
        sealed = own_cpu_ms()
        made.append({"draw": drawn - began, "seal": sealed - drawn, "rss_mb": _memory()})
    return made


def _memory() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


async def _seal(pdf: bytes, folder: Path, tsa_url: str) -> bytes:
    seal, roots = load_seals(folder / "seals")[AGENCY], Trust.load(folder / "trust").roots
    async with aiohttp.ClientSession() as session:
        wanted = signers.PdfSignatureMetadata(
            field_name=SEAL_FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            embed_validation_info=True,
            validation_context=_context(seal, roots, session),
            use_pades_lta=True,
        )
        stamper = timestamps.HTTPTimeStamper(tsa_url, session=session)
        signer = signers.PdfSigner(wanted, _signer(seal, folder), timestamper=stamper, stamp_style=NoOpStampStyle())
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        sealed = await signer.async_sign_pdf(writer, existing_fields_only=True)
    return bytes(sealed.getvalue())


def _context(seal: AgencySeal, roots: Iterable[bytes], session: aiohttp.ClientSession) -> ValidationContext:
    return ValidationContext(
        trust_roots=[x509.Certificate.load(root) for root in roots],
        other_certs=[x509.Certificate.load(der) for der in seal.keys[0].chain],
        allow_fetching=True,
        revocation_mode="hard-fail",
        fetchers=AIOHttpFetcherBackend(session).get_fetchers(),
    )


def _signer(seal: AgencySeal, folder: Path) -> Any:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([x509.Certificate.load(der) for der in seal.keys[0].chain])
    key = keys.PrivateKeyInfo.load(pem.unarmor((folder / KEY).read_bytes())[2])
    return signers.SimpleSigner(x509.Certificate.load(seal.keys[0].certificate), key, store)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2])
