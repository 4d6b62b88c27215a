"""What arms tell, each in a process of its own, on every Python that this machine has."""

import json
import subprocess
from pathlib import Path

import pytest

from casemate.proofs import runtime
from proofs.test_runtime import FOUND, VERSIONS

SCRIPT = """
import importlib, json, os, sys, tempfile
package = type(sys)("casemate_runtime")
package.__path__ = [sys.argv[1]]
sys.modules["casemate_runtime"] = package
watch = importlib.import_module("casemate_runtime.watch")
base = os.path.realpath(tempfile.mkdtemp())
root = os.path.join(base, "root")
folder = os.path.join(base, "cm1")
os.mkdir(root)
os.mkdir(folder)
with open(os.path.join(folder, "cm1.txt"), "w") as file:
    file.write("content of cm1")
own = watch.Watch(root)
for name in sys.argv[2].split(","):
    importlib.import_module("casemate_runtime.arms." + name).arm(own)
own.begin("cm1", "ok1", folder, watch.Place(root, 1, 1))
os.chdir(root)
try:
    exec(sys.argv[3], {"folder": folder, "root": root})
finally:
    own.end()
names = set(sys.argv[4].split(","))
print(json.dumps([[e["name"], *e["args"]] for e in own.events if {e["name"], e["name"].split(".")[0]} & names]))
"""
HERE = str(Path(runtime.__file__).parent)
CASES = {
    "paths: what is done, once the path is followed": (
        "paths",
        """
import os, pathlib, shutil
link = os.path.join(root, "link")
os.symlink(folder, link)
open(os.path.join(link, "cm1.txt")).close()
pathlib.Path(folder, "cm1.txt").read_text()
os.path.exists(folder + "/cm1.txt")
pathlib.Path(folder, "cm1.txt").is_file()
os.listdir(folder)
open(folder + "/cm1-new", "w").close()
os.remove(folder + "/cm1-new")
open(folder + "/cm1.json").close()
""",
        "canary",
        [["canary.path", act] for act in ["read", "asked", "listed", "written", "removed", "read"]],
    ),
    "paths: nothing of what works a path out, misses, or stays inside": (
        "paths",
        """
import os, pathlib
os.path.realpath(folder + "/cm1.txt")
pathlib.Path(folder, "cm1.txt").resolve()
os.path.abspath("../cm1/cm1.txt")
open(os.path.join(root, "cm1.txt"), "w").close()
open(os.path.join(root, "cm1.txt")).close()
for miss in (open, os.listdir, os.stat):
    try:
        miss(folder + "/other/cm1.txt")
    except OSError:
        pass
try:
    open(folder)
except OSError:
    pass
""",
        "canary",
        [],
    ),
    "sqlite: statements as they are written, and the function": (
        "sqlite",
        """
import sqlite3
connection = sqlite3.connect(":memory:")
connection.execute("SELECT ?", ("cm1",))
connection.cursor().execute("SELECT 'ok1'")
connection.execute("SELECT cm1(1, 2)").fetchall()
class Own(sqlite3.Connection):
    pass
assert isinstance(sqlite3.connect(":memory:", factory=Own), Own)
with sqlite3.connect(":memory:") as other:
    other.executescript("SELECT 'cm1'; SELECT 1")
""",
        "sql,canary",
        [
            ["sql.execute", "SELECT 'ok1'"],
            ["sql.execute", "SELECT cm1(1, 2)"],
            ["canary.called", "cm1"],
            ["sql.execute", "SELECT 'cm1'; SELECT 1"],
        ],
    ),
    "hashes: broken ones, what they are fed with and give": (
        "hashes",
        """
import hashlib, hmac, sys
hashlib.md5(b"cm1").hexdigest()
other = hashlib.new("SHA-1" if False else "sha1")
other.update(b"ok1")
assert other.copy().digest() == hashlib.sha1(b"ok1").digest() and other.name == "sha1" and other.block_size == 64
hashlib.sha256(b"cm1").hexdigest()
hmac.new(b"cm1", b"cm1", hashlib.md5).hexdigest()
if sys.version_info >= (3, 9):
    hashlib.md5(b"cm1", usedforsecurity=False).hexdigest()
""",
        "hash",
        [[f"hash.{what}", number] for number in (1, 2, 3) for what in ("made", "fed", "out")],
    ),
    "randoms: the predictable generator, and no other": (
        "randoms",
        """
import random, secrets, tempfile
random.random(), random.choice("a"), random.Random(1).randint(7, 7)
random.SystemRandom().random(), random.SystemRandom().choice("a"), secrets.token_hex(), secrets.choice("a")
tempfile.NamedTemporaryFile().close()
""",
        "random",
        [["random.drawn", "random"], ["random.drawn", "choice", "a"], ["random.drawn", "randint", 7]],
    ),
    "logs: records as handlers write them": (
        "logs",
        """
import io, logging
logging.getLogger("a").info("%s came", "cm1")
logging.getLogger("a").debug("%s came", "cm1")
handler = logging.StreamHandler(io.StringIO())
handler.setFormatter(logging.Formatter("%(message)r"))
other = logging.getLogger("b")
other.propagate = False
other.addHandler(handler)
other.warning("cm1\\n")
""",
        "log",
        [["log.written", "INFO:a:cm1 came"], ["log.written", "'cm1\\n'"]],
    ),
    "modes and names: what others may write, and take": (
        "modes,names",
        """
import os, pathlib, tempfile
path = os.path.join(root, "a")
open(path, "w").close()
os.chmod(path, 0o777)
pathlib.Path(path).chmod(0o640)
tempfile.mktemp()
os.close(tempfile.mkstemp()[0])
""",
        "file,temp",
        [["file.mode", "chmod"], ["file.mode", "chmod"], ["temp.name", "mktemp"]],
    ),
    "comparing: by which function": (
        "comparing",
        """
import hmac, sys
text = sys.modules["casemate_runtime.arms.comparing"].Text("cm1")
text == "a secret", text.encode() != b"a secret", "a secret" == text
hmac.compare_digest(text, "a secret"), hmac.compare_digest(text.encode(), b"a secret")
text == "", text == text, {text: 1}[text]
""",
        "compared",
        [["compared.eq", "=="], ["compared.eq", "!="], ["compared.eq", "=="]],
    ),
    "keeping: the ends of files that were written": (
        "keeping",
        """
import os
with open("a", "w") as file:
    file.write("kept")
open(os.__file__).close()
""",
        "file",
        [["file.kept", "a", "kept"]],
    ),
    "wire: contexts of clients that ask, and that do not": (
        "wire",
        """
import socket, ssl
def begin(context):
    try:
        context.wrap_socket(socket.create_connection(("a.invalid", 443), timeout=5), server_hostname="a.invalid")
    except OSError:
        pass
begin(ssl.create_default_context())
begin(ssl._create_unverified_context())
assert socket.gethostbyname("b.invalid").startswith("127.")
""",
        "tls.wrap",
        [["tls.wrap", 1, True, True], ["tls.wrap", 2, False, False]],
    ),
    "wire: a library that compares the name itself, unless it is told not to": (
        "wire",
        """
import os, socket, ssl
code = '''
class HTTPSConnection:
    assert_hostname = None
    def connect(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        try:
            self.wrapped(context, socket.create_connection(("a.invalid", 443), timeout=5))
        except OSError:
            pass
    def wrapped(self, context, sock):
        context.wrap_socket(sock, server_hostname="a.invalid")
'''
exec(compile(code, os.path.join(root, "urllib3", "connection.py"), "exec"))
HTTPSConnection().connect()
told = HTTPSConnection()
told.assert_hostname = False
told.connect()
""",
        "tls.wrap",
        [["tls.wrap", 1, True, True], ["tls.wrap", 2, True, False]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", CASES)
def test_told(name, version):
    """Only the first arguments are compared: the rest are paths and figures of the run."""
    arms, code, names, expected = CASES[name]
    if "keeping" in arms and version == "3.7":
        pytest.skip("there are no audit events")
    command = [FOUND[version], "-B", "-c", SCRIPT, HERE, arms, code, names]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    told = [
        event for at, event in enumerate(told) if at == 0 or event != told[at - 1]
    ]  # `pathlib` opened twice, up to 3.9
    assert [event[: len(wanted)] for event, wanted in zip(told, expected, strict=False)] == expected
    assert len(told) == len(expected)
