"""The virus scanner: clamd's INSTREAM over TCP. It knows one virus, EICAR's test file.

Faults: `slow_s`, `gone` (hang up), `bad_body` (nonsense), `wrong` (every file is infected), `times`.
"""

import asyncio

from exchange.counterparts.faults import Faults
from exchange.scan import MOST

# In two halves, or scanners of the real world would flag this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
FOUND = b"stream: Eicar-Test-Signature FOUND\0"
CLEAN = b"stream: OK\0"
TOO_LARGE = b"INSTREAM size limit exceeded. ERROR\0"


class Scanner:
    """The scanner and what is wrong with it."""

    def __init__(self) -> None:
        self.faults = Faults()

    async def start(self, port: int) -> asyncio.Server:
        """Listen on loopback."""
        return await asyncio.start_server(self._serve, "127.0.0.1", port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        faults = self.faults.take()
        try:
            if not faults.get("gone"):
                answer = await self._answer(reader)
                await asyncio.sleep(float(faults.get("slow_s", 0)))
                writer.write(b"hm?\0" if faults.get("bad_body") else FOUND if faults.get("wrong") else answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # The other end hung up in the middle: clamd says nothing either.
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        command = await reader.readuntil(b"\0")
        if command == b"zPING\0":
            return b"PONG\0"
        if command != b"zINSTREAM\0":
            return b"UNKNOWN COMMAND\0"
        content = bytearray()
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            if len(content) + length > MOST:
                return TOO_LARGE
            content += await reader.readexactly(length)
        return FOUND if EICAR in content else CLEAN
