"""Attached files, for whoever brought them or decides on them."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import (
    access,
    previews,
    views,
)
from api import applications as door
from api.people import Applicant, Person
from api.tools import Now, TheFiles, TheViewer
from licences.errors import NotFound
from records import access as looks
from records import attachments
from records.tables import Attachment

router = APIRouter(include_in_schema=False)

SANDBOX = "sandbox; default-src 'none'"
"""What a stranger's file may do in a browser that opens it after all: nothing, and from no origin of ours."""


class NoFile(NotFound):
    """There is no such file, or not for this person: the two look the same, and so does an address of no file."""

    def __init__(self) -> None:
        super().__init__("ไม่พบไฟล์นี้", "there is no such file")


@router.get("/files/{attachment_id}")
async def file(request: Request, who: Applicant, now: Now, files: TheFiles, attachment_id: str) -> Response:
    """An attached file, for whoever brought it or decides on it: handed over, never opened as a page of ours."""
    found = await _file(request, who, now, attachment_id)
    content = await files.get(found.key, found.sha256, found.version_id)
    named = f"attachment; filename*=UTF-8''{previews.quoted(found.filename)}"
    headers = {"Content-Disposition": named, "Content-Security-Policy": SANDBOX}
    return Response(content, media_type=found.media_type, headers=headers)


@router.get("/files/{attachment_id}/pages/{page}.png")
async def preview(
    request: Request, who: Applicant, now: Now, files: TheFiles, viewer: TheViewer, attachment_id: str, page: int
) -> Response:
    """One page of an attached file as a picture: no plug-in, and nothing in it can run."""
    found = await _file(request, who, now, attachment_id)
    content = await files.get(found.key, found.sha256, found.version_id)
    picture = await viewer.page(content, found.media_type, page)
    return Response(picture, media_type="image/png", headers={"Content-Security-Policy": SANDBOX})


async def _file(request: Request, who: Person, now: datetime, attachment_id: str) -> Attachment:
    """An attachment that one may see; to everybody else it is not there. An officer's look is written down."""
    desk = door.desk_of(request)
    async with desk.database.reading() as session:
        found = await attachments.get(session, attachment_id)
    if found is None:
        raise NoFile
    if found.person == who.id:
        return found
    if not found.application:
        raise NoFile
    kept = await access.visible(desk, who, found.application, now)
    if found.document.startswith(attachments.PHOTOGRAPH) and not views.deskside(kept, who):
        raise NoFile
    async with desk.database.transaction() as session:
        await looks.log(
            session, who.id, found.person, f"attachment:{found.id}", now, f"application {found.application}"
        )
    return found
