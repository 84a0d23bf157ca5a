"""The counterparts as one real process on free ports; each test finds them without faults."""

from collections.abc import AsyncIterator, Iterator

import pytest

from exchange.counterparts.running import NoticeBoard, Offices, running


@pytest.fixture(scope="session")
def everyone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    """All offices, started once."""
    with running(tmp_path_factory.mktemp("counterparts"), agencies=("fda", "lao@50")) as offices:
        yield offices


@pytest.fixture
def offices(everyone: Offices) -> Iterator[Offices]:
    """All offices, with nothing wrong and no letters."""
    yield everyone
    everyone.mend()
    everyone.clear_letters()


@pytest.fixture
async def door() -> AsyncIterator[NoticeBoard]:
    """A door of ours for the bank's notifications."""
    board = NoticeBoard()
    server = await board.open()
    yield board
    server.close()
