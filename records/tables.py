"""The tables, and nothing else.

Times are `timestamptz`; money is whole satang; `jsonb` holds what the law or the form shapes. Personal numbers are kept
sealed (`people.pid_sealed`) with a keyed digest for look-up; the answers of an application stay in its own row.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


def moment(*, optional: bool = False) -> Any:
    """A column for one instant, with its offset."""
    return Column(DateTime(timezone=True), nullable=optional)


def tree(*, optional: bool = False) -> Any:
    """A column for a JSON value."""
    return Column(JSONB, nullable=optional)


def place() -> Any:
    """A column for a line's place in a book: given, never counted by the database."""
    return Column(BigInteger, primary_key=True, autoincrement=False)


def satang() -> Any:
    """A column for money in whole satang."""
    return Column(BigInteger, nullable=False)


class Counter(SQLModel, table=True):
    """The last number given out under one name (a licence book, an application year, receipts of a fiscal year)."""

    __tablename__ = "counters"
    name: str = Field(primary_key=True)
    value: int = Field(sa_column=Column(BigInteger, nullable=False))


class Head(SQLModel, table=True):
    """The last line of one book: locked while a line is added, so that a book has no gap and no cut end."""

    __tablename__ = "heads"
    book: str = Field(primary_key=True)  # entries | postings
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    hash: str


