"""What the first process of a sandbox is told: the plan (`proofs/runtime/supervisor.py`), and how that process is started."""

from __future__ import annotations

import marshal
import os
import resource
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from casemate.model.sandbox import RESULT, Harness, Job, Profile, Program
from casemate.proofs import runtime

RUNTIME = str(Path(runtime.__file__).parent)
_RESULT_ENTRIES = 1_000
_SERVER_CPU = 3_600  # seconds of a fork server itself; each case has its own
_PACKAGE = (  # under a name of its own, so that no module of the target can stand in its place, nor the other way round
    "import sys; m = type(sys)('casemate_runtime'); m.__path__ = [sys.argv.pop(1)]; sys.modules[m.__name__] = m; "
)
_SUPERVISE = _PACKAGE + "from casemate_runtime.supervisor import main; main(int(sys.argv[1]), int(sys.argv[2]))"
_SCRIPT = _PACKAGE + "from casemate_runtime.script import main; main(int(sys.argv[1]))"
_BARE = ("-s", "-S", "-B", "-c")  # nothing of what is installed beside the standard library


class Unavailable(Exception):
    """This machine has no such sandbox; why, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """How things look from inside. runtime: where `proofs/runtime` lies. folder, tmp: of the job. first: whether the first
    process is the first of a process namespace. supervisor: the interpreter of the first process. landlock: the least
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
    filter: bytes = b""
    processes: int | None = None
    data: int | None = None


def supervise(inside: Inside, plan: int, status: int) -> list[str]:
    """The command of the first process. plan, status: descriptors that it inherits."""
    return [inside.supervisor, *_BARE, _SUPERVISE, inside.runtime, str(plan), str(status)]


def first_environment(job: Job) -> dict[str, str]:
    """What the first process gets: it also decides what cannot be changed later in a Python that a harness runs on."""
    return {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": dict(job.environment).get("PYTHONHASHSEED", "0")}


def encode(profile: Profile, job: Job, inside: Inside, *, channel: int | None, nonce: bytes, serve: bool) -> bytes:
    """The plan. serve: as a fork server, for cases that come by the channel."""
    what, limits = job.what, profile.limits
    for file in job.files:
        _check_place(file.at, profile)
    harness: dict[str, object] | None = None
    argv: tuple[str, ...] = ()
    here = False
    if isinstance(what, Program):
        argv = what.argv
    else:
        here = inside.supervisor == profile.interpreter
        argv = (profile.interpreter, *_BARE, _SCRIPT, inside.runtime)
        harness = _harness(what, profile, channel=channel, nonce=nonce, serve=serve)
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
        "channel": channel,
        "first": inside.first,
        "limits": bounds,
        "readable": list(inside.readable),
        "writable": list(inside.writable),
        "tcp": inside.tcp,
        "landlock": inside.landlock,
        "filter": inside.filter,
    }
    return marshal.dumps(plan, 2)  # the version that every Python from 3.7 on reads


def _check_place(at: str, profile: Profile) -> None:
    for folder in profile.folders:
        if PurePosixPath(at).is_relative_to(folder.at) or PurePosixPath(folder.at).is_relative_to(at):
            raise ValueError(f"a file cannot be placed in what is lent read-only: {at!r} in {folder.at!r}")


def _harness(what: Harness, profile: Profile, *, channel: int | None, nonce: bytes, serve: bool) -> dict[str, object]:
    limits = profile.limits
    return {
        "channel": channel,
        "nonce": nonce,
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


def harness_channel(job: Job) -> tuple[socket.socket | None, socket.socket | None]:
    """Both ends of what a harness reports by: packets, so that nothing can be spliced into a message."""
    if not isinstance(job.what, Harness):
        return None, None
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def streams(process: subprocess.Popen[bytes]) -> dict[str, int]:
    """The ends of a process's streams, which are its owner's to close from now on."""
    found = {}
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(process, name)
        found[name] = os.dup(stream.fileno())
        stream.close()
    return found


def close_all(descriptors: Sequence[int]) -> None:
    """Close descriptors that may be closed already."""
    for descriptor in descriptors:
        try:
            os.close(descriptor)
        except OSError:
            continue
