"""Every knob, typed, from the environment (BIZ_…), each with what it is for and who needs it.

A role is one kind of process. It is given only the settings that name it, so that the keys of the seal are never
beside hostile text, and the mail server's address is never beside the keys. `local.py` and `docker-compose.yml`
follow the same table: one test compares them with it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic.config import JsonDict
from pydantic_settings import BaseSettings, SettingsConfigDict

LOCAL_SECRET = "local-"
"""Secrets made by `local.py` begin with this, so that they cannot travel to another profile unseen."""
LOCAL_KEY = base64.b64encode(LOCAL_SECRET.encode()).decode()
"""The same mark at the start of a 32-byte key in base64 (six bytes, eight letters)."""
SHORTEST_SECRET = 16
KEY_BYTES = 32
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Role(StrEnum):
    """One kind of process."""

    WEB = "web"
    GENERAL = "general"
    DRAWING = "drawing"
    SEALING = "sealing"
    MIGRATE = "migrate"
    OPERATOR = "operator"


WEB, GENERAL, DRAWING, SEALING, MIGRATE, OPERATOR = Role
WORKERS = (GENERAL, DRAWING, SEALING)
RUNNING = (WEB, *WORKERS, OPERATOR)
EVERYONE = tuple(Role)


class DefaultsRefused(ValueError):
    """Settings that are fit for one's own machine only were found outside the local profile."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


def knob(
    default: object, says: str, *roles: Role, secret: bool = False, key: bool = False, optional: bool = False
) -> Any:
    """One setting: its default, what it is for, who needs it; `secret` and `key` (32 bytes in base64) are kept
    from logs, `optional` may stay empty in production."""
    marks: JsonDict = {
        "roles": [role.value for role in roles],
        "secret": secret or key,
        "key": key,
        "optional": optional,
    }
    return Field(default=default, description=says, repr=not (secret or key), json_schema_extra=marks)


