"""Signing in and out, and choosing whom one acts for."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from api import frame, showing, signin, tools
from api.people import Applicant, Public, claims, cookie_name, told
from api.tools import Now, TheDatabase, TheSettings
from forms.words import digits
from licences.procedure import Text
from records import applications, people
from records.rows import Page

router = APIRouter(include_in_schema=False)

LONGEST_SESSION = timedelta(hours=8)
MOST_COMPANIES = 20
Next = Annotated[str, Query(max_length=showing.LONGEST_NEXT)]

WRONG_NUMBER = Text(th="กรอกเลขทะเบียนนิติบุคคล 13 หลักให้ถูกต้อง", en="Enter a correct 13-digit company registration number")


@dataclass(frozen=True)
class Company:
    """A company one may choose."""

    juristic_id: str
    name: str


def _sign_in(request: Request) -> signin.SignIn:
    """The way to the issuer, made once."""
    if not hasattr(request.app.state, "sign_in"):
        request.app.state.sign_in = signin.SignIn(tools.settings(request), tools.issuer(request))
    made: signin.SignIn = request.app.state.sign_in
    return made


@router.get("/sign-in", dependencies=[Public])
async def sign_in(request: Request, settings: TheSettings, next: Next = "/applications") -> RedirectResponse:
    """To the issuer, remembering where the person wanted to go."""
    under_way = signin.begin(showing.safe_next(next, "/applications"))
    answer = frame.see_other(await _sign_in(request).address(under_way))
    answer.set_cookie(
        signin.COOKIE,
        signin.sealed(under_way, settings.session_secret),
        max_age=signin.MINUTES_TO_SIGN_IN * 60,
        path="/sign-in",
        httponly=True,
        samesite="lax",  # it has to come along when the issuer sends the person back
        secure=settings.public_url.startswith("https://"),
    )
    return answer


@router.get(signin.RETURN_TO, dependencies=[Public])
async def come_back(
    request: Request,
    settings: TheSettings,
    database: TheDatabase,
    now: Now,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2000)] = "",
) -> RedirectResponse:
    """Back from the issuer: a new session under a new key, and on to where the person wanted to go."""
    under_way = signin.opened(request.cookies.get(signin.COOKIE, ""), settings.session_secret)
    identity = await _sign_in(request).who(under_way, state, code)
    keys = tools.personal_keys(request)
    key, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    async with database.transaction() as session:
        person = await people.keep_person(session, keys, claims(identity), now)
        said = told(identity).sealed(keys, key)
        await people.open_session(session, key, person.id, csrf, now, now + LONGEST_SESSION, told=said)
        old = request.cookies.get(cookie_name(settings.public_url))
        if old:
            await people.close_session(session, people.session_digest(old))
    answer = frame.see_other(showing.safe_next(under_way.go_on_to))
    answer.delete_cookie(signin.COOKIE, path="/sign-in")
    answer.set_cookie(
        cookie_name(settings.public_url),
        key,
        max_age=int(LONGEST_SESSION.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=settings.public_url.startswith("https://"),
    )
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, who: Applicant, settings: TheSettings, database: TheDatabase) -> RedirectResponse:
    """Forget this browser."""
    if who.browser:
        async with database.transaction() as session:
            await people.close_session(session, who.browser.digest)
    answer = frame.see_other("/")
    answer.delete_cookie(
        cookie_name(settings.public_url), secure=settings.public_url.startswith("https://"), httponly=True
    )
    return answer


@router.get("/stay")
async def stay(who: Applicant) -> PlainTextResponse:
    """Being asked is enough: the session was seen just now."""
    return PlainTextResponse("here")


@router.get("/acting-for")
async def choose(
    request: Request, who: Applicant, database: TheDatabase, now: Now, next: Next = "/applications"
) -> Response:
    """Oneself, or a company: those one has a power for, or filed for before, or another by its number."""
    return await _ask(request, who, database, now, next)


@router.post("/acting-for")
async def chosen(
    request: Request,
    who: Applicant,
    database: TheDatabase,
    now: Now,
    whom: Annotated[str, Form(max_length=40)] = "",
    number: Annotated[str, Form(max_length=40)] = "",
    next: Annotated[str, Form(max_length=showing.LONGEST_NEXT)] = "/applications",
) -> Response:
    """From now on this browser speaks for them. Whether it may is asked of the register when something is filed."""
    juristic_id = "" if whom == "self" else digits(number if whom == "other" else whom)
    if whom != "self" and not valid_number(juristic_id):
        says = showing.Says("number", showing.in_words(WRONG_NUMBER, showing.language(request)))
        return await _ask(request, who, database, now, next, status=422, problems=(says,), typed=number)
    key = request.cookies.get(cookie_name(tools.settings(request).public_url), "")
    async with database.transaction() as session:
        await people.act_for(session, key, juristic_id)
    return frame.see_other(showing.safe_next(next))


def valid_number(juristic_id: str) -> bool:
    """Thirteen digits whose last one fits."""
    from stdnum.th import moa

    return bool(moa.is_valid(juristic_id))


async def _ask(
    request: Request,
    who: Applicant,
    database: TheDatabase,
    now: Now,
    next: str,
    status: int = 200,
    problems: tuple[showing.Says, ...] = (),
    typed: str = "",
) -> Response:
    async with database.reading() as session:
        given = await people.mandates_of(session, who.subject, now.date())
        filed: Page[applications.Line] = await applications.for_applicant(session, who.id)
    numbers = [mandate.juristic_id for mandate in given]
    numbers += [line.holder_id for line in filed.items if line.holder_kind == "juristic"]
    numbers += [who.acting_for] if who.acting_for else []
    known = [Company(one, await frame.company_name(request, one)) for one in dict.fromkeys(numbers)]
    return await frame.show(
        request,
        "acting-for.html",
        status,
        companies=known[:MOST_COMPANIES],
        now_for=who.acting_for,
        next=showing.safe_next(next),
        problems=problems,
        typed=typed,
    )
