"""What a repair needs to be asked for: a corrected answer, checked with its whole form; today's version of the rules.

Personal data goes into a draft and nowhere else: the repair, the journey and the history carry the draft's id.
"""

import json
from datetime import datetime
from typing import Any

from api import filing
from api.resubmitting import fact_answers, top
from forms import form as forms
from licences.calendar import BANGKOK
from licences.catalogue import Catalogue
from licences.errors import Conflict, NotAllowed
from records import applications, attachments, drafts
from records.database import Database
from records.rows import new_id
from records.tables import Application, Draft


class FieldUnknown(NotAllowed):
    """The form of the application does not ask this."""


class RulesAreTodays(Conflict):
    """There is nothing newer to move to."""


async def draft(database: Database, number: str, field: str, value: str) -> str:
    """Keep the answers with one of them put right, for the journey to take: the draft's id.

    Raises UnknownApplication, FieldUnknown, Problems (whatever the form says of it).
    """
    async with database.reading() as session:
        kept = await applications.get(session, number)
        procedure = await applications.procedure_of(session, kept.version)
        files = {one.id: one.media_type for one in await attachments.of(session, number)}
    form = forms.load(procedure.form)
    if top(field) != field or field not in form.by_id:
        raise FieldUnknown(f"แบบคำขอนี้ไม่มีข้อ {field}", f"the form asks nothing called {field}", field="field")
    merged = {**kept.answers, field: _read(value)}
    answers = forms.check(form, merged, attachments=files, facts=fact_answers(form, kept.answers)).as_json()
    filing.check_fees(procedure, answers, kept.received_at, kept.office)
    new = _draft(kept, answers)
    async with database.transaction() as session:
        await drafts.save(session, new)
    return new.id


def _read(value: str) -> Any:
    """An answer as it was typed: JSON where it is JSON, else the words themselves."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def _draft(kept: Application, answers: dict[str, Any]) -> Draft:
    now = datetime.now(BANGKOK)
    return Draft(
        id=new_id("c"),
        person=kept.applicant,
        licence=kept.licence,
        operation=kept.operation,
        version=kept.version,
        licence_number=kept.licence_number,
        answers=answers,
        attachments=kept.attachments,
        digest=filing.digest(answers),
        opened_at=now,
        saved_at=now,
    )


async def newer_rules(database: Database, catalogue: Catalogue, number: str) -> str:
    """Keep today's rules for what an application asks: their version. Raises UnknownApplication, RulesAreTodays."""
    async with database.reading() as session:
        kept = await applications.get(session, number)
    now = datetime.now(BANGKOK)
    today = catalogue.procedure(kept.licence, kept.operation, now.date())
    if today.version == kept.version:
        raise RulesAreTodays("คำขอนี้ใช้กฎฉบับปัจจุบันอยู่แล้ว", "it is under today's rules already")
    async with database.transaction() as session:
        await applications.keep_definition(session, today, now)
    return today.version
