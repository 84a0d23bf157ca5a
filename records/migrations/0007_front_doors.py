"""What the front doors keep: opinions on a case that is over, and drafts that are filled in together."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """One more table, one more column."""
    op.add_column("drafts", sa.Column("together", sa.String(), nullable=False, server_default=""))
    op.create_index(op.f("ix_drafts_together"), "drafts", ["together"], unique=False)
    op.create_table(
        "opinions",
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application"], ["applications.number"]),
        sa.PrimaryKeyConstraint("application"),
    )
    op.create_index(op.f("ix_opinions_agency"), "opinions", ["agency"], unique=False)
    op.create_index(op.f("ix_opinions_licence"), "opinions", ["licence"], unique=False)
