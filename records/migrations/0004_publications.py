"""What the register publishes signed, the newest of each name; and the licences to which something happened."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One table, and an index that finds every licence with more than its grant."""
    op.create_table(
        "publications",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("entries_after_grant", "entries", ["licence_number"], postgresql_where=sa.text("kind <> 'grant'"))
