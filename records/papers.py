"""Documents of ours on their way: intended, drawn, sealed. Keys and digests here, the bytes in the store."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from records.bell import ring
from records.rows import table_of, write_once
from records.tables import Paper, WantedPaper

PAPERS, WANTED = table_of(Paper), table_of(WantedPaper)
PAPER_WANTED = "paper_wanted"


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


# --- papers that set out a decision ---


async def want_once(session: AsyncSession, application: str, kind: str, task: str, at: datetime) -> str:
    """A paper of this kind is to set out what was decided on a task; its id. The same task again gives the first.

    The transaction has written the decision into the history before: so of two at once one waits, and counts on.
    """
    if known := await wanted_for(session, task, kind):
        return known.paper
    earlier = select(func.count()).select_from(WANTED).where(WANTED.c.application == application, WANTED.c.kind == kind)
    nth = 1 + int((await session.execute(earlier)).scalar_one())
    paper = f"{application}:{kind}" if nth == 1 else f"{application}:{kind}-{nth}"
    await write_once(session, WantedPaper(paper=paper, application=application, kind=kind, task=task, wanted_at=at))
    await ring(session, PAPER_WANTED)
    return paper


async def wanted_for(session: AsyncSession, task: str, kind: str) -> WantedPaper | None:
    """The paper of this kind that sets out a task's decision; None: there is to be none."""
    asked = select(WANTED).where(WANTED.c.task == task, WANTED.c.kind == kind)
    row = (await session.execute(asked)).mappings().first()
    return WantedPaper(**row) if row else None


async def wanted_of(session: AsyncSession, application: str) -> dict[tuple[str, str], Paper]:
    """The sealed papers that set out decisions of an application, by task and kind."""
    asked = select(WANTED.c.task, WANTED.c.kind.label("sort"), PAPERS).join(PAPERS, PAPERS.c.id == WANTED.c.paper)
    rows = await session.execute(asked.where(WANTED.c.application == application, PAPERS.c.sealed_key != ""))
    return {
        (row["task"], row["sort"]): Paper(**{one.name: row[one.name] for one in PAPERS.c}) for row in rows.mappings()
    }


async def not_begun(session: AsyncSession, limit: int) -> tuple[WantedPaper, ...]:
    """Wanted papers that nobody has set about making, the oldest first."""
    asked = select(WANTED).where(WANTED.c.begun_at.is_(None)).order_by(WANTED.c.wanted_at).limit(limit)
    return tuple(WantedPaper(**row) for row in (await session.execute(asked)).mappings())


async def begun(session: AsyncSession, paper: str, at: datetime) -> None:
    """Somebody makes it now."""
    await session.execute(update(WANTED).where(WANTED.c.paper == paper).values(begun_at=at))
