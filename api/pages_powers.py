"""Powers of attorney: which a company has given, which I hold, giving one, and taking it back at any time.

Whoever may bind the company alone may give one here (CCC s.798: in writing, by whoever may do the thing itself); where
directors must sign together, the paper signed by them is recorded by an agency. An agent is named by a code that he
reads out himself: nobody is looked up by a citizen number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api import applications as door
from api import frame, representing, showing
from api.filing import Desk
from api.people import Applicant, Person
from api.showing import Says
from api.tools import Now, TheCatalogue
from exchange.juristic import Company
from licences import representation
from licences.catalogue import Catalogue
from licences.errors import Forbidden, NotAllowed, NotFound
from licences.procedure import Text
from records import people
from records.rows import new_id
from records.tables import Mandate

router = APIRouter(include_in_schema=False)

MOST_YEARS = 5
Code = Annotated[str, Form(max_length=60)]

NO_SUCH_CODE = Text(
    th="ไม่พบรหัสนี้ ขอให้ผู้รับมอบอำนาจเข้าสู่ระบบและอ่านรหัสจากหน้านี้ให้ท่าน",
    en="There is no such code. Ask the agent to sign in and read it to you from this page.",
)
NOT_YOURSELF = Text(th="มอบอำนาจให้ตนเองไม่ได้", en="You cannot give it to yourself")
ALONE_ONLY = Text(
    th="ตามหนังสือรับรอง กรรมการต้องลงนามร่วมกัน จึงมอบอำนาจทางหน้านี้คนเดียวไม่ได้ ให้ยื่นหนังสือมอบอำนาจที่ลงนามครบต่อหน่วยงาน",
    en="By the register directors sign together: one alone cannot give it here. Take a signed paper to an agency",
)


class NoPower(NotFound):
    """There is no such power, or it is neither mine nor my company's."""

    def __init__(self) -> None:
        super().__init__("ไม่พบหนังสือมอบอำนาจนี้", "there is no such power of attorney")


class MayNotGive(Forbidden):
    """This person alone does not bind the company."""


@dataclass(frozen=True)
class Power:
    """One power of attorney, as it is shown. `over` says why it gives nothing any more."""

    id: str
    who: str
    licences: tuple[Text, ...]
    given_on: date
    until: date | None
    over: Text | None


@router.get("/powers")
async def powers(
    request: Request, who: Applicant, catalogue: TheCatalogue, now: Now, given: Annotated[str, Query(max_length=5)] = ""
) -> HTMLResponse:
    """Those that the company I act for has given, those that I hold, and my own code."""
    return await _show(request, who, catalogue, now, given=bool(given))


@router.post("/powers")
async def give(
    request: Request, who: Applicant, catalogue: TheCatalogue, now: Now, code: Code = "", licence: Code = "",
    years: Annotated[str, Form(max_length=2)] = "1",
) -> Response:  # fmt: skip
    """Give one, for every licence or one of them, for some years."""
    desk, lang = door.desk_of(request), showing.language(request)
    try:
        director = await _may_give(desk, who, now)
    except NotAllowed as refusal:
        says = (Says("", showing.in_words(refusal, lang)),)
        return await _show(request, who, catalogue, now, problems=says, typed=code, status=refusal.status)
    async with desk.database.reading() as session:
        agent = await people.person(session, code.strip())
    wrong = (
        NO_SUCH_CODE
        if agent is None or agent.issuer != who.row.issuer
        else NOT_YOURSELF
        if agent.id == who.id
        else None
    )
    if wrong or agent is None:
        says = (Says("code", showing.in_words(wrong or NO_SUCH_CODE, lang)),)
        return await _show(request, who, catalogue, now, problems=says, typed=code, status=422)
    only = [licence] if licence in catalogue.versions else []
    mandate = Mandate(
        id=new_id("m"), juristic_id=who.acting_for, agent_subject=agent.subject, grantors=[director], licences=only,
        given_on=now.date(), until=_years_on(now.date(), int(years) if years.isdecimal() else 1),
    )  # fmt: skip
    async with desk.database.transaction() as session:
        await people.give_mandate(session, mandate)
    return frame.see_other("/powers?given=yes")


