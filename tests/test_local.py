"""The system on loopback: starts, says what went wrong, survives its parts, and leaves nothing behind."""

import asyncio
import io
import json
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import minio
import psutil
import pytest
from minio.commonconfig import COMPLIANCE
from minio.error import S3Error
from minio.retention import Retention

import local
from local import AlreadyRunning, PartFailed, System
from settings import LOCAL_KEY, LOCAL_SECRET, Role

ROOT = Path(local.__file__).parent
SOME = ("postgres", "temporal", "store", "authority", "counterparts")
LOOPBACK = {"127.0.0.1", "::1"}


@pytest.fixture(scope="module")
def running() -> Iterator[System]:
    # Not pytest's own folder: each pytest run on the machine closes that to other users, as PostgreSQL's is to root.
    with tempfile.TemporaryDirectory(prefix="bizportal-test-") as path, System(path, parts=SOME) as system:
        yield system


def query(system: System, sql: str) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(system.env["BIZ_DATABASE_URL"].replace("+asyncpg", ""))
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(ask())


def store(system: System) -> minio.Minio:
    env = system.env
    return minio.Minio(env["BIZ_S3_ENDPOINT"], env["BIZ_S3_ACCESS_KEY"], env["BIZ_S3_SECRET_KEY"], secure=False)


def processes(system: System) -> list[psutil.Process]:
    """Every process of the system, children of its parts too."""
    leaders = [psutil.Process(system.pid(name)) for name in system.parts]
    return [process for leader in leaders for process in (leader, *leader.children(recursive=True))]


def read_until(start: str, lines: Iterable[str]) -> str:
    """What is said up to the line that starts so, or to the end."""
    said = ""
    for line in lines:
        said += line
        if line.startswith(start):
            break
    return said


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_database_answers_and_has_our_tables(running: System) -> None:
    assert query(running, "SELECT current_database()") == "bizportal"
    assert query(running, "SELECT count(*) FROM alembic_version") == 1


@pytest.mark.parametrize(
    ("persona", "seat"),
    [
        ("officer-fda", "officer fda "),
        ("officer-fda-2", "officer fda "),
        ("officer-diw@50", "officer diw diw@50"),
        ("officer-lao@pattaya", "officer lao lao@pattaya"),
        ("inspector-bma", "inspector bma "),
        ("supervisor-dlt", "supervisor dlt "),
        ("operator-2", "operator  "),
        ("auditor", "auditor  "),
    ],
)
def test_a_persona_who_works_somewhere_has_one_role_in_our_table(running: System, persona: str, seat: str) -> None:
    sql = f"SELECT string_agg(role || ' ' || agency || ' ' || office, ',') FROM officers WHERE subject = '{persona}'"

    assert query(running, sql) == seat


def test_a_citizen_has_no_role(running: System) -> None:
    assert query(running, "SELECT count(*) FROM officers WHERE subject IN ('applicant', 'outsider')") == 0


def test_the_database_asks_for_its_password(running: System) -> None:
    refused = running.env["BIZ_DATABASE_URL"].replace("+asyncpg", "").replace(running.secrets["postgres"], "wrong")

    with pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(asyncpg.connect(refused))


def test_the_database_sorts_alike_on_every_machine(running: System) -> None:
    assert query(running, "SELECT datlocale FROM pg_database WHERE datname = 'bizportal'") == "C.UTF-8"


def test_temporal_keeps_closed_journeys_for_ninety_days_and_knows_our_search_attributes(running: System) -> None:
    at = f"http://127.0.0.1:{running.ports['temporal-http']}/api/v1/namespaces/default"

    assert httpx.get(at).json()["config"]["workflowExecutionRetentionTtl"] == f"{90 * 24 * 3600}s"
    kinds = httpx.get(f"{at}/search-attributes").json()["customAttributes"]
    assert {kinds[name] for name in ("Stage", "LicenceCode", "Agency")} == {"INDEXED_VALUE_TYPE_KEYWORD"}


