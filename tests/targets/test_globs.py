"""Globs in the manner of gitignore."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.targets.globs import MAX_LENGTH, BadPattern, Glob


@pytest.mark.parametrize(
    ("pattern", "covered", "left"),
    [
        ("*.py", ["a.py", "x/y/a.py"], ["a.pyc", "a.py.txt", "py"]),
        ("setup.py", ["setup.py", "sub/setup.py"], ["my_setup.py", "setup.pyx"]),
        ("/setup.py", ["setup.py"], ["sub/setup.py"]),
        ("./setup.py", ["setup.py", "sub/setup.py"], ["setup2.py"]),
        ("docs/", ["docs/a.py", "x/docs/y/a.py"], ["docs", "x/docs", "docs2/a.py"]),
        ("docs", ["docs", "docs/a.py", "x/docs"], ["docs.py", "mydocs/a.py"]),
        ("legacy/old", ["legacy/old", "legacy/old/a.py"], ["x/legacy/old/a.py", "legacy/older/a.py"]),
        ("legacy/*", ["legacy/a.py", "legacy/x/a.py"], ["legacy", "x/legacy/a.py"]),
        ("legacy/*.py", ["legacy/a.py"], ["legacy/x/a.py"]),
        ("a/**/b.py", ["a/b.py", "a/x/b.py", "a/x/y/b.py"], ["b.py", "a/b.pyc", "c/a/b.py"]),
        ("**/b.py", ["b.py", "x/b.py", "x/y/b.py"], ["ab.py"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "b/a/c"]),
        ("**", ["a", "a/b"], []),
        ("**/test/**", ["test/a", "x/test/y/a"], ["test", "x/test", "tests/a"]),
        ("[a-c]?.py", ["a1.py", "x/c2.py"], ["d1.py", "a.py", "a12.py"]),
        ("[!a].py", ["b.py"], ["a.py"]),
        ("*", ["a", "x/y"], []),
        ("a//b", ["a/b"], ["b"]),
        ("a.b+(c)", ["a.b+(c)"], ["aXb+(c)", "a.bb(c)"]),
        ("[", ["["], ["a"]),
    ],
)
def test_what_is_covered(pattern, covered, left):
    """A pattern covers what gitignore's would, and not its near-misses."""
    glob = Glob.parse(pattern)
    assert [path for path in covered if not glob.covers(path)] == []
    assert [path for path in left if glob.covers(path)] == []


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("!a.py", "the pattern '!a.py' negates; name what is to be left out, without '!'"),
        ("", "the pattern '' has 0 characters and 0 names; give at least one name, in at most 1000 characters"),
        ("./", "the pattern './' has 2 characters and 0 names; give at least one name, in at most 1000 characters"),
        ("../a", "the pattern '../a' climbs out; write it relative to the target's root"),
        ("a/../b", "the pattern 'a/../b' climbs out; write it relative to the target's root"),
    ],
)
def test_patterns_without_a_meaning(pattern, message):
    """A pattern that cannot mean anything is refused in one line with the next step."""
    with pytest.raises(BadPattern, match=f"^{re.escape(message)}$"):
        Glob.parse(pattern)


def test_the_longest_pattern():
    """The limit on length is exact."""
    assert Glob.parse("a" * MAX_LENGTH).covers("a" * MAX_LENGTH)
    with pytest.raises(BadPattern, match="has 1001 characters"):
        Glob.parse("a" * (MAX_LENGTH + 1))


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 400 + "*b", "a" * 255),
        ("/".join(["**", "a"] * 150) + "/b", "/".join(["a"] * 300)),
        ("/".join(["**"] * 300) + "/b", "/".join(["a"] * 300)),
        ("?*" * 400 + "b", "a" * 255),
    ],
)
def test_hostile_patterns_are_linear(pattern, path):
    """A pattern made to backtrack costs moments of CPU time, even on a busy machine, not centuries."""
    glob = Glob.parse(pattern)
    started = time.process_time()
    assert not glob.covers(path)
    assert time.process_time() - started < 10


NAMES = st.text(alphabet="ab*?[]!.-\\x", min_size=1, max_size=8)


@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=4), st.lists(NAMES, min_size=1, max_size=5))
def test_any_text_is_a_pattern_or_refused(pattern, path):
    """No text makes a pattern raise anything but BadPattern, and what it covers it covers with all below."""
    try:
        glob = Glob.parse("/".join(pattern))
    except BadPattern:
        return
    if glob.covers("/".join(path)):
        assert glob.covers("/".join([*path, "below"]))


@settings(deadline=None)
@given(
    st.lists(st.text(alphabet="ab.", min_size=1).filter(lambda name: name not in (".", "..")), min_size=1, max_size=5)
)
def test_a_path_covers_itself(names):
    """A path without special characters, anchored, covers itself and no path with one more folder before it."""
    path = "/".join(names)
    assert Glob.parse(f"/{path}").covers(path)
    assert not Glob.parse(f"/{path}").covers(f"c/{path}")
