"""Whether money is counted under load: ten thousand notifications in a burst, and the books beside a bare insert.

The burst goes through the real door, signed as the bank signs; each names a bill of ours that the bank's own books show
as paid. Then everything that was told is confirmed by inquiry and booked, and the day's proof is made: nothing is lost,
nothing is counted twice. Postings per second stand beside a bare INSERT of the same rows, in the same run, one
transaction each, alternately, so that what else the machine does falls on both.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import httpx
from sqlalchemy import insert

from activities import wanted
from activities.payments import Payments
from bench.measuring import Figure, median
from control.money import prove
from exchange import bank_signature, money
from exchange.bank import Bank, qr_text
from exchange.counterparts.running import Offices
from licences import ledger as book
from licences.calendar import BANGKOK
from local import System
from records import ledger
from records.database import Database
from records.ledger import POSTINGS
from records.rows import table_of, values_of
from records.tables import Application, Bill

BURST, AT_ONCE = 10_000, 32
TWICE = 10
"""Every so-many-th notification is told twice."""
ROUNDS, EACH = 7, 300
BAR = 0.5
FEE = 100_001
SPLIT = (("payable:agency:bma", 66_674), ("payable:treasury:bma", 33_327))


def main(system: System, burst: int = BURST, each: int = EACH) -> list[Figure]:
    """The figures of money on a running system."""
    return asyncio.run(_measure(system, burst, each))


async def _measure(system: System, burst: int, each: int) -> list[Figure]:
    database = Database(system.env["BIZ_DATABASE_URL"])
    try:
        return [*await _postings(database, each), *await _burst(system, database, burst)]
    finally:
        await database.close()


# --- the books beside a bare insert ---


async def _postings(database: Database, each: int) -> list[Figure]:
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(ROUNDS + 1):
        pair = await _linked(database, each), await _bare(database, each)
        if turn:  # the first fills caches
            ours.append(pair[0])
            bare.append(pair[1])
    ratio = median(one / other for one, other in zip(ours, bare, strict=True))
    return [
        Figure("money: postings per second, linked, two lines a payment", median(ours), "/s"),
        Figure("money: postings per second, bare insert of the same rows", median(bare), "/s"),
        Figure("money: linked beside bare", ratio, "×", BAR, at_least=True),
    ]


async def _linked(database: Database, each: int) -> float:
    moves = [book.Posting(debit=book.BANK, credit=to, satang=satang, memo="bench") for to, satang in SPLIT]
    began = time.perf_counter()
    for _ in range(each):
        name = uuid.uuid4().hex
        async with database.transaction() as session:
            await ledger.append(session, f"payment:{name}", moves, "", name, datetime.now(UTC))
    return each * len(moves) / (time.perf_counter() - began)


async def _bare(database: Database, each: int) -> float:
    """The same rows into a table of the same shape with the same indexes, and nothing else."""
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS bare_postings (LIKE postings INCLUDING ALL)")
    table = POSTINGS.to_metadata(type(POSTINGS.metadata)(), name="bare_postings")
    began = time.perf_counter()
    for _ in range(each):
        name, at, first = uuid.uuid4().hex, datetime.now(UTC), time.monotonic_ns()
        rows = [
            {
                "seq": first + n, "key": f"payment:{name}:{n}", "debit": book.BANK, "credit": to, "satang": satang,
                "bill": "", "transaction_id": name, "memo": "bench", "at": at, "previous_hash": "0" * 64,
                "hash": "0" * 64,
            }
            for n, (to, satang) in enumerate(SPLIT)
        ]  # fmt: skip
        async with database.transaction() as session:
            await session.execute(insert(table).values(rows))
    return each * len(SPLIT) / (time.perf_counter() - began)


# --- the burst ---


async def _burst(system: System, database: Database, burst: int) -> list[Figure]:
    offices = Offices({name: system.ports[name] for name in ("bank",)})
    bills = await _billed(database, system.env["BIZ_BILLER_ID"], burst)
    await asyncio.to_thread(_paid_at_the_bank, offices, bills)
    told, seconds = await _told(system, bills)
    heard = await _count(system, "SELECT count(*) FROM bank_notifications WHERE transaction_id LIKE 'BENCH%'")
    booked = await _confirmed(system, database, bills)
    bank = Bank(*(system.env[f"BIZ_{name}"] for name in ("BANK_URL", "BANK_KEY", "BANK_SECRET", "BILLER_ID")))
    proof = await prove(database, bank, _today())
    await bank.close()
    mine = [one for one in proof.differences if one.what.startswith("BENCH")]
    receipts = await _count(system, "SELECT count(*) FROM receipts r JOIN bills b USING (ref1) WHERE b.due = 'bench'")
    return [
        Figure("money: notifications acknowledged in the burst", told, ""),
        Figure("money: notifications per second at the door", told / seconds, "/s"),
        Figure("money: notifications lost", burst - heard, "", 0),
        Figure("money: payments confirmed and booked per second", burst / booked, "/s"),
        Figure("money: receipts missing or doubled", abs(burst - receipts), "", 0),
        Figure("money: differences in the day's proof", len(mine), "", 0),
    ]


def _today() -> date:
    return datetime.now(BANGKOK).date()


async def _billed(database: Database, biller_id: str, burst: int) -> list[Bill]:
    """So many open bills, each of an application that is over: no journey stands between us and the books."""
    now, run = datetime.now(UTC), uuid.uuid4().hex[:6].upper()
    cases = [_a_case(f"BENCH-{run}-{n}", now) for n in range(burst)]
    bills = [_a_bill(case.number, f"Z{run}{n:09d}", biller_id, now) for n, case in enumerate(cases)]
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # nobody need have filed them
        for rows in (cases, bills):
            values = [values_of(row) for row in rows]
            for start in range(0, burst, 1_000):
                await session.execute(insert(table_of(type(rows[0]))), values[start : start + 1_000])
    return bills


def _a_case(number: str, now: datetime) -> Application:
    return Application(
        number=number, licence="lao-food-sale-large", operation="new", version="v", agency="bma", office="bma",
        applicant="p", holder_kind="natural", holder_id="p", answers={}, attachments={}, answers_digest="",
        status="issued", entered_at=now, received_at=now, due_on=_today(), journey_started_at=now, ended_at=now,
        outcome="issued",
    )  # fmt: skip


def _a_bill(case: str, ref1: str, biller_id: str, now: datetime) -> Bill:
    return Bill(
        ref1=ref1, ref2="", application=case, due="bench", satang=FEE, lines=[_line()], provisional=False,
        qr=qr_text(biller_id, ref1, "", FEE), barcode="", raised_at=now, pay_by=_today(), status="open",
    )  # fmt: skip


def _line() -> dict[str, Any]:
    shares = [{"payee": "agency", "basis_points": 6_667}, {"payee": "treasury", "basis_points": 3_333}]
    return {
        "line": "licence", "title": {"th": "ค่าธรรมเนียม", "en": "Fee"}, "satang": FEE, "law": "Act, s. 1",
        "since": "2026-01-01", "payee": "treasury", "shares": shares, "provisional": False, "rate_day": "filing",
        "rate_change": "keep", "due": "before-issue", "refundable": False, "rule_version": "0" * 64,
    }  # fmt: skip


def _paid_at_the_bank(offices: Offices, bills: Sequence[Bill]) -> None:
    """Every bill is paid with a bank's app; the bank's own telling is held back, the burst is ours."""
    with httpx.Client(base_url=offices.url("bank"), timeout=60) as bank:
        for bill in bills:
            paid = {"qr": bill.qr, "transaction_id": f"BENCH{bill.ref1}", "notify": ""}
            bank.post("/pay", json=paid).raise_for_status()


async def _told(system: System, bills: Sequence[Bill]) -> tuple[int, float]:
    """The burst: so many at once, every tenth twice; how many were acknowledged, and in how many seconds."""
    queue = [bill for n, bill in enumerate(bills) for _ in range(2 if n % TWICE == 0 else 1)]
    acknowledged, began = 0, time.perf_counter()
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=system.addresses["web"], timeout=60, limits=limits) as door:

        async def teller(some: Sequence[Bill]) -> int:
            return sum([await _tell(door, system.env["BIZ_BANK_SECRET"], bill) for bill in some])

        counts = await asyncio.gather(*(teller(queue[n::AT_ONCE]) for n in range(AT_ONCE)))
        acknowledged = sum(counts)
    return acknowledged, time.perf_counter() - began


async def _tell(door: httpx.AsyncClient, secret: str, bill: Bill) -> bool:
    body = json.dumps(
        {
            "transactionId": f"BENCH{bill.ref1}",
            "amount": money.baht(bill.satang),
            "billPaymentRef1": bill.ref1,
            "billPaymentRef2": "",
            "transactionDateandTime": datetime.now(BANGKOK).isoformat(),
        }
    ).encode()
    headers = {bank_signature.HEADER: bank_signature.sign(body, secret), "content-type": "application/json"}
    answer = await door.post("/api/v1/bank/notifications", content=body, headers=headers)
    return bool(answer.json()["resCode"] == "00")


async def _confirmed(system: System, database: Database, bills: Sequence[Bill]) -> float:
    """Ask the bank about every bill that was told of, a few at a time, and book; the seconds that it took."""
    bank = Bank(*(system.env[f"BIZ_{name}"] for name in ("BANK_URL", "BANK_KEY", "BANK_SECRET", "BILLER_ID")))
    hands, began = Payments(database, bank), time.perf_counter()

    async def clerk(some: Sequence[Bill]) -> None:
        for bill in some:
            await hands.confirm(wanted.Payment(number=bill.application, at=datetime.now(UTC), ref1=bill.ref1))

    await asyncio.gather(*(clerk(bills[n::4]) for n in range(4)))
    await bank.close()
    return time.perf_counter() - began


async def _count(system: System, asked: str) -> int:
    connection = await asyncpg.connect(system.env["BIZ_DATABASE_URL"].replace("+asyncpg", ""))
    found: int = await connection.fetchval(asked)
    await connection.close()
    return found
