"""Who is asking, and may they come in.

Somebody is known by a bearer ID token of the issuer, or by the cookie of a browser that signed in. What he may do comes
from our own tables, never from the token. Every route names one of the guards below; a test reads them all.
"""

import hashlib
import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, cast

from fastapi import Depends, Request

from api import csrf, tools
from api.tokens import Identity, Issuer, not_signed_in
from licences.calendar import BANGKOK
from licences.errors import Forbidden
from records import people
from records.people import Claims, SignedIn, Told
from records.tables import Officer
from records.tables import Person as PersonRow

OFFICERS = ("officer", "inspector", "supervisor")
WATCHERS = ("auditor",)
OPERATORS = ("operator",)
SUPERVISOR = "supervisor"
IDLE_OFFICER, IDLE_APPLICANT = timedelta(minutes=30), timedelta(minutes=60)
REMEMBERED_FOR = timedelta(seconds=60)
MOST_REMEMBERED = 10_000


class NotYourRole(Forbidden):
    """Known, and without the role that this door asks for."""


@dataclass(frozen=True)
class Person:
    """Somebody at the door: who, in which roles today, and (with a cookie) by which browser.

    `id` is what messages, tasks and histories carry, for applicants and officers alike: so one person in two seats
    cannot pass for two people (four eyes), and nobody decides his own application.
    """

    row: PersonRow
    roles: tuple[Officer, ...] = ()
    browser: SignedIn | None = None
    told: Told = field(default=Told(), repr=False)

    @property
    def id(self) -> str:
        """Our own id of this person."""
        return self.row.id

    @property
    def subject(self) -> str:
        """The issuer's name for this person: what roles and powers of attorney are given to."""
        return self.row.subject

    @property
    def full_name(self) -> str:
        """The name as Thais write it: นายสมชาย ใจดี."""
        return people.name_of(self.row)

    @property
    def csrf(self) -> str:
        """The hidden token of this browser's forms; "" for a bearer token."""
        return self.browser.csrf if self.browser else ""

    @property
    def acting_for(self) -> str:
        """The company this browser speaks for, or "" for oneself."""
        return self.browser.acting_for if self.browser else ""

    def seats(self, *kinds: str) -> tuple[Officer, ...]:
        """The roles of these kinds that this person holds today."""
        return tuple(role for role in self.roles if role.role in kinds)

    @property
    def desks(self) -> tuple[Officer, ...]:
        """The seats from which applications are decided."""
        return self.seats(*OFFICERS)

    def sees(self, agency: str, office: str) -> bool:
        """Whether an officer's seat (or an auditor's) covers this agency and office."""
        return any(covers(seat, agency, office) for seat in self.seats(*OFFICERS, *WATCHERS))


def covers(seat: Officer, agency: str, office: str) -> bool:
    """An empty agency or office of a seat stands for every one."""
    return seat.agency in ("", agency) and seat.office in ("", office)


def cookie_name(public_url: str) -> str:
    """`__Host-` binds the cookie to this host under https; http exists in the local profile only."""
    return "__Host-session" if public_url.startswith("https://") else "session"


# --- being recognised ---


class Remembered:
    """Tokens seen in the last minute, by digest, so that not every call writes the person's row again."""

    def __init__(self) -> None:
        self._rows: OrderedDict[bytes, tuple[PersonRow, datetime]] = OrderedDict()

    def find(self, token: str, at: datetime) -> PersonRow | None:
        """The row of a token that was good less than a minute ago."""
        row, until = self._rows.get(_digest(token), (None, at))
        return row if until > at else None

    def keep(self, token: str, row: PersonRow, at: datetime) -> None:
        """Remember a token that is good now."""
        self._rows[_digest(token)] = (row, at + REMEMBERED_FOR)
        if len(self._rows) > MOST_REMEMBERED:
            self._rows.popitem(last=False)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def anyone(request: Request) -> Person | None:
    """Who it is, if it is somebody. Raises NotSignedIn for a bad token, TokenMissing for a forged form."""
    if not hasattr(request.state, "person"):
        request.state.person = await _recognise(request)
    return cast("Person | None", request.state.person)


async def _recognise(request: Request) -> Person | None:
    at = tools.now()
    if csrf.has_bearer(request.headers):
        return await _by_token(request, request.headers["authorization"][len("bearer ") :].strip(), at)
    key = request.cookies.get(cookie_name(tools.settings(request).public_url))
    return await _by_cookie(request, key, at) if key else None


