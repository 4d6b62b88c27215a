"""The syntax of unit files: lines, words, specifiers, command lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casemate.host.facts.unit_file import Value, assignments, commands, expanded, specifiers, unescaped, words
from tests.host.tree import tree


def read(text: str):
    root = tree("# file: /etc/systemd/system/a.service\n" + text)
    host = root.host()
    return [
        (v.section, v.key, v.text, v.line) for v in assignments(host, "/etc/systemd/system/a.service")
    ], host.fs.losses


def line(text: str, **variables: str):
    value = Value("/u", 1, "Service", "ExecStart", text)
    return [(c.prefixes, c.words) for c in commands(value, specifiers("w@a-b.service", "/u"), variables)]


def test_values_have_the_line_where_they_begin():
    """A continued line is one value, and comments between its parts are left out."""
    found, losses = read("[Service]\n# x\nExecStart=/a \\\n; y\n  b \\\n  c\n\nUser=x\n")
    assert [v[1:] for v in found] == [("ExecStart", "/a    b    c", 3), ("User", "x", 8)]
    assert losses == ()


def test_what_is_no_assignment_is_told():
    """Lines outside a section, and lines without a sign of equality, are losses."""
    found, losses = read("a=b\n[Service]\nfoo\nUser = x \n")
    assert found == [("Service", "User", "x", 4)]
    assert [loss.what.rpartition(":")[2] for loss in losses] == ["1", "3"]


def test_a_file_of_rubbish_tells_a_few_lines():
    """Thousands of broken lines do not make thousands of losses."""
    _, losses = read("x\n" * 5000)
    assert len(losses) <= 5


def test_words_undo_quotes_and_escapes():
    """As systemd.syntax(7) says."""
    assert words(r"""/a "b c" 'd "e"' f\x20g \"h\" """) == ("/a", "b c", 'd "e"', "f g", '"h"')
    assert words('"A=b c" D=e') == ("A=b c", "D=e")
    assert words('"open') == ("open",)
    assert words("") == ()


def test_prefixes_and_names_are_taken_off():
    """The prefixes of a program, in any order; with @ the next word is only a name."""
    assert line("-+/bin/x y") == [("-+", ("/bin/x", "y"))]
    assert line("@/bin/x name y") == [("@", ("/bin/x", "y"))]
    assert line("!!/bin/x") == [("!!", ("/bin/x",))]


def test_one_line_can_hold_several_commands():
    """Separated by a lone semicolon."""
    assert line("/a b ; /c ;") == [("", ("/a", "b")), ("", ("/c",))]
    assert line(" ; ") == []


def test_variables_are_filled_in():
    """$X as words, ${X} as one; unknown ones stay; with : none."""
    assert line("/a $X ${X}y $Y", X="1 2") == [("", ("/a", "1", "2", "1 2y", "$Y"))]
    assert line(":/a $X", X="1") == [(":", ("/a", "$X"))]


def test_specifiers_stand_for_parts_of_the_name():
    """Of an instance, with its escapes undone for the capital letter."""
    meanings = specifiers("w@a-b.service", "/etc/systemd/system/w@.service")
    assert expanded("%n %N %p %i %I %f %t %h %% %q", meanings) == "w@a-b.service w@a-b w a-b a/b /a/b /run /root % %q"
    assert unescaped(r"a-b\x2dc") == "a/b-c"


@given(st.text(max_size=200))
def test_no_text_breaks_the_words(text):
    """Any text gives words, and any line gives commands that have a program."""
    words(text)
    assert all(found for _, found in line(text.replace("\n", " ")))
