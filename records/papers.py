"""Documents of ours on their way: intended, drawn, sealed. Keys and digests here, the bytes in the store."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from records.rows import table_of, write_once
from records.tables import Paper

PAPERS = table_of(Paper)


async def intend_once(session: AsyncSession, paper_id: str, application: str, kind: str, agency: str) -> Paper:
    """A paper is to be drawn and sealed; the same id again gives the paper as it now is."""
    paper = Paper(id=paper_id, application=application, kind=kind, agency=agency)
    if await write_once(session, paper):
        return paper
    kept = await get(session, paper_id)
    assert kept is not None
    return kept


async def drawn(session: AsyncSession, paper_id: str, key: str, sha256: str, at: datetime) -> Paper:
    """It lies in the store, not yet sealed. The first drawing stays: use what this returns."""
    return await _first(session, paper_id, "drawn_key", {"drawn_key": key, "drawn_sha256": sha256, "drawn_at": at})


async def sealed(
    session: AsyncSession, paper_id: str, key: str, sha256: str, version_id: str, at: datetime, **proof: Any
) -> Paper:
    """It is sealed, checked and stored. The first seal stays: use what this returns. `proof`: how long the seal proves
    itself and how long the store keeps it (`proof_ends_at`, `proof_digest`, `kept_until`)."""
    said = {"sealed_key": key, "sealed_sha256": sha256, "sealed_version": version_id, "sealed_at": at, **proof}
    return await _first(session, paper_id, "sealed_key", said)


async def _first(session: AsyncSession, paper_id: str, mark: str, said: dict[str, Any]) -> Paper:
    open_ = (PAPERS.c.id == paper_id, PAPERS.c[mark] == "")
    row = (await session.execute(update(PAPERS).where(*open_).values(said).returning(PAPERS))).mappings().first()
    paper = Paper(**row) if row else await get(session, paper_id)
    if paper is None:
        raise RuntimeError(f"paper {paper_id} was never intended")
    return paper


async def get(session: AsyncSession, paper_id: str) -> Paper | None:
    """One paper; None: it was never intended."""
    row = (await session.execute(select(PAPERS).where(PAPERS.c.id == paper_id))).mappings().first()
    return Paper(**row) if row else None


async def of(session: AsyncSession, application: str) -> tuple[Paper, ...]:
    """Every paper of an application."""
    rows = await session.execute(select(PAPERS).where(PAPERS.c.application == application).order_by(PAPERS.c.id))
    return tuple(Paper(**row) for row in rows.mappings())


async def by_sha256(session: AsyncSession, sha256: str) -> Paper | None:
    """The sealed paper with that digest (hex); None: we sealed no such file."""
    sealed_so = (PAPERS.c.sealed_sha256 == sha256, PAPERS.c.sealed_sha256 != "")
    row = (await session.execute(select(PAPERS).where(*sealed_so).limit(1))).mappings().first()
    return Paper(**row) if row else None
