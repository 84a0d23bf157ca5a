"""Erasing what a person told us about one application: what stands in the records of it and of the acts after its
grant, and the keys of their histories. A case may be erased alone, where the grant was on paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences.calendar import BANGKOK
from licences.erasure import Standing
from licences.register import is_case
from records import applications, cases, history, history_keys
from records.rows import changed, table_of, write_once
from records.tables import (
    Application,
    Appointment,
    Attachment,
    Case,
    Draft,
    Entry,
    Erasure,
    FurtherRequest,
    Holding,
    LicenceNumber,
    Notice,
    Opinion,
    Paper,
    Refund,
    Signature,
    Task,
    Trouble,
)

APPLICATIONS, ATTACHMENTS, DRAFTS = table_of(Application), table_of(Attachment), table_of(Draft)
TASKS, NOTICES, PAPERS, REFUNDS = table_of(Task), table_of(Notice), table_of(Paper), table_of(Refund)
CASES, HOLDINGS = table_of(Case), table_of(Holding)
APPOINTMENTS, FURTHER = table_of(Appointment), table_of(FurtherRequest)
ERASURES, OPINIONS = table_of(Erasure), table_of(Opinion)
ENTRIES, NUMBERS = table_of(Entry), table_of(LicenceNumber)
SIGNATURES, TROUBLES = table_of(Signature), table_of(Trouble)
NO_WORDS = ("base", "reopened", "finding", "since", "until", "varied", cases.ALLOWED_BY)
"""What was found in a case and says nothing of a person."""


@dataclass(frozen=True)
class Leavings:
    """What lies outside the records: objects to let go of, and sealed documents that stay until their lock ends."""

    objects: tuple[str, ...]
    locked: int


async def subjects(session: AsyncSession, number: str) -> tuple[str, ...]:
    """What is erased together: it, the cases about it or about what it granted, and the appeals against those."""
    found, left = [number], [number]
    if not is_case(number):
        kept = await applications.get(session, number)
        left += [kept.licence_number] if kept.status == "issued" and kept.licence_number else []
    while left:
        about = [one.number for one in await cases.about(session, left.pop()) if one.number not in found]
        found, left = [*found, *about], [*left, *about]
    return tuple(found)


async def standing(session: AsyncSession, number: str) -> Standing:
    """Where it stands, as the law asks. Raises UnknownApplication, UnknownCase."""
    kept: Any = await (cases.get if is_case(number) else applications.get)(session, number)
    every = await subjects(session, number)
    held = (await session.execute(_one(HOLDINGS, licence_number=kept.licence_number))).mappings().first()
    money = select(REFUNDS.c.id).where(REFUNDS.c.application.in_(every), REFUNDS.c.status != "paid")
    about = (await session.execute(select(CASES.c.ended_at).where(CASES.c.number.in_(every)))).scalars().all()
    granted = held if is_case(number) or kept.status == "issued" else None
    return Standing(
        status=kept.status,
        ended_on=kept.ended_at.date() if kept.ended_at else None,
        in_force=bool(granted and granted["status"] in ("in-force", "suspended")),
        in_force_until=granted["valid_until"] if granted else None,
        refund_open=(await session.execute(money.limit(1))).first() is not None,
        case_open=None in about,
        case_ended_on=max((at.astimezone(BANGKOK).date() for at in about if at), default=None),
    )


def _one(table: Any, **which: str) -> Any:
    return select(table).filter_by(**which).limit(1)


async def ask_once(session: AsyncSession, number: str, reason: str, by: str, at: datetime) -> Erasure:
    """Keep that somebody asks for it; asked twice, the first stays."""
    row = Erasure(application=number, reason=reason, asked_by=by, asked_at=at)
    await write_once(session, row)
    return Erasure(**(await session.execute(_one(ERASURES, application=number))).mappings().one())


async def asked(session: AsyncSession, number: str) -> Erasure | None:
    """What was asked for, if anybody did."""
    row = (await session.execute(_one(ERASURES, application=number))).mappings().first()
    return Erasure(**row) if row else None


async def leavings(session: AsyncSession, number: str) -> Leavings:
    """The objects of it in the store, before the records forget where they lie."""
    every = await subjects(session, number)
    brought = await session.execute(select(ATTACHMENTS.c.key).where(ATTACHMENTS.c.application.in_(every)))
    papers = (await session.execute(select(PAPERS).where(PAPERS.c.application.in_(every)))).mappings().all()
    drawn = [row["drawn_key"] for row in papers if row["drawn_key"]]
    return Leavings((*brought.scalars(), *drawn), sum(bool(row["sealed_key"]) for row in papers))


async def erase(session: AsyncSession, number: str, agreed_by: str, at: datetime) -> None:
    """All of it in one transaction; done again, it changes nothing. The rows, their dates and their ends stay, and so
    do the register and the books of money."""
    every = await subjects(session, number)
    for one in every:
        await (_erase_case if is_case(one) else _erase_application)(session, one)
        await _erase_words(session, one)
        await history_keys.destroy(session, one, at)
    for refund in await _refunds_of(session, every):
        await history_keys.destroy(session, refund, at)
    done = {"agreed_by": agreed_by, "done_at": at}
    mine = (ERASURES.c.application == number, ERASURES.c.done_at.is_(None))
    if changed(await session.execute(update(ERASURES).where(*mine).values(done))):
        for one in every:
            await history.record(session, one, "erased", "application:erasure:done", agreed_by, at, {})


async def _erase_application(session: AsyncSession, number: str) -> None:
    kept = await applications.get(session, number)
    natural = {"holder_name": ""} if kept.holder_kind == "natural" else {}
    blank = {"answers": {}, "answers_before": {}, "attachments": {}, "email": "", **natural}
    await session.execute(update(APPLICATIONS).where(APPLICATIONS.c.number == number).values(blank))
    await session.execute(delete(DRAFTS).where(*_drafts_of(kept)))


async def _erase_case(session: AsyncSession, number: str) -> None:
    """What was asked for, objected and found; of what was found, what the story's steps go by stays."""
    kept = await cases.get(session, number)
    natural = {"holder_name": ""} if kept.holder_kind == "natural" else {}
    found = {name: value for name, value in kept.found.items() if name in NO_WORDS}
    blank = {"wanted": {}, "found": found, "email": "", **natural}
    await session.execute(update(CASES).where(CASES.c.number == number).values(blank))


