"""Which reserved numbers wait for their statement."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """One more mark, and a small index: a number is in it from the order until the statement is signed."""
    op.add_column(
        "licence_numbers", sa.Column("statement_wanted", sa.Boolean(), nullable=False, server_default="false")
    )
    waits = "statement_wanted AND statement = ''"
    op.execute(f"CREATE INDEX unstated ON licence_numbers (reserved_at) WHERE {waits}")
