"""Papers that set out a decision: the record of defects, the report of an inspection."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
WORDS = ("paper", "application", "kind", "task")


def upgrade() -> None:
    """One table."""
    op.create_table(
        "wanted_papers",
        *(sa.Column(name, sa.String(), nullable=False) for name in WORDS),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("paper"),
        sa.UniqueConstraint("task", "kind"),
    )
    op.create_index(op.f("ix_wanted_papers_application"), "wanted_papers", ["application"])
    unbegun = sa.text("begun_at IS NULL")
    op.create_index("papers_to_begin", "wanted_papers", ["wanted_at"], postgresql_where=unbegun)
