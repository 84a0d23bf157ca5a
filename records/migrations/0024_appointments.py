"""Appointments of inspectors at the premises."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
WORDS = ("id", "task", "application", "standing", "proposed_by", "why", "said_by", "said_why", "missed_by")
STANDS = sa.text("standing IN ('confirmed', 'move-asked', 'proposed')")


def upgrade() -> None:
    """One table; of each task one appointment stands."""
    op.create_table(
        "appointments",
        *(sa.Column(name, sa.String(), nullable=False) for name in WORDS),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("at", "proposed_at")),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_appointments_application"), "appointments", ["application"])
    op.create_index("one_standing", "appointments", ["task"], unique=True, postgresql_where=STANDS)
