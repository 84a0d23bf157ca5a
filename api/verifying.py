"""Judging a stranger's PDF or picture, in processes apart; nothing is kept."""

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from api import photographs
from api.apart import Apart, TooMuch
from signing.trust import Trust, TrustFolder

if TYPE_CHECKING:  # what reads PDF is loaded by the processes that do, and not by the doors
    from signing.verify import Findings


class CannotJudge(Exception):
    """The file took more time or memory than any document of ours needs."""


class Verifier:
    """Processes that know the trust folder and judge one file after the other."""

    def __init__(self, trust: TrustFolder) -> None:
        self._folder = trust
        self._trust = trust.now()
        self._apart = Apart(_begin, self._trust)

    @property
    def trust(self) -> Trust:
        """What is trusted now."""
        return self._folder.now()

    async def findings(self, pdf: bytes) -> "Findings":
        """What the file proves. Raises CannotJudge when it breaks its bounds."""
        if self._folder.now() is not self._trust:  # a key, a certificate or a root was changed
            self._trust = self._folder.now()
            self._apart.anew(self._trust)
        try:
            return await self._apart.do(judge, pdf)
        except TooMuch as hostile:
            raise CannotJudge(str(hostile)) from hostile

    async def code(self, picture: bytes, public_url: str) -> photographs.Code:
        """The QR in a picture. Raises NoCode, also for a picture that breaks its bounds."""
        try:
            found = await self._apart.do(partial(read_code, public_url), picture)
        except TooMuch as hostile:
            raise photographs.NoCode from hostile
        if found is None:
            raise photographs.NoCode
        return found

    def close(self) -> None:
        """End the processes."""
        self._apart.close()


_trust: Trust


def _begin(trust: Trust) -> None:
    """In the new process: remember the trust."""
    global _trust
    _trust = trust


def judge(pdf: bytes) -> "Findings":
    """In the process: judge one file."""
    from signing.verify import verify

    return asyncio.run(verify(pdf, _trust))


def read_code(public_url: str, picture: bytes) -> photographs.Code | None:
    """In the process: the QR in a picture; None: there is none."""
    try:
        return photographs.code_in(picture, public_url)
    except photographs.NoCode:
        return None


def load(folder: str) -> TrustFolder:
    """The trust folder. Raises NoTrust."""
    trust = TrustFolder(Path(folder))
    trust.now()
    return trust
