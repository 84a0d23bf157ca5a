"""All tables; what is for ever is refused a change by the database itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
FOR_EVER = ("entries", "actions", "postings", "definitions")
BOOKS = ("entries", "postings")
KEPT = ("payments", "receipts")  # a row may be marked, and never goes


def upgrade() -> None:
    """Tables, then what guards them, then the empty books."""
    create_tables()
    guard()
    for book in BOOKS:
        op.execute(f"INSERT INTO heads (book, seq, hash) VALUES ('{book}', 0, repeat('0', 64))")


def guard() -> None:
    """Refuse to change or take away a line of a book."""
    op.execute(REFUSE)
    for table in FOR_EVER:
        refuse("UPDATE OR DELETE", table, "ROW")
    for table in KEPT:
        refuse("DELETE", table, "ROW")
    for table in FOR_EVER + KEPT:
        refuse("TRUNCATE", table, "STATEMENT")


def refuse(what: str, table: str, each: str) -> None:
    """One trigger."""
    name = f"{table}_refuse_{what.split()[0].lower()}"
    op.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH {each} EXECUTE FUNCTION refuse_change()")


REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""


def create_tables() -> None:
    """Every table with its keys and indexes."""
    op.create_table(
        "access_log",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_access_log_subject"), "access_log", ["subject"], unique=False)
    op.create_table(
        "actions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("said", JSONB, nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject", "key"),
        sa.UniqueConstraint("subject", "seq"),
    )
    op.create_table(
        "bank_notifications",
        sa.Column("transaction_id", sa.String(), nullable=False),
        sa.Column("ref1", sa.String(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("heard_at", MOMENT, nullable=False),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("finding", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("transaction_id"),
    )
    op.create_index(op.f("ix_bank_notifications_ref1"), "bank_notifications", ["ref1"], unique=False)
    op.create_index(
        "unhandled", "bank_notifications", ["heard_at"], unique=False, postgresql_where=sa.text("handled_at IS NULL")
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "definitions",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("procedure", JSONB, nullable=False),
        sa.Column("first_used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_index(op.f("ix_definitions_licence"), "definitions", ["licence"], unique=False)
    op.create_table(
        "entries",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("licence_number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("holder_kind", sa.String(), nullable=False),
        sa.Column("holder_key", sa.String(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("next_action_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("application", "kind"),
    )
    op.create_index(
        "entries_by_document",
        "entries",
        ["document_sha256"],
        unique=False,
        postgresql_where=sa.text("document_sha256 <> ''"),
    )
    op.create_index("entries_of", "entries", ["licence_number", "seq"], unique=False)
    op.create_table(
        "exchange_calls",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_exchange_calls_application"), "exchange_calls", ["application"], unique=False)
    op.create_table(
        "heads",
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("book"),
    )
    op.create_table(
        "holdings",
        sa.Column("licence_number", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("holder_kind", sa.String(), nullable=False),
        sa.Column("holder_key", sa.String(), nullable=False),
        sa.Column("holder_name", sa.String(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("province", sa.String(), nullable=False),
        sa.Column("next_action_on", sa.Date(), nullable=True),
        sa.Column("plain", sa.String(), nullable=False),
        sa.Column("grams", JSONB, nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("licence_number"),
    )
    op.create_index("holdings_by_grams", "holdings", ["grams"], unique=False, postgresql_using="gin")
    op.create_index("holdings_next", "holdings", ["next_action_on", "licence_number"], unique=False)
    op.create_index(op.f("ix_holdings_agency"), "holdings", ["agency"], unique=False)
    op.create_index(op.f("ix_holdings_holder_key"), "holdings", ["holder_key"], unique=False)
    op.create_index(op.f("ix_holdings_licence"), "holdings", ["licence"], unique=False)
    op.create_index(op.f("ix_holdings_status"), "holdings", ["status"], unique=False)
    op.create_index(
        "one_in_force",
        "holdings",
        ["claim"],
        unique=True,
        postgresql_where=sa.text("claim <> '' AND status = 'in-force'"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", JSONB, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person", "key"),
    )
    op.create_table(
        "licence_numbers",
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("reserved_at", MOMENT, nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("facts_digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("application"),
    )
    op.create_index(op.f("ix_licence_numbers_number"), "licence_numbers", ["number"], unique=False)
    op.create_index(
        "one_first_issue", "licence_numbers", ["number"], unique=True, postgresql_where=sa.text("effect = 'issue'")
    )
    op.create_table(
        "mandates",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("juristic_id", sa.String(), nullable=False),
        sa.Column("agent_subject", sa.String(), nullable=False),
        sa.Column("grantors", JSONB, nullable=False),
        sa.Column("licences", JSONB, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("stamp_duty_reference", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_mandates_agent_subject"), "mandates", ["agent_subject"], unique=False)
    op.create_index(op.f("ix_mandates_juristic_id"), "mandates", ["juristic_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("said", JSONB, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_notices_application"), "notices", ["application"], unique=False)
    op.create_index("unsent", "notices", ["next_try_at"], unique=False, postgresql_where=sa.text("sent_at IS NULL"))
    op.create_table(
        "officers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name_th", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject", "agency", "office", "role"),
    )
    op.create_index(op.f("ix_officers_subject"), "officers", ["subject"], unique=False)
    op.create_table(
        "papers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("drawn_key", sa.String(), nullable=False),
        sa.Column("drawn_sha256", sa.String(), nullable=False),
        sa.Column("drawn_at", MOMENT, nullable=True),
        sa.Column("sealed_key", sa.String(), nullable=False),
        sa.Column("sealed_sha256", sa.String(), nullable=False),
        sa.Column("sealed_version", sa.String(), nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_papers_application"), "papers", ["application"], unique=False)
    op.create_index(op.f("ix_papers_sealed_sha256"), "papers", ["sealed_sha256"], unique=False)
    op.create_table(
        "payments",
        sa.Column("transaction_id", sa.String(), nullable=False),
        sa.Column("ref1", sa.String(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("transaction_id"),
    )
    op.create_index(op.f("ix_payments_ref1"), "payments", ["ref1"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("pid_digest", sa.String(), nullable=False),
        sa.Column("pid_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("pid_masked", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("assurance", sa.String(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_index(op.f("ix_people_pid_digest"), "people", ["pid_digest"], unique=False)
    op.create_table(
        "postings",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("debit", sa.String(), nullable=False),
        sa.Column("credit", sa.String(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("bill", sa.String(), nullable=False),
        sa.Column("transaction_id", sa.String(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_postings_bill"), "postings", ["bill"], unique=False)
    op.create_index(op.f("ix_postings_transaction_id"), "postings", ["transaction_id"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("ref1", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("ref1"),
    )
    op.create_index(op.f("ix_receipts_application"), "receipts", ["application"], unique=False)
    op.create_table(
        "signing_rules",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("juristic_id", sa.String(), nullable=False),
        sa.Column("text_digest", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("rule", JSONB, nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("juristic_id", "text_digest"),
    )
    op.create_table(
        "snapshots",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("juristic_id", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("facts", JSONB, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("snapshots_latest", "snapshots", ["juristic_id", "asked_at"], unique=False)
    op.create_table(
        "applications",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("applicant", sa.String(), nullable=False),
        sa.Column("holder_kind", sa.String(), nullable=False),
        sa.Column("holder_id", sa.String(), nullable=False),
        sa.Column("holder_name", sa.String(), nullable=False),
        sa.Column("licence_number", sa.String(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("attachments", JSONB, nullable=False),
        sa.Column("answers_digest", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("waiting_for", sa.String(), nullable=False),
        sa.Column("waiting_since", MOMENT, nullable=True),
        sa.Column("waiting_until", MOMENT, nullable=True),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("journey_started_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["applicant"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["version"],
            ["definitions.version"],
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("applications_by_office", "applications", ["agency", "office", "status"], unique=False)
    op.create_index("applications_for", "applications", ["holder_id", "entered_at", "number"], unique=False)
    op.create_index("applications_of", "applications", ["applicant", "entered_at", "number"], unique=False)
    op.create_index(op.f("ix_applications_licence"), "applications", ["licence"], unique=False)
    op.create_index(op.f("ix_applications_licence_number"), "applications", ["licence_number"], unique=False)
    op.create_index(op.f("ix_applications_status"), "applications", ["status"], unique=False)
    op.create_index(
        "not_begun",
        "applications",
        ["entered_at"],
        unique=False,
        postgresql_where=sa.text("journey_started_at IS NULL"),
    )
    op.create_index(
        "one_open_claim",
        "applications",
        ["claim"],
        unique=True,
        postgresql_where=sa.text("claim <> '' AND ended_at IS NULL"),
    )
    op.create_index("one_submission", "applications", ["key"], unique=True, postgresql_where=sa.text("key <> ''"))
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("scanned_at", MOMENT, nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_attachments_application"), "attachments", ["application"], unique=False)
    op.create_index(op.f("ix_attachments_person"), "attachments", ["person"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("juristic_id", sa.String(), nullable=False),
        sa.Column("licence_number", sa.String(), nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("attachments", JSONB, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_drafts_person"), "drafts", ["person"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("acting_for", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index(op.f("ix_sessions_person"), "sessions", ["person"], unique=False)
    op.create_table(
        "bills",
        sa.Column("ref1", sa.String(), nullable=False),
        sa.Column("ref2", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("due", sa.String(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("qr", sa.String(), nullable=False),
        sa.Column("barcode", sa.String(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("pay_by", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("paid_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["application"],
            ["applications.number"],
        ),
        sa.PrimaryKeyConstraint("ref1"),
        sa.UniqueConstraint("application", "due"),
    )
    op.create_index(op.f("ix_bills_application"), "bills", ["application"], unique=False)
    op.create_index("open_bills", "bills", ["raised_at"], unique=False, postgresql_where=sa.text("status = 'open'"))
    op.create_table(
        "signatures",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("director", sa.String(), nullable=False),
        sa.Column("answers_digest", sa.String(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application"],
            ["applications.number"],
        ),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("application", "person", "answers_digest"),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("asks_th", sa.String(), nullable=False),
        sa.Column("asks_en", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("assignee", sa.String(), nullable=False),
        sa.Column("assigned_at", MOMENT, nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("conditions", JSONB, nullable=False),
        sa.Column("items", JSONB, nullable=False),
        sa.Column("report", JSONB, nullable=False),
        sa.ForeignKeyConstraint(
            ["application"],
            ["applications.number"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("application", "step"),
    )
    op.create_index(
        "inbox",
        "tasks",
        ["agency", "office", "role", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_tasks_application"), "tasks", ["application"], unique=False)
