"""Temporary file whose name others can take.

## What it is
`tempfile.mktemp`, `os.tempnam` or `os.tmpnam` gives a name that is free; the file is made later. Or a file of a known name in
`/tmp` is written, copied to, or given other permissions.

## Why it matters
In between, another user of the machine makes a file or a link of that name. What is written lands where they want, what is
read is theirs.

## How to fix it
`tempfile.NamedTemporaryFile`, `mkstemp` or `TemporaryDirectory` make the file in the same step, for us alone.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("temporary-file"),
    title="Temporary file whose name others can take",
    cwe=377,
    also=(59, 379),
    owasp="A01:2021 Broken Access Control",
    severity=Severity.MEDIUM,
    acts=("temporary-file", "shared-folder"),
    message="{act}: somebody else can take the name before the file is made",
    examples=(
        Example(
            name="a report",
            code="""
import tempfile

def report(rows):
    name = tempfile.mktemp(".csv")  # finding
    with open(name, "w") as out:
        out.writelines(rows)
    return name
""",
        ),
        Example(
            name="imported by name",
            code="""
from tempfile import mktemp as temporary

def socket_path():
    return temporary(prefix="worker")  # finding
""",
        ),
        Example(
            name="of old",
            code="""
import os

def scratch():
    yield open(os.tmpnam(), "w")  # finding
    yield open(os.tempnam("/tmp"), "w")  # finding
""",
        ),
        Example(
            name="a known name where everybody writes",
            code="""
import getpass
import os
import shutil
import tempfile

def fallback():
    folder = "/tmp/player-" + getpass.getuser()
    os.makedirs(folder, exist_ok=True)  # finding
    os.chmod(folder, 0o700)  # finding
    with open(os.path.join(tempfile.gettempdir(), "player.log"), "a") as log:  # finding
        log.write("started")
    shutil.copy("/etc/player.conf", os.path.join("/var/tmp", "player.conf"))  # finding
""",
        ),
        Example(
            name="near-miss: a name that nobody knows, or that must be new",
            code="""
import os
import uuid

def scratch(user):
    os.mkdir("/tmp/player-" + user, 0o700)
    with open(f"/tmp/{uuid.uuid4()}", "w") as out:
        out.write("a")
    with open("/tmp/player.lock", "x"), open("/tmp/player.conf") as conf:
        return conf.read()
""",
        ),
        Example(
            name="near-miss: made at once",
            code="""
import os
import tempfile

def report(rows):
    handle, name = tempfile.mkstemp(".csv")
    with os.fdopen(handle, "w") as out:
        out.writelines(rows)
    return name
""",
        ),
        Example(
            name="near-miss: below a folder of our own",
            code="""
import os
import tempfile

def scratch():
    with tempfile.TemporaryDirectory() as folder:
        return open(os.path.join(folder, "a"), "w")
""",
        ),
        Example(
            name="near-miss: where temporary files are",
            code="""
import tempfile

def where():
    return tempfile.gettempdir()
""",
        ),
        Example(
            name="near-miss: a function of that name elsewhere",
            code="""
from workbench import mktemp

def scratch():
    return mktemp("a")
""",
        ),
    ),
)