def test_sealed_licences_have_versions_and_object_lock_and_the_others_do_not(running: System) -> None:
    buckets = store(running)

    assert buckets.get_bucket_versioning("licences").status == "Enabled"
    buckets.get_object_lock_config("licences")
    for other in ("papers", "attachments"):
        with pytest.raises(S3Error):
            buckets.get_object_lock_config(other)


def test_we_ourselves_cannot_take_a_locked_licence_back_nor_its_bucket(running: System) -> None:
    ours = store(running)
    until = datetime.now(UTC) + timedelta(days=1)
    kept = ours.put_object("licences", "kept", io.BytesIO(b"%PDF"), 4, retention=Retention(COMPLIANCE, until))

    with pytest.raises(S3Error, match="AccessDenied"):
        ours.remove_object("licences", "kept", version_id=kept.version_id)
    with pytest.raises(S3Error, match="AccessDenied"):
        ours.remove_bucket("papers")

    ours.put_object("papers", "drawn", io.BytesIO(b"%PDF"), 4)
    ours.put_object("attachments", "sent", io.BytesIO(b"%PDF"), 4)


def test_the_store_knows_nobody_without_our_key(running: System) -> None:
    stranger = minio.Minio(running.env["BIZ_S3_ENDPOINT"], "somebody", "else", secure=False)

    assert httpx.get(f"http://{running.env['BIZ_S3_ENDPOINT']}/").status_code == 403
    with pytest.raises(S3Error):
        list(stranger.list_buckets())


def test_the_mail_server_greets_and_people_can_sign_in(running: System) -> None:
    with smtplib.SMTP("127.0.0.1", running.ports["smtp"]) as smtp:
        assert smtp.noop()[0] == 250
    assert httpx.get(f"{running.env['BIZ_OIDC_ISSUER']}/.well-known/openid-configuration").status_code == 200


def test_nothing_listens_but_on_loopback(running: System) -> None:
    listening = [
        connection.laddr.ip
        for process in processes(running)
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]

    assert len(listening) >= len(SOME)
    assert set(listening) <= LOOPBACK


def test_secrets_are_for_their_owner_only_and_marked_as_local(running: System) -> None:
    for name in ("secrets.json", "settings.env", "ports.json", "store.json"):
        assert mode(running.folder / name) == 0o600
    assert mode(running.folder / "postgres") == 0o700
    kept = json.loads((running.folder / "secrets.json").read_text())
    assert all(value.startswith((LOCAL_SECRET, LOCAL_KEY)) for value in kept.values())


def test_only_the_sealing_worker_is_given_what_opens_the_token(running: System) -> None:
    given = {role: running.env_for(role) for role in Role}

    assert [role for role in Role if "BIZ_PKCS11_PIN" in given[role]] == [Role.SEALING]
    assert "BIZ_PKCS11_PIN" not in running.env
    assert running.secrets["pkcs11_pin"] not in (running.folder / "settings.env").read_text()


def test_a_part_that_was_killed_is_noticed_and_comes_back_with_its_data(running: System) -> None:
    query(running, "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")

    for name in running.parts:
        before = running.pid(name)
        running.kill(name)
        assert running.ended() == (name,)
        running.restart(name)
        assert running.ended() == ()
        assert running.pid(name) != before

    assert query(running, "SELECT answer FROM kept") == 42
    assert store(running).bucket_exists("licences")


def test_a_second_system_in_the_same_folder_is_refused(running: System) -> None:
    with pytest.raises(AlreadyRunning, match="already runs"):
        System(running.folder)


def test_two_systems_on_one_machine_have_ports_of_their_own(running: System, folder: Path) -> None:
    other = System(folder, parts=())

    assert not set(other.ports.values()) & set(running.ports.values())
    other.stop()


def test_ports_and_secrets_are_found_again_at_the_next_start(folder: Path) -> None:
    first = System(folder, parts=())
    first.stop()
    again = System(folder, parts=())
    again.stop()

    assert (again.ports, again.secrets) == (first.ports, first.secrets)


