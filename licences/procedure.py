"""The shapes of the law: a licence, its operations, and the procedure they resolve to.

Plain frozen values that a TOML file fills. They hold no behaviour that needs a clock, a network or a database. Unknown
keys are errors everywhere, so that a misspelt rule is found when the catalogue is read and not when somebody pays.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Policy(StrEnum):
    """What a change means for an application, or a draft, that began under the old version."""

    GRANDFATHER = "grandfather"  # it goes on under the old rules
    ASK_AGAIN = "ask-again"  # it is asked anew, up to the decision: a draft at once, what was submitted by its officer
    REQUOTE = "re-quote"  # a bill that is still open is worked out anew


class Shape(BaseModel):
    """A value of the law: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Shape):
    """A text for people, in both languages."""

    th: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Operation(StrEnum):
    """What one may ask of a licence (ประเภทคำขอ)."""

    NEW = "new"
    RENEW = "renew"
    AMEND = "amend"
    CANCEL = "cancel"


class Level(StrEnum):
    """How far a service is digital: applied for here; paid here too; sealed here."""

    APPLY = "L1"
    PAY = "L2"
    SEAL = "L3"


class Routing(StrEnum):
    """Who receives an application: one office, the province's, or the local authority of the place."""

    NATIONAL = "national"
    PROVINCE = "province"
    LOCAL = "local-authority"


class Due(StrEnum):
    """When a fee is asked for."""

    ON_SUBMISSION = "on-submission"
    BEFORE_ISSUE = "before-issue"


class Effect(StrEnum):
    """What a finished application does to the register."""

    ISSUE = "issue"  # a new licence with its own number
    EXTEND = "extend"  # a new entry that supersedes, with a later end
    REPLACE = "replace"  # a new entry that supersedes, with other facts
    END = "end"  # the licence is over
    NOTE = "note"  # a remark: the year's fee was paid
    NONE = "none"  # nothing: a copy, an extract


PAPERS = frozenset({Effect.ISSUE, Effect.EXTEND, Effect.REPLACE})
"""What ends in a document of its own; an end, a note and a copy are entries only."""
RECORDS = frozenset({"record-payment", "record-number"})
"""Tasks on which an officer writes down what the agency did outside this system (levels L1 and L2)."""


Confidence = Literal["high", "medium", "low"]
Provenance = Literal["seed", "law", "inferred"]


class Payee(StrEnum):
    """Whose money a fee is (beneficiary)."""

    TREASURY = "treasury"
    AGENCY = "agency"
    LOCAL = "local-authority"
    SYSTEM = "system"


class Share(Shape):
    """A part of a fee line that belongs to one payee, in hundredths of a per cent (10000 = all of it)."""

    payee: Payee
    basis_points: int = Field(gt=0, le=10_000)


class Tier(Shape):
    """One step of a fee by size: sizes up to and with `up_to` (None = and beyond) cost `baht`, or `baht` `each`."""

    up_to: float | None = None
    baht: str
    each: bool = False


class FeeRule(Shape):
    """One line of a fee: how much, for what, under which law, from which day.

    `basis` chooses among named words and holds no formula: *flat* (`baht`), *per-unit* (`baht` for each unit of the
    answer `per`), *tiers* (`tiers` by the answer `per`), *kinds* (`kinds` by the answer `per`), *percent* (of the
    licence and yearly lines, `basis_points`; a surcharge). Amounts are baht written as text ("1000", "0.50"), never
    floats.

    Units: only what is `above` a size counts; one unit is `unit_size`; a part of a unit counts as what it is (`parts`
    "exact"), as a whole one ("up"), or as a whole one if over half and else not at all ("over-half"). `times` names
    a second question whose number multiplies the amount of a kind. `at_least` and `at_most` bound a line.
    """

    line: Literal["application", "review", "licence", "yearly", "surcharge", "deposit"] = "licence"
    basis: Literal["flat", "per-unit", "tiers", "kinds", "percent"] = "flat"
    title: Text | None = None
    baht: str | None = None
    per: str | None = None
    unit: Text | None = None
    tiers: tuple[Tier, ...] = ()
    kinds: dict[str, str] = Field(default_factory=dict)
    times: str | None = None
    above: str | None = None
    unit_size: str | None = None
    parts: Literal["exact", "up", "over-half"] = "exact"
    at_least: str | None = None
    at_most: str | None = None
    basis_points: int = 0
    late_only: bool = False  # a surcharge that only a late renewal owes
    due: Due = Due.BEFORE_ISSUE
    payee: Payee = Payee.TREASURY
    shares: tuple[Share, ...] = ()
    authority: str | None = None  # only under this local authority's ordinance (its code); None = every authority
    rate_day: Literal["filing", "decision", "issue"] = "filing"
    rate_change: Literal["keep", "requote"] = "keep"  # what an open unpaid bill does when the rate changes
    refundable: bool = False
    owner: str = ""  # another agency, for which this one collects by agreement (Digital Government Act s.12(3))
    law: str = Field(min_length=1)
    since: date
    until: date | None = None
    provisional: bool = False  # the amount is unknown: marked everywhere, never billed outside the local profile
    confidence: Confidence = "low"


