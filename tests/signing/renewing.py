"""One renewal of an archive stamp on another day: `faketime DAY python renewing.py AUTHORITY IN.pdf OUT.pdf DIGEST`.

The authority answers from this process, on its own address, by the same clock.
"""

import asyncio
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import uvicorn

from signing.authority import application
from signing.seal import Sealer
from signing.token import Token
from signing.trust import Trust


async def renewed(folder: Path, base_url: str, pdf: bytes, digest: str) -> bytes:
    """The file with one more stamp; no key is needed for it."""
    roots = Trust.load(folder / "trust").roots
    async with Sealer(cast(Token, None), {}, f"{base_url}/dev/tsa/tsa", roots) as sealer:
        return await sealer.renew(pdf, digest)


def main(folder: Path, before: Path, after: Path, digest: str) -> None:
    """Serve, renew, end."""
    os.environ["BIZ_PROFILE"] = "local"
    state: dict[str, Any] = json.loads((folder / "state.json").read_text("utf-8"))
    port = urlsplit(state["base_url"]).port or 0
    server = uvicorn.Server(uvicorn.Config(application(folder), host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    after.write_bytes(asyncio.run(renewed(folder, state["base_url"], before.read_bytes(), digest)))
    server.should_exit = True
    thread.join()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), sys.argv[4])
