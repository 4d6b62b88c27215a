"""File that everybody may write.

## What it is
`chmod` gives a file or folder permissions that let every user of the machine write to it.

## Why it matters
Whoever has any account there, a hijacked service among them, changes configuration, programs or data that others believe.

## How to fix it
Give what is needed: 0o600 for secrets, 0o640 or 0o644 for what others may read; a group where several users write.

The mode given to `mkdir`, `makedirs` or `os.open` is not reported: the umask takes the bits away, and 0o777 is Python's own
default. Nor is `os.umask(0)`: it is the only way to read the umask, and what daemons begin with.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("open-permissions"),
    title="File that everybody may write",
    cwe=732,
    also=(276,),
    owasp="A01:2021 Broken Access Control",
    severity=Severity.MEDIUM,
    acts=("open-permissions",),
    message="{act} lets every user of the machine write",
    examples=(
        Example(
            name="everything for everybody",
            code="""
import os

def install(path):
    os.chmod(path, 0o777)  # finding
""",
        ),
        Example(
            name="a path object",
            code="""
from pathlib import Path

def save(folder, text):
    target = Path(folder) / "settings.ini"
    target.write_text(text)
    target.chmod(0o666)  # finding
""",
        ),
        Example(
            name="bits put together",
            code="""
import os
import stat

MODE = 0o640 | 0o002

def share(handle, path):
    os.fchmod(handle, MODE)  # finding
    os.chmod(path, stat.S_IRWXO)  # finding
""",
        ),
        Example(
            name="near-miss: for us, or to be read",
            code="""
import os

def install(path):
    os.chmod(path, 0o600)
    os.chmod(path, 0o755)
    os.chmod(path, 0o664)
""",
        ),
        Example(
            name="near-miss: as it was",
            code="""
import os
import stat

def executable(path):
    os.chmod(path, os.stat(path).st_mode | stat.S_IEXEC)
""",
        ),
        Example(
            name="near-miss: a folder's mode goes through the umask",
            code="""
import os

def prepare(path):
    os.makedirs(path, 0o777, exist_ok=True)
    return os.open(os.path.join(path, "a"), os.O_CREAT | os.O_WRONLY, 0o666)
""",
        ),
        Example(
            name="near-miss: the umask is read",
            code="""
import os

def current():
    mask = os.umask(0)
    os.umask(mask)
    return mask
""",
        ),
    ),
)