class Stage(Shape):
    """One step of a procedure that needs an officer: who, what is asked, within how many working days."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    kind: Literal[
        "completeness", "review", "inspection", "opinion", "committee", "approval", "record-payment", "record-number"
    ] = "review"
    role: Literal["officer", "inspector", "supervisor"] = "officer"
    agency: str | None = None  # another agency's opinion; None = the licence's own
    title: Text
    asks: Text
    working_days: int = Field(ge=0, le=800)  # a patent takes 720
    not_same_officer_as: tuple[str, ...] = ()
    together: str = ""  # stages that carry the same word run in parallel
    votes: int = 1  # how many officers decide (a committee: more than one)
    checklist: tuple[Text, ...] = ()
    law: str = Field(min_length=1)
    provisional: bool = True


class AskedDocument(Shape):
    """A file the applicant must attach. Nothing that an agency on the exchange issues (E-Government Act s.7, 12)."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    required: bool = True
    when_juristic: bool | None = None  # only companies (True), only natural persons (False), everyone (None)
    law: str = Field(min_length=1)
    provisional: bool = True


class Validity(Shape):
    """How long a grant lasts, and on which day it ends."""

    years: int = 0
    months: int = 0
    days: int = 0
    ends: Literal["anniversary", "31-december", "never"] = "anniversary"
    # "31-december": on 31 December of the last year; the year of issue counts as the first (README of the reference)


class RenewalWindow(Shape):
    """When a renewal may be filed, and what being late costs."""

    opens_days_before: int = Field(90, ge=0)
    late_days: int = Field(0, ge=0)  # after the end, still accepted for so many days
    late_months: int = Field(0, ge=0)  # or for so many months (Drug Act s.17: one month)
    in_force_while_decided: bool = True
    by_fee: bool = False  # paying the fee renews (Licensing Facilitation Act s.12)
    law: str = Field(min_length=1)


class Prerequisite(Shape):
    """A licence that must be in force first: any one of these."""

    any_of: tuple[str, ...] = Field(min_length=1)
    binds: Literal["holder", "premises"] = "holder"
    law: str = Field(min_length=1)


class Rule(Shape):
    """One row of a decision table: a register fact compared with a value."""

    id: str
    fact: str
    test: Literal["is", "is-not", "at-most", "at-least", "in", "known"]
    value: bool | int | str | tuple[str, ...] | None = None
    law: str = Field(min_length=1)


class AutomaticDecision(Shape):
    """Smart Decision: every rule of any one table true = approve; anything else, or unknown = an officer."""

    tables: tuple[tuple[Rule, ...], ...]
    sampled_percent: int = Field(5, ge=0, le=100)
    law: str = Field(min_length=1)


class Appeal(Shape):
    """To whom a refusal may be appealed and within how many days (Administrative Procedure Act ss.40, 44)."""

    to: Text
    days: int = Field(gt=0)
    stays: bool = False
    law: str = Field(min_length=1)


class Act(Shape):
    """The rules of one operation, as a licence file states them (already merged with its archetype)."""

    form: str
    effect: Effect
    acts_on: str | None = None  # the licence whose entry a companion service touches; None = its own
    documents: tuple[AskedDocument, ...] = ()
    stages: tuple[Stage, ...] = ()
    fees: tuple[FeeRule, ...] = ()
    automatic: AutomaticDecision | None = None
    decision_days: int | None = Field(None, gt=0)  # None: the licence's own
    law: str = Field(min_length=1)


class Pause(Shape):
    """A provision under which the clock of an application may be stopped, and for what it waits then."""

    code: str = Field(pattern=r"^[a-z0-9-]+$")
    title: Text
    law: str = Field(min_length=1)
    provisional: bool = False


