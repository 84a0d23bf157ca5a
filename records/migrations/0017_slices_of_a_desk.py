"""Indexes for the slices of a desk: a whole agency's, one officer's own, and what nobody has taken."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
OPEN = "closed_at IS NULL"


def upgrade() -> None:
    """Three more indexes."""
    desk = ["agency", "role", "due_on", "id"]
    op.create_index("inbox_agency", "tasks", desk, postgresql_where=sa.text(OPEN))
    op.create_index("inbox_of", "tasks", ["assignee", "due_on", "id"], postgresql_where=sa.text(OPEN))
    op.create_index("inbox_free", "tasks", desk, postgresql_where=sa.text(f"{OPEN} AND assignee = ''"))
