"""What is around a line: the statement, of a compound one its head, and the innermost function."""

import pytest

from casemate.languages.python.spans import Around, around

SOURCE = b'''import os

@decorated(
    1)
def outer(a):
    """Words
    over lines."""
    x = call(
        a,
        b)
    if (a and
            b):
        return x
    def inner(c):
        y = 1; z = 2
        return c
    return inner

class A:
    def method(self):
        with open(self) as f, \\
                open(f):
            f.read()

last = 1
'''


@pytest.mark.parametrize(
    ("line", "statement", "function"),
    [
        (1, (1, 1), (1, 25)),
        (2, (2, 2), (1, 25)),
        (6, (6, 7), (5, 17)),
        (9, (8, 10), (5, 17)),
        (12, (11, 12), (5, 17)),
        (13, (13, 13), (5, 17)),
        (15, (15, 15), (14, 16)),
        (17, (17, 17), (5, 17)),
        (20, (20, 20), (20, 23)),
        (21, (21, 22), (20, 23)),
        (23, (23, 23), (20, 23)),
        (25, (25, 25), (1, 25)),
        (99, (99, 99), (1, 25)),
    ],
)
def test_what_is_around_a_line(line, statement, function):
    """Counted from 1."""
    assert around(SOURCE, line) == Around(statement=statement, function=function)


@pytest.mark.parametrize("source", [b"", b"\0", b"def f(:\n  (((\n", b"\xff\xfe", b"if x:\n"])
def test_any_source(source):
    """Broken, empty, or no text: the line alone."""
    assert around(source, 1).statement[0] == 1
