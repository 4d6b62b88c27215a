"""One sandbox at work, seen from outside: feeds it, collects what comes out, and ends it when it takes too much.

Common to all adapters: they differ in how the first process is started (`Started`), not in what is watched.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from casemate.adapters.sandbox.watch import Gauge
from casemate.model.sandbox import (
    Amount,
    Broken,
    Clock,
    Finished,
    Limits,
    OutOfMemory,
    ResultFile,
    Run,
    Seen,
    TimedOut,
    TooLarge,
)
from casemate.proofs.runtime import report, script, supervisor

_CHUNK = 1 << 16
_GRACE = 5.0  # seconds in which the inside may say how a case ended before the outside ends it all
_LENIENT = 0.5  # seconds of processor time in which the kernel may end the one process that took it all, and say so
_LAST_STEPS = 64
TICK = 0.02  # seconds between two looks where the kernel keeps to no limit itself


@dataclass(slots=True, kw_only=True)
class Started:
    """A sandbox whose first process waits for its plan.

    plan, status, stdin, stdout, stderr: descriptors, closed by the session. channel: to a harness. end: ends every process
    and waits until they are gone; told the job's process while there is one. amounts: what else there is too much of,
    once the job runs.
    """

    plan: int
    status: int
    stdin: int
    stdout: int
    stderr: int
    channel: socket.socket | None
    nonce: bytes
    gauge: Gauge
    end: Callable[[int | None], None]
    amounts: Callable[[], Amount | None] = field(default=lambda: None)


class Session:
    """Drives a started sandbox. stdin: what the job reads."""

    def __init__(self, started: Started, limits: Limits, *, plan: bytes, stdin: bytes) -> None:
        self._started = started
        self._limits = limits
        self._selector = selectors.DefaultSelector()
        self._toward = {started.plan: struct.pack("!I", len(plan)) + plan, started.stdin: stdin}
        self._output = {started.stdout: bytearray(), started.stderr: bytearray()}
        self._status = bytearray()
        self._frames: list[tuple[bytes, bytes]] = []
        self._carried = 0
        self._forged = 0
        self._pieces = bytearray()
        self._reports: list[bytes] = []
        self._done: int | None = None  # wait status of the case that has ended
        self._ready = False
        self._verdict: Callable[[Seen], Run] | None = None
        self._killed = 0
        self._busy = 0.0
        self._looked = 0.0
        self._open = True
        for descriptor in (*self._toward, *self._output, started.status):
            os.set_blocking(descriptor, False)
        for descriptor in self._toward:
            self._selector.register(descriptor, selectors.EVENT_WRITE)
        for descriptor in (*self._output, started.status):
            self._selector.register(descriptor, selectors.EVENT_READ)
        if started.channel is not None:
            started.channel.settimeout(limits.wall)  # of a server that does not read
            self._selector.register(started.channel.fileno(), selectors.EVENT_READ)

    def finish(self) -> Run:
        """Run the job to its end."""
        try:
            self._until(lambda: self._gone, self._limits.wall)
        finally:
            self.close()
        return self._outcome()

    def begin(self) -> Run | None:
        """Wait until a fork server is ready; the outcome when it does not become so, and the sandbox is gone."""
        self._until(lambda: self._ready or self._gone, self._limits.wall)
        if self._ready and self._verdict is None:
            self._forget()
            return None
        self.close()
        ended = self._outcome()
        return (
            Broken(why="it ended before it was ready for cases", seen=ended.seen)
            if isinstance(ended, Finished)
            else ended
        )

    def case(self, data: bytes) -> tuple[Run, bool]:
        """Send one case to a fork server. The outcome, and whether the server can take a further one."""
        assert self._started.channel is not None
        self._forget()
        try:
            for at in range(0, len(data) or 1, report.PIECE):
                more = at + report.PIECE < len(data)
                kind = report.MORE if more else report.REPORT
                self._started.channel.sendall(bytes([kind]) + data[at : at + report.PIECE])
        except OSError:
            pass  # it is gone, which shows below
        self._until(lambda: self._done is not None or self._gone, self._limits.wall + _GRACE)
        while self._done is not None and self._verdict is None and self._step(0):
            pass  # a server that writes without end comes to the limit of output
        if self._done is None or self._verdict is not None:
            self.close()
            return self._outcome() if self._verdict else Broken(
                why="the server ended with the case", seen=self._seen()
            ), False
        clean = bool(self._done & 1)
        ended = self._ended(self._done >> 1, self._started.gauge.killed() - self._killed)
        self._killed = self._started.gauge.killed()
        if not clean:
            self.close()
        return ended, clean

    def close(self) -> None:
        """End everything that is left, and take in what was still on its way. Harmless when repeated."""
        if not self._open:
            return
        self._open = False
        started = self._started
        for descriptor in (started.plan, started.stdin):
            self._stop(descriptor)
        # Who leads it may have been said; somebody who never stops writing is not listened to.
        for _ in range(_LAST_STEPS):
            if self._leader is not None or not self._step(0):
                break
        started.end(self._leader)
        self._drain()  # this comes to an end, since nobody is left to write
        self._killed = started.gauge.killed() - self._killed
        for descriptor in (*self._output, started.status):
            self._stop(descriptor)
        if started.channel is not None:
            self._stop(started.channel.fileno(), close=False)
            started.channel.close()
        self._selector.close()
        started.gauge.close()

    @property
    def _gone(self) -> bool:
        return self._started.status not in self._selector.get_map()

    @property
    def _leader(self) -> int | None:
        said = dict(self._frames)
        if supervisor.STARTED not in said or supervisor.ENDED in said:
            return None
        return int(said[supervisor.STARTED])

    def _until(self, over: Callable[[], bool], seconds: float) -> None:
        """Go on until it is over, or a limit is reached."""
        ends = time.monotonic() + seconds
        while not over() and self._verdict is None:
            left = ends - time.monotonic()
            if left <= 0:
                self._verdict = lambda seen: TimedOut(clock=Clock.WALL, seen=seen)
                return
            self._step(min(left, TICK))
            self._look()

    def _step(self, timeout: float) -> bool:
        """Move what can be moved; whether anything was."""
        ready = self._selector.select(timeout)
        for key, _ in ready:
            if key.fd in self._toward:
                self._write(key.fd)
            elif key.fd in self._output:
                self._read_output(key.fd)
            elif key.fd == self._started.status:
                self._read_status()
            else:
                self._read_channel()
        return any(key.fd not in self._toward for key, _ in ready)

    def _drain(self) -> None:
        while self._step(0):
            pass

    def _look(self) -> None:
        """See to the limits that nobody else keeps to."""
        now = time.monotonic()
        if now < self._looked + TICK:
            return
        self._looked = now
        use, limits = self._started.gauge.use(), self._limits
        if use.memory > limits.memory:
            self._verdict = lambda seen: OutOfMemory(seen=seen)
        elif use.processes > limits.processes + 1:  # and the first one
            self._verdict = lambda seen: TooLarge(what=Amount.PROCESSES, seen=seen)
        elif use.cpu - self._busy > limits.cpu + _LENIENT:
            self._verdict = lambda seen: TimedOut(clock=Clock.CPU, seen=seen)
        elif self._leader is not None and (amount := self._started.amounts()) is not None:
            self._verdict = lambda seen: TooLarge(what=amount, seen=seen)

    def _write(self, descriptor: int) -> None:
        data = self._toward[descriptor]
        try:
            self._toward[descriptor] = data = data[os.write(descriptor, data[:_CHUNK]) :] if data else b""
        except BlockingIOError:
            return
        except BrokenPipeError:
            data = b""
        if not data:
            if descriptor == self._started.plan:
                self._selector.unregister(descriptor)  # it stays open: its end tells the inside that this side is gone
            else:
                self._stop(descriptor)

    def _read_output(self, descriptor: int) -> None:
        data = _read(descriptor)
        if data == b"":
            self._stop(descriptor)
        elif data:
            room = self._limits.output - sum(map(len, self._output.values()))
            self._output[descriptor] += data[: max(0, room)]
            if len(data) > room:
                self._verdict = self._verdict or (lambda seen: TooLarge(what=Amount.OUTPUT, seen=seen))

    def _read_status(self) -> None:
        data = _read(self._started.status)
        if data == b"":
            self._stop(self._started.status)
        elif data:
            self._carry(len(data))
            self._status += data
        while len(self._status) >= supervisor.FRAME.size:
            kind, size = supervisor.FRAME.unpack_from(self._status)
            end = supervisor.FRAME.size + size
            if len(self._status) < end:
                return
            self._frames.append((kind, bytes(self._status[supervisor.FRAME.size : end])))
            del self._status[:end]

    def _read_channel(self) -> None:
        assert self._started.channel is not None
        try:
            packet = self._started.channel.recv(report.PIECE + 4096)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            self._stop(self._started.channel.fileno(), close=False)
            return
        self._carry(len(packet))
        header = report.HEADER
        if len(packet) < header.size or packet[: report.NONCE] != self._started.nonce:
            self._forged += 1
            return
        _, kind, _ = header.unpack_from(packet)
        self._pieces += packet[header.size :]
        if kind == report.MORE:
            return
        payload = bytes(self._pieces)
        self._pieces.clear()
        if kind == report.READY:
            self._ready = True
        elif kind == report.DONE:
            status, clean = struct.unpack("!iB", payload)
            self._done = status << 1 | clean
        else:
            self._reports.append(payload)

    def _carry(self, size: int) -> None:
        self._carried += size
        if self._carried > 2 * self._limits.report + (1 << 20):  # reports and results, with what they are wrapped in
            self._verdict = self._verdict or (lambda seen: TooLarge(what=Amount.REPORT, seen=seen))

    def _stop(self, descriptor: int, *, close: bool = True) -> None:
        if descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)
        elif descriptor != self._started.plan:
            return
        if close:
            os.close(descriptor)

    def _forget(self) -> None:
        """Before the next case: nothing of the one before it."""
        for data in self._output.values():
            data.clear()
        self._reports.clear()
        self._pieces.clear()
        self._forged = 0
        self._done = None
        self._carried = 0
        self._busy = self._started.gauge.use().cpu

    def _seen(self) -> Seen:
        files = []
        for kind, payload in self._frames:
            if kind == supervisor.FILE:
                name, _, content = payload.partition(b"\0")
                files.append(ResultFile(path=os.fsdecode(name), content=content))
        return Seen(
            stdout=bytes(self._output[self._started.stdout]),
            stderr=bytes(self._output[self._started.stderr]),
            reports=tuple(self._reports),
            forged=self._forged,
            files=tuple(files),
            omitted=tuple(os.fsdecode(payload) for kind, payload in self._frames if kind == supervisor.OMITTED),
        )

    def _outcome(self) -> Run:
        """After the end: what it was."""
        if self._verdict is not None:
            return self._verdict(self._seen())
        said = dict(self._frames)
        if supervisor.FAILED in said:
            return Broken(why=said[supervisor.FAILED].decode("utf-8", "replace"), seen=self._seen())
        if supervisor.COMPLETE not in said:
            if self._killed > 0:
                return OutOfMemory(seen=self._seen())
            return Broken(why="the sandbox ended before it could say how the job did", seen=self._seen())
        status, user, system, _ = supervisor.END.unpack(said[supervisor.ENDED])
        return self._ended(status, self._killed, user + system)

    def _ended(self, status: int, killed: int, cpu: float = 0.0) -> Run:
        seen = self._seen()
        if killed > 0:
            return OutOfMemory(seen=seen)
        if status == script.TIMED_OUT:
            return TimedOut(clock=Clock.WALL, seen=seen)
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if number == signal.SIGXCPU or (number == signal.SIGKILL and cpu >= self._limits.cpu):
            return TimedOut(clock=Clock.CPU, seen=seen)
        return Finished(exit_code=-1 if number else os.WEXITSTATUS(status), signal=number, seen=seen)


def _read(descriptor: int) -> bytes | None:
    """What can be read now: b"" at the end, None for nothing."""
    try:
        return os.read(descriptor, _CHUNK)
    except BlockingIOError:
        return None
    except OSError:
        return b""
