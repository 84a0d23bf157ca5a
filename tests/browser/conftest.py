"""Browser tests: Debian's Chromium, driven against the whole system, as people meet it."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from browser_walk import Counted
from playwright.sync_api import Browser, sync_playwright

from local import ROOT, System

OUT = ROOT / "out"

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it; a missing one fails with the line to type."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.fail("no Chromium here: apt-get install chromium fonts-noto-core, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def web(system: System) -> str:
    """Where the pages are."""
    return system.addresses["web"]


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where pictures are kept for a reviewer: of a fixed set of pages, or of every page (SCREENSHOTS=folder)."""
    folder = Path(os.environ.get("SCREENSHOTS") or OUT / "screens")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def counted() -> Iterator[Counted]:
    """What people's ways cost them, counted on the way; kept for `make bench` (out/doors/counts.json)."""
    found = Counted({})
    yield found
    if found:
        (OUT / "doors").mkdir(parents=True, exist_ok=True)
        (OUT / "doors" / "counts.json").write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


@pytest.fixture(scope="session")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF to attach."""
    path: Path = tmp_path_factory.mktemp("files") / "IMG_0789.pdf"
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    document.save(str(path))
    return path
