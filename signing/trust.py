"""What a verifier trusts: a folder with roots, each agency's seal certificates and its keys for statements.

    roots/*.pem      the root certificates, for seals and for time stamps
    agencies.json    agency → organisation identifier (X.520, 2.5.4.97), names, certificate fingerprints, statement keys
    register.json    the register's keys for its log and its lists: key id → public key (PEM)
    distrusted.json  fingerprints of time-stamp certificates that went bad; only where there are any

The folder is public: it is what `bizportal verify --offline` carries. Old certificates stay in it, for old papers.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from asn1crypto import pem, x509


class NoTrust(Exception):
    """The trust folder is missing, empty or unreadable: nothing can be verified with it."""


@dataclass(frozen=True)
class TrustedAgency:
    """One agency: who its certificates must say it is, which they are (SHA-256 of DER, hex), its statement keys."""

    organisation_id: str
    name_th: str
    name_en: str = ""
    certificates: tuple[str, ...] = ()
    statement_keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trust:
    """Roots (DER certificates), the agencies we know by code, and certificates that nobody should rely on any more."""

    roots: tuple[bytes, ...]
    agencies: Mapping[str, TrustedAgency]
    distrusted: frozenset[str] = frozenset()
    register_keys: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "Trust":
        """Read a trust folder. Raises `NoTrust`."""
        try:
            roots = tuple(der for path in sorted((folder / "roots").glob("*.pem")) for der in _certificates(path))
            said = json.loads((folder / "agencies.json").read_text("utf-8"))
            agencies = {code: _agency(values) for code, values in said.items()}
            distrusted = frozenset(map(str, _read(folder / "distrusted.json", [])))
            keys = {str(kid): str(key) for kid, key in _read(folder / "register.json", {}).items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoTrust(f"{folder}: {error}") from error
        if not roots:
            raise NoTrust(f"{folder}: no root certificate in roots/*.pem")
        return cls(roots, agencies, distrusted, keys)

    def write(self, folder: Path) -> None:
        """Write a trust folder (roots named by their fingerprint); writing the same again changes nothing."""
        (folder / "roots").mkdir(parents=True, exist_ok=True)
        for root in self.roots:
            (folder / "roots" / f"{fingerprint(root)[:16]}.pem").write_bytes(pem.armor("CERTIFICATE", root))
        said = {code: _said(agency) for code, agency in sorted(self.agencies.items())}
        text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
        (folder / "agencies.json").write_text(text, "utf-8")
        if self.register_keys:
            text = json.dumps(dict(self.register_keys), indent=1, sort_keys=True) + "\n"
            (folder / "register.json").write_text(text, "utf-8")
        if self.distrusted:
            (folder / "distrusted.json").write_text(json.dumps(sorted(self.distrusted), indent=1) + "\n", "utf-8")

    def published_keys(self) -> dict[str, str]:
        """All statement keys (PEM) by their id."""
        return {kid: key for agency in self.agencies.values() for kid, key in agency.statement_keys.items()}


class TrustFolder:
    """A trust folder as it is now: read again when something in it was changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: tuple[tuple[str, int], ...] = ()
        self._trust: Trust | None = None

    def now(self) -> Trust:
        """What is trusted now. Raises `NoTrust`."""
        files = [*self.folder.glob("*.json"), *(self.folder / "roots").glob("*.pem")]
        seen = tuple(sorted((path.name, path.stat().st_mtime_ns) for path in files))
        if self._trust is None or seen != self._seen:
            self._trust, self._seen = Trust.load(self.folder), seen
        return self._trust


@lru_cache(maxsize=256)
def parsed(der: bytes) -> x509.Certificate:
    """One of our own certificates, parsed once for all uses: it remembers its names as they are compared."""
    return x509.Certificate.load(der)


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a DER certificate, in hex."""
    return hashlib.sha256(certificate).hexdigest()


def _read(path: Path, nothing: Any) -> Any:
    """A file that need not be there."""
    return json.loads(path.read_text("utf-8")) if path.exists() else nothing


def _certificates(path: Path) -> list[bytes]:
    ders = [der for _, _, der in pem.unarmor(path.read_bytes(), multiple=True)]
    return [x509.Certificate.load(der, strict=True).dump() for der in ders]


def _agency(values: dict[str, object]) -> TrustedAgency:
    keys = values.get("statement_keys", {})
    certificates = values.get("certificates", ())
    if not isinstance(keys, dict) or not isinstance(certificates, list):
        raise ValueError("agencies.json: certificates is a list, statement_keys a table")
    return TrustedAgency(
        organisation_id=str(values["organisation_id"]),
        name_th=str(values["name_th"]),
        name_en=str(values.get("name_en", "")),
        certificates=tuple(map(str, certificates)),
        statement_keys={str(kid): str(key) for kid, key in keys.items()},
    )


def _said(agency: TrustedAgency) -> dict[str, object]:
    return {
        "organisation_id": agency.organisation_id,
        "name_th": agency.name_th,
        "name_en": agency.name_en,
        "certificates": list(agency.certificates),
        "statement_keys": dict(agency.statement_keys),
    }
