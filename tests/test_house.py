"""The house guards itself: what a reviewer would otherwise have to look for."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("commands", "api", "control", "workflows", "activities", "signing", "records", "exchange", "forms", "licences")
MODULES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
NOT_OF_A_WORKFLOW = {"time", "random", "uuid", "os", "socket", "requests", "httpx", "sqlmodel", "sqlalchemy"}
"""What would give another answer on replay (stack.md: purity is enforced here, not hoped for)."""


def committed() -> list[str]:
    """Every path that git knows."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def imported(path: Path) -> Iterator[str]:
    """The top name of every module that a file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_doorplate_that_says_what_lives_there_and_what_does_not(room: str) -> None:
    plate = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text("utf-8")))

    assert plate and len(plate) > 100


@pytest.mark.parametrize("path", sorted((ROOT / "workflows").glob("*.py")), ids=lambda path: path.name)
def test_a_story_imports_nothing_that_answers_differently_on_replay(path: Path) -> None:
    allowed = {"os"} if path.name == "codec.py" else set()  # the codec draws a nonce: at the door, not in a story

    assert not (set(imported(path)) & NOT_OF_A_WORKFLOW) - allowed


def test_every_activity_is_listed_in_the_worker() -> None:
    source = (ROOT / "worker.py").read_text("utf-8")
    holders = {
        node.name
        for path in (ROOT / "activities").glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and "activity.defn" in ast.unparse(node)
    }

    assert holders
    assert {name for name in holders if not re.search(rf"\b{name}\(", source)} == set()


def test_every_story_is_listed_in_the_worker() -> None:
    source = (ROOT / "worker.py").read_text("utf-8")
    stories = re.findall(
        r"@workflow\.defn.*?\nclass (\w+)", "".join(p.read_text("utf-8") for p in (ROOT / "workflows").glob("*.py"))
    )

    assert stories
    assert [name for name in stories if name not in source] == []


def test_no_code_asks_which_licence_it_is() -> None:
    codes = {path.stem.split("@")[0] for path in (ROOT / "licences" / "data").rglob("*.toml")} - {"agency"}
    guilty = [
        f"{path.relative_to(ROOT)}: {code}"
        for path in MODULES
        for code in re.findall(r"""["']([a-z]+(?:-[a-z0-9]+)+)["']""", path.read_text("utf-8"))
        if code in codes and "counterparts" not in path.parts
    ]

    assert guilty == []


def test_settings_are_read_at_the_doors_only() -> None:
    doors = {"commands", "api"}
    readers = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.relative_to(ROOT).parts[0] not in doors and "settings" in set(imported(path))
    ]

    assert readers == []


def test_nothing_of_this_machine_or_of_a_registry_is_committed() -> None:
    telltale = re.compile(rb"/work/main|pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org")
    guilty = [
        name
        for name in committed()
        if (ROOT / name).is_file() and name != "tests/test_house.py" and telltale.search((ROOT / name).read_bytes())
    ]

    assert guilty == []


def test_no_secret_key_is_committed() -> None:
    key = re.compile(rb"-----BEGIN (EC |RSA |ENCRYPTED )?PRIVATE KEY-----")

    assert [name for name in committed() if (ROOT / name).is_file() and key.search((ROOT / name).read_bytes())] == []


def test_the_picture_in_the_readme_is_drawn_from_the_definition_as_it_is() -> None:
    drawn = subprocess.run(
        [sys.executable, "-m", "cli", "catalogue", "picture", "lao-food-sale-large", "new", "--lang", "en"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert (ROOT / "docs/pictures/food-licence.svg").read_text("utf-8") == drawn
