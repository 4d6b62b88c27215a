"""The first process in a sandbox: starts the job in a child that it confines, and says from outside of that how it ended.

The child can neither look into this process nor signal it, and has none of its descriptors, so how the job ended and what it
left behind is told by somebody whom the job cannot be. What is said goes by a pipe, in frames: one byte for the kind, four for
the size. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # `signal` makes enumerations: half the cost of an interpreter
import marshal
import os
import select
import stat
import struct

from . import confine

TYPE_CHECKING = False  # `typing` costs a tenth of an interpreter's start
if TYPE_CHECKING:
    from typing import Any, NoReturn

FRAME = struct.Struct("!cI")
STARTED, HELD, FAILED, ENDED, FILE, OMITTED, COMPLETE = b"P", b"L", b"X", b"E", b"F", b"O", b"Z"
END = struct.Struct("!iddq")  # wait status, seconds of user and system time, kilobytes at most
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_DEEPEST = 16


def main(plan_descriptor: int, status_descriptor: int) -> None:
    """Run the job of the plan. Returns only in the process of a harness that this interpreter runs itself."""
    lifeline = plan_descriptor
    plan = marshal.loads(_exactly(lifeline, struct.unpack("!I", _exactly(lifeline, 4))[0]))
    own_group = not plan["first"]
    confine.prctl(confine.PR_SET_DUMPABLE, 0)
    confine.prctl(confine.PR_SET_CHILD_SUBREAPER, 1)
    confine.prctl(confine.PR_SET_NO_NEW_PRIVS, 1)
    for at, content in plan["files"]:
        _place(os.path.join(plan["folder"], at), content)
    os.makedirs(os.path.join(plan["folder"], plan["result"]), exist_ok=True)
    waking, woken = os.pipe()
    os.set_blocking(woken, False)
    results = os.open(os.path.join(plan["folder"], plan["result"]), _FOLDER)
    child = os.fork()
    if child == 0:
        for descriptor in (waking, woken, results):
            os.close(descriptor)
        try:
            script = _become_job(plan, lifeline, status_descriptor)
        except BaseException as error:
            _tell(status_descriptor, FAILED, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
            os._exit(125)
        from .script import run

        run(script)
        return
    _tell(status_descriptor, STARTED, b"%d" % child)
    _let_go(plan.get("channel"))
    _signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    _signal.signal(_signal.SIGCHLD, lambda number, frame: None)
    end = _watch(child, lifeline, waking, own_group)
    _end_all(own_group)
    _tell(status_descriptor, ENDED, end)
    _hand_back(results, status_descriptor, plan["result_bytes"], plan["result_entries"])
    _tell(status_descriptor, COMPLETE, b"")
    os._exit(0)


def _exactly(descriptor: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = os.read(descriptor, size - len(data))
        if not piece:
            os._exit(0)  # whoever started this is gone
        data += piece
    return data


def _tell(descriptor: int, kind: bytes, payload: bytes) -> None:
    data = FRAME.pack(kind, len(payload)) + payload
    while data:
        data = data[os.write(descriptor, data) :]


def _place(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def _let_go(channel: Any) -> None:
    """Keep nothing of the job's streams, so that their end is seen when the job is gone."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    if channel is not None:
        os.close(channel)


