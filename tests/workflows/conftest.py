"""Our workers on the infrastructure, and somebody who drives applications through them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from driving import Driver, Workers, workers

from local import System


@pytest.fixture(scope="session")
def crew(infrastructure: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """The three workers, which fall into traps on request."""
    folder: Path = tmp_path_factory.mktemp("workers")
    with workers(infrastructure, folder) as running:
        yield running


@pytest.fixture(scope="session")
async def driver(infrastructure: System, crew: Workers) -> AsyncIterator[Driver]:
    """Everybody who speaks to the system."""
    async with Driver.open(infrastructure) as driver:
        yield driver
