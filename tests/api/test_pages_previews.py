"""Attached files as pictures: a page at a time, and nothing for what cannot be shown."""

import io
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from subprocess import PIPE

import psutil
import pypdfium2
import pytest
from PIL import Image

from api import previews, sniff
from api.apart import Apart, TooMuch
from api.previews import Viewer
from local import ROOT


def a_pdf(pages: int) -> bytes:
    """A PDF of empty pages."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def test_each_page_of_a_pdf_is_a_picture() -> None:
    content = a_pdf(3)

    assert previews.pages(content, "application/pdf") == 3
    assert Image.open(io.BytesIO(previews.page(content, "application/pdf", 2))).width <= previews.WIDE_PX + 1


def test_a_long_pdf_shows_its_first_pages_only() -> None:
    assert previews.pages(a_pdf(previews.MOST_PAGES + 5), "application/pdf") == previews.MOST_PAGES


@pytest.mark.parametrize("number", [-1, 1, 999])
def test_a_page_that_is_not_there_is_not_found(number: int) -> None:
    with pytest.raises(previews.NoSuchPage):
        previews.page(a_pdf(1), "application/pdf", number)


@pytest.mark.parametrize("media_type", ["application/pdf", "image/png"])
def test_what_cannot_be_read_is_not_shown(media_type: str) -> None:
    with pytest.raises(previews.NoSuchPage):
        previews.page(b"not a file of that kind", media_type, 0)


async def test_a_file_that_ends_its_process_or_eats_its_memory_ends_nothing_else() -> None:
    apart = Apart()

    for hostile in (b"__import__('os').abort()", b"len(bytearray(2 * 1024**3))"):
        with pytest.raises(TooMuch):
            await apart.do(eval, hostile)

    assert await apart.do(eval, b"6 * 7") == 42
    apart.close()


A_DOOR = """
import asyncio, os, signal
from api.apart import Apart

async def main():
    apart = Apart()
    await apart.do(len, b"a file")
    print(*apart._pool._processes, flush=True)
    await asyncio.sleep(0.2)  # until somebody has looked at them
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_processes_apart_end_with_a_door_that_was_killed(tmp_path: Path) -> None:
    door = tmp_path / "door.py"
    door.write_text(A_DOOR)

    with subprocess.Popen([sys.executable, door], env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=PIPE) as process:
        assert process.stdout
        them = [psutil.Process(int(pid)) for pid in process.stdout.readline().split()]
        process.stdout.close()

    assert process.returncode == -signal.SIGKILL and them
    assert psutil.wait_procs(them, timeout=10)[1] == []


async def test_pages_are_drawn_in_a_process_apart_and_counted_once() -> None:
    apart, content = Apart(), a_pdf(2)
    viewer = Viewer(apart)

    assert await viewer.pages(content, "application/pdf", "digest") == 2
    assert await viewer.pages(b"not looked at again", "application/pdf", "digest") == 2
    assert (await viewer.page(content, "application/pdf", 1)).startswith(b"\x89PNG")
    with pytest.raises(previews.NoSuchPage):
        await viewer.page(b"%PDF-1.7 nothing follows", "application/pdf", 0)
    apart.close()


async def test_a_file_is_looked_at_in_a_process_apart_and_its_refusal_comes_back() -> None:
    apart = Apart()

    assert await apart.do(partial(sniff.tried, "a.pdf", ""), a_pdf(2)) == sniff.Looked(sniff.PDF, 2)
    refused = await apart.do(partial(sniff.tried, "a.png", ""), a_pdf(1))
    assert isinstance(refused, tuple) and isinstance(sniff.refusal(*refused), sniff.NotWhatItSays)
    apart.close()
