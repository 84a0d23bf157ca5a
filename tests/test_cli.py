"""The command line: quick, thin, and in words when it cannot."""

import base64
import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import cli
import local
from commands import audit
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


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["example", "nope", "new"], "there is no licence nope"),
        (["catalogue", "show", "nope"], "there is no licence nope"),
        (["catalogue", "picture", "nope", "new"], "there is no licence nope"),
        (["catalogue", "list", "--agency", "nope"], "there is no agency nope; there are"),
        (["catalogue", "diff", "/nope", "/nope"], "No such file"),
        (["register", "import", "pyproject.toml", "--agency", "lao"], "line 2"),
        (["register", "import", "/dev/null", "--agency", "lao"], "holds no licence"),
        (["money", "import", "/nope"], "/nope cannot be read"),
        (["money", "recompute", "/dev/null"], "is no statement of ours"),
        (["money", "prove", "--day", "2999-01-01"], "2999-01-01 has not come yet"),
        (["replay"], "say which"),
        (["retry", "APP-1"], "say why with --reason"),
        (["verify", "/dev/null", "--trust", "/nope"], "there is no trust folder at /nope"),
        (["restore", "/nope"], "there is no backup in /nope"),
        *((words, "no system runs in") for words in (
            ["stuck"], ["show", "APP-1"], ["replay", "--open"], ["retry", "--cause", "x", "--reason", "x"], ["repairs"],
            ["gate"], ["recover"], ["deploy"], ["keys"], ["hold", "X", "--reason", "x"], ["erase", "X", "--reason=x"],
        )),
        *((words, "the database does not answer") for words in (
            ["register", "rebuild"], ["holidays", "list"], ["audit", "check"], ["catalogue", "touched"],
        )),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)  # fmt: skip
def test_what_cannot_be_done_is_a_sentence(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BIZ_DATABASE_URL", "postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    monkeypatch.delenv("BIZ_CODEC_KEY", raising=False)
    try:
        code = cli.main([*words, "--data", str(tmp_path)] if takes_data(words) else words)
    finally:
        logging.disable(logging.NOTSET)

    said = capsys.readouterr().err
    assert code == cli.REFUSED
    assert says in said and said.startswith("bizportal: ")


def takes_data(words: list[str]) -> bool:
    """Whether a command speaks of a system that runs."""
    return words[0] not in ("example",) and words[:2] not in (
        ["catalogue", "show"], ["catalogue", "picture"], ["catalogue", "list"], ["catalogue", "diff"],
        ["money", "recompute"],
    )  # fmt: skip


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


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(404, json={"th": "ยังไม่มีลายเซ็น", "en": "not signed yet"}), "not signed yet / ยังไม่มีลายเซ็น"),
        (httpx.Response(502, text="<h1>Bad gateway</h1>"), "HTTP 502"),
        (httpx.Response(500, json=[]), "HTTP 500"),
    ],
)
def test_what_a_register_refuses_is_said_in_its_own_words(answer: httpx.Response, said: str) -> None:
    assert audit.words_of(answer) == said
