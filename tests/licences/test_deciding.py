"""What the words of several come to."""

import itertools

import pytest

from licences import deciding
from licences.applications import Decision, Verdict
from licences.deciding import Heard

YES, NO, ASKED = Verdict.APPROVE, Verdict.REFUSE, Verdict.ASK


def said(verdict: Verdict, task: str = "t", **more: object) -> Decision:
    return Decision.model_validate({"task_id": task, "verdict": verdict, "officer": f"o-{task}", **more})


def vote(*verdicts: Verdict) -> Decision:
    return deciding.resolution([said(one, str(seat)) for seat, one in enumerate(verdicts, start=1)])


@pytest.mark.parametrize(
    ("votes", "speaks"),
    [
        ((YES, YES, NO), "1"),
        ((NO, YES, YES), "2"),  # the chair is outvoted
        ((YES, NO, NO), "2"),
        ((NO, NO, YES), "1"),
        ((YES, NO), "1"),  # equal: the chair's
        ((NO, YES), "1"),
        ((YES, NO, NO, YES), "1"),
        ((NO, YES, YES, NO), "1"),
    ],
)
def test_the_majority_decides_and_the_chair_when_votes_are_equal(votes: tuple[Verdict, ...], speaks: str) -> None:
    assert vote(*votes).task_id == speaks


def test_whoever_speaks_for_a_committee_is_of_its_majority() -> None:
    for size in range(2, 8):
        for votes in itertools.product((YES, NO), repeat=size):
            spoke = vote(*votes)
            assert votes[int(spoke.task_id) - 1] is spoke.verdict
            assert votes.count(spoke.verdict) * 2 > size or (votes[0] is spoke.verdict and size == 2 * votes.count(YES))


def test_an_opinion_ends_nothing_and_a_decision_does() -> None:
    against, refused = said(NO, "opinion"), said(NO, "approval")

    assert deciding.refusal([(True, against), (True, said(YES))]) is None
    assert deciding.refusal([(True, against), (False, refused)]) == refused
    assert deciding.refusal([(False, said(YES))]) is None


def test_of_each_stage_the_word_that_counts_is_found_again_in_the_records() -> None:
    heard = [
        Heard("completeness", "completeness", 0, said(ASKED, "c1")),
        Heard("completeness", "completeness", 0, said(YES, "c2")),
        Heard("opinion", "opinion", 0, said(NO, "o")),
        Heard("board", "committee", 2, said(YES, "b2")),
        Heard("board", "committee", 1, said(NO, "b1")),
        Heard("board", "committee", 10, said(YES, "b10")),
    ]

    assert [one.task_id for one in deciding.that_count(heard)] == ["c2", "b2"]
