"""One asked document on a page of its own: attached, replaced or taken away with one button."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import UploadFile

from api import applications as door
from api import drafting, frame, showing, tools
from api.drafting import Work
from api.pages_filing import kept_file, onward
from api.people import Applicant
from api.showing import Says
from api.tools import Now
from licences.errors import NotAllowed
from licences.procedure import Text
from records.tables import Attachment

router = APIRouter(include_in_schema=False)

From = Annotated[str, Query(max_length=20)]
NO_FILE = Text(th="เลือกไฟล์ที่จะแนบ", en="Choose a file to attach")


@router.get("/drafts/{draft_id}/documents/{document_id}")
async def ask_document(
    request: Request, who: Applicant, now: Now, draft_id: str, document_id: str, return_to: From = ""
) -> HTMLResponse:
    """One asked document on a page of its own."""
    work = await drafting.opened(door.desk_of(request), who, draft_id, now)
    return await _show_document(request, work, document_id, return_to)


@router.post("/drafts/{draft_id}/documents/{document_id}")
async def attach(request: Request, who: Applicant, now: Now, draft_id: str, document_id: str) -> Response:
    """Save and upload with one button; the file is kept across errors, and may be replaced or taken away."""
    desk = door.desk_of(request)
    work = await drafting.opened(desk, who, draft_id, now)
    document, form = work.document(document_id), await request.form()
    return_to, step = str(form.get("return_to") or ""), f"{work.base}/documents/{document_id}"
    if form.get("remove"):
        await drafting.save(desk, drafting.with_document(work, document_id, ""), now)
        return frame.see_other(f"{step}?return_to={return_to}")
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        try:
            kept = await kept_file(request, who, file, document_id)
        except NotAllowed as refusal:
            return await _show_document(request, work, document_id, return_to, refusal)
        await drafting.save(desk, drafting.with_document(work, document_id, kept.id), now)
    elif document.required and document_id not in work.draft.attachments:
        return await _show_document(request, work, document_id, return_to, NO_FILE)
    return await onward(request, who, now, work, step, return_to)


async def _show_document(
    request: Request, work: Work, document_id: str, return_to: str, wrong: showing.InBoth | None = None
) -> HTMLResponse:
    says = showing.in_words(wrong, showing.language(request)) if wrong else ""
    attached = work.files.get(work.draft.attachments.get(document_id, ""))
    return await frame.show(
        request,
        "document.html",
        422 if wrong else 200,
        document=work.document(document_id),
        attached=attached,
        pages=await _pages(request, attached) if attached else 0,
        back_to=work.before(f"{work.base}/documents/{document_id}", return_to),
        return_to=return_to,
        problems=(Says("file", says),) if wrong else (),
    )


async def _pages(request: Request, attached: Attachment) -> int:
    content = await tools.files(request).get(attached.key, attached.sha256, attached.version_id)
    return await tools.viewer(request).pages(content, attached.media_type, attached.sha256)
