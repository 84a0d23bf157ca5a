"""What a payee is handed over, and the statement that it can recompute alone: from its lines to the last satang.

A statement carries every movement on the payee's account since the one before, each as it stands in the books with the
hash of the line before it; so nobody needs our system, or our word, to see that a line was not changed, that the sum is
the sum of the lines, and that nothing lies between two statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from pydantic import field_validator

from licences import register
from licences.ledger import PAYABLE, Posting
from licences.procedure import Shape

CLEARING = "bank-clearing"
"""Money that is on its way to a payee: no longer the payee's with us, and still at our bank."""
KEY = "settlement:"
Rhythm = Literal["daily", "monthly"]
HASHED = ("seq", "key", "debit", "credit", "satang", "bill", "transaction_id", "memo")
"""What the hash of a line in the books covers, beside its moment (`at`, UTC)."""


class Line(Shape):
    """One movement on the payee's account, as it stands in the books."""

    seq: int
    key: str
    debit: str
    credit: str
    satang: int
    bill: str
    transaction_id: str
    memo: str
    at: datetime
    previous_hash: str
    hash: str

    @field_validator("at")
    @classmethod
    def _in_utc(cls, at: datetime) -> datetime:
        return at.astimezone(UTC)

    def body(self) -> bytes:
        """What the hash covers."""
        said = {name: getattr(self, name) for name in HASHED}
        return register.canonical(said | {"at": self.at})

    def for_payee(self, payee: str) -> int:
        """What the line adds to (or takes from) the account."""
        return (self.credit == payee) * self.satang - (self.debit == payee) * self.satang


class Statement(Shape):
    """What one payee is handed over, and why it is that much."""

    settlement: str
    payee: str
    until: date
    after_seq: int
    upto_seq: int
    satang: int
    previous: str  # the settlement before, "" for the first
    previous_digest: str
    lines: tuple[Line, ...]

    def digest(self) -> str:
        """SHA-256 of the canonical statement, hex: what the next one names."""
        return register.digest(self.model_dump())


def is_payee(account: str) -> bool:
    """Whether an account holds a payee's money."""
    return account.startswith(PAYABLE)


def last_day(rhythm: Rhythm, today: date) -> date:
    """The last day of the newest period that is over: yesterday, or the last day of the month before."""
    return today - timedelta(days=1) if rhythm == "daily" else today.replace(day=1) - timedelta(days=1)


def total(lines: Iterable[Line], payee: str) -> int:
    """What the lines come to for the payee."""
    return sum(line.for_payee(payee) for line in lines)


def moves(settlement: str, payee: str, satang: int) -> tuple[Posting, ...]:
    """The movement that takes it out of the payee's account: it is on its way."""
    return (Posting(debit=payee, credit=CLEARING, satang=satang, memo=f"settlement {settlement}"),)


def arrived(settlement: str, satang: int) -> tuple[Posting, ...]:
    """The movement when the bank's statement shows that it has left."""
    return (Posting(debit=CLEARING, credit="bank", satang=satang, memo=f"settlement {settlement}"),)


def faults(statement: Statement, before: Statement | None = None) -> tuple[str, ...]:
    """Everything that does not hold, in words; nothing: the payee's own recomputation comes to the same."""
    return (*_of_lines(statement), *_of_sum(statement), *(_of_order(before, statement) if before else ()))


def _of_lines(statement: Statement) -> Iterable[str]:
    last = statement.after_seq
    for line in statement.lines:
        if register.link(line.previous_hash, line.body()) != line.hash:
            yield f"line {line.seq} is not what its hash says"
        if statement.payee not in (line.debit, line.credit) or line.key.startswith(KEY):
            yield f"line {line.seq} does not move this account"
        if not last < line.seq <= statement.upto_seq:
            yield f"line {line.seq} is out of its place"
        last = line.seq


def _of_sum(statement: Statement) -> Iterable[str]:
    if (found := total(statement.lines, statement.payee)) != statement.satang:
        yield f"the lines come to {found} satang, and the statement says {statement.satang}"


def _of_order(before: Statement, statement: Statement) -> Iterable[str]:
    if before.payee != statement.payee:
        yield f"the statement before is of {before.payee}"
    if (statement.previous, statement.previous_digest) != (before.settlement, before.digest()):
        yield f"it does not follow {before.settlement}: that one's digest is {before.digest()}"
    if statement.after_seq != before.upto_seq:
        yield f"lines after {before.upto_seq} and up to {statement.after_seq} are in neither statement"


def against_own(statement: Statement, own: Mapping[str, int]) -> tuple[str, ...]:
    """The statement against the payee's own list of bills: bill -> satang. Every bill that differs, in words."""
    stated: dict[str, int] = {}
    for line in statement.lines:
        stated[line.bill] = stated.get(line.bill, 0) + line.for_payee(statement.payee)
    bills: Sequence[str] = sorted(stated.keys() | own.keys())
    return tuple(
        f"{bill}: {stated.get(bill, 0)} satang in the statement, {own.get(bill, 0)} in your list"
        for bill in bills
        if stated.get(bill, 0) != own.get(bill, 0)
    )


def read(record: Mapping[str, Any]) -> Statement:
    """A statement out of its JSON. Raises ValueError (pydantic's) for another shape."""
    return Statement.model_validate(record)
