"""Beginning an application: for whom, and for which licence; and the drafts one has begun already."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api import applications as door
from api import drafting, filing, frame, known, showing, wording
from api.carrying import SHORT
from api.eligibility import Holder, acts_on_one
from api.filing import Desk
from api.pages_public import instead, province_names
from api.people import Applicant, Person
from api.showing import InBoth, Says
from api.tools import Now
from forms import form as forms
from licences import places
from licences.catalogue import Catalogue
from licences.errors import NotAllowed
from licences.procedure import Operation, Procedure, Text
from records import drafts, register
from records.tables import Draft, Holding

router = APIRouter(include_in_schema=False)

CHOOSE_PROVINCE = Text(th="เลือกจังหวัดของสถานที่", en="Choose the province of the place")
CHOOSE_LICENCE = Text(th="เลือกใบอนุญาตที่จะดำเนินการ", en="Choose the licence")


@router.get("/apply/{code}/{operation}")
async def before_start(
    request: Request, who: Applicant, now: Now, code: str, operation: str, licence_number: str = ""
) -> HTMLResponse:
    """For whom, and for which licence; and the drafts one has begun already."""
    return await _ask_for_whom(request, who, now, code, operation, chosen=licence_number)


@router.post("/apply/{code}/{operation}")
async def start(
    request: Request,
    who: Applicant,
    now: Now,
    code: str,
    operation: str,
    licence_number: Annotated[str, Form(max_length=40)] = "",
    province: Annotated[str, Form(max_length=2)] = "",
    begin_from: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Begin a draft; what registers know, and what was told in the application it starts from, is filled in at once.

    Nothing is begun where the licence is not to be had.
    """
    desk = door.desk_of(request)
    procedure = desk.catalogue.procedure(code, operation, now.date())
    if acts_on_one(procedure) and not licence_number:
        says = Says("licence_number", showing.in_words(CHOOSE_LICENCE, showing.language(request)))
        return await _ask_for_whom(request, who, now, code, operation, status=422, problems=(says,))
    if wrong := wrong_province(desk.catalogue, procedure, province):
        says = Says("province", showing.in_words(wrong, showing.language(request)))
        return await _ask_for_whom(request, who, now, code, operation, province=province, status=422, problems=(says,))
    draft = await drafting.begin(desk, who, procedure, holder_of(who), licence_number, now, start=begin_from)
    short = f"/questions/{SHORT}" if procedure.operation is Operation.RENEW else ""
    return frame.see_other(f"/drafts/{draft.id}{short}")


def holder_of(who: Person) -> Holder:
    """The company this browser speaks for, or oneself."""
    return Holder(juristic_id=who.acting_for) if who.acting_for else Holder.model_validate({"self": True})


async def _ask_for_whom(
    request: Request,
    who: Person,
    now: Now,
    code: str,
    operation: str,
    chosen: str = "",
    province: str = "",
    status: int = 200,
    problems: tuple[Says, ...] = (),
) -> HTMLResponse:
    desk = door.desk_of(request)
    procedure = desk.catalogue.procedure(code, operation, now.date())
    asks_province = _asks_province(desk.catalogue, procedure)
    async with desk.database.reading() as session:
        begun = [one for one in await drafts.of(session, who.id) if drafting.is_first(one)]
        held = await register.holdings_of(session, who.acting_for or who.row.pid_digest)
    return await frame.show(
        request,
        "apply.html",
        status,
        procedure=procedure,
        operation=wording.OPERATIONS[procedure.operation],
        holder=await frame.company_name(request, who.acting_for) if who.acting_for else frame.full_name(who),
        juristic_id=who.acting_for,
        drafts=[one for one in begun if _same(one, procedure, who)],
        needs_licence=acts_on_one(procedure),
        holdings=[_held(desk.catalogue, one) for one in held if one.licence == _acted_on(procedure)],
        chosen=chosen,
        starts=await starts(desk, who, procedure, now) if procedure.operation is Operation.NEW else (),
        provinces=sorted(province_names().items(), key=lambda one: one[1].th) if asks_province else (),
        province=province,
        instead=instead(desk.catalogue, desk.catalogue.licence(procedure.licence)),
        problems=problems,
    )


async def starts(desk: Desk, who: Person, procedure: Procedure, now: Now) -> list[known.Start]:
    """The earlier applications to start from. Whoever may not apply at all is told so when he begins."""
    try:
        ground = await filing.ground(desk, who, procedure, holder_of(who), "", now)
    except NotAllowed:
        return []
    earlier = await known.earlier_of(desk, who, ground, "")
    return known.starts(desk.catalogue, ground, forms.load(procedure.form), earlier)


def _asks_province(catalogue: Catalogue, procedure: Procedure) -> bool:
    """Whether the place decides if it may be begun at all; a licence that is held has its office already."""
    return places.limited(catalogue.licence(procedure.licence)) and not acts_on_one(procedure)


def wrong_province(catalogue: Catalogue, procedure: Procedure, province: str) -> InBoth | None:
    """Why it cannot be begun for a place there: a sentence with where to go instead; None when it can."""
    if not _asks_province(catalogue, procedure):
        return None
    if province not in province_names():
        return CHOOSE_PROVINCE
    try:
        places.check_served(catalogue.licence(procedure.licence), province)
    except places.NotServed as no:
        return no
    return None


def _same(draft: Draft, procedure: Procedure, who: Person) -> bool:
    return (draft.licence, draft.operation, draft.juristic_id) == (
        procedure.licence,
        procedure.operation.value,
        who.acting_for,
    )


def _acted_on(procedure: Procedure) -> str:
    return procedure.acts_on or procedure.licence


@dataclass(frozen=True)
class Held:
    """A licence one may act on."""

    number: str
    title: Text
    valid_until: Any


def _held(catalogue: Any, holding: Holding) -> Held:
    return Held(holding.licence_number, catalogue.licence(holding.licence).title, holding.valid_until)
