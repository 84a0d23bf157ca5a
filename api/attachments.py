"""One file in: looked at, opened, scanned, kept. It gives an id for an application to name."""

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile

from api import bodies, sniff, tools
from api.apart import Apart, TooMuch
from api.bodies import ATTACHMENT_BYTES
from api.idempotency import ACall
from api.people import Person
from exchange.scan import scan
from licences.errors import NotAllowed
from records import attachments
from records.database import Database
from records.files import Files
from records.idempotency import Answer
from records.rows import new_id
from records.tables import Attachment

SHELF = "attachments"
router = APIRouter(prefix="/api/v1/attachments", tags=["applications"])


class Infected(NotAllowed):
    """The scanner found something in the file."""


@dataclass(frozen=True)
class Intake:
    """What taking a file needs."""

    database: Database
    files: Files
    scanner: tuple[str, int]
    apart: Apart


@dataclass(frozen=True)
class Brought:
    """A file as somebody brought it: nothing in it is believed yet."""

    content: bytes
    name: str
    stated_type: str
    document: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, hex."""
        return hashlib.sha256(self.content).hexdigest()


def intake(request: Request) -> Intake:
    """The tools on their counter."""
    told = tools.settings(request)
    scanner = (told.clamd_host, told.clamd_port)
    return Intake(tools.database(request), tools.files(request), scanner, tools.apart(request))


@router.post("", status_code=201)
async def upload(
    request: Request,
    call: ACall,
    file: Annotated[UploadFile, File(description="PDF, JPG, PNG or HEIC, at most 10 MB")],
    document: Annotated[str, Form(max_length=100, description="the id of the asked document, if you like")] = "",
) -> Any:
    """Check one file and keep it; the answer's `id` is what an application's `attachments` names."""
    brought = await read(file, document)

    async def keep() -> Answer:
        return Answer(201, as_json(await accept(intake(request), call.person, brought)))

    return await call.once({"file": brought.sha256, "name": brought.name, "document": document}, keep)


async def read(file: UploadFile, document: str = "") -> Brought:
    """The file as it was brought. Raises TooLarge above ten megabytes, NameRefused, ControlCharacters."""
    content = await file.read(ATTACHMENT_BYTES + 1)
    if len(content) > ATTACHMENT_BYTES:
        raise bodies.too_large(ATTACHMENT_BYTES)
    bodies.check_plain(document, "document")
    return Brought(content, sniff.clean_name(file.filename or ""), file.content_type or "", document)


async def accept(intake: Intake, person: Person, brought: Brought) -> Attachment:
    """Look at the file, have it scanned, keep it under its own digest, and write down whose it is.

    Raises FileRefused (with the way out), Infected; OfficeDown when nobody can scan: unscanned is never kept.
    """
    looked = await _looked(intake.apart, brought)
    verdict = await scan(brought.content, *intake.scanner)
    if not verdict.clean:
        raise Infected(
            f"พบไวรัสหรือโปรแกรมอันตรายในไฟล์ ({verdict.name}) ไฟล์นี้ไม่ถูกเก็บไว้",
            f"the scanner found {verdict.name} in this file; it was not kept",
            field=sniff.FIELD,
        )
    return await _keep(intake, person, brought, looked.media_type)


async def _looked(apart: Apart, brought: Brought) -> sniff.Looked:
    try:
        found = await apart.do(partial(sniff.tried, brought.name, brought.stated_type), brought.content)
    except TooMuch as hostile:
        raise sniff.unreadable() from hostile
    if isinstance(found, sniff.Looked):
        return found
    raise sniff.refusal(*found)


async def _keep(intake: Intake, person: Person, brought: Brought, media_type: str) -> Attachment:
    stored = await intake.files.put_once(f"{SHELF}/{person.id}", brought.content, media_type)
    row = Attachment(
        id=new_id("a"),
        person=person.id,
        document=brought.document,
        filename=brought.name,
        media_type=media_type,
        size=len(brought.content),
        sha256=brought.sha256,
        key=stored.key,
        version_id=stored.version_id,
        scanned_at=tools.now(),
    )
    async with intake.database.transaction() as session:
        return await attachments.keep(session, row)


def as_json(kept: Attachment) -> dict[str, Any]:
    """What the one who brought it is told."""
    shown = ("id", "document", "filename", "media_type", "size", "sha256")
    return {name: getattr(kept, name) for name in shown}
