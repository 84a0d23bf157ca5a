"""Erasing what a person told us about one application: what stands in the records of it, and the key of its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences.erasure import Standing
from records import applications, history, history_keys
from records.rows import changed, table_of, write_once
from records.tables import Application, Attachment, Case, Draft, Erasure, Holding, Notice, Opinion, Paper, Refund, Task

APPLICATIONS, ATTACHMENTS, DRAFTS = table_of(Application), table_of(Attachment), table_of(Draft)
TASKS, NOTICES, PAPERS, REFUNDS = table_of(Task), table_of(Notice), table_of(Paper), table_of(Refund)
CASES, HOLDINGS = table_of(Case), table_of(Holding)
ERASURES, OPINIONS = table_of(Erasure), table_of(Opinion)


@dataclass(frozen=True)
class Leavings:
    """What lies outside the records: objects to let go of, and sealed documents that stay until their lock ends."""

    objects: tuple[str, ...]
    locked: int


async def standing(session: AsyncSession, number: str) -> Standing:
    """Where it stands, as the law asks. Raises UnknownApplication."""
    kept = await applications.get(session, number)
    held = (await session.execute(_one(HOLDINGS, licence_number=kept.licence_number))).mappings().first()
    money = select(REFUNDS.c.id).where(REFUNDS.c.application == number, REFUNDS.c.status != "paid")
    about = CASES.c.about == number
    if kept.status == "issued" and kept.licence_number:
        about = about | (CASES.c.licence_number == kept.licence_number)
    cases = select(CASES.c.number).where(about, CASES.c.ended_at.is_(None))
    granted = held if kept.status == "issued" else None
    return Standing(
        status=kept.status,
        ended_on=kept.ended_at.date() if kept.ended_at else None,
        in_force=bool(granted and granted["status"] in ("in-force", "suspended")),
        in_force_until=granted["valid_until"] if granted else None,
        refund_open=(await session.execute(money.limit(1))).first() is not None,
        case_open=(await session.execute(cases.limit(1))).first() is not None,
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
    brought = await session.execute(select(ATTACHMENTS.c.key).where(ATTACHMENTS.c.application == number))
    papers = (await session.execute(select(PAPERS).where(PAPERS.c.application == number))).mappings().all()
    drawn = [row["drawn_key"] for row in papers if row["drawn_key"]]
    return Leavings((*brought.scalars(), *drawn), sum(bool(row["sealed_key"]) for row in papers))


async def erase(session: AsyncSession, number: str, agreed_by: str, at: datetime) -> None:
    """All of it in one transaction; done again, it changes nothing. The row, its dates and its end stay."""
    kept = await applications.get(session, number)
    natural = {"holder_name": ""} if kept.holder_kind == "natural" else {}
    blank = {"answers": {}, "attachments": {}, "email": "", **natural}
    await session.execute(update(APPLICATIONS).where(APPLICATIONS.c.number == number).values(blank))
    words = {"reason": "", "conditions": [], "items": [], "report": {}, "why_late": ""}
    await session.execute(update(TASKS).where(TASKS.c.application == number).values(words))
    await session.execute(update(NOTICES).where(NOTICES.c.application == number).values(to="", said={}))
    await session.execute(update(OPINIONS).where(OPINIONS.c.application == number).values(comment=""))
    await session.execute(delete(ATTACHMENTS).where(ATTACHMENTS.c.application == number))
    await session.execute(delete(DRAFTS).where(*_drafts_of(kept)))
    await history_keys.destroy(session, number, at)
    done = {"agreed_by": agreed_by, "done_at": at}
    mine = (ERASURES.c.application == number, ERASURES.c.done_at.is_(None))
    if changed(await session.execute(update(ERASURES).where(*mine).values(done))):
        await history.record(session, number, "erased", "application:erasure:done", agreed_by, at, {})


def _drafts_of(kept: Application) -> tuple[Any, ...]:
    """Answers on their way to a journey that is over: the person's drafts of the same, saved before it ended."""
    same = {"person": kept.applicant, "licence": kept.licence, "operation": kept.operation, "version": kept.version}
    return (*(DRAFTS.c[name] == value for name, value in same.items()), DRAFTS.c.saved_at <= kept.ended_at)
