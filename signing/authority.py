"""The development authority: root, seal CA, time stamps, OCSP and CRLs on loopback, so that the local profile is real.

NOT FOR PRODUCTION, and every certificate says so. Production names a real CA and TSA in its settings, and keeps the
same folders (`seals/`, `trust/`) filled by its operators. certomancer plays the authorities; it certifies the public
keys of the token, keeps what it issued (it would sign anew at each start), and serves over HTTP as an ASGI application.

    dir/state.json         when this authority began; its agencies and address
    dir/keys/              its own keys, and the public keys of the agencies
    dir/issued/            certificates once issued, by address (they name it); the root's stands above
    dir/revoked.json       agencies whose certificate is revoked, and since when
    dir/seals/, dir/trust/ what `signing.seal` and `signing.verify` read
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from asn1crypto import ocsp, pem, tsp, x509
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, ServiceLabel
from certomancer.registry.common import CertomancerObjectNotFoundError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from signing.publishing import REGISTER_KEY
from signing.seals import ALGORITHMS, DEFAULT, AgencySeal, SealKey, write_seals
from signing.statement import key_id
from signing.token import Token
from signing.trust import Trust, TrustedAgency, fingerprint

WARNING = "DEV – NOT FOR PRODUCTION"
ARCH = "dev"
AUTHORITY_KEYS = ("root", "seal-ca", "seal-ocsp", "tsa-ca", "tsa-ocsp", "tsa", "tsa2")
# A paper outlives its seal's certificate, and that of its time stamp, if it is stamped again.
YEARS = {"root": 30, "ca": 20, "seal": 3, "tsa": 5, "tsa2": 10}
LOOPBACK = "127.0.0.1"


class NotTheLocalProfile(Exception):
    """The development authority was asked to run where papers are real."""


@dataclass(frozen=True)
class Prepared:
    """What `prepare` left behind: where time stamps are asked for, and the folders that others read."""

    tsa_url: str
    second_tsa_url: str
    seals: Path
    trust: Path


async def prepare(folder: Path, base_url: str, agencies: Mapping[str, tuple[str, str]], token: Token) -> Prepared:
    """Make keys, certificates, seals and the trust folder for these agencies; doing it again changes nothing.

    `agencies`: code → (name in Thai, organisation identifier, e.g. GOVTH-0994000012345). `base_url` is where this
    authority will be served; another one means new certificates under the same root, and the old ones stay trusted.
    """
    state = _state(folder, base_url, agencies)
    _make_keys(folder / "keys")
    public = dict(await token.create_keys([*map(statement_label, agencies), REGISTER_KEY]))
    for key in (key for code in agencies for key in _keys_of(state, code)):
        made = await token.create_keys([key["label"]], ALGORITHMS[key["algorithm"]].key)
        _write_if_new(folder / "keys" / f"{key['label']}.pub.pem", pem.armor("PUBLIC KEY", made[key["label"]]))
    certificates = _issue_all(folder, state)
    chain = tuple(certificates[label] for label in ("seal-ca", "root"))
    seals = {
        code: AgencySeal(
            agency=code,
            keys=tuple(_seal_key(key, certificates[key["label"]], chain) for key in _keys_of(state, code)),
            statement_key_label=statement_label(code),
            statement_kid=key_id(code, public[statement_label(code)]),
        )
        for code in agencies
    }
    write_seals(folder / "seals", seals)
    statement_keys = {code: public[statement_label(code)] for code in agencies}
    _write_trust(folder, state, certificates["root"], statement_keys, public[REGISTER_KEY])
    where = f"{base_url}/{ARCH}/tsa"
    return Prepared(f"{where}/tsa", f"{where}/tsa2", folder / "seals", folder / "trust")


def seal_label(agency: str) -> str:
    """The token's label of an agency's seal key."""
    return f"seal-{agency}"


def statement_label(agency: str) -> str:
    """The token's label of an agency's key for statements."""
    return f"statement-{agency}"


def rotate(folder: Path, agency: str, algorithm: str, since: datetime) -> None:
    """Give an agency one more key, to be used from that moment on: `prepare` again makes it, its certificate and the
    folders anew. The older ones stay trusted."""
    state = _read(folder / "state.json")
    keys = _keys_of(state, agency)
    label = f"{seal_label(agency)}-{len(keys) + 1}-{ALGORITHMS[algorithm].key}"
    keys.append({"label": label, "algorithm": algorithm, "since": since.astimezone(UTC).isoformat()})
    state.setdefault("keys", {})[agency] = keys
    _replace(folder / "state.json", json.dumps(state, ensure_ascii=False, indent=1))


def roll_over(folder: Path) -> None:
    """Stamp with the younger certificate from now on, at the same address."""
    _replace(folder / "state.json", json.dumps(_read(folder / "state.json") | {"stamper": "tsa2"}, ensure_ascii=False))


def _keys_of(state: dict[str, Any], agency: str) -> list[dict[str, str]]:
    """An agency's keys for seals, the first one first: label, algorithm, and since when it is used."""
    first = {"label": seal_label(agency), "algorithm": DEFAULT}
    return list(state.get("keys", {}).get(agency, [first]))


