"""Who people are, what they may do for whom, and the browsers they have signed in with.

A personal number is kept sealed (AES-256-GCM), found by a keyed digest, and shown masked.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from licences import thai
from records.rows import changed, new_id, table_of, write_once
from records.tables import Mandate, Officer, Person, Session

PEOPLE, OFFICERS = table_of(Person), table_of(Officer)
NAME = (PEOPLE.c.title, PEOPLE.c.given_name, PEOPLE.c.family_name)
SESSIONS, MANDATES = table_of(Session), table_of(Mandate)
CODE = "p-"
"""How the code of a person begins, which he reads out to whoever names him."""
KEY_ID_BYTES, NONCE_BYTES = 8, 12
SEEN_EVERY = timedelta(minutes=1)
"""How exactly we keep when a browser was last seen: not every page writes a row."""


class KeyRetired(Exception):
    """A personal number is sealed with a key that is no longer in the ring."""


class PersonalKeys:
    """The keys of personal numbers: the first seals, every one unseals; the last one, the oldest, finds.

    Each key is 32 random bytes; what seals and what finds are derived from it apart (HKDF, RFC 5869).
    """

    def __init__(self, *keys: bytes) -> None:
        self._ciphers = {hashlib.sha256(key).digest()[:KEY_ID_BYTES]: AESGCM(_derived(key, b"seal")) for key in keys}
        self._active = hashlib.sha256(keys[0]).digest()[:KEY_ID_BYTES]
        self._finding = _derived(keys[-1], b"find")

    @classmethod
    def parse(cls, text: str) -> "PersonalKeys":
        """From base64 keys with commas between, the active one first."""
        return cls(*(base64.b64decode(key, validate=True) for key in text.split(",")))

    def seal(self, number: str, bound_to: str) -> bytes:
        """Key id, nonce, sealed number. It opens only for the same `bound_to`."""
        nonce = os.urandom(NONCE_BYTES)
        return self._active + nonce + self._ciphers[self._active].encrypt(nonce, number.encode(), bound_to.encode())

    def unseal(self, sealed: bytes, bound_to: str) -> str:
        """The number again. Raises KeyRetired, or InvalidTag when it was altered or belongs to somebody else."""
        key_id, rest = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES:]
        if key_id not in self._ciphers:
            raise KeyRetired(key_id.hex())
        clear = self._ciphers[key_id].decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], bound_to.encode())
        return clear.decode()

    def digest(self, number: str) -> str:
        """What finds a number and does not tell it: HMAC-SHA-256, hex."""
        return hmac.new(self._finding, number.encode(), hashlib.sha256).hexdigest()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"bizportal personal numbers: " + purpose).derive(key)


# --- people ---


@dataclass(frozen=True)
class Claims:
    """What a sign-in says of somebody. `personal_number` is the thirteen digits, or a passport number."""

    issuer: str
    subject: str
    personal_number: str
    given_name: str
    family_name: str
    title: str = ""
    email: str = ""
    assurance: str = ""


async def keep_person(session: AsyncSession, keys: PersonalKeys, claims: Claims, at: datetime) -> Person:
    """Somebody signed in: the same issuer and subject are the same person, with today's name."""
    values = {
        "issuer": claims.issuer,
        "subject": claims.subject,
        "pid_digest": keys.digest(claims.personal_number),
        "pid_sealed": keys.seal(claims.personal_number, _bound_to(claims.issuer, claims.subject)),
        "pid_masked": thai.mask_id(claims.personal_number),
        "title": claims.title,
        "given_name": claims.given_name,
        "family_name": claims.family_name,
        "email": claims.email,
        "assurance": claims.assurance,
        "seen_at": at,
    }
    new = insert(PEOPLE).values(id=new_id(CODE[:-1]), **values)
    kept = new.on_conflict_do_update(index_elements=["issuer", "subject"], set_=values).returning(PEOPLE)
    return Person(**(await session.execute(kept)).mappings().one())


