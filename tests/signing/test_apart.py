import asyncio
from pathlib import Path
from typing import Any

import pytest
from signing_sheets import a_licence  # type: ignore[import-not-found]

from signing.apart import VerifyingRoom
from signing.document import render
from signing.seal import Sealer
from signing.trust import NoTrust, Trust
from signing.verify import SAID, verify


async def test_another_process_finds_the_same(sealer: Sealer, authority: Any, trust: Trust) -> None:
    sealed = await sealer.seal(render(a_licence()), "dhss")
    room = VerifyingRoom(authority.prepared.trust, patience_seconds=120)

    found = await asyncio.gather(*(room.verify(pdf) for pdf in (sealed, b"junk", sealed)))

    room.close()
    assert found == [await verify(pdf, trust) for pdf in (sealed, b"junk", sealed)]


async def test_a_file_that_takes_too_long_is_unreadable_and_the_next_one_is_served(authority: Any) -> None:
    room = VerifyingRoom(authority.prepared.trust, patience_seconds=0.0)

    assert SAID["unreadable"] in (await room.verify(b"junk")).sentences

    room._patience = 120
    assert SAID["unreadable"] in (await room.verify(b"junk")).sentences
    room.close()


async def test_a_missing_trust_folder_is_our_fault_and_not_the_files(tmp_path: Path) -> None:
    room = VerifyingRoom(tmp_path, patience_seconds=120)

    with pytest.raises(NoTrust):
        await room.verify(b"junk")

    room.close()
