"""The RFC 6962 Merkle tree: hashes, heads, inclusion and consistency proofs, and their verification.

Hash calculation is RFC 6962 §2.1 with SHA-256; the verification algorithms are RFC 9162 §2.1.3.2 and §2.1.4.2, which
verify the same proofs without recursion. Nothing here knows how a tree is stored: proofs are made from a function
that gives the hash of a perfect subtree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

PerfectSubtree = Callable[[int, int], bytes]
"""(level, index) → MTH(D[index · 2^level : (index + 1) · 2^level])."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry; the prefix keeps a leaf from passing for a node (second preimage)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def tree_root(hashes: Sequence[bytes]) -> bytes:
    """MTH over leaf hashes, or over the hashes of equal perfect subtrees of which the last may be ragged."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        paired = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        # A last node without a sibling moves up unchanged, which gives the same tree as splitting at powers of two.
        row = paired + row[-1:] if len(row) % 2 else paired
    return row[0]


def inclusion_proof(index: int, size: int, perfect: PerfectSubtree) -> tuple[bytes, ...]:
    """PATH(index, D[size]): the sibling hashes from the leaf's up to the root's child (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no entry {index!r} in a tree of size {size!r}")
    ranges: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return tuple(range_root(*r, perfect) for r in reversed(ranges))


def consistency_proof(first: int, second: int, perfect: PerfectSubtree) -> tuple[bytes, ...]:
    """PROOF(first, D[second]) (RFC 6962 §2.1.2); empty when the sizes are equal or the first tree is empty."""
    if not 0 <= first <= second:
        raise ValueError(f"a tree of size {second!r} does not extend one of size {first!r}")
    if first in (0, second):
        return ()
    ranges: list[tuple[int, int]] = []
    start, end = 0, second
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # the verifier knows the first tree's own root, and no other subtree of it
        ranges.append((start, end))
    return tuple(range_root(*r, perfect) for r in reversed(ranges))


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that the leaf hash stands at the index of the tree with this size and root."""
    if not 0 <= index < size:
        return False
    node, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            computed = node_hash(sibling, computed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(
    *, first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the second tree extends the first."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    path = list(proof)
    if first & (first - 1) == 0:  # a power of two: the first root is itself a node of the second tree
        path.insert(0, first_root)
    if not path:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def range_root(start: int, end: int, perfect: PerfectSubtree) -> bytes:
    """MTH(D[start:end]) for a range that is a subtree of some tree: start is a multiple of the size it is split at."""
    peaks: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(perfect(level, start >> level))
        start += 1 << level
    return peaks_root(peaks)


def add_leaf(peaks: list[bytes], size: int, leaf: bytes) -> None:
    """Extend a tree of that size, known by its peaks, by a leaf hash. peaks: MTH of its perfect subtrees, the largest first."""
    while size & 1:
        leaf, size = node_hash(peaks.pop(), leaf), size >> 1
    peaks.append(leaf)


def peaks_root(peaks: Sequence[bytes]) -> bytes:
    """The root of the tree with these peaks."""
    if not peaks:
        return EMPTY_ROOT
    *others, root = peaks
    for peak in reversed(others):
        root = node_hash(peak, root)
    return root


def _split(size: int) -> int:
    """The largest power of two smaller than the size (RFC 6962's k)."""
    return 1 << ((size - 1).bit_length() - 1)
