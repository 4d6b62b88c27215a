"""Slow patterns get linear ones for the same texts; patterns that mean something else do not pass for the same."""

from __future__ import annotations

import re

import pytest

from casemate.fixes.linear import alike, linear
from casemate.taint.redos import explosive, slow


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^(\w+\s?)+$", r"^(\w+(?:\s\w+)*\s?)$"),
        (r"^(?:[a-z]+,?)*;$", r"^(?:(?:[a-z]+(?:,[a-z]+)*,?)?);$"),
        (r"(a+)+b", r"(a+)b"),
        (r"^(?P<name>[^/]+(?:\.[^/]+)*)$", r"^(?P<name>[^/]+)$"),
        (r"^(?:\.(?:[a-z]-?)*[a-z]+)*;$", r"^(?:\.[a-z]+(?:-[a-z]+)*)*;$"),
        (r"^\s*(.*?)\s*$", r"^\s*((?:\S(?:.*\S)?)?)\s*$"),
        (r"(a|b|ab)*c", r"(a|b)*c"),
    ],
)
def test_the_first_matches_the_same(pattern: str, expected: str) -> None:
    """By a rule that keeps what is matched."""
    assert slow(pattern) or explosive(pattern) or slow(pattern, whole=True)
    first, same = next(linear(pattern))
    assert (first, same) == (expected, True)
    assert not slow(first) and not explosive(first)


def test_odd_texts_may_differ_and_it_is_said() -> None:
    """A lone backslash at the end of a text between quotes."""
    ((made, same),) = linear(r"'(?:\\.|[^'])*'")
    assert (made, same) == (r"'(?:\\.|[^'\\])*'", False)
    for text in ("''", "'a'", r"'\''", r"'a\\' b", "'a"):
        matched = re.match(made, text)
        before = re.match(r"'(?:\\.|[^'])*'", text)
        assert matched is None or (before is not None and matched[0] == before[0])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (r"(a+)+b", r"(a+)b", True),
        (r"(a+)+b", r"(a*)b", False),
        (r"^(?:a|\(b+\))*$", r"^(?:a)*$", False),
        (r"\w+-?", r"\w+", False),
    ],
)
def test_samples_tell_patterns_apart(one: str, other: str, same: bool) -> None:
    """Short texts over the characters that the pieces of the pattern tell apart."""
    assert alike(one, other) is same
