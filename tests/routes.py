"""Every route of a procedure, by its plan and the law alone: where an application may stand, and whose move it is.

A map and no walk: each standing is visited once, however many ways lead to it. What the engine does with the same plan
is `workflows.journey`; both ask the same law who may do what, and what the words of several come to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from activities.tasks import RECORD_NUMBER, RECORD_PAYMENT
from licences import deciding
from licences.applications import TURNS, Action, Decision, Status, Turn, Verdict, allowed
from licences.procedure import Due, Operation
from workflows.messages import Plan, PlannedStage

CHECK, ISSUE = "check", "issue"
Seat = tuple[str, int]
Step = str | Due | tuple[PlannedStage, ...]


@dataclass(frozen=True)
class Place:
    """Where an application stands: at which step, what lies open on desks, what was said there, who asked."""

    step: int = 0
    open: tuple[Seat, ...] = ()
    said: tuple[tuple[Seat, Verdict], ...] = ()
    asking: tuple[Seat, ...] = ()
    fixing: tuple[Seat, ...] = ()  # what an inspector has put right
    asked: bool = False  # once only: Licensing Facilitation Act s.8
    late: bool = False  # a day has passed: somebody was reminded
    over: Status | None = None


@dataclass(frozen=True)
class Move:
    """What somebody may do, or time does, and where it leads."""

    who: Turn
    what: str
    to: Place


class Routes:
    """The map of one procedure; `owed` is what each moment of payment comes to in satang."""

    def __init__(self, plan: Plan, owed: Mapping[Due, int]) -> None:
        self.plan, self.owed = plan, owed
        self.steps: list[Step] = [CHECK, *self._paid(Due.ON_SUBMISSION), *self._groups(), *self._paid(Due.BEFORE_ISSUE)]
        self.decided = len(self.steps)
        self.steps += [*([RECORD_NUMBER.name] if plan.paper_there else []), ISSUE]

    def _paid(self, due: Due) -> list[Step]:
        return [due] if due in self.plan.dues and self.owed[due] else []

    def _groups(self) -> list[Step]:
        """The stages in order, those together that run side by side; none where paying renews (LFA s.12)."""
        if self.plan.by_fee and self.plan.operation is Operation.RENEW:
            return []
        pairs = groupby(enumerate(self.plan.stages), key=lambda pair: pair[1].together or pair[0])
        return [tuple(stage for _, stage in group) for _, group in pairs]

    def all(self) -> Iterator[tuple[Place, list[Move]]]:
        """Every place that can be reached, with every move from it."""
        seen, todo = {self.at(0)}, [self.at(0)]
        while todo:
            here = todo.pop()
            moves = [] if here.over else list(self.moves(here))
            yield here, moves
            new = {move.to for move in moves} - seen
            seen |= new
            todo += new

    def at(self, step: int, *, asked: bool = False) -> Place:
        """The beginning of a step: what it opens lies on desks."""
        if step == len(self.steps):
            return Place(step, over=Status.ISSUED, asked=asked)
        return Place(step, open=tuple(self._opened(self.steps[step])), asked=asked)

    def _opened(self, step: Step) -> Iterator[Seat]:
        if isinstance(step, tuple):
            for stage in step:
                yield from [(stage.name, seat) for seat in (range(1, stage.votes + 1) if stage.votes > 1 else (0,))]
        elif step == RECORD_NUMBER.name or (isinstance(step, Due) and self.plan.paid_there):
            yield (RECORD_NUMBER.name if step == RECORD_NUMBER.name else RECORD_PAYMENT.name, 0)

    def status(self, place: Place) -> Status:
        """What the records show there."""
        if place.over:
            return place.over
        if place.asking or place.fixing:
            return Status.INCOMPLETE
        if place.open:
            return Status.IN_REVIEW
        if isinstance(self.steps[place.step], Due):
            return Status.TO_PAY
        return Status.CHECKING if self.steps[place.step] == CHECK else Status.ISSUING

    # --- who may do what ---

    def moves(self, here: Place) -> Iterator[Move]:
        """Everything that may happen next."""
        step, status = self.steps[here.step], self.status(here)
        onward = self.at(here.step + 1, asked=here.asked)
        if status in (Status.CHECKING, Status.ISSUING):
            yield Move(Turn.ENGINE, "goes on", onward)
        if status is Status.TO_PAY:
            yield Move(Turn.APPLICANT, Action.PAY, onward)
        if here.open and not isinstance(step, tuple):
            yield Move(Turn.OFFICER, "record", onward)
        if isinstance(step, tuple):
            yield from self._on_desks(here, step)
        if here.open and not here.late:
            yield Move(Turn.NOBODY, "overdue", replace(here, late=True))
        if Action.WITHDRAW in allowed(status, Turn.APPLICANT) and here.step < self.decided:
            yield Move(Turn.APPLICANT, Action.WITHDRAW, Place(over=Status.WITHDRAWN))

    def _on_desks(self, here: Place, step: tuple[PlannedStage, ...]) -> Iterator[Move]:
        for seat in here.open:
            rest = replace(here, open=tuple(one for one in here.open if one != seat), late=False)
            for verdict in (Verdict.APPROVE, Verdict.REFUSE):
                told = replace(rest, said=tuple(sorted((*here.said, (seat, verdict)))))
                yield Move(Turn.OFFICER, verdict, self._after(told, step))
            if any(stage.inspects for stage in step if stage.name == seat[0]):  # put right, and looked at again
                yield Move(Turn.OFFICER, Verdict.FIX, replace(rest, fixing=(seat,)))
            if not here.asked:
                yield Move(Turn.OFFICER, Verdict.ASK, replace(rest, asking=(seat,), asked=True))
        if here.fixing:
            again = replace(here, fixing=(), open=tuple(sorted((*here.open, *here.fixing))))
            yield Move(Turn.APPLICANT, Action.REPORT_FIXED, again)
            yield Move(Turn.NOBODY, "looked at on the day", again)
        if here.asking:
            back = tuple(sorted((*here.open, *here.asking)))
            yield Move(Turn.APPLICANT, Action.RESUBMIT, replace(here, asking=(), open=back))
            yield Move(Turn.NOBODY, "not in time", Place(over=Status.RETURNED))

    def _after(self, told: Place, step: tuple[PlannedStage, ...]) -> Place:
        """Where a word leads: on with the same step until all have spoken, then refused or to the next one."""
        if told.open or told.asking or told.fixing:
            return told
        heard = [(stage.advises, self._word(stage, told)) for stage in step]
        if deciding.refusal(heard):
            return Place(over=Status.REFUSED)
        return self.at(told.step + 1, asked=told.asked)

    def _word(self, stage: PlannedStage, told: Place) -> Decision:
        votes = [(seat, verdict) for (name, seat), verdict in told.said if name == stage.name]
        words = [Decision(task_id=f"{stage.name}/{s}", verdict=v, officer=str(s)) for s, v in sorted(votes)]
        return words[0] if stage.votes == 1 else deciding.resolution(words)


def turn(status: Status) -> Turn:
    """Whose turn it is there."""
    return TURNS[status]
