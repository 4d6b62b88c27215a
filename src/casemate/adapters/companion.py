"""A companion: a forked copy of this process that works on one task beside it, while both tell each other what they have found.

Neither waits for the other. What is sent is taken by the pipe, or kept until there is room; what has arrived is there to be
asked for. A companion lives and dies as a worker does (`worker`): with its parent, and within limits that the kernel holds.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import warnings
from collections import deque
from collections.abc import Callable
from typing import NoReturn

from casemate.adapters.worker import CHUNK, HANDLED, Limits, kill, settle
from casemate.model.companion import Exchange

_HEADER = struct.Struct("!Q")


class Ends:
    """One side's ends of the two pipes: `Exchange`."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._waiting: deque[memoryview] = deque()
        self._received = bytearray()
        self._gone = False  # the other side takes nothing more
        self._still = False  # nor will it say anything more
        for end in (reading, writing):
            os.set_blocking(end, False)

    def send(self, data: bytes) -> None:
        """Have it sent, at once or when there is room."""
        if not self._gone:
            self._waiting.append(memoryview(_HEADER.pack(len(data)) + data))
            self._push()

    def received(self) -> list[bytes]:
        """What has arrived since."""
        if self._waiting:
            self._push()
        if self._still:
            return []
        try:
            chunk = os.read(self._reading, CHUNK)
        except BlockingIOError:
            return []
        if not chunk:
            self._still = True
            return []
        self._received += chunk
        out = []
        start = 0
        while len(self._received) >= start + _HEADER.size:
            end = start + _HEADER.size + _HEADER.unpack_from(self._received, start)[0]
            if len(self._received) < end:
                break
            out.append(bytes(self._received[start + _HEADER.size : end]))
            start = end
        del self._received[:start]
        return out

    def drain(self) -> None:
        """Wait until all that was sent is taken, or nobody is there to take it."""
        while self._waiting and not self._gone:
            select.select([], [self._writing], [])
            self._push()

    def close(self) -> None:
        """Let go of the pipes."""
        self._gone = self._still = True
        self._waiting.clear()
        os.close(self._reading)
        os.close(self._writing)

    def _push(self) -> None:
        try:
            while self._waiting:
                first = self._waiting[0]
                written = os.write(self._writing, first)
                if written < len(first):
                    self._waiting[0] = first[written:]
                else:
                    self._waiting.popleft()
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._gone = True
            self._waiting.clear()


class Companion:
    """The parent's hold on one. Raises OSError when there can be no further process."""

    def __init__(self, task: Callable[[Exchange], None], limits: Limits) -> None:
        down, up, self._lifeline = os.pipe(), os.pipe(), os.pipe()
        for end in (down[1], up[1]):  # refused to a user who has too much of it already
            with contextlib.suppress(OSError):
                fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, CHUNK)
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # several threads: see `worker`
                self._pid = os.fork()
            if self._pid == 0:
                os.close(down[1])
                os.close(up[0])
                _live(task, limits, Ends(down[0], up[1]), self._lifeline)
        except OSError:
            for end in (*self._lifeline, down[1], up[0]):
                os.close(end)
            raise
        finally:
            os.close(down[0])
            os.close(up[1])
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        self.exchange = Ends(up[0], down[1])

    def end(self) -> None:
        """Kill it if it lives."""
        self.exchange.close()
        for end in self._lifeline[::-1]:
            os.close(end)
        kill(self._pid)


def _live(task: Callable[[Exchange], None], limits: Limits, ends: Ends, lifeline: tuple[int, int]) -> NoReturn:
    """The whole life of the child."""
    try:
        settle(limits, lifeline)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_PROF, limits.timeout)
        task(ends)
        ends.drain()
    finally:
        os._exit(0)
