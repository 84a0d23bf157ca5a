"""The public register: find, show, download, check a document one holds, take all of it (E-Government Act s.13).

No sign-in. Only what an entry says, which is public by the time it is written; nothing is found by a citizen's number.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile

from api import bodies, opendata, people, photographs, reading, tools, verdict, views
from api.bodies import VERIFY_BYTES
from api.inclusion import proof_of
from api.paging import After, Limit
from api.tools import Now, TheDatabase, TheFiles, TheSettings, Throttled
from api.verdict import Known
from api.verifying import CannotJudge, Verifier
from licences import register as book
from licences import thai
from licences.calendar import BANGKOK
from licences.catalogue import Catalogue
from licences.errors import NotAllowed, NotFound
from licences.register import EntryKind, Standing
from records import archives, papers, register, renewals
from records import opendata as forms
from records.database import Database
from records.register import Found
from records.tables import Entry

if TYPE_CHECKING:  # what reads PDF is loaded only where a PDF is read
    from signing.verify import Findings

router = APIRouter(prefix="/api/v1", tags=["register"], dependencies=[people.Public])
Day = Annotated[date | None, Query(description="say also what the licence is worth on that day")]
Seq = Annotated[int, Query(ge=0, lt=2**62)]
Word = Annotated[str, Query(max_length=100)]
HolderKind = Literal["", "juristic", "natural"]
Juristic = Annotated[str, Query(pattern=r"^(0[0-9]{12})?$")]

CITIZEN_DIGITS = 13


class NotInRegister(NotFound):
    """The register has no such number, or that is no number of ours."""


class NoDocument(NotFound):
    """The entry stands in the register without an electronic document."""


class NotSearchedByNumber(NotAllowed):
    """Nobody is looked up by a citizen's number."""


class NoFile(NotAllowed):
    """There is no PDF in the request."""


@router.get("/register", dependencies=[Throttled])
async def find(
    database: TheDatabase, q: Word = "", agency: Word = "", status: Standing | None = None, province: Word = "",
    licence: Word = "", holder_kind: HolderKind = "", holder: Juristic = "", after: After = "", limit: Limit = 20,
) -> dict[str, Any]:  # fmt: skip
    """Licences whose number, holder or place holds every word of `q`, however it is spelt; by number.

    Holders and places are found by their Thai and their English names. `holder_kind` lists companies or natural persons
    alone; `holder` is a company's number.
    """
    check_query(q)
    async with database.reading() as session:
        page = await register.search(
            session, q, agency=agency, status=status or "", province=province, licence=licence,
            holder_kind=holder_kind, holder=holder, after=after, limit=limit,
        )  # fmt: skip
    return {"items": [line(one) for one in page.items], "next": page.next}


def line(one: register.Line) -> dict[str, Any]:
    """One licence in a list; `document` is where its PDF is fetched."""
    said: dict[str, Any] = views.plain(one)
    return said | {"document": document_address(one.licence_number) if one.document else None}


def document_address(licence_number: str) -> str:
    """Where the present sealed document of a licence is fetched."""
    return f"/api/v1/register/{licence_number}/document"


def check_query(q: str) -> None:
    """Raise NotSearchedByNumber for a citizen's number; a company's begins with 0 and is public."""
    digits = "".join(c for c in thai.ascii_digits(q) if c.isascii() and c.isdigit())
    if len(digits) == CITIZEN_DIGITS and not digits.startswith("0"):
        raise NotSearchedByNumber(
            "ค้นด้วยเลขประจำตัวประชาชนไม่ได้ โปรดค้นด้วยชื่อหรือเลขที่ใบอนุญาต",
            "nobody is looked up by a citizen's number: search by name or licence number",
            field="q",
        )


@router.get("/register/export", dependencies=[Throttled])
async def export(
    database: TheDatabase, format: Literal["csv", "jsonl", "xml"] = "jsonl", after: Seq = 0
) -> StreamingResponse:
    """The register as open data, in order of its book; the hashes bind each line to the one before.

    `after` gives only what was entered since an entry (its `seq`): the changes since the last time somebody asked.
    """

    async def lines() -> AsyncIterator[str]:
        yield forms.head(format)
        async with database.reading() as session:
            async for published in register.export(session, after):
                yield forms.line(format, published)
        yield forms.tail(format)

    said = {"Content-Disposition": f'attachment; filename="register.{format}"', "Cache-Control": "no-cache"}
    return StreamingResponse(lines(), media_type=forms.MEDIA_TYPES[format], headers=said)