def _bound_to(issuer: str, subject: str) -> str:
    return f"{issuer}\n{subject}"


async def person(session: AsyncSession, person_id: str) -> Person | None:
    """Somebody, by our own id."""
    row = (await session.execute(select(PEOPLE).where(PEOPLE.c.id == person_id))).mappings().first()
    return Person(**row) if row else None


async def with_number(session: AsyncSession, keys: PersonalKeys, number: str) -> tuple[Person, ...]:
    """Everybody who signed in with this personal number (one for each issuer)."""
    rows = await session.execute(select(PEOPLE).where(PEOPLE.c.pid_digest == keys.digest(number)))
    return tuple(Person(**row) for row in rows.mappings())


def personal_number(keys: PersonalKeys, person: Person) -> str:
    """The personal number itself. Whoever asks writes into the access log why."""
    return keys.unseal(person.pid_sealed, _bound_to(person.issuer, person.subject))


def name_of(person: Person) -> str:
    """The name to show."""
    return thai.full_name(person.title, person.given_name, person.family_name)


async def names(session: AsyncSession, people: Iterable[str]) -> dict[str, str]:
    """Person or officer id → the name to show."""
    ids = sorted(set(people))
    both = select(PEOPLE.c.id, *NAME).where(PEOPLE.c.id.in_(ids))
    unknown = select(OFFICERS.c.id, literal(""), OFFICERS.c.name_th, literal("")).where(OFFICERS.c.id.in_(ids))
    rows = await session.execute(both.union_all(unknown))
    return {one: thai.full_name(*name) for one, *name in rows}


# --- officers ---


@dataclass(frozen=True)
class Appointment:
    """A role given to somebody, by the subject of his sign-in."""

    subject: str
    role: str
    name_th: str
    name_en: str
    since: date
    agency: str = ""
    office: str = ""
    until: date | None = None

    @property
    def officer_id(self) -> str:
        """The same seat for the same subject is the same officer."""
        seat = "\n".join((self.subject, self.agency, self.office, self.role))
        return "o-" + hashlib.sha256(seat.encode()).hexdigest()[:20]


async def appoint(session: AsyncSession, *appointments: Appointment) -> None:
    """Write down roles; the same seat again takes the new name and dates."""
    if not appointments:
        return
    new = insert(OFFICERS)
    later = {name: new.excluded[name] for name in ("name_th", "name_en", "since", "until")}
    rows = [{"id": a.officer_id} | vars(a) for a in appointments]
    await session.execute(new.on_conflict_do_update(index_elements=["id"], set_=later), rows)


async def roles(session: AsyncSession, subject: str, on: date) -> tuple[Officer, ...]:
    """The roles somebody holds on that day."""
    holds = (OFFICERS.c.since <= on, or_(OFFICERS.c.until.is_(None), OFFICERS.c.until >= on))
    rows = await session.execute(select(OFFICERS).where(OFFICERS.c.subject == subject, *holds).order_by(OFFICERS.c.id))
    return tuple(Officer(**row) for row in rows.mappings())


async def officers(session: AsyncSession, agency: str, on: date) -> tuple[Officer, ...]:
    """Everybody who holds a role in an agency on that day."""
    holds = (OFFICERS.c.since <= on, or_(OFFICERS.c.until.is_(None), OFFICERS.c.until >= on))
    rows = await session.execute(select(OFFICERS).where(OFFICERS.c.agency == agency, *holds).order_by(OFFICERS.c.id))
    return tuple(Officer(**row) for row in rows.mappings())


@dataclass(frozen=True)
class Seat:
    """A role in an agency, without a name."""

    role: str
    agency: str


