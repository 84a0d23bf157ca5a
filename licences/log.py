"""The register's Merkle log: what lets anybody show that a line was in the book, and that no line was ever changed.

RFC 9162 (Certificate Transparency 2.0), section 2.1: a leaf is an entry's canonical bytes, a tree head is the root over
the first `size` leaves, an inclusion proof shows that a leaf is under a root, a consistency proof shows that an older
tree is the beginning of a newer one. Pure: places and hashes in, hashes out. Only *full* nodes (over 2^level leaves)
are ever kept, because they never change again; every other hash is made of a handful of them.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

Node = tuple[int, int]
"""A full node: its level (0: a leaf) and its place on that level, from 0."""
Span = tuple[int, int]
"""Leaves from one place up to, not including, another."""

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf (RFC 9162, 2.1.1): of a zero byte and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: of a one byte and the two below it."""
    return hashlib.sha256(b"\x01" + left + right).digest()


# Growing ----------------------------------------------------------------------------------------------------------


def full_nodes(span: Span) -> list[Node]:
    """The fewest full nodes that cover a span, from the left. The span must be a subtree of some tree."""
    first, end = span
    nodes = []
    while first < end:
        level = (end - first).bit_length() - 1
        nodes.append((level, first >> level))
        first += 1 << level
    return nodes


def grown(peaks: Sequence[bytes], size: int, leaves: Iterable[bytes]) -> dict[Node, bytes]:
    """The full nodes that come into being when leaves (hashes) are added to a tree whose own full nodes are `peaks`."""
    stack = [(level, place, seen) for (level, place), seen in zip(full_nodes((0, size)), peaks, strict=True)]
    made: dict[Node, bytes] = {}
    for at, leaf in enumerate(leaves, start=size):
        stack.append((0, at, leaf))
        made[0, at] = leaf
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            (_, _, right), (level, place, left) = stack.pop(), stack.pop()
            stack.append((level + 1, place >> 1, node_hash(left, right)))
            made[level + 1, place >> 1] = stack[-1][2]
    return made


def hash_of(span: Span, nodes: Mapping[Node, bytes]) -> bytes:
    """The hash over a span, from the full nodes that cover it. Raises KeyError for one that is not there."""
    if span[0] == span[1]:
        return EMPTY
    hashes = [nodes[node] for node in full_nodes(span)]
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes))


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaves (hashes)."""
    return hash_of((0, len(leaves)), grown((), 0, leaves))


# Proving ----------------------------------------------------------------------------------------------------------


def inclusion(place: int, size: int) -> list[Span]:
    """Whose hashes prove that the leaf at a place (from 0) is in the tree of that size, from the leaf up (2.1.3.1)."""
    spans, first, end = list[Span](), 0, size
    while end - first > 1:
        middle = first + _half(end - first)
        if place < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((first, middle))
            first = middle
    return spans[::-1]


def consistency(older: int, newer: int) -> list[Span]:
    """Whose hashes prove that the tree of the older size is the beginning of the newer (2.1.4.1)."""
    spans, first, end, whole = list[Span](), 0, newer, True
    while 0 < older - first < end - first:
        middle = first + _half(end - first)
        if older <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((first, middle))
            first, whole = middle, False
    return [*([] if whole or older == newer else [(first, end)]), *spans[::-1]]


def _half(count: int) -> int:
    """The largest power of two below a number above one."""
    return 1 << (count - 1).bit_length() - 1


# Checking ---------------------------------------------------------------------------------------------------------


def is_included(leaf: bytes, place: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Whether the path proves that the leaf stands at that place under that root (2.1.3.2)."""
    if not 0 <= place < size:
        return False
    at, last, seen = place, size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            seen = node_hash(beside, seen)
            at, last = _up_from_the_right(at, last)
        else:
            seen = node_hash(seen, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and seen == head


def is_consistent(older: int, newer: int, older_root: bytes, newer_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that the older tree is the beginning of the newer (2.1.4.2)."""
    if older == newer or older == 0:
        return not path and (older_root == newer_root if older else older_root == EMPTY)
    if older > newer or not path:
        return False
    hashes = [older_root, *path] if older & (older - 1) == 0 else list(path)
    at, last = older - 1, newer - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            at, last = _up_from_the_right(at, last)
        else:
            new = node_hash(new, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and old == older_root and new == newer_root


def _up_from_the_right(at: int, last: int) -> tuple[int, int]:
    """Past the levels on which a right edge has no neighbour."""
    while at & 1 == 0 and at != 0:
        at, last = at >> 1, last >> 1
    return at, last
