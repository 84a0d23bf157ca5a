"""How long sealed papers prove themselves and are kept: which are due for a newer archive stamp, which are held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from records.papers import PAPERS
from records.register import NUMBERS
from records.rows import table_of, values_of, write_once
from records.tables import Paper, RenewedSeal, SealInUse

RENEWED, IN_USE = table_of(RenewedSeal), table_of(SealInUse)


@dataclass(frozen=True)
class File:
    """One version of a sealed paper in the store."""

    key: str
    sha256: str
    version_id: str


def newest(paper: Paper) -> File:
    """The version of a sealed paper that holds the longest: what is given out."""
    if paper.renewed_key:
        return File(paper.renewed_key, paper.renewed_sha256, paper.renewed_version)
    return File(paper.sealed_key, paper.sealed_sha256, paper.sealed_version)


async def due(
    session: AsyncSession, ends_before: datetime, digests: Sequence[str], on: date, after: str, limit: int
) -> tuple[Paper, ...]:
    """Sealed papers, by id, whose archive stamp ends before that moment or was made with none of those digests; those
    that nobody need keep any longer are left alone."""
    ends = or_(PAPERS.c.proof_ends_at < ends_before, PAPERS.c.proof_ends_at.is_(None))
    kept = or_(PAPERS.c.kept_until >= on, PAPERS.c.kept_until.is_(None), PAPERS.c.held)
    which = (PAPERS.c.sealed_key != "", PAPERS.c.id > after, kept, or_(ends, PAPERS.c.proof_digest.not_in(digests)))
    rows = await session.execute(select(PAPERS).where(*which).order_by(PAPERS.c.id).limit(limit))
    return tuple(Paper(**row) for row in rows.mappings())


async def looked_at(session: AsyncSession, paper: str, ends_at: datetime, digest: str, kept_until: date) -> None:
    """Write down what the file itself says, for a paper that was sealed before anybody wrote it down."""
    blank = (PAPERS.c.id == paper, PAPERS.c.proof_ends_at.is_(None))
    said = {"proof_ends_at": ends_at, "proof_digest": digest, "kept_until": kept_until}
    await session.execute(update(PAPERS).where(*blank).values(said))


async def renewed(session: AsyncSession, version: RenewedSeal, kept_until: date) -> Paper:
    """A newer version is stored. The first of two with the same place stays: use what this returns."""
    if await write_once(session, version):
        said = {
            "renewals": version.nth, "renewed_key": version.key, "renewed_sha256": version.sha256,
            "renewed_version": version.version_id, "proof_ends_at": version.ends_at, "proof_digest": version.digest,
            "kept_until": func.greatest(PAPERS.c.kept_until, kept_until),
        }  # fmt: skip
        await session.execute(update(PAPERS).where(PAPERS.c.id == version.paper).values(said))
    row = (await session.execute(select(PAPERS).where(PAPERS.c.id == version.paper))).mappings().one()
    return Paper(**row)


async def versions(session: AsyncSession, paper: Paper) -> tuple[File, ...]:
    """Every version of a sealed paper, the issued one first."""
    asked = select(RENEWED).where(RENEWED.c.paper == paper.id).order_by(RENEWED.c.nth)
    later = [File(row.key, row.sha256, row.version_id) for row in await session.execute(asked)]
    return (File(paper.sealed_key, paper.sealed_sha256, paper.sealed_version), *later)


async def hold(session: AsyncSession, licence_number: str, *, held: bool) -> tuple[Paper, ...]:
    """Put every sealed paper of a licence under legal hold, or let go of it; which papers those are."""
    of_it = select(NUMBERS.c.application).where(NUMBERS.c.number == licence_number)
    which = (PAPERS.c.application.in_(of_it), PAPERS.c.sealed_key != "")
    rows = await session.execute(update(PAPERS).where(*which).values(held=held).returning(PAPERS))
    return tuple(Paper(**row) for row in rows.mappings())


async def ending(session: AsyncSession, before: datetime, on: date, limit: int) -> tuple[Paper, ...]:
    """Papers whose archive stamp ends before that moment and that must be kept longer; the first to end first."""
    kept = or_(PAPERS.c.kept_until >= on, PAPERS.c.kept_until.is_(None), PAPERS.c.held)
    which = and_(PAPERS.c.sealed_key != "", PAPERS.c.proof_ends_at < before, kept)
    rows = await session.execute(select(PAPERS).where(which).order_by(PAPERS.c.proof_ends_at).limit(limit))
    return tuple(Paper(**row) for row in rows.mappings())


# Seals in use: what the process with the keys says of itself, for those who have no keys


async def note_seals(session: AsyncSession, seals: Sequence[SealInUse]) -> None:
    """What each agency seals with today."""
    for seal in seals:
        new = insert(IN_USE).values(values_of(seal))
        said = {name: new.excluded[name] for name in ("ends_at", "algorithm", "seen_at")}
        await session.execute(new.on_conflict_do_update(index_elements=["agency"], set_=said))


async def seals_ending(session: AsyncSession, before: datetime) -> tuple[SealInUse, ...]:
    """Agencies whose seal certificate ends before that moment, the first to end first."""
    rows = await session.execute(select(IN_USE).where(IN_USE.c.ends_at < before).order_by(IN_USE.c.ends_at))
    return tuple(SealInUse(**row) for row in rows.mappings())
