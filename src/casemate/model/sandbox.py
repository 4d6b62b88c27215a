"""What runs in a sandbox, within which limits, and how it ended. Effects only: how a machine holds them is an adapter's matter.

Inside, a job starts in a folder of its own, from which everything that it was given is reached by relative names: the
folders that were lent to it (read-only), the files that were placed for it, and `result`, what is left in which is
handed back. `TMPDIR` is private and limited. Nothing else can be written, and nothing else of the machine is there but
the system and the interpreter, read-only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

RESULT = "result"
"""The folder whose regular files are handed back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use. memory, tmp, output, report: bytes; output: of stdout and stderr together; report: of the channel
    and of `result` together; inodes: files and folders in what can be written; cpu, wall: seconds."""

    memory: int = 512 << 20
    processes: int = 32
    open_files: int = 256
    output: int = 1 << 20
    report: int = 4 << 20
    tmp: int = 64 << 20
    inodes: int = 8_192
    cpu: int = 10
    wall: float = 30.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) <= 0:
                raise ValueError(f"the limit of {name} is above 0: {getattr(self, name)!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder or file of the machine, lent read-only. host: its absolute path. at: a name below the job's folder, or `host`
    itself for what only works in its own place, such as a virtual environment."""

    host: str
    at: str

    def __post_init__(self) -> None:
        if not PurePosixPath(self.host).is_absolute() or ".." in PurePosixPath(self.host).parts:
            raise ValueError(f"what is lent is named by an absolute path: {self.host!r}")
        if self.at != self.host:
            _check_inner(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What all runs of a campaign share. interpreter: absolute path of the target's Python, 3.7 or later."""

    interpreter: str
    folders: tuple[Folder, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not PurePosixPath(self.interpreter).is_absolute():
            raise ValueError(f"an interpreter is named by an absolute path: {self.interpreter!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFile:
    """A file that the job finds, at a name below its folder."""

    at: str
    content: bytes

    def __post_init__(self) -> None:
        _check_inner(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Any program with its arguments. It has no channel to report by: what it prints and leaves is all that it says."""

    argv: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.argv:
            raise ValueError("a program has a name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness:
    """A Python file of ours on the target's interpreter, which reports by a channel (`proofs/runtime/report.py`).

    path: of a placed file. case: what its function `case` is called with; None when the file does all by itself.
    """

    path: str
    arguments: tuple[str, ...] = ()
    case: bytes | None = None

    def __post_init__(self) -> None:
        _check_inner(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing to run. environment: the whole of it but for HOME, TMPDIR, PATH and the locale, which the sandbox sets."""

    what: Program | Harness
    stdin: bytes = b""
    environment: tuple[tuple[str, str], ...] = ()
    files: tuple[PlacedFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFile:
    """A regular file that was left in `result`. path: below it."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came out. reports: what the channel carried, in order. forged: how many messages on it were not the harness's.
    omitted: what was left in `result` and is not handed back: links, special files, and what went beyond the limit.

    A report is the harness's own unless the target read the harness's memory: they share a process.
    """

    stdout: bytes = b""
    stderr: bytes = b""
    reports: tuple[bytes, ...] = ()
    forged: int = 0
    files: tuple[ResultFile, ...] = ()
    omitted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """It ended by itself: with an exit code, or by a signal (0 for none)."""

    exit_code: int
    signal: int = 0
    seen: Seen = Seen()


class Clock(StrEnum):
    """Which of the two clocks ran out."""

    WALL = "wall"
    CPU = "cpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """It was ended for the time that it took."""

    clock: Clock
    seen: Seen = Seen()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfMemory:
    """It, or a process that it started, was ended for the memory that it took."""

    seen: Seen = Seen()


class Amount(StrEnum):
    """What there was too much of."""

    OUTPUT = "output"
    REPORT = "report"
    TMP = "tmp"
    PROCESSES = "processes"


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLarge:
    """It was ended for how much it wrote or started."""

    what: Amount
    seen: Seen = Seen()


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Nothing can be said of it: it could not be started, or what watches over it inside came to an end."""

    why: str
    seen: Seen = Seen()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It was not run: there is no sandbox that holds, or no permission."""

    why: str


Run = Finished | TimedOut | OutOfMemory | TooLarge | Broken | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """One thing that was tried in the very profile. failed: what was seen instead, "" when it holds."""

    name: str
    failed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """A sandbox's self test. sandbox: which one, and by what it holds. walls: empty when not even one could be tried."""

    sandbox: str
    walls: tuple[Wall, ...]

    @property
    def refusal(self) -> str:
        """Why nothing may run, or "" when every wall holds."""
        if not self.walls:
            return f"{self.sandbox}: nothing could be tried"
        return "; ".join(f"{self.sandbox}: {wall.name}: {wall.failed}" for wall in self.walls if wall.failed)


def _check_inner(at: str) -> None:
    path = PurePosixPath(at)
    if path.is_absolute() or ".." in path.parts or str(path) != at or at == "." or "\0" in at:
        raise ValueError(f"a place in the job's folder is a plain relative path: {at!r}")
    if path.parts[0] == RESULT:
        raise ValueError(f"{RESULT!r} is for what the job leaves: {at!r}")
