"""The self test: every wall is tried in the very profile that will be used, before anything is run in it.

Each attempt that must fail has its control: the same, made by this process, succeeds. So a machine on which nobody can
connect or read at all does not pass for one that is sealed.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from casemate.model.sandbox import (
    Examination,
    Finished,
    Harness,
    Job,
    OutOfMemory,
    PlacedFile,
    Profile,
    Run,
    Wall,
)
from casemate.ports import Sandbox

_PROBE = b"""
import json, socket, sys
from casemate_runtime.report import claim

report = claim()
port, path, secret = int(sys.argv[1]), sys.argv[2], sys.argv[3]
seen = {}

def attempt(name, act):
    try:
        act()
    except BaseException as error:
        seen[name] = "refused: " + type(error).__name__
    else:
        seen[name] = "done"

def connect():
    socket.create_connection(("127.0.0.1", port), timeout=2).close()

def read():
    with open(path) as file:
        assert file.read() == secret

def write():
    with open(path, "r+") as file:
        file.write("x")

def set_kernel():
    import os
    os.close(os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))

def unshare():
    import ctypes
    if ctypes.CDLL(None, use_errno=True).unshare(0x10000000) != 0:
        raise OSError(ctypes.get_errno(), "unshare")

attempt("connect", connect)
attempt("read", read)
attempt("write", write)
attempt("unshare", unshare)
attempt("set", set_kernel)
report(json.dumps(seen).encode())
"""
_BAD = b"""
import os
from casemate_runtime.report import claim

claim()(b"about to abort")
os.abort()
"""
_HUNGRY = b"""
from casemate_runtime.report import claim

claim()(b"eating")
held = []
for _ in range(%d):
    held.append(bytearray(b"x") * (16 << 20))
"""

_ENOUGH = 128 << 20
"""Bytes of memory that show whether a limit holds: to fill a profile's whole memory takes as long as all other attempts."""


def examine(sandbox: Sandbox, profile: Profile) -> Examination:
    """Try every wall. An attempt of ours that goes wrong counts as a wall that does not hold."""
    walls: list[Wall] = []
    try:
        walls += _attempts(sandbox, profile)
        walls.append(_bad(_run(sandbox, profile, _BAD)))
        limits = replace(profile.limits, memory=min(profile.limits.memory, _ENOUGH))
        pieces = 2 * limits.memory // (16 << 20) + 1
        walls.append(_hungry(_run(sandbox, replace(profile, limits=limits), _HUNGRY % pieces)))
    except OSError as error:
        walls.append(Wall(name="self test", failed=f"{type(error).__name__}: {error}"))
    return Examination(sandbox=sandbox.name, walls=tuple(walls))


def _run(sandbox: Sandbox, profile: Profile, code: bytes, *arguments: str) -> Run:
    job = Job(
        what=Harness(path="selftest.py", arguments=arguments), files=(PlacedFile(at="selftest.py", content=code),)
    )
    return sandbox.run(profile, job)


@dataclass(frozen=True, slots=True)
class _Bait:
    """What the attempts are made on: a port of this machine, and a file of this account with a secret in it."""

    server: socket.socket
    path: str
    secret: str

    @property
    def port(self) -> int:
        """Where the server listens."""
        return int(self.server.getsockname()[1])

    def reached(self) -> bool:
        """Whether anybody has connected since the last look."""
        try:
            self.server.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def changed(self) -> bool:
        """Whether the file is another than it was."""
        return Path(self.path).read_text() != self.secret


@contextlib.contextmanager
def _bait() -> Iterator[_Bait]:
    secret = secrets.token_hex(16)
    with socket.create_server(("127.0.0.1", 0)) as server, tempfile.NamedTemporaryFile("w") as file:
        file.write(secret)
        file.flush()
        server.setblocking(False)
        bait = _Bait(server, file.name, secret)
        socket.create_connection(("127.0.0.1", bait.port), timeout=2).close()
        if not bait.reached() or bait.changed():
            raise ConnectionError("not even this process can connect and read, so it means nothing that others cannot")
        yield bait


def _attempts(sandbox: Sandbox, profile: Profile) -> Iterator[Wall]:
    with _bait() as bait:
        run = _run(sandbox, profile, _PROBE, str(bait.port), bait.path, bait.secret)
        outside = {"connect": bait.reached(), "write": bait.changed()}
    if not isinstance(run, Finished) or run.exit_code or len(run.seen.reports) != 1:
        yield Wall(name="a good program passes", failed=_words(run))
        return
    yield Wall(name="a good program passes")
    seen = json.loads(run.seen.reports[0])
    for act, name in (
        ("connect", "the network is out of reach"),
        ("read", "a file of the machine cannot be read"),
        ("write", "a file of the machine cannot be written"),
        ("unshare", "there are no user namespaces inside"),
        ("set", "the kernel's settings cannot be written"),
    ):
        answer = "noticed outside" if outside.get(act) else str(seen.get(act, "not tried"))
        yield Wall(name=name, failed="" if answer.startswith("refused") else answer)


def _bad(run: Run) -> Wall:
    good = isinstance(run, Finished) and run.signal == 6 and run.seen.reports == (b"about to abort",)
    return Wall(name="a bad program gives its report", failed="" if good else _words(run))


def _hungry(run: Run) -> Wall:
    good = isinstance(run, OutOfMemory) and run.seen.reports == (b"eating",)
    return Wall(name="the limit of memory holds", failed="" if good else _words(run))


def _words(run: Run) -> str:
    text = " ".join(repr(run).split())
    return text if len(text) < 400 else f"{text[:400]}…"
