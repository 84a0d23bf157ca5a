"""Pages for everybody, without a sign-in: what there is to apply for, the public register, checking a licence."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, cast
from urllib.parse import quote, urlencode

import geothai
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from api import frame, pictures, showing, tools, wording
from api import register as door
from api.bodies import TooLarge
from api.paging import After
from api.people import Anyone
from api.showing import InBoth, Says
from api.tools import Now, TheCatalogue, TheDatabase, TheSettings
from api.verdict import Worth
from api.verifying import Verifier
from licences import catalogue as law
from licences.catalogue import Catalogue
from licences.procedure import Level, Licence, Operation, Procedure, Text
from licences.register import Standing
from records import register
from records.rows import Page

router = APIRouter(include_in_schema=False)

A_PAGE = 25
OFTEN = 6
Words = Annotated[str, Query(max_length=100)]
Code = Annotated[str, Query(max_length=60)]
Place = Annotated[int, Query(ge=0, le=10_000)]

IN_A_LIST = (Standing.IN_FORCE, Standing.EXPIRED, Standing.SUSPENDED, Standing.REVOKED, Standing.ENDED)

CANNOT_TELL = Text(th="ตรวจไม่ได้ในตอนนี้", en="cannot be told just now")
GENUINE = (
    Text(th="ลายมือชื่ออิเล็กทรอนิกส์", en="The seal"),
    Text(th="เป็นของจริง", en="is genuine"),
    Text(th="ไม่ใช่ของหน่วยงานในระบบนี้", en="is not one of ours"),
)
ISSUER = (
    Text(th="ผู้ออก", en="The issuer"),
    Text(th="เป็นหน่วยงานที่มีอำนาจ", en="is the agency in charge"),
    Text(th="ไม่ทราบว่าใครออก", en="is not known"),
)
UNCHANGED = (
    Text(th="การแก้ไข", en="Changes"),
    Text(th="ไม่ถูกแก้ไขหลังออก", en="none since it was issued"),
    Text(th="ถูกแก้ไขหลังออก", en="changed after it was issued"),
)
TODAY = (
    Text(th="วันนี้", en="Today"),
    Text(th="ใบอนุญาตใช้ได้", en="the licence is in force"),
    Text(th="ใบอนุญาตใช้ไม่ได้", en="the licence is not in force"),
)

# Each outcome has its own sentence, look and next step; "cannot tell" is never shown as "false".
WORTHS: Mapping[str, tuple[Text, str, Text]] = {
    Worth.IN_FORCE: (
        Text(th="ใบอนุญาตนี้เป็นของจริงและใช้ได้อยู่", en="This licence is genuine and in force"),
        "good",
        Text(th="เทียบชื่อและสถานที่กับผู้ที่แสดงใบอนุญาตนี้", en="Compare name and place with whoever shows it."),
    ),
    Worth.NOT_IN_FORCE: (
        Text(th="เป็นของจริง แต่วันนี้ใช้ไม่ได้", en="Genuine, but not in force today"),
        "wait",
        Text(th="ดูสถานะล่าสุดในทะเบียน", en="See its present standing in the register."),
    ),
    Worth.ALTERED: (
        Text(th="ไฟล์นี้ถูกแก้ไขหลังออก", en="This file was changed after it was issued"),
        "bad",
        Text(
            th="อย่าเชื่อถือไฟล์นี้ ขอไฟล์ใหม่หรือค้นเลขที่ในทะเบียน",
            en="Do not rely on it. Ask for a new file, or look the number up.",
        ),
    ),
    Worth.NOT_OURS: (
        Text(th="ไม่ใช่เอกสารที่ออกโดยระบบนี้", en="This document was not issued here"),
        "bad",
        Text(th="หากได้รับมาในชื่อใบอนุญาต ให้แจ้งหน่วยงานผู้อนุญาต", en="If it was shown to you as a licence, tell the agency."),
    ),
    Worth.NOT_IN_REGISTER: (
        Text(th="ไม่พบเอกสารนี้ในทะเบียน", en="The register has no such document"),
        "bad",
        Text(th="อย่าเชื่อถือไฟล์นี้ ให้แจ้งหน่วยงานผู้อนุญาต", en="Do not rely on it, and tell the agency."),
    ),
    Worth.CANNOT_TELL: (
        Text(th="ยังตรวจไม่ได้ในตอนนี้", en="It cannot be checked just now"),
        "wait",
        Text(
            th="ไม่ได้แปลว่าปลอม ค้นเลขที่ใบอนุญาตในทะเบียน หรือลองใหม่ภายหลัง",
            en="That does not mean it is false. Look the number up in the register, or try again later.",
        ),
    ),
}


@dataclass(frozen=True)
class Listed:
    """One licence in a list."""

    code: str
    title: Text
    agency: Text
    decision_days: int
    sealed: bool


@dataclass(frozen=True)
class Offered:
    """One operation on a start page."""

    operation: str
    name: Text
    procedure: Procedure
    fee: Text
    who: Text
    result: Text


@router.get("/")
async def home(request: Request, who: Anyone, catalogue: TheCatalogue) -> HTMLResponse:
    """Where everybody starts."""
    often = [licence for licence in catalogue.search() if licence.usage_count][:OFTEN]
    return await frame.show(
        request,
        "home.html",
        licences=len(catalogue.licences),
        agencies=len(catalogue.agencies),
        popular=[_listed(catalogue, licence) for licence in often],
    )


@router.get("/licences")
async def licences(
    request: Request,
    who: Anyone,
    catalogue: TheCatalogue,
    q: Words = "",
    agency: Code = "",
    business_type: Code = "",
    after: Place = 0,
) -> HTMLResponse:
    """The catalogue, searched and filtered; the question stands in the address, so that it can be shared."""
    found = catalogue.search(q, agency=agency, business_type=business_type)
    asked = {"q": q, "agency": agency, "business_type": business_type}
    further = after + A_PAGE
    return await frame.show(
        request,
        "licences.html",
        q=q,
        agency=agency,
        business_type=business_type,
        agencies=_agencies(catalogue),
        business_types=business_types(),
        total=len(found),
        found=[_listed(catalogue, licence) for licence in found[after:further]],
        next=_address("/licences", asked | {"after": str(further)}) if further < len(found) else "",
        first=_address("/licences", asked) if after else "",
    )


@router.get("/licences/{code}")
async def licence(
    request: Request, who: Anyone, catalogue: TheCatalogue, now: Now, code: str, operation: Code = ""
) -> HTMLResponse:
    """What one licence asks, costs and takes: known before the first question."""
    on = now.date()
    found = catalogue.licence(code, on)
    offered = [_offered(catalogue, found, one, on) for one in Operation if one in found.operations]
    chosen = next((one for one in offered if one.operation == operation), offered[0])
    lang = showing.language(request)
    return await frame.show(
        request,
        "licence.html",
        licence=found,
        agency=catalogue.agency(found.agency),
        operations=offered,
        chosen=chosen,
        where=wording.served(found, province_names()),
        lasts=wording.lasts(found.validity),
        renewal=wording.renewal(found.renewal_window),
        prerequisites=_prerequisites(catalogue, chosen.procedure),
        picture=pictures.lanes(chosen.procedure, lang),
        phases=pictures.phases(chosen.procedure, lang),
    )


def _listed(catalogue: Catalogue, licence: Licence) -> Listed:
    agency = catalogue.agency(licence.agency)
    return Listed(licence.code, licence.title, agency.title, licence.decision_days, licence.level is Level.SEAL)


def _offered(catalogue: Catalogue, licence: Licence, operation: Operation, on: date) -> Offered:
    procedure = catalogue.procedure(licence.code, operation, on)
    return Offered(
        operation=operation.value,
        name=wording.OPERATIONS[operation],
        procedure=procedure,
        fee=wording.fee(procedure, on),
        who=wording.WHO[procedure.applicant],
        result=wording.EFFECTS[procedure.effect],
    )


def _agencies(catalogue: Catalogue) -> list[Any]:
    return sorted(catalogue.agencies.values(), key=lambda agency: agency.title.th)


@dataclass(frozen=True)
class BusinessType:
    """A kind of business, and its name."""

    code: str
    title: Text


@cache
def business_types() -> tuple[BusinessType, ...]:
    """The kinds of business that licences are found by."""
    with Path(law.HOME / "business-types.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            BusinessType(row["slug"], Text(th=row["name_th"], en=row["name_en"])) for row in csv.DictReader(file)
        )


def _prerequisites(catalogue: Catalogue, procedure: Procedure) -> list[list[Licence]]:
    known = [[code for code in needed.any_of if code in catalogue.versions] for needed in procedure.prerequisites]
    return [[catalogue.licence(code) for code in codes] for codes in known if codes]


def province_names() -> Mapping[str, Text]:
    """The provinces by their DOPA codes."""
    return {one.code: Text(th=one.name_th, en=one.name_en) for one in geothai.provinces()}


def _address(path: str, asked: Mapping[str, str]) -> str:
    return f"{path}?{urlencode({key: value for key, value in asked.items() if value})}"


# --- the register ---


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
    after: After = "",
) -> HTMLResponse:
    """The register by name, number or place, however it is spelt; every answer has an address of its own."""
    asked = {"q": q, "agency": agency, "status": status}
    problems: tuple[Says, ...] = ()
    try:
        tools.throttled(request)
        door.check_query(q)
        async with database.reading() as session:
            found = await register.search(session, q, agency=agency, status=status, after=after, limit=A_PAGE)
    except door.NotSearchedByNumber as refusal:
        found = Page(())
        problems = (Says("q", showing.in_words(refusal, showing.language(request))),)
    return await frame.show(
        request,
        "register.html",
        422 if problems else 200,
        q=q,
        agency=agency,
        status_asked=status,
        agencies=_agencies(catalogue),
        statuses={one.value: wording.STANDINGS[one] for one in IN_A_LIST},
        found=[_line(catalogue, line) for line in found.items],
        next=_address("/register", asked | {"after": found.next}) if found.next else "",
        first=_address("/register", asked) if after else "",
        problems=problems,
    )


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
    request: Request, who: Anyone, catalogue: TheCatalogue, database: TheDatabase, now: Now, licence_number: str
) -> HTMLResponse:
    """What the QR of a licence opens: what it is worth today, and everything the register says of it."""
    found = await door.the_licence(database, licence_number)
    answer = await frame.show(
        request, "entry.html", number=found.holding.licence_number, entry=_entry(catalogue, found, now), now=now
    )
    answer.headers.update(door.page_headers(found))
    return answer


def _entry(catalogue: Catalogue, found: register.Found, now: datetime) -> dict[str, Any]:
    holding, standing = found.holding, door.standing(found, now)
    current = next(one for one in found.entries if one.seq == holding.entry)
    facts = current.facts
    title = facts.get("title") or catalogue.licence(holding.licence).title.model_dump()
    return {
        "natural": holding.holder_kind == "natural",
        "standing": wording.STANDINGS[standing],
        "meaning": wording.MEANINGS[standing],
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


# --- checking a document ---


@dataclass(frozen=True)
class Proof:
    """One of the four answers: `answer` is yes, no or unknown."""

    what: Text
    said: Text
    answer: str
    detail: str = ""


@router.get("/verify")
async def ask_verify(request: Request, who: Anyone, number: Code = "") -> Response:
    """By a number, or by a file."""
    if number.strip():
        return frame.see_other(f"/v/{quote(number.strip(), safe='')}")
    return await frame.show(request, "verify.html", number="")


@router.post("/verify")
async def verify(request: Request, who: Anyone, database: TheDatabase, now: Now) -> HTMLResponse:
    """What a PDF proves, in four plain lines and one next step. Nothing is kept."""
    try:
        tools.throttled(request)
        pdf = await door.pdf_in(request)
        said = await door.judged(cast(Verifier, request.app.state.verifier), database, pdf, now)
    except (door.NoFile, TooLarge) as refusal:
        says = Says("file", showing.in_words(refusal, showing.language(request)))
        return await frame.show(request, "verify.html", refusal.status, number="", problems=(says,))
    return await frame.show(request, "verified.html", result=_result(said, showing.language(request)))


def _result(said: Mapping[str, Any], lang: showing.Lang) -> dict[str, Any]:
    worth = said["verdict"]
    headline, look, next_step = WORTHS[worth]
    known, seal = said["register"], said["seal"]
    sentences = [Text(th=th, en=en) for th, en in zip(said["th"], said["en"], strict=True)]
    return {
        "headline": headline,
        "look": look,
        "next_step": next_step,
        "lines": _proofs(said, lang),
        "number": known["licence_number"] if known else "",
        "sha256": said["file"]["sha256"],
        "indication": " ".join(filter(None, (seal["indication"], seal["sub_indication"]))),
        "sentences": sentences,
    }


def _proofs(said: Mapping[str, Any], lang: showing.Lang) -> list[Proof]:
    seal, known = said["seal"], said["register"]
    by = seal["sealed_by"] or {}
    name = str(by.get("name") or by.get("organisation") or "") if isinstance(by, Mapping) else str(by)
    at = datetime.fromisoformat(seal["sealed_at"]) if seal["sealed_at"] else None
    in_force = said["in_force"] if known else None
    return [
        _proof(GENUINE, said["genuine"], detail=showing.moment(at, lang)),
        _proof(ISSUER, bool(name) if said["genuine"] is not None else None, detail=name),
        _proof(UNCHANGED, seal["intact"]),
        _proof(TODAY, in_force, detail=_until(known, lang)),
    ]


def _proof(what: tuple[Text, Text, Text], answer: bool | None, detail: str = "") -> Proof:
    title, yes, no = what
    if answer is None:
        return Proof(title, CANNOT_TELL, "unknown")
    return Proof(title, yes if answer else no, "yes" if answer else "no", detail)


def _until(known: Mapping[str, Any] | None, lang: showing.Lang) -> str:
    if not known or not known.get("valid_until"):
        return ""
    until = showing.day(date.fromisoformat(known["valid_until"]), lang)
    return f"ใช้ได้ถึง {until}" if lang == "th" else f"valid until {until}"


# --- plain words ---


@router.get("/how-to-check")
async def how_to_check(request: Request, who: Anyone, settings: TheSettings) -> HTMLResponse:
    """By QR, by file, and without us."""
    return await frame.show(request, "how-to-check.html", public_url=settings.public_url)


@router.get("/help")
async def help_(request: Request, who: Anyone) -> HTMLResponse:
    """What people ask first."""
    return await frame.show(request, "help.html")


@router.get("/privacy")
async def privacy(request: Request, who: Anyone) -> HTMLResponse:
    """What we keep of people, why, how long, and their rights (PDPA s.23)."""
    return await frame.show(request, "privacy.html")


@router.get("/accessibility")
async def accessibility(request: Request, who: Anyone) -> HTMLResponse:
    """What works, and whom to tell what does not."""
    return await frame.show(request, "accessibility.html")
