"""The text of a form is kept with the definition it belongs to; a draft knows what it is asked anew."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Two more columns; definitions of before have no texts, and their forms are read as they are today."""
    op.add_column("definitions", sa.Column("texts", JSONB, nullable=False, server_default="{}"))
    op.add_column("drafts", sa.Column("asked_anew", JSONB, nullable=False, server_default="[]"))
