"""Files that people brought: what they are, who brought them, and which application they prove."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from licences.errors import NotAllowed
from records.rows import new_id, table_of, write_once
from records.tables import Attachment

ATTACHMENTS = table_of(Attachment)
PHOTOGRAPH = "inspection:"
"""How the document's name of an inspector's photograph begins; the task follows."""


class AttachmentMissing(NotAllowed):
    """An application names a file that is not there, is somebody else's, or proves another application."""

    def __init__(self, attachment: str) -> None:
        super().__init__(
            "ไม่พบไฟล์แนบนี้ หรือใช้กับคำขออื่นแล้ว โปรดแนบไฟล์อีกครั้ง",
            f"the attachment {attachment} is not there, or belongs to another application: attach the file again",
            field="attachments",
        )
        self.attachment = attachment


async def keep(session: AsyncSession, attachment: Attachment) -> Attachment:
    """Write down an uploaded file; the same id again gives the first."""
    if await write_once(session, attachment):
        return attachment
    kept = await get(session, attachment.id)
    assert kept is not None
    return kept


async def copied(session: AsyncSession, attachment: Attachment) -> Attachment:
    """The same kept file once more, to prove another application: one application's proof is never another's."""
    again = {"id": new_id("a"), "application": ""}
    return await keep(session, Attachment(**attachment.model_dump() | again))


async def get(session: AsyncSession, attachment_id: str) -> Attachment | None:
    """One attachment. Who may see it is for the caller to ask."""
    row = (await session.execute(select(ATTACHMENTS).where(ATTACHMENTS.c.id == attachment_id))).mappings().first()
    return Attachment(**row) if row else None


async def several(session: AsyncSession, attachment_ids: Collection[str]) -> tuple[Attachment, ...]:
    """Those of the attachments that are there."""
    rows = await session.execute(select(ATTACHMENTS).where(ATTACHMENTS.c.id.in_(sorted(attachment_ids))))
    return tuple(Attachment(**row) for row in rows.mappings())


async def of(session: AsyncSession, application: str) -> tuple[Attachment, ...]:
    """Everything that was ever attached to an application, earlier versions too; no inspector's photograph."""
    mine = (ATTACHMENTS.c.application == application, ATTACHMENTS.c.document.not_like(f"{PHOTOGRAPH}%"))
    rows = await session.execute(select(ATTACHMENTS).where(*mine).order_by(ATTACHMENTS.c.id))
    return tuple(Attachment(**row) for row in rows.mappings())


async def photographs(session: AsyncSession, task: str) -> tuple[Attachment, ...]:
    """What an inspector photographed on one task, in the order it was brought."""
    mine = (ATTACHMENTS.c.application == task.partition(":")[0], ATTACHMENTS.c.document == f"{PHOTOGRAPH}{task}")
    rows = await session.execute(select(ATTACHMENTS).where(*mine).order_by(ATTACHMENTS.c.scanned_at, ATTACHMENTS.c.id))
    return tuple(Attachment(**row) for row in rows.mappings())


async def bind(session: AsyncSession, attachment_ids: Collection[str], person: str, application: str) -> None:
    """From now on these files of `person` prove this application and no other. Raises AttachmentMissing."""
    wanted = set(attachment_ids)
    if not wanted:
        return
    mine = (
        ATTACHMENTS.c.id.in_(sorted(wanted)),
        ATTACHMENTS.c.person == person,
        ATTACHMENTS.c.application.in_(("", application)),
    )
    bound = await session.execute(
        update(ATTACHMENTS).where(*mine).values(application=application).returning(ATTACHMENTS.c.id)
    )
    if missing := wanted - set(bound.scalars()):
        raise AttachmentMissing(min(missing))
