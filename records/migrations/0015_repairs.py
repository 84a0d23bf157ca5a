"""The operators' room: repairs with their items, steps in trouble, causes seen; and who holds an application."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
MOMENT = sa.DateTime(timezone=True)


def text(name: str) -> sa.Column[str]:
    """A column of words."""
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    """Four more tables, and one column."""
    op.add_column("applications", sa.Column("suspended_at", MOMENT, nullable=True))
    op.create_table(
        "repairs",
        *map(text, ("id", "act", "cause")),
        sa.Column("said", JSONB, nullable=False),
        text("reason"),
        sa.Column("at_most", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("persons_needed", sa.Integer(), nullable=False),
        text("asked_by"),
        sa.Column("asked_at", MOMENT, nullable=False),
        text("approved_by"),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        text("stopped_by"),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("repairs_open", "repairs", ["asked_at"], postgresql_where=sa.text("finished_at IS NULL"))
    op.create_table(
        "repair_items",
        *map(text, ("repair", "number", "state", "said")),
        sa.Column("stood_at", JSONB, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["repair"], ["repairs.id"]),
        sa.PrimaryKeyConstraint("repair", "number"),
    )
    op.create_index(
        "repair_items_checking", "repair_items", ["done_at"], postgresql_where=sa.text("state = 'checking'")
    )
    op.create_table(
        "troubles",
        *map(text, ("application", "step", "effect", "error", "said")),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("application", "step"),
    )
    op.create_table(
        "causes",
        *map(text, ("id", "kind", "waits_for", "agency", "error")),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=True),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
