"""Indexes for the views of a desk: what nobody at an office has taken, and what was handed back to applicants.

The newest task of a stage is looked for in an index of its own; it takes the place of the one by application, which the
unique one by application and step makes needless.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
FREE = "closed_at IS NULL AND assignee = ''"
ASKED = "verdict IN ('ask', 'fix')"
BACK = "status = 'incomplete' AND ended_at IS NULL"
SHOWN = ["application", "stage", "opened_at"]


def upgrade() -> None:
    """Four indexes more, one less."""
    desk = ["agency", "office", "role", "due_on", "id"]
    op.create_index("inbox_free_at", "tasks", desk, postgresql_where=sa.text(FREE))
    op.create_index("asked_at", "tasks", desk, postgresql_where=sa.text(ASKED), postgresql_include=SHOWN)
    op.create_index("tasks_of_stage", "tasks", SHOWN)
    op.create_index("handed_back", "applications", ["number"], postgresql_where=sa.text(BACK))
    op.drop_index("ix_tasks_application", "tasks")
