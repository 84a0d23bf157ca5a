"""Papers drawn in a process apart: the same bytes, refusals with their sentences, and an end to what takes too much."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import psutil
import pytest
from signing_sheets import a_licence  # type: ignore[import-not-found]

from signing.document import UnfitText, render
from signing.pen import HOME, CannotDraw, Pen


@pytest.fixture
async def pen() -> AsyncIterator[Pen]:
    pen = Pen()
    yield pen
    await pen.close()


def fields(**changes: Any) -> dict[str, Any]:
    return asdict(a_licence(**changes))


def room_of(pen: Pen) -> psutil.Process:
    assert pen._room is not None
    return psutil.Process(pen._room.pid)


async def test_a_paper_drawn_apart_has_the_same_bytes(pen: Pen) -> None:
    assert await pen(fields()) == render(a_licence())


async def test_a_refusal_comes_back_with_its_sentences_and_its_field(pen: Pen) -> None:
    with pytest.raises(UnfitText) as unfit:
        await pen(fields(title_th="ใบอนุญาต 🦆"))

    assert (unfit.value.field, bool(unfit.value.th), unfit.value.status) == ("title_th", True, 422)
    with pytest.raises(CannotDraw, match="CannotDraw: "):
        await pen(fields(template="poster"))
    first = room_of(pen).pid
    assert await pen(fields()) == render(a_licence())
    assert room_of(pen).pid == first, "a refusal ends nothing"


async def test_what_takes_too_long_is_ended_and_the_next_paper_is_drawn(
    pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pen(fields())
    first = room_of(pen)
    first.suspend()

    with monkeypatch.context() as impatient, pytest.raises(CannotDraw, match="TimeoutError"):
        impatient.setattr(pen, "_wall_s", 0.2)
        await pen(fields())

    assert not first.is_running()
    assert await pen(fields()) == render(a_licence())


async def test_what_eats_memory_or_dies_ends_its_own_process_only(pen: Pen) -> None:
    await pen(fields())
    first = room_of(pen)
    assert first.rlimit(psutil.RLIMIT_AS)[0] == 1024**3
    first.kill()
    assert pen._room and await pen._room.wait()

    assert await pen(fields()) == render(a_licence())


async def test_a_cancelled_paper_takes_its_process_along(pen: Pen) -> None:
    await pen(fields())
    first = room_of(pen)
    first.suspend()
    drawing = asyncio.create_task(pen(fields()))
    await asyncio.sleep(0.1)
    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing

    assert not first.is_running()
    assert await pen(fields()) == render(a_licence())


A_WORKER = """
import asyncio, os, signal, time
from signing.pen import Pen

class ALongPaper:
    def __reduce__(self):
        return time.sleep, (60,)

async def main():
    pen = Pen()
    drawing = asyncio.create_task(pen(ALongPaper()))
    while pen._room is None:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)
    print(pen._room.pid, flush=True)
    await asyncio.sleep(0.2)  # until somebody has looked at it
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_a_room_ends_with_a_worker_that_was_killed_in_the_middle_of_a_paper() -> None:
    with subprocess.Popen([sys.executable, "-c", A_WORKER], cwd=HOME, stdout=subprocess.PIPE) as process:
        assert process.stdout
        room = psutil.Process(int(process.stdout.readline()))

    assert process.returncode == -signal.SIGKILL
    assert psutil.wait_procs([room], timeout=10)[1] == []


async def test_a_process_is_renewed_and_knows_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIZ_S3_SECRET_KEY", "secret")
    pen = Pen(papers=2)
    await pen(fields())
    first = room_of(pen)

    assert "secret" not in " ".join(first.environ().values())
    assert os.environ["BIZ_S3_SECRET_KEY"] == "secret"
    await pen(fields())
    assert pen._room is None and not first.is_running()
    await pen.close()
