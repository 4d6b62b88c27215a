"""What the first process of a sandbox is told: the plan (`proofs/runtime/supervisor.py`), and how that process is started."""

from __future__ import annotations

import contextlib
import marshal
import os
import resource
import secrets
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from casemate.adapters.sandbox.session import Started
from casemate.adapters.sandbox.watch import Gauge, descendants
from casemate.model.sandbox import RESULT, Amount, Harness, Job, Profile, Program
from casemate.proofs import runtime
from casemate.proofs.runtime.report import NONCE

COMPILED = "bytecode"
RUNTIME = str(Path(runtime.__file__).parent)
_RESULT_ENTRIES = 1_000
_MOMENT = 1.0  # seconds
_GIVEN_UP = 16  # processes: more there are not before the plan is sent
_SERVER_CPU = 3_600  # seconds of a fork server itself; each case has its own
_PACKAGE = (  # under a name of its own, so that no module of the target can stand in its place, nor the other way round
    "import sys; m = type(sys)('casemate_runtime'); m.__path__ = [sys.argv.pop(1)]; sys.modules[m.__name__] = m; "
)
_TAKE_UP = "from casemate_runtime.bytecode import take_up; take_up(sys.argv.pop(1)); "
_SUPERVISE = (
    _PACKAGE + _TAKE_UP + "from casemate_runtime.supervisor import main; main(int(sys.argv[1]), int(sys.argv[2]))"
)
_SCRIPT = _PACKAGE + "from casemate_runtime.script import main; main(int(sys.argv[1]))"
_COMPILE = _PACKAGE + "from casemate_runtime.compiling import main; main(sys.argv[1], sys.argv[2], sys.argv[3:])"
_BARE = ("-s", "-S", "-B", "-c")  # nothing of what is installed beside the standard library


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """How things look from inside. runtime: where `proofs/runtime` lies. folder, tmp: of the job. first: whether the first
    process is the first of a process namespace. supervisor: the interpreter of the first process. bytecode: files that were
    compiled beforehand, for the harness; known: those that the first process may take up, too. landlock: the least
    version of it that will do. filter: a seccomp program that the job applies to itself. processes: None for no limit of
    the account's processes.
    """

    runtime: str
    folder: str
    tmp: str
    first: bool
    supervisor: str
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    tcp: bool
    landlock: int
    bytecode: tuple[str, ...] = ()
    known: str = ""
    filter: bytes = b""
    processes: int | None = None
    data: int | None = None


def supervise(inside: Inside, wiring: Wiring) -> list[str]:
    """The command of the first process."""
    descriptors = str(wiring.plan_in), str(wiring.status_out)
    return [inside.supervisor, *_BARE, _SUPERVISE, inside.runtime, inside.known, *descriptors]


def compiling(interpreter: str, runtime: str, roots: tuple[str, ...]) -> Job:
    """The job that compiles beforehand what lies below these places, and what that imports (`proofs/runtime/compiling.py`)."""
    return Job(what=Program(argv=(interpreter, *_BARE, _COMPILE, runtime, f"{RESULT}/{COMPILED}", interpreter, *roots)))


def first_environment(job: Job) -> dict[str, str]:
    """What the first process gets: it also decides what cannot be changed later in a Python that a harness runs on."""
    return {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": dict(job.environment).get("PYTHONHASHSEED", "0")}


def encode(profile: Profile, job: Job, inside: Inside, wiring: Wiring, *, serve: bool) -> bytes:
    """The plan. serve: as a fork server, for cases that come by the channel."""
    what, limits = job.what, profile.limits
    harness: dict[str, object] | None = None
    argv: tuple[str, ...] = ()
    here = False
    if isinstance(what, Program):
        argv = what.argv
    else:
        here = inside.supervisor == profile.interpreter
        argv = (profile.interpreter, *_BARE, _SCRIPT, inside.runtime)
        harness = _harness(what, profile, inside, wiring, serve=serve)
    bounds = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits.tmp),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CPU, _SERVER_CPU if serve else limits.cpu),
        (resource.RLIMIT_MEMLOCK, 64 << 10),
        (resource.RLIMIT_MSGQUEUE, 0),
    ]
    if inside.processes is not None:
        bounds.append((resource.RLIMIT_NPROC, inside.processes))
    if inside.data is not None:
        bounds.append((resource.RLIMIT_DATA, inside.data))
    plan = {
        "folder": inside.folder,
        "result": RESULT,
        "result_bytes": limits.report,
        "result_entries": _RESULT_ENTRIES,
        "files": [(file.at, file.content) for file in job.files],
        "environment": _environment(job, inside),
        "argv": list(argv),
        "harness": harness,
        "here": here,
        "channel": wiring.channel_in,
        "first": inside.first,
        "limits": bounds,
        "readable": list(inside.readable),
        "writable": list(inside.writable),
        "tcp": inside.tcp,
        "landlock": inside.landlock,
        "filter": inside.filter,
    }
    return marshal.dumps(plan, 2)  # the version that every Python from 3.7 on reads


