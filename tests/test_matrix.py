"""A sample of the matrix on the whole system; `make matrix` walks all of it."""

from datetime import date

import pytest

from bench import matrix
from licences import catalogue
from local import System

EVERY = matrix.every(date(2026, 11, 20))


def test_a_sample_has_every_archetype_with_each_operation_and_every_agency() -> None:
    chosen, known = matrix.sample(EVERY), catalogue.load()

    pairs = {(one.archetype, operation) for one in known.licences for operation in one.operations}
    assert {(known.licence(one.licence).archetype, one.operation) for one in chosen} == pairs
    assert {one.agency for one in chosen} == set(known.agencies)
    assert frozenset().union(*map(matrix.stages_of, chosen)) >= {
        "stage opinion", "stage committee", "stage inspection", "side by side", "two persons",
    }  # fmt: skip


async def test_procedures_of_every_agency_kind_level_and_effect_go_to_their_end(
    system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole sample, and the output says what it covers: every archetype with each of its operations."""
    chosen = matrix.sample(EVERY)

    results = await matrix.run(system, chosen, heard=lambda result: None)
    with capsys.disabled():
        print(f"\nmatrix: {matrix.say_cover(chosen)}; {sum(one.passed for one in results)} passed")

    assert {one.name: one.said for one in results if not one.passed} == {}
    assert {one.acts_on for one in chosen if one.acts_on} == {one.acts_on for one in EVERY if one.acts_on}
    assert len({one.agency for one in chosen}) == 41
