"""Examples of `path_race`."""

from __future__ import annotations

from casemate.leads.rule import Example

EXAMPLES = (
    Example(
        name="written when it was not there",
        code="""
import os

def start(path):
    if not os.path.exists(path):
        with open(path, "w") as file:  # finding
            file.write("1")
""",
    ),
    Example(
        name="removed when it was a file",
        code="""
import os

def clean(path):
    if os.path.isfile(path):
        os.remove(path)  # finding
""",
    ),
    Example(
        name="asked whether it may, and then done",
        code="""
import os

def share(path):
    if os.access(path, os.W_OK):
        os.chmod(path, 0o640)  # finding
""",
    ),
    Example(
        name="near-miss: refuses by itself",
        code="""
import os

def start(path, folder):
    if not os.path.isdir(folder):
        os.makedirs(folder, exist_ok=True)
    if not os.path.exists(path):
        open(path, "x").close()
""",
    ),
    Example(
        name="near-miss: the failure is handled",
        code="""
import os

def clean(path):
    if os.path.isfile(path):
        try:
            os.remove(path)
        except FileNotFoundError:
            pass
""",
    ),
    Example(
        name="near-miss: only read",
        code="import os\n\ndef text(path):\n    return open(path).read() if os.path.exists(path) else ''\n",
    ),
    Example(
        name="near-miss: another path",
        code="import os\n\ndef move(path, other):\n    if os.path.exists(other):\n        path = other + '1'\n"
        "        os.remove(path)\n",
    ),
)