def _seal_key(key: Mapping[str, str], certificate: bytes, chain: tuple[bytes, ...]) -> SealKey:
    since = datetime.fromisoformat(key["since"]) if "since" in key else None
    return SealKey(key["label"], certificate, chain, key["algorithm"], since)


def revoke(folder: Path, agency: str, since: datetime) -> None:
    """Revoke an agency's seal certificates; a serving authority answers so from its next request."""
    revoked = _read(folder / "revoked.json")
    revoked[agency] = since.astimezone(UTC).isoformat()
    _replace(folder / "revoked.json", json.dumps(revoked, indent=1))


def silence(folder: Path, *services: str) -> None:
    """Have these of `ocsp`, `tsa` and `crls` answer that they are away, and the others as ever; none: all are back."""
    _replace(folder / "silent.json", json.dumps({"silent": services}))


def application(folder: Path) -> Starlette:
    """The authority as an ASGI application. Raises `NotTheLocalProfile` unless BIZ_PROFILE is local."""
    if os.environ.get("BIZ_PROFILE") != "local":
        raise NotTheLocalProfile("the development authority runs only with BIZ_PROFILE=local")
    desk = _Desk(folder)
    return Starlette(
        routes=[
            Route("/health", desk.health),
            Route(f"/{ARCH}/ocsp/{{label}}", desk.ocsp, methods=["POST"]),
            Route(f"/{ARCH}/tsa/{{label}}", desk.time_stamp, methods=["POST"]),
            Route(f"/{ARCH}/crls/{{label}}/latest.crl", desk.crl),
            Route(f"/{ARCH}/certs/{{label}}/ca.crt", desk.certificate),
        ],
        exception_handlers={CertomancerObjectNotFoundError: _not_here},
        middleware=[Middleware(_Silence, folder=folder)],
    )


class _Silence:
    """In front of the services: those that are away answer 503, as a responder behind a broken gateway does."""

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self.app, self.folder = app, folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        away = _read(self.folder / "silent.json").get("silent", ())
        asked = scope.get("path", "").removeprefix(f"/{ARCH}/").partition("/")[0]
        answering = PlainTextResponse("away", status_code=503) if asked in away else self.app
        await answering(scope, receive, send)


async def _not_here(request: Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), status_code=404)