def _become_job(plan: dict[str, Any], lifeline: int, status: int) -> dict[str, Any]:
    """Confine this process; then become the program, or return what the harness needs that this interpreter runs."""
    if plan["first"]:
        os.setsid()
    else:
        os.setpgid(0, 0)
    confine.prctl(confine.PR_SET_PDEATHSIG, _signal.SIGKILL)
    os.chdir(plan["folder"])
    os.environ.clear()
    os.environ.update(plan["environment"])
    os.umask(0o022)
    harness = plan["harness"]
    kept = [] if harness is None else [plan["channel"]]
    command, script = list(plan["argv"]), -1
    if harness is not None and not plan["here"]:
        script = _memory_file(marshal.dumps(harness, 2))
        kept.append(script)
        command = [*command, str(script)]
    confine.limit(plan["limits"])
    confine.no_capabilities()
    readable = [*plan["readable"], f"/proc/{os.getpid()}"]
    held = confine.landlock(readable, plan["writable"], tcp=plan["tcp"])
    _tell(status, HELD, b"%d" % held)
    if held < plan["landlock"]:
        raise OSError(f"Landlock {plan['landlock']} is wanted, and there is {held}")
    if harness is None or not plan["here"]:
        for descriptor in kept:
            os.set_inheritable(descriptor, True)
    if plan["filter"]:
        confine.seccomp(plan["filter"])
    if harness is not None and plan["here"]:
        _close_others([*kept])
        confine.prctl(confine.PR_SET_DUMPABLE, 1)
        return dict(harness)
    os.set_inheritable(status, False)  # so that a program that cannot be started is told
    _close_others([*kept, status])
    return _become(command)


def _become(command: list[str]) -> NoReturn:
    os.execve(command[0], command, os.environ)


def _memory_file(content: bytes) -> int:
    """A pipe that holds the content: what a harness is to know and nobody else is to find."""
    reading, writing = os.pipe()
    if len(content) <= 4096:
        os.write(writing, content)
    elif os.fork() == 0:  # more than a pipe is sure to hold: somebody has to wait for the reader
        os.close(reading)
        _close_others([writing])
        with os.fdopen(writing, "wb") as file:
            file.write(content)
        os._exit(0)
    os.close(writing)
    return reading


def _close_others(kept: list[int]) -> None:
    low = 3
    for descriptor in sorted(kept):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, 4096)


def _watch(child: int, lifeline: int, waking: int, own_group: bool) -> bytes:
    """Wait for the child, and reap who else ends; end all when whoever started this is gone."""
    while True:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is not None and ended.si_pid == child:
            if own_group:
                os.killpg(child, _signal.SIGKILL)  # before its number can become another's
            _, status, used = os.wait4(child, 0)
            return END.pack(status, used.ru_utime, used.ru_stime, used.ru_maxrss)
        if ended is not None:
            os.waitpid(ended.si_pid, 0)
            continue
        ready = select.select([lifeline, waking], [], [])[0]
        if lifeline in ready:
            if own_group:
                os.killpg(child, _signal.SIGKILL)
            os._exit(0)  # and with the first process of a namespace all others end
        os.read(waking, 4096)


def _end_all(own_group: bool) -> None:
    """End what is left of the job, and wait until it is gone. A group of its own was ended with its leader."""
    while True:
        if not own_group:
            try:
                os.kill(-1, _signal.SIGKILL)  # this is the first process of its namespace: all but itself
            except ProcessLookupError:
                pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _hand_back(results: int, status: int, most: int, entries: int) -> None:
    """Send the regular files of the result folder, in order. Nobody else is alive; links are not followed all the same."""
    todo = [(results, b"")]
    while todo:
        folder, below = todo.pop()
        for name in sorted(os.listdir(folder)):
            shown = below + os.fsencode(name)
            entries -= 1
            opened = _open(name, folder) if entries >= 0 else None
            if opened is not None and stat.S_ISDIR(os.fstat(opened).st_mode) and below.count(b"/") < _DEEPEST:
                todo.append((opened, shown + b"/"))
                continue
            content = None if opened is None else _regular(opened, most)
            if content is None:
                _tell(status, OMITTED, shown)
            else:
                most -= len(content)
                _tell(status, FILE, shown + b"\0" + content)
            if entries < 0:
                return
        os.close(folder)


def _open(name: str, folder: int) -> int | None:
    """A descriptor of a regular file or folder; None for anything else, and for what cannot be read."""
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            return None
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None


def _regular(opened: int, most: int) -> bytes | None:
    """The content of an open regular file that is no larger than that; closes it."""
    with os.fdopen(opened, "rb") as file:
        about = os.fstat(opened)
        return file.read(most) if stat.S_ISREG(about.st_mode) and about.st_size <= most else None