async def seats_of(session: AsyncSession, people: Iterable[str], on: date) -> dict[str, list[Seat]]:
    """Person id → the roles that person holds on that day, those of an agency first."""
    holds = (OFFICERS.c.since <= on, or_(OFFICERS.c.until.is_(None), OFFICERS.c.until >= on))
    joined = select(PEOPLE.c.id, OFFICERS.c.role, OFFICERS.c.agency).join(
        OFFICERS, OFFICERS.c.subject == PEOPLE.c.subject
    )
    rows = await session.execute(joined.where(PEOPLE.c.id.in_(sorted(set(people))), *holds).order_by(OFFICERS.c.id))
    found: dict[str, list[Seat]] = {}
    for person_id, role, agency in rows:
        found.setdefault(person_id, []).append(Seat(role, agency))
    return {one: sorted(seats, key=lambda seat: not seat.agency) for one, seats in found.items()}


# --- browsers ---


@dataclass(frozen=True)
class Told:
    """What a sign-in says beside who somebody is. It lives with the session, sealed, and goes with it."""

    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)  # as registered, in one line

    def sealed(self, keys: PersonalKeys, key: str) -> bytes | None:
        """For the session of this cookie's key; None: nothing was said."""
        return keys.seal(json.dumps(asdict(self)), session_digest(key)) if self != Told() else None


@dataclass(frozen=True)
class SignedIn:
    """A browser, and who signed in with it."""

    digest: str
    person: Person
    csrf: str
    acting_for: str
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime
    told: bytes | None = field(default=None, repr=False)

    def heard(self, keys: PersonalKeys) -> Told:
        """What its sign-in said; nothing more once the key that sealed it is gone."""
        try:
            return Told(**json.loads(keys.unseal(self.told, self.digest))) if self.told else Told()
        except (KeyRetired, InvalidTag):
            return Told()


def session_digest(key: str) -> str:
    """What we keep of a cookie's key. The key has 256 random bits, so a plain SHA-256 does not tell it."""
    return hashlib.sha256(key.encode()).hexdigest()


async def open_session(
    session: AsyncSession, key: str, person: str, csrf: str, at: datetime, ends_at: datetime, acting_for: str = "",
    told: bytes | None = None,
) -> None:  # fmt: skip
    """A browser signed in; whatever sessions are over by now go, with what their sign-ins said."""
    await session.execute(delete(SESSIONS).where(SESSIONS.c.ends_at <= at))
    row = Session(
        digest=session_digest(key),
        person=person,
        csrf=csrf,
        acting_for=acting_for,
        opened_at=at,
        seen_at=at,
        ends_at=ends_at,
        told=told,
    )
    await write_once(session, row)


async def signed_in(session: AsyncSession, key: str, at: datetime) -> SignedIn | None:
    """Who a cookie's key stands for at that moment; None: nobody, or no longer."""
    joined = select(SESSIONS, PEOPLE).join(PEOPLE, PEOPLE.c.id == SESSIONS.c.person)
    found = await session.execute(joined.where(SESSIONS.c.digest == session_digest(key), SESSIONS.c.ends_at > at))
    row = found.first()
    return None if row is None else _signed_in(row)


def _signed_in(row: Any) -> SignedIn:
    browser = {column.key: row._mapping[column] for column in SESSIONS.columns}
    who = Person(**{column.key: row._mapping[column] for column in PEOPLE.columns})
    return SignedIn(**browser | {"person": who})


async def seen(session: AsyncSession, key: str, at: datetime) -> None:
    """The browser asked for a page; written at most once a minute."""
    lately = (SESSIONS.c.digest == session_digest(key), SESSIONS.c.seen_at < at - SEEN_EVERY)
    await session.execute(update(SESSIONS).where(*lately).values(seen_at=at))


async def act_for(session: AsyncSession, key: str, juristic_id: str) -> None:
    """From now on this browser speaks for a company, or ("") for the person himself."""
    await session.execute(
        update(SESSIONS).where(SESSIONS.c.digest == session_digest(key)).values(acting_for=juristic_id)
    )


async def close_session(session: AsyncSession, digest: str) -> bool:
    """Sign a browser out, by its digest (`session_digest` of its key, or one out of `sessions_of`)."""
    return changed(await session.execute(delete(SESSIONS).where(SESSIONS.c.digest == digest))) == 1


