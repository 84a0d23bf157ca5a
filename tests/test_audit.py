"""The monitor against a register whose database somebody rewrites: a superuser, with the triggers off.

The book is a copy of a running system's, in a database of its own beside it, with real heads by the real key.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import uvicorn

import cli
from api.app import create_app
from control.handover import PaperLicence, take_in
from licences import log, register
from local import System
from records.database import Database, migrate
from records.register import body
from records.tables import Entry
from settings import Role, Settings

TABLES = ("entries", "heads", "tree_nodes", "tree_heads")
BOOK = "/api/v1/register/log"
Rows = dict[str, list[Any]]
Audit = Callable[..., tuple[int, dict[str, Any]]]


def licences(first: int, count: int) -> list[PaperLicence]:
    return [
        PaperLicence(
            paper_number=f"audit-{n}",
            licence="lao-food-sale-large",
            juristic_id=f"01055610{n:05d}",
            holder_name="บริษัท บันทึก จำกัด",
            house_no=str(n),
            subdistrict_code="100101",
            postcode="10200",
            granted_on=date(2026, 1, 5),
            valid_until=date(2027, 1, 4),
        )
        for n in range(first, first + count)
    ]


def enter(url: str, rows: list[PaperLicence]) -> None:
    """Enter licences as the command does."""

    async def entered() -> None:
        database = Database(url)
        await take_in(database, rows, datetime.now(UTC))
        await database.close()

    asyncio.run(entered())


def head_of(address: str) -> dict[str, Any]:
    answer = httpx.get(f"{address}{BOOK}/head")
    return answer.json() if answer.is_success else {"size": 0}


async def connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url.replace("+asyncpg", ""))


async def read_all(url: str) -> Rows:
    connection = await connect(url)
    rows = {table: await connection.fetch(f"SELECT * FROM {table}") for table in TABLES}
    await connection.close()
    return rows


async def put_all(url: str, rows: Rows) -> None:
    """Make the book of a database this one, as only a superuser can."""
    connection = await connect(url)
    await connection.execute("SET session_replication_role = replica")
    for table, lines in rows.items():
        await connection.execute(f"DELETE FROM {table}")
        await connection.copy_records_to_table(table, records=[tuple(line) for line in lines])
    await connection.close()


@pytest.fixture(scope="module")
def book(system: System) -> Rows:
    """A book with a dozen entries or more, every one of them under a signed head."""
    url, web = system.env["BIZ_DATABASE_URL"], system.addresses["web"]
    enter(url, licences(1, 12))
    entries = len(asyncio.run(read_all(url))["entries"])
    until = time.monotonic() + 60
    while head_of(web)["size"] < entries:
        assert time.monotonic() < until, "no head was signed"
        time.sleep(0.2)
    rows = asyncio.run(read_all(url))
    return rows


@pytest.fixture(scope="module")
def copy(system: System) -> Iterator[tuple[str, str]]:
    """Another database on the same server, and a register that shows it: its URL, and its web address."""
    url = system.env["BIZ_DATABASE_URL"]
    where, _, rest = url.partition("?")
    other = f"{where.rpartition('/')[0]}/audited" + (f"?{rest}" if rest else "")

    async def create() -> None:
        connection = await connect(url)
        await connection.execute("CREATE DATABASE audited")
        await connection.close()

    asyncio.run(create())
    migrate(other)
    told = {key.removeprefix("BIZ_").lower(): value for key, value in system.env_for(Role.WEB).items()}
    app = create_app(Settings.model_validate({**told, "database_url": other}))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield other, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def plant(copy: tuple[str, str], book: Rows) -> Callable[..., None]:
    """Put the true book back, then do harm to it: `plant("UPDATE …")`."""
    asyncio.run(put_all(copy[0], book))

    def harm(*statements: str) -> None:
        async def done() -> None:
            connection = await connect(copy[0])
            await connection.execute("SET session_replication_role = replica")
            for statement in statements:
                await connection.execute(statement)
            await connection.close()

        asyncio.run(done())

    return harm


@pytest.fixture
def audit(copy: tuple[str, str], system: System, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Audit:
    """Run the monitor as an outsider would; its exit code, and what it says."""

    def run(*more: str, trust: str = system.env["BIZ_TRUST_DIR"]) -> tuple[int, dict[str, Any]]:
        state = str(tmp_path / "seen.json")
        code = cli.main(["register", "audit", copy[1], "--trust", trust, "--state", state, "--json", *more])
        return code, json.loads(capsys.readouterr().out or "{}")

    return run


def rechained(book: Rows, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Rows:
    """The book with its entries changed and every hash of the chain made anew, as a clever thief would."""
    columns = list(book["entries"][0].keys())
    entries = change([dict(one) for one in sorted(book["entries"], key=lambda one: one["seq"])])
    last = register.GENESIS
    for seq, one in enumerate(entries, 1):
        one |= {"seq": seq, "previous_hash": last}
        one["hash"] = last = register.link(last, body(Entry(**one | {"facts": json.loads(one["facts"])})))
    heads = [(b, len(entries), last) if b == "entries" else (b, s, h) for b, s, h in book["heads"]]
    return {**book, "entries": [[one[name] for name in columns] for one in entries], "heads": heads}


def test_a_true_book_is_found_true_twice_and_as_it_grows(
    plant: Callable[..., None], audit: Audit, copy: tuple[str, str], system: System
) -> None:
    first, second = audit(), audit()
    assert first == second
    assert (first[0], first[1]["wrong"]) == (0, []), first

    enter(system.env["BIZ_DATABASE_URL"], licences(100, 3))
    before, until = first[1]["head"]["size"], time.monotonic() + 60
    while head_of(system.addresses["web"])["size"] < before + 3:
        assert time.monotonic() < until, "no head was signed"
        time.sleep(0.2)
    asyncio.run(put_all(copy[0], asyncio.run(read_all(system.env["BIZ_DATABASE_URL"]))))

    grown = audit()
    assert (grown[0], grown[1]["wrong"]) == (0, []), grown
    assert grown[1]["head"]["size"] >= before + 3


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        ('UPDATE entries SET facts = facts || \'{"holder": "planted"}\' WHERE seq = 5', "changed: what entry 5"),
        ("UPDATE entries SET entered_at = entered_at - interval '1 year' WHERE seq = 5", "changed: what entry 5"),
        ("DELETE FROM entries WHERE seq = 5", "removed or reordered: entry 6"),
        ("DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)", "removed:"),
        (
            "UPDATE entries SET seq = 7 - seq WHERE seq IN (-3, -4); UPDATE entries SET seq = -seq WHERE seq IN (3, 4);"
            "UPDATE entries SET seq = seq + 7 WHERE seq IN (-3, -4)",
            "entry 3",
        ),
        ("UPDATE tree_heads SET root = repeat('0', 64), size = 3", ""),
        ("DELETE FROM tree_heads", "HTTP"),
    ],
)
def test_a_row_that_was_changed_removed_or_reordered_is_found(
    plant: Callable[..., None], audit: Audit, harm: str, found: str
) -> None:
    plant(harm)

    code, said = audit()

    if not found:  # what stands beside the signed statement is not believed
        assert (code, said["wrong"]) == (0, [])
    elif found == "HTTP":
        assert code == cli.REFUSED
    else:
        assert code == 1
        assert any(found in one for one in said["wrong"]), said


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda rows: [*rows[:4], rows[4] | {"facts": '{"planted": true}'}, *rows[5:]], "rewritten"),
        (lambda rows: [*rows[:4], *rows[5:]], "removed"),
        (lambda rows: [*rows[:3], rows[4], rows[3], *rows[5:]], "rewritten"),
        (lambda rows: [*rows[:4], rows[4] | {"application": "planted"}, *rows[4:]], "rewritten"),
        (
            lambda rows: [*rows, rows[-1] | {"application": "p", "entered_at": rows[-1]["entered_at"] - timedelta(2)}],
            "back-dated",
        ),
    ],
    ids=["changed", "removed", "reordered", "put between", "back-dated"],
)
def test_a_thief_who_makes_the_chain_anew_is_found_by_the_signed_head(
    plant: Callable[..., None], audit: Audit, copy: tuple[str, str], book: Rows, change: Any, found: str
) -> None:
    asyncio.run(put_all(copy[0], rechained(book, change)))

    code, said = audit()

    assert code == 1
    assert any(found in one for one in said["wrong"]), said


def test_a_register_that_rolls_back_to_an_older_head_is_found_by_who_saw_the_newer(
    plant: Callable[..., None], audit: Audit, copy: tuple[str, str], system: System, tmp_path: Path
) -> None:
    assert audit()[0] == 0
    seen = json.loads((tmp_path / "seen.json").read_text())
    older = json.loads(json.dumps(seen)) | {"size": seen["size"] + 4, "root": "ab" * 32}
    (tmp_path / "seen.json").write_text(json.dumps(older))

    code, said = audit()

    assert code == 1
    assert any("rolled back" in one for one in said["wrong"]), said


def test_a_rewritten_past_is_found_by_who_remembers_the_old_root(
    plant: Callable[..., None], audit: Audit, tmp_path: Path
) -> None:
    assert audit()[0] == 0
    seen = json.loads((tmp_path / "seen.json").read_text())
    (tmp_path / "seen.json").write_text(json.dumps(seen | {"size": 3, "root": "ab" * 32}))

    code, said = audit()

    assert code == 1
    assert {one.split(":")[0] for one in said["wrong"]} == {"rewritten", "inconsistent"}


def test_a_head_signed_by_another_key_is_not_believed(
    plant: Callable[..., None], audit: Audit, system: System, tmp_path: Path
) -> None:
    trust = tmp_path / "trust"
    (trust / "roots").mkdir(parents=True)
    ours = Path(system.env["BIZ_TRUST_DIR"])
    for name in ("agencies.json", *(f"roots/{path.name}" for path in (ours / "roots").iterdir())):
        (trust / name).write_bytes((ours / name).read_bytes())

    code, said = audit(trust=str(trust))

    assert code == 1
    assert said["wrong"][0].startswith("unsigned")


def test_an_entry_is_proved_under_the_head_by_its_number(plant: Callable[..., None], copy: tuple[str, str]) -> None:
    web = f"{copy[1]}{BOOK}"
    head = httpx.get(f"{web}/head").json()
    (entry,) = httpx.get(f"{web}/entries", params={"start": 7, "end": 7}).json()["items"]
    proof = httpx.get(f"{web}/inclusion", params={"seq": 7}).json()

    path, leaf = [bytes.fromhex(one) for one in proof["path"]], log.leaf_hash(entry["body"].encode())
    assert log.is_included(leaf, 6, head["size"], path, bytes.fromhex(head["root"]))
    assert httpx.get(f"{web}/inclusion", params={"seq": 10**9}).status_code == 404
    assert httpx.get(f"{web}/consistency", params={"first": 10**9}).status_code == 404
    assert httpx.get(f"{web}/head", params={"size": 10**9}).status_code == 404
    assert httpx.get(f"{web}/keys").json()
