"""Money: bills written anew, baskets, receipts as papers, settlements, payees' accounts, bank statements."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Columns with defaults, and new tables: the code before this one goes on."""
    _bills()
    _baskets()
    _receipts()
    op.add_column("refunds", _text("law"))
    _payees()
    _settlements()
    _bank_lines()


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _bills() -> None:
    op.add_column("bills", _text("replaces"))
    op.add_column("bills", sa.Column("claimed_at", MOMENT, nullable=True))
    op.drop_constraint("bills_application_due_key", "bills", type_="unique")
    anew = sa.text("status <> 'replaced'")
    op.create_index("one_bill_a_due", "bills", ["application", "due"], unique=True, postgresql_where=anew)


def _baskets() -> None:
    op.create_table(
        "baskets",
        sa.Column("ref1", sa.String(), nullable=False),
        sa.Column("ref2", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("qr", sa.String(), nullable=False),
        sa.Column("barcode", sa.String(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("pay_by", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("paid_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.id"]),
        sa.PrimaryKeyConstraint("ref1"),
    )
    op.create_index(op.f("ix_baskets_person"), "baskets", ["person"], unique=False)
    op.create_table(
        "basket_parts",
        sa.Column("basket", sa.String(), nullable=False),
        sa.Column("bill", sa.String(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["basket"], ["baskets.ref1"]),
        sa.ForeignKeyConstraint(["bill"], ["bills.ref1"]),
        sa.PrimaryKeyConstraint("basket", "bill"),
    )
    op.create_index(op.f("ix_basket_parts_bill"), "basket_parts", ["bill"], unique=False)


def _receipts() -> None:
    op.add_column("receipts", _text("transaction_id"))
    op.add_column("receipts", sa.Column("begun_at", MOMENT, nullable=True))
    op.execute(
        "UPDATE receipts SET transaction_id = p.transaction_id FROM payments p"
        " WHERE p.ref1 = receipts.ref1 AND p.kind IN ('full', 'over')"
    )
    op.create_index(op.f("ix_receipts_transaction_id"), "receipts", ["transaction_id"], unique=False)
    waiting = sa.text("begun_at IS NULL")
    op.create_index("receipts_not_begun", "receipts", ["at"], unique=False, postgresql_where=waiting)


def _payees() -> None:
    op.create_table(
        "payee_accounts",
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("bank_code", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("payee"),
    )
    op.create_table(
        "account_changes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("bank_code", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_account_changes_payee"), "account_changes", ["payee"], unique=False)
    proposed = sa.text("status = 'proposed'")
    op.create_index("one_open_change", "account_changes", ["payee"], unique=True, postgresql_where=proposed)


def _settlements() -> None:
    op.create_table(
        "settlements",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("after_seq", sa.BigInteger(), nullable=False),
        sa.Column("upto_seq", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("previous_digest", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("bank_code", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("remittance", sa.String(), nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=True),
        sa.Column("bank_number", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("payee", "until"),
    )
    op.create_index(op.f("ix_settlements_payee"), "settlements", ["payee"], unique=False)
    waiting = sa.text("begun_at IS NULL")
    op.create_index("settlements_not_begun", "settlements", ["made_at"], unique=False, postgresql_where=waiting)


def _bank_lines() -> None:
    op.create_table(
        "bank_lines",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("brought_by", sa.String(), nullable=False),
        sa.Column("brought_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("matched", sa.String(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    still = sa.text("status = 'open'")
    op.create_index("bank_lines_open", "bank_lines", ["booked_on", "id"], unique=False, postgresql_where=still)
