"""The agencies, and what each has announced and ordered under the E-Government Act. `/api/v1/agencies`."""

from datetime import date
from typing import Any

from fastapi import APIRouter

from api import people, views
from api.tools import Now, TheCatalogue
from licences import standing
from licences.procedure import Agency, StandingKind

router = APIRouter(prefix="/api/v1/agencies", tags=["licences"], dependencies=[people.Public])


@router.get("")
async def every(catalogue: TheCatalogue, now: Now) -> dict[str, Any]:
    """Every agency with its standing today (E-Government Act ss.10, 13, 16; s.22 for who asks after it)."""
    found = sorted(catalogue.agencies.values(), key=lambda agency: agency.code)
    return {"items": [views.plain(shown(one, now.date())) for one in found]}


@router.get("/{code}")
async def one(catalogue: TheCatalogue, now: Now, code: str) -> dict[str, Any]:
    """One agency, its office hours and its standing today."""
    said: dict[str, Any] = views.plain(shown(catalogue.agency(code), now.date()))
    return said


def shown(agency: Agency, on: date) -> dict[str, Any]:
    """An agency as anybody may see it."""
    named = ("code", "title", "ministry", "office_opens", "office_closes")
    running = {kind: standing.in_force(agency, kind, on) for kind in StandingKind}
    return {
        **agency.model_dump(mode="json", include=set(named)),
        "standing": {kind.value: found.model_dump(mode="json") if found else None for kind, found in running.items()},
    }
