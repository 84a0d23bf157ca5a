"""What may be said to a case's story, and what starts one. References only, as every message."""

from licences.acts import ON_AN_ORDER, ActProcedure, Kind
from workflows.messages import Message, PlannedStage, Submission

STORY = "Act"
"""The workflow type of every case."""


class ActStagePlan(PlannedStage):
    """A stage of an act, and whether its day may be moved once."""

    extendable: bool = False


class ActPlan(Message):
    """The slice of an act that orders the steps. The whole is kept under `version`."""

    version: str
    act: Kind
    stages: tuple[ActStagePlan, ...]
    upward: bool
    hearing: bool
    consent: bool
    asks_register: bool
    paper: bool
    enters: bool = True  # False: nothing comes into the register, whatever is decided


class OpenedCase(Message):
    """What starts a case: its number and plan, who opened it, and, for an appeal, what is appealed against."""

    number: str
    plan: ActPlan
    opened_by: str
    opened_as: str
    decided_by: str = ""  # who made the order that is appealed against
    appealed: Submission | None = None  # the refused application that goes on when the appeal is allowed
    refused: "OpenedCase | None" = None  # the refused act that does
    granted: bool = False  # after all, on appeal: nobody is asked and nothing is decided again


class Extend(Message):
    """The appeal authority needs more days, and says why."""

    task_id: str
    officer: str
    reason: str


def act_plan(rules: ActProcedure) -> ActPlan:
    """The order of steps that an act asks for."""
    return ActPlan(
        version=rules.version,
        act=rules.act,
        stages=tuple(
            ActStagePlan(
                name=s.name,
                votes=s.votes,
                not_same_officer_as=s.not_same_officer_as,
                extendable=s.more_days > 0,
            )
            for s in rules.stages
        ),
        upward=rules.upward,
        hearing=rules.hearing_days > 0,
        consent=rules.consent,
        asks_register=rules.asks_register,
        paper=rules.paper,
        enters=rules.entry is not None or rules.act in ON_AN_ORDER,
    )
