"""Values: joining is a join, and masks do what they say, label by label."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casemate.taint.values import (
    CROSSED,
    KINDS,
    NO,
    Value,
    any_kind,
    clear,
    cross,
    fields,
    join,
    keep,
    label_mask,
    value,
)

MASKS = st.integers(min_value=1, max_value=KINDS)
MARKS = st.dictionaries(st.integers(min_value=0, max_value=6), MASKS, max_size=4)
TAINTS = MARKS.map(lambda marks: sum(label_mask(number, mask) for number, mask in marks.items()))
REFS = st.lists(
    st.sampled_from([("i", "str"), ("i", "list"), ("x", "os"), ("n", "path"), ("=", "a"), ("/",)]),
    unique=True,
    max_size=3,
).map(tuple)
VALUES = st.builds(
    value, TAINTS, st.sampled_from([NO, "a", "b", 1, True, None]), REFS.filter(lambda refs: ("=", "a") not in refs)
)


@given(VALUES, VALUES)
def test_a_join_covers_both_sides(a: Value, b: Value):
    """Taint is the union; a constant survives only when both have it; what holds of one side only is dropped."""
    both = join(a, b)
    assert both.taint == a.taint | b.taint
    assert both.const is NO or (both.const == a.const == b.const and type(a.const) is type(b.const))
    assert {r for r in both.refs if r[0] in "n/"} == {r for r in a.refs if r[0] in "n/"} & {
        r for r in b.refs if r[0] in "n/"
    }
    assert {r for r in both.refs if r[0] in "ix"} == {r for r in (*a.refs, *b.refs) if r[0] in "ix"}


@given(VALUES, VALUES, VALUES)
def test_joining_more_loses_nothing(a: Value, b: Value, c: Value):
    """The order of joining does not matter for taint and constants, and joining again changes nothing."""
    left, right = join(join(a, b), c), join(a, join(b, c))
    assert left.taint == right.taint
    assert join(left, a) == left
    assert join(a, a) == a


@given(TAINTS, MASKS)
def test_keeping_and_clearing_are_complements(taint: int, mask: int):
    """Every kind of every label is in exactly one of the two."""
    kept, cleared = keep(taint, mask), clear(taint, mask)
    assert kept | cleared == taint
    assert kept & cleared == 0
    assert not any_kind(cleared, mask)


@given(TAINTS)
def test_crossing_marks_every_label_and_changes_no_kind(taint: int):
    """What is spliced is as dangerous as before, and says that it was spliced."""
    assert [(shift, bits & KINDS) for shift, bits in fields(cross(taint))] == fields(taint)
    assert all(bits & CROSSED for _, bits in fields(cross(taint)))


def test_one_is_not_true():
    """Constants are compared with their types: `x = 1 if c else True` is no constant."""
    assert join(value(0, 1), value(0, True)).const is NO


def test_few_texts_are_told_apart():
    """A value that is one of two texts is known to be one of these, until anything else joins."""
    both = join(value(0, "a"), value(0, "b"))
    assert both.refs == (("=", "a"), ("=", "b"))
    assert join(both, value(0, "c")).refs == (("=", "a"), ("=", "b"), ("=", "c"))
    assert join(both, value()).refs == ()
