"""Comments that speak to Casemate: found by the parser, with the line that they are about."""

import pytest

from casemate.languages import ir
from casemate.languages.python.frontend import lower
from casemate.languages.python.marks import MOST


def marks(text):
    module = lower(text.encode(), path="a.py", name="a", package=False)
    assert isinstance(module, ir.Module)
    assert ir.unpack(ir.pack(module)).marks == module.marks
    return [tuple(mark) for mark in module.marks]


ABOUT = {
    "at the end of a line": ("x = 1  # casemate: a\n", [(1, 1, "# casemate: a")]),
    "on a line of its own": ("# casemate: a\nx = 1\n", [(1, 2, "# casemate: a")]),
    "above other comments": ("# casemate: a\n# more\n# casemate: b\nx = 1\n", [(1, 4, "# casemate: a"), (3, 4, "# casemate: b")]),
    "above an empty line": ("# casemate: a\n\nx = 1\n", [(1, 2, "# casemate: a")]),
    "below the code": ("x = 1\n# casemate: a\n", [(2, 3, "# casemate: a")]),
    "indented": ("if x:\n    # casemate: a\n    y()\n", [(2, 3, "# casemate: a")]),
    "inside a call": ("f(a,  # casemate: a\n    # casemate: b\n    b)\n", [(1, 1, "# casemate: a"), (2, 3, "# casemate: b")]),
    "beside code that does not parse": ("def (:\nx = 1  # casemate: a\n", [(2, 2, "# casemate: a")]),
    "behind another comment": ("x = 1  # noqa  # casemate: a\n", [(1, 1, "# noqa  # casemate: a")]),
    "with Windows' line ends": ("x = 1  # casemate: a\r\ny = 2\r\n", [(1, 1, "# casemate: a")]),
}  # fmt: skip


@pytest.mark.parametrize("where", ABOUT)
def test_a_comment_and_what_it_is_about(where):
    """Its own line, or, when it has one to itself, the next one that is no such comment."""
    text, expected = ABOUT[where]
    assert marks(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'x = "# casemate: a"\n',
        'x = """\n# casemate: a\n"""\n',
        'def f():\n    """Write\n\n    # casemate: a\n    """\n',
        'x = f"{y} # casemate: a"\n',
        "x = 1  # case mate: a\n",
    ],
)
def test_what_is_no_comment_is_no_mark(text):
    """Strings are data, whatever they look like."""
    assert marks(text) == []


def test_no_file_makes_more_than_so_many():
    """One more is kept, so that somebody can say that there are more."""
    assert len(marks("x = 1  # casemate: a\n" * (MOST + 500))) == MOST + 1
