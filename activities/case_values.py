"""What the story of a case asks of an effect, and what it hears back: references only."""

from datetime import date, datetime

from activities.wanted import Step, Value
from licences.acts import CaseStatus
from licences.applications import Decision


class Hearing(Value):
    """Until when somebody may answer, and what was answered already: found by a run that begins again."""

    until: datetime
    answered: bool | None = None
    moves: bool = False  # its day may move while it runs: when it has come, the records are asked for it again


class CompanyNow(Value):
    """What the company register says of a holder: same, changed, dissolved."""

    finding: str


class Prepared(Value):
    """Whether the act is possible as things stand, and whether a new licence is drawn for it."""

    possible: bool
    paper: bool = False


class CaseLetter(Step):
    """A letter to draw up and seal: how the case ends, and under which decision."""

    status: CaseStatus
    decision: Decision | None = None


class Carried(Value):
    """Whether it was carried out, or something else came first."""

    done: bool
    reopened: bool = False  # an application or an act that was refused goes on: it is granted


class CaseEnding(Step):
    """How a case ends without an effect, and who ended it."""

    status: CaseStatus
    by: str = "engine"


class Extension(Step):
    """A task's last day is moved, once, with the reason (APA s.45)."""

    task: str
    by: str
    reason: str


class Extended(Value):
    """The new last day."""

    due_on: date
