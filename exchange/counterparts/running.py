"""Run the counterparts as a process of their own, and work their switches: for the local profile, tests and the demo.

with running(folder, agencies=("fda", "lao@50")) as offices:
    offices.pay(qr)
    offices.fault("dbd", gone=True)
"""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
WITH_SWITCHES = ("dbd", "bank", "mailbox", "oidc")
NAMES = (*WITH_SWITCHES, "clamd", "smtp")
STOP_S = 10


@dataclass(frozen=True)
class Offices:
    """Where the counterparts listen on loopback, and what can be asked of them from outside."""

    ports: dict[str, int]

    def url(self, name: str) -> str:
        """The address of one that speaks HTTP. The identity provider's is its issuer, which says localhost."""
        return f"http://{'localhost' if name == 'oidc' else '127.0.0.1'}:{self.ports[name]}"

    def fault(self, name: str, **faults: object) -> None:
        """Tell an office what to do wrong from now on, instead of what it was told before."""
        _ask("POST", f"{self._switches(name)}/faults", json=faults)

    def mend(self) -> None:
        """Take every fault away."""
        for name in self.ports if "mailbox" in self.ports else set(self.ports) & set(WITH_SWITCHES):
            _ask("DELETE", f"{self._switches(name)}/faults")

    def get(self, name: str, path: str) -> Any:
        """What an office shows of itself, as JSON."""
        return _ask("GET", self.url(name) + path).json()

    def pay(self, qr: str, **how: object) -> list[dict[str, Any]]:
        """Pay a QR as a person does with their bank's app (`satang`, `times`, `transaction_id`, `at`, `notify`)."""
        paid: list[dict[str, Any]] = _ask("POST", f"{self.url('bank')}/pay", json={"qr": qr, **how}).json()["payments"]
        return paid

    def tell_payments_to(self, url: str) -> None:
        """Where the bank tells of payments from now on."""
        _ask("PUT", f"{self.url('bank')}/notification-url", json={"url": url})

    def letters(self, to: str = "") -> list[dict[str, Any]]:
        """The letters that arrived, oldest first, of one person or of everybody."""
        rows: list[dict[str, Any]] = _ask("GET", f"{self.url('mailbox')}/messages", params={"to": to}).json()[
            "messages"
        ]
        return rows

    def clear_letters(self) -> None:
        """Empty the mailbox."""
        _ask("DELETE", f"{self.url('mailbox')}/messages")

    def _switches(self, name: str) -> str:
        at_the_mailbox = {"clamd": "/clamd", "smtp": ""}
        return self.url("mailbox") + at_the_mailbox[name] if name in at_the_mailbox else self.url(name)


def _ask(method: str, url: str, **what: Any) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=30) as http:
        return http.request(method, url, **what).raise_for_status()


def free_ports(n: int) -> list[int]:
    """Ports of loopback that nobody listens on just now."""
    sockets = [socket.socket() for _ in range(n)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports: list[int] = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def command(folder: Path, ports: dict[str, int], agencies: Sequence[str] = (), notify: str = "") -> list[str]:
    """The line that starts them."""
    named = ",".join(f"{name}={port}" for name, port in ports.items())
    line = [sys.executable, "-m", "exchange.counterparts", "--dir", str(folder), "--ports", named]
    return [*line, "--agencies", ",".join(agencies), "--notify", notify]


def start(folder: Path, ports: dict[str, int], agencies: Sequence[str] = (), notify: str = "") -> subprocess.Popen[str]:
    """Start them and return when all answer; what they complain of is in `counterparts.log` in their folder.

    RuntimeError with the log when they do not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "counterparts.log"
    with log.open("ab") as complaints:
        line = command(folder, ports, agencies, notify)
        process = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, stderr=complaints, text=True)
    assert process.stdout is not None
    if process.stdout.readline() != "ready\n":
        process.wait(timeout=STOP_S)
        raise RuntimeError(f"the counterparts did not start: {log.read_text('utf-8', 'replace')[-2000:]}")
    return process


@contextlib.contextmanager
def running(
    folder: Path, names: Sequence[str] = NAMES, agencies: Sequence[str] = (), notify: str = ""
) -> Iterator[Offices]:
    """The named counterparts on free ports, for as long as the block lasts."""
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    process = start(folder, ports, agencies, notify)
    try:
        yield Offices(ports)
    finally:
        process.terminate()
        process.wait(timeout=STOP_S)


class NoticeBoard:
    """A door for the bank's notifications that only keeps them: for tests of the bank's own behaviour.

    `answers` are said first, one a call; after them the acknowledgement.
    """

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[bytes] = []
        self.came_at: list[datetime] = []
        self.answers: list[str] = []
        self._came = asyncio.Condition()

    async def open(self) -> asyncio.Server:
        """Listen on a free port of loopback; `url` says where."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v1/bank/notifications"
        return server

    async def wait_for(self, n: int, timeout_s: float = 30) -> list[bytes]:
        """The notifications, when at least n are there."""
        async with asyncio.timeout(timeout_s), self._came:
            await self._came.wait_for(lambda: len(self.bodies) >= n)
        return self.bodies

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        said = self.answers.pop(0) if self.answers else '{"resCode":"00"}'
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\nConnection: close\r\n\r\n{said}".encode())
        await writer.drain()
        writer.close()
        async with self._came:
            self.bodies.append(body)
            self.came_at.append(datetime.now(UTC))
            self._came.notify_all()
