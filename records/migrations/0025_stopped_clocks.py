"""When the clock of an application stands still, as a provision allows, and for how many working days it did."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """The same two columns on applications and on their tasks."""
    for table in ("applications", "tasks"):
        op.add_column(table, sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("stopped_days", sa.Integer(), nullable=False, server_default="0"))
