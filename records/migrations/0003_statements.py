"""The signed statement of a licence's QR code, kept with the number it was reserved for."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One more column; what was reserved before has none yet, and gets one when it is drawn."""
    op.add_column("licence_numbers", sa.Column("statement", sa.String(), nullable=False, server_default=""))
