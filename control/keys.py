"""The keys of the histories' free text, for whoever may read it; and what is erased for ever.

Erasing needs two persons and the law's leave (`licences.erasure`). It is done in this order, so that a death between
two steps leaves nothing that points nowhere: the objects first, then the records and the key, in one transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from licences import erasure
from licences.calendar import BANGKOK
from records import erasures
from records.database import Database
from records.files import Files
from records.history_keys import HistoryKeys
from workflows.codec import CodecKeys


def case_keys(database: Database, codec_keys: str) -> HistoryKeys:
    """Where the converter finds the keys of cases."""
    return HistoryKeys(database, CodecKeys.parse(codec_keys).ring)


@dataclass(frozen=True)
class Erased:
    """What came of it: asked for only, or done."""

    done: bool
    objects: int = 0
    locked: int = 0  # sealed documents that the store keeps until their lock ends


async def erase(database: Database, files: Files, number: str, reason: str, by: str, at: datetime) -> Erased:
    """The first person asks, another agrees: then it is done. Raises NotAllowed, StoreDown."""
    async with database.transaction() as session:
        erasure.check(await erasures.standing(session, number), at.astimezone(BANGKOK).date())
        kept = await erasures.asked(session, number)
        if kept is None:
            await erasures.ask_once(session, number, reason, by, at)
            return Erased(done=False)
        erasure.check_persons(kept.asked_by, by)
        left = await erasures.leavings(session, number)
    for key in left.objects:
        await files.let_go(key)
    async with database.transaction() as session:
        await erasures.erase(session, number, by, at)
    return Erased(True, len(left.objects), left.locked)
