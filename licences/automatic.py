"""Smart Decision: a table of rules over facts from registers. All true approves; anything else is an officer's.

It can only ever say yes or pass on: it never refuses, and what is not known never approves.
"""

import hashlib
from collections.abc import Mapping
from typing import Literal

from licences.procedure import AutomaticDecision, Rule, Shape

Scalar = bool | int | str | None


class AutomaticOutcome(Shape):
    """What the tables said and everything they looked at; kept before anything is done about it."""

    verdict: Literal["approve", "officer"]
    rules: tuple[str, ...]  # the rules that held in the table that approved, else every rule that did not hold
    inputs: dict[str, Scalar]  # each fact that a rule looked at, as it was
    unknown: tuple[str, ...]  # facts that nobody could tell us
    law: str


def decide(table: AutomaticDecision, facts: Mapping[str, object]) -> AutomaticOutcome:
    """Approve when every rule of any one table holds; otherwise, or where a fact is not known, an officer decides."""
    used = [rule for rules in table.tables for rule in rules]
    held = {rule.id for rule in used if holds(rule, facts)}
    approving = [rules for rules in table.tables if rules and all(rule.id in held for rule in rules)]
    return AutomaticOutcome(
        verdict="approve" if approving else "officer",
        rules=tuple(rule.id for rule in approving[0])
        if approving
        else tuple(dict.fromkeys(rule.id for rule in used if rule.id not in held)),
        inputs={rule.fact: _scalar(facts[rule.fact]) for rule in used if _known(rule, facts)},
        unknown=tuple(dict.fromkeys(rule.fact for rule in used if not _known(rule, facts))),
        law=table.law,
    )


def holds(rule: Rule, facts: Mapping[str, object]) -> bool:
    """Whether one rule holds. A fact that is not known, or not of the kind the rule compares, does not hold."""
    if not _known(rule, facts):
        return False
    fact = facts[rule.fact]
    match rule.test:
        case "known":
            return True
        case "is":
            return _same(fact, rule.value)
        case "is-not":
            return type(fact) is type(rule.value) and fact != rule.value
        case "in":
            return isinstance(rule.value, tuple) and fact in rule.value
        case _:
            return _compared(rule, fact)


def _compared(rule: Rule, fact: object) -> bool:
    if not _whole(fact) or not _whole(rule.value):
        return False
    assert isinstance(fact, int) and isinstance(rule.value, int)
    return fact <= rule.value if rule.test == "at-most" else fact >= rule.value


def _whole(value: object) -> bool:
    """A whole number; True and False are answers and not numbers."""
    return isinstance(value, int) and not isinstance(value, bool)


def _same(fact: object, value: object) -> bool:
    return type(fact) is type(value) and fact == value


def _known(rule: Rule, facts: Mapping[str, object]) -> bool:
    return facts.get(rule.fact) is not None


def _scalar(fact: object) -> Scalar:
    return fact if isinstance(fact, bool | int | str) else str(fact)


def sampled(number: str, percent: int) -> bool:
    """Whether an application that a table approved is one of those an officer looks at all the same.

    The same number always gives the same answer, so that a replay does too; nobody can choose the number.
    """
    return int.from_bytes(hashlib.sha256(f"sample:{number}".encode()).digest()[:8]) % 100 < percent