async def _by_token(request: Request, token: str, at: datetime) -> Person:
    remembered = cast(Remembered, request.app.state.remembered)
    row = remembered.find(token, at)
    if row is None:
        who = await cast(Issuer, request.app.state.issuer).who(token)
        async with tools.database(request).transaction() as session:
            row = await people.keep_person(session, tools.personal_keys(request), claims(who), at)
        remembered.keep(token, row, at)
    return Person(row, await _roles(request, row, at))


async def _by_cookie(request: Request, key: str, at: datetime) -> Person | None:
    async with tools.database(request).reading() as session:
        browser = await people.signed_in(session, key, at)
    if browser is None:
        return None
    told = browser.heard(tools.personal_keys(request))
    person = Person(browser.person, await _roles(request, browser.person, at), browser, told)
    if at - browser.seen_at > (IDLE_OFFICER if person.roles else IDLE_APPLICANT):
        return None
    await csrf.check_token(request, browser.csrf)
    if at - browser.seen_at > people.SEEN_EVERY:
        async with tools.database(request).transaction() as session:
            await people.seen(session, key, at)
    return person


async def _roles(request: Request, row: PersonRow, at: datetime) -> tuple[Officer, ...]:
    async with tools.database(request).reading() as session:
        return await people.roles(session, row.subject, at.astimezone(BANGKOK).date())


def claims(who: Identity) -> Claims:
    """What the records keep of a sign-in."""
    return Claims(
        issuer=who.issuer,
        subject=who.subject,
        personal_number=who.pid,
        given_name=who.given_name,
        family_name=who.family_name,
        title=who.title,
        email=who.email,
        assurance=who.assurance,
    )


def told(who: Identity) -> Told:
    """What the session keeps of a sign-in beside it."""
    return Told(phone=who.phone, address=who.address)


# --- the guards: one of them stands at every route ---

Guard = Callable[..., Coroutine[Any, Any, Any]]


async def public() -> None:
    """Everybody may enter; nobody is asked who they are."""


async def applicant(who: Annotated[Person | None, Depends(anyone)]) -> Person:
    """Somebody signed in, for himself or for a company. Raises NotSignedIn."""
    if who is None:
        raise not_signed_in()
    return who


async def officer(who: Annotated[Person, Depends(applicant)]) -> Person:
    """An officer, inspector or supervisor of some agency, today. Raises NotSignedIn, NotYourRole."""
    return _with_role(who, OFFICERS, "เจ้าหน้าที่", "officers")


async def cashier(who: Annotated[Person, Depends(applicant)]) -> Person:
    """Who may agree that money is given back: an operator, or a supervisor. Raises NotSignedIn, NotYourRole."""
    return _with_role(who, (*OPERATORS, SUPERVISOR), "ผู้ดูแลระบบหรือผู้บังคับบัญชา", "operators and supervisors")


async def operator(who: Annotated[Person, Depends(applicant)]) -> Person:
    """An operator of the system. Raises NotSignedIn, NotYourRole."""
    return _with_role(who, OPERATORS, "ผู้ดูแลระบบ", "operators")


async def auditor(who: Annotated[Person, Depends(applicant)]) -> Person:
    """An auditor: sees everything, changes nothing. Raises NotSignedIn, NotYourRole."""
    return _with_role(who, WATCHERS, "ผู้ตรวจสอบ", "auditors")


def _with_role(who: Person, kinds: Collection[str], th: str, en: str) -> Person:
    if not who.seats(*kinds):
        raise NotYourRole(f"ส่วนนี้สำหรับ{th}เท่านั้น", f"this is for {en} only")
    return who


async def the_bank() -> None:
    """The bank, in its own format; nobody is recognised, and nothing is believed before our own inquiry."""


async def watchers(request: Request, who: Annotated[Person | None, Depends(anyone)]) -> None:
    """Whoever reads our figures: a collector on our own network, or an operator. Raises NotYourRole."""
    if not _on_our_network(request) and not (who and who.seats(*OPERATORS)):
        raise NotYourRole("ส่วนนี้สำหรับผู้ดูแลระบบเท่านั้น", "this is for operators only")


def _on_our_network(request: Request) -> bool:
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_private
    except ValueError:
        return False  # no address (a socket of a test, a name): not known to be ours


GUARDS: tuple[Guard, ...] = (public, anyone, applicant, officer, cashier, operator, auditor, the_bank, watchers)

Anyone = Annotated[Person | None, Depends(anyone)]
Applicant = Annotated[Person, Depends(applicant)]
AnOfficer = Annotated[Person, Depends(officer)]
ACashier = Annotated[Person, Depends(cashier)]
AnOperator = Annotated[Person, Depends(operator)]
AnAuditor = Annotated[Person, Depends(auditor)]
Public = Depends(public)
