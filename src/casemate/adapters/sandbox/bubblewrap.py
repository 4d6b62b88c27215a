"""`ports.Sandbox` by namespaces: bubblewrap, with a filter on system calls, Landlock where there, and a control group.

Nothing of the machine is there but what is bound read-only; the network is a loopback of its own; the processes are alone.
The first process inside is ours, and ends everything when it ends.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from casemate.adapters.sandbox import cgroups, interpreter, plan
from casemate.adapters.sandbox.bytecode import OURS, TARGETS
from casemate.adapters.sandbox.session import Session
from casemate.adapters.sandbox.starting import Found, Starting
from casemate.adapters.sandbox.watch import Gauge
from casemate.model.sandbox import RESULT, Amount, Job, Limits, Profile, Refused, Run
from casemate.proofs.runtime.confine import landlock_abi

OLDEST = (0, 8)  # the first that forbids nested user namespaces
_JOB, _TMP, _RUNTIME, _SHARED = "/job", "/tmp", "/run/casemate", "/dev/shm"
_BYTECODE = "/run/casemate-bytecode"
_ACCOUNT = "65534"
_ETC = Path(__file__).parent / "etc"
_OF_ETC = ("alternatives", "ld.so.cache", "localtime", "mime.types", "protocols", "services", "ssl/certs")
_HIDDEN = ("keys", "key-users")
_START = 20.0  # seconds


class Bubblewrap(Starting):
    """Sandboxes of one machine. Raises Unavailable where the program is missing or too old, or the architecture unknown."""

    def __init__(self, *, groups: Found = "as found") -> None:
        """groups: what limits memory; None for a watchdog."""
        found = shutil.which("bwrap", path="/usr/local/bin:/usr/bin:/bin")
        if found is None:
            raise cgroups.Unavailable("bubblewrap is not installed")
        self._program = found
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False, timeout=_START).stdout
        version = re.search(r"(\d+)\.(\d+)\.\d+", said)
        if version is None or (int(version[1]), int(version[2])) < OLDEST:
            raise cgroups.Unavailable(f"{said.strip() or found!r} is too old: 0.8 is wanted")
        super().__init__(groups, namespaces=True)
        self._version = version[0]
        self._landlock = landlock_abi()

    @property
    def name(self) -> str:
        """Which sandbox, and by what it holds."""
        abi = self._landlock
        return ", ".join(
            (
                f"bubblewrap {self._version}",
                "seccomp",
                f"Landlock {abi}" if abi else "no Landlock",
                self.limited_by,
            )
        )

    @property
    def _runtime(self) -> str:
        return _RUNTIME

    def _start(self, profile: Profile, job: Job, *, bytecode: str, serve: bool) -> Session | Run:
        plan.check(profile, job)
        for folder in profile.folders if not self._landlock else ():
            if (pipe := interpreter.first_pipe(folder.host)) is not None:
                return Refused(why=f"without Landlock nothing keeps a job from the pipe {pipe!r}, which would be lent")
        with plan.Wiring(job) as wiring:
            info, info_out = wiring.from_inside()
            filter_in = wiring.to_inside(self._filter)
            inside = self._inside(profile, compiled=bool(bytecode))
            command = [
                self._program, *_arguments(profile, bytecode), "--info-fd", str(info_out), "--seccomp", str(filter_in),
                "--", *plan.supervise(inside, wiring),
            ]  # fmt: skip
            try:
                process = wiring.start(command, job, info_out, filter_in)
            except OSError as error:
                return Refused(why=f"bubblewrap: {error}")
            with plan.given_up(process):
                with info:
                    first = re.search(rb'"child-pid": *(\d+)', info.read())
                try:
                    if first is None:
                        raise OSError(plan.last_words(process))
                    pid = int(first[1])
                    end, gauge = _held(process, pid, profile.limits, self._groups)
                except OSError as error:
                    plan.give_up(process)
                    return Refused(why=f"bubblewrap: {error}")
                encoded = plan.encode(profile, job, inside, wiring, serve=serve)
                started = wiring.started(process, gauge, end, lambda: _amount(pid, profile.limits))
        return Session(started, profile.limits, plan=encoded, stdin=job.stdin)

    def _inside(self, profile: Profile, *, compiled: bool) -> plan.Inside:
        limits = profile.limits
        bytecode = tuple(f"{_BYTECODE}/{name}" for name in (OURS, TARGETS) if compiled)
        limited = self._groups is not None
        return plan.Inside(
            runtime=_RUNTIME,
            folder=_JOB,
            tmp=_TMP,
            first=True,
            supervisor=profile.interpreter,
            readable=("/",),
            # Not the job's folder: what is lent lies below it, and a pipe in that can be written to on a read-only mount.
            writable=(
                _TMP,
                _SHARED,
                f"{_JOB}/{RESULT}",
                "/dev/null",
                "/dev/zero",
                "/dev/full",
                "/dev/random",
                "/dev/urandom",
            ),
            tcp=True,
            landlock=0,
            bytecode=bytecode,
            known=next(iter(bytecode), ""),
            processes=limits.processes + 1,
            data=None if limited else 2 * limits.memory + (512 << 20),
        )


def _arguments(profile: Profile, bytecode: str) -> list[str]:
    """What is unshared, bound and mounted."""
    size = str(profile.limits.tmp)
    found = [
        "--unshare-user", "--unshare-all", "--disable-userns", "--cap-drop", "ALL", "--die-with-parent", "--new-session",
        "--as-pid-1", "--uid", _ACCOUNT, "--gid", _ACCOUNT, "--hostname", "sandbox",
        "--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", _SHARED, "--remount-ro", "/dev",
        "--size", size, "--tmpfs", _TMP, "--size", size, "--tmpfs", _JOB,
    ]  # fmt: skip
    found += _system()
    found += ["--ro-bind", plan.RUNTIME, _RUNTIME]
    if bytecode:
        found += ["--ro-bind", bytecode, _BYTECODE]
    for place in interpreter.places(profile.interpreter):
        found += ["--ro-bind", place, place]
    for folder in profile.folders:
        found += ["--ro-bind", folder.host, folder.host if folder.at == folder.host else f"{_JOB}/{folder.at}"]
    return [*found, "--remount-ro", "/", "--chdir", "/"]


@lru_cache(maxsize=1)
def _system() -> tuple[str, ...]:
    """The read-only system, and what of it is hidden."""
    found: list[str] = []
    for place in interpreter.SYSTEM:
        if Path(place).is_symlink():
            found += ["--symlink", str(Path(place).readlink()), place]
        elif Path(place).is_dir():
            found += ["--ro-bind", place, place]
    for name in _OF_ETC:
        found += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for file in ("passwd", "group", "hosts", "nsswitch.conf"):
        found += ["--ro-bind", str(_ETC / file), f"/etc/{file}"]
    for name in _HIDDEN:
        if Path("/proc", name).exists():
            found += ["--ro-bind", "/dev/null", f"/proc/{name}"]
    # To the kernel the job may be root, whom settings such as core_pattern belong to, capabilities or not.
    return (*found, "--remount-ro", "/proc")


def _held(
    process: subprocess.Popen[bytes], first: int, limits: Limits, groups: cgroups.Groups | None
) -> tuple[Callable[[int | None], None], Gauge]:
    """How to end it, and what watches over it. first: of the processes inside, which waits for its plan. Raises OSError."""
    handle = os.pidfd_open(first)
    try:
        gauge = Gauge(first, limits, groups)
    except OSError:
        os.close(handle)
        raise

    def end(_leader: int | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)  # the first of its namespace: no other outlives it
        process.wait()
        os.close(handle)

    return end, gauge


def _amount(pid: int, limits: Limits) -> Amount | None:
    """Whether there are too many files: how much they hold is limited by their file system, how many they are is not."""
    used = 0
    for place in (_TMP, _SHARED, _JOB):
        try:
            about = os.statvfs(f"/proc/{pid}/root{place}")
        except OSError:
            continue
        used += about.f_files - about.f_ffree
    return Amount.TMP if used > limits.inodes else None
