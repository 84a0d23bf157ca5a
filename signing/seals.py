"""What each agency seals with: data in a folder, one JSON an agency, so that a key, a certificate or an algorithm is
changed without a line of code. It holds no secret: keys are named by their label in the token.

    seals            the agency's keys, in any order: label, algorithm, certificate and chain (base64 of DER), and since
                     and until when it may be used (both may be missing)
    statement_…      the label and the published id of its key for statements

The newest key that may be used today, and whose certificate runs, seals; there is no falling back to an older one for
any other reason. Old certificates stay in the trust folder, for old papers.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from signing.token import P256, P384, RSA3072
from signing.trust import parsed


@dataclass(frozen=True)
class Algorithm:
    """One way to sign: the kind of key in the token, the digest, the most bytes that a signature has."""

    key: str
    digest: str
    signature_bytes: int


DEFAULT = "ecdsa-p256-sha256"
ALGORITHMS: Mapping[str, Algorithm] = {
    DEFAULT: Algorithm(P256, "sha256", 72),
    "ecdsa-p384-sha384": Algorithm(P384, "sha384", 104),
    "rsa3072-sha256": Algorithm(RSA3072, "sha256", 384),
}
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class NoSealNow(Exception):
    """An agency has no key that may be used today, with a certificate that runs; says why of the newest."""


@dataclass(frozen=True)
class SealKey:
    """One key in the token, its certificate (DER) with the chain above it, root last, and when it may be used."""

    key_label: str
    certificate: bytes
    chain: tuple[bytes, ...]
    algorithm: str = DEFAULT
    since: datetime | None = None
    until: datetime | None = None

    @property
    def digest(self) -> str:
        """The digest that it signs."""
        return ALGORITHMS[self.algorithm].digest

    @property
    def signature_bytes(self) -> int:
        """The most bytes that a signature of it has in a CMS."""
        return ALGORITHMS[self.algorithm].signature_bytes

    @property
    def ends_at(self) -> datetime:
        """When nothing may be sealed with it any more: its certificate ends, or it is put away before."""
        ends: datetime = parsed(self.certificate).not_valid_after
        return min(ends, self.until) if self.until else ends

    def as_cms(self, raw: bytes) -> bytes:
        """A signature as the token gives it, in the form that a CMS carries (RFC 3279, 2.2.3 for ECDSA)."""
        if self.algorithm.startswith("rsa"):
            return raw
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))

    def wrong_on(self, at: datetime) -> str:
        """Why it may not be used at that moment; "" when it may."""
        certificate = parsed(self.certificate)
        if (self.since and at < self.since) or at < certificate.not_valid_before:
            return "not yet valid"
        if self.until and at >= self.until:
            return "put away"
        return "expired" if at > certificate.not_valid_after else ""


@dataclass(frozen=True)
class AgencySeal:
    """One agency: its keys for seals, and its key for statements."""

    agency: str
    keys: tuple[SealKey, ...]
    statement_key_label: str
    statement_kid: str

    def key_on(self, at: datetime) -> SealKey:
        """The newest key that may be used at that moment. Raises `NoSealNow`."""
        newest = sorted(self.keys, key=lambda key: key.since or LONG_AGO, reverse=True)
        usable = next((key for key in newest if not key.wrong_on(at)), None)
        if usable is None:
            raise NoSealNow(newest[0].wrong_on(at) if newest else "it has none")
        return usable


def write_seals(folder: Path, seals: Mapping[str, AgencySeal]) -> None:
    """Write a folder of seals."""
    folder.mkdir(parents=True, exist_ok=True)
    for code, seal in seals.items():
        said = {
            "seals": [_said(key) for key in seal.keys],
            "statement_key_label": seal.statement_key_label,
            "statement_kid": seal.statement_kid,
        }
        beside = folder / f"{code}.new"
        beside.write_text(json.dumps(said, indent=1), "utf-8")
        beside.replace(folder / f"{code}.json")  # a reader sees the old file or the new one


def load_seals(folder: Path) -> dict[str, AgencySeal]:
    """The seals of a folder by agency. Raises OSError, ValueError or KeyError for what is missing or malformed."""
    return {path.stem: _seal(path.stem, json.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("*.json"))}


class SealsFolder(Mapping[str, AgencySeal]):
    """The seals of a folder as they are now: a file that was changed is read again, so that a key is changed while the
    process runs. Raises what `load_seals` raises."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[int, AgencySeal]] = {}
        load_seals(folder)  # a malformed folder is found when the process starts

    def __getitem__(self, agency: str) -> AgencySeal:
        path = self._folder / f"{agency}.json"
        if not path.exists():
            raise KeyError(agency)
        written, known = path.stat().st_mtime_ns, self._read.get(agency)
        if known is None or known[0] != written:
            known = self._read[agency] = written, _seal(agency, json.loads(path.read_text("utf-8")))
        return known[1]

    def __iter__(self) -> Iterator[str]:
        return (path.stem for path in sorted(self._folder.glob("*.json")))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _said(key: SealKey) -> dict[str, Any]:
    said: dict[str, Any] = {
        "key_label": key.key_label,
        "algorithm": key.algorithm,
        "certificate": base64.b64encode(key.certificate).decode(),
        "chain": [base64.b64encode(der).decode() for der in key.chain],
    }
    times = {"since": key.since, "until": key.until}
    return said | {name: at.astimezone(UTC).isoformat() for name, at in times.items() if at}


def _seal(code: str, said: dict[str, Any]) -> AgencySeal:
    keys = tuple(_key(one) for one in said["seals"])
    return AgencySeal(code, keys, said["statement_key_label"], said["statement_kid"])


def _key(said: dict[str, Any]) -> SealKey:
    if said["algorithm"] not in ALGORITHMS:
        raise ValueError(f"{said['key_label']}: no algorithm {said['algorithm']!r}; there are {', '.join(ALGORITHMS)}")
    certificate = base64.b64decode(said["certificate"], validate=True)
    if (kind := _kind_of(certificate)) != ALGORITHMS[said["algorithm"]].key:
        raise ValueError(f"{said['key_label']}: its certificate is for {kind}, and {said['algorithm']} is not")
    return SealKey(
        key_label=said["key_label"],
        certificate=certificate,
        chain=tuple(base64.b64decode(der, validate=True) for der in said["chain"]),
        algorithm=said["algorithm"],
        since=datetime.fromisoformat(said["since"]) if "since" in said else None,
        until=datetime.fromisoformat(said["until"]) if "until" in said else None,
    )


def _kind_of(certificate: bytes) -> str:
    """The kind of key that a certificate (DER) is for: a curve's name, or rsa and its bits."""
    public = parsed(certificate).public_key
    return str(public.curve[1]) if public.algorithm == "ec" else f"{public.algorithm}{public.bit_size}"
