"""Examples of `late-permissions`."""

from casemate.leads.rule import Example

EXAMPLES = (
    Example(
        name="a key, written and then closed",
        code="""
import os

def save(path, key):
    with open(path, "w") as out:
        out.write(key)
    os.chmod(path, 0o600)  # finding
""",
    ),
    Example(
        name="closed while it is open",
        code="""
import os
import stat

def save(path, rows):
    with open(path, mode="w+") as out:
        os.fchmod(out.fileno(), stat.S_IRUSR | stat.S_IWUSR)  # finding
        out.writelines(rows)
""",
    ),
    Example(
        name="a database that another method makes",
        code="""
import os
import sqlite3
import stat

class Store:
    def _connect(self):
        return sqlite3.connect(self.path)

    def prepare(self):
        self._connect().close()
        os.chmod(self.path, stat.S_IRUSR | stat.S_IWUSR)  # finding
""",
    ),
    Example(
        name="near-miss: closed from the start",
        code="""
import os

def save(path, key):
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(key)
    os.chmod(path, 0o600)
""",
    ),
    Example(
        name="near-miss: a temporary file is closed anyway",
        code="""
import os
import tempfile

def save(path, key):
    handle, name = tempfile.mkstemp()
    with open(name, "w") as out:
        out.write(key)
    os.chmod(name, 0o600)
    os.replace(name, path)
""",
    ),
    Example(
        name="near-miss: for others to read",
        code="""
import os

def publish(path, page):
    with open(path, "w") as out:
        out.write(page)
    os.chmod(path, 0o644)
""",
    ),
    Example(
        name="near-miss: a file that was there",
        code="""
import os

def close(path):
    with open(path) as file:
        first = file.readline()
    os.chmod(path, 0o600)
    return first
""",
    ),
    Example(
        name="near-miss: all that the program makes is closed",
        code="""
import os

os.umask(0o077)

def save(path, key):
    with open(path, "w") as out:
        out.write(key)
    os.chmod(path, 0o600)
""",
    ),
    Example(
        name="all that the program makes is open",
        code="""
import os

os.umask(0)

def save(path, key):
    with open(path, "w") as out:
        out.write(key)
    os.chmod(path, 0o600)  # finding
""",
    ),
)
