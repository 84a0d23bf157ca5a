"""Appointments at the premises, for programs: the inspector's task, and the applicant's word."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from pydantic import AwareDatetime, Field

from api import applications as door
from api import attachments as intake
from api import inspecting, tools, visiting
from api.bodies import Body
from api.idempotency import ACall
from api.people import AnOfficer, Applicant
from api.tasks import Why, covered
from api.tools import Now, TheDatabase
from licences.visits import Party
from records import attachments
from records import visits as kept
from records.idempotency import Answer

router = APIRouter(prefix="/api/v1", tags=["inspections"])


class WantedVisit(Body):
    """A day and time at the premises; why, where it moves another one."""

    at: AwareDatetime
    reason: str = Field("", max_length=1_000)


class MissedVisit(Body):
    """Who was not there, and what is known of why."""

    by: Party
    reason: str = Field(min_length=1, max_length=1_000)


@router.get("/tasks/{task_id}/visits")
async def listed(task_id: str, officer: AnOfficer, database: TheDatabase) -> dict[str, Any]:
    """Every appointment of this inspection, the latest last."""
    task = await covered(database, officer, task_id)
    async with database.reading() as session:
        found = await kept.of(session, task.application)
    return {"items": [visiting.as_json(one) for one in found if one.task == task_id]}


@router.post("/tasks/{task_id}/visits")
async def propose(task_id: str, wanted: WantedVisit, call: ACall, officer: AnOfficer) -> Any:
    """Propose a day and time at the premises, or move the one that stands, saying why."""
    task = await visiting.inspected(call.database, officer, task_id, tools.now())

    async def put() -> Answer:
        made = await visiting.propose(call.database, officer, task, wanted.at, wanted.reason, tools.now())
        return Answer(200, visiting.as_json(made))

    return await call.once(wanted.model_dump(mode="json"), put)


@router.post("/tasks/{task_id}/visits/missed")
async def missed(task_id: str, wanted: MissedVisit, call: ACall, officer: AnOfficer) -> Any:
    """Record that somebody was not there; a new time is proposed then."""
    task = await visiting.inspected(call.database, officer, task_id, tools.now())

    async def put() -> Answer:
        gone = await visiting.missed(call.database, officer, task, wanted.by, wanted.reason, tools.now())
        return Answer(200, visiting.as_json(gone))

    return await call.once(wanted.model_dump(mode="json"), put)


@router.post("/visits/{visit_id}/confirmation")
async def confirm(request: Request, visit_id: str, call: ACall, who: Applicant, now: Now) -> Any:
    """The applicant will be there."""
    visit = await visiting.own(door.desk_of(request), who, visit_id, now)

    async def say() -> Answer:
        return Answer(200, visiting.as_json(await visiting.confirm(call.database, who, visit, tools.now())))

    return await call.once({}, say)


@router.post("/visits/{visit_id}/move")
async def ask_to_move(request: Request, visit_id: str, why: Why, call: ACall, who: Applicant, now: Now) -> Any:
    """The applicant cannot be there then: why, and when he could."""
    visit = await visiting.own(door.desk_of(request), who, visit_id, now)

    async def say() -> Answer:
        asked = await visiting.ask_to_move(call.database, who, visit, why.reason, tools.now())
        return Answer(200, visiting.as_json(asked))

    return await call.once(why.model_dump(), say)


@router.get("/tasks/{task_id}/photographs")
async def photographed(task_id: str, officer: AnOfficer, database: TheDatabase) -> dict[str, Any]:
    """What the inspector photographed; each is at `/files/{id}`, for officers of the case only."""
    await covered(database, officer, task_id)
    async with database.reading() as session:
        found = await attachments.photographs(session, task_id)
    return {"items": [intake.as_json(one) for one in found]}


@router.post("/tasks/{task_id}/photographs", status_code=201)
async def photograph(
    request: Request, task_id: str, call: ACall, officer: AnOfficer,
    file: Annotated[UploadFile, File(description="JPG, PNG or HEIC, at most 10 MB")],
) -> Any:  # fmt: skip
    """Keep a photograph with an inspection that one has in hand."""
    brought = await intake.read(file)

    async def keep() -> Answer:
        kept_file = await inspecting.add(intake.intake(request), officer, task_id, brought, tools.now())
        return Answer(201, intake.as_json(kept_file))

    return await call.once({"file": brought.sha256, "name": brought.name}, keep)
