"""One worker process: a forked copy of this one that runs a task on the items it is sent, and answers for each.

Forked, not spawned: it is at work after 2 to 5 ms, where a fresh interpreter needs 150 ms and more for its imports, which
would be most of the time of a small scan. A copy of a process with several threads may hold locks that nobody will ever
release; a worker therefore touches nothing but its pipes and the task, which is a pure function, and a worker that hangs all the
same runs into the executor's fuse. It never returns into the code that forked it.

A worker dies with its parent, however that dies: the kernel sends SIGIO when the last writing end of the lifeline closes. Its
time is limited by the kernel too (SIGPROF), since a parser that does not come back cannot be asked to look at the clock.
"""

from __future__ import annotations

import contextlib
import faulthandler
import fcntl
import gc
import os
import pickle
import resource
import select
import signal
import struct
import warnings
from collections import deque
from collections.abc import Callable
from typing import Generic, NamedTuple, NoReturn

from casemate.ports import Item, Result

_HEADER = struct.Struct("!Q")
_CHUNK = 1 << 20  # bytes read at once, and held by the pipe for answers
_HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Limits(NamedTuple):
    """timeout: seconds of CPU time for one item. memory: bytes of address space on top of the parent's."""

    timeout: float
    memory: int


class Answer(NamedTuple, Generic[Result]):
    """result: what the task returned; None when it raised, and why in one line."""

    result: Result | None
    error: str


class Worker(Generic[Item, Result]):
    """The parent's end. assigned: numbered items sent and not answered yet; the first is the one being worked on."""

    def __init__(self, task: Callable[[Item], Result], limits: Limits, lifeline: tuple[int, int]) -> None:
        """Raises OSError when there can be no further process."""
        self.assigned: deque[tuple[int, Item]] = deque()
        self._received = bytearray()
        requests, self._requests = os.pipe()
        self.answers, answers = os.pipe()
        # So that a worker need not wait while the parent is busy; refused to a user who has too much of it already.
        with contextlib.suppress(OSError):
            fcntl.fcntl(answers, fcntl.F_SETPIPE_SZ, _CHUNK)
        # What arrives meanwhile is for the parent, and is to find the worker on record.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # several threads: see above
                self._pid = os.fork()
            if self._pid == 0:
                _live(task, limits, requests, answers, lifeline)
        except OSError:
            os.close(self._requests)
            os.close(self.answers)
            raise
        finally:
            os.close(requests)
            os.close(answers)
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    def send(self, batch: list[tuple[int, Item]]) -> None:
        """Give work to a worker that has none: it is waiting, so this does not block. Its death shows in `receive`."""
        self.assigned.extend(batch)
        try:
            _send(self._requests, pickle.dumps([item for _, item in batch], pickle.HIGHEST_PROTOCOL))
        except BrokenPipeError:
            return

    def receive(self) -> list[Answer[Result]] | None:
        """The answers that have arrived, in the order of the items; None when the worker is dead. Call when readable."""
        chunk = os.read(self.answers, _CHUNK)
        if not chunk:
            return None
        self._received += chunk
        answers: list[Answer[Result]] = []
        start = 0
        while len(self._received) >= start + _HEADER.size:
            end = start + _HEADER.size + _HEADER.unpack_from(self._received, start)[0]
            if len(self._received) < end:
                break
            with memoryview(self._received) as view:
                answers.append(Answer(*pickle.loads(view[start + _HEADER.size : end])))
            start = end
        del self._received[:start]
        return answers

    def end(self) -> int:
        """Kill it if it lives. The signal that ended it, 0 for none, -1 when unknown."""
        os.close(self._requests)
        os.close(self.answers)
        try:
            # Asked first: where SIGCHLD is ignored nothing is kept of the dead, and their number may be another's by now.
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid == 0:
                os.kill(self._pid, signal.SIGKILL)
                status = os.waitpid(self._pid, 0)[1]
        except (ProcessLookupError, ChildProcessError):
            return -1
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def _live(
    task: Callable[[Item], Result], limits: Limits, requests: int, answers: int, lifeline: tuple[int, int]
) -> NoReturn:
    """The whole life of the child."""
    try:
        _settle(limits, lifeline)
        while received := _receive(requests):
            for item in pickle.loads(received):
                _send(answers, _answer(task, item, limits.timeout))
    finally:
        os._exit(0)


def _settle(limits: Limits, lifeline: tuple[int, int]) -> None:
    """Undo what the parent arranged for itself, and bind this process to the parent's life and to its limits."""
    signal.set_wakeup_fd(-1)
    for number in _HANDLED:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)  # Ctrl-C is the parent's
    for number in (signal.SIGIO, signal.SIGPROF):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.close(lifeline[1])
    # Whom the kernel tells belongs to the open file, which all forks share: this process wants its own.
    reading = os.open(f"/proc/self/fd/{lifeline[0]}", os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reading, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
    if select.select([reading], [], [], 0)[0]:  # the parent died before the kernel was told
        os._exit(0)
    faulthandler.disable()
    silence = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(silence, standard)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit(resource.RLIMIT_AS, _address_space() + limits.memory)
    gc.freeze()  # what was there before is shared with the parent: leave it alone


def _limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _address_space() -> int:
    """Bytes mapped by this process."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123
        return int(statm.read().split()[0]) * resource.getpagesize()


def _answer(task: Callable[[Item], Result], item: Item, timeout: float) -> bytes:
    signal.setitimer(signal.ITIMER_PROF, timeout)
    try:
        return pickle.dumps((task(item), ""), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        message = " ".join(str(error).split())[:200]
        return pickle.dumps((None, f"{type(error).__name__}: {message}" if message else type(error).__name__))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _send(pipe: int, message: bytes) -> None:
    for part in (_HEADER.pack(len(message)), message):
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(pipe, rest) :]


def _receive(pipe: int) -> bytes:
    """One message; b"" when the other end is closed."""
    header = _read(pipe, _HEADER.size)
    return _read(pipe, _HEADER.unpack(header)[0]) if header else b""


def _read(pipe: int, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        chunk = os.read(pipe, min(size - len(parts), _CHUNK))
        if not chunk:
            return b""
        parts += chunk
    return bytes(parts)
