"""One entry for each licence that runs out: the list of the dead need not read them, and those of old are looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
MORE = sa.text("kind <> 'grant' AND kind <> 'expiry'")
LOOK = "UPDATE holdings SET next_action_on = valid_until + 1 WHERE status = 'expired' AND next_action_on IS NULL"


def upgrade() -> None:
    """A narrower index in the wider one's place; the daily scan enters what ran out before it knew how to."""
    op.create_index("entries_acted_on", "entries", ["licence_number"], postgresql_where=MORE)
    op.drop_index("entries_after_grant", "entries")
    op.execute(LOOK)
