"""`bizportal catalogue diff`: a changed definition in words, with what becomes of those who have begun."""

import shutil
from pathlib import Path

import pytest

import cli
from licences.catalogue import HOME

FOOD = HOME / "data" / "lao" / "lao-food-sale-large.toml"


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The food licence with another promise, in a file of its own."""
    path = tmp_path / FOOD.name
    text = FOOD.read_text(encoding="utf-8")
    path.write_text(text.replace("decision_days = 30", "decision_days = 20"), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    return path


def test_two_files_are_compared_in_words_with_the_policy(changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["catalogue", "diff", str(changed), str(FOOD)]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "lao-food-sale-large",
        "  new, renew: [grandfather] ระยะเวลาพิจารณา: จาก 20 เป็น 30 / The working days promised: from 20 to 30",
    ]


def test_the_same_file_has_no_change(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["catalogue", "diff", str(FOOD), str(FOOD)]) == 0
    assert capsys.readouterr().out == "no change that an application would notice\n"


def test_two_folders_tell_what_came_went_and_changed(
    changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        shutil.copytree(HOME / "archetypes", folder / "licences" / "archetypes")
        shutil.copytree(HOME / "data" / "lao", folder / "licences" / "data" / "lao")
    shutil.copy(changed, new / "licences" / "data" / "lao" / FOOD.name)
    (new / "licences" / "data" / "lao" / "lao-signboard-tax.toml").unlink()

    assert cli.main(["catalogue", "diff", str(old), str(new)]) == 0

    said = capsys.readouterr().out
    assert "from 30 to 20" in said
    assert "lao-signboard-tax\n  new" in said and "It can no longer be applied for" in said
    assert [line for line in said.splitlines() if not line.startswith(" ")] == [
        "lao-food-sale-large",
        "lao-signboard-tax",
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (str(FOOD), str(HOME), "two files, or two folders"),
        (str(HOME / "data"), str(HOME), "holds no catalogue"),
        ("/nonexistent.toml", str(FOOD), "/nonexistent.toml"),
    ],
)
def test_what_cannot_be_compared_is_said(old: str, new: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["catalogue", "diff", old, new]) == cli.REFUSED
    assert says in capsys.readouterr().err


def test_a_file_with_a_fault_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / FOOD.name
    wrong.write_text("archetype =", encoding="utf-8")

    assert cli.main(["catalogue", "diff", str(wrong), str(FOOD)]) == cli.REFUSED
    assert FOOD.name in capsys.readouterr().err
