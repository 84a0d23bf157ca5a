"""What may be said to a journey; its ids and queues; how a door or a worker connects.

A journey's id is its application's number. What can be refused is an update with a validator, what is simply a fact is
a signal. Messages are frozen and carry references, not people and not papers.
"""

import base64
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

from licences.procedure import PAPERS, Due, Effect, Level, Operation, Procedure

GENERAL, DRAWING, SEALING = "general", "drawing", "sealing"
"""The task queues: order and short writes; papers with applicants' text; keys."""

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
            PlannedStage(name=s.name, together=s.together, votes=s.votes, not_same_officer_as=s.not_same_officer_as)
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


class Outcome(Message):
    """How a journey ended."""

    status: str
    licence_number: str = ""


@dataclass(frozen=True)
class CodecKeys:
    """The key ring of the history: the first encrypts, every one decrypts. Ids are never reused."""

    ring: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, text: str) -> "CodecKeys":
        """From 32-byte keys in base64, comma-separated, the active one first. A key's id is its own short digest."""
        keys = [base64.b64decode(part) for part in text.split(",") if part]
        return cls(tuple((hashlib.sha256(key).hexdigest()[:8], key) for key in keys))


class Codec(PayloadCodec):
    """Encrypts every payload with AES-256-GCM; the key's id is bound to the text as additional data."""

    def __init__(self, keys: CodecKeys) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.ring}
        self._active = keys.ring[0][0]

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Clear payloads in, sealed ones out."""
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Sealed payloads in, clear ones out; a payload that was never sealed passes.

        Raises KeyError for a retired key: never retire one while its histories are retained.
        """
        return [self._open(p) if p.metadata.get("encoding") == b"sealed/1" else p for p in payloads]

    def _seal(self, payload: Payload) -> Payload:
        nonce, key_id = os.urandom(12), self._active.encode()
        sealed = self._ciphers[self._active].encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={"encoding": b"sealed/1", "key": key_id}, data=nonce + sealed)

    def _open(self, payload: Payload) -> Payload:
        key_id = payload.metadata["key"]
        clear = self._ciphers[key_id.decode()].decrypt(payload.data[:12], payload.data[12:], key_id)
        return Payload.FromString(clear)


def converter(codec_keys: str) -> DataConverter:
    """How values are written: pydantic values, sealed payloads, sealed failures."""
    return replace(
        pydantic_data_converter,
        payload_codec=Codec(CodecKeys.parse(codec_keys)),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


async def connect(address: str, namespace: str, codec_keys: str) -> Client:
    """The one way to the engine, for doors, workers and tools alike."""
    return await Client.connect(address, namespace=namespace, data_converter=converter(codec_keys))
