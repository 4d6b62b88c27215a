"""Which lines count as changed."""

import random

import pytest

from casemate.evidence import linediff
from casemate.evidence.linediff import changed_lines


def changed(before: str, after: str) -> list[int]:
    return sorted(changed_lines(before.encode().splitlines(), after.encode().splitlines()))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("", "", []),
        ("a\nb\n", "a\nb\n", []),
        ("", "a\nb\n", [1, 2]),
        ("a\nb\n", "", []),
        ("a\nb\nc\n", "a\nx\nc\n", [2]),
        ("a\nc\n", "a\nb\nc\n", [2]),
        ("a\nb\nc\n", "a\nc\n", [1, 2]),  # taken away between 1 and 2
        ("a\ncheck\n\n\nd\n", "a\n\n\nd\n", [1, 4]),  # blank lines belong to nobody
        ("x\na\nb\n", "a\nb\n", [1]),
        ("a\nb\nx\n", "a\nb\n", [2]),
        ("a\n", "a\n\n\nb\n", [4]),
        ("a\r\nb\r\n", "a\nb\n", []),
        ("a\nb", "a\nb\n", []),
        ("p\np\nq\np\n", "p\np\np\n", [2, 3]),
    ],
)
def test_lines(before, after, lines):
    """New and changed lines, and the neighbours of removed ones."""
    assert changed(before, after) == lines


def test_an_unchanged_line_is_never_invented(monkeypatch):
    """Whatever is not said to have changed stood in the earlier text, in that order; even when it gives up early."""
    rng = random.Random(3)
    for rounds, small in ((24, 400), (1, 2), (0, 0)):
        monkeypatch.setattr(linediff, "MAX_ROUNDS", rounds)
        monkeypatch.setattr(linediff, "SMALL", small)
        for _ in range(300):
            before = [rng.choice([b"a", b"b", b"c", b"%d" % rng.randrange(9), b""]) for _ in range(rng.randrange(30))]
            after = list(before)
            for _ in range(rng.randrange(5)):
                at = rng.randrange(len(after) + 1)
                after[at : at + rng.randrange(3)] = rng.choice([[], [b"new"], [b"a"], after[:2]])
            lines = changed_lines(before, after)
            rest = iter(before)
            assert all(line in rest for number, line in enumerate(after, 1) if line and number not in lines)
            if list(filter(None, before)) != list(filter(None, after)) and any(after):
                assert lines


@pytest.mark.parametrize("line", [lambda n: b"x", lambda n: b"%d" % (n % 50), lambda n: b"%d" % n])
def test_long_texts_take_no_long_time(line):
    """Texts that repeat themselves, in part or not at all, turned around: steps are bounded, so that this ends."""
    before = [line(n) for n in range(100_000)]
    after = [b"first", *reversed(before), b"last"]
    lines = changed_lines(before, after)
    assert {1, len(after)} <= lines
