"""`python -m exchange.counterparts`: every counterpart in one process, until SIGTERM or Ctrl-C.

    --dir DIR                    what they keep
    --ports dbd=P,bank=P,clamd=P,smtp=P,mailbox=P,oidc=P    those named are started
    --agencies a,b,c@office      whose officers can sign in
    --notify URL                 where the bank tells of payments

Prints `ready` when all of them answer.
"""

import argparse
import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp

from exchange.counterparts import OIDC_CLIENT_ID, OIDC_CLIENT_SECRET
from exchange.counterparts.clamd import Scanner

if TYPE_CHECKING:
    from exchange.counterparts.bank import BankOffice

NAMES = ("dbd", "bank", "clamd", "smtp", "mailbox", "oidc")


class _Server(uvicorn.Server):
    """uvicorn takes the signals for itself; here one process runs several of it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


@contextlib.asynccontextmanager
async def _web(app: ASGIApp, port: int) -> AsyncIterator[None]:
    """One web application on loopback, for as long as the block lasts."""
    config = uvicorn.Config(
        app, "127.0.0.1", port, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        if serving.done():
            raise RuntimeError(f"port {port} is taken")
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@contextlib.asynccontextmanager
async def _tcp(server: asyncio.Server) -> AsyncIterator[None]:
    try:
        yield
    finally:
        server.close()


@contextlib.asynccontextmanager
async def _bank(office: "BankOffice", port: int) -> AsyncIterator[None]:
    async with _web(office.app(), port):
        yield
    await office.close()


@contextlib.contextmanager
def _identity(port: int, agencies: list[str]) -> Iterator[None]:
    from exchange.counterparts.identity import Identity

    provider = Identity(port, agencies, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET)
    provider.start()
    try:
        yield
    finally:
        provider.stop()


async def _run(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        await _start(stack, options)
        print("ready", flush=True)
        await stop.wait()


async def _start(stack: contextlib.AsyncExitStack, options: argparse.Namespace) -> None:
    ports: dict[str, int] = options.ports
    scanner = Scanner()
    if "oidc" in ports:
        stack.enter_context(_identity(ports["oidc"], options.agencies))
    if "clamd" in ports:
        await stack.enter_async_context(_tcp(await scanner.start(ports["clamd"])))
    if "dbd" in ports:
        from exchange.counterparts.dbd import Exchange

        await stack.enter_async_context(_web(Exchange().app(), ports["dbd"]))
    if "bank" in ports:
        from exchange.counterparts.bank import BankOffice

        await stack.enter_async_context(_bank(BankOffice(options.dir, options.notify), ports["bank"]))
    if "smtp" in ports or "mailbox" in ports:
        await _start_mail(stack, options.dir, ports, scanner)


async def _start_mail(stack: contextlib.AsyncExitStack, folder: Path, ports: dict[str, int], scanner: Scanner) -> None:
    from exchange.counterparts.mailbox import Mailbox

    mailbox = Mailbox(folder)
    if "smtp" in ports:
        await stack.enter_async_context(_tcp(await mailbox.start(ports["smtp"])))
    if "mailbox" in ports:
        await stack.enter_async_context(_web(mailbox.app(scanner.faults), ports["mailbox"]))


def _ports(text: str) -> dict[str, int]:
    found = {name: int(port) for name, port in (pair.split("=") for pair in text.split(","))}
    if not set(found) <= set(NAMES):
        raise ValueError(f"known are {', '.join(NAMES)}")
    return found


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def main() -> None:
    """Read the options, run until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m exchange.counterparts", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--ports", type=_ports, required=True)
    parser.add_argument("--agencies", type=_names, default=[])
    parser.add_argument("--notify", default="")
    options = parser.parse_args()
    options.dir.mkdir(parents=True, exist_ok=True)
    asyncio.run(_run(options))


if __name__ == "__main__":
    main()
