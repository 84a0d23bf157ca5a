"""The production shape says the same as the settings: each process gets what it needs, and no more."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from settings import Role, Settings

ROOT = Path(__file__).parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {role.value: role for role in Role if role is not Role.OPERATOR}
SECRET_WORDS = ("PASSWORD", "SECRET", "KEY", "PIN", "PWD")
MUST_BE_SET = re.compile(r"\$\{[A-Z0-9_]+:\?[^}]*\}")
LEFT_OUT = re.compile(r"\$\{[A-Z0-9_]+:-([^}]*)\}")
FIXED = {"bucket_licences", "bucket_papers", "bucket_attachments", "s3_secure", "clamd_port", "pkcs11_conf"}
"""The buckets that `buckets.sh` makes, the ways between the containers, and what only SoftHSM has."""
PINNED = re.compile(r"^[a-z0-9/_-]+:\d+(\.\d+)+[a-z0-9.-]*$")


def settings_of(service: str) -> set[str]:
    """The names of the settings that a service is given."""
    names = SERVICES[service].get("environment", {})
    return {name.removeprefix("BIZ_").lower() for name in names if name.startswith("BIZ_")}


def test_every_role_that_runs_has_a_service() -> None:
    assert set(OURS) <= set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_given_only_settings_that_exist_and_that_its_role_needs(service: str) -> None:
    allowed = Settings.names(OURS[service]) if service in OURS else frozenset()

    assert settings_of(service) <= allowed


@pytest.mark.parametrize("service", OURS)
def test_a_service_is_given_every_setting_that_production_requires(service: str) -> None:
    assert Settings.required(OURS[service]) <= settings_of(service)


@pytest.mark.parametrize("service", OURS)
def test_an_operator_can_turn_every_knob_that_the_shape_does_not_fix(service: str) -> None:
    assert Settings.names(OURS[service]) - settings_of(service) <= FIXED


@pytest.mark.parametrize("service", OURS)
def test_what_nobody_sets_is_what_the_settings_say_themselves(service: str) -> None:
    for name, value in SERVICES[service]["environment"].items():
        if left_out := LEFT_OUT.fullmatch(str(value)):
            default = Settings.model_fields[name.removeprefix("BIZ_").lower()].default
            assert left_out[1].lower() == str(default).lower(), name


def test_only_sealing_sees_the_security_module() -> None:
    assert [name for name in SERVICES if any("pkcs11" in setting for setting in settings_of(name))] == ["sealing"]
    assert [name for name in SERVICES if "/hsm" in str(SERVICES[name].get("volumes", ""))] == ["sealing"]


def test_only_the_web_is_published() -> None:
    assert [name for name in SERVICES if SERVICES[name].get("ports")] == ["web"]


def test_drawing_has_no_way_out() -> None:
    assert SERVICES["drawing"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_only_the_gateway_reaches_what_lies_beneath_the_object_lock() -> None:
    beneath = {name for name in SERVICES if "shelf" in SERVICES[name]["networks"]}

    assert beneath == {"shelf", "store", "buckets"}
    assert {name for name in beneath if len(SERVICES[name]["networks"]) > 1} == {"store"}


@pytest.mark.parametrize("service", SERVICES)
def test_images_are_pinned_to_one_version(service: str) -> None:
    image = SERVICES[service]["image"]

    assert PINNED.match(image) or image.startswith("bizportal:${RELEASE:?")


def test_the_image_that_ours_is_built_from_is_pinned() -> None:
    first = next(line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("FROM "))

    assert PINNED.match(first.split()[1])


@pytest.mark.parametrize("service", SERVICES)
def test_no_secret_has_a_default(service: str) -> None:
    given = SERVICES[service].get("environment", {})
    secrets = {name: str(value) for name, value in given.items() if name.upper().endswith(SECRET_WORDS)}

    assert [name for name, value in secrets.items() if not MUST_BE_SET.fullmatch(value)] == []
    assert "env_file" not in SERVICES[service]


def test_the_addresses_with_secrets_in_them_have_no_default_either() -> None:
    for service in OURS:
        address = SERVICES[service]["environment"]["BIZ_DATABASE_URL"]
        assert MUST_BE_SET.search(address), service


@pytest.mark.parametrize("service", SERVICES)
def test_what_runs_on_says_whether_it_is_well(service: str) -> None:
    runs_on = SERVICES[service]["restart"] != "no"

    assert runs_on == ("healthcheck" in SERVICES[service])


@pytest.mark.parametrize("service", OURS)
def test_our_own_processes_have_no_rights_that_they_do_not_need(service: str) -> None:
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert SERVICES[service]["read_only"] is True


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_waits_for_exists(service: str) -> None:
    assert set(SERVICES[service].get("depends_on", {})) <= set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_file_that_is_mounted_from_the_tree_is_there(service: str) -> None:
    mounted = [volume.split(":")[0] for volume in SERVICES[service].get("volumes", []) if isinstance(volume, str)]

    assert [path for path in mounted if path.startswith("./") and not (ROOT / path).is_file()] == []


def test_what_compose_makes_is_fit_for_production() -> None:
    """With every ${NAME:?} filled in, no service is refused by `refuse_defaults`."""
    for service, role in OURS.items():
        values = {name: fill(name, value) for name, value in SERVICES[service]["environment"].items()}
        given = {name.removeprefix("BIZ_").lower(): value for name, value in values.items()}
        Settings.model_validate(given).refuse_defaults(role)


def fill(name: str, value: str) -> str:
    """A value as an operator would set it."""
    if Settings.is_key(name.removeprefix("BIZ_").lower()):
        return "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    value = LEFT_OUT.sub(lambda unset: unset[1], value)
    https = name.endswith(("_URL", "_ISSUER")) and value.startswith("${")
    return MUST_BE_SET.sub("25" if name.endswith("_PORT") else "https://office.example" if https else "x" * 20, value)