def check(profile: Profile, job: Job) -> None:
    """Raises ValueError for a job that does not fit the profile."""
    for file in job.files:
        for folder in profile.folders:
            if PurePosixPath(file.at).is_relative_to(folder.at) or PurePosixPath(folder.at).is_relative_to(file.at):
                raise ValueError(f"a file cannot be placed in what is lent read-only: {file.at!r} in {folder.at!r}")


def _harness(what: Harness, profile: Profile, inside: Inside, wiring: Wiring, *, serve: bool) -> dict[str, object]:
    limits = profile.limits
    return {
        "channel": wiring.channel_in,
        "nonce": wiring.nonce,
        "bytecode": list(inside.bytecode),
        "path": what.path,
        "arguments": list(what.arguments),
        "case": what.case,
        "serve": serve,
        "cpu": limits.cpu,
        "wall": limits.wall,
    }


def _environment(job: Job, inside: Inside) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": inside.tmp,
        "TMPDIR": inside.tmp,
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        **dict(job.environment),
    }


class Wiring:
    """The descriptors between the two sides of a sandbox: the inner ones are closed here once it has started, the outer ones
    when it has not. channel_in: of the harness, None for a program."""

    def __init__(self, job: Job) -> None:
        self._inner = contextlib.ExitStack()
        self._outer = contextlib.ExitStack()
        self.nonce = secrets.token_bytes(NONCE)
        self._channel: socket.socket | None = None
        self._theirs: socket.socket | None = None
        if isinstance(job.what, Harness):  # packets, so that nothing can be spliced into a message
            self._channel, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._outer.callback(self._channel.close)
            self._inner.callback(self._theirs.close)
        self.channel_in = None if self._theirs is None else self._theirs.fileno()
        self.plan_in, self._plan_out = self._pipe(inner=0)
        self._status_in, self.status_out = self._pipe(inner=1)

    def from_inside(self) -> tuple[IO[bytes], int]:
        """A pipe that something inside writes to while it starts: what is read, and the descriptor that it inherits."""
        reading, writing = os.pipe()
        self._inner.callback(os.close, writing)
        return self._outer.enter_context(os.fdopen(reading, "rb")), writing

    def to_inside(self, content: bytes) -> int:
        """The descriptor, to be inherited, of a pipe that holds this: at most 64 KiB."""
        reading, writing = os.pipe()
        self._inner.callback(os.close, reading)
        with os.fdopen(writing, "wb") as file:
            file.write(content)
        return reading

    def _pipe(self, *, inner: int) -> tuple[int, int]:
        ends = os.pipe()
        self._inner.callback(os.close, ends[inner])
        self._outer.callback(os.close, ends[1 - inner])
        return ends

    def start(self, command: list[str], job: Job, *inner: int) -> subprocess.Popen[bytes]:
        """The first process of ours outside of the sandbox. inner: further descriptors that it inherits. Raises OSError."""
        inherited = [self.plan_in, self.status_out, *inner]
        if self.channel_in is not None:
            inherited.append(self.channel_in)
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=first_environment(job),
            cwd="/",
            pass_fds=inherited,
            start_new_session=True,
        )
        self._inner.close()  # so that the end of each is seen here
        return process

    def started(
        self,
        process: subprocess.Popen[bytes],
        gauge: Gauge,
        end: Callable[[int | None], None],
        amounts: Callable[[], Amount | None],
    ) -> Started:
        """The outer side, handed over."""
        streams = []
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            streams.append(os.dup(stream.fileno()))
            stream.close()
        self._outer.pop_all()
        return Started(
            plan=self._plan_out,
            status=self._status_in,
            stdin=streams[0],
            stdout=streams[1],
            stderr=streams[2],
            channel=self._channel,
            nonce=self.nonce,
            gauge=gauge,
            end=end,
            amounts=amounts,
        )

    def __enter__(self) -> Wiring:
        return self

    def __exit__(self, *exc: object) -> None:
        self._inner.close()
        self._outer.close()


def last_words(process: subprocess.Popen[bytes]) -> str:
    """What a process that did not start said, in one line."""
    assert process.stderr is not None
    return " ".join(process.stderr.read(4096).decode("utf-8", "replace").split()) or "it did not start"


def give_up(process: subprocess.Popen[bytes]) -> None:
    """End a process that is of no use, and what it has started: without it that would wait for ever."""
    started = descendants(process.pid, _GIVEN_UP)[1:]
    for pid in started:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if not started:
        process.kill()
    try:
        process.communicate(timeout=_MOMENT)  # it sees that, and ends
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def given_up(process: subprocess.Popen[bytes], after: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Whatever is raised here, the process does not stay; after: what to do then."""
    try:
        yield
    except BaseException:
        give_up(process)
        after()
        raise