class _Desk:
    """Answers each kind of request from the architecture on disk; reads it again when an agency is revoked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: tuple[int, int] | None = None
        self._arch: Any = None

    def arch(self) -> Any:
        """The authorities as they stand now."""
        seen = tuple(_changed_at(self.folder / name) for name in ("state.json", "revoked.json"))
        if self._arch is None or seen != self._seen:
            self._arch, self._seen = _architecture(self.folder, _read(self.folder / "state.json")), (seen[0], seen[1])
        return self._arch

    def services(self) -> Any:
        """Their services."""
        return self.arch().service_registry

    async def health(self, request: Request) -> Response:
        return PlainTextResponse(WARNING)

    async def ocsp(self, request: Request) -> Response:
        responder = self.services().summon_responder(_label(request), datetime.now(UTC))
        answer = responder.build_ocsp_response(ocsp.OCSPRequest.load(await request.body()))
        return Response(answer.dump(), media_type="application/ocsp-response")

    async def time_stamp(self, request: Request) -> Response:
        stamper = self.services().summon_timestamper(_label(request), datetime.now(UTC))
        answer = stamper.request_tsa_response(tsp.TimeStampReq.load(await request.body()))
        return Response(answer.dump(), media_type="application/timestamp-reply")

    async def crl(self, request: Request) -> Response:
        answer = self.services().get_crl(_label(request), datetime.now(UTC))
        return Response(answer.dump(), media_type="application/pkix-crl")

    async def certificate(self, request: Request) -> Response:
        answer = self.services().get_cert_from_repo(_label(request))
        return Response(pem.armor("CERTIFICATE", answer.dump()), media_type="application/x-pem-file")


def _label(request: Request) -> ServiceLabel:
    return ServiceLabel(request.path_params["label"])


def _changed_at(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


# The state folder


def _state(folder: Path, base_url: str, agencies: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The authority's state, begun now if it is new; agencies are added, never dropped."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = _read(folder / "state.json")
    state = {
        "base_url": base_url,
        "began": before.get("began", datetime.now(UTC).year),
        "agencies": {**before.get("agencies", {}), **{code: list(said) for code, said in agencies.items()}},
        "keys": before.get("keys", {}),
        "stamper": before.get("stamper", "tsa"),
    }
    if state != before:
        _replace(folder / "state.json", json.dumps(state, ensure_ascii=False, indent=1))
    return state


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    said: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return said


def _replace(path: Path, text: str) -> None:
    """Write a file in one step: a reader sees the old text or the new one."""
    beside = path.with_suffix(".new")
    beside.write_text(text, "utf-8")
    beside.replace(path)


def _write_if_new(path: Path, content: bytes) -> None:
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _make_keys(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in AUTHORITY_KEYS:
        path = folder / f"{name}.pem"
        if not path.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            path.touch(mode=0o600)
            path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _issued(folder: Path, base_url: str, label: str) -> Path:
    """Where a certificate is kept. All but the root's name the authority's address, so they are kept by address."""
    address = hashlib.sha256(base_url.encode()).hexdigest()[:12]
    return folder / "issued" / (f"{label}.crt" if label == "root" else f"{address}/{label}.crt")


def _issue_all(folder: Path, state: dict[str, Any]) -> dict[str, bytes]:
    """Every certificate (DER by label): those on disk as they are, the missing ones issued and kept."""
    arch = _architecture(folder, state)
    certificates = {}
    for label in (*AUTHORITY_KEYS, *_seal_labels(state)):
        certificates[label] = arch.get_cert(CertLabel(label)).dump()
        _write_if_new(_issued(folder, state["base_url"], label), pem.armor("CERTIFICATE", certificates[label]))
    return certificates


def _write_trust(
    folder: Path, state: dict[str, Any], root: bytes, statement_keys: Mapping[str, bytes], register_key: bytes
) -> None:
    """The trust folder: every certificate that this authority ever issued to an agency, and the keys for statements."""
    agencies = {}
    for code, (name, organisation_id) in state["agencies"].items():
        labels = [key["label"] for key in _keys_of(state, code)]
        issued = sorted(path for label in labels for path in (folder / "issued").glob(f"*/{label}.crt"))
        prints = sorted(fingerprint(pem.unarmor(path.read_bytes())[2]) for path in issued)
        key = statement_keys.get(code)
        keys = _published(code, key) if key else {}
        agencies[code] = TrustedAgency(organisation_id, name, certificates=tuple(prints), statement_keys=keys)
    Trust((root,), agencies, register_keys=_published(REGISTER_KEY, register_key)).write(folder / "trust")


def _published(owner: str, key: bytes) -> dict[str, str]:
    """A public key (DER) as the trust folder has it: by its id, in PEM."""
    return {key_id(owner, key): pem.armor("PUBLIC KEY", key).decode()}


def _seal_labels(state: dict[str, Any]) -> list[str]:
    return [key["label"] for code in state["agencies"] for key in _keys_of(state, code)]


# certomancer's configuration


def _architecture(folder: Path, state: dict[str, Any]) -> Any:
    """The authorities, with the certificates that were issued before."""
    config = CertomancerConfig(_configuration(folder, state), key_search_dir=str(folder / "keys"), lazy_load_keys=True)
    arch = config.get_pki_arch(ArchLabel(ARCH))
    for label in (*AUTHORITY_KEYS, *_seal_labels(state)):
        path = _issued(folder, state["base_url"], label)
        if path.exists():
            arch._cert_cache[CertLabel(label)] = x509.Certificate.load(pem.unarmor(path.read_bytes())[2])
    return arch


def _configuration(folder: Path, state: dict[str, Any]) -> dict[str, Any]:
    agencies, revoked = state["agencies"], _read(folder / "revoked.json")
    keys: dict[str, Any] = {name: {"path": f"{name}.pem"} for name in AUTHORITY_KEYS}
    keys |= {label: {"path": f"{label}.pub.pem", "public-only": True} for label in _seal_labels(state)}
    entities = {name: {"common-name": f"{name} ({WARNING})"} for name in AUTHORITY_KEYS}
    certificates = _authority_certificates(state)
    for code, (name, organisation_id) in agencies.items():
        for label in (key["label"] for key in _keys_of(state, code)):
            entities[label] = {
                "common-name": f"{code.upper()} e-seal ({WARNING})",
                "organization-name": name,
                "organization-identifier": organisation_id,
            }
            certificates[label] = _seal_certificate(state, label, revoked.get(code))
    architecture = {
        "keyset": ARCH,
        "entity-defaults": {"country-name": "TH", "organization-name": WARNING},
        "entities": entities,
        "certs": certificates,
        "services": _services(state.get("stamper", "tsa")),
    }
    return {
        "external-url-prefix": state["base_url"],
        "keysets": {ARCH: {"path-prefix": "", "keys": keys}},
        "pki-architectures": {ARCH: architecture},
    }


def _authority_certificates(state: dict[str, Any]) -> dict[str, Any]:
    def ca(issuer: str, years: int, path_length: int | None, *where: dict[str, Any]) -> dict[str, Any]:
        limits = {"ca": True} if path_length is None else {"ca": True, "path_len_constraint": path_length}
        basic = {"id": "basic_constraints", "critical": True, "value": limits}
        return _certificate(state, issuer, years, [basic, _usage("key_cert_sign", "crl_sign"), *where])

    def responder(issuer: str) -> dict[str, Any]:
        purpose = {"id": "extended_key_usage", "value": ["ocsp_signing"]}
        unchecked = {"id": "ocsp_no_check", "value": None}
        return _certificate(state, issuer, YEARS["ca"], [_usage("digital_signature"), purpose, unchecked])

    def stamper(years: int) -> dict[str, Any]:
        purpose = {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]}
        # OCSP, not a CRL alone: a refreshed archive would stop validating when this certificate ends.
        return _certificate(state, "tsa-ca", years, [_usage("digital_signature"), purpose, *_where("tsa-ca")])

    return {
        "root": ca("root", YEARS["root"], None),
        "seal-ca": ca("root", YEARS["ca"], 0, _crl("root")),
        "tsa-ca": ca("root", YEARS["ca"], 0, _crl("root")),
        "seal-ocsp": responder("seal-ca"),
        "tsa-ocsp": responder("tsa-ca"),
        "tsa": stamper(YEARS["tsa"]),
        "tsa2": stamper(YEARS["tsa2"]),
    }


def _seal_certificate(state: dict[str, Any], label: str, revoked_since: str | None) -> dict[str, Any]:
    extensions = [_usage("digital_signature", "non_repudiation"), *_where("seal-ca")]
    certificate = _certificate(state, "seal-ca", YEARS["seal"], extensions)
    named = f"{state['base_url']} {label.removeprefix('seal-')}".encode()
    certificate["serial"] = int.from_bytes(hashlib.sha256(named).digest()[:8], "big") >> 1 | 1 << 62
    if revoked_since:
        certificate["revocation"] = {"revoked-since": revoked_since, "reason": "key_compromise"}
    return certificate


def _certificate(state: dict[str, Any], issuer: str, years: int, extensions: Iterable[Any]) -> dict[str, Any]:
    began = state["began"]
    validity = {"valid-from": f"{began}-01-01T00:00:00+0000", "valid-to": f"{began + years}-12-31T23:59:59+0000"}
    return {"issuer": issuer, "authority-key": issuer, "validity": validity, "extensions": list(extensions)}


def _usage(*uses: str) -> dict[str, Any]:
    return {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": list(uses)}}


def _crl(issuer: str) -> dict[str, Any]:
    return {
        "id": "crl_distribution_points",
        "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": [issuer]}},
    }


def _where(issuer: str) -> list[dict[str, Any]]:
    """Where the status of a certificate can be asked for (RFC 5280, 4.2.2.1 and 4.2.1.13)."""
    params = {"ocsp-responder-names": [issuer], "ca-issuer-links": [{"repo": issuer}]}
    return [
        {"id": "authority_information_access", "smart-value": {"schema": "aia-urls", "params": params}},
        _crl(issuer),
    ]


def _services(stamper: str) -> dict[str, Any]:
    """`stamper`: the certificate behind the address where papers are stamped; another one lasts longer."""
    issuers = ("root", "seal-ca", "tsa-ca")
    return {
        "ocsp": {
            f"{kind}-ca": {"for-issuer": f"{kind}-ca", "responder-cert": f"{kind}-ocsp", "signing-key": f"{kind}-ocsp"}
            for kind in ("seal", "tsa")
        },
        "crl-repo": {
            issuer: {"for-issuer": issuer, "signing-key": issuer, "simulated-update-schedule": "P7D"}
            for issuer in issuers
        },
        "cert-repo": {issuer: {"for-issuer": issuer} for issuer in issuers},
        "time-stamping": {
            name: {"signing-key": used, "signing-cert": used, "certs-to-embed": ["tsa-ca"]}
            for name, used in (("tsa", stamper), ("tsa2", "tsa2"))
        },
    }


def main() -> None:
    """`python -m signing.authority`: serve a prepared authority on loopback until stopped."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="the folder that `prepare` made")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--agencies", default="", help="codes that must be in it, with commas")
    wanted = parser.parse_args()
    missing = set(filter(None, wanted.agencies.split(","))) - set(_read(wanted.dir / "state.json").get("agencies", {}))
    if missing:
        sys.exit(f"not prepared in {wanted.dir}: {', '.join(sorted(missing))}")
    uvicorn.run(application(wanted.dir), host=LOOPBACK, port=wanted.port, log_level="warning")


if __name__ == "__main__":
    main()
