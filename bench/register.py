"""Whether the register and a desk stay as quick when they are large: look-up and search with ten thousand licences and
with a million, an officer's inbox with a thousand open tasks and with a hundred thousand.

Rows are copied in, with names of their own; questions are those of the
doors (`records/register.py`, `records/tasks.py`). Small and large are asked in turn, so that what else the machine does
falls on both. CPU of the asking process and of PostgreSQL together.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from bench import lookup, sheets
from bench.measuring import Figure, median, own_cpu_ms, tree_cpu_ms
from local import System
from records import register, spelling, tasks
from records.database import Database, migrate_beside
from records.rows import values_of
from records.tables import Application, Task
from records.tasks import View

LOOK_UP_BAR, SEARCH_BAR, INBOX_BAR, HANDED_BAR, COUNTS_BAR = 1.2, 1.5, 1.5, 2, 3
ROUNDS = 7
A_BATCH = 50_000
ON, AT = date(2026, 11, 20), datetime(2026, 11, 20, 3, tzinfo=UTC)
PARTS_OF_NAMES = (
    "ครัว", "คุณยาย", "น้ำใส", "ทองคำ", "เจริญ", "รุ่งเรือง", "สยาม", "บูรพา", "พัฒนา", "การค้า", "อาหาร", "เภสัช", "คลินิก",
    "ยิ้ม", "สุขใจ", "เชียงใหม่", "อันดามัน", "ลานนา", "อีสาน", "ทะเล", "ภูผา", "ร่มไทร", "แก้ว", "มณี", "ศรีสุข", "วัฒนา",
    "มั่นคง", "รวมพล", "สหกล", "ก้าวหน้า", "ดีเลิศ", "อรุณ", "ตะวัน", "จันทร์", "ดารา", "เมฆา", "ฟ้าใส", "สายชล", "ธารา", "ไพร",
)  # fmt: skip
APPLICATIONS = """
INSERT INTO applications SELECT (jsonb_populate_record(NULL::applications, $1::jsonb || jsonb_build_object(
  'number', 'BP-' || n, 'key', 'key-' || n, 'holder_id', n::text,
  'status', CASE WHEN n % 20 = 0 THEN 'incomplete' ELSE 'in-review' END))).* FROM generate_series(1, $2::int) n
"""
TASKS = """
INSERT INTO tasks SELECT (jsonb_populate_record(NULL::tasks, $1::jsonb || jsonb_build_object(
  'id', 'BP-' || n || ':approval:1', 'application', 'BP-' || n, 'due_on', DATE '2026-11-20' + n % 60))).*
FROM generate_series(1, $2::int) n
"""
DECIDED = """
INSERT INTO tasks SELECT (jsonb_populate_record(NULL::tasks, to_jsonb(one) || jsonb_build_object(
  'id', application || ':check:1', 'step', 'check:1', 'stage', 'check', 'closed_at', opened_at,
  'verdict', CASE WHEN right(application, 1) = '0' THEN 'ask' ELSE 'approve' END))).* FROM tasks one
