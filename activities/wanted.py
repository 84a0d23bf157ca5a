"""What a journey asks of an effect, and what it hears back: frozen values that hold references only."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from licences.applications import Decision
from licences.procedure import Due


class Value(BaseModel):
    """A frozen value that travels between order and effect."""

    model_config = ConfigDict(frozen=True)


class Standing(StrEnum):
    """Whether those who filed may bind the holder."""

    MET = "met"
    SIGNATURES = "signatures"  # other directors must sign
    OFFICER = "officer"  # the match or the signing rule needs an officer's eye
    NOT_FOUND = "not-found"  # the register does not know the company, or it is no longer active


class Step(Value):
    """One step of one application, at the moment the journey gives it (the same on every attempt)."""

    number: str
    at: datetime


class Wait(Step):
    """The journey now waits: for what (a word), and until when somebody must have ended it."""

    waiting_for: str
    until: datetime | None = None


class WantedBill(Step):
    """Ask for what is due at this point."""

    due: Due


class OldBill(Step):
    """Write this open bill anew."""

    ref1: str


class BillState(Value):
    """Where a bill stands; an empty `ref1` = the law asks for nothing here."""

    ref1: str = ""
    settled: bool = True


class Owed(Value):
    """What is due at the agency, where it takes the money itself."""

    satang: int


class Payment(Step):
    """Ask the bank about one bill."""

    ref1: str


class WantedTask(Step):
    """Put one stage on a desk. `seat` tells the members of a committee apart."""

    stage: str
    round: int
    seat: int = 0
    satang: int = 0  # what is to be recorded as paid

    @property
    def step(self) -> str:
        """The task's place in its application: the same words, the same task."""
        seat = f".{self.seat}" if self.seat else ""  # it stands in addresses: no slash
        return f"{self.stage}{seat}:{self.round}"


class OpenTask(Value):
    """A task on a desk, and the last day of its working days.

    A run that begins again from the records, since the engine lost the one before, finds what was decided then.
    """

    id: str
    due_on: date
    warn_at: datetime | None = None  # when the supervisor is to be warned; None: never, or no more
    late_from: date | None = None  # the day after which notices of delay are owed; None: `due_on`
    stopped: bool = False  # its clock stands still
    moves: bool = False  # its days may move while it runs: when one has come, the records are asked for it again
    reminded: int = 0
    decision: Decision | None = None
    answer_by: date | None = None
    answered: bool = False


class RunningOut(Step):
    """There is little time left: warn the supervisor."""

    task: str


class Reminder(Step):
    """The day has passed: remind for the nth time."""

    task: str
    times: int


class LastDay(Value):
    """The last day as the records have it now: a holiday that was announced meanwhile has moved it."""

    on: date


class ClockStopped(Step):
    """An officer stops the clock under a provision of the definition."""

    officer: str
    provision: str
    reason: str


class ClockStarted(Step):
    """And starts it again."""

    officer: str
    reason: str


class LastDays(Value):
    """The last day of each open task."""

    days: dict[str, date]


class ClosedTask(Step):
    """An officer decided."""

    decision: Decision


class Asked(Value):
    """What a close leaves behind: the day by which the applicant must answer, when something was asked."""

    answer_by: date | None = None


class DayPassed(Step):
    """The day by which a request was to be answered has passed, as far as the journey knows."""

    task: str


class Answered(Step):
    """The applicant's new answers wait in a draft."""

    draft: str
    by: str


class ToldFixed(Step):
    """The applicant says that what an inspection found is put right."""

    by: str


class TakenOver(Step):
    """An officer goes on without another office's answer."""

    officer: str
    reason: str


class Reserved(Value):
    """The number that this application will issue."""

    licence_number: str


class Drawn(Step):
    """A paper in the store, not yet sealed: where it lies, and its SHA-256 (hex)."""

    paper: str
    key: str
    sha256: str
    version_id: str = ""


class BillPaper(Step):
    """Draw this bill to print."""

    ref1: str


class ReceiptPaper(Step):
    """Draw, seal and send this receipt."""

    receipt: str


class DecisionPaper(Step):
    """Draw and seal the paper that sets out what was decided on a task. `kind`: defects, inspection."""

    paper: str
    kind: str
    task: str


class Facts(Step):
    """What a verification found, kept in the store as JSON: where, and its SHA-256 (hex). `number` names the report."""

    key: str
    sha256: str


class Sealed(Value):
    """A sealed document in the store."""

    paper: str
    sha256: str


class Letter(Step):
    """A letter to draw up and seal: refused, returned, done. `kind` is the application's last status."""

    kind: str
    decision: Decision | None = None


class Ending(Step):
    """How it ended, and under which decision."""

    status: str
    told: str = ""  # what people are told of, where it is not the status
    by: str = "engine"
    reason: str = ""
