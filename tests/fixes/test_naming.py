"""How a function of a module, or a module, is named at a place and for the top of the file."""

import pytest

from casemate.fixes.naming import named, named_at_top
from casemate.fixes.site import Spot, statement_at
from casemate.fixes.source import Source


def written(code, wanted, how=named):
    """The name at the line that says `sink`, and the file with its import."""
    source = Source.of("a.py", code.encode())
    line = next(at for at, one in enumerate(code.splitlines(), 1) if "sink" in one)
    spot = Spot(source, line, 1, statement_at(source.tree.root_node, line))
    name, edits = how(spot, wanted)
    return name, source.edited(edits).decode()


@pytest.mark.parametrize(
    ("code", "wanted", "name", "line"),
    [
        ("import os\nsink()\n", "shlex.quote", "shlex.quote", "import shlex"),
        ("import os\nsink()\n", "ast", "ast", "import ast"),
        ("import os\nsink()\n", "os.path", "os.path", "import os"),
        ("from shlex import split\nsink()\n", "shlex.quote", "quote", "from shlex import split, quote"),
        ("from tarfile import TarFile\nsink()\n", "tarfile.open", "tarfile.open", "import tarfile"),
        ("def f():\n    import shlex as s\n    sink()\n", "shlex.quote", "s.quote", "    import shlex as s"),
        (
            "def f(os):\n    sink()\n",
            "os.path.realpath",
            "os_path_realpath",
            "from os.path import realpath as os_path_realpath",
        ),
        (
            "from shlex import split, quoted\ndef f(shlex):\n    sink()\n",
            "shlex.quote",
            "shlex_quote",
            "from shlex import split, quoted, quote as shlex_quote",
        ),
        ("def f(ast):\n    sink()\n", "ast", "ast_", "import ast as ast_"),
    ],
)
def test_a_name_at_a_place(code, wanted, name, line):
    """What is imported there is used, in the file's own way; nothing else loses its meaning, `open` least of all."""
    found, after = written(code, wanted)
    assert found == name
    assert line in after.splitlines()
    compile(after, "a.py", "exec")


def test_a_definition_at_the_top_has_no_use_for_what_a_function_imports():
    """There the name would mean nothing."""
    code = "def f():\n    import pickle as p\n    sink()\n"
    assert written(code, "pickle.Unpickler")[0] == "p.Unpickler"
    name, after = written(code, "pickle.Unpickler", named_at_top)
    assert name == "pickle.Unpickler"
    assert after.startswith("import pickle\n")
