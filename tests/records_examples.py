"""Values that the tests of the records share."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from licences.procedure import Appeal, Effect, Level, Operation, Procedure, Routing, Stage, Text
from records import people

Act = Callable[..., Awaitable[Any]]
"""A fixture that does something when called."""
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
"""Noon in Bangkok, on an office day."""
KEYS = people.PersonalKeys(bytes(range(32)))
BOTH = Text(th="ใบอนุญาตจำหน่ายอาหาร", en="Food licence")
PROCEDURE = Procedure(
    licence="food",
    operation=Operation.NEW,
    version="f" * 64,
    title=BOTH,
    agency="bma",
    law="Public Health Act B.E. 2535, s. 38",
    level=Level.SEAL,
    routing=Routing.NATIONAL,
    applicant="both",
    assurance="IAL2",
    display_required=True,
    digits="arabic",
    form="food",
    effect=Effect.ISSUE,
    acts_on=None,
    documents=(),
    stages=(Stage(name="review", title=BOTH, asks=BOTH, working_days=5, law="Citizens' manual"),),
    fees=(),
    automatic=None,
    validity=None,
    renewal_window=None,
    one_per="premises",
    prerequisites=(),
    appeal=Appeal(to=BOTH, days=15, law="Administrative Procedure Act s.44"),
    decision_days=30,
)


def later(**by: float) -> datetime:
    """Noon, and so much later."""
    return NOON + timedelta(**by)
