"""The public register for people: search it, and see what one licence is worth today."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api import frame, showing, tools, wording
from api import register as door
from api.pages_public import A_PAGE, Code, Words, address, agencies, province_names
from api.paging import After
from api.people import Anyone
from api.showing import InBoth, Says
from api.tools import Now, TheCatalogue, TheDatabase
from forms.times import read_day
from licences.catalogue import Catalogue
from licences.procedure import Licence, Text
from licences.register import Standing
from records import register
from records.rows import Page

router = APIRouter(include_in_schema=False)

IN_A_LIST = (Standing.IN_FORCE, Standing.EXPIRED, Standing.SUSPENDED, Standing.REVOKED, Standing.ENDED)


@dataclass(frozen=True)
class Line:
    """One licence in the register's list."""

    number: str
    holder: str
    title: InBoth
    standing: wording.Tag
    valid_until: date | None


@router.get("/register")
async def search(
    request: Request,
    who: Anyone,
    catalogue: TheCatalogue,
    database: TheDatabase,
    q: Words = "",
    agency: Code = "",
    status: Code = "",
    licence: Code = "",
    province: Code = "",
    holder_kind: Code = "",
    after: After = "",
) -> HTMLResponse:
    """The register by name, number or place, however it is spelt; every answer has an address of its own."""
    chosen = {"agency": agency, "status": status, "licence": licence, "province": province, "holder_kind": holder_kind}
    asked = {"q": q, **chosen}
    problems: tuple[Says, ...] = ()
    try:
        tools.throttled(request)
        door.check_query(q)
        async with database.reading() as session:
            found = await register.search(session, q, **chosen, after=after, limit=A_PAGE)
    except door.NotSearchedByNumber as refusal:
        found = Page(())
        problems = (Says("q", showing.in_words(refusal, showing.language(request))),)
    return await frame.show(
        request,
        "register.html",
        422 if problems else 200,
        q=q,
        chosen=chosen,
        asked=any(asked.values()),
        narrowed=any(chosen[name] for name in ("licence", "province", "holder_kind")),
        agencies=agencies(catalogue),
        kinds=_kinds(catalogue, agency, licence),
        provinces=sorted(province_names().items(), key=lambda one: one[1].th),
        holder_kinds=wording.HOLDER_KINDS,
        statuses={one.value: wording.STANDINGS[one] for one in IN_A_LIST},
        found=[_line(catalogue, line) for line in found.items],
        next=address("/register", asked | {"after": found.next}) if found.next else "",
        first=address("/register", asked) if after else "",
        problems=problems,
    )


def _kinds(catalogue: Catalogue, agency: str, chosen: str) -> list[Licence]:
    """The kinds of licence of the agency that is asked about, and the one that is chosen; not all that there are, so
    that the page stays light."""
    known = [one for one in catalogue.licences if chosen == one.code or one.agency == agency]
    return sorted(known, key=lambda one: one.title.th)


def _line(catalogue: Catalogue, line: register.Line) -> Line:
    known = catalogue.versions.get(line.licence)
    title = known[-1].title if known else Text(th=line.licence, en=line.licence)
    return Line(line.licence_number, line.holder_name, title, wording.STANDINGS[line.status], line.valid_until)


@dataclass(frozen=True)
class Labelled:
    """One fact of an entry."""

    th: str
    en: str
    value: str


@dataclass(frozen=True)
class Event:
    """One entry of a licence's history."""

    what: Text
    at: datetime
    until: date | None


@router.get("/v/{licence_number}")
async def entry(
    request: Request, who: Anyone, catalogue: TheCatalogue, database: TheDatabase, now: Now, licence_number: str,
    on: str = "",
) -> HTMLResponse:  # fmt: skip
    """What the QR of a licence opens: what it is worth today and on a chosen day, and what the register says of it."""
    found = await door.the_licence(database, licence_number)
    day = read_day(on)
    answer = await frame.show(
        request,
        "entry.html",
        number=found.holding.licence_number,
        entry=_entry(catalogue, found, now),
        now=now,
        on=day,
        then=_then(found, day, now) if day else None,
    )
    answer.headers.update(door.page_headers(found))
    return answer


def _then(found: register.Found, day: date, now: datetime) -> wording.Tag:
    known = door.known_on(found, day, now)
    return wording.standing(known.standing, known.stayed)


def _entry(catalogue: Catalogue, found: register.Found, now: datetime) -> dict[str, Any]:
    holding, known = found.holding, door.known_of(found, now)
    current = next(one for one in found.entries if one.seq == holding.entry)
    facts = current.facts
    title = facts.get("title") or catalogue.licence(holding.licence).title.model_dump()
    return {
        "natural": holding.holder_kind == "natural",
        "standing": wording.standing(known.standing, known.stayed),
        "meaning": wording.meaning(known.standing, known.stayed),
        "title": Text(**title),
        "holder": holding.holder_name,
        "juristic_id": holding.holder_key if holding.holder_kind == "juristic" else "",
        "agency": catalogue.agency(holding.agency).title,
        "facts": list(_particulars(facts)),
        "valid_from": holding.valid_from,
        "valid_until": holding.valid_until,
        "conditions": facts.get("conditions") or [],
        "document": bool(current.document_sha256),
        "paper_number": str(facts.get("paper_number") or ""),
        "sha256": current.document_sha256,
        "history": [Event(wording.ENTRIES[one.kind], one.entered_at, one.valid_until) for one in found.entries],
    }


def _particulars(facts: Mapping[str, Any]) -> Iterator[Labelled]:
    for one in facts.get("particulars") or ():
        yield Labelled(one["label"]["th"], one["label"]["en"], str(one["value"]))
    if facts.get("law"):
        yield Labelled("กฎหมาย", "Law", str(facts["law"]))
