"""The command line: quick, thin, and in words when it cannot."""

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import cli
import local
from local import System

ROOT = Path(local.__file__).parent


def bizportal(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        cwd=ROOT,
        env=local._surroundings() | env,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def offices() -> Iterator[System]:
    """Only the other offices: enough to sign in."""
    with tempfile.TemporaryDirectory(prefix="bizportal-test-") as path, System(path, parts=("counterparts",)) as system:
        yield system


def test_a_persona_of_the_running_system_gets_a_token(offices: System) -> None:
    done = bizportal("token", "applicant", "--data", str(offices.folder))

    assert done.returncode == 0, done.stderr
    _, body, _ = done.stdout.strip().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert claims["sub"] == "applicant"
    assert claims["iss"] == offices.env["BIZ_OIDC_ISSUER"]
    assert claims["aud"] in (offices.env["BIZ_OIDC_CLIENT_ID"], [offices.env["BIZ_OIDC_CLIENT_ID"]])


def test_officers_of_every_agency_can_sign_in(offices: System) -> None:
    for persona in (
        "officer-fda",
        "inspector-bma",
        "supervisor-dlt",
        "officer-diw@50",
        "officer-lao@pattaya",
        "operator-2",
        "auditor",
    ):
        assert bizportal("token", persona, "--data", str(offices.folder)).returncode == 0, persona


def test_nobody_unknown_gets_a_token(offices: System) -> None:
    done = bizportal("token", "nobody", "--data", str(offices.folder))

    assert (done.returncode, done.stdout) == (cli.REFUSED, "")
    assert done.stderr.startswith("bizportal: sign-in: HTTP 403")


def test_there_are_no_tokens_outside_the_local_profile(offices: System) -> None:
    in_production = bizportal("token", "applicant", "--data", str(offices.folder), BIZ_PROFILE="production")
    nowhere = bizportal("token", "applicant", "--data", "/nonexistent")

    for done in (in_production, nowhere):
        assert (done.returncode, done.stdout) == (cli.REFUSED, "")
        assert "for the local profile only" in done.stderr


def test_migrate_refuses_an_address_that_is_only_a_default() -> None:
    done = bizportal("migrate", "--data", "/nonexistent")

    assert done.returncode == cli.REFUSED
    assert "BIZ_DATABASE_URL is not set" in done.stderr


def test_help_names_every_command_and_loads_none_of_them() -> None:
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cli", "--help"], cwd=ROOT, capture_output=True, text=True
    )

    assert loaded.returncode == 0
    assert all(name in loaded.stdout for name in ("up", "token", "migrate"))
    for heavy in ("pydantic", "temporalio", "sqlalchemy", "minio", "weasyprint"):
        assert heavy not in loaded.stderr


def test_the_welcome_names_every_address_and_everybody_who_can_sign_in(offices: System) -> None:
    welcome = cli._welcome(offices, 1.0)

    assert all(address in welcome for name, address in offices.addresses.items() if name in cli.PARTS)
    assert all(f"  {persona} " in welcome for persona in (*cli.PEOPLE, *cli.OFFICERS))


def test_columns_of_thai_stand_under_one_another() -> None:
    first, second = cli._table([("น้ำ", "|"), ("กก", "|")])

    assert cli._width(first) == cli._width(second)


@pytest.mark.parametrize("words", [("register", "import", "--agency", "fda"), ("holidays", "import")])
def test_a_list_that_an_office_saved_in_tis_620_is_told_of_in_words(tmp_path: Path, words: tuple[str, ...]) -> None:
    listed = tmp_path / "list.csv"
    listed.write_bytes("paper_number,holder_name\n1,บริษัท\n".encode("tis-620"))

    done = bizportal(*words, str(listed))

    assert done.returncode == cli.REFUSED
    assert done.stderr == f"bizportal: {listed} is not in UTF-8: save it again as CSV UTF-8\n"