@router.get("/register/metadata")
async def metadata(settings: TheSettings) -> dict[str, Any]:
    """What the open data are, as the Government Data Catalog wants it said."""
    return opendata.metadata(settings.public_url)


@router.get("/register/{licence_number}", response_model=dict[str, Any])
async def show(licence_number: str, database: TheDatabase, now: Now, request: Request, on: Day = None) -> JSONResponse:
    """One licence: what it stands for now, what its entry says, and every entry before it; and, asked for, on a day."""
    found = await the_licence(database, licence_number)
    said = entry_json(found, now, tools.catalogue(request))
    asked = {"on": day_json(found, on, now)} if on else {}
    return JSONResponse(said | asked, headers=page_headers(found))  # plain values: nothing to look through again


@router.get("/register/{licence_number}/document")
async def document(licence_number: str, database: TheDatabase, files: TheFiles) -> Response:
    """The present sealed document, with its newest archive stamp. Its digest is in the header `Repr-Digest`; that of
    the file as it was issued, with which it begins, in the entry."""
    found = await the_licence(database, licence_number)
    async with database.reading() as session:
        paper = await papers.get(session, found.holding.document) if found.holding.document else None
    if paper is None or not paper.sealed_key:
        raise NoDocument(
            "ใบอนุญาตนี้ไม่มีเอกสารอิเล็กทรอนิกส์ ข้อมูลในทะเบียนคือหลักฐาน",
            "this licence has no electronic document; the register's entry is the evidence",
        )
    file = archives.newest(paper)
    content = await files.get(file.key, file.sha256, file.version_id)
    said = opendata.document_headers(found.holding.licence_number, file.sha256)
    return Response(content, media_type="application/pdf", headers={**said, **page_headers(found)})


FILE_OR_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/verify", dependencies=[Throttled], openapi_extra=FILE_OR_BODY)
async def verify(request: Request, database: TheDatabase, settings: TheSettings, now: Now) -> dict[str, Any]:
    """A PDF, a photograph of a licence's QR code (PNG, JPEG), or the statement in it → what `bizportal verify --json`
    says. Multipart field `file`, or the body itself. Nothing is kept."""
    content = await pdf_in(request)
    return await judged(cast(Verifier, request.app.state.verifier), database, content, now, settings.public_url)


async def judged(
    verifier: Verifier, database: Database, content: bytes, now: datetime, public_url: str
) -> dict[str, Any]:
    """The evidence of a PDF, of a photographed code or of a statement, and the register's word now, as JSON."""
    if photographs.is_picture(content):
        code = await verifier.code(content, public_url)
        return await _of_statement(verifier, database, content, code.statement, now)
    if reading.is_statement(content):
        return await _of_statement(verifier, database, content, content.decode(), now)
    findings = await _findings(verifier, content)
    found = await _named(database, verdict.record_number(findings), findings.issued_sha256 or findings.sha256)
    known = known_of(found, now) if found else None
    said = verdict.as_json(findings, known, verdict.verdict(findings, known, register_asked=True))
    return said | {"proof": await proof_of(database, found) if found else None}


async def _of_statement(
    verifier: Verifier, database: Database, content: bytes, text: str, now: datetime
) -> dict[str, Any]:
    number = reading.number_in(text, verifier.trust)
    found = await _named(database, number, "") if number else None
    known = known_of(found, now) if found else None
    said = reading.judged(content, text, verifier.trust, found, known)
    return said | {"proof": await proof_of(database, found) if found else None}


async def _findings(verifier: Verifier, pdf: bytes) -> "Findings":
    try:
        return await verifier.findings(pdf)
    except CannotJudge as hostile:
        raise NoFile(
            "ไฟล์นี้ซับซ้อนผิดปกติ ตรวจสอบไม่ได้ ไม่ใช่เอกสารที่ระบบนี้ออก",
            "this file is built so that it cannot be judged; no document issued here is",
            field="file",
        ) from hostile


async def _named(database: Database, number: str, sha256: str) -> Found | None:
    async with database.reading() as session:
        if not number:
            entry = await register.by_sha256(session, sha256)
            number = entry.licence_number if entry else ""
        return await _found(session, number) if number else None


async def _found(session: AsyncSession, number: str) -> Found | None:
    """A licence, and whether its renewal keeps it alive beyond its last day."""
    found = await register.find(session, number)
    until = found.holding.valid_until if found else None
    if found is None or until is None or until >= tools.now().date():
        return found
    return replace(found, renewal_pending=await renewals.pending(session, found.holding))


