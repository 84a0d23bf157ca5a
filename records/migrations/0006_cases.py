"""Cases: what is done to a licence after it was granted. Their tasks lie in the inbox beside those of applications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
MOMENT = sa.DateTime(timezone=True)
TEXTS = (
    "key claim act version agency office licence licence_number about opened_by opened_as holder_kind holder_id "
    "holder_name language email"
)


def upgrade() -> None:
    """One more table; a task may be a case's."""
    op.create_table(
        "cases",
        sa.Column("number", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in TEXTS.split()),
        sa.Column("wanted", JSONB, nullable=False),
        sa.Column("found", JSONB, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("waiting_for", sa.String(), nullable=False),
        sa.Column("waiting_since", MOMENT, nullable=True),
        sa.Column("waiting_until", MOMENT, nullable=True),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["definitions.version"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_cases_opened_by"), "cases", ["opened_by"], unique=False)
    op.create_index(op.f("ix_cases_status"), "cases", ["status"], unique=False)
    op.create_index("one_open_case", "cases", ["claim"], unique=True, postgresql_where=sa.text("ended_at IS NULL"))
    op.create_index("one_opening", "cases", ["key"], unique=True)
    op.create_index("cases_not_begun", "cases", ["entered_at"], postgresql_where=sa.text("begun_at IS NULL"))
    op.create_index("cases_of_licence", "cases", ["licence_number", "entered_at"])
    op.create_index("cases_by_office", "cases", ["agency", "office", "entered_at", "number"])
    op.drop_constraint("tasks_application_fkey", "tasks", type_="foreignkey")
