"""A supervisor's leave to ask an applicant once more."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """One table."""
    op.create_table(
        "further_requests",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("task", "application", "allowed_by", "reason")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task"),
    )
    op.create_index(op.f("ix_further_requests_application"), "further_requests", ["application"])