"""
Question = Callable[[AsyncSession, int], Awaitable[object]]


def main(system: System, small: int = 10_000, large: int = 1_000_000, few: int = 1_000, many: int = 100_000,
         times: int = 300) -> list[Figure]:  # fmt: skip
    """The figures of the register on a running database."""
    return asyncio.run(measure(system, (small, large), (few, many), times))


async def measure(system: System, books: tuple[int, int], desks: tuple[int, int], times: int) -> list[Figure]:
    """Fill two databases, and ask both."""
    pair = [await _filled(system, n, *sizes) for n, sizes in enumerate(zip(books, desks, strict=True))]
    asked: dict[str, tuple[Question, tuple[int, int], float | None]] = {
        "register: look-up by number": (_look_up, books, LOOK_UP_BAR),
        "register: search by a name": (_search, books, SEARCH_BAR),
        "register: search by a word that many have": (_common, books, None),
        "desk: a page of the inbox": (_inbox, desks, INBOX_BAR),
        "desk: a page of a whole agency's inbox": (_agency, desks, INBOX_BAR),
        "desk: a page of one's own tasks": (_mine, desks, INBOX_BAR),
        "desk: a page of what was handed back": (_waiting, desks, HANDED_BAR),
        "desk: how much each view holds": (_counts, desks, COUNTS_BAR),
    }
    figures = []
    for name, (question, sizes, bar) in asked.items():
        costs = await _compare(system, pair, question, sizes, times if bar else max(times // 50, 2))
        figures += [Figure(f"{name}, {size:,}", cost, "ms") for size, cost in zip(sizes, costs, strict=True)]
        figures.append(Figure(f"{name}: ratio", costs[1] / costs[0], "×", bar))
    await lookup.fill(pair[1], sheets.licence()["record"])
    figures += await lookup.figures(system, _address(system, 1), times)
    for database in pair:
        await database.close()
    return figures


async def _compare(
    system: System, pair: Sequence[Database], question: Question, sizes: tuple[int, int], times: int
) -> tuple[float, float]:
    """The median cost of one question to each of both, in turn."""
    spent: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 1):
        for database, size, costs in zip(pair, sizes, spent, strict=True):
            cost = await _cost(system, database, question, size, times)
            if turn:  # the first fills caches
                costs.append(cost)
    return median(spent[0]), median(spent[1])


async def _cost(system: System, database: Database, question: Question, size: int, times: int) -> float:
    before = own_cpu_ms() + tree_cpu_ms(system.pid("postgres"))
    async with database.reading() as session:
        for n in range(times):
            await question(session, 1 + n * 7919 % size)
    return (own_cpu_ms() + tree_cpu_ms(system.pid("postgres")) - before) / times


# The questions


async def _look_up(session: AsyncSession, n: int) -> None:
    assert await register.find(session, _number(n)) is not None


async def _search(session: AsyncSession, n: int) -> None:
    found = await register.search(session, name_of(n))
    assert found.items


async def _common(session: AsyncSession, n: int) -> None:
    found = await register.search(session, PARTS_OF_NAMES[n % len(PARTS_OF_NAMES)])
    assert found.items


async def _inbox(session: AsyncSession, n: int) -> None:
    page = await tasks.inbox(session, "fda", ["fda"], ["officer"], View.ALL, "somebody", ON)
    assert page.items


async def _agency(session: AsyncSession, n: int) -> None:
    page = await tasks.inbox(session, "fda", [""], ["officer", "supervisor"], View.UNASSIGNED, "somebody", ON)
    assert page.items


async def _mine(session: AsyncSession, n: int) -> None:
    page = await tasks.inbox(session, "fda", ["fda"], ["officer"], View.MINE, "somebody", ON)
    assert not page.items  # nobody has taken any: the longest way to look


async def _waiting(session: AsyncSession, n: int) -> None:
    page = await tasks.inbox(session, "fda", ["fda"], ["officer"], View.WAITING, "somebody", ON)
    assert page.items


async def _counts(session: AsyncSession, n: int) -> None:
    counts = await tasks.counts(session, "fda", ["fda"], ["officer"], "somebody", ON)
    assert counts.all


def name_of(n: int) -> str:
    """The name of the nth holder, as HOLDINGS makes it."""
    size = len(PARTS_OF_NAMES)
    return "".join(PARTS_OF_NAMES[place % size] for place in (n, n // size, n // size // size)) + str(n)


# Filling


async def _filled(system: System, n: int, licences: int, open_tasks: int) -> Database:
    """A database of its own with so many licences and so many open tasks on one desk."""
    ours, url = system.env["BIZ_DATABASE_URL"], _address(system, n)
    first = await asyncpg.connect(ours.replace("+asyncpg", ""))
    await first.execute(f"DROP DATABASE IF EXISTS bench_{n}")
    await first.execute(f"CREATE DATABASE bench_{n}")
    await first.close()
    await migrate_beside(url)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), timeout=60)
    await _fill_holdings(connection, licences)
    await _fill_desk(connection, open_tasks)
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")  # nothing is left to be written while we ask
    await connection.close()
    return Database(url)


def _address(system: System, n: int) -> str:
    return f"{system.env['BIZ_DATABASE_URL'].rpartition('/')[0]}/bench_{n}"


async def _fill_holdings(connection: "asyncpg.Connection[Any]", many: int) -> None:
    # As one does with a million rows: the index afterwards, in one go.
    index = await connection.fetchval("SELECT indexdef FROM pg_indexes WHERE indexname = 'holdings_by_grams'")
    await connection.execute("SET maintenance_work_mem = '1GB'; SET synchronous_commit = off")
    await connection.execute("DROP INDEX holdings_by_grams")
    columns = list(_holding(1))
    for start in range(1, many + 1, A_BATCH):
        rows = (tuple(_holding(n).values()) for n in range(start, min(start + A_BATCH, many + 1)))
        await connection.copy_records_to_table("holdings", records=rows, columns=columns)
    await connection.execute(index)


def _holding(n: int) -> dict[str, Any]:
    """One licence in force, with a name of its own, as the register would show it."""
    number, name = _number(n), name_of(n)
    plain = [spelling.plain(number), *spelling.plain_words(name)]
    return {
        "licence": "fda-food-free-sale", "agency": "fda", "holder_kind": "juristic", "claim": "", "status": "in-force",
        "valid_from": ON, "document": "", "province": "10", "as_of": AT, "licence_number": number, "entry": n,
        "holder_key": f"{n:013d}", "holder_name": name, "plain": " ".join(plain),
        "grams": json.dumps(list(spelling.grams(*plain)), ensure_ascii=False),
    }  # fmt: skip


def _number(n: int) -> str:
    return f"อย.-2569-{n:07d}"


async def _fill_desk(connection: "asyncpg.Connection[Any]", many: int) -> None:
    await connection.execute("SET session_replication_role = replica")  # people and definitions need not be there
    application = {
        "licence": "fda-food-free-sale", "operation": "new", "version": "v", "agency": "fda", "office": "fda",
        "applicant": "p", "holder_kind": "juristic", "holder_name": "บริษัท", "licence_number": "", "claim": "",
        "answers": {}, "answers_before": {}, "attachments": {}, "answers_digest": "", "language": "th", "email": "",
        "status": "in-review",
        "waiting_for": "stage:approval", "entered_at": AT, "received_at": AT, "due_on": ON, "outcome": "",
    }  # fmt: skip
    task = {
        "step": "approval:1", "stage": "approval", "kind": "approval", "role": "officer", "agency": "fda",
        "office": "fda", "asks_th": "ควรอนุญาตหรือไม่", "asks_en": "Should it be granted?", "opened_at": AT,
        "assignee": "", "reminded": 0, "verdict": "", "officer": "", "reason": "", "conditions": [], "items": [],
        "report": {}, "on_behalf_of": "", "why_late": "", "why_late_by": "",
    }  # fmt: skip
    # Through the tables' own rows, so that a column which is new has its default.
    whose = {"number": "", "key": "", "holder_id": ""}
    await connection.execute(APPLICATIONS, _json(values_of(Application(**application, **whose))), many)
    task |= {"id": "", "application": "", "due_on": ON}
    await connection.execute(TASKS, _json(values_of(Task(**task))), many)
    await connection.execute(DECIDED)  # each had an earlier task; one in ten was a request, half of those unanswered


def _json(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=str)
