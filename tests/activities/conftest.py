"""Tools of the real system for effects that are called by themselves."""

from collections.abc import AsyncIterator

import pytest
from driving import Driver
from records_fixtures import *  # noqa: F403

from local import System


@pytest.fixture(scope="session")
async def doors(infrastructure: System) -> AsyncIterator[Driver]:
    """Doors, records and store; no worker of ours runs unless another room's tests started it."""
    async with Driver.open(infrastructure) as driver:
        yield driver
