"""Why a task is late, as its office says it; and the day on which its supervisor is warned, before it is."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Five columns, all of which may stay empty."""
    op.add_column("tasks", sa.Column("why_late", sa.String(), nullable=False, server_default=""))
    op.add_column("tasks", sa.Column("why_late_by", sa.String(), nullable=False, server_default=""))
    op.add_column("tasks", sa.Column("why_late_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tasks", sa.Column("warn_on", sa.Date(), nullable=True))
    op.add_column("tasks", sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))