def test_ports_that_somebody_took_are_left_to_them(folder: Path) -> None:
    first = System(folder, parts=())
    first.stop()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first.ports["temporal"]))
        taken.listen()
        again = System(folder, parts=())
        again.stop()

    assert first.ports["temporal"] not in again.ports.values()


def test_the_port_asked_for_is_the_port_of_the_web(folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    system = System(folder, port, parts=("web",))
    system.stop()

    assert system.addresses == {"web": f"http://localhost:{port}"}
    assert system.env["BIZ_PUBLIC_URL"] == f"http://localhost:{port}"


def test_a_part_that_somebody_already_has_is_not_started(folder: Path) -> None:
    system = System(folder, parts=SOME, given={"temporal_address": "temporal.example:7233"})
    system.stop()

    assert "temporal" not in system.parts
    assert system.env["BIZ_TEMPORAL_ADDRESS"] == "temporal.example:7233"


def test_a_part_that_does_not_exist_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="no such part: printer"):
        System(folder, parts=("printer",))


def test_a_part_that_ends_at_start_says_its_last_lines_and_nothing_is_left(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("18\n")
    (folder / "postgres").chmod(0o700)
    system = System(folder, parts=("postgres", "temporal"))
    began = psutil.Process().children(recursive=True)

    with pytest.raises(PartFailed, match=r"postgres ended at start with code \d+") as failed:
        system.start()

    assert "postgres" in str(failed.value).splitlines()[1]
    assert [child for child in psutil.Process().children(recursive=True) if child not in began] == []


def test_stopping_leaves_no_process_no_socket_and_no_way_in(running: System) -> None:
    """The last of those that share a system: it is stopped here, and again when the fixture ends."""
    them = processes(running)

    running.stop()

    assert len(them) > len(SOME)
    assert not [process for process in them if process.is_running()]
    assert not [port for port in running.ports.values() if list(Path("/tmp").glob(f"seaweedfs-*-{port}.sock"))]
    assert not (running.folder / "settings.env").exists()


RUN = """
import sys, time
from local import System
with System(sys.argv[1], parts=("postgres", "temporal", "store")) as system:
    print(*(system.pid(name) for name in system.parts), flush=True)
    time.sleep(600)
"""


def test_when_we_are_killed_every_part_dies_with_us_and_the_next_start_finds_the_data(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", RUN, str(folder)], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        assert parent.stdout is not None
        them = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        them += [child for leader in them for child in leader.children(recursive=True)]
        parent.kill()

    gone, alive = psutil.wait_procs(them, timeout=30)
    assert (len(gone) > 3, alive) == (True, [])
    with System(folder, parts=("postgres", "temporal", "store")) as again:
        assert query(again, "SELECT count(*) FROM alembic_version") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_start_that_is_asked_to_stop_gives_up_and_leaves_nothing(folder: Path, number: signal.Signals) -> None:
    up = [sys.executable, "-m", "cli", "up", "--data", str(folder)]
    with subprocess.Popen(up, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        me = psutil.Process(process.pid)
        while not (them := me.children(recursive=True)):
            time.sleep(0.01)
        process.send_signal(number)
        said, _ = process.communicate(timeout=30)

    assert "Traceback" not in said
    assert psutil.wait_procs(them, timeout=30)[1] == []


def test_the_whole_system_comes_up_serves_and_leaves_nothing_at_ctrl_c(folder: Path) -> None:
    up = [sys.executable, "-m", "cli", "up", "--data", str(folder)]
    with subprocess.Popen(up, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said = read_until("โทเคน", process.stdout)
        assert "ready in" in said, said
        them = psutil.Process(process.pid).children(recursive=True)
        web = f"http://localhost:{json.loads((folder / 'ports.json').read_text())['web']}"
        ready = httpx.get(f"{web}/health/ready").json()
        killed = next(one for one in them if "uvicorn" in one.cmdline())
        killed.kill()
        back = read_until("web is back", process.stdout)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)

    assert web in said
    assert ready["ready"] is True
    assert "web ended; starting it again" in back
    assert (process.returncode, "Traceback" in rest) == (0, False)
    assert psutil.wait_procs(them, timeout=30)[1] == []
