"""How often one caller may ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.throttle import MOST_CALLERS, Throttle, TooOften


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_the_next_question_waits() -> None:
    clock = Clock()
    throttle = Throttle(burst=3, per_second=1, clock=clock)
    for _ in range(3):
        throttle.take("a")

    with pytest.raises(TooOften):
        throttle.take("a")
    throttle.take("b")
    clock.now = 1.0
    throttle.take("a")


@given(st.lists(st.floats(0, 10, allow_nan=False), max_size=60))
def test_nobody_gets_more_than_the_burst_and_the_rate(pauses: list[float]) -> None:
    clock, taken = Clock(), 0
    throttle = Throttle(burst=5, per_second=0.5, clock=clock)

    for pause in pauses:
        clock.now += pause
        try:
            throttle.take("a")
            taken += 1
        except TooOften:
            continue

    assert taken <= 5 + clock.now * 0.5 + 1e-6


def test_memory_does_not_grow_with_callers() -> None:
    throttle = Throttle(burst=1, per_second=1, clock=Clock())

    for n in range(MOST_CALLERS + 10):
        throttle.take(str(n))

    assert len(throttle._buckets) == MOST_CALLERS