class Person(SQLModel, table=True):
    """Somebody who has signed in. `id` is what messages and histories carry."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: str = Field(primary_key=True)
    issuer: str
    subject: str
    pid_digest: str = Field(index=True)  # HMAC-SHA-256, keyed: finds, does not tell
    pid_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # AES-GCM
    pid_masked: str
    title: str = ""
    given_name: str
    family_name: str
    email: str = ""
    assurance: str = ""
    seen_at: datetime = Field(sa_column=moment())


class Officer(SQLModel, table=True):
    """A role somebody holds: from our table, never from the sign-in token. It may stand before the first sign-in."""

    __tablename__ = "officers"
    __table_args__ = (UniqueConstraint("subject", "agency", "office", "role"),)
    id: str = Field(primary_key=True)
    subject: str = Field(index=True)
    agency: str = ""  # "" = the whole system (operator, auditor)
    office: str = ""  # "" = every office of the agency; else "<agency>@<province or authority>"
    role: str  # officer, inspector, supervisor, operator, auditor
    name_th: str
    name_en: str
    since: date
    until: date | None = None


class Session(SQLModel, table=True):
    """A browser that has signed in; the cookie holds an opaque key, the row its digest."""

    __tablename__ = "sessions"
    digest: str = Field(primary_key=True)
    person: str = Field(foreign_key="people.id", index=True)
    csrf: str
    acting_for: str = ""  # a juristic number, or "" for oneself
    opened_at: datetime = Field(sa_column=moment())
    seen_at: datetime = Field(sa_column=moment())
    ends_at: datetime = Field(sa_column=moment())
    # what the sign-in said beside who it is (AES-GCM): kept as long as the session and no longer
    told: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class Mandate(SQLModel, table=True):
    """A recorded power of attorney (CCC s.798): who may act for a company, for what, until when."""

    __tablename__ = "mandates"
    id: str = Field(primary_key=True)
    juristic_id: str = Field(index=True)
    agent_subject: str = Field(index=True)
    grantors: list[str] = Field(sa_column=tree())
    licences: list[str] = Field(sa_column=tree())  # empty = every licence
    given_on: date
    until: date | None = None
    revoked_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    stamp_duty_reference: str = ""


class Draft(SQLModel, table=True):
    """An application not yet submitted. It belongs to the door."""

    __tablename__ = "drafts"
    id: str = Field(primary_key=True)
    person: str = Field(foreign_key="people.id", index=True)
    licence: str
    operation: str
    version: str
    juristic_id: str = ""
    licence_number: str = ""
    together: str = Field(default="", index=True)  # drafts of one set, filled in together; "" = by itself
    answers: dict[str, Any] = Field(sa_column=tree())
    attachments: dict[str, str] = Field(sa_column=tree())
    digest: str = ""  # of the answers, once they are complete
    asked_anew: list[str] = Field(default_factory=list, sa_column=tree())  # the rules changed: answered once more
    opened_at: datetime = Field(sa_column=moment())
    saved_at: datetime = Field(sa_column=moment())


class Definition(SQLModel, table=True):
    """A procedure as it stood, by its content hash. Never changed."""

    __tablename__ = "definitions"
    version: str = Field(primary_key=True)
    licence: str = Field(index=True)
    operation: str
    procedure: dict[str, Any] = Field(sa_column=tree())
    texts: dict[str, str] = Field(default_factory=dict, sa_column=tree())  # what its form is made of, by place
    first_used_at: datetime = Field(sa_column=moment())


class Application(SQLModel, table=True):
    """One request for one operation. While its journey runs, only the journey writes here."""

    __tablename__ = "applications"
    __table_args__ = (
        # One open application for the same licence, holder and place (a company may not hold the same licence for the
        # same premises twice by applying twice); empty `claim` = any number may be open.
        Index("one_open_claim", "claim", unique=True, postgresql_where=text("claim <> '' AND ended_at IS NULL")),
        Index("one_submission", "key", unique=True, postgresql_where=text("key <> ''")),
        Index("not_begun", "entered_at", postgresql_where=text("journey_started_at IS NULL")),
        Index("applications_by_office", "agency", "office", "status"),
        Index("handed_back", "number", postgresql_where=text("status = 'incomplete' AND ended_at IS NULL")),
        Index("applications_of", "applicant", "entered_at", "number"),
        Index("applications_for", "holder_id", "entered_at", "number"),
    )
    number: str = Field(primary_key=True)
    key: str = ""  # the submission, as the door names it: said twice, it is the same application
    licence: str = Field(index=True)
    operation: str
    version: str = Field(foreign_key="definitions.version")
    agency: str
    office: str  # who receives it: "<agency>", "<agency>@<province>" or a local authority
    applicant: str = Field(foreign_key="people.id")
    holder_kind: str  # juristic | natural
    holder_id: str  # a juristic number (public), or a person id
    holder_name: str = ""
    licence_number: str = Field(default="", index=True)  # the licence acted on; after issue, the licence granted
    claim: str = ""  # licence + holder + premises, when only one may be open or in force
    answers: dict[str, Any] = Field(sa_column=tree())
    answers_before: dict[str, Any] = Field(default_factory=dict, sa_column=tree())  # those that the last ones replaced
    attachments: dict[str, str] = Field(sa_column=tree())
    answers_digest: str
    language: str = "th"
    email: str = ""
    status: str = Field(index=True)
    waiting_for: str = ""  # what the present wait needs, as a word: "company-register", "payment", "stage:inspection"
    waiting_since: datetime | None = Field(default=None, sa_column=moment(optional=True))
    waiting_until: datetime | None = Field(default=None, sa_column=moment(optional=True))
    entered_at: datetime = Field(sa_column=moment())
    received_at: datetime = Field(sa_column=moment())
    due_on: date
    journey_started_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    stopped_at: datetime | None = Field(default=None, sa_column=moment(optional=True))  # its clock stands still
    stopped_days: int = 0  # for how many working days it did
    suspended_at: datetime | None = Field(default=None, sa_column=moment(optional=True))  # an operator holds it
    ended_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    outcome: str = ""


class Attachment(SQLModel, table=True):
    """One uploaded file: what it is, by its own bytes, and who brought it."""

    __tablename__ = "attachments"
    id: str = Field(primary_key=True)
    person: str = Field(foreign_key="people.id", index=True)
    document: str = ""
    filename: str
    media_type: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: str
    key: str
    version_id: str = ""
    scanned_at: datetime = Field(sa_column=moment())
    application: str = Field(default="", index=True)


class Snapshot(SQLModel, table=True):
    """What the company register said, and when. `facts` is the company as `exchange.juristic.Company` shapes it."""

    __tablename__ = "snapshots"
    __table_args__ = (Index("snapshots_latest", "juristic_id", "asked_at"),)
    id: str = Field(primary_key=True)
    juristic_id: str
    asked_at: datetime = Field(sa_column=moment())
    service: str
    digest: str
    facts: dict[str, Any] | None = Field(default=None, sa_column=tree(optional=True))  # None: not found


class ExchangeCall(SQLModel, table=True):
    """One call to another office's register: who, why, when, the answer's digest (Digital Government Act s.15)."""

    __tablename__ = "exchange_calls"
    id: str = Field(primary_key=True)
    office: str
    service: str
    subject_id: str
    asked_by: str  # a person or officer id, or the system's registered name
    purpose: str
    application: str = Field(default="", index=True)
    asked_at: datetime = Field(sa_column=moment())
    outcome: str  # answered | not-found | down | refused
    digest: str = ""


class SigningRuleRow(SQLModel, table=True):
    """How a company is bound by its directors' signatures: read from its register text, confirmed by an officer."""

    __tablename__ = "signing_rules"
    __table_args__ = (UniqueConstraint("juristic_id", "text_digest"),)
    id: str = Field(primary_key=True)
    juristic_id: str
    text_digest: str
    text: str
    rule: dict[str, Any] = Field(sa_column=tree())
    confirmed_by: str = ""  # "" = a proposal
    confirmed_at: datetime | None = Field(default=None, sa_column=moment(optional=True))


