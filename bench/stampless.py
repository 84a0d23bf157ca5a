"""A sealer that asks nobody for its time stamps: the development authority's own, made in the sealing process. What two
processes can do is then measured without a third."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import tsp
from certomancer.registry import ServiceLabel
from pyhanko.sign.timestamps import TimeStamper

from signing import authority
from signing.seal import Sealer


class Here(TimeStamper):
    """The authority's time stamps, without a connection."""

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        state = json.loads((folder / "state.json").read_text("utf-8"))
        self._services: Any = authority._architecture(folder, state).service_registry

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """One answer, at the clock's time."""
        stamper = self._services.summon_timestamper(ServiceLabel("tsa"), datetime.now(UTC))
        return stamper.request_tsa_response(tsp.TimeStampReq.load(req.dump()))


def stamp_here(sealer: Sealer, folder: Path) -> None:
    """Make a sealer take its stamps from the authority prepared in a folder."""
    here = Here(folder)
    sealer._stamper = lambda: here  # type: ignore[method-assign, assignment, return-value]
