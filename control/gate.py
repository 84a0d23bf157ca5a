"""Before a release is deployed: would everything that is under way go on as it began, under this code and these rules?

Beside the replay of every open run (`control.replay`) each definition in use is looked at. A version that is none of
today's was edited in place: what people applied under has changed without a new dated version, and somebody has to
declare it. And under the rules it was filed under, today's code must ask for the money that was asked for.
"""

import tomllib
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from activities.billing import Billing
from licences.calendar import BANGKOK
from licences.catalogue import Catalogue, resolve
from licences.errors import NotAllowed, Sentence
from licences.procedure import Due, Licence, Operation
from licences.versions import changes
from records import applications, definitions, ledger
from records.database import Database
from records.definitions import InUse
from records.tables import Application, Bill

PREFIX = 12
"""How much of a version's name is enough to declare it by."""


@dataclass(frozen=True)
class Objection:
    """Something that would not be as it was: of what, and what; `declared` says that somebody has said so."""

    about: str
    says: Sentence
    declared: bool = False


def declared_in(path: Path) -> frozenset[str]:
    """The versions that somebody has declared changed in place: `[[change]] was = "…"` with why, in both languages."""
    if not path.exists():
        return frozenset()
    rows = tomllib.loads(path.read_text("utf-8")).get("change", [])
    if faulty := [row for row in rows if not (row.get("was") and row.get("why_th") and row.get("why_en"))]:
        raise ValueError(f"{path}: was, why_th and why_en are needed in {faulty[0]}")
    return frozenset(str(row["was"])[:PREFIX] for row in rows)


async def definitions_in_use(
    database: Database, catalogue: Catalogue, declared: Collection[str]
) -> tuple[int, tuple[Objection, ...]]:
    """How many versions are in use, and those of them that are none of today's."""
    async with database.reading() as session:
        used = await definitions.in_use(session)
    known = {version for one in catalogue.versions.values() for licence in one for version in _versions(licence)}
    return len(used), tuple(_edited(catalogue, one, declared) for one in used if one.version not in known)


def _versions(licence: Licence) -> Iterator[str]:
    for operation in licence.operations:
        yield resolve(licence, operation).version


def _edited(catalogue: Catalogue, one: InUse, declared: Collection[str]) -> Objection:
    """One version that was edited in place, with what changed, in words."""
    found = [
        resolve(licence, Operation(one.operation))
        for licence in catalogue.versions.get(one.licence, ())
        if Operation(one.operation) in licence.operations
    ]
    said = changes(one.procedure, found[-1]) if one.procedure and found else ()
    what = "; ".join(change.said.en for change in said) or "it is no longer offered, or nobody has submitted under it"
    th = "; ".join(change.said.th for change in said) or "ไม่เปิดให้ยื่นแล้ว หรือยังไม่มีผู้ยื่น"
    count = f"{one.applications} + {one.drafts}"
    return Objection(
        f"{one.licence}/{one.operation} {one.version[:PREFIX]}",
        Sentence(f"คำขอและร่าง {count} รายการเริ่มตามกฎที่ถูกแก้ในที่เดิม: {th}",
                 f"{count} applications and drafts began under rules that were edited in place: {what}"),
        declared=one.version[:PREFIX] in declared,
    )  # fmt: skip


async def amounts(database: Database) -> tuple[int, tuple[Objection, ...]]:
    """How many bills of open applications there are, and those for which today's code would ask another amount."""
    billing, found = Billing(database, "", local=True), []
    async with database.reading() as session:
        async for application, bill in _bills(session):
            found.append(await _amount(billing, session, application, bill))
    return len(found), tuple(filter(None, found))


async def _bills(session: AsyncSession) -> AsyncIterator[tuple[Application, Bill]]:
    for number in await applications.open_numbers(session):
        for bill in await ledger.bills_of(session, number):
            if bill.status in ("open", "paid"):
                yield await applications.get(session, number), bill


async def _amount(billing: Billing, session: AsyncSession, application: Application, bill: Bill) -> Objection | None:
    """Today's code on the rules and answers of then, on the day on which the bill was raised."""
    try:
        quote = await billing.quote(session, application, Due(bill.due), bill.raised_at.astimezone(BANGKOK).date())
    except NotAllowed as no:
        return Objection(f"{application.number} {bill.ref1}", Sentence(no.th, no.en))
    if quote.satang == bill.satang:
        return None
    says = Sentence(
        f"เรียกเก็บไว้ {bill.satang} สตางค์ แต่โปรแกรมวันนี้จะเรียก {quote.satang}",
        f"{bill.satang} satang were asked for, and today's code would ask for {quote.satang}",
    )
    return Objection(f"{application.number} {bill.ref1}", says)