class Signature(SQLModel, table=True):
    """One person's electronic signature on one application (Electronic Transactions Act s.9)."""

    __tablename__ = "signatures"
    # New answers ask for a new signature; the old one stays as what it was.
    __table_args__ = (UniqueConstraint("application", "person", "answers_digest"),)
    id: str = Field(primary_key=True)
    application: str = Field(foreign_key="applications.number")
    person: str = Field(foreign_key="people.id")
    role: str  # applicant | director | agent | officer-accepted
    director: str = ""  # the name in the register that this person was matched with
    answers_digest: str
    signed_at: datetime = Field(sa_column=moment())


class Action(SQLModel, table=True):
    """What happened to an application or a licence: typed, hash-linked, never changed."""

    __tablename__ = "actions"
    __table_args__ = (UniqueConstraint("subject", "seq"), UniqueConstraint("subject", "key"))
    id: str = Field(primary_key=True)
    subject: str  # an application's or a licence's number
    seq: int
    key: str  # the step: writing the same step again is the same action
    tag: str  # of what : about what : what, e.g. "application:decision:refuse"
    by: str  # a person id, an officer id, or "engine"
    on_behalf_of: str = ""
    at: datetime = Field(sa_column=moment())
    said: dict[str, Any] = Field(sa_column=tree())
    previous_hash: str
    hash: str


