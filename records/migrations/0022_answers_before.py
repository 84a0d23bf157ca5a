"""What an application said before it was put right, so that an officer sees the old answer beside the new one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """One more column, empty where nothing was replaced."""
    op.add_column("applications", sa.Column("answers_before", JSONB, nullable=False, server_default="{}"))
