"""Definitions in use: under which versions of the rules people have applied, or are about to."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from forms import form
from licences.procedure import Procedure
from records.rows import table_of
from records.tables import Application, Definition, Draft

APPLICATIONS, DRAFTS, DEFINITIONS = table_of(Application), table_of(Draft), table_of(Definition)


@dataclass(frozen=True)
class InUse:
    """One version of one procedure, with how many open applications and how many drafts began under it.

    `procedure` is None while nobody has submitted under it: the first submission keeps it.
    """

    licence: str
    operation: str
    version: str
    applications: int
    drafts: int
    procedure: Procedure | None


async def in_use(session: AsyncSession) -> tuple[InUse, ...]:
    """Every version that an open application or a draft began under, in order of licence and operation."""
    open_ = _counted(APPLICATIONS).where(APPLICATIONS.c.ended_at.is_(None))
    begun = _counted(DRAFTS).where(DRAFTS.c.id.startswith("w-"))  # an answer's draft belongs to its application
    applications, first_drafts = [
        {(licence, operation, version): number for licence, operation, version, number in await session.execute(asked)}
        for asked in (open_, begun)
    ]
    keys = sorted({*applications, *first_drafts})
    kept = await _kept(session, {version for _, _, version in keys})
    return tuple(InUse(*key, applications.get(key, 0), first_drafts.get(key, 0), kept.get(key[2])) for key in keys)


def _counted(table: Table) -> Select[Any]:
    named = (table.c.licence, table.c.operation, table.c.version)
    return select(*named, func.count()).group_by(*named)


async def _kept(session: AsyncSession, versions: set[str]) -> dict[str, Procedure]:
    columns = (DEFINITIONS.c.version, DEFINITIONS.c.procedure, DEFINITIONS.c.texts)
    found = {}
    for version, said, texts in await session.execute(select(*columns).where(DEFINITIONS.c.version.in_(versions))):
        form.remember(version, texts)
        found[version] = Procedure.model_validate(said)
    return found
