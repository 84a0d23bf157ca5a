"""The Merkle log against the definition of RFC 9162 written down naively, and against its well-known vectors."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import log

VECTORS = [bytes.fromhex(t) for t in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                      "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = {  # of the first n vectors, as the reference implementations of RFC 6962 publish them
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def naive(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = max(1 << n for n in range(32) if 1 << n < len(leaves))
    return hashlib.sha256(b"\x01" + naive(leaves[:k]) + naive(leaves[k:])).digest()


def tree(size: int) -> list[bytes]:
    return [log.leaf_hash(str(n).encode()) for n in range(size)]


def path(spans: list[log.Span], leaves: Sequence[bytes]) -> list[bytes]:
    nodes = log.grown((), 0, leaves)
    return [log.hash_of(span, nodes) for span in spans]


@pytest.mark.parametrize("size", ROOTS)
def test_the_known_vectors_have_their_known_roots(size: int) -> None:
    assert log.root([log.leaf_hash(one) for one in VECTORS[:size]]).hex() == ROOTS[size]


@given(st.integers(0, 70))
def test_a_root_is_what_the_definition_says(size: int) -> None:
    assert log.root(tree(size)) == naive(tree(size))


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_tree_that_grew_is_the_tree_made_at_once(size: int, more: int) -> None:
    leaves = tree(size + more)
    nodes = log.grown((), 0, leaves[:size])
    peaks = [nodes[node] for node in log.full_nodes((0, size))]

    nodes |= log.grown(peaks, size, leaves[size:])

    assert log.hash_of((0, size + more), nodes) == naive(leaves)


@given(st.data())
def test_every_leaf_is_proved_and_no_other_leaf_place_or_path(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    place = data.draw(st.integers(0, size - 1))
    leaves = tree(size)
    proof, head = path(log.inclusion(place, size), leaves), log.root(leaves)

    assert log.is_included(leaves[place], place, size, proof, head)
    assert not log.is_included(log.leaf_hash(b"planted"), place, size, proof, head)
    assert not log.is_included(leaves[place], place, size, [*proof, head], head)
    assert not log.is_included(leaves[place], size, size, proof, head)
    if proof:
        other = data.draw(st.integers(0, size - 1).filter(lambda n: n != place))
        assert not log.is_included(leaves[place], other, size, proof, head)
        assert not log.is_included(leaves[place], place, size, proof[:-1], head)


@given(st.data())
def test_an_older_tree_is_proved_the_beginning_and_a_changed_one_is_not(data: st.DataObject) -> None:
    newer = data.draw(st.integers(1, 70))
    older = data.draw(st.integers(0, newer))
    leaves = tree(newer)
    proof = path(log.consistency(older, newer), leaves)
    before, after = log.root(leaves[:older]), log.root(leaves)

    assert log.is_consistent(older, newer, before, after, proof)
    if older:
        changed = [*leaves[: older - 1], log.leaf_hash(b"changed"), *leaves[older:]]
        rewritten = path(log.consistency(older, newer), changed)
        assert not log.is_consistent(older, newer, before, log.root(changed), rewritten)
        assert not log.is_consistent(newer + 1, newer, before, after, proof)
    if proof:
        assert not log.is_consistent(older, newer, before, after, proof[:-1])
        assert not log.is_consistent(older, newer, before, after, [*proof, before])