async def _erase_words(session: AsyncSession, number: str) -> None:
    """What is kept alike of applications and of cases."""
    words = {"reason": "", "conditions": [], "items": [], "report": {}, "why_late": ""}
    await session.execute(update(TASKS).where(TASKS.c.application == number).values(words))
    await session.execute(update(NOTICES).where(NOTICES.c.application == number).values(to="", said={}, last_error=""))
    await session.execute(update(APPOINTMENTS).where(APPOINTMENTS.c.application == number).values(why="", said_why=""))
    await session.execute(update(FURTHER).where(FURTHER.c.application == number).values(reason=""))
    await session.execute(update(OPINIONS).where(OPINIONS.c.application == number).values(comment=""))
    await session.execute(delete(ATTACHMENTS).where(ATTACHMENTS.c.application == number))
    await session.execute(delete(TROUBLES).where(TROUBLES.c.application == number))
    await session.execute(update(SIGNATURES).where(SIGNATURES.c.application == number).values(director=""))
    never = (NUMBERS.c.application == number, ~exists().where(ENTRIES.c.application == number))
    await session.execute(update(NUMBERS).where(*never).values(facts={}))  # reserved, and never entered


async def _refunds_of(session: AsyncSession, numbers: Sequence[str]) -> Sequence[str]:
    """Each has a history of its own, under its own key; the row is the books' and stays."""
    asked = select(REFUNDS.c.id).where(REFUNDS.c.application.in_(numbers))
    return (await session.execute(asked)).scalars().all()


def _drafts_of(kept: Application) -> tuple[Any, ...]:
    """Answers on their way to a journey that is over: the person's drafts of the same, saved before it ended."""
    same = {"person": kept.applicant, "licence": kept.licence, "operation": kept.operation, "version": kept.version}
    return (*(DRAFTS.c[name] == value for name, value in same.items()), DRAFTS.c.saved_at <= kept.ended_at)
