"""Archive stamps that are renewed: how long a sealed paper proves itself, is kept and is held; its later versions."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
MOMENT = sa.DateTime(timezone=True)
SEALED = sa.text("sealed_key <> ''")


def upgrade() -> None:
    """Columns with defaults, two indexes for the daily scan, two tables. Papers sealed before are looked at first."""
    for column in (
        sa.Column("proof_ends_at", MOMENT, nullable=True),
        sa.Column("proof_digest", sa.String(), nullable=False, server_default=""),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("renewals", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("renewed_key", sa.String(), nullable=False, server_default=""),
        sa.Column("renewed_sha256", sa.String(), nullable=False, server_default=""),
        sa.Column("renewed_version", sa.String(), nullable=False, server_default=""),
    ):
        op.add_column("papers", column)
    op.create_index("papers_by_proof", "papers", ["proof_ends_at", "id"], postgresql_where=SEALED)
    op.create_index("papers_by_digest", "papers", ["proof_digest", "id"], postgresql_where=SEALED)
    op.create_table(
        "renewed_seals",
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.id"]),
        sa.PrimaryKeyConstraint("paper", "nth"),
    )
    op.create_index(op.f("ix_renewed_seals_sha256"), "renewed_seals", ["sha256"], unique=False)
    op.create_table(
        "seals_in_use",
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency"),
    )