class Settings(BaseSettings):
    """The whole configuration; each field is read from BIZ_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="BIZ_", extra="ignore", frozen=True)

    profile: Literal["local", "production"] = knob(
        "production", "'local' (one machine, loopback, invented people) or 'production'", *EVERYONE
    )
    public_url: str = knob("http://localhost:8000", "where people and QR codes reach us, no slash at the end", *RUNNING)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = knob(
        "INFO", "how much is logged", *EVERYONE, optional=True
    )
    database_url: str = knob(
        "postgresql+asyncpg://postgres@127.0.0.1:5432/bizportal", "PostgreSQL", *EVERYONE, secret=True
    )

    temporal_address: str = knob("127.0.0.1:7233", "Temporal's front end, host:port", *RUNNING)
    temporal_namespace: str = knob("default", "Temporal's namespace", *RUNNING, optional=True)
    codec_key: str = knob(
        "",
        "seals what Temporal keeps of us: 32 random bytes in base64; more with commas, the one in use first",
        *RUNNING,
        key=True,
    )

    engine_ui_url: str = knob(
        "",
        "the engine's own screen, whose pages may have values opened (`/api/v1/codec`); empty: none",
        WEB,
        optional=True,
    )

    s3_endpoint: str = knob("127.0.0.1:8333", "the object store's S3 address, host:port", *RUNNING)
    s3_secure: bool = knob(False, "true when that address speaks TLS", *RUNNING, optional=True)
    s3_access_key: str = knob("", "who we are to the object store", *RUNNING, secret=True)
    s3_secret_key: str = knob("", "and how we prove it", *RUNNING, secret=True)
    bucket_licences: str = knob("licences", "sealed licences: versions and Object Lock are on", *RUNNING, optional=True)
    bucket_papers: str = knob("papers", "papers drawn and not yet sealed", *RUNNING, optional=True)
    bucket_attachments: str = knob("attachments", "what applicants attached", *RUNNING, optional=True)
    retention_years: int = knob(
        10, "years that a paper is kept after its life, where its agency says nothing", *RUNNING, optional=True
    )

    oidc_issuer: str = knob("", "who signs people in (ThaID, DGA Digital ID, any OIDC issuer)", WEB, OPERATOR)
    oidc_client_id: str = knob("bizportal", "who we are to the issuer", WEB, OPERATOR)
    oidc_client_secret: str = knob("", "and how we prove it", WEB, secret=True)
    oidc_scope: str = knob(
        "openid profile email phone address",
        "what is asked of the issuer; of ThaID 'openid pid title given_name family_name address ial'",
        WEB,
        optional=True,
    )
    session_secret: str = knob("", "signs the cookie that carries a sign-in under way", WEB, secret=True)
    person_key: str = knob(
        "",
        "seals personal numbers in the database: 32 random bytes in base64; more with commas, the one in use first",
        WEB,
        GENERAL,
        DRAWING,
        OPERATOR,
        key=True,
    )

    smtp_host: str = knob("127.0.0.1", "the mail server", GENERAL)
    smtp_port: int = knob(25, "and its port", GENERAL, optional=True)
    mail_from: str = knob("bizportal@localhost", "who our mail comes from", GENERAL)

    operators_mail: str = knob(
        "", "who is written to when applications stand still; more with commas", GENERAL, optional=True
    )

    opdc_mail: str = knob(
        "", "OPDC's address, for the copy of each notice of delay (Licensing Facilitation Act s.10)", GENERAL
    )

    gdx_url: str = knob("", "the government data exchange (company register)", WEB, GENERAL)
    gdx_consumer_key: str = knob("", "who we are to the exchange", WEB, GENERAL, secret=True)
    gdx_consumer_secret: str = knob("", "and how we prove it", WEB, GENERAL, secret=True)
    gdx_agent_id: str = knob("", "the agent named in each call, for the exchange's own log", WEB, GENERAL)

    bank_url: str = knob("", "the bank: bills, inquiries, refunds, statements", WEB, GENERAL)
    bank_key: str = knob("", "who we are to the bank", WEB, GENERAL, secret=True)
    bank_secret: str = knob("", "and how we prove it, and how the bank proves itself", WEB, GENERAL, secret=True)
    biller_id: str = knob("", "our biller id (tax id and two digits) in a QR bill payment", WEB, GENERAL)

    bank_signs: bool = knob(
        True, "whether the bank signs what it tells (HMAC-SHA-256); false for one that does not", WEB, optional=True
    )
    system_fee_basis_points: int = knob(
        0, "the part of every fee that keeps this system going, in basis points (100 = 1 %)", GENERAL, optional=True
    )

    clamd_host: str = knob("127.0.0.1", "the virus scanner", WEB)
    clamd_port: int = knob(3310, "and its port", WEB, optional=True)

    release: str = knob(
        "",
        "which release of the stories this is, once there is more than one (`bizportal deploy`)",
        GENERAL,
        optional=True,
    )
    pin_runs: bool = knob(
        False, "true: what this release begins, it ends, whichever is current by then", GENERAL, optional=True
    )
    metrics_port: int = knob(
        0, "where a worker shows its figures and whether it is fit to work; 0: nowhere", *WORKERS, optional=True
    )
    engine_metrics_port: int = knob(
        0, "where it shows the figures of the engine's own library; 0: nowhere", *WORKERS, optional=True
    )
    otlp_endpoint: str = knob(
        "",
        "the collector of traces (OTLP over HTTP), no slash at the end; empty: no traces",
        WEB,
        *WORKERS,
        optional=True,
    )

    trust_dir: str = knob(
        "", "folder of roots and published keys that a seal is judged by", WEB, GENERAL, SEALING, OPERATOR
    )
    tsa_url: str = knob("", "the time-stamp authority (RFC 3161)", SEALING)
    archive_digest: Literal["sha256", "sha384", "sha512"] = knob(
        "sha256", "the digest of archive time stamps; a newer one renews every paper", SEALING, optional=True
    )
    pkcs11_module: str = knob("", "the security module's library", SEALING)
    pkcs11_token: str = knob("", "the token that holds the seals", SEALING)
    pkcs11_pin: str = knob("", "and what opens it", SEALING, secret=True)
    pkcs11_conf: str = knob("", "configuration file of the module, where it has one", SEALING, optional=True)

    @property
    def shelves(self) -> dict[str, str]:
        """Where the object store keeps what: shelf -> bucket."""
        return {
            "attachments": self.bucket_attachments,
            "papers": self.bucket_papers,
            "licences": self.bucket_licences,
        }

    @classmethod
    def names(cls, role: Role) -> frozenset[str]:
        """The fields that a process of this role is given."""
        return frozenset(name for name in cls.model_fields if role in _marks(name)["roles"])

    @classmethod
    def required(cls, role: Role) -> frozenset[str]:
        """Those of them that production must set."""
        return frozenset(name for name in cls.names(role) if not _marks(name)["optional"])

    @classmethod
    def secrets(cls) -> frozenset[str]:
        """The fields that never appear in a log, a page or a file that others can read."""
        return frozenset(name for name in cls.model_fields if _marks(name)["secret"])

    @classmethod
    def is_key(cls, name: str) -> bool:
        """Whether a field holds 32 random bytes in base64."""
        return bool(_marks(name)["key"])

    def refuse_defaults(self, role: Role | None = None) -> None:
        """Refuse to go on, outside the local profile, with defaults, local secrets or unsafe addresses.

        `role` limits the look to what that process is given; without it everything is looked at.

        Raises: DefaultsRefused, with one sentence for each setting that is not fit.
        """
        names = self.required(role) if role else frozenset().union(*map(self.required, Role))
        sentences = [f"BIZ_{name.upper()} {wrong}" for name in sorted(names) for wrong in self._wrongs(name)]
        if self.profile != "local" and sentences:
            raise DefaultsRefused(sentences)

    def _wrongs(self, name: str) -> Iterator[str]:
        value, marks = getattr(self, name), _marks(name)
        if name == "profile":
            return
        if value == "":
            yield "is not set."
        elif name not in self.model_fields_set:
            yield f"is not set, and its default {value!r} is for one's own machine only."
        elif marks["key"]:
            yield from _wrong_key(value)
        elif name == "database_url" or not marks["secret"]:
            yield from _wrong_address(name, str(value))
        else:
            yield from _wrong_secret(name, str(value))


def _marks(name: str) -> dict[str, Any]:
    marks = Settings.model_fields[name].json_schema_extra
    assert isinstance(marks, dict)
    return marks


def _wrong_key(value: str) -> Iterator[str]:
    keys = value.split(",")
    if any(key.startswith(LOCAL_KEY) for key in keys):
        yield "is a key made for the local profile; make one for this place."
    elif any(_bytes_in(key) != KEY_BYTES for key in keys):
        yield f"must be {KEY_BYTES} random bytes in base64 (openssl rand -base64 {KEY_BYTES})."


def _bytes_in(key: str) -> int:
    try:
        return len(base64.b64decode(key, validate=True))
    except ValueError:  # not base64, or not even ASCII
        return 0


def _wrong_secret(name: str, value: str) -> Iterator[str]:
    if value.startswith(LOCAL_SECRET):
        yield "is a secret made for the local profile; make one for this place."
    elif name.endswith("_secret") and len(value) < SHORTEST_SECRET:
        yield f"is shorter than {SHORTEST_SECRET} characters."


def _wrong_address(name: str, value: str) -> Iterator[str]:
    url = urlsplit(value)
    if name == "database_url":
        if not url.password or LOCAL_SECRET in value:
            yield "must name a user with a password of this place."
        return
    if name == "pkcs11_module" and "softhsm" in value.lower():
        yield "is SoftHSM, a token in a file; seals belong in a hardware security module."
    # A TSA's answer is signed (RFC 3161 s. 2.3), so plain http is what most of them speak.
    if name.endswith(("_url", "issuer")) and name != "tsa_url" and url.scheme != "https":
        yield "must be an https address."
    if url.hostname in LOOPBACK:
        yield "points at this machine itself."
