"""Whether the daily scan costs nothing for licences whose day has not come: a register of a million with a thousand
due, against a register that holds only those. Rows are made by the database itself; CPU of both, asked in turn.
"""

import asyncio
import json
from datetime import UTC, date, datetime
from typing import Any

import asyncpg

from activities.upkeep import ScanPage, Upkeep
from bench.measuring import Figure, median, own_cpu_ms, tree_cpu_ms
from local import System
from records.database import Database, migrate_beside

BAR = 1.2
ROUNDS = 3
ON, AT = date(2026, 11, 20), datetime(2026, 11, 20, 3, tzinfo=UTC)
LAST, LATER = date(2026, 12, 20), date(2027, 6, 1)
"""The thousand end in thirty days: they are looked at, and their holders are reminded."""
ROWS = """
INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, $1::jsonb || jsonb_build_object(
  'licence_number', 'OTH-2569-' || lpad(n::text, 7, '0') || '-0', 'seq', n, 'entry', n, 'application', 'A-' || n,
  'next_action_on', CASE WHEN n % ($2::int / $3::int) = 0 THEN DATE '2026-11-20' ELSE DATE '2027-06-01' END))).*
FROM generate_series(1, $2::int) n
"""


def main(system: System, large: int = 1_000_000, due: int = 1_000) -> list[Figure]:
    """The figures of the daily scan on a running database."""
    return asyncio.run(measure(system, large, due))


async def measure(system: System, large: int, due: int) -> list[Figure]:
    """Fill two databases, and scan both, a few times in turn; the first time fills caches."""
    pair = [await _filled(system, f"daily_{size}", size, due) for size in (due, large)]
    spent: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 1):
        for (database, address), costs in zip(pair, spent, strict=True):
            await _due_again(address)
            cost = await _scan(system, database, due)
            if turn:
                costs.append(cost)
    for database, _ in pair:
        await database.close()
    floor, cost = median(spent[0]), median(spent[1])
    return [
        Figure(f"daily scan: {due:,} due, a register of {due:,}", floor, "ms"),
        Figure(f"daily scan: {due:,} due, a register of {large:,}", cost, "ms"),
        Figure("daily scan: ratio", cost / floor, "×", BAR),
    ]


async def _scan(system: System, database: Database, due: int) -> float:
    """CPU of one whole scan, page by page, as the story asks for it."""
    before = own_cpu_ms() + tree_cpu_ms(system.pid("postgres"))
    upkeep, looked, after = Upkeep(database), 0, ""
    while True:
        scanned = await upkeep.look_after(ScanPage(on=ON, at=AT, after=after))
        looked, after = looked + scanned.looked, scanned.next
        if not after:
            break
    assert looked == due, looked
    return own_cpu_ms() + tree_cpu_ms(system.pid("postgres")) - before


async def _due_again(address: str) -> None:
    """As it was before the scan; not measured."""
    connection = await asyncpg.connect(address)
    await connection.execute("UPDATE holdings SET next_action_on = $1 WHERE next_action_on <> $2", ON, LATER)
    await connection.execute("VACUUM holdings")
    await connection.close()


async def _filled(system: System, name: str, licences: int, due: int) -> tuple[Database, str]:
    """A database of its own with so many licences, of which so many are due."""
    ours = system.env["BIZ_DATABASE_URL"]
    url = f"{ours.rpartition('/')[0]}/{name}"
    address = url.replace("+asyncpg", "")
    first = await asyncpg.connect(ours.replace("+asyncpg", ""))
    await first.execute(f"DROP DATABASE IF EXISTS {name}")
    await first.execute(f"CREATE DATABASE {name}")
    await first.close()
    await migrate_beside(url)
    connection = await asyncpg.connect(address, timeout=60)
    await connection.execute("SET synchronous_commit = off")
    for table, row in _rows().items():
        said = (json.dumps(row, default=str), licences, due)
        await _insert(connection, table, said)
    await connection.execute("VACUUM ANALYZE", timeout=600)
    await connection.execute("CHECKPOINT", timeout=600)
    await connection.close()
    return Database(url), address


async def _insert(connection: "asyncpg.Connection[Any]", table: str, said: tuple[str, int, int]) -> None:
    """As one does with a million rows: the indexes afterwards, in one go."""
    asked = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = $1 AND indexdef NOT LIKE '%UNIQUE%'"
    indexes = await connection.fetch(asked, table)
    for one in indexes:
        await connection.execute(f"DROP INDEX {one['indexname']}")
    await connection.execute(ROWS.format(table=table), *said, timeout=600)
    for one in indexes:
        await connection.execute(one["indexdef"], timeout=600)


def _rows() -> dict[str, dict[str, Any]]:
    """What every row of a table has in common."""
    common = {
        "licence": "lao-food-sale-large", "agency": "lao", "holder_kind": "natural", "holder_key": "k", "claim": "",
        "valid_from": "2025-12-21", "valid_until": LAST, "document": "",
    }  # fmt: skip
    holding = {"holder_name": "ผู้ถือ", "status": "in-force", "province": "10", "plain": "", "grams": [], "as_of": AT}
    facts = {"holder": {"kind": "natural", "name": "ผู้ถือ", "id": "x"}, "granted_on": "2025-12-21", "particulars": []}
    entry = {
        "kind": "grant", "facts": facts, "document_sha256": "", "entered_at": AT, "previous_hash": "0" * 64,
        "hash": "0" * 64,
    }  # fmt: skip
    return {"entries": common | entry, "holdings": common | holding}