class Case(SQLModel, table=True):
    """One act after the grant: suspension, correction, appeal, … While its story runs, only the story writes here."""

    __tablename__ = "cases"
    __table_args__ = (
        # Two officers who begin the same at once begin one case.
        Index("one_open_case", "claim", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("one_opening", "key", unique=True),
        Index("cases_not_begun", "entered_at", postgresql_where=text("begun_at IS NULL")),
        Index("cases_of_licence", "licence_number", "entered_at"),
        Index("cases_by_office", "agency", "office", "entered_at", "number"),
    )
    number: str = Field(primary_key=True)
    key: str  # the opening, as the door names it: said twice, it is the same case
    claim: str  # "<act>:<what it is about>": one open case of it at a time
    act: str  # licences.acts.Kind
    version: str = Field(foreign_key="definitions.version")
    agency: str
    office: str
    licence: str
    licence_number: str = ""  # "": an appeal against a refusal, where nothing was granted
    about: str = ""  # the application or the case whose decision is appealed against
    opened_by: str = Field(index=True)  # a person id, or "engine"
    opened_as: str  # officer | holder | engine
    holder_kind: str
    holder_id: str  # a juristic number, or a keyed digest: never shown
    holder_name: str = ""
    language: str = "th"
    email: str = ""
    wanted: dict[str, Any] = Field(sa_column=tree())  # licences.acts.Wanted
    found: dict[str, Any] = Field(sa_column=tree())  # what was heard or found on the way
    status: str = Field(index=True)
    waiting_for: str = ""
    waiting_since: datetime | None = Field(default=None, sa_column=moment(optional=True))
    waiting_until: datetime | None = Field(default=None, sa_column=moment(optional=True))
    entered_at: datetime = Field(sa_column=moment())
    received_at: datetime = Field(sa_column=moment())
    due_on: date
    begun_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    ended_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    outcome: str = ""


class Task(SQLModel, table=True):
    """One stage of one application, or of one case, on an officer's desk."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("application", "step"),
        Index("inbox", "agency", "office", "role", "due_on", "id", postgresql_where=text("closed_at IS NULL")),
        Index("inbox_agency", "agency", "role", "due_on", "id", postgresql_where=text("closed_at IS NULL")),
        Index("inbox_of", "assignee", "due_on", "id", postgresql_where=text("closed_at IS NULL")),
        Index(
            "inbox_free", "agency", "role", "due_on", "id", postgresql_where=text("closed_at IS NULL AND assignee = ''")
        ),
        Index(
            "inbox_free_at", "agency", "office", "role", "due_on", "id",
            postgresql_where=text("closed_at IS NULL AND assignee = ''"),
        ),
        Index(
            "asked_at", "agency", "office", "role", "due_on", "id",
            postgresql_where=text("verdict IN ('ask', 'fix')"),
            postgresql_include=["application", "stage", "opened_at"],
        ),
        Index("tasks_of_stage", "application", "stage", "opened_at"),
    )  # fmt: skip
    id: str = Field(primary_key=True)  # "<application>:<stage>:<round>"
    application: str  # an application's number, or a case's
    step: str  # "<stage>:<round>"
    stage: str
    kind: str
    role: str
    agency: str
    office: str
    asks_th: str
    asks_en: str
    opened_at: datetime = Field(sa_column=moment())
    due_on: date
    assignee: str = ""
    assigned_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    reminded: int = 0
    closed_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    verdict: str = ""
    officer: str = ""
    on_behalf_of: str = ""  # the absent officer for whom it was decided
    reason: str = ""
    conditions: list[str] = Field(sa_column=tree())
    items: list[dict[str, Any]] = Field(sa_column=tree())
    report: dict[str, Any] = Field(sa_column=tree())  # an inspection's findings
    why_late: str = ""  # what the office says of the delay, told with each notice (Licensing Facilitation Act s.10)
    why_late_by: str = ""
    why_late_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    warn_on: date | None = None  # the day on which its supervisor is warned, while there is still time
    warned_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    stopped_at: datetime | None = Field(default=None, sa_column=moment(optional=True))  # its clock stands still
    stopped_days: int = 0  # for how many working days it did


class AnnouncedHoliday(SQLModel, table=True):
    """One day of one announcement, in one place: closed after all, or open after all. Never changed."""

    __tablename__ = "holidays"
    version: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    scope: str = Field(primary_key=True)  # national, province:<code> or agency:<code>
    closed: bool
    name_th: str
    name_en: str
    announced_on: date
    source: str  # the Cabinet's resolution, the Gazette's page
    recorded_by: str
    recorded_at: datetime = Field(sa_column=moment())
    counted_at: datetime | None = Field(default=None, sa_column=moment(optional=True))  # open periods counted anew


class FurtherRequest(SQLModel, table=True):
    """A supervisor's leave to ask an applicant once more, on one task, and why (Licensing Facilitation Act s.8)."""

    __tablename__ = "further_requests"
    task: str = Field(primary_key=True)
    application: str = Field(index=True)
    allowed_by: str
    reason: str
    at: datetime = Field(sa_column=moment())


class Appointment(SQLModel, table=True):
    """A time at which an inspector comes to the premises, who proposed it, and what was last said to it."""

    __tablename__ = "appointments"
    __table_args__ = (
        Index(
            "one_standing", "task", unique=True,
            postgresql_where=text("standing IN ('confirmed', 'move-asked', 'proposed')"),
        ),
    )  # fmt: skip
    id: str = Field(primary_key=True)
    task: str
    application: str = Field(index=True)
    at: datetime = Field(sa_column=moment())
    standing: str
    proposed_by: str
    proposed_at: datetime = Field(sa_column=moment())
    why: str = ""  # why it took another one's place
    said_by: str = ""
    said_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    said_why: str = ""
    missed_by: str = ""  # "applicant" or "inspector"


class Cover(SQLModel, table=True):
    """Who sits at an absent officer's desk, from which day to which, why, and who said so."""

    __tablename__ = "covers"
    id: str = Field(primary_key=True)
    agency: str
    office: str  # "" = every office of the agency
    role: str
    absent: str = Field(index=True)
    cover: str = Field(index=True)
    since: date
    until: date
    reason: str
    recorded_by: str
    recorded_at: datetime = Field(sa_column=moment())


class Bill(SQLModel, table=True):
    """What we asked for. One row a demand; `lines` keep the law, the payee and the rate of each."""

    __tablename__ = "bills"
    __table_args__ = (
        # A bill that was written anew leaves its place to the new one.
        Index("one_bill_a_due", "application", "due", unique=True, postgresql_where=text("status <> 'replaced'")),
        Index("open_bills", "raised_at", postgresql_where=text("status = 'open'")),
    )
    ref1: str = Field(primary_key=True)
    ref2: str
    application: str = Field(foreign_key="applications.number", index=True)
    due: str  # on-submission | before-issue
    satang: int = Field(sa_column=satang())
    lines: list[dict[str, Any]] = Field(sa_column=tree())
    provisional: bool = False
    qr: str
    barcode: str
    raised_at: datetime = Field(sa_column=moment())
    pay_by: date
    status: str  # open | paid | cancelled (its application is over) | replaced (by a newer bill)
    paid_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    replaces: str = ""  # the bill that this one stands for
    claimed_at: datetime | None = Field(default=None, sa_column=moment(optional=True))  # the payer says: I have paid


class Basket(SQLModel, table=True):
    """Bills of several applications, paid with one QR and one transfer."""

    __tablename__ = "baskets"
    ref1: str = Field(primary_key=True)
    ref2: str
    person: str = Field(foreign_key="people.id", index=True)
    satang: int = Field(sa_column=satang())
    qr: str
    barcode: str
    raised_at: datetime = Field(sa_column=moment())
    pay_by: date
    status: str  # open | paid | replaced
    paid_at: datetime | None = Field(default=None, sa_column=moment(optional=True))


class BasketPart(SQLModel, table=True):
    """One bill in a basket, and how much of the basket's amount is its own."""

    __tablename__ = "basket_parts"
    basket: str = Field(primary_key=True, foreign_key="baskets.ref1")
    bill: str = Field(primary_key=True, foreign_key="bills.ref1", index=True)
    satang: int = Field(sa_column=satang())


class BankNotification(SQLModel, table=True):
    """Our inbox: what the bank (or somebody who says so) told us. Believed only after inquiry."""

    __tablename__ = "bank_notifications"
    __table_args__ = (Index("unhandled", "heard_at", postgresql_where=text("handled_at IS NULL")),)
    transaction_id: str = Field(primary_key=True)
    ref1: str = Field(index=True)
    satang: int = Field(sa_column=satang())
    body: dict[str, Any] = Field(sa_column=tree())
    times: int = 1
    heard_at: datetime = Field(sa_column=moment())
    handled_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    finding: str = ""  # confirmed | unknown-bill | not-at-bank | amount-differs | second-payment


class Payment(SQLModel, table=True):
    """Money that arrived: the bank itself said so."""

    __tablename__ = "payments"
    transaction_id: str = Field(primary_key=True)
    ref1: str = Field(index=True)
    satang: int = Field(sa_column=satang())
    paid_at: datetime = Field(sa_column=moment())
    confirmed_at: datetime = Field(sa_column=moment())
    kind: str  # full | late | over | short | second | dead-bill
    recorded_by: str = ""  # an officer, where the service level has payment outside


class Posting(SQLModel, table=True):
    """One movement from an account to an account. Append-only, hash-linked."""

    __tablename__ = "postings"
    __table_args__ = (UniqueConstraint("key"),)
    seq: int = Field(sa_column=place())
    key: str
    debit: str
    credit: str
    satang: int = Field(sa_column=satang())
    bill: str = Field(default="", index=True)
    transaction_id: str = Field(default="", index=True)
    memo: str
    at: datetime = Field(sa_column=moment())
    previous_hash: str
    hash: str


class Receipt(SQLModel, table=True):
    """A numbered receipt, gapless per agency and fiscal year."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("ref1"),
        Index("receipts_not_begun", "at", postgresql_where=text("begun_at IS NULL")),
    )
    number: str = Field(primary_key=True)
    ref1: str
    application: str = Field(index=True)
    agency: str
    satang: int = Field(sa_column=satang())
    at: datetime = Field(sa_column=moment())
    transaction_id: str = Field(default="", index=True)  # the transfer that it stands for
    begun_at: datetime | None = Field(default=None, sa_column=moment(optional=True))  # when its paper was asked for
    cancelled_at: datetime | None = Field(default=None, sa_column=moment(optional=True))  # it stays, and says so


class Refund(SQLModel, table=True):
    """Money to be given back to a payer: why, who agreed, what the bank did. One for each payment and reason."""

    __tablename__ = "refunds"
    __table_args__ = (
        Index("refunds_not_begun", "owed_at", postgresql_where=text("begun_at IS NULL")),
        Index("refunds_in_order", "owed_at", "id"),
    )
    id: str = Field(primary_key=True)  # "<transaction>-<reason>"; the bank knows it as the key of its transfer
    transaction_id: str = Field(foreign_key="payments.transaction_id", index=True)
    ref1: str
    application: str = Field(default="", index=True)  # "" = that reference was never ours
    reason: str  # over | short | second | dead-bill | fee | part | returned
    satang: int = Field(sa_column=satang())
    persons_needed: int
    approved_by: list[str] = Field(sa_column=tree())
    status: str  # waiting | sending | failed | paid
    says: str = ""  # why it failed
    bank_number: str = ""
    owed_at: datetime = Field(sa_column=moment())
    begun_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    paid_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    law: str = ""  # why a part of a fee is returned that its own rule does not call refundable


class PayeeAccount(SQLModel, table=True):
    """Where a payee's money is sent, and how often. Two persons change it."""

    __tablename__ = "payee_accounts"
    payee: str = Field(primary_key=True)  # its account in our books: "payable:treasury:fda"
    bank_code: str
    account: str
    name: str
    rhythm: str = "daily"  # daily | monthly
    agreed_at: datetime = Field(sa_column=moment())


class AccountChange(SQLModel, table=True):
    """A payee's new account: one person proposes it, another agrees."""

    __tablename__ = "account_changes"
    __table_args__ = (Index("one_open_change", "payee", unique=True, postgresql_where=text("status = 'proposed'")),)
    id: str = Field(primary_key=True)
    payee: str = Field(index=True)
    bank_code: str
    account: str
    name: str
    rhythm: str
    proposed_by: str
    proposed_at: datetime = Field(sa_column=moment())
    status: str  # proposed | agreed | rejected
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_column=moment(optional=True))


