"""Statements for QR codes: wanted when a number is reserved, signed beside the keys, and then an input of the paper.

No step of a journey, and no message to the engine: the reservation itself is the order (`records.register.unstated`), a
ring says that there is one, and a look now and then finds what was not rung for.
"""

import logging
from contextvars import ContextVar

from activities import facts
from activities.issuing import Desk
from records import register
from records.bell import Bell, ring
from records.database import Database

log = logging.getLogger("stating")

LOOK_EVERY_S = 5.0
AFTER_TROUBLE_S = 1.0
AT_ONCE = 50
FOR: ContextVar[str] = ContextVar("FOR", default="")
"""The application whose statement is being signed."""


class Stating:
    """Signs what was reserved and has no statement yet, one after the other."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self.database, self.desk = database, desk
        self.wanted: Bell = database.bell(register.STATEMENT_WANTED)

    async def rounds(self) -> None:
        """Go round until cancelled; a round that fails is logged and made again."""
        while True:
            rung = await self.wanted.next_ring()
            well = await self.round()
            await self.wanted.heard(rung, LOOK_EVERY_S if well else AFTER_TROUBLE_S)

    async def round(self) -> bool:
        """Sign what waits. False: something could not be signed; it is logged, and no other waits for it."""
        try:
            async with self.database.reading() as session:
                waiting = await register.unstated(session, AT_ONCE)
        except Exception:
            log.exception("what waits for a statement could not be read")
            return False
        return all([await self._signed(application) for application in waiting])

    async def _signed(self, application: str) -> bool:
        try:
            await self.sign(application)
        except Exception:
            log.exception("%s: its statement could not be signed and will be tried again", application)
            return False
        return True

    async def sign(self, application: str) -> None:
        """Sign what a licence's QR code will say, and write it down with the reservation. The first one stays."""
        FOR.set(application)
        async with self.database.reading() as session:
            reserved = await register.reserved(session, application)
        assert reserved is not None
        statement = await self.desk.statement(reserved.agency, facts.stated(reserved.facts), reserved.facts)
        async with self.database.transaction() as session:
            await register.state_once(session, application, statement)
            await ring(session, register.STATEMENT_SIGNED)
