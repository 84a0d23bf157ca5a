"""The agencies for people: who serves here, what each has announced and ordered (E-Government Act ss.10, 13, 16)."""

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api import frame
from api.people import Anyone
from api.tools import Now, TheCatalogue
from licences import standing
from licences.procedure import Agency, Standing, StandingKind, Text

router = APIRouter(include_in_schema=False)

KINDS: Mapping[StandingKind, Text] = {
    StandingKind.CHANNEL: Text(th="ช่องทางรับคำขอ (ม.10)", en="Channel for applications (s.10)"),
    StandingKind.DISPLAY: Text(th="การแสดงใบอนุญาตทางอิเล็กทรอนิกส์ (ม.13)", en="Showing a licence electronically (s.13)"),
    StandingKind.SYSTEM: Text(th="ระบบที่เจ้าหน้าที่ปฏิบัติงาน (ม.16)", en="System its officials act in (s.16)"),
}


@router.get("/agencies")
async def every(request: Request, who: Anyone, catalogue: TheCatalogue, now: Now) -> HTMLResponse:
    """All of them in one table."""
    found = sorted(catalogue.agencies.values(), key=lambda agency: agency.title.th)
    rows = [(one, _running(one, now.date())) for one in found]
    return await frame.show(request, "agencies.html", kinds=KINDS, rows=rows)


@router.get("/agencies/{code}")
async def one(request: Request, who: Anyone, catalogue: TheCatalogue, now: Now, code: str) -> HTMLResponse:
    """One agency."""
    agency = catalogue.agency(code)
    offered = sum(licence.agency == code for licence in catalogue.licences)
    running = _running(agency, now.date())
    return await frame.show(request, "agency.html", agency=agency, kinds=KINDS, running=running, offered=offered)


def _running(agency: Agency, on: date) -> dict[StandingKind, Standing | None]:
    return {kind: standing.in_force(agency, kind, on) for kind in KINDS}
