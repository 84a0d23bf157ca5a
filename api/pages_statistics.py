"""How well it works, for everybody: pictures, the same figures as tables and as CSV; and what else is open data."""

from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api import charts, frame, showing, statistics, tools
from api.people import Anyone
from api.statistics import Counted, Figures, Sheet
from api.tools import Now, TheCatalogue, TheDatabase, TheSettings
from forms.words import MONTHS_EN
from licences import thai
from licences.errors import NotFound
from records import log

router = APIRouter(include_in_schema=False)


class NoSheet(NotFound):
    """There are no figures of that name."""

    def __init__(self) -> None:
        super().__init__("ไม่มีสถิติชื่อนี้", "there are no figures of that name")


def _counted(request: Request) -> Counted:
    """What was counted last, kept by the application."""
    if not hasattr(request.app.state, "counted"):
        request.app.state.counted = Counted()
    return cast(Counted, request.app.state.counted)


@router.get("/statistics")
async def figures(
    request: Request, who: Anyone, database: TheDatabase, catalogue: TheCatalogue, now: Now
) -> HTMLResponse:
    """On time by agency, counts, the services asked for most, satisfaction."""
    tools.throttled(request)
    found = await _counted(request).figures(database, catalogue, now)
    return await frame.show(
        request,
        "statistics.html",
        figures=found,
        share=statistics.per_cent(found.on_time, found.decided),
        bar=charts.bar,
        months=_monthly(found, showing.language(request)),
        month=_month,
    )


def _monthly(found: Figures, lang: showing.Lang) -> str:
    names = thai.SHORT_MONTHS if lang == "th" else [name[:3] for name in MONTHS_EN]
    labels = [names[one.first_day.month - 1] for one in found.months]
    pairs = [(one.received, one.decided) for one in found.months]
    says = "; ".join(f"{label} {one} / {other}" for label, (one, other) in zip(labels, pairs, strict=True))
    said = "จำนวนคำขอรายเดือน (ได้รับ / พิจารณาแล้ว): " if lang == "th" else "Applications by month (received / decided): "
    return charts.columns(labels, pairs, said + says)


def _month(first: object, lang: showing.Lang) -> str:
    """A month with its year, in the reader's era."""
    said = showing.day(first, lang)  # type: ignore[arg-type]
    return said.split(" ", 1)[1]


@router.get("/statistics/{name}.csv")
async def as_csv(
    request: Request, who: Anyone, database: TheDatabase, catalogue: TheCatalogue, now: Now, name: str
) -> Response:
    """One sheet of figures."""
    tools.throttled(request)
    sheet = _named(await _counted(request).figures(database, catalogue, now), name)
    said = {"Content-Disposition": f'attachment; filename="{sheet.name}.csv"'}
    return Response(statistics.as_csv(sheet), media_type="text/csv; charset=utf-8", headers=said)


def _named(found: Figures, name: str) -> Sheet:
    for sheet in found.sheets:
        if sheet.name == name:
            return sheet
    raise NoSheet


@router.get("/open-data")
async def open_data(request: Request, who: Anyone, database: TheDatabase, settings: TheSettings) -> HTMLResponse:
    """Every set of data that may be taken, how often it changes, and what may be done with it."""
    async with database.reading() as session:
        size = await log.size_of_book(session)
    return await frame.show(request, "open-data.html", public_url=settings.public_url, entries=size)
