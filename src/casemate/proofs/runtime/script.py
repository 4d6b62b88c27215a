"""Runs a harness on the target's interpreter: once, or as a fork server that is warm after the file has run.

A warm server forks for each case, so that what a case breaks is gone after it. The server has imported the target, so it is no
witness: its runs are for searching, and what they find is confirmed in a fresh sandbox. Standard library only, Python 3.7 and
later.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # `signal` makes enumerations: half the cost of an interpreter
import marshal
import os
import resource
import struct
import sys
import time

from . import bytecode, confine, report

TYPE_CHECKING = False  # `typing` and `collections` cost a tenth of an interpreter's start
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def main(plan_descriptor: int) -> None:
    """A fresh interpreter's way in: the plan comes by a descriptor, which is closed at once."""
    with os.fdopen(plan_descriptor, "rb") as file:
        plan = marshal.loads(file.read())
    run(plan)


def run(plan: dict[str, Any]) -> None:
    """Run the harness that the plan names, in this process, as its main program."""
    for place in plan["bytecode"]:
        bytecode.take_up(place)
    from site import main as site

    send, begin = report.open_channel(plan["channel"], plan["nonce"])
    site()
    sys.argv[:] = [plan["path"], *plan["arguments"]]
    sys.path.insert(0, os.path.dirname(os.path.abspath(plan["path"])))
    names = _execute(plan["path"])
    if plan["serve"]:
        server = _Server(plan["channel"], send, begin, names["case"])
        server.serve(plan["cpu"], plan["wall"])
    elif plan["case"] is not None:
        _one(
            names["case"], plan["case"]
        )  # and ends as a server's does: what a target has set up for the end takes time


def _execute(path: str) -> dict[str, Any]:
    """Run the file as the main module; its names."""
    module = type(sys)("__main__")
    module.__file__ = path
    module.__builtins__ = __builtins__  # type: ignore[attr-defined]
    sys.modules["__main__"] = module
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    exec(code, module.__dict__)
    return module.__dict__


class _Server:
    """Forks for each case that comes, and says how each ended. Ends when the other side is gone."""

    def __init__(
        self, channel: int, send: report.Send, begin: Callable[[int], None], case: Callable[[bytes], None]
    ) -> None:
        self._channel = channel
        self._send = send
        self._begin = begin
        self._case = case
        self._ready = getattr(case, "ready", None)

    def serve(self, cpu: int, wall: float) -> None:
        """Until there are no more cases. cpu, wall: seconds for each."""
        confine.prctl(confine.PR_SET_CHILD_SUBREAPER, 1)
        _signal.pthread_sigmask(_signal.SIG_BLOCK, [_signal.SIGCHLD])
        self._send(report.READY, b"")
        number = 0
        while True:
            data = self._receive()
            if data is None:
                return
            number += 1
            self._begin(number)
            sys.stdout.flush()
            sys.stderr.flush()
            child = os.fork()
            if child == 0:
                _one(self._case, data, cpu)
            status = _wait(child, wall)
            self._begin(number)
            gone = _end_all()
            if status == 0 and self._ready is not None:
                self._ready(data)  # what this case has imported without harm, the next ones need not import again
            self._send(report.DONE, struct.pack("!iB", status, gone))

    def _receive(self) -> bytes | None:
        data = b""
        while True:
            message = os.read(self._channel, 2 * report.PIECE)
            if not message:
                return None
            data += message[1:]
            if message[0] != report.MORE:
                return data


def _one(case: Callable[[bytes], None], data: bytes, cpu: int | None = None) -> None:
    """The rest of the life of a process: one case. cpu: seconds for it, of a server's, None for those of the process."""
    code = 0
    try:
        if cpu is not None:
            used = resource.getrusage(resource.RUSAGE_SELF)
            confine.limit([(resource.RLIMIT_CPU, cpu + int(used.ru_utime + used.ru_stime))])
            _signal.pthread_sigmask(_signal.SIG_SETMASK, [])
        case(data)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                code = code or 120
        os._exit(code & 255)


TIMED_OUT = 0x10000
"""In place of a wait status: the clock ran out."""


def _wait(child: int, wall: float) -> int:
    ends = time.monotonic() + wall
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        left = ends - time.monotonic()
        if left <= 0:
            os.kill(child, _signal.SIGKILL)
            os.waitpid(child, 0)
            return TIMED_OUT
        _signal.sigtimedwait([_signal.SIGCHLD], left)


def _end_all() -> bool:
    """End what the case has left running; whether nothing of it is left. Orphans come to this process, their reaper."""
    for _ in range(1000):
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return True
        try:
            with open(f"/proc/self/task/{os.getpid()}/children", "rb") as file:
                left = [int(word) for word in file.read().split()]
        except OSError:
            return False
        for pid in left:
            os.kill(pid, _signal.SIGKILL)
        _signal.sigtimedwait([_signal.SIGCHLD], 0.01)
    return False
