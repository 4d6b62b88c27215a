"""A folder's limit checked by its first characters.

## What it is
A path from outside is resolved and then held against a folder as a text: `path.startswith(folder)`, where the folder does not
end in a separator, or `os.path.commonprefix`.

## Why it matters
`/srv/files-old/keys` begins with `/srv/files`: `../files-old/keys` leads out of the folder and past the check, into every folder
beside it whose name begins alike.

## How to fix it
`os.path.commonpath([path, folder]) == folder`, `Path.is_relative_to`, or `path.startswith(folder + os.sep)`.

A folder that comes from elsewhere, and may or may not end in a separator, is not reported.
"""

from __future__ import annotations

from casemate.leads.rule import Example, FlowRule
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("path-prefix"),
    title="A folder's limit checked by its first characters",
    cwe=22,
    also=(23, 41),
    owasp="A01:2021 Broken Access Control",
    severity=Severity.LOW,
    sinks=("sibling",),
    whatever_asked=True,
    boundaries=(Boundary.REMOTE, Boundary.FILE, Boundary.API),
    message="{sink} lets the {source} lead to folders whose names begin alike",
    examples=(
        Example(
            name="a folder of downloads",
            code="""
import os
from flask import Flask, abort, request, send_file
app = Flask(__name__)

@app.get("/file")
def file():
    path = os.path.realpath(os.path.join("/srv/files", request.args["name"]))
    if not path.startswith("/srv/files"):  # finding
        abort(404)
    return send_file(path)
""",
        ),
        Example(
            name="characters in common",
            code="""
import os

class Assets:
    def __init__(self, root):
        self.root = os.path.abspath(root)

    def find(self, name):
        full = os.path.abspath(os.path.join(self.root, name))
        if os.path.commonprefix([full, self.root]) != self.root:  # finding
            return None
        return open(full)
""",
        ),
        Example(
            name="a helper that unpacks",
            code="""
import os
import zipfile

def within(path, root):
    if not os.path.abspath(path).startswith(os.path.abspath(root)):  # finding
        raise ValueError(path)

def unpack(archive, folder):
    with zipfile.ZipFile(archive) as box:
        for name in box.namelist():
            path = os.path.join(folder, name)
            within(path, folder)
            with open(path, "wb") as out:
                out.write(box.read(name))
""",
        ),
        Example(
            name="near-miss: with the separator",
            code="""
import os

class Assets:
    def __init__(self, root):
        self.root = os.path.abspath(root)

    def find(self, name):
        full = os.path.abspath(os.path.join(self.root, name))
        if not full.startswith(self.root + os.sep):
            return None
        return open(full)
""",
        ),
        Example(
            name="near-miss: parts in common, and whether it climbs",
            code="""
import os

def find(name):
    full = os.path.abspath(os.path.join("/srv/assets", name))
    if os.path.commonpath([full, "/srv/assets"]) != "/srv/assets":
        return None
    if os.path.normpath(name).startswith(("../", "/")):
        return None
    return None if os.path.normpath(name).startswith("..") else open(full)
""",
        ),
        Example(
            name="near-miss: how the folder ends is not known",
            code="""
import os

class Assets:
    def __init__(self, root):
        self.root = root

    def find(self, name):
        full = os.path.abspath(os.path.join(self.root, name))
        if not full.startswith(self.root):
            return None
        return open(full)
""",
        ),
        Example(
            name="near-miss: a fresh folder, whose name nobody knows",
            code="""
import os
import tempfile

def stage(name):
    folder = tempfile.mkdtemp()
    path = os.path.abspath(os.path.join(folder, name))
    if not path.startswith(folder):
        raise ValueError(name)
    return open(path, "w")
""",
        ),
    ),
)
