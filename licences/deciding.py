"""What the words of several come to: a committee's resolution, and what other agencies advise."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from licences.applications import Decision, Verdict

DECIDED = (Verdict.APPROVE, Verdict.REFUSE)
"""The verdicts that decide; any other goes back to somebody first."""


def resolution(votes: Sequence[Decision]) -> Decision:
    """The vote that speaks for a committee: the chair's where he is of the majority, else the first of it.

    The majority decides, each member with one vote; when the votes are equal the chair, who has the first seat, has
    another one (Administrative Procedure Act s.82).
    """
    chair = votes[0]
    with_the_chair = sum(vote.verdict is chair.verdict for vote in votes)
    if with_the_chair * 2 >= len(votes):
        return chair
    return next(vote for vote in votes if vote.verdict is not chair.verdict)


def refusal(heard: Iterable[tuple[bool, Decision]]) -> Decision | None:
    """The refusal that ends it, if there is one; each decision stands beside whether its stage only advises.

    Another agency's opinion is heard, and binds nobody: whoever decides has it before him and answers for departing
    from it. Where an Act makes another agency's consent binding, that stage is an approval and no opinion.
    """
    return next((one for advises, one in heard if one.verdict is Verdict.REFUSE and not advises), None)


class Heard(NamedTuple):
    """What was said on one task of a stage; members of a committee each have a seat, from 1."""

    stage: str
    kind: str
    seat: int
    said: Decision


def that_count(heard: Iterable[Heard]) -> list[Decision]:
    """Of each stage the word that counts: no opinion, no request, and of a committee the vote that speaks for it."""
    told = [one for one in heard if one.kind != "opinion" and one.said.verdict in DECIDED]
    votes: dict[str, list[Heard]] = {}
    for one in told:
        if one.kind == "committee":
            votes.setdefault(one.stage, []).append(one)
    spoken = [resolution([vote.said for vote in sorted(some, key=lambda vote: vote.seat)]) for some in votes.values()]
    return [one.said for one in told if one.kind != "committee" or one.said in spoken]
