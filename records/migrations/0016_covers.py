"""Leave cover: who sits at whose desk, and for whom a task was decided."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
WORDS = ("id", "agency", "office", "role", "absent", "cover")


def upgrade() -> None:
    """One table, and one column."""
    op.add_column("tasks", sa.Column("on_behalf_of", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "covers",
        *(sa.Column(name, sa.String(), nullable=False) for name in WORDS),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_covers_cover"), "covers", ["cover"])
    op.create_index(op.f("ix_covers_absent"), "covers", ["absent"])
