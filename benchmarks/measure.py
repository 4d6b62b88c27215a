"""Measures one command: CPU seconds of it and all its children, wall seconds, and the peak memory of the whole tree.

CPU time is the kernel's own account (`wait4`): user and system time of the process and of every descendant that was
waited for. Peak memory is the largest sum of resident sets over the process tree, sampled from /proc every 20 ms, and at
least the high-water mark of any single process, so that a short peak of one process is not lost between two samples.
Pages shared between processes count once per process: the figure is an upper bound.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.02
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one command cost. cpu, wall: seconds. peak: bytes. error: the last line that it wrote to stderr."""

    code: int
    cpu: float
    wall: float
    peak: int
    timed_out: bool
    error: str


def run(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Run:
    """Run a command to its end, or kill its process group after `timeout` seconds. Its output is thrown away."""
    with tempfile.TemporaryFile() as stderr:
        begun = time.monotonic()
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )
        watch = _Watch(process.pid, deadline=begun + timeout)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        return Run(
            code=process.returncode,
            cpu=usage.ru_utime + usage.ru_stime,
            wall=wall,
            peak=watch.peak,
            timed_out=watch.timed_out,
            error=_last_line(stderr.fileno()),
        )


class _Watch(threading.Thread):
    """Samples the memory of a process tree, and kills the tree's session at the deadline."""

    def __init__(self, pid: int, *, deadline: float) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.timed_out = False
        self._pid = pid
        self._deadline = deadline
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            marks = [mark for pid in tree(self._pid) if (mark := _memory(pid))]
            self.peak = max([self.peak, sum(now for now, _ in marks), *(high for _, high in marks)])
            if time.monotonic() > self._deadline and not self.timed_out:
                self.timed_out = True
                with contextlib.suppress(ProcessLookupError):  # it ended in this very moment
                    os.killpg(self._pid, signal.SIGKILL)

    def stop(self) -> None:
        self._ended.set()
        self.join()


def tree(pid: int) -> list[int]:
    """The process and all its living descendants."""
    found = [pid]
    for parent in found:
        for task in _listed(_PROC / str(parent) / "task"):
            with contextlib.suppress(OSError):  # the thread ended between the listing and the reading
                found.extend(int(child) for child in (task / "children").read_text().split())
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # the process ended
        return []


def _memory(pid: int) -> tuple[int, int] | None:
    """Resident bytes now and at most so far; None for a process that is gone."""
    try:
        status = (_PROC / str(pid) / "status").read_text()
    except OSError:
        return None
    fields = dict(line.split(":", 1) for line in status.splitlines() if line.startswith(("VmRSS", "VmHWM")))
    if len(fields) < 2:  # a zombie has no memory any more
        return None
    return int(fields["VmRSS"].split()[0]) * 1024, int(fields["VmHWM"].split()[0]) * 1024


def _last_line(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, 2000, max(0, size - 2000)).decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(tail) if line.strip()), "")
