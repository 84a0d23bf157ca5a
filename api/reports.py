"""A sealed report of a verification: the same facts as `POST /api/v1/verify`, as a PDF that the register seals.

The facts are kept in the store, the uploaded file is not. Only for files that carry a seal of ours: sealing costs keys
and time stamps, and what carries no seal needs no proof.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from temporalio.client import WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from activities.wanted import Facts
from api import people, tools
from api import register as door
from api.engine import Engine, EngineDown
from api.throttle import caller
from api.tools import Now, TheDatabase, TheFiles
from licences.errors import NotAllowed
from records import archives, papers
from records.database import Database
from records.files import Files
from workflows.messages import GENERAL
from workflows.publishing import MakeReport

router = APIRouter(prefix="/api/v1", tags=["register"], dependencies=[people.Public])
PATIENCE_S = 30.0
JSON = "application/json"


class NothingToReport(NotAllowed):
    """The file carries no seal of ours: the answer of the check is all that there is."""


def seldom(request: Request) -> None:
    """Count one report of this caller. Raises TooOften."""
    request.app.state.reports_throttle.take(caller(request))


@router.post("/verify/report", dependencies=[Depends(tools.lent(seldom))], openapi_extra=door.FILE_OR_BODY)
async def report(request: Request, database: TheDatabase, files: TheFiles, now: Now) -> Response:
    """A PDF → what it proves, as a sealed PDF with the same facts (JSON) and the register's proof inside."""
    said = await door.judged(
        request.app.state.verifier, database, await door.pdf_in(request), now, tools.settings(request).public_url
    )
    pdf = await made(request.app.state.engine, database, files, said, now)
    return as_pdf(pdf)


def as_pdf(pdf: bytes) -> Response:
    """A report as a download that no cache keeps."""
    headers = {"Content-Disposition": 'attachment; filename="verification-report.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def made(engine: Engine, database: Database, files: Files, said: Mapping[str, Any], at: datetime) -> bytes:
    """Have a report drawn and sealed, and wait for it. Raises NothingToReport, EngineDown."""
    if not (said["seal"]["sealed_by"] or {}).get("agency"):
        raise NothingToReport(
            "ไฟล์นี้ไม่มีตราประทับของหน่วยงานในระบบ จึงไม่มีรายงานที่ประทับตรา ผลการตรวจคือคำตอบทั้งหมด",
            "this file carries no seal of an agency here, so there is no sealed report: the check's answer is all",
            field="file",
        )
    kept = await files.put_once("papers/facts", json.dumps(said, ensure_ascii=False).encode(), JSON)
    asked = Facts(number=f"RPT-{kept.sha256[:16].upper()}", at=at, key=kept.key, sha256=kept.sha256)
    sealed = await _sealed(engine, asked)
    async with database.reading() as session:
        paper = await papers.get(session, sealed)
    assert paper is not None
    file = archives.newest(paper)
    return await files.get(file.key, file.sha256, file.version_id)


async def _sealed(engine: Engine, asked: Facts) -> str:
    client = await engine.client()
    try:
        async with asyncio.timeout(PATIENCE_S):
            done = await client.execute_workflow(
                MakeReport.run, asked, id=f"report:{asked.number}", task_queue=GENERAL,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )  # fmt: skip
    except (RPCError, WorkflowFailureError, TimeoutError) as silent:
        raise EngineDown(f"the report {asked.number} is not sealed yet") from silent
    return done.paper