class Licence(Shape):
    """One of the 289 kinds of licence, with every operation it has."""

    code: str = Field(pattern=r"^[a-z0-9-]+$")
    title: Text
    agency: str
    kind: str
    archetype: str
    law: str = Field(min_length=1)
    level: Level
    coverage: Literal["nationwide", "bangkok"]
    routing: Routing
    applicant: Literal["juristic", "natural", "both"]
    inspection: bool = False
    assurance: Literal["IAL1", "IAL2", "IAL3"] = "IAL2"
    display_required: bool = False
    digits: Literal["thai", "arabic"] = "arabic"
    validity: Validity | None = None  # None: nothing that runs out
    renewal_window: RenewalWindow | None = None
    one_per: Literal["premises", "holder", "many"] = "premises"
    prerequisites: tuple[Prerequisite, ...] = ()
    provinces: tuple[str, ...] = ()  # DOPA codes served; empty = as `coverage` says
    elsewhere: Text | None = None  # where to go when the province is not served
    elsewhere_licence: str | None = None  # the licence to apply for there, when there is one
    appeal: Appeal
    pauses: tuple[Pause, ...] = ()  # under which provisions its clock may be stopped; none: it never stands still
    decision_days: int = Field(gt=0)
    usage_count: int | None = None
    business_types: tuple[str, ...] = ()
    provenance: Provenance
    confidence: Confidence
    effective_from: date
    effective_to: date | None = None
    on_change: dict[str, Policy] = Field(default_factory=dict)  # what this version means for those who began before it
    operations: dict[Operation, Act]


class Procedure(Shape):
    """The rules for one operation on one licence, as they stood on one day. Travels with the application."""

    licence: str
    operation: Operation
    version: Annotated[str, Field(description="SHA-256 of the definition, hex")]
    title: Text
    agency: str
    law: str
    level: Level
    routing: Routing
    applicant: Literal["juristic", "natural", "both"]
    assurance: Literal["IAL1", "IAL2", "IAL3"]
    display_required: bool
    digits: Literal["thai", "arabic"]
    form: str
    questions: str = ""  # SHA-256 of the form's texts (licences.questions)
    on_change: dict[str, Policy] = Field(default_factory=dict)  # not a rule of its own: outside the version's hash
    effect: Effect
    acts_on: str | None
    documents: tuple[AskedDocument, ...]
    stages: tuple[Stage, ...]
    fees: tuple[FeeRule, ...]
    automatic: AutomaticDecision | None
    validity: Validity | None
    renewal_window: RenewalWindow | None
    one_per: Literal["premises", "holder", "many"]
    prerequisites: tuple[Prerequisite, ...]
    appeal: Appeal
    pauses: tuple[Pause, ...] = ()
    decision_days: int

    def stage(self, name: object) -> Stage | None:
        """The stage of that name; None: it has none, as of who may sign or of what is only recorded."""
        return next((one for one in self.stages if one.name == name), None)


class StandingKind(StrEnum):
    """What an agency announces or orders under the E-Government Act B.E. 2565."""

    CHANNEL = "channel"  # by which it receives applications (s.10)
    DISPLAY = "display"  # how a holder may show a licence electronically (s.13)
    SYSTEM = "system"  # in which its officials act in writing (s.16)


class Standing(Shape):
    """One announcement or order: from which day, which instrument, and how far it may be trusted."""

    kind: StandingKind
    what: Text
    since: date
    until: date | None = None
    instrument: str = ""  # the order or the Gazette's page; "" = nobody has seen it
    source: Text  # where this row comes from
    provisional: bool = False

    def covers(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.since <= day and (self.until is None or day <= self.until)


class Agency(Shape):
    """One agency: who grants, who is owed, who seals."""

    code: str
    title: Text
    ministry: Text
    level: str
    connects: str
    domain: str
    abbreviation: str = Field(pattern=r"^[A-Z]{2,6}$")
    organisation_id: str = Field(pattern=r"^[0-9]{13}$")  # a safe test number in the reference data
    digits: Literal["thai", "arabic"] = "arabic"
    keep_years: int | None = Field(default=None, ge=1)  # its papers after their life; None: as the system is set
    warn_at_percent: int = Field(default=80, ge=1, le=100)  # of a stage's days: its supervisor is warned
    office_opens: str = "08:30"
    office_closes: str = "16:30"
    standing: tuple[Standing, ...] = ()
