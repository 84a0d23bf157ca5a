"""How values lie in the engine's histories: sealed with the ring's key, free text apart with the key of its case.

A history carries references; the free text that must travel (an officer's reason, what was asked for, an error's
words) is told by the names of its fields (`FREE_TEXT`). A payload with free text is sealed twice: whole, with the key
of its case; and without the words, with the ring's key. When a case was erased its key is gone: the second is then
read, and a replay walks as before, since no step depends on the words.
"""

import base64
import copy
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec, SerializationContext, WithSerializationContext

PLAIN, SPLIT = b"sealed/1", b"sealed/2"
NONCE_BYTES, LENGTH_BYTES = 12, 4
ERASED = "–"
"""What stands where words stood."""
FREE_TEXT = frozenset({"reason", "wrong", "wanted", "item", "note", "conditions", "message", "stack_trace"})
"""Fields in which a person (or an error) writes freely."""


@dataclass(frozen=True)
class CodecKeys:
    """The key ring of the history: the first encrypts, every one decrypts. Ids are never reused."""

    ring: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, text: str) -> "CodecKeys":
        """From 32-byte keys in base64, comma-separated, the active one first. A key's id is its own short digest."""
        keys = [base64.b64decode(part) for part in text.split(",") if part]
        return cls(tuple((hashlib.sha256(key).hexdigest()[:8], key) for key in keys))


class CaseKeys(Protocol):
    """Where the keys of cases are (`records.history_keys`)."""

    async def key(self, case: str) -> bytes | None:
        """The key of a case, made when it is first asked for; None: it was destroyed."""
        ...


class Codec(PayloadCodec, WithSerializationContext):
    """Encrypts every payload with AES-256-GCM; the key's id and the case are bound to the text as additional data."""

    def __init__(self, keys: CodecKeys, cases: CaseKeys | None = None, case: str = "") -> None:
        """Without `cases`, whoever reads sees what is left of an erased case: references, and no words."""
        self._keys, self._cases, self._case = keys, cases, case
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.ring}
        self._active = keys.ring[0][0]

    def with_context(self, context: SerializationContext) -> "Codec":
        """The same for the values of one run."""
        same = copy.copy(self)
        same._case = case_of(getattr(context, "workflow_id", None) or "")
        return same

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Clear payloads in, sealed ones out."""
        return [await self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Sealed payloads in, clear ones out; a payload that was never sealed passes.

        Raises KeyError for a retired key: never retire one while its histories are retained.
        """
        return [await self._open(payload) for payload in payloads]

    async def _seal(self, payload: Payload) -> Payload:
        wordless = without_words(payload) if self._cases and self._case else None
        if wordless is None or self._cases is None:
            return self._sealed(PLAIN, self._with_ring(payload, ""))
        key = await self._cases.key(self._case)
        outer = self._with_ring(wordless, self._case)
        inner = _encrypt(AESGCM(key), payload, self._case.encode()) if key else b""
        return self._sealed(SPLIT, len(outer).to_bytes(LENGTH_BYTES, "big") + outer + inner)

    def _with_ring(self, payload: Payload, case: str) -> bytes:
        return _encrypt(self._ciphers[self._active], payload, _bound(self._active, case))

    def _sealed(self, encoding: bytes, data: bytes) -> Payload:
        case = {"case": self._case.encode()} if encoding == SPLIT else {}
        return Payload(metadata={"encoding": encoding, "key": self._active.encode(), **case}, data=data)

    async def _open(self, payload: Payload) -> Payload:
        encoding = payload.metadata.get("encoding")
        if encoding not in (PLAIN, SPLIT):
            return payload
        key_id, case = payload.metadata["key"].decode(), payload.metadata.get("case", b"").decode()
        if encoding == PLAIN:
            return _decrypt(self._ciphers[key_id], payload.data, _bound(key_id, ""))
        length = int.from_bytes(payload.data[:LENGTH_BYTES], "big")
        outer, inner = payload.data[LENGTH_BYTES:][:length], payload.data[LENGTH_BYTES:][length:]
        key = await self._cases.key(case) if self._cases and inner else None
        if key:
            return _decrypt(AESGCM(key), inner, case.encode())
        return _decrypt(self._ciphers[key_id], outer, _bound(key_id, case))


def case_of(run: str) -> str:
    """The case that a run is about: its own id, or the last part of an errand's (`statement:APP-…`)."""
    return run.rpartition(":")[2]


def without_words(payload: Payload) -> Payload | None:
    """The same value without its free text; None: it has none."""
    if payload.metadata.get("encoding") != b"json/plain" or not any(name in payload.data for name in _NAMES):
        return None
    value = json.loads(payload.data)
    bare = _bare(value)
    if bare == value:
        return None
    return Payload(metadata=payload.metadata, data=json.dumps(bare, ensure_ascii=False).encode())


_NAMES = tuple(f'"{name}"'.encode() for name in sorted(FREE_TEXT))


def _bare(value: Any, words: bool = False) -> Any:
    if isinstance(value, dict):
        return {name: _bare(one, words or name in FREE_TEXT) for name, one in value.items()}
    if isinstance(value, list):
        return [_bare(one, words) for one in value]
    return ERASED if words and isinstance(value, str) and value else value


def _bound(key_id: str, case: str) -> bytes:
    return f"{key_id}|{case}".encode() if case else key_id.encode()


def _encrypt(cipher: AESGCM, payload: Payload, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, payload.SerializeToString(), bound)


def _decrypt(cipher: AESGCM, sealed: bytes, bound: bytes) -> Payload:
    return Payload.FromString(cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound))
