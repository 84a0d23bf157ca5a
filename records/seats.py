"""Who sits where: the officers of an office as people with an id, an address and a desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.rows import table_of
from records.tables import Officer, Person

OFFICERS, PEOPLE = table_of(Officer), table_of(Person)


@dataclass(frozen=True)
class Colleague:
    """Somebody with a seat there who has signed in before: only he can hold a task."""

    person: str
    name: str
    email: str
    role: str
    office: str


async def of_office(
    session: AsyncSession, agency: str, office: str, roles: Sequence[str], on: date
) -> tuple[Colleague, ...]:
    """Everybody with one of these roles at an office today, by name; "" = every office of the agency."""
    seat = [OFFICERS.c.agency == agency, OFFICERS.c.role.in_(roles), OFFICERS.c.since <= on]
    seat.append(or_(OFFICERS.c.until.is_(None), OFFICERS.c.until >= on))
    if office:
        seat.append(OFFICERS.c.office.in_(("", office)))
    shown = (PEOPLE.c.id, OFFICERS.c.name_th, PEOPLE.c.email, OFFICERS.c.role, OFFICERS.c.office)
    both = OFFICERS.join(PEOPLE, PEOPLE.c.subject == OFFICERS.c.subject)
    rows = await session.execute(
        select(*shown).select_from(both).where(*seat).order_by(OFFICERS.c.name_th, PEOPLE.c.id)
    )
    return tuple(Colleague(*row) for row in rows)
