"""Outside the local profile nothing starts with a default, a local secret or an unsafe address."""

import base64
import os

import pytest

from local import _new_secret
from settings import DefaultsRefused, Role, Settings

KEY = base64.b64encode(os.urandom(32)).decode()
SECRET = "f3b0c44298fc1c149afb"
FIT = {
    "profile": "production",
    "public_url": "https://bizportal.example.go.th",
    "database_url": f"postgresql+asyncpg://bizportal:{SECRET}@db:5432/bizportal",
    "temporal_address": "temporal:7233",
    "codec_key": KEY,
    "s3_endpoint": "store:8333",
    "s3_access_key": "bizportal",
    "s3_secret_key": SECRET,
    "oidc_issuer": "https://imauth.example.go.th",
    "oidc_client_id": "bizportal-client",
    "oidc_client_secret": SECRET,
    "session_secret": SECRET,
    "person_key": KEY,
    "smtp_host": "mail",
    "mail_from": "no-reply@bizportal.example.go.th",
    "opdc_mail": "opdc@opdc.example.go.th",
    "gdx_url": "https://gdx.example.go.th",
    "gdx_consumer_key": "bizportal",
    "gdx_consumer_secret": SECRET,
    "gdx_agent_id": "bizportal",
    "bank_url": "https://bank.example.co.th",
    "bank_key": "bizportal",
    "bank_secret": SECRET,
    "biller_id": "099999999999900",
    "clamd_host": "clamd",
    "trust_dir": "/trust",
    "tsa_url": "http://tsa.example.go.th",
    "pkcs11_module": "/opt/hsm/libpkcs11.so",
    "pkcs11_token": "bizportal",
    "pkcs11_pin": SECRET,
}


@pytest.fixture(autouse=True)
def _nothing_of_this_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("BIZ_")]:
        monkeypatch.delenv(name)


def refusals(**changed: str) -> list[str]:
    """The sentences that settings fit for production are refused with, after these changes."""
    try:
        Settings.model_validate(FIT | changed).refuse_defaults()
    except DefaultsRefused as refused:
        return refused.sentences
    return []


def test_settings_that_name_everything_are_fit_for_production() -> None:
    assert refusals() == []


def test_the_local_profile_takes_every_default() -> None:
    Settings(profile="local").refuse_defaults()


def test_nothing_set_means_production_and_is_refused_with_a_sentence_for_each_setting() -> None:
    with pytest.raises(DefaultsRefused) as refused:
        Settings().refuse_defaults()

    required = set().union(*map(Settings.required, Role)) - {"profile"}
    assert {sentence.split()[0] for sentence in refused.value.sentences} == {f"BIZ_{n.upper()}" for n in required}


@pytest.mark.parametrize("name", sorted(set(FIT) - {"profile"}))
def test_each_setting_that_is_missing_is_named(name: str) -> None:
    kept = {key: value for key, value in FIT.items() if key != name}

    with pytest.raises(DefaultsRefused) as refused:
        Settings.model_validate(kept).refuse_defaults()

    [sentence] = refused.value.sentences
    assert sentence.startswith(f"BIZ_{name.upper()} is not set")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"public_url": "http://bizportal.example.go.th"}, "BIZ_PUBLIC_URL must be an https address."),
        ({"public_url": "https://localhost"}, "BIZ_PUBLIC_URL points at this machine itself."),
        ({"oidc_issuer": "http://imauth.example.go.th"}, "BIZ_OIDC_ISSUER must be an https address."),
        ({"gdx_url": "http://gdx.example.go.th"}, "BIZ_GDX_URL must be an https address."),
        ({"bank_url": "http://bank.example.co.th"}, "BIZ_BANK_URL must be an https address."),
        ({"database_url": "postgresql+asyncpg://postgres@db/bizportal"}, "must name a user with a password"),
        ({"session_secret": "short"}, "BIZ_SESSION_SECRET is shorter than 16 characters."),
        ({"codec_key": "dG9vIHNob3J0"}, "BIZ_CODEC_KEY must be 32 random bytes in base64"),
        ({"person_key": "ไม่ใช่กุญแจ"}, "BIZ_PERSON_KEY must be 32 random bytes in base64"),
        ({"pkcs11_module": "/usr/lib/softhsm/libsofthsm2.so"}, "BIZ_PKCS11_MODULE is SoftHSM"),
        ({"oidc_client_secret": _new_secret("oidc_client_secret")}, "made for the local profile"),
        ({"s3_access_key": _new_secret("s3_access_key")}, "made for the local profile"),
        ({"person_key": _new_secret("person_key")}, "BIZ_PERSON_KEY is a key made for the local profile"),
        ({"codec_key": f"{KEY},{_new_secret('codec_key')}"}, "BIZ_CODEC_KEY is a key made for the local profile"),
        ({"database_url": f"postgresql://a:{_new_secret('postgres')}@db/b"}, "must name a user with a password"),
    ],
)
def test_what_is_unsafe_is_refused_in_words(changed: dict[str, str], says: str) -> None:
    [sentence] = refusals(**changed)

    assert says in sentence


def test_a_ring_of_keys_is_as_good_as_one() -> None:
    assert refusals(codec_key=f"{KEY},{base64.b64encode(os.urandom(32)).decode()}") == []


def test_a_process_is_asked_only_for_what_it_is_given() -> None:
    migrating = {name: FIT[name] for name in ("profile", "database_url")}

    Settings.model_validate(migrating).refuse_defaults(Role.MIGRATE)


def test_only_sealing_is_given_the_keys_of_the_seal() -> None:
    keys = {name for name in Settings.model_fields if name.startswith("pkcs11")}

    assert keys <= Settings.names(Role.SEALING)
    assert not any(keys & Settings.names(role) for role in Role if role is not Role.SEALING)


def test_drawing_is_given_no_key_that_signs_pays_or_posts() -> None:
    kept_from_it = ("pkcs11", "bank", "gdx", "smtp", "oidc", "session")

    assert not [name for name in Settings.names(Role.DRAWING) if name.startswith(kept_from_it)]


def test_no_secret_is_shown_when_settings_are_printed() -> None:
    printed = repr(Settings.model_validate(FIT))

    assert SECRET not in printed
    assert KEY not in printed


def test_every_setting_says_what_it_is_for_and_who_needs_it() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    assert set(Settings.model_fields) == set().union(*map(Settings.names, Role))
