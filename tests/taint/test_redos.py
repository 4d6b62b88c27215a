"""Slow patterns: a table of dangerous and harmless ones, and what a real matcher takes on a text that grows."""

from __future__ import annotations

import re
import time

import pytest

from casemate.taint.patterns import automata
from casemate.taint.redos import slow

DANGEROUS = [
    r"(a+)+$",
    r"(a|aa)+$",
    r"(a|a)*$",
    r"(a+){2}b{1,40}",
    r"(?:a|b|ab)*c",
    r"(a*)*b",
    r"(a*b?)*c",
    r"(\w+\s?)*$",
    r"^(\w+-?)+$",
    r"^(.*,)*x",
    r"(x+x+)+y",
    r"((a+)b?)+$",
    r"(\d{1,3},?)*$",
    r"(<.*?>)+$",
    r"'(?:\\.|[^'])*'",
    r"(?i)(a|Ab?)*c|(A+)+d",
    r"(?=(a+)+$)x*y*",
    r"(?:(?!<)\w+)*!",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"^(?:\s*\w+\s*,?)*;",
    r"a*a*a*b",
    r"^\s*(.*?)\s*$",
    r"\d+\d+x",
    r"\s*\s*;",
    "\n    ^ ( \\w+ [ ]? )*   # words\n    $",
]
HARMLESS = [
    r"\s*foo\s*",
    r"\s+$",
    r"^\w+$",
    r"(a|b)*c",
    r"(\w+\s)*$",
    r"(a+)+",  # nothing can fail after it
    r"(a?)*b",
    r"(?>a+)+$",
    r"(a++)+$",
    r"^[\w.+-]+@[\w-]+\.[\w.-]+$",
    r"^([a-z0-9]+\.)+[a-z]{2,}$",
    r'"(?:[^"\\]|\\.)*"',
    r"<[^>]*>",
    r"^(?:[^,]*,)*x",
    r".*=.*;",
    r"^\s*(\w+)\s*=\s*(.*)$",
    r"#\s*note:\s*([^\n'\"]*)$",
    r"(?:\w+\b\W*)*;",
    r"(?:(?!-->).)*-->",
    r"(?:(?=[a-m])\w|(?=[n-z])\w)*;",
    r"(\d{1,3})(,\d{3})*$",
    r"^/(?P<a>[^/]+)/(?P<b>\d+)/$",
    r"^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$",
    r"\d{4}-\d{2}-\d{2}T\d+:\d+(?:\.\d+)?(?:Z|[+-]\d+)",
    "no repetition",
    "(((",
    "",
]


@pytest.mark.parametrize("pattern", DANGEROUS)
def test_a_pattern_that_can_be_kept_busy(pattern: str):
    """Some text makes the number of ways explode, and fails afterwards."""
    assert slow(pattern)


@pytest.mark.parametrize("pattern", HARMLESS)
def test_a_pattern_that_cannot(pattern: str):
    """No text has many readings, or all of them succeed, or only a square is at stake."""
    assert not slow(pattern)


def test_a_match_to_the_end_can_fail_where_another_cannot():
    """`fullmatch` refuses what is left over, so the same pattern is slow there."""
    assert slow("(a+)+", whole=True)
    assert not slow("(a+)+")
    assert not slow("a+", whole=True)


def test_what_is_too_large_is_not_judged():
    """A pattern beyond the bounds gives no answer, and takes no time."""
    assert automata("(a+)+$" * 1000) == []
    assert automata("(" * 300 + "a+" + ")*" * 300) == []
    assert not slow("".join(f"(?:{chr(97 + n % 26)}?)*" for n in range(150)) + "!")


GROWING = [
    (r"(a+)+$", "a", "!"),
    (r"(a|aa)+$", "a", "!"),
    (r"(\w+\s?)*$", "w", "!"),
    (r"'(?:\\.|[^'])*'", "\\a", ""),
    (r"(a*b?)*c", "a", "!"),
]
STEADY = [(r"(\w+\s)*$", "w", "!"), (r'"(?:[^"\\]|\\.)*"', "\\a", ""), (r"(a?)*b", "a", "!"), (r"(a|b)*c", "a", "!")]


def _least(pattern: str, text: str) -> float:
    """The least of some measured times: noise only adds to it."""
    compiled = re.compile(pattern)
    times = []
    for _ in range(5):
        begun = time.process_time()
        compiled.match(text)
        times.append(time.process_time() - begun)
    return min(times)


@pytest.mark.parametrize(("pattern", "pump", "end"), GROWING)
def test_a_real_matcher_agrees_that_it_explodes(pattern: str, pump: str, end: str):
    """A handful of characters more makes the standard library's matcher many times slower."""
    lead = "'" if pattern[0] == "'" else ""
    size = next(n for n in range(8, 60) if _least(pattern, lead + pump * n + end) > 0.002)
    assert slow(pattern)
    assert _least(pattern, lead + pump * (size + 5) + end) > 4 * _least(pattern, lead + pump * size + end)


@pytest.mark.parametrize(("pattern", "pump", "end"), STEADY)
def test_a_real_matcher_agrees_that_it_does_not(pattern: str, pump: str, end: str):
    """A text of thousands of characters is refused in a blink."""
    lead = '"' if pattern[0] == '"' else ""
    assert not slow(pattern)
    assert _least(pattern, lead + pump * 4000 + end) < 0.5


@pytest.mark.parametrize(
    ("pattern", "of_a_line"),
    [
        (r"^\s*(.*?)\s*$", False),
        (r"^\s*([a-z_]+):\s*(.*)\s*$", False),
        (r"\s*\s*;", True),
        (r"(a+)+$", True),
        (r"(\s+\n)+$", False),
        (r"^(?:\S+[ \t]*)+$", True),
        (r"^([^\r\n]+)+$", True),
    ],
)
def test_one_line_cannot_fail_at_its_end(pattern, of_a_line):
    """What takes the rest of a line takes all of it; what no line holds keeps nobody busy."""
    assert (slow(pattern), slow(pattern, line=True)) == (True, of_a_line)
