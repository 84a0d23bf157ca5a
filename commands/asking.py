"""What every command needs: the settings of the system it speaks of, and a way to say that it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from settings import Settings

DATA = ".local"
"""Where the local profile keeps its state unless --data says otherwise."""


class CannotDo(Exception):
    """A command cannot do what was asked; the sentence says why, and what to do."""


def settings_of(data: str) -> Settings:
    """The settings of the system that runs in a folder; without one, those of the environment."""
    from settings import Settings

    return Settings(_env_file=Path(data) / "settings.env")


def add_data(word: argparse.ArgumentParser) -> None:
    """The option that says which system."""
    word.add_argument("--data", default=DATA, metavar="DIR", help="of the system that runs (default: .local)")
