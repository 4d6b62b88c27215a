"""The shell's language as it is read: commands, variables, substitutions, and texts that mean harm to a reader."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.shell import TooDeep, calls
from casemate.host.shell_words import State, Word


def read(text, script="", **variables):
    state = State(script=script, variables={name: (Word(value),) for name, value in variables.items()})
    return [([w.text for w in call.words], call.cwd, call.line) for call in calls(text, state)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/a b 'c d' \"e f\" g\\ h", ["/a", "b", "c d", "e f", "g h"]),
        ("X=/opt; $X/run", ["/opt/run"]),
        ('X="python3 /opt/a.py"; $X -v', ["python3", "/opt/a.py", "-v"]),
        ('X="a b"; "$X" c', ["a b", "c"]),
        ("${X:-/usr/bin}/run", ["/usr/bin/run"]),
        ("A=1 B=2 /run", ["/run"]),
        ("/run > /dev/null 2>&1", ["/run"]),
        ("/run 'x'\"y\"z", ["/run", "xyz"]),
        ("$UNKNOWN/run x", [None, "x"]),
    ],
)
def test_words_are_the_shell_s(text, words):
    """Quotes are taken off, known variables put in, others stay unknown."""
    assert read(text)[-1][0] == words


def test_the_script_s_own_folder_is_known():
    """The usual ways of a script to find itself."""
    for here in (
        '"$(dirname "$0")"',
        '"$(cd "$(dirname "$0")" && pwd)"',
        '"${0%/*}"',
        '"$(dirname "$(readlink -f "$0")")"',
    ):
        assert read(f"HERE={here}\n$HERE/lib", script="/opt/x/run")[-1][0] == ["/opt/x/lib"]


def test_a_change_of_folder_holds_until_its_group_ends():
    """`cd` counts for what follows it, in a subshell only for that."""
    assert [(w[0], cwd) for w, cwd, _ in read("(cd /a; x); y; cd /b && z") if w[0] != "cd"] == [
        ("x", "/a"),
        ("y", "/"),
        ("z", "/b"),
    ]


def test_a_loop_gives_each_value():
    """A body is read for every word of the list; a pattern stays one, also in quotes."""
    assert [w for w, _, _ in read('for f in a b; do . "/opt/$f"; done')] == [[".", "/opt/a"], [".", "/opt/b"]]
    (call,) = calls('for f in /etc/x.d/*.sh; do . "$f"; done', State())
    assert call.words[1].glob


def test_lines_are_counted():
    """Each command has the line where it stands."""
    assert [line for _, _, line in read("#!/bin/sh\n\na\nif b; then\n  c\nfi\n")] == [3, 4, 5]


def test_code_from_a_file_counts_as_sourced():
    """`eval`, `export` and a shell's input make commands of a file's content."""
    for text in ('eval "$(cat /c)"', "export $(grep -v x /c | xargs)", "sh < /c", "cat /c | bash -s", ". <(cat /c)"):
        assert [".", "/c"] in [w for w, _, _ in read(text)], text
    assert [".", "/c"] not in [w for w, _, _ in read('x="$(cat /c)"; echo $x; cat < /c; cat /c | wc')]


def test_what_is_only_text_is_no_command():
    """Comments, documents in the text and arguments are not run."""
    assert [w[0] for w, _, _ in read("# /x\ncat <<E\n/y\nE\necho /z\n")] == ["cat", "echo"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000,
        "$(" * 2000,
        "A=aaaaaaaa\n" + "A=$A$A\n" * 60 + "/x/$A",
        "if x; then " * 500,
        '"' * 5001,
        "f(){ " * 900,
    ],
)
def test_hostile_texts_end(text):
    """Nesting and growth without end are given up."""
    with contextlib.suppress(TooDeep):
        assert len(read(text)) < 5000


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab$(){}[]'\"`\\;&|<>=*/ \n#-", max_size=60))
def test_any_text_is_read(text):
    """Whatever stands there, reading it ends without an error."""
    for call in calls(text, State()):
        assert call.words
        assert call.line >= 1
