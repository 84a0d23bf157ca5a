"""Leave cover at the door: who stands in for whom. `/api/v1/covers`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api import covering, tools, views
from api.covering import WantedCover
from api.idempotency import ACall
from api.people import AnOfficer
from api.tools import Now, TheDatabase
from records.idempotency import Answer

router = APIRouter(prefix="/api/v1/covers", tags=["officers"])


@router.get("")
async def running(
    officer: AnOfficer, database: TheDatabase, now: Now, agency: Annotated[str, Query(max_length=40)] = ""
) -> dict[str, Any]:
    """The leave cover that runs or is to come at this officer's offices."""
    return {"items": [views.plain(one.model_dump()) for one in await covering.running(database, officer, agency, now)]}


@router.post("", status_code=201)
async def cover(wanted: WantedCover, call: ACall, officer: AnOfficer) -> Any:
    """A colleague stands in: he decides at the absent officer's desk, and the records say for whom."""

    async def begin() -> Answer:
        kept = await covering.begin(call.database, officer, wanted, tools.now())
        return Answer(201, views.plain(kept.model_dump()))

    return await call.once(wanted.model_dump(mode="json"), begin)


@router.post("/{cover_id}/end")
async def back(cover_id: str, call: ACall, officer: AnOfficer) -> Any:
    """The absent officer is back early."""

    async def end() -> Answer:
        ended = await covering.end(call.database, officer, cover_id, tools.now())
        return Answer(200, {"id": cover_id, "ended": ended})

    return await call.once({}, end)
