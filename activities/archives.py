"""Long life: archive stamps renewed before the last one ends, each as a new version in the store, under its own lock.

One page of papers is one effect. A paper that cannot be renewed (its file is damaged, or the authority's certificate is
still the old one) is counted and left for the next day; long before it matters `bizportal stuck` names it. When nobody
answers (token, time stamps, store), the page is tried again.
"""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.keeping import keep_until, lock_until
from activities.wanted import Value
from licences.calendar import BANGKOK
from records import archives, register
from records.database import Database
from records.files import Altered, Files, Lost, Stored
from records.tables import Paper, RenewedSeal, SealInUse
from signing.proof import DIGESTS, NothingGained, OwnSealDoubtful, Proof

log = logging.getLogger(__name__)

AHEAD = timedelta(days=365)
"""How long before its end a stamp is renewed: room for an authority that is slow to change its certificate."""
A_PAGE = 20
PDF = "application/pdf"


class Round(Value):
    """One day's round: the moment it began, where it is, how many papers were renewed, and how many could not be."""

    at: datetime
    ahead: timedelta = AHEAD
    after: str = ""
    over: bool = False
    renewed: int = 0
    failed: int = 0


class Desk(Protocol):
    """The part of the sealing desk that renews, as `signing.desk` has it."""

    async def renew(self, sealed: bytes, agency: str, digest: str) -> bytes:
        """A sealed PDF with one more archive stamp, verified by ourselves before and after."""
        ...

    def proof(self, sealed: bytes) -> Proof:
        """How long a sealed PDF proves itself."""
        ...

    async def check(self, sealed: bytes, agency: str) -> None:
        """Return when the agency's seal stands on it, whole."""
        ...

    def in_use(self) -> Mapping[str, tuple[datetime, str]]:
        """By agency: when the certificate that it seals with ends, and the algorithm."""
        ...


class Archives:
    """Beside the keys, because the store's locked shelf and the time stamps are."""

    def __init__(self, database: Database, files: Files, desk: Desk, digest: str, retention_years: int) -> None:
        self.database, self.files, self.desk = database, files, desk
        self.digest, self.retention_years = digest, retention_years

    @activity.defn(name="renew_archives")
    async def renew_archives(self, going: Round) -> Round:
        """The next page of papers that are due; the round as it then stands."""
        on, ends_before = going.at.astimezone(BANGKOK).date(), going.at + going.ahead
        new_enough = DIGESTS[DIGESTS.index(self.digest) :]
        async with self.database.reading() as session:
            page = await archives.due(session, ends_before, new_enough, on, going.after, A_PAGE)
        done = [await self._renewed_or_not(paper, going) for paper in page]
        return going.model_copy(
            update={
                "after": page[-1].id if page else going.after,
                "over": len(page) < A_PAGE,
                "renewed": going.renewed + done.count(True),
                "failed": going.failed + done.count(False),
            }
        )

    @activity.defn(name="note_seals")
    async def note_seals(self, going: Round) -> None:
        """Write down which certificates are in use and when they end, for those who watch and have no keys."""
        seen = [
            SealInUse(agency=agency, ends_at=ends_at, algorithm=algorithm, seen_at=going.at)
            for agency, (ends_at, algorithm) in self.desk.in_use().items()
        ]
        async with self.database.transaction() as session:
            await archives.note_seals(session, seen)

    async def _renewed_or_not(self, paper: Paper, going: Round) -> bool | None:
        """True: renewed; None: nothing was to be done after all; False: this paper cannot be."""
        try:
            return await self._renew(paper, going)
        except (Altered, Lost, OwnSealDoubtful, NothingGained, ValueError):
            log.exception("%s: its archive stamp cannot be renewed", paper.id)
            return False

    async def _renew(self, paper: Paper, going: Round) -> bool | None:
        file = archives.newest(paper)
        sealed = await self.files.get(file.key, file.sha256, file.version_id)
        until = await self._until(paper, going.at)
        if paper.proof_ends_at is None and await self._known_now(paper, sealed, until, going):
            return None
        stored = await self._renewed_before(paper, sealed) or await self._stored(paper, sealed, until)
        await self._write_down(paper, stored, until, going.at)
        return True

    async def _known_now(self, paper: Paper, sealed: bytes, until: date, going: Round) -> bool:
        """A paper from before anybody wrote it down: do so; whether it is not due after all."""
        proof = self.desk.proof(sealed)
        async with self.database.transaction() as session:
            await archives.looked_at(session, paper.id, proof.ends_at, proof.digest, until)
        return proof.ends_at >= going.at + going.ahead and DIGESTS.index(proof.digest) >= DIGESTS.index(self.digest)

    async def _renewed_before(self, paper: Paper, sealed: bytes) -> Stored | None:
        """The renewal that we stored and then died before we wrote it down; None: there is none."""
        for stored in await self.files.kept_in(_folder(paper)):
            document = await self.files.get(stored.key, stored.sha256, stored.version_id)
            if document.startswith(sealed) and len(document) > len(sealed):
                await self.desk.check(document, paper.agency)
                return stored
        return None

    async def _stored(self, paper: Paper, sealed: bytes, until: date) -> Stored:
        renewed = await self.desk.renew(sealed, paper.agency, self.digest)
        return await self.files.put_once(_folder(paper), renewed, PDF, retain_until=lock_until(until))

    async def _write_down(self, paper: Paper, stored: Stored, until: date, at: datetime) -> None:
        document = await self.files.get(stored.key, stored.sha256, stored.version_id)
        proof = self.desk.proof(document)
        version = RenewedSeal(
            paper=paper.id, nth=paper.renewals + 1, key=stored.key, sha256=stored.sha256, at=at,
            version_id=stored.version_id, ends_at=proof.ends_at, digest=proof.digest,
        )  # fmt: skip
        async with self.database.transaction() as session:
            kept = await archives.renewed(session, version, until)
        if kept.held:
            await self.files.hold(stored.key, stored.version_id, held=True)

    async def _until(self, paper: Paper, at: datetime) -> date:
        """Until when the store keeps it; a licence in force without an end is kept on while it is looked after."""
        async with self.database.reading() as session:
            if paper.kept_until is not None and not await _lives_on(session, paper):
                return paper.kept_until
            return await keep_until(session, paper, at, self.retention_years)


async def _lives_on(session: AsyncSession, paper: Paper) -> bool:
    reserved = await register.reserved(session, paper.application) if paper.kind == "licence" else None
    if reserved is None or reserved.valid_until is not None:
        return False
    held = await register.holding(session, reserved.number)
    return held is not None and held.status not in register.OVER


def _folder(paper: Paper) -> str:
    return f"licences/{paper.kind}/{paper.application}"
