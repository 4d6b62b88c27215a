"""The tree agrees with RFC 6962 and with an independent implementation."""

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from casemate.governance.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

# The test vectors of the Certificate Transparency reference implementation (merkle_tree_test.cc).
CT_ENTRIES = tuple(
    bytes.fromhex(entry)
    for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
)
CT_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

LARGEST = 2000
LEAVES = tuple(leaf_hash(b"entry %d" % i) for i in range(LARGEST))
SIZES = range(1, LARGEST + 1)
ROOTS = {size: tree_root(LEAVES[:size]) for size in SIZES}


@cache
def perfect(level: int, index: int) -> bytes:
    return tree_root(LEAVES[index << level : (index + 1) << level])


@pytest.fixture(scope="module")
def other():
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries([b"entry %d" % i for i in range(LARGEST)])
    return tree


def rfc_inclusion(other: InmemoryTree, index: int, size: int) -> tuple[bytes, ...]:
    """pymerkle counts from one and puts the leaf itself first; RFC 6962 leaves it out."""
    return tuple(other.prove_inclusion(index + 1, size).path[1:])


def rfc_consistency(other: InmemoryTree, first: int, second: int) -> tuple[bytes, ...]:
    """pymerkle splits what follows the first tree's last subtree down to a leaf, and always names that subtree.

    RFC 6962 gives what follows as one node, and leaves the subtree out where it is the whole first tree.
    """
    proof = other.prove_consistency(first, second)
    last = proof.subset.index(1)
    following = proof.path[0]
    for left, node in zip(proof.rule, proof.path[1:last], strict=False):
        following = node_hash(node, following) if left else node_hash(following, node)
    whole = sum(proof.subset) == 1
    return (*(() if whole else (proof.path[last],)), following, *proof.path[last + 1 :])


def test_empty_tree():
    """The root of no entries is the hash of nothing."""
    assert tree_root(()) == EMPTY_ROOT == sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_reference_vectors(size):
    """Roots of the reference implementation's eight entries."""
    assert tree_root([leaf_hash(entry) for entry in CT_ENTRIES[:size]]).hex() == CT_ROOTS[size - 1]


def test_leaf_and_node_are_distinct():
    """An inner node's content, given as an entry, does not have the node's hash."""
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != ROOTS[2]


def test_heads_agree_at_every_size(other):
    """Every head from 1 to 2,000 is pymerkle's."""
    assert {size: other.get_root(size) for size in SIZES} == ROOTS


def test_inclusion_proofs_agree_at_every_size(other):
    """At every size the proofs of the first and last entry and of two between are pymerkle's, and verify."""
    for size in SIZES:
        for index in {0, size - 1, size // 2, size * 7 // 11}:
            proof = inclusion_proof(index, size, perfect)
            assert proof == rfc_inclusion(other, index, size)
            assert verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root=ROOTS[size])


def test_every_inclusion_proof_of_small_trees(other):
    """Every index at every size up to 70."""
    for size in range(1, 71):
        for index in range(size):
            assert inclusion_proof(index, size, perfect) == rfc_inclusion(other, index, size)


def test_consistency_proofs_agree_at_every_size(other):
    """From three earlier sizes to every size, the proof is pymerkle's, and verifies."""
    for second in SIZES:
        for first in {second - 1, second // 2, second * 7 // 11, 1 << second.bit_length() - 1} - {0, second}:
            proof = consistency_proof(first, second, perfect)
            assert proof == rfc_consistency(other, first, second)
            assert verify_consistency(
                first=first, first_root=ROOTS[first], second=second, second_root=ROOTS[second], proof=proof
            )


def test_every_consistency_proof_of_small_trees(other):
    """Every pair of sizes up to 70."""
    for second in range(2, 71):
        for first in range(1, second):
            assert consistency_proof(first, second, perfect) == rfc_consistency(other, first, second)


def test_trivial_consistency():
    """Equal trees, and the empty one before any, need no proof; other roots, or a superfluous proof, are refused."""
    assert consistency_proof(7, 7, perfect) == consistency_proof(0, 7, perfect) == ()
    same = {"first": 7, "first_root": ROOTS[7], "second": 7, "second_root": ROOTS[7]}
    assert verify_consistency(**same, proof=())
    assert not verify_consistency(**same | {"first_root": ROOTS[6]}, proof=())
    assert not verify_consistency(**same, proof=(ROOTS[1],))
    empty = {"first": 0, "first_root": EMPTY_ROOT, "second": 7, "second_root": ROOTS[7]}
    assert verify_consistency(**empty, proof=())
    assert not verify_consistency(**empty | {"first_root": ROOTS[1]}, proof=())


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_of_an_absent_entry(index, size):
    """An index outside the tree has no proof, and none verifies."""
    with pytest.raises(ValueError, match=f"no entry {index} in a tree of size {size}"):
        inclusion_proof(index, size, perfect)
    assert not verify_inclusion(leaf=LEAVES[0], index=index, size=size, proof=(), root=LEAVES[0])


def test_no_proof_to_a_smaller_tree():
    """A log does not shrink."""
    with pytest.raises(ValueError, match="a tree of size 3 does not extend one of size 4"):
        consistency_proof(4, 3, perfect)
    assert not verify_consistency(first=4, first_root=ROOTS[4], second=3, second_root=ROOTS[3], proof=())


def corruptions(proof: tuple[bytes, ...]) -> st.SearchStrategy[tuple[bytes, ...]]:
    """Other proofs: one changed, missing, superfluous or doubled hash, or the reverse order."""
    at = st.integers(0, len(proof) - 1)
    changed = at.flatmap(
        lambda i: st.integers(0, 255).map(lambda bit: (*proof[:i], _flip(proof[i], bit), *proof[i + 1 :]))
    )
    missing = at.map(lambda i: proof[:i] + proof[i + 1 :])
    doubled = at.map(lambda i: proof[: i + 1] + proof[i:])
    more = st.just((*proof, bytes(32)))
    return st.one_of(changed, missing, doubled, more, st.just(proof[::-1])).filter(lambda other: other != proof)


def _flip(data: bytes, bit: int) -> bytes:
    return (int.from_bytes(data, "big") ^ (1 << bit)).to_bytes(len(data), "big")


@given(st.data())
def test_corrupted_inclusion_proofs_are_refused(data):
    """No changed proof, other index or other size verifies."""
    size = data.draw(st.integers(2, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, perfect)
    corrupted = data.draw(corruptions(proof))
    assert not verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=corrupted, root=ROOTS[size])
    wrong = data.draw(st.integers(0, size - 1).filter(lambda other: other != index))
    assert not verify_inclusion(leaf=LEAVES[index], index=wrong, size=size, proof=proof, root=ROOTS[size])


@given(st.data())
def test_corrupted_consistency_proofs_are_refused(data):
    """No changed proof or other root verifies."""
    second = data.draw(st.integers(2, LARGEST))
    first = data.draw(st.integers(1, second - 1))
    roots = {"first": first, "first_root": ROOTS[first], "second": second, "second_root": ROOTS[second]}
    proof = consistency_proof(first, second, perfect)
    assert not verify_consistency(**roots, proof=data.draw(corruptions(proof)))
    assert not verify_consistency(**roots, proof=())
    assert not verify_consistency(**roots | {"first_root": ROOTS[first + 1]}, proof=proof)
    assert not verify_consistency(**roots | {"second_root": ROOTS[second - 1]}, proof=proof)
