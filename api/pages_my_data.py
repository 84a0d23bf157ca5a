"""What belongs to a person who signed in: who has looked at his data and why, and the browsers he is signed in with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api import frame, showing, wording
from api.people import Applicant, Person
from api.tools import Now, TheCatalogue, TheDatabase
from forms.identifiers import show_telephone, telephone
from licences.calendar import BANGKOK
from licences.catalogue import Catalogue
from licences.procedure import Text
from records import access as looks
from records import people
from records.people import Seat
from records.tables import AccessLog, Session

router = APIRouter(include_in_schema=False)

MOST = 100
SOMEBODY = Text(th="เจ้าหน้าที่", en="An officer")


@dataclass(frozen=True)
class Look:
    """One look, in words."""

    at: datetime
    who: Text
    what: Text
    number: str
    why: str
    times: int = 1


@dataclass(frozen=True)
class Browser:
    """One browser; `here` is the one that asks."""

    id: str
    opened_at: datetime
    seen_at: datetime
    here: bool


@router.get("/my-data")
async def mine(
    request: Request, who: Applicant, database: TheDatabase, catalogue: TheCatalogue, now: Now
) -> HTMLResponse:
    """Who looked at my data and why (PDPA s.30, s.39); where I am signed in."""
    async with database.reading() as session:
        seen = await looks.of(session, who.id, MOST)
        seats = await people.seats_of(session, {one.by for one in seen}, now.date())
        browsers = await people.sessions_of(session, who.id, now)
    return await frame.show(
        request,
        "my-data.html",
        masked=who.row.pid_masked,
        email=who.row.email,
        phone=_as_written(who.told.phone, showing.language(request)),
        address=who.told.address,
        looks=_counted([_look(catalogue, one, seats) for one in seen if one.by != who.id]),
        browsers=[_browser(one, who) for one in browsers],
    )


def _as_written(said: str, lang: showing.Lang) -> str:
    """A telephone number as Thais write it; another country's as it was said."""
    kept = telephone(said)
    return show_telephone(kept, lang) if kept else said


def _look(catalogue: Catalogue, one: AccessLog, seats: Mapping[str, Sequence[Seat]]) -> Look:
    what, _, about = one.what.partition(":")
    number = about if what == "application" else one.reason.partition("application ")[2].split(" ")[0].rstrip(":")
    words = wording.LOOKED_AT.get(what, wording.LOOKED_AT["application"])
    return Look(one.at, _seat(catalogue, seats.get(one.by, ())), words, number, wording.why_looked(one.reason))


def _counted(looks: Sequence[Look]) -> list[Look]:
    """The same office at the same thing for the same reason on one day is one line: when last, and how often."""
    found: dict[tuple[object, ...], Look] = {}
    for one in looks:
        same = (one.at.astimezone(BANGKOK).date(), one.who.th, one.what.th, one.number, one.why)
        first = found.get(same)
        found[same] = replace(first, times=first.times + 1) if first else one
    return list(found.values())


def _seat(catalogue: Catalogue, seats: Sequence[Seat]) -> Text:
    """The office, not the name: whoever looked did so in his office, which answers for it."""
    for one in seats:
        agency, role = catalogue.agencies.get(one.agency), wording.ROLES.get(one.role, SOMEBODY)
        return Text(th=f"{role.th} {agency.title.th}", en=f"{role.en}, {agency.title.en}") if agency else role
    return SOMEBODY


def _browser(one: Session, who: Person) -> Browser:
    here = who.browser is not None and who.browser.digest == one.digest
    return Browser(one.digest[:16], one.opened_at, one.seen_at, here)


@router.post("/my-data/browsers/{browser_id}/sign-out")
async def sign_out(who: Applicant, database: TheDatabase, now: Now, browser_id: str) -> Response:
    """Sign one of my browsers out; somebody else's is not there to be found."""
    async with database.transaction() as session:
        for one in await people.sessions_of(session, who.id, now):
            if one.digest.startswith(browser_id) and len(browser_id) == 16:
                await people.close_session(session, one.digest)
    return frame.see_other("/my-data")
