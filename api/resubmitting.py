"""What was asked, answered: only that may change, and it is checked like a first submission."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from api import documents, filing, onpaper
from api.bodies import Body
from api.filing import Desk
from api.people import Person
from api.views import asked_of
from forms import form as forms
from licences.errors import Conflict, NotAllowed
from records import applications, drafts, tasks
from records import attachments as files
from records.tables import Application, Draft
from workflows.messages import Resubmission

_TOP = re.compile(r"[^.\[]+")


class NotAsked(NotAllowed):
    """This answer was not asked about, so it stands as it was submitted."""


class NothingAsked(Conflict):
    """Nobody has asked the applicant anything just now."""


class NewAnswers(Body):
    """The answers and documents that change; everything else stays as it was submitted."""

    answers: dict[str, Any] = Field(default_factory=dict)
    attachments: dict[str, str] = Field(default_factory=dict, max_length=documents.MOST_ATTACHMENTS)


async def draft(
    desk: Desk, person: Person, kept: Application, given: NewAnswers, at: datetime, key: str
) -> Resubmission:
    """Check the new answers and keep them in a draft for the journey to take. The same key is the same draft.

    Raises NothingAsked, NotAsked, Problems.
    """
    async with desk.database.reading() as session:
        asked = {item["field"] for item in asked_of(kept, await tasks.of(session, kept.number))}
        procedure = await applications.procedure_of(session, kept.version)
        already = await files.of(session, kept.number)
    check_asked(asked, kept, given)
    named = {**kept.attachments, **given.attachments}
    found = await documents.find_attachments(desk.database, person, named, given.answers, already)
    form = forms.load(procedure.form, procedure.version)
    facts = fact_answers(form, kept.answers)
    merged = {name: value for name, value in {**kept.answers, **given.answers}.items() if value is not None}
    answers = documents.check_answers(form, merged, found, facts, procedure, kept.holder_kind).as_json()
    onpaper.check_answers(form, answers)
    filing.check_fees(procedure, answers, kept.received_at, kept.office)
    new = _draft(kept, person, answers, documents.bound(form, answers, found), at, key)
    async with desk.database.transaction() as session:
        await drafts.save(session, new)
    return Resubmission(draft=new.id, by=person.id)


def check_asked(asked: Collection[str], kept: Application, given: NewAnswers) -> None:
    """Raise NothingAsked or NotAsked; what was not answered before may be added (a new answer may bring questions)."""
    if not asked:
        raise NothingAsked("ขณะนี้ไม่มีรายการที่ขอให้แก้ไข", "nothing is being asked of you just now")
    open_ = {top(field) for field in asked}
    changed = [name for name, value in given.answers.items() if name in kept.answers and kept.answers[name] != value]
    replaced = [name for name, value in given.attachments.items() if kept.attachments.get(name, value) != value]
    for name in (*changed, *replaced):
        if top(name) not in open_:
            raise NotAsked(
                f"ข้อ {name} ไม่ได้ขอให้แก้ไข จึงแก้ไขไม่ได้", f"{name} was not asked about and stays as it was", field=name
            )


def top(field: str) -> str:
    """The question or document that a field belongs to: `premises.postcode` → `premises`."""
    found = _TOP.match(field.removeprefix("attachments."))
    return found[0] if found else field


def fact_answers(form: forms.Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What registers said when it was submitted, by the names that questions give: it is not asked for again."""
    return {
        one.prefill: answers[one.id] for one in form.by_id.values() if one.kind.name == "fact" and one.id in answers
    }


def _draft(
    kept: Application, person: Person, answers: dict[str, Any], attachments: dict[str, str], at: datetime, key: str
) -> Draft:
    return Draft(
        id=f"d-{key}",
        person=person.id,
        licence=kept.licence,
        operation=kept.operation,
        version=kept.version,
        juristic_id=kept.holder_id if kept.holder_kind == filing.JURISTIC else "",
        licence_number=kept.licence_number,
        answers=answers,
        attachments=attachments,
        digest=filing.digest(answers),
        opened_at=at,
        saved_at=at,
    )
