"""Drafts that nobody goes on with: their person is told a week before, and then they are thrown away.

An application that was never sent is nobody's business but its writer's; what he wrote is not kept for longer than he
has a use for it (PDPA s.37(3)). Both halves may be run twice with the same result.
"""

from datetime import datetime

from licences.calendar import BANGKOK
from records import drafts, notices
from records.database import Database

AT_ONCE = 100


async def tidy_drafts(database: Database, now: datetime) -> int:
    """Tell and throw away; answers how many were thrown away."""
    async with database.transaction() as session:
        for draft, address in await drafts.ending(session, now, AT_ONCE):
            gone_on = (draft.saved_at + drafts.KEPT_FOR).astimezone(BANGKOK).date()
            said = {"draft": draft.id, "licence": draft.licence, "gone_on": gone_on.isoformat()}
            key = f"draft:{draft.id}:{draft.saved_at:%Y-%m-%d}"
            await notices.write_once_for(session, key, "", address, "draft-ending", said, now)
        return await drafts.forget(session, now)
