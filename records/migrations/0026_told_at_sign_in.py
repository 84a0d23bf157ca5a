"""What a sign-in says beside who somebody is (telephone, address as registered): with the session, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """One column, empty for the sessions that are open now."""
    op.add_column("sessions", sa.Column("told", sa.LargeBinary(), nullable=True))
