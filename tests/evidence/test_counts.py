"""Counts in words."""

import pytest

from casemate.evidence.counts import losses, not_examined_words, place_of, plural
from casemate.model.outcome import NotExamined, Reason


def missed(what, **more):
    return NotExamined(what=what, reason=Reason.SYNTAX, **more)


@pytest.mark.parametrize(("count", "words"), [(0, "0 files"), (1, "1 file"), (2345, "2,345 files")])
def test_numbers_agree_with_their_nouns(count, words):
    """With thousands set apart."""
    assert plural(count, "file") == words


@pytest.mark.parametrize(
    ("what", "place"),
    [("a.py", ("a.py", None)), ("a.py:12", ("a.py", 12)), ("a:b.py:3", ("a:b.py", 3)), ("a:0", ("a:0", None))],
)
def test_a_part_of_a_file_is_told_by_its_line(what, place):
    """Only a number from 1 after the last colon is a line."""
    assert place_of(missed(what)) == place


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([], ""),
        ([missed("a.py")], "1 file was not"),
        ([missed("a.py"), missed("b.py"), missed("c.py")], "3 files were not"),
        ([missed("a.py:3")], "1 part of a file was not"),
        ([missed("a.py"), missed("b.py:1"), missed("b.py:9")], "1 file and 2 parts of files were not"),
        ([missed(".git", deliberate=True)], ""),
        ([missed("casemate.toml", files=37), missed("a.py")], "38 files were not"),
    ],
)
def test_losses_in_words(entries, words):
    """Files and parts of files; what the operator left out on purpose is no loss."""
    assert not_examined_words(entries) == words


def test_what_the_target_hides_is_a_loss():
    """Only `deliberate` entries are the operator's own."""
    hidden, asked = missed("a.py"), missed("b.py", deliberate=True)
    assert losses([hidden, asked]) == [hidden]