class Settlement(SQLModel, table=True):
    """What one payee is handed over for a period: its lines, and the transfer that carries it."""

    __tablename__ = "settlements"
    __table_args__ = (
        UniqueConstraint("payee", "until"),
        Index("settlements_not_begun", "made_at", postgresql_where=text("begun_at IS NULL")),
    )
    id: str = Field(primary_key=True)  # also the end-to-end reference of its transfer
    payee: str = Field(index=True)
    until: date  # the last day (in Thailand) whose postings are in it
    after_seq: int = Field(sa_column=Column(BigInteger, nullable=False))  # its lines stand in the books after this …
    upto_seq: int = Field(sa_column=Column(BigInteger, nullable=False))  # … and up to this place
    lines: int
    satang: int = Field(sa_column=satang())
    previous: str = ""  # the payee's settlement before this one
    previous_digest: str = ""
    digest: str  # SHA-256 of the statement, hex: the next statement names it
    bank_code: str = ""  # the account it goes to, as it stood; "" = none is known, and it waits
    account: str = ""
    name: str = ""
    made_at: datetime = Field(sa_column=moment())
    begun_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    sent_at: datetime | None = Field(default=None, sa_column=moment(optional=True))  # in a remittance file
    remittance: str = ""  # which file
    arrived_at: datetime | None = Field(default=None, sa_column=moment(optional=True))  # on the bank's statement
    bank_number: str = ""


