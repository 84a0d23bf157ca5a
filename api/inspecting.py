"""Photographs of an inspection: looked at and scanned as every file, shown at the desk, and to nobody else."""

from datetime import datetime

from api import attachments as intake
from api import photographs, sniff, visiting
from api.attachments import Brought, Intake
from api.people import Person
from licences.errors import Conflict, NotAllowed
from records import attachments
from records.tables import Attachment, Task

MOST = 30


class NotAPhotograph(NotAllowed):
    """A file that is no picture."""


class TooManyPhotographs(Conflict):
    """More than a report takes."""


async def add(intake_: Intake, officer: Person, task_id: str, brought: Brought, at: datetime) -> Attachment:
    """Keep a photograph with an open inspection in this officer's hands. Raises NotAllowed."""
    task = await visiting.inspected(intake_.database, officer, task_id, at)
    if not photographs.is_picture(brought.content):
        raise NotAPhotograph(
            "โปรดเลือกรูปถ่าย (JPG, PNG หรือ HEIC)", "please choose a photograph: JPG, PNG or HEIC", field=sniff.FIELD
        )
    async with intake_.database.reading() as session:
        there = await attachments.photographs(session, task.id)
    if len(there) >= MOST:
        raise TooManyPhotographs(f"แนบภาพได้ไม่เกิน {MOST} ภาพ", f"at most {MOST} photographs", field=sniff.FIELD)
    kept = await intake.accept(intake_, officer, _named(brought, task))
    async with intake_.database.transaction() as session:
        await attachments.bind(session, [kept.id], officer.id, task.application)
    return kept


def _named(brought: Brought, task: Task) -> Brought:
    return Brought(brought.content, brought.name, brought.stated_type, attachments.PHOTOGRAPH + task.id)
