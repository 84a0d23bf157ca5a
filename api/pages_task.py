"""One case as an officer sees it: answers, documents, registers and history in one view, and what this stage asks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api import applications as door
from api import (
    changes,
    following,
    frame,
    further,
    handing,
    letters,
    pictures,
    representing,
    rules_changed,
    showing,
    tools,
    views,
    wording,
)
from api.cases import Case
from api.filing import Desk
from api.following import Paper
from api.people import Person
from api.showing import Lang, Says
from licences.applications import Status, Verdict
from licences.procedure import RECORDS, Stage, Text
from records import attachments, exchange_log, people, signatures
from records.tables import Appointment, Attachment, FurtherRequest, Task


@dataclass(frozen=True)
class Company:
    """What the company register says, and who has signed."""

    asked_at: datetime
    name: str
    status: str
    directors: list[str]
    signing_text: str
    signed: list[str]


@dataclass(frozen=True)
class Choice:
    """One verdict, with what it does."""

    value: str
    title: Text
    effect: Text


@dataclass(frozen=True)
class AnswerRow:
    """One answer, whether it changed since it was asked about, and what it (or the licence) said before."""

    label: str
    text: str
    changed: bool
    was: str = ""


@dataclass(frozen=True)
class AnswerPart:
    """The answers of one topic."""

    title: str
    rows: list[AnswerRow]


async def show(
    request: Request, officer: Person, task: Task, found: Case, now: datetime, *, status: int = 200,
    typed: Mapping[str, str] | None = None, problems: Sequence[Says] = (), wrong: Mapping[str, str] | None = None,
    letter: letters.Letter | None = None,
) -> HTMLResponse:  # fmt: skip
    """The page; `typed` and `wrong` by field where something was sent, `letter` where it is to be read first."""
    desk, lang = door.desk_of(request), showing.language(request)
    panels: dict[str, Any] = {
        **_head(found, lang, now),
        **await _sent(request, found, lang),
        **await _known(desk, found, officer),
        **_stage(found, task, now),
        **await _hands(desk, task, officer, now),
        **await _visit(desk, found, task, now),
        **await _ways(desk, found, task, lang),
    }
    said_back = {"typed": defaultdict(str, typed or {}), "wrong": defaultdict(str, wrong or {}), "problems": problems}
    return await frame.show(request, "case.html", status, **panels, **said_back, letter=letter)


# --- the panels of the page: name in the template -> what it shows ---


def _head(found: Case, lang: Lang, now: datetime) -> dict[str, Any]:
    kept, standing = found.kept, following.progress(found.kept, found.bills, found.tasks)
    return {
        "number": kept.number,
        "holder": kept.holder_name,
        "operation": wording.OPERATIONS[found.procedure.operation],
        "title": found.procedure.title,
        "standing": wording.STATUSES[Status(kept.status)],
        "received_at": kept.received_at,
        "application_due": kept.due_on,
        "today": now.date(),
        "now": now,
        "picture": pictures.lanes(found.procedure, lang, now=standing.now, done=tuple(standing.done)),
    }


async def _sent(request: Request, found: Case, lang: Lang) -> dict[str, Any]:
    """What the applicant sent."""
    asked_at = found.asking.closed_at if found.asking else None
    sections = _parts(found, lang, await changes.of(door.desk_of(request), found, lang))
    documents = await _documents(request, found, asked_at, lang)
    new = any(row.changed for part in sections for row in part.rows) or any(one.added_at for one in documents)
    return {"sections": sections, "documents": documents, "as_it_was": changes.answered(found) and not new}


async def _known(desk: Desk, found: Case, officer: Person) -> dict[str, Any]:
    """What a register says, and what happened."""
    view = await views.application(desk.database, found.kept, officer)
    return {
        "company": await _company(desk, found),
        "history": following.events(view["happened"], found.procedure, people=True),
    }


def _stage(found: Case, task: Task, now: datetime) -> dict[str, Any]:
    """What is to be decided, and by when."""
    stage = found.procedure.stage(task.stage)
    return {
        "task": task.id,
        "stage": wording.stage_title(found.procedure, task.stage),
        "asks": Text(th=task.asks_th, en=task.asks_en),
        "law": stage.law if stage else "",
        "report": report(stage),
        "inspection": stage is not None and stage.kind == "inspection",
        "records": task.kind in RECORDS,
        "due_on": task.due_on,
        "why_late": task.why_late,
        "may_explain": now.date() >= (task.warn_on or task.due_on),
        "stopped_at": found.kept.stopped_at,
        "pauses": found.procedure.pauses,
        "closed": wording.verdict(task.kind, task.verdict) if task.verdict else None,
    }


async def _hands(desk: Desk, task: Task, officer: Person, now: datetime) -> dict[str, Any]:
    """In whose hands it is."""
    return {
        "assignee": await _name(desk, task.assignee),
        "mine": task.assignee == officer.id,
        "on_behalf": await handing.stands_in(desk.database, task, officer, now),
    }


async def _visit(desk: Desk, found: Case, task: Task, now: datetime) -> dict[str, Any]:
    """The inspection: when, and what was photographed."""
    inspects = task.kind == "inspection"
    return {
        "inspects": inspects,
        "appointment": visit_of(found, task),
        "visit_words": wording.VISITS,
        "photographs": await _photographs(desk, task) if inspects else [],
        "taken": [one for done in found.tasks for one in await _taken(desk, done, task)],
    }


async def _ways(desk: Desk, found: Case, task: Task, lang: Lang) -> dict[str, Any]:
    """What may be decided, and what was decided before."""
    leave = await further.leave(desk.database, task.id)
    return {
        "verdicts": _verdicts(found, task, leave),
        "findings": wording.FINDINGS,
        "may_ask": following.fields(found.form, found.procedure, found.kept.answers, lang),
        "leave": leave,
        "leave_by": await _name(desk, leave.allowed_by) if leave else "",
        "asked_before": asked_before(found),
        "anew": rules_changed.titles(found.again, lang),
        "earlier": await _earlier(desk, found, task),
    }


# --- what stands in them ---


def report(stage: Stage | None) -> tuple[Text, ...]:
    """What is looked at, line by line: the checklist; of a visit without one, the question itself."""
    if stage is None:
        return ()
    return stage.checklist or ((stage.asks,) if stage.kind == "inspection" else ())


def asked_before(found: Case) -> bool:
    """Whether the applicant was asked something already."""
    return any(one.verdict == Verdict.ASK for one in found.tasks)


async def _photographs(desk: Desk, task: Task) -> list[Attachment]:
    async with desk.database.reading() as session:
        return list(await attachments.photographs(session, task.id))


async def _taken(desk: Desk, done: Task, task: Task) -> list[Attachment]:
    """What was photographed on an earlier inspection."""
    return await _photographs(desk, done) if done.kind == "inspection" and done.id != task.id else []


def visit_of(found: Case, task: Task) -> Appointment | None:
    """The latest appointment of an inspection."""
    return next((one for one in reversed(found.visits) if one.task == task.id), None)


def _verdicts(found: Case, task: Task, leave: FurtherRequest | None) -> list[Choice]:
    """The verdicts that may be given: one request, and a second with leave (Licensing Facilitation Act s.8)."""
    effects = wording.effects(found.procedure, task.stage)
    may_ask = leave is not None or not asked_before(found)
    lawful = [one for one in Verdict if one in effects and (may_ask or one is not Verdict.ASK)]
    return [Choice(one.value, wording.verdict(task.kind, one), effects[one]) for one in lawful]


def _parts(found: Case, lang: Lang, were: Mapping[str, str]) -> list[AnswerPart]:
    changed = changes.since_asked(found)
    parts = []
    for section in following.sections(found.form, found.kept.answers, lang, masked=True):
        rows = [
            AnswerRow(row.label, row.text, changes.carried_by(row.field) in changed, were.get(row.field, ""))
            for row in section.rows
        ]
        parts.append(AnswerPart(section.title, rows))
    return parts


async def _documents(request: Request, found: Case, asked_at: datetime | None, lang: Lang) -> list[Paper]:
    """The documents with how many pages each has to show; the newest first."""
    listed = following.papers(found.kept, found.form, found.procedure, found.files, asked_at, lang)
    by_id = {one.id: one for one in found.files}
    shown = []
    for one in sorted(listed, key=lambda paper: paper.added_at is None):
        file = by_id[one.id]
        content = await tools.files(request).get(file.key, file.sha256, file.version_id)
        pages = await tools.viewer(request).pages(content, file.media_type, file.sha256)
        shown.append(replace(one, pages=pages))
    return shown


async def _company(desk: Desk, found: Case) -> Company | None:
    if found.kept.holder_kind != "juristic":
        return None
    async with desk.database.reading() as session:
        snapshot = await exchange_log.latest_snapshot(session, found.kept.holder_id)
        signed = await signatures.of(session, found.kept.number, found.kept.answers_digest)
        names = await people.names(session, {one.person for one in signed})
    if snapshot is None or snapshot.facts is None:
        return None
    facts, known = snapshot.facts, representing.of_facts(snapshot.facts)
    return Company(
        asked_at=snapshot.asked_at,
        name=known.full_name_th if known else "",
        status=facts["status"],
        directors=[f"{one['title']}{one['first']} {one['last']}" for one in facts["directors"]],
        signing_text=facts["signing_text"],
        signed=[one.director or names.get(one.person, "") for one in signed],
    )


async def _name(desk: Desk, person: str) -> str:
    if not person:
        return ""
    async with desk.database.reading() as session:
        return (await people.names(session, {person})).get(person, person)


async def _earlier(desk: Desk, found: Case, task: Task) -> list[dict[str, Any]]:
    closed = [one for one in found.tasks if one.verdict and one.id != task.id]
    async with desk.database.reading() as session:
        names = await people.names(session, {one.officer for one in closed})
    return [
        {
            "stage": wording.stage_title(found.procedure, one.stage),
            "verdict": wording.verdict(one.kind, one.verdict),
            "at": one.closed_at,
            "by": names.get(one.officer, one.officer),
            "reason": one.reason,
            "papers": [(wording.PAPERS[kind], found.paper_of(one.id, kind)) for kind in wording.PAPERS],
        }
        for one in closed
    ]
