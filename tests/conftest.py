"""What several rooms' tests share: a system on loopback, real in every part, its state in a folder that goes away.

`infrastructure` is everything that is not ours to write (database, Temporal, object store, authority, counterparts);
`system` is the whole, doors and workers too. Each is started once for the test run, when a test first asks for it.
"""

import atexit
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import EVERYTHING, INFRASTRUCTURE, System


@pytest.fixture(scope="session")
def infrastructure() -> Iterator[System]:
    """Database (with our tables), Temporal, object store, authority and counterparts; no door, no worker."""
    yield from _running(INFRASTRUCTURE)


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """The whole system, as `make up` runs it."""
    yield from _running(EVERYTHING)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for one system's state, short enough for anything, gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="bizportal-test-"))
    yield path
    shutil.rmtree(path)


def _running(parts: tuple[str, ...]) -> Iterator[System]:
    path = Path(tempfile.mkdtemp(prefix="bizportal-test-"))
    try:
        with System(path, parts=parts) as running:
            yield running
    finally:
        shutil.rmtree(path)


def _linger() -> None:
    # A green run must not end with an abort: the Temporal client needs a moment after its last call.
    if "temporalio" in sys.modules:
        time.sleep(0.05)


atexit.register(_linger)
