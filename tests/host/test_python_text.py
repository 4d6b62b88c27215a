"""What a Python script has run, reads as code, and puts on its search path."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.python_text import Ran, told

OWN = "/opt/a/job.py"


@pytest.mark.parametrize(
    ("text", "ran"),
    [
        ("import os\nos.system('/opt/t -x')", [Ran(2, text="/opt/t -x")]),
        ("from os import system\nsystem('/opt/t')", [Ran(2, text="/opt/t")]),
        ("import subprocess as sp\nsp.run(['/opt/t', arg])", [Ran(2, words=("/opt/t", None))]),
        ("import subprocess\nT = '/opt/t'\ndef f():\n    subprocess.run([T, '-v'])", [Ran(4, words=("/opt/t", "-v"))]),
        ("import subprocess\nC = ['/opt/t'] + more\nsubprocess.call(C)", [Ran(3, words=("/opt/t", None))]),
        ("import subprocess\nsubprocess.run('/opt/t | sh', shell=True)", [Ran(2, text="/opt/t | sh")]),
        ("import subprocess\nsubprocess.Popen(args=('/opt/t',))", [Ran(2, words=("/opt/t",))]),
        ("import subprocess\nB = '/opt'\nsubprocess.run([f'{B}/t'])", [Ran(3, words=("/opt/t",))]),
        ("import subprocess, shlex\nsubprocess.run(shlex.split('/opt/t -a'))", [Ran(2, text="/opt/t -a")]),
        ("import os\nos.execv('/opt/t', ['t', '-a'])", [Ran(2, words=("/opt/t", "-a"))]),
        ("import os\nos.spawnl(os.P_WAIT, '/opt/t', 't', '-a')", [Ran(2, words=("/opt/t", "-a"))]),
        (
            "import asyncio\nasync def f():\n    await asyncio.create_subprocess_exec('/opt/t')",
            [Ran(3, words=("/opt/t",))],
        ),
        (
            "import subprocess\nfrom pathlib import Path\nsubprocess.run([str(Path(__file__).parent / 'bin' / 't')])",
            [Ran(3, words=("/opt/a/bin/t",))],
        ),
        (
            "import subprocess, sys\nsubprocess.run([sys.executable, '/opt/t'])",
            [Ran(2, words=("/usr/bin/python3", "/opt/t"))],
        ),
    ],
)
def test_commands_are_found_through_names_and_imports(text, ran):
    """However the module was imported, and whatever constants the command is made of."""
    assert told(text, OWN).ran == ran


@pytest.mark.parametrize(
    "text",
    [
        '"""Use it so:\n\n    subprocess.run(["/opt/t"])\n"""\n',
        "HELP = 'os.system(\"/opt/t\")'",
        "# os.system('/opt/t')",
        "print('/opt/t')",
        "with open('/opt/t') as f:\n    print(f.read())",
        "import subprocess\nT = '/opt/t'\nT = other()\nsubprocess.run([T])",
        "import subprocess\nfor T in ['/opt/t']:\n    pass\nsubprocess.run([unknown])",
        "class A:\n    def system(self, x): pass\nA().system('/opt/t')",
    ],
)
def test_what_is_only_named_is_not_run(text):
    """Near-misses: documentation, messages, comments, data, names of more than one value."""
    found = told(text, OWN)
    assert (found.ran, found.code, found.path) == ([], [], [])


@pytest.mark.parametrize(
    "text",
    [
        "exec(open('/opt/t').read())",
        "with open('/opt/t') as f:\n    exec(f.read())",
        "import pathlib\nexec(compile(pathlib.Path('/opt/t').read_text(), 't', 'exec'))",
        "import pickle\nf = open('/opt/t', 'rb')\nx = pickle.load(f)",
        "import runpy\nrunpy.run_path('/opt/t')",
        "from importlib.util import spec_from_file_location as s\ns('t', '/opt/t')",
        "from ctypes import CDLL\nCDLL('/opt/t')",
    ],
)
def test_files_that_are_read_as_code(text):
    """Executed, unpickled, loaded."""
    assert {path for _, path in told(text, OWN).code} == {"/opt/t"}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("import sys\nsys.path.insert(0, '/opt/l')", ("/opt/l", True)),
        ("import sys\nsys.path.append('/opt/l')", ("/opt/l", False)),
        (
            "import sys, os\nsys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'l'))",
            ("/opt/a/l", True),
        ),
        ("import sys, os\nH = os.path.dirname(__file__)\nsys.path.insert(1, H + '/l')", ("/opt/a/l", True)),
        (
            "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'l'))",
            ("/opt/l", True),
        ),
        ("import sys\nsys.path = ['/opt/l'] + sys.path", ("/opt/l", True)),
        ("import sys\nsys.path[:0] = ['/opt/l']", ("/opt/l", True)),
        ("import sys\nsys.path += ['/opt/l']", ("/opt/l", False)),
        ("import sys\nsys.path = sys.path + ['/opt/l']", ("/opt/l", False)),
        ("import site\nsite.addsitedir('/opt/l')", ("/opt/l", False)),
    ],
)
def test_folders_that_a_script_puts_on_its_path(text, path):
    """In front or behind, whole or from the script's own place."""
    assert [(folder, front) for _, folder, front in told(text, OWN).path] == [path]


def test_hostile_texts_end():
    """Names that name themselves, deep nesting, very many nodes."""
    assert told("A = A\nimport os\nos.system(A)", OWN).ran == []
    assert told("A = B\nB = A\nimport os\nos.system(A)", OWN).ran == []
    assert told("import os\nos.system(" + "(" * 5000 + "'/opt/t'" + ")" * 5000 + ")", OWN).ran == []
    assert told("import os\nos.system('a'" + " + 'a'" * 5000 + ")", OWN).ran == []
    assert told("x = 1\n" * 100_000, OWN).ran == []


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="os.ystemrun()['\"]=+/\n fpath_,{}", max_size=80))
def test_any_text_is_read(text):
    """Nothing that a file says breaks the reader."""
    told(f"import os, sys\n{text}", OWN)
