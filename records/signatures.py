"""Electronic signatures of people on applications (Electronic Transactions Act s.9)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.rows import new_id, table_of, write_once
from records.tables import Application, Signature

SIGNATURES = table_of(Signature)


async def sign_once(
    session: AsyncSession, application: Application, person: str, role: str, director: str, at: datetime
) -> Signature:
    """Somebody signs the answers as they now are; signing the same answers again gives the first signature.

    `director` is the name in the company register that this person was matched with, "" when he signs as no director.
    """
    signature = Signature(
        id=new_id("s"),
        application=application.number,
        person=person,
        role=role,
        director=director,
        answers_digest=application.answers_digest,
        signed_at=at,
    )
    if await write_once(session, signature):
        return signature
    same = (SIGNATURES.c.application == application.number, SIGNATURES.c.person == person)
    asked = select(SIGNATURES).where(*same, SIGNATURES.c.answers_digest == application.answers_digest)
    return Signature(**(await session.execute(asked)).mappings().one())


async def of(session: AsyncSession, application: str, answers_digest: str = "") -> tuple[Signature, ...]:
    """Who signed, in order; with a digest, only who signed those very answers."""
    which = [SIGNATURES.c.application == application]
    if answers_digest:
        which.append(SIGNATURES.c.answers_digest == answers_digest)
    rows = await session.execute(select(SIGNATURES).where(*which).order_by(SIGNATURES.c.signed_at, SIGNATURES.c.id))
    return tuple(Signature(**row) for row in rows.mappings())
