"""What other offices told us, and the calls that asked: snapshots of companies, and how each is bound by signatures.

Every call is written down with who asked, why and the answer's digest (Digital Government Act s.15).
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records.rows import new_id, table_of, values_of, write_once
from records.tables import ExchangeCall, SigningRuleRow, Snapshot

CALLS, SNAPSHOTS, RULES = table_of(ExchangeCall), table_of(Snapshot), table_of(SigningRuleRow)


# --- calls ---


async def log_call(
    session: AsyncSession,
    *,
    office: str,
    service: str,
    subject_id: str,
    asked_by: str,
    purpose: str,
    at: datetime,
    outcome: str,
    digest: str = "",
    application: str = "",
    key: str = "",
) -> None:
    """Write down one call. `outcome` is answered, not-found, down or refused; the same `key` again changes nothing."""
    call = ExchangeCall(
        id=key or new_id("call"),
        office=office,
        service=service,
        subject_id=subject_id,
        asked_by=asked_by,
        purpose=purpose,
        application=application,
        asked_at=at,
        outcome=outcome,
        digest=digest,
    )
    await write_once(session, call)


async def calls_for(session: AsyncSession, application: str) -> tuple[ExchangeCall, ...]:
    """Every call that an application made necessary, in order."""
    rows = await session.execute(
        select(CALLS).where(CALLS.c.application == application).order_by(CALLS.c.asked_at, CALLS.c.id)
    )
    return tuple(ExchangeCall(**row) for row in rows.mappings())


# --- snapshots ---


async def keep_snapshot(
    session: AsyncSession,
    juristic_id: str,
    facts: Mapping[str, Any] | None,
    *,
    service: str,
    digest: str,
    at: datetime,
    key: str = "",
) -> Snapshot:
    """Keep what the company register said (None: it knows no such company); the same `key` again gives the first."""
    snapshot = Snapshot(
        id=key or new_id("snap"),
        juristic_id=juristic_id,
        asked_at=at,
        service=service,
        digest=digest,
        facts=dict(facts) if facts is not None else None,
    )
    if await write_once(session, snapshot):
        return snapshot
    kept = await session.execute(select(SNAPSHOTS).where(SNAPSHOTS.c.id == snapshot.id))
    return Snapshot(**kept.mappings().one())


async def latest_snapshot(session: AsyncSession, juristic_id: str, since: datetime | None = None) -> Snapshot | None:
    """What the register said last, if it said anything (since that moment)."""
    which = [SNAPSHOTS.c.juristic_id == juristic_id]
    if since is not None:
        which.append(SNAPSHOTS.c.asked_at >= since)
    asked = select(SNAPSHOTS).where(*which).order_by(SNAPSHOTS.c.asked_at.desc(), SNAPSHOTS.c.id).limit(1)
    row = (await session.execute(asked)).mappings().first()
    return Snapshot(**row) if row else None


# --- how a company is bound ---


def text_digest(text: str) -> str:
    """What names one wording of a company's signing rule."""
    return hashlib.sha256(text.encode()).hexdigest()


async def signing_rule(session: AsyncSession, juristic_id: str, text: str) -> SigningRuleRow | None:
    """How this wording was read, proposed or confirmed (`confirmed_by`); None: nobody has read it."""
    same = (RULES.c.juristic_id == juristic_id, RULES.c.text_digest == text_digest(text))
    row = (await session.execute(select(RULES).where(*same))).mappings().first()
    return SigningRuleRow(**row) if row else None


async def propose_rule(session: AsyncSession, juristic_id: str, text: str, rule: Mapping[str, Any]) -> SigningRuleRow:
    """How we read the wording. A later proposal takes an earlier one's place, never a confirmed rule's."""
    row = SigningRuleRow(
        id=new_id("rule"), juristic_id=juristic_id, text_digest=text_digest(text), text=text, rule=dict(rule)
    )
    new = insert(RULES).values(values_of(row))
    kept = new.on_conflict_do_update(
        index_elements=["juristic_id", "text_digest"], set_={"rule": row.rule}, where=RULES.c.confirmed_by == ""
    ).returning(RULES)
    written = (await session.execute(kept)).mappings().first()
    if written:
        return SigningRuleRow(**written)
    confirmed = await signing_rule(session, juristic_id, text)
    assert confirmed is not None
    return confirmed


async def confirm_rule(
    session: AsyncSession, juristic_id: str, text: str, rule: Mapping[str, Any], officer: str, at: datetime
) -> SigningRuleRow:
    """An officer says how the wording is to be read. The first officer's word stays: use what this returns."""
    await propose_rule(session, juristic_id, text, rule)
    open_ = (RULES.c.juristic_id == juristic_id, RULES.c.text_digest == text_digest(text), RULES.c.confirmed_by == "")
    said = {"rule": dict(rule), "confirmed_by": officer, "confirmed_at": at}
    row = (await session.execute(update(RULES).where(*open_).values(said).returning(RULES))).mappings().first()
    confirmed = SigningRuleRow(**row) if row else await signing_rule(session, juristic_id, text)
    assert confirmed is not None
    return confirmed
