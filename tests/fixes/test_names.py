"""How names are written in a file, and imported where they are not yet."""

import pytest

from casemate.fixes.names import name_for, name_from
from casemate.fixes.source import Source


def written(code, wanted, how=name_for):
    """The name, and the file with its import."""
    source = Source.of("a.py", code.encode())
    name, edits = how(source.tree.root_node, wanted)
    return name, source.edited(edits).decode()


@pytest.mark.parametrize(
    ("code", "wanted", "name", "after"),
    [
        ("import os\nx = 1\n", "shlex.quote", "shlex.quote", "import os\nimport shlex\nx = 1\n"),
        ("import shlex as s\n", "shlex.quote", "s.quote", "import shlex as s\n"),
        ("from shlex import quote as q\n", "shlex.quote", "q", "from shlex import quote as q\n"),
        ("import os.path\n", "os.path.join", "os.path.join", "import os.path\n"),
        ("from app import html\n", "html.escape", "escape", "from html import escape\nfrom app import html\n"),
        (
            "from app import html, escape\n",
            "html.escape",
            "html_escape",
            "from html import escape as html_escape\nfrom app import html, escape\n",
        ),
        ("def f(io):\n    return io\n", "io", "io_", "import io as io_\n\ndef f(io):\n    return io\n"),
        ("def f(a):\n    a.io = 1\n", "io", "io", "import io\n\ndef f(a):\n    a.io = 1\n"),
    ],
)
def test_a_name(code, wanted, name, after):
    """What is imported is used, what is taken by something else is not, and what is missing is imported."""
    found = written(code, wanted)
    assert found[0] == name
    assert sorted(found[1].split()) == sorted(after.split())
    compile(found[1], "a.py", "exec")


def test_a_name_of_a_framework():
    """Joins the names that are imported from there."""
    assert written("from flask import request\n", "flask.abort", name_from) == (
        "abort",
        "from flask import request, abort\n",
    )