class BankLine(SQLModel, table=True):
    """One line of a bank statement that somebody brought in. Unmatched lines are tasks of the cashiers."""

    __tablename__ = "bank_lines"
    __table_args__ = (Index("bank_lines_open", "booked_on", "id", postgresql_where=text("status = 'open'")),)
    id: str = Field(primary_key=True)  # the bank's own reference of the entry
    statement: str
    booked_on: date
    side: str  # CRDT | DBIT
    satang: int = Field(sa_column=satang())
    reference: str = ""  # our reference as the payer gave it (Ref1), or the end-to-end one
    says: str = ""
    brought_by: str
    brought_at: datetime = Field(sa_column=moment())
    status: str  # matched | open | closed
    matched: str = ""  # "payment:…", "refund:…", "settlement:…"
    closed_by: str = ""
    closed_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    reason: str = ""


class LicenceNumber(SQLModel, table=True):
    """What one application will issue, written down before anything is drawn or signed.

    A new licence gets a number of its own; a renewal or an amendment keeps the number it acts on.
    """

    __tablename__ = "licence_numbers"
    __table_args__ = (
        Index("one_first_issue", "number", unique=True, postgresql_where=text("effect = 'issue'")),
        Index("unstated", "reserved_at", postgresql_where=text("statement_wanted AND statement = ''")),
    )
    application: str = Field(primary_key=True)
    number: str = Field(index=True)
    effect: str
    licence: str
    agency: str
    reserved_at: datetime = Field(sa_column=moment())
    granted_on: date
    valid_from: date
    valid_until: date | None = None
    facts: dict[str, Any] = Field(sa_column=tree())  # exactly what the paper and the entry will say
    facts_digest: str
    statement: str = ""  # signed, for the QR code
    statement_wanted: bool = False  # a paper is about to be drawn


class Paper(SQLModel, table=True):
    """A document of ours on its way: intended, drawn, sealed. Keys and digests, never the bytes.

    `sealed_…` is the file as it was issued, and stays; `renewed_…` the same with newer archive stamps, "" at first.
    """

    __tablename__ = "papers"
    __table_args__ = (
        Index("papers_by_proof", "proof_ends_at", "id", postgresql_where=text("sealed_key <> ''")),
        Index("papers_by_digest", "proof_digest", "id", postgresql_where=text("sealed_key <> ''")),
    )
    id: str = Field(primary_key=True)  # "<application>:licence", "<application>:acknowledgement", …
    application: str = Field(index=True)
    kind: str
    agency: str
    drawn_key: str = ""
    drawn_sha256: str = ""
    drawn_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    sealed_key: str = ""
    sealed_sha256: str = Field(default="", index=True)
    sealed_version: str = ""
    sealed_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    proof_ends_at: datetime | None = Field(default=None, sa_column=moment(optional=True))  # of the newest archive stamp
    proof_digest: str = ""
    kept_until: date | None = None  # the store lets go of no version of it before
    held: bool = False  # legal hold: nor after, while it stands
    renewals: int = 0
    renewed_key: str = ""
    renewed_sha256: str = ""
    renewed_version: str = ""


class WantedPaper(SQLModel, table=True):
    """A paper that sets out a decision, and for which no journey waits: wanted with the decision, made after it."""

    __tablename__ = "wanted_papers"
    __table_args__ = (
        UniqueConstraint("task", "kind"),
        Index("papers_to_begin", "wanted_at", postgresql_where=text("begun_at IS NULL")),
    )
    paper: str = Field(primary_key=True)  # papers.id, once it is intended
    application: str = Field(index=True)
    kind: str  # "defects", "inspection"
    task: str  # whose decision it sets out
    wanted_at: datetime = Field(sa_column=moment())
    begun_at: datetime | None = Field(default=None, sa_column=moment(optional=True))


class RenewedSeal(SQLModel, table=True):
    """One renewal of a paper's archive stamp: each version of a sealed file is kept, and known by its digest."""

    __tablename__ = "renewed_seals"
    paper: str = Field(foreign_key="papers.id", primary_key=True)
    nth: int = Field(primary_key=True)
    key: str
    sha256: str = Field(index=True)
    version_id: str
    at: datetime = Field(sa_column=moment())
    ends_at: datetime = Field(sa_column=moment())
    digest: str


