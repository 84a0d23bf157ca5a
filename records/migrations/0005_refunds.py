"""Refunds: money that is a payer's and to be given back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """One more table."""
    op.create_table(
        "refunds",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("transaction_id", sa.String(), nullable=False),
        sa.Column("ref1", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("persons_needed", sa.Integer(), nullable=False),
        sa.Column("approved_by", JSONB, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("bank_number", sa.String(), nullable=False),
        sa.Column("owed_at", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("paid_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["transaction_id"], ["payments.transaction_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_refunds_application"), "refunds", ["application"], unique=False)
    op.create_index(op.f("ix_refunds_transaction_id"), "refunds", ["transaction_id"], unique=False)
    op.create_index("refunds_in_order", "refunds", ["owed_at", "id"], unique=False)
    op.create_index(
        "refunds_not_begun", "refunds", ["owed_at"], unique=False, postgresql_where=sa.text("begun_at IS NULL")
    )
