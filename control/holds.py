"""Legal hold: while it stands, no version of a licence's papers can be deleted, whatever its lock says.

The records say so first, so that a version which is being renewed meanwhile is held as well; then the store is told,
version by version. Doing it again changes nothing.
"""

from datetime import datetime

from licences.errors import NotFound
from records import archives, history
from records.database import Database
from records.files import Files


class NoPapers(NotFound):
    """Nothing was ever sealed under that number."""


async def hold(
    database: Database, files: Files, licence_number: str, *, held: bool, reason: str, by: str, at: datetime
) -> int:
    """Hold, or let go of, every version of every sealed paper of a licence; how many versions those are.

    Raises NoPapers; StoreDown when the store does not answer (then do it again).
    """
    what = "set" if held else "lifted"
    async with database.transaction() as session:
        papers = await archives.hold(session, licence_number, held=held)
        if not papers:
            raise NoPapers(
                f"ไม่มีเอกสารที่ประทับตราของใบอนุญาต {licence_number}", f"nothing was sealed for licence {licence_number}"
            )
        versions = [file for paper in papers for file in await archives.versions(session, paper)]
        key = f"hold:{what}:{at.isoformat()}"
        await history.record(session, licence_number, key, f"licence:hold:{what}", by, at, {"reason": reason})
    for file in versions:
        await files.hold(file.key, file.version_id, held=held)
    return len(versions)