class SealInUse(SQLModel, table=True):
    """What an agency seals with, as the process with the keys last said: when its certificate ends, its algorithm."""

    __tablename__ = "seals_in_use"
    agency: str = Field(primary_key=True)
    ends_at: datetime = Field(sa_column=moment())
    algorithm: str
    seen_at: datetime = Field(sa_column=moment())


class Entry(SQLModel, table=True):
    """One line of the public register, for ever. `seq` is its place in the book."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("application", "kind"),
        Index("entries_of", "licence_number", "seq"),
        Index("entries_by_document", "document_sha256", postgresql_where=text("document_sha256 <> ''")),
        Index("entries_acted_on", "licence_number", postgresql_where=text("kind <> 'grant' AND kind <> 'expiry'")),
    )
    seq: int = Field(sa_column=place())
    licence_number: str
    kind: str  # grant | renewal | amendment | cancellation | suspension | …
    application: str  # or the case
    licence: str
    agency: str
    facts: dict[str, Any] = Field(sa_column=tree())  # public: at least every item printed on the licence
    holder_kind: str
    holder_key: str  # a juristic number, or a keyed digest for a natural person: never shown
    claim: str = ""
    next_action_on: date | None = None  # when the daily scan looks at it
    valid_from: date
    valid_until: date | None = None
    document: str = ""  # papers.id; "" = no electronic licence, and the entry says so
    document_sha256: str = ""
    entered_at: datetime = Field(sa_column=moment())
    previous_hash: str
    hash: str


class TreeNode(SQLModel, table=True):
    """One full node of the Merkle log over the entries (`licences.log`): once made, it never changes."""

    __tablename__ = "tree_nodes"
    level: int = Field(primary_key=True)
    place: int = Field(sa_column=place())
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class TreeHead(SQLModel, table=True):
    """The log as it was signed and stamped at one moment. `statement` says the rest of the row, provably."""

    __tablename__ = "tree_heads"
    nth: int = Field(sa_column=place())
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    root: str
    last: str  # the hash of the last entry under it, in the chain
    at: datetime = Field(sa_column=moment())
    statement: str  # a JWS by the register's key
    stamp: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # a time stamp token (RFC 3161) over it


class Publication(SQLModel, table=True):
    """The newest of what the register publishes under one name, signed and stamped as a tree head is."""

    __tablename__ = "publications"
    name: str = Field(primary_key=True)
    at: datetime = Field(sa_column=moment())
    statement: str
    stamp: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class DailyFiles(SQLModel, table=True):
    """What was entered up to the end of one day, as open data: files in the store, and a signed, stamped statement."""

    __tablename__ = "daily_files"
    day: date = Field(primary_key=True)
    first: int = Field(sa_column=Column(BigInteger, nullable=False))
    last: int = Field(sa_column=Column(BigInteger, nullable=False))  # first - 1: nothing was entered
    files: dict[str, Any] = Field(sa_column=tree())  # form -> key, sha256, version_id
    at: datetime = Field(sa_column=moment())
    statement: str
    stamp: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Holding(SQLModel, table=True):
    """What each licence number stands for now: a derived view of the entries, rebuilt from them at any time."""

    __tablename__ = "holdings"
    __table_args__ = (
        Index(
            "one_held",
            "claim",
            unique=True,
            postgresql_where=text("claim <> '' AND status IN ('in-force', 'suspended')"),
        ),
        Index("holdings_by_grams", "grams", postgresql_using="gin"),
        Index("holdings_next", "next_action_on", "licence_number"),
    )
    licence_number: str = Field(primary_key=True)
    licence: str = Field(index=True)
    agency: str = Field(index=True)
    holder_kind: str
    holder_key: str = Field(index=True)
    holder_name: str
    claim: str = ""
    status: str = Field(index=True)  # licences.register.Standing, on the day of `as_of`
    valid_from: date
    valid_until: date | None = None
    entry: int  # the current entry
    document: str = ""
    province: str = ""
    next_action_on: date | None = None
    plain: str = ""  # what a search finds it by, in plain spelling
    grams: list[str] = Field(sa_column=tree())  # its pieces, for the index
    as_of: datetime = Field(sa_column=moment())


class Notice(SQLModel, table=True):
    """The outbox: what we tell people. Written with the event, sent by the postman, once per key."""

    __tablename__ = "notices"
    __table_args__ = (Index("unsent", "next_try_at", postgresql_where=text("sent_at IS NULL")),)
    key: str = Field(primary_key=True)  # "<application>:<what>:<round>"
    application: str = Field(index=True)
    to: str
    what: str
    language: str = "th"
    said: dict[str, Any] = Field(sa_column=tree())
    message_id: str
    written_at: datetime = Field(sa_column=moment())
    next_try_at: datetime = Field(sa_column=moment())
    tries: int = 0
    last_error: str = ""
    sent_at: datetime | None = Field(default=None, sa_column=moment(optional=True))


class IdempotencyKey(SQLModel, table=True):
    """An answer already given: the same key and body give it again, another body is a conflict."""

    __tablename__ = "idempotency_keys"
    person: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_digest: str
    status: int = 0  # 0 = still being answered
    answer: dict[str, Any] | None = Field(default=None, sa_column=tree(optional=True))
    at: datetime = Field(sa_column=moment())


class AccessLog(SQLModel, table=True):
    """Who looked at whose data, and why (PDPA s.39)."""

    __tablename__ = "access_log"
    id: str = Field(primary_key=True)
    by: str
    subject: str = Field(index=True)
    what: str
    reason: str = ""
    at: datetime = Field(sa_column=moment())


class Opinion(SQLModel, table=True):
    """How an applicant found it, once a case is over: one question and a comment. It changes nothing in the case."""

    __tablename__ = "opinions"
    application: str = Field(primary_key=True, foreign_key="applications.number")
    licence: str = Field(index=True)
    agency: str = Field(index=True)
    score: int  # 1 (very bad) to 5 (very good)
    comment: str = ""  # for the agency and the auditor only: people write names into comments
    said_at: datetime = Field(sa_column=moment())


class HistoryKey(SQLModel, table=True):
    """The key of one case's free text in the engine's histories, wrapped by the ring; empty once it is destroyed."""

    __tablename__ = "history_keys"
    case: str = Field(primary_key=True)
    ring_key: str  # the id of the ring's key that wraps it
    wrapped: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    destroyed_at: datetime | None = Field(default=None, sa_column=moment(optional=True))


class Erasure(SQLModel, table=True):
    """What is to be erased of an application, or was: why, who asked, who agreed (PDPA ss.33, 37)."""

    __tablename__ = "erasures"
    application: str = Field(foreign_key="applications.number", primary_key=True)
    reason: str
    asked_by: str
    asked_at: datetime = Field(sa_column=moment())
    agreed_by: str = ""
    done_at: datetime | None = Field(default=None, sa_column=moment(optional=True))


class RepairOrder(SQLModel, table=True):
    """One repair that was asked for: what, why, by whom, on which frozen list (its items)."""

    __tablename__ = "repairs"
    __table_args__ = (Index("repairs_open", "asked_at", postgresql_where=text("finished_at IS NULL")),)
    id: str = Field(primary_key=True)
    act: str  # control.repair.Act
    cause: str = ""  # the cause that the list was frozen from
    said: dict[str, Any] = Field(sa_column=tree())  # what the act needs beside a number; nothing personal
    reason: str
    at_most: int  # items at a time
    total: int
    persons_needed: int
    asked_by: str
    asked_at: datetime = Field(sa_column=moment())
    approved_by: str = ""
    approved_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    held_until: datetime | None = Field(default=None, sa_column=moment(optional=True))  # a process works on it
    stopped_by: str = ""
    stopped_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    finished_at: datetime | None = Field(default=None, sa_column=moment(optional=True))


class RepairItem(SQLModel, table=True):
    """One application of a repair, with its own result."""

    __tablename__ = "repair_items"
    __table_args__ = (Index("repair_items_checking", "done_at", postgresql_where=text("state = 'checking'")),)
    repair: str = Field(primary_key=True, foreign_key="repairs.id")
    number: str = Field(primary_key=True)
    state: str = "waiting"  # control.repair.State
    said: str = ""
    stood_at: dict[str, Any] = Field(sa_column=tree())  # the step, or the run, that it must pass
    taken_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
    done_at: datetime | None = Field(default=None, sa_column=moment(optional=True))


class Trouble(SQLModel, table=True):
    """A step that failed and is tried again, as its worker saw it. It goes when the step succeeds."""

    __tablename__ = "troubles"
    application: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    effect: str
    error: str  # its sort
    said: str = ""  # its words, where they may be said
    attempt: int
    since: datetime = Field(sa_column=moment())
    at: datetime = Field(sa_column=moment())


class CauseSeen(SQLModel, table=True):
    """A cause for which applications stand still, as the rounds saw it: told once, and again when it came back."""

    __tablename__ = "causes"
    id: str = Field(primary_key=True)  # control.causes.Cause.id
    kind: str
    waits_for: str
    agency: str
    error: str
    cases: int
    since: datetime | None = Field(default=None, sa_column=moment(optional=True))
    seen_at: datetime = Field(sa_column=moment())
    told_at: datetime = Field(sa_column=moment())  # when it was first seen, this time
    gone_at: datetime | None = Field(default=None, sa_column=moment(optional=True))
