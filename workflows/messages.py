"""What may be said to a journey; its ids and queues; how a door or a worker connects.

A journey's id is its application's number. What can be refused is an update with a validator, what is simply a fact is
a signal. Messages are frozen and carry references, not people and not papers.
"""

import copy
from collections.abc import Sequence
from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict
from temporalio.client import Client, Interceptor
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    SerializationContext,
)
from temporalio.runtime import Runtime

from licences.procedure import PAPERS, Due, Effect, Level, Operation, Procedure
from workflows.codec import CaseKeys, Codec, CodecKeys

GENERAL, OUTSIDE, DRAWING, SEALING = "general", "outside", "drawing", "sealing"
"""The task queues: order and short writes; other offices, however slow; papers with applicants' text; keys."""

JOURNEYS = {
    Operation.NEW: "NewLicence",
    Operation.RENEW: "Renewal",
    Operation.AMEND: "Amendment",
    Operation.CANCEL: "Cancellation",
}
"""The story of each operation, by its workflow type."""


REFUND = "refund:"


def receipt_story(receipt: str, application: str) -> str:
    """The id of the errand that makes a receipt's paper; like every errand's it ends with the application's number."""
    return f"receipt:{receipt}:{application}"


def paper_story(paper: str) -> str:
    """The id of the errand that makes the paper of a decision (`<application>:<kind>`): it ends with the number too."""
    application, _, kind = paper.partition(":")
    return f"paper:{kind}:{application}"


def refund_story(refund: str) -> str:
    """The id of the story that walks a refund."""
    return f"{REFUND}{refund}"


class Message(BaseModel):
    """A frozen value that travels."""

    model_config = ConfigDict(frozen=True)


class PlannedStage(Message):
    """What a journey needs to know of one stage; the texts stay in the definition."""

    name: str
    together: str = ""
    votes: int = 1
    not_same_officer_as: tuple[str, ...] = ()
    advises: bool = False  # another agency's opinion: heard, and decides nothing
    inspects: bool = False  # somebody looks at the premises
    records: bool = False  # nothing to decide: an officer writes down what the agency did


class Plan(Message):
    """The slice of a procedure that orders the steps. The whole procedure is kept under `version`."""

    version: str
    operation: Operation
    level: Level
    effect: Effect
    stages: tuple[PlannedStage, ...]
    dues: tuple[Due, ...]
    automatic: bool
    by_fee: bool = False  # paying renews, and nobody decides
    paid_there: bool = False  # L1: the agency takes the money, and an officer records it
    entered: bool = True  # False: nothing comes into the register (a copy, a payment)
    paper_there: bool = False  # L1, L2: the paper is the agency's own, and an officer records its number


def plan(procedure: Procedure) -> Plan:
    """The order of steps that a procedure asks for."""
    return Plan(
        version=procedure.version,
        operation=procedure.operation,
        level=procedure.level,
        effect=procedure.effect,
        stages=tuple(
            PlannedStage(
                name=s.name,
                together=s.together,
                votes=s.votes,
                not_same_officer_as=s.not_same_officer_as,
                advises=s.kind == "opinion",
                inspects=s.kind == "inspection",
            )
            for s in procedure.stages
        ),
        dues=tuple(d for d in Due if any(f.due is d for f in procedure.fees)),
        automatic=procedure.automatic is not None,
        by_fee=bool(procedure.renewal_window and procedure.renewal_window.by_fee),
        entered=procedure.effect is not Effect.NONE,
        paid_there=procedure.level is Level.APPLY,
        paper_there=procedure.level is not Level.SEAL and procedure.effect in PAPERS,
    )


class Submission(Message):
    """What starts a journey: a number and the plan, nothing personal."""

    number: str
    plan: Plan
    for_company: bool
    granted: bool = False  # after all, on appeal: nothing is decided again


class Resubmission(Message):
    """The applicant answered what was asked; the answers wait in a draft under this id."""

    draft: str
    by: str


class DayMoved(Message):
    """The last day of a task is an earlier one: a holiday was taken back."""

    task: str
    due_on: date


class Fixed(Message):
    """The applicant says that what an inspection found is put right."""

    by: str


class StopClock(Message):
    """An officer stops the clock, under a provision that the definition names."""

    officer: str
    provision: str
    reason: str


class StartClock(Message):
    """What it waited for is there: the clock goes on."""

    officer: str
    reason: str


class Rebill(Message):
    """Write this open bill anew."""

    ref1: str


class Withdrawal(Message):
    """The applicant gives up."""

    by: str


class Approval(Message):
    """Somebody who may agrees to a refund."""

    by: str


class TakeOver(Message):
    """An officer goes on without another office's answer, and says why."""

    officer: str
    reason: str


class Word(Message):
    """An operator's word: which repair it belongs to, who asked, who agreed ("" = one word is enough), and why."""

    repair: str
    by: str
    reason: str
    agreed: str = ""


class Correction(Word):
    """The corrected answers wait in a draft under this id."""

    draft: str


class Move(Word):
    """The order of steps under a newer version of the rules."""

    plan: Plan


class Outcome(Message):
    """How a journey ended."""

    status: str
    licence_number: str = ""


_VALUES = PydanticPayloadConverter()


class _Values(CompositePayloadConverter):
    """How values become JSON; what pydantic prepares for a type is kept for all runs.

    The library makes one of these for every run and every turn of a run, and each would prepare every type anew.
    """

    def __init__(self) -> None:
        super().__init__(*_VALUES.converters.values())


class _OfCases(DataConverter):
    """Only the codec asks whose values they are; the library would build every converter anew for each value."""

    def with_context(self, context: SerializationContext) -> Self:
        """The same for the values of one run."""
        same = copy.copy(self)
        if isinstance(self.payload_codec, Codec):
            object.__setattr__(same, "payload_codec", self.payload_codec.with_context(context))
        return same


def converter(codec_keys: str, cases: CaseKeys | None = None) -> DataConverter:
    """How values are written: pydantic values, sealed payloads, sealed failures; words with the keys of `cases`."""
    return _OfCases(
        payload_converter_class=_Values,
        payload_codec=Codec(CodecKeys.parse(codec_keys), cases),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


async def connect(
    address: str, namespace: str, codec_keys: str, cases: CaseKeys | None = None,
    interceptors: Sequence[Interceptor] = (), runtime: Runtime | None = None,
) -> Client:  # fmt: skip
    """The one way to the engine, for doors, workers and tools alike. Without `cases` no free text is read."""
    return await Client.connect(
        address, namespace=namespace, data_converter=converter(codec_keys, cases),
        interceptors=interceptors, runtime=runtime,
    )  # fmt: skip
