"""`ports.Sandbox` without any namespace, for machines that refuse them: Landlock, a filter on system calls, limits, a watchdog.

What it cannot hide: whether a path exists and who owns it (Landlock does not look at that), and that the machine has other
processes. There is no socket in it but connected pairs, no message queue, and no change of a file's mode, owner or times.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from casemate.adapters.sandbox import cgroups, interpreter, plan
from casemate.adapters.sandbox.bytecode import OURS, TARGETS
from casemate.adapters.sandbox.scratch import Scratch
from casemate.adapters.sandbox.session import Session
from casemate.adapters.sandbox.starting import Found, Starting
from casemate.adapters.sandbox.watch import Gauge
from casemate.model.sandbox import Amount, Job, Limits, Profile, Refused, Run
from casemate.proofs.runtime.confine import landlock_abi

LEAST = 6
"""The first version of Landlock that keeps signals and abstract sockets within."""

_OF_ETC = (
    "alternatives", "group", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types",
    "nsswitch.conf", "os-release", "passwd", "protocols", "services", "ssl/certs", "ssl/openssl.cnf", "timezone",
)  # fmt: skip
_OF_PROC = ("cpuinfo", "filesystems", "loadavg", "meminfo", "stat", "uptime", "version", "sys/kernel/osrelease")
_OF_PROC_TOO = ("sys/vm/overcommit_memory", "sys/kernel/random/uuid", "sys/kernel/random/boot_id")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_MEASURE = 0.05  # seconds between two looks at the disk
_END = 10.0  # seconds


class Landlock(Starting):
    """Sandboxes of one machine. Raises Unavailable where the kernel or the architecture does not serve."""

    def __init__(self, *, groups: Found = "as found", supervisor: str = sys.executable) -> None:
        """groups: what limits memory; None for a watchdog. supervisor: the interpreter that confines, never the target's."""
        self._abi = landlock_abi()
        if self._abi < LEAST:
            raise cgroups.Unavailable(
                f"Landlock {self._abi or 'is missing, and version 6'} is not enough: 6 is wanted (Linux 6.12)"
            )
        super().__init__(groups, namespaces=False)
        self._own = os.path.realpath(supervisor)

    @property
    def name(self) -> str:
        """Which sandbox, and by what it holds."""
        return f"Landlock {self._abi} without namespaces, seccomp, {self.limited_by}"

    @property
    def _runtime(self) -> str:
        return plan.RUNTIME

    def _start(self, profile: Profile, job: Job, *, bytecode: str, serve: bool) -> Session | Run:
        plan.check(profile, job)
        scratch = Scratch.make(profile.folders)
        with plan.Wiring(job) as wiring:
            inside = self._inside(profile, scratch, bytecode)
            try:
                process = wiring.start(plan.supervise(inside, wiring), job)
            except OSError as error:
                scratch.remove()
                return Refused(why=f"Landlock: {error}")
            with plan.given_up(process, scratch.remove):
                try:
                    gauge = Gauge(process.pid, profile.limits, self._groups)
                except OSError as error:
                    plan.give_up(process)
                    scratch.remove()
                    return Refused(why=f"Landlock: {error}")
                encoded = plan.encode(profile, job, inside, wiring, serve=serve)
                measure = _measure(scratch, process.pid, profile.limits)
                started = wiring.started(process, gauge, lambda leader: _end(process, leader, scratch), measure)
        return Session(started, profile.limits, plan=encoded, stdin=job.stdin)

    def _inside(self, profile: Profile, scratch: Scratch, bytecode: str) -> plan.Inside:
        limits = profile.limits
        readable = [
            *interpreter.SYSTEM,
            *interpreter.places(profile.interpreter),
            *(f"/etc/{name}" for name in _OF_ETC),
            *(f"/proc/{name}" for name in (*_OF_PROC, *_OF_PROC_TOO)),
            *(folder.host for folder in profile.folders),
            plan.RUNTIME,
            str(scratch.job),
            *([bytecode] if bytecode else []),
        ]
        limited = self._groups is not None
        return plan.Inside(
            runtime=plan.RUNTIME,
            folder=str(scratch.job),
            tmp=str(scratch.tmp),
            first=False,
            # The same program under another name, such as that of a virtual environment, serves a harness without a second start.
            supervisor=profile.interpreter if os.path.realpath(profile.interpreter) == self._own else self._own,
            readable=tuple(readable),
            writable=(str(scratch.tmp), str(scratch.result), *(f"/dev/{name}" for name in _DEVICES)),
            tcp=False,
            landlock=LEAST,
            # Not for the first process: it is outside of any wall until it has confined itself.
            bytecode=tuple(f"{bytecode}/{name}" for name in (OURS, TARGETS) if bytecode),
            filter=self._filter,
            processes=_threads_of_account() + limits.processes + 1,
            data=None if limited else 2 * limits.memory + (512 << 20),
        )


def _threads_of_account() -> int:
    """How many threads this account has now: the kernel's limit counts all of them."""
    account, found = os.getuid(), 0
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if process.name.isdigit() and process.stat().st_uid == account:
                found += sum(1 for _ in (process / "task").iterdir())
    return found


def _measure(scratch: Scratch, first: int, limits: Limits) -> Callable[[], Amount | None]:
    looked = [time.monotonic()]

    def amount() -> Amount | None:
        now = time.monotonic()
        if now < looked[0] + _MEASURE:
            return None
        found = scratch.amount(first, limits)
        looked[0] = time.monotonic()
        return found

    return amount


def _end(process: subprocess.Popen[bytes], leader: int | None, scratch: Scratch) -> None:
    """End the job's process group, which nothing in it can leave, and wait for the first process to reap all of it."""
    if leader is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGKILL)
    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    scratch.remove()
