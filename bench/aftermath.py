"""After trouble: is everything there once? Numbers, seals, entries, postings, notices, money, register, histories.

Each look answers sentences of what is wrong; none, when all is well.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import minio
from sqlalchemy import text, update

from bench.matrix import Street
from commands.audit import audit
from control.money import prove
from exchange.bank import Bank
from licences.calendar import BANGKOK
from local import System
from records import history, ledger, register
from records.rows import table_of
from records.tables import Notice
from settings import Settings

NOTICES = table_of(Notice)
PATIENCE_S, PAUSE_S = 60.0, 0.3
UNSEALED = """
    SELECT p.id FROM papers p JOIN applications a ON a.number = p.application
    WHERE a.ended_at IS NOT NULL AND p.sealed_key = ''"""
NEXT_TRY_S = 310.0
"""How far off the next try of a step may be (`workflows.steps.PATIENT`), and a little more."""
TWICE = {
    "a licence number was given to two": """
        SELECT number FROM licence_numbers WHERE effect = 'issue' GROUP BY number HAVING count(*) > 1""",
    "an application entered the register twice": """
        SELECT application FROM entries GROUP BY application HAVING count(*) > 1""",
    "an application has two bills for one due": """
        SELECT application FROM bills WHERE status <> 'replaced' GROUP BY application, due HAVING count(*) > 1""",
    "a bill was paid otherwise than once and in full": """
        SELECT ref1 FROM payments GROUP BY ref1 HAVING count(*) > 1 OR max(kind) <> 'full'""",
    "a bill has two receipts": "SELECT ref1 FROM receipts GROUP BY ref1 HAVING count(*) > 1",
    "a posting stands twice": """
        SELECT key FROM postings GROUP BY debit, credit, bill, transaction_id, memo, key HAVING count(*) > 1""",
    "a notice was written twice": """
        SELECT application FROM notices GROUP BY application, what, said HAVING count(*) > 1""",
    "a task was decided twice": """
        SELECT subject FROM actions WHERE tag LIKE 'task:decision:%'
        GROUP BY subject, said->>'task' HAVING count(*) > 1 AND max(said->>'task') IS NOT NULL""",
    "an application ended twice": """
        SELECT subject FROM actions WHERE tag LIKE 'application:end:%' GROUP BY subject HAVING count(*) > 1""",
    "an issued application is not in the register": """
        SELECT number FROM applications a JOIN definitions d USING (version)
        WHERE a.status = 'issued' AND d.procedure->>'effect' <> 'none'
        AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.application = a.number)""",
    "a paper was drawn and not sealed": UNSEALED,
    "a task is open though all is over": """
        SELECT t.id FROM tasks t JOIN applications a ON a.number = t.application
        WHERE a.ended_at IS NOT NULL AND t.closed_at IS NULL""",
    "money is owed back to a payer": "SELECT id FROM refunds",
}
"""What must never be, and the question that finds it: each row is one."""
COUNTED = {
    "applications": "SELECT count(*) FROM applications",
    "issued": "SELECT count(*) FROM applications WHERE status = 'issued'",
    "entries": "SELECT count(*) FROM entries",
    "seals": "SELECT count(*) FROM papers WHERE sealed_key <> ''",
    "bills": "SELECT count(*) FROM bills",
    "payments": "SELECT count(*) FROM payments",
    "postings": "SELECT count(*) FROM postings",
    "notices": "SELECT count(*) FROM notices",
    "steps in the histories": "SELECT count(*) FROM actions",
}


@dataclass
class Found:
    """What was counted, what is worth knowing, and what is wrong."""

    counted: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


async def look(system: System, street: Street) -> Found:
    """Everything, on a system that is whole again."""
    found = Found()
    await street.database.close()  # every old connection may have been cut: new ones are made
    await _until_sealed(street)
    await _records(street, found)
    await _letters(street, found)
    await _seals(system, street, found)
    await _money(system, street, found)
    await _register(street, found)
    return found


async def _until_sealed(street: Street) -> None:
    """An acknowledgement may be sealed after the licence was: until every paper is, or its next try is past."""
    end = time.monotonic() + NEXT_TRY_S
    while time.monotonic() < end:
        async with street.database.reading() as session:
            if not (await session.execute(text(UNSEALED))).first():
                return
        await asyncio.sleep(PAUSE_S)


async def _records(street: Street, found: Found) -> None:
    async with street.database.reading() as session:
        for says, question in TWICE.items():
            rows = (await session.execute(text(question))).scalars().all()
            found.wrong += [f"{says}: {row}" for row in rows]
        for name, question in COUNTED.items():
            found.counted[name] = (await session.execute(text(question))).scalar_one()
        for book, broken in (
            ("postings", await ledger.check_chain(session)),
            ("register", await register.check_chain(session)),
            ("histories", await history.check(session)),
        ):
            found.wrong += [f"the chain of the {book} is broken at {broken}"] if broken is not None else []


async def _letters(street: Street, found: Found) -> None:
    """Every notice has gone out, under one Message-ID; a postman that died may have carried one twice."""
    async with street.database.transaction() as session:
        # A postman who took letters and died has five minutes; they are over.
        waiting = NOTICES.c.sent_at.is_(None)
        await session.execute(update(NOTICES).where(waiting).values(next_try_at=datetime.now(BANGKOK)))
    unsent = await _until_none(street, "SELECT key FROM notices WHERE sent_at IS NULL")
    found.wrong += [f"a notice did not go out: {key}" for key in unsent]
    answer = await street.http.get(f"{street.system.addresses['mailbox']}/messages")
    carried = Counter(letter["message_id"] for letter in answer.json()["messages"])
    async with street.database.reading() as session:
        known = set((await session.execute(text("SELECT trim(both '<>' FROM message_id) FROM notices"))).scalars())
    found.wrong += [f"a letter that nobody wrote: {one}" for one in carried.keys() - known]
    found.wrong += [f"a letter was lost: {one}" for one in known - carried.keys()]
    if again := sum(times > 1 for times in carried.values()):
        found.notes.append(f"{again} letters were carried twice under one Message-ID, as SMTP allows")


async def _until_none(street: Street, question: str) -> list[str]:
    """What a question still answers when patience ends."""
    end = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        async with street.database.reading() as session:
            rows = list((await session.execute(text(question))).scalars())
        if not rows or asyncio.get_running_loop().time() > end:
            return rows
        await asyncio.sleep(PAUSE_S)


async def _seals(system: System, street: Street, found: Found) -> None:
    """In the store stands exactly what the records know, each document in one version, with its digest."""
    async with street.database.reading() as session:
        papers = "SELECT sealed_key, sealed_sha256 FROM papers WHERE sealed_key <> ''"
        rows = await session.execute(text(f"{papers} UNION ALL SELECT key, sha256 FROM renewed_seals"))
        known = {key.partition("/")[2]: digest for key, digest in rows}  # less its shelf: that is the bucket
    kept = Counter(await asyncio.to_thread(lambda: list(_sealed_keys(system))))
    found.wrong += [f"sealed {times} times: {key}" for key, times in kept.items() if times > 1]
    found.wrong += [f"a seal that no record knows: {key}" for key in kept.keys() - known.keys()]
    found.wrong += [f"a record without its document: {key}" for key in known.keys() - kept.keys()]


def _sealed_keys(system: System) -> Iterable[str]:
    env = system.env
    store = minio.Minio(
        env["BIZ_S3_ENDPOINT"], env["BIZ_S3_ACCESS_KEY"], env["BIZ_S3_SECRET_KEY"], secure=False, region="us-east-1"
    )
    listed = store.list_objects(bucket_name=env["BIZ_BUCKET_LICENCES"], recursive=True, include_version=True)
    return [str(one.object_name) for one in listed]


async def _money(system: System, street: Street, found: Found) -> None:
    """Bank = payments = postings = receipts, on each day that the run touched."""
    told = settings(system)
    bank = Bank(told.bank_url, told.bank_key, told.bank_secret, told.biller_id)
    try:
        for day in _days():
            proof = await prove(street.database, bank, day)
            found.wrong += [f"money of {day}: {one}" for one in proof.differences]
            if proof.bank_in:
                found.notes.append(f"money of {day}: {proof.bank_in} satang in every book")
    finally:
        await bank.close()


def _days() -> list[date]:
    now = datetime.now(BANGKOK)
    return sorted({(now - timedelta(hours=1)).date(), now.date()})


async def _register(street: Street, found: Found) -> None:
    """Wait for a signed head over the last entry, then audit as any stranger may."""
    head = "SELECT 1 WHERE (SELECT count(*) FROM entries) > (SELECT coalesce(max(size), 0) FROM tree_heads)"
    if await _until_none(street, head):
        found.wrong.append("no signed head of the register over its last entry")
    with httpx.Client(base_url=f"{street.system.addresses['web']}/api/v1/register/log", timeout=60) as http:
        newest, findings = await asyncio.to_thread(audit, http, street.trust, None, datetime.now(BANGKOK))
    found.wrong += [f"register: {one}" for one in findings.wrong]
    found.notes.append(f"register: {newest.size if newest else 0} entries under a signed head")


def settings(system: System) -> Settings:
    """What an operator of this system is given, and the general worker."""
    env: dict[str, Any] = {name.removeprefix("BIZ_").lower(): value for name, value in system.env.items()}
    return Settings(**env)
