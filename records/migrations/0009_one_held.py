"""A suspended licence is held all the same: nobody gets another for the same holder and place beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
HELD = sa.text("claim <> '' AND status IN ('in-force', 'suspended')")


def upgrade() -> None:
    """A wider index in the narrower one's place."""
    op.create_index("one_held", "holdings", ["claim"], unique=True, postgresql_where=HELD)
    op.drop_index("one_in_force", "holdings")
