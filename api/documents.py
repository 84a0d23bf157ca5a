"""The files and answers of a submission, checked together, so that everything wrong is said at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.eligibility import JURISTIC
from api.people import Person
from forms import form as forms
from forms.errors import Problem, Problems
from forms.form import Answers, Form
from licences.procedure import AskedDocument, Procedure
from records import attachments
from records.database import Database
from records.tables import Attachment

MOST_ATTACHMENTS = 100
_ID = re.compile(r"a-[0-9a-f]{20}")  # records.rows.new_id


@dataclass(frozen=True)
class Found:
    """The attachments of a submission: document → attachment, all of them the person's own."""

    by_document: Mapping[str, Attachment]
    by_id: Mapping[str, Attachment]

    @property
    def media_types(self) -> dict[str, str]:
        """Attachment id → media type."""
        return {identifier: kept.media_type for identifier, kept in self.by_id.items()}


async def find_attachments(
    database: Database,
    person: Person,
    named: Mapping[str, str] | Sequence[str],
    answers: Mapping[str, Any],
    bound: Sequence[Attachment] = (),
) -> Found:
    """What a submission names, out of one's own files and those that are `bound` to the application already.

    A file that an answer names and that is not there is the form's to complain of. Raises Problems for a document
    whose file is not there, or is somebody else's.
    """
    ids = named if isinstance(named, Mapping) else {one: one for one in named}
    async with database.reading() as session:
        rows = await attachments.several(session, {*ids.values(), *ids_in(answers)})
    own = {row.id: row for row in (*bound, *rows) if row.person == person.id or row in bound}
    if missing := [document for document, one in ids.items() if one not in own]:
        raise Problems(map(file_not_there, missing))
    if isinstance(named, Mapping):
        return Found({document: own[one] for document, one in named.items()}, own)
    return Found({own[one].document: own[one] for one in named if own[one].document}, own)


def ids_in(value: Any) -> set[str]:
    """Every text in these answers that has the shape of an attachment's id."""
    if isinstance(value, str):
        return {value} if _ID.fullmatch(value) else set()
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return {one for part in inside for one in ids_in(part)}


def file_not_there(document: str) -> Problem:
    """What is said of a document whose file we do not have from this person."""
    return Problem(
        f"attachments.{document}",
        "ไม่พบไฟล์แนบนี้ โปรดแนบไฟล์อีกครั้ง",
        "this file is not there: please attach it again",
        "missing",
    )


def check_answers(
    form: Form, given: Mapping[str, Any], found: Found, facts: Mapping[str, Any], procedure: Procedure, kind: str
) -> Answers:
    """The form's answers and the documents, checked together, so that everything wrong is said at once."""
    wrong = [missing_document(one) for one in missing_documents(procedure.documents, found.by_document, kind)]
    try:
        answers = forms.check(form, given, attachments=found.media_types, facts=facts)
    except Problems as problems:
        raise Problems([*problems.problems, *wrong]) from problems
    if wrong:
        raise Problems(wrong)
    return answers


def missing_documents(
    asked: Sequence[AskedDocument], given: Mapping[str, object], kind: str
) -> tuple[AskedDocument, ...]:
    """The required documents that this kind of holder has not attached."""
    for_this = [one for one in asked if one.when_juristic in (None, kind == JURISTIC)]
    return tuple(one for one in for_this if one.required and one.id not in given)


def missing_document(asked: AskedDocument) -> Problem:
    """What is said of a required document that is not there."""
    return Problem(
        f"attachments.{asked.id}",
        f"ต้องแนบ{asked.title.th} ({asked.law})",
        f"please attach: {asked.title.en} ({asked.law})",
        "missing",
    )


def bound(form: Form, answers: Mapping[str, Any], found: Found) -> dict[str, str]:
    """Every file that proves this application, by its document or by the question it answers."""
    documents = {document: kept.id for document, kept in found.by_document.items()}
    return documents | dict(forms.files(form, answers))