async def pdf_in(request: Request) -> bytes:
    """The bytes to be judged. Raises NoFile, TooLarge."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        file = (await request.form()).get("file")
        content = await file.read(VERIFY_BYTES + 1) if isinstance(file, UploadFile) else b""
    else:
        content = await request.body()
    if not content:
        raise NoFile("โปรดแนบไฟล์ PDF", "please send a PDF, as `file` of a form or as the body", field="file")
    if len(content) > VERIFY_BYTES:
        raise bodies.too_large(VERIFY_BYTES)
    return content


async def the_licence(database: Database, text: str) -> Found:
    """The licence of that number as somebody typed it. Raises NotInRegister, which says what a slip may be."""
    try:
        number = str(book.parse(text))
    except NotAllowed as slip:
        raise NotInRegister(slip.th, slip.en, field="licence_number") from slip
    async with database.reading() as session:
        found = await _found(session, number)
    if found is None:
        raise NotInRegister(
            f"ไม่มีใบอนุญาตเลขที่ {number} ในทะเบียน", f"the register has no licence {number}", field="licence_number"
        )
    return found


# --- what is said of a licence ---


def known_of(found: Found, at: datetime) -> Known:
    """What the register says of a licence as of that moment: its standing today, not when somebody last looked."""
    documents = tuple(one.document_sha256 for one in found.entries if one.document_sha256)
    current = [one for one in found.entries if one.seq == found.holding.entry]
    return Known(
        licence_number=found.holding.licence_number,
        agency=found.holding.agency,
        standing=standing(found, at),
        valid_from=found.holding.valid_from,
        valid_until=found.holding.valid_until,
        documents=documents,
        current=current[0].document_sha256 if current else "",
        as_of=at,
        stayed=book.stayed_on(lines_of(found), at.astimezone(BANGKOK).date()),
    )


def lines_of(found: Found) -> list[book.Entry]:
    """The entries as the law reads them."""
    return [book.Entry(one.seq, EntryKind(one.kind), one.valid_from, one.valid_until) for one in found.entries]


def standing(found: Found, at: datetime) -> Standing:
    """What the licence is worth on that day. A renewal filed in time that is being decided keeps it in force."""
    return book.status_on(lines_of(found), at.astimezone(BANGKOK).date(), renewal_pending=found.renewal_pending)


def known_on(found: Found, day: date, at: datetime) -> Known:
    """What every entry up to that moment says of a day, past or to come: standing, dates and document of then."""
    lines = lines_of(found)
    granted = [one for one in found.entries if EntryKind(one.kind) in book.SUPERSEDES]
    then = next((one for one in reversed(granted) if one.valid_from <= day), granted[0])
    known = known_of(found, at)
    return replace(
        known,
        standing=book.status_on(lines, day),
        stayed=book.stayed_on(lines, day),
        valid_from=then.valid_from,
        valid_until=then.valid_until,
        current=then.document_sha256,
    )


def day_json(found: Found, day: date, at: datetime) -> dict[str, Any]:
    """The same for programs: the day, the status, a sentence, and the digest of the document that held then."""
    known = known_on(found, day, at)
    sentence = verdict.standing_sentence(known)
    said = verdict.known_json(known)
    shown = {name: said[name] for name in ("status", "stayed", "valid_from", "valid_until", "document_sha256")}
    return {"day": day.isoformat(), **shown, "th": sentence.th, "en": sentence.en}


def entry_json(found: Found, at: datetime, catalogue: Catalogue) -> dict[str, Any]:
    """One licence as its public page and the open data have it."""
    known = known_of(found, at)
    sentence = verdict.standing_sentence(known)
    agency = catalogue.agency(found.holding.agency)
    current = next(one for one in found.entries if one.seq == found.holding.entry)
    return verdict.known_json(known) | {
        "th": sentence.th,
        "en": sentence.en,
        "licence": found.holding.licence,
        "agency_title": agency.title.model_dump(),
        "holder_name": found.holding.holder_name,
        "facts": current.facts,
        "document": document_address(known.licence_number) if known.current else None,
        "entries": views.plain([_entry(one) for one in found.entries]),
    }


def _entry(one: Entry) -> dict[str, Any]:
    shown = ("seq", "kind", "valid_from", "valid_until", "entered_at", "document_sha256", "previous_hash", "hash")
    return {name: getattr(one, name) for name in shown}


def page_headers(found: Found) -> dict[str, str]:
    """Search engines leave natural persons alone (thai-rules PRIV-1); everybody asks again: the status changes."""
    said = {"Cache-Control": "no-cache"}
    return said | ({"X-Robots-Tag": "noindex"} if found.holding.holder_kind == "natural" else {})