async def close_sessions(session: AsyncSession, person: str) -> int:
    """Sign somebody out everywhere; how many browsers that were."""
    return changed(await session.execute(delete(SESSIONS).where(SESSIONS.c.person == person)))


async def sessions_of(session: AsyncSession, person: str, at: datetime) -> tuple[Session, ...]:
    """The browsers somebody is signed in with, the latest first."""
    his = (SESSIONS.c.person == person, SESSIONS.c.ends_at > at)
    rows = await session.execute(select(SESSIONS).where(*his).order_by(SESSIONS.c.seen_at.desc()))
    return tuple(Session(**row) for row in rows.mappings())


# --- powers of attorney ---


async def give_mandate(session: AsyncSession, mandate: Mandate) -> Mandate:
    """Write down a power of attorney; the same id again gives the first."""
    if await write_once(session, mandate):
        return mandate
    row = (await session.execute(select(MANDATES).where(MANDATES.c.id == mandate.id))).mappings().one()
    return Mandate(**row)


async def mandate_for(session: AsyncSession, juristic_id: str, subject: str, licence: str, on: date) -> Mandate | None:
    """The power by which somebody may act for a company on that day, for that licence; None: there is none."""
    given = (
        MANDATES.c.juristic_id == juristic_id,
        MANDATES.c.agent_subject == subject,
        MANDATES.c.revoked_at.is_(None),
        MANDATES.c.given_on <= on,
        or_(MANDATES.c.until.is_(None), MANDATES.c.until >= on),
        or_(func.jsonb_array_length(MANDATES.c.licences) == 0, MANDATES.c.licences.contains([licence])),
    )
    ordered = select(MANDATES).where(*given).order_by(MANDATES.c.given_on.desc(), MANDATES.c.id).limit(1)
    row = (await session.execute(ordered)).mappings().first()
    return Mandate(**row) if row else None


async def mandates_of(session: AsyncSession, subject: str, on: date) -> tuple[Mandate, ...]:
    """Every company somebody may act for on that day."""
    given = (
        MANDATES.c.agent_subject == subject,
        MANDATES.c.revoked_at.is_(None),
        MANDATES.c.given_on <= on,
        or_(MANDATES.c.until.is_(None), MANDATES.c.until >= on),
    )
    rows = await session.execute(select(MANDATES).where(*given).order_by(MANDATES.c.juristic_id, MANDATES.c.id))
    return tuple(Mandate(**row) for row in rows.mappings())


async def revoke_mandate(session: AsyncSession, mandate_id: str, at: datetime) -> None:
    """From now on it gives no power; the first moment stays (Civil and Commercial Code s.826)."""
    live = (MANDATES.c.id == mandate_id, MANDATES.c.revoked_at.is_(None))
    await session.execute(update(MANDATES).where(*live).values(revoked_at=at))


async def mandate(session: AsyncSession, mandate_id: str) -> Mandate | None:
    """One power of attorney, in force or not."""
    row = (await session.execute(select(MANDATES).where(MANDATES.c.id == mandate_id))).mappings().first()
    return Mandate(**row) if row else None


async def mandates_for(session: AsyncSession, juristic_id: str) -> tuple[Mandate, ...]:
    """Every power that a company has given, the latest first, those that are over too."""
    asked = select(MANDATES).where(MANDATES.c.juristic_id == juristic_id)
    rows = await session.execute(asked.order_by(MANDATES.c.given_on.desc(), MANDATES.c.id))
    return tuple(Mandate(**row) for row in rows.mappings())


async def named(session: AsyncSession, issuer: str, subjects: Iterable[str]) -> dict[str, str]:
    """Subject of a sign-in → the name to show, of those who ever signed in."""
    known = (PEOPLE.c.issuer == issuer, PEOPLE.c.subject.in_(sorted(set(subjects))))
    rows = await session.execute(select(PEOPLE.c.subject, *NAME).where(*known))
    return {subject: thai.full_name(*name) for subject, *name in rows}
