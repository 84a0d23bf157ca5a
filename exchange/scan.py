"""The virus scanner: clamd's INSTREAM command (clamd(8)) over TCP."""

import asyncio
from dataclasses import dataclass

from exchange.errors import OfficeDown, OfficeRefused

OFFICE = "scanner"
TIMEOUT_S = 30.0
CHUNK = 64 * 1024
MOST = 25 * 1024 * 1024
"""clamd's own StreamMaxLength. It hangs up in the middle of a larger file, which would look like a fault."""
MOST_ANSWER = 4096


@dataclass(frozen=True)
class Verdict:
    """What the scanner found. `name` of the infection, "" when clean."""

    clean: bool
    name: str = ""


async def scan(content: bytes, host: str, port: int, *, timeout_s: float = TIMEOUT_S) -> Verdict:
    """Have a file looked at. Raises OfficeDown (unscanned is never clean), OfficeRefused when it is too large."""
    if len(content) > MOST:
        raise OfficeRefused(OFFICE, "the file is larger than the scanner takes")
    try:
        async with asyncio.timeout(timeout_s):
            answer = await _ask(content, host, port)
    except (OSError, TimeoutError, EOFError) as error:
        raise OfficeDown(OFFICE, f"no answer ({type(error).__name__})") from error
    return read_answer(answer)


def read_answer(answer: bytes) -> Verdict:
    """`stream: OK` or `stream: <name> FOUND`; anything else is not a verdict."""
    text = answer.rstrip(b"\0\r\n").decode("utf-8", "replace")
    if text == "stream: OK":
        return Verdict(clean=True)
    if text.startswith("stream: ") and text.endswith(" FOUND"):
        return Verdict(clean=False, name=text.removeprefix("stream: ").removesuffix(" FOUND"))
    if "size limit exceeded" in text:
        raise OfficeRefused(OFFICE, "the file is larger than the scanner takes")
    raise OfficeDown(OFFICE, "unreadable answer")


async def _ask(content: bytes, host: str, port: int) -> bytes:
    reader, writer = await asyncio.open_connection(host, port, limit=MOST_ANSWER)
    try:
        writer.write(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            chunk = content[start : start + CHUNK]
            writer.write(len(chunk).to_bytes(4, "big") + chunk)
            await writer.drain()
        writer.write((0).to_bytes(4, "big"))
        await writer.drain()
        return await reader.readuntil(b"\0")
    except asyncio.LimitOverrunError as error:
        raise OSError("endless answer") from error
    finally:
        writer.close()
