"""What trouble is drawn from a seed, and who suffers it; its short form is the first act of `tests/test_storm.py`."""

import itertools

from bench import chaos
from bench.trouble import FAULTS, PROCESSES, WAYS, blows
from licences import catalogue

SEED = 3


def test_the_same_seed_strikes_the_same_blows_and_reaches_every_part() -> None:
    some = list(itertools.islice(blows("7:0"), 2000))

    assert some == list(itertools.islice(blows("7:0"), 2000))
    assert {(blow.part, blow.how) for _, blow in some if not blow.fault} == set(itertools.product(PROCESSES, WAYS))
    assert {blow.part for _, blow in some if blow.fault} == set(FAULTS)


def test_five_hundred_applications_are_of_every_archetype() -> None:
    known = catalogue.load()

    chosen = chaos.chosen(SEED, chaos.APPLICATIONS)

    assert len({one.version for one in chosen}) == len(chosen) == 500
    assert {known.licence(one.licence).archetype for one in chosen} == {one.archetype for one in known.licences}
