"""Keys of the histories, one a case, and erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two more tables."""
    op.create_table(
        "history_keys",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("ring_key", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("destroyed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_table(
        "erasures",
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("agreed_by", sa.String(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["application"], ["applications.number"]),
        sa.PrimaryKeyConstraint("application"),
    )
