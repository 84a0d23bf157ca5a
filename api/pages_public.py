"""Pages for everybody, without a sign-in: what there is to apply for, and the longer texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

import geothai
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api import frame, pictures, showing, tools, wording
from api.eligibility import FeeNotConfirmed, check_billable
from api.people import Anyone
from api.ready import Ready, files_asked
from api.tools import Now, TheCatalogue, TheSettings
from forms import form as forms
from licences import finder, places
from licences.catalogue import Catalogue
from licences.procedure import Level, Licence, Operation, Procedure, Text

router = APIRouter(include_in_schema=False)

A_PAGE = 25
OFTEN = 6
Words = Annotated[str, Query(max_length=100)]
Code = Annotated[str, Query(max_length=60)]
Place = Annotated[int, Query(ge=0, le=10_000)]


@dataclass(frozen=True)
class Listed:
    """One licence in a list."""

    code: str
    title: Text
    agency: Text
    decision_days: int
    sealed: bool


@dataclass(frozen=True)
class Offered:
    """One operation on a start page."""

    operation: str
    name: Text
    procedure: Procedure
    fee: Text
    who: Text
    result: Text
    files: tuple[Ready, ...]


@router.get("/")
async def home(request: Request, who: Anyone, catalogue: TheCatalogue) -> HTMLResponse:
    """Where everybody starts."""
    often = [licence for licence in catalogue.search() if licence.usage_count][:OFTEN]
    return await frame.show(
        request,
        "home.html",
        licences=len(catalogue.licences),
        agencies=len(catalogue.agencies),
        popular=[_listed(catalogue, licence) for licence in often],
    )


@router.get("/licences")
async def licences(
    request: Request,
    who: Anyone,
    catalogue: TheCatalogue,
    q: Words = "",
    agency: Code = "",
    business_type: Code = "",
    after: Place = 0,
) -> HTMLResponse:
    """The catalogue, searched and filtered; the question stands in the address, so that it can be shared."""
    found = catalogue.search(q, agency=agency, business_type=business_type)
    asked = {"q": q, "agency": agency, "business_type": business_type}
    further = after + A_PAGE
    return await frame.show(
        request,
        "licences.html",
        q=q,
        agency=agency,
        business_type=business_type,
        agencies=agencies(catalogue),
        business_types=finder.business_types(),
        total=len(found),
        found=[_listed(catalogue, licence) for licence in found[after:further]],
        next=address("/licences", asked | {"after": str(further)}) if further < len(found) else "",
        first=address("/licences", asked) if after else "",
    )


@router.get("/licences/{code}")
async def licence(
    request: Request, who: Anyone, catalogue: TheCatalogue, now: Now, code: str, operation: Code = ""
) -> HTMLResponse:
    """What one licence asks, costs and takes: known before the first question."""
    on = now.date()
    found = catalogue.licence(code, on)
    offered = [_offered(catalogue, found, one, on) for one in Operation if one in found.operations]
    chosen = next((one for one in offered if one.operation == operation), offered[0])
    lang = showing.language(request)
    return await frame.show(
        request,
        "licence.html",
        licence=found,
        agency=catalogue.agency(found.agency),
        operations=offered,
        chosen=chosen,
        where=wording.served(found, province_names()),
        elsewhere=places.elsewhere(found) if places.limited(found) else None,
        instead=instead(catalogue, found),
        lasts=wording.lasts(found.validity),
        renewal=wording.renewal(found.renewal_window),
        prerequisites=_prerequisites(catalogue, chosen.procedure),
        picture=pictures.lanes(chosen.procedure, lang),
        phases=pictures.phases(chosen.procedure, lang),
        cannot_be_billed=_cannot_be_billed(request, chosen.procedure, on),
    )


def _cannot_be_billed(request: Request, procedure: Procedure, on: date) -> FeeNotConfirmed | None:
    """Why it cannot be begun here: an amount that nobody has confirmed. On one's own machine it can."""
    try:
        check_billable(procedure, on, provisional=tools.settings(request).profile == "local")
    except FeeNotConfirmed as no:
        return no
    return None


def _listed(catalogue: Catalogue, licence: Licence) -> Listed:
    agency = catalogue.agency(licence.agency)
    return Listed(licence.code, licence.title, agency.title, licence.decision_days, licence.level is Level.SEAL)


def _offered(catalogue: Catalogue, licence: Licence, operation: Operation, on: date) -> Offered:
    procedure = catalogue.procedure(licence.code, operation, on)
    return Offered(
        operation=operation.value,
        name=wording.OPERATIONS[operation],
        procedure=procedure,
        fee=wording.fee(procedure, on),
        who=wording.WHO[procedure.applicant],
        result=wording.EFFECTS[procedure.effect],
        files=files_asked(forms.load(procedure.form)),
    )


def agencies(catalogue: Catalogue) -> list[Any]:
    return sorted(catalogue.agencies.values(), key=lambda agency: agency.title.th)


def instead(catalogue: Catalogue, licence: Licence) -> Licence | None:
    """The licence to apply for where this one is not to be had."""
    return catalogue.licence(licence.elsewhere_licence) if licence.elsewhere_licence else None


def _prerequisites(catalogue: Catalogue, procedure: Procedure) -> list[list[Licence]]:
    known = [[code for code in needed.any_of if code in catalogue.versions] for needed in procedure.prerequisites]
    return [[catalogue.licence(code) for code in codes] for codes in known if codes]


def province_names() -> Mapping[str, Text]:
    """The provinces by their DOPA codes."""
    return {one.code: Text(th=one.name_th, en=one.name_en) for one in geothai.provinces()}


def address(path: str, asked: Mapping[str, str]) -> str:
    return f"{path}?{urlencode({key: value for key, value in asked.items() if value})}"


# --- plain words ---


@router.get("/how-to-check")
async def how_to_check(request: Request, who: Anyone, settings: TheSettings) -> HTMLResponse:
    """By QR, by file, and without us."""
    return await frame.show(request, "how-to-check.html", public_url=settings.public_url)


@router.get("/help")
async def help_(request: Request, who: Anyone) -> HTMLResponse:
    """What people ask first."""
    return await frame.show(request, "help.html")


@router.get("/privacy")
async def privacy(request: Request, who: Anyone) -> HTMLResponse:
    """What we keep of people, why, how long, and their rights (PDPA s.23)."""
    return await frame.show(request, "privacy.html")


@router.get("/accessibility")
async def accessibility(request: Request, who: Anyone) -> HTMLResponse:
    """What works, and whom to tell what does not."""
    return await frame.show(request, "accessibility.html")
