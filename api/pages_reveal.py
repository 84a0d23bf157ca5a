"""Personal numbers in full, for an officer who needs them and says why. The look is written down before it is given."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from api import applications as door
from api import following, frame, showing
from api import tasks as desk_door
from api.cases import Case, case_of
from api.people import AnOfficer
from api.showing import Says
from api.tools import Now, TheDatabase
from forms.form import Section
from licences.procedure import Text
from records import access as looks

router = APIRouter(include_in_schema=False)

SAY_WHY = Text(th="ระบุเหตุผลที่ต้องดูเลขเต็ม", en="Say why you need to see it in full")


@router.get("/desk/{task_id}/personal")
async def ask_why(request: Request, officer: AnOfficer, database: TheDatabase, task_id: str) -> HTMLResponse:
    """What would be shown is not shown yet: first the reason."""
    _, kept = await desk_door.visible(database, officer, task_id)
    return await frame.show(request, "reveal.html", task=task_id, number=kept.number, sections=(), reason="")


@router.post("/desk/{task_id}/personal")
async def reveal(
    request: Request,
    officer: AnOfficer,
    database: TheDatabase,
    now: Now,
    task_id: str,
    reason: Annotated[str, Form(max_length=1_000)] = "",
) -> HTMLResponse:
    """What is masked elsewhere, in full, on this page alone; its applicant finds the look and the reason listed."""
    _, kept = await desk_door.visible(database, officer, task_id)
    lang, reason = showing.language(request), " ".join(reason.split())
    if not reason:
        says = (Says("reason", showing.in_words(SAY_WHY, lang)),)
        return await frame.show(
            request, "reveal.html", 422, task=task_id, number=kept.number, sections=(), reason="", problems=says
        )
    found = await case_of(door.desk_of(request), kept)
    async with database.transaction() as session:
        why = f"application {kept.number}: {reason}"
        await looks.log(session, officer.id, kept.applicant, "personal-number", now, why)
    return await frame.show(
        request, "reveal.html", task=task_id, number=kept.number, sections=_masked(found, lang), reason=reason
    )


def _masked(found: Case, lang: showing.Lang) -> list[Section]:
    """Only the answers that the case view masks, unmasked."""
    hidden = following.sections(found.form, found.kept.answers, lang, masked=True)
    clear = following.sections(found.form, found.kept.answers, lang, masked=False)
    kept = []
    for shown, full in zip(hidden, clear, strict=True):
        rows = [row for before, row in zip(shown.rows, full.rows, strict=True) if before.text != row.text]
        kept += [full._replace(rows=rows)] if rows else []
    return kept