def _years_on(day: date, years: int) -> date:
    year = day.year + min(max(years, 1), MOST_YEARS)
    return date(year, day.month, min(day.day, 28))


async def _may_give(desk: Desk, who: Person, at: datetime) -> str:
    """The director that this person is, when he alone binds the company. Raises NotAllowed."""
    company = await _company(desk, who, at)
    director = representing.director(company, who)
    rule = representation.read_signing_text(company.signing_text)
    if rule is None or not representation.satisfied(rule, {director}):
        raise MayNotGive(ALONE_ONLY.th, ALONE_ONLY.en)
    return director


async def _company(desk: Desk, who: Person, at: datetime) -> Company:
    if not who.acting_for:
        raise NoPower
    company = await representing.look_up(desk.companies, who.acting_for, who, at)
    if company is None:
        raise NoPower
    return company


@router.post("/powers/{power_id}/revocation")
async def revoke(request: Request, who: Applicant, now: Now, power_id: str) -> Response:
    """Take one back that my company gave, or give up one that I hold. From this moment on it gives no power."""
    desk = door.desk_of(request)
    async with desk.database.reading() as session:
        found = await people.mandate(session, power_id)
    if found is None or not (found.agent_subject == who.subject or await _is_director_of(desk, who, found, now)):
        raise NoPower
    async with desk.database.transaction() as session:
        await people.revoke_mandate(session, power_id, now)
    return frame.see_other("/powers")


async def _is_director_of(desk: Desk, who: Person, mandate: Mandate, at: datetime) -> bool:
    """Any director may take a power back; that does not bind the company, it frees it."""
    company = await representing.look_up(desk.companies, mandate.juristic_id, who, at)
    if company is None:
        return False
    try:
        representing.director(company, who)
    except NotAllowed:
        return False
    return True


async def _show(
    request: Request, who: Person, catalogue: Catalogue, now: datetime, *, given: bool = False,
    problems: tuple[Says, ...] = (), typed: str = "", status: int = 200,
) -> HTMLResponse:  # fmt: skip
    desk = door.desk_of(request)
    director = await _directs(desk, who, now)
    async with desk.database.reading() as session:
        held = await people.mandates_of(session, who.subject, now.date())
        given_by = await people.mandates_for(session, who.acting_for) if director else ()
        names = await people.named(session, who.row.issuer, {one.agent_subject for one in given_by})
    companies = {one.juristic_id: await frame.company_name(request, one.juristic_id) for one in held}
    return await frame.show(
        request,
        "powers.html",
        status,
        company=await frame.company_name(request, who.acting_for) if director else "",
        code=who.id,
        given_by=[_power(catalogue, one, names.get(one.agent_subject, ""), now) for one in given_by],
        held=[_power(catalogue, one, companies[one.juristic_id], now) for one in held],
        licences=sorted(catalogue.search(), key=lambda one: one.title.th) if director else (),
        just_given=given,
        problems=problems,
        typed=typed,
    )


async def _directs(desk: Desk, who: Person, at: datetime) -> bool:
    """Whether this person is plainly a director of the company he acts for; a silent register is no."""
    try:
        representing.director(await _company(desk, who, at), who)
    except NotAllowed:
        return False
    return True


def _power(catalogue: Catalogue, one: Mandate, who: str, now: datetime) -> Power:
    titles: Mapping[str, Text] = {
        code: catalogue.versions[code][-1].title for code in one.licences if code in catalogue.versions
    }
    over = None
    if one.revoked_at:
        over = Text(
            th=f"เพิกถอนเมื่อ {showing.moment(one.revoked_at, 'th')}", en=f"Revoked {showing.moment(one.revoked_at, 'en')}"
        )
    elif one.until and one.until < now.date():
        over = Text(th="หมดกำหนดแล้ว", en="Its time is over")
    return Power(one.id, who, tuple(titles.values()), one.given_on, one.until, over)
