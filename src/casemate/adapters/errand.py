"""A piece of work in a process of its own, that says how far it is and can be ended: both ends of it.

The work is a fresh interpreter, not a fork: whoever waits for it has threads. It is started without the current folder in its
path of modules, which may be a target. Parent and child speak JSON, one message a line: the request on the child's standard
input, which stays open as a lifeline (when it closes, however the parent ended, the child ends as on SIGTERM), and messages on
its standard output. What else would write there goes to standard error.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType
from typing import Any

from casemate.model.errors import CasemateError, EnvironmentFault, UserError, raised_at

Message = dict[str, Any]
Act = Callable[[Mapping[str, Any], Callable[[Message], None]], Message]

GRACE = 20.0  # seconds to let go of everything and to record how it ended
MAX_MESSAGE = 256 * 1024 * 1024  # bytes of one message
_CHUNK = 1 << 16


class Stopped(KeyboardInterrupt):
    """The work is to end now: everything is let go of as for Ctrl-C."""


class Errand:
    """The parent's end. descriptor: becomes readable when there is something to receive."""

    def __init__(self, module: str, request: Mapping[str, Any]) -> None:
        """Start it. module: has a `main` that calls `serve`. Raises EnvironmentFault when there can be no further process."""
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,  # Ctrl-C is the parent's, and the group can be ended as a whole
            )
        except OSError as error:
            raise EnvironmentFault(f"cannot start a process: {error.strerror}", "end others, and try again") from error
        assert self._process.stdin is not None and self._process.stdout is not None
        self._life = os.pidfd_open(self._process.pid)
        self.descriptor = self._process.stdout.fileno()
        self._received = bytearray()
        rest = memoryview(json.dumps(request).encode() + b"\n")
        with suppress(BrokenPipeError):  # it died: `receive` shows that
            while rest:
                rest = rest[os.write(self._process.stdin.fileno(), rest) :]

    def receive(self) -> list[Message] | None:
        """The messages that have arrived; None when there will be no more. Call when readable."""
        chunk = os.read(self.descriptor, _CHUNK)
        if not chunk:
            return None
        self._received += chunk
        if len(self._received) > MAX_MESSAGE:
            raise EnvironmentFault("the answer is larger than can be held", "ask for less at a time")
        if b"\n" not in chunk:
            return []
        *lines, rest = self._received.split(b"\n")
        self._received = rest
        return [json.loads(line) for line in lines]

    def stop(self, grace: float = GRACE) -> int:
        """End it if it lives, first by asking, and whatever it left. The exit code, as `subprocess` has it."""
        process = self._process
        try:
            if not self._ended(0):
                process.send_signal(signal.SIGTERM)
                self._drain()
                self._ended(grace)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # not waited for yet, so that the number is still its own
            process.wait()
            os.close(self._life)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        return process.returncode

    def _ended(self, timeout: float) -> bool:
        """Whether it ends within that many seconds."""
        return bool(select.select([self._life], [], [], timeout)[0])

    def _drain(self) -> None:
        """Let go of our end of its output, so that it does not wait for a reader."""
        assert self._process.stdout is not None
        nowhere = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        os.dup2(nowhere, self.descriptor, inheritable=False)
        os.close(nowhere)


def serve(act: Act) -> None:
    """The child's end: take the request, act, and send what comes of it. act: is handed the request and a way to send messages,
    and returns the last one."""
    sys.stdout.flush()
    out = os.dup(1)
    os.dup2(2, 1)  # nothing but messages comes to the parent
    signal.signal(signal.SIGTERM, _stop)
    try:
        request = json.loads(_line())
        _hang_on()
        last = _answered(act, request, lambda message: _send(out, message))
    except Stopped:
        sys.exit(128 + signal.SIGTERM)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is done, and recorded
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    with suppress(BrokenPipeError):
        _send(out, last)


def _answered(act: Act, request: Mapping[str, Any], send: Callable[[Message], None]) -> Message:
    try:
        return {"answer": act(request, send)}
    except CasemateError as error:
        return {"error": str(error), "fault": not isinstance(error, UserError)}
    except BrokenPipeError:
        raise Stopped from None
    except Exception as error:
        said = f"a fault of our own{raised_at(error)}: {type(error).__name__}"
        return {"error": f"{said}; please report it with what the command line shows for the same", "fault": True}


def _send(out: int, message: Message) -> None:
    rest = memoryview(json.dumps(message).encode() + b"\n")
    while rest:
        rest = rest[os.write(out, rest) :]


def _line() -> bytes:
    """One line from standard input, and not a byte beyond."""
    line = bytearray()
    while not line.endswith(b"\n"):
        chunk = os.read(0, _CHUNK)
        if not chunk:
            raise Stopped
        line += chunk
    return bytes(line)


def _hang_on() -> None:
    """End when the parent's end of standard input closes, however that comes."""
    signal.signal(signal.SIGIO, _stop)
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:  # it closed before the kernel was told
        raise Stopped


def _stop(number: int, frame: FrameType | None) -> None:
    for one in (signal.SIGTERM, signal.SIGIO):
        signal.signal(one, signal.SIG_IGN)  # once is enough: a second one would break into the letting go
    raise Stopped
