"""A control group for each run, where this account may make one: version 2, or version 1 as found.

Found by /proc/self/mountinfo and /proc/self/cgroup. Whether a group holds is not taken from here: the self test tries it.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

_NUMBERS = count()
_NEEDED = "memory"
_TRIES, _MOMENT = 50, 0.004  # seconds
_WANTED_V1 = ("memory", "pids", "cpuacct")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """Where a hierarchy is mounted. root: of which group it shows the inside. options: of version 1, its controllers."""

    version: int
    place: Path
    root: str
    options: frozenset[str]


class Unavailable(Exception):
    """This machine has no such sandbox; why, in one line."""


class Group:
    """One run's group. folders: by controller; in version 2 one folder under the name of each."""

    def __init__(self, version: int, folders: dict[str, Path]) -> None:
        self._version = version
        self._folders = folders

    @property
    def controllers(self) -> frozenset[str]:
        """What it limits or counts."""
        return frozenset(self._folders)

    def limit(self, *, memory: int, processes: int) -> None:
        """Set the limits. Raises OSError."""
        one = self._version == 1
        folder = self._folders["memory"]
        (folder / ("memory.limit_in_bytes" if one else "memory.max")).write_text(str(memory))
        swap = folder / ("memory.memsw.limit_in_bytes" if one else "memory.swap.max")
        if swap.exists():
            swap.write_text(str(memory if one else 0))
        if "pids" in self._folders:
            (self._folders["pids"] / "pids.max").write_text(str(processes))

    def add(self, pid: int) -> None:
        """Put a process in it. Raises OSError."""
        for folder in dict.fromkeys(self._folders.values()):
            (folder / "cgroup.procs").write_text(str(pid))

    def killed(self) -> int:
        """How many processes were ended for lack of memory so far."""
        name = "memory.oom_control" if self._version == 1 else "memory.events"
        return _field(self._folders["memory"] / name, "oom_kill")

    def cpu(self) -> float | None:
        """Seconds of processor time so far; None where that is not counted."""
        if "cpuacct" in self._folders:
            return int((self._folders["cpuacct"] / "cpuacct.usage").read_text()) / 1e9
        if self._version == 2:
            return _field(self._folders["memory"] / "cpu.stat", "usage_usec") / 1e6
        return None

    def remove(self) -> bool:
        """Remove it; whether it is gone. A group whose last process has only just ended may be busy for a moment."""
        gone = True
        for folder in dict.fromkeys(self._folders.values()):
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                gone = False
        return gone


class Groups:
    """Makes groups below the places that were found. places: by controller."""

    def __init__(self, version: int, places: dict[str, Path]) -> None:
        self.version = version
        self._places = places
        self._left: list[Group] = []
        self._lock = threading.Lock()

    def __str__(self) -> str:
        return f"control groups v{self.version} ({', '.join(sorted(self._places))})"

    @property
    def limits_processes(self) -> bool:
        """Whether the number of processes is limited, too."""
        return "pids" in self._places

    def make(self, *, memory: int, processes: int) -> Group:
        """A group with these limits. Raises OSError."""
        name = f"casemate-{os.getpid()}-{next(_NUMBERS)}"
        folders = {controller: place / name for controller, place in self._places.items()}
        group = Group(self.version, folders)
        try:
            for folder in dict.fromkeys(folders.values()):
                folder.mkdir()
            group.limit(memory=memory, processes=processes)
        except OSError:
            group.remove()
            raise
        return group

    def sweep(self) -> None:
        """Remove the groups of processes that are gone."""
        for place in dict.fromkeys(self._places.values()):
            for folder in place.glob("casemate-*-*"):
                pid = folder.name.split("-")[1]
                if pid.isdigit() and not Path("/proc", pid).exists():
                    with contextlib.suppress(OSError):
                        folder.rmdir()

    def discard(self, group: Group) -> None:
        """Remove a group, and those that were busy when it was their turn: the kernel counts a process for a moment longer than
        whoever waited for it."""
        for _ in range(_TRIES):
            if group.remove():
                return
            time.sleep(_MOMENT)
        with self._lock:
            self._left = [old for old in [*self._left, group] if not old.remove()]


def held(groups: Groups | None) -> Groups | None:
    """The same, where processes are limited at all: by these groups, or by the kernel's limit for an ordinary account, of which
    root is free. Raises Unavailable: a fork bomb outruns every watchdog."""
    if os.geteuid() == 0 and (groups is None or not groups.limits_processes):
        raise Unavailable(
            "root's processes are limited by a control group alone, and none can be made; use another account"
        )
    return groups


def find(proc: Path = Path("/proc/self")) -> Groups | None:
    """Where this account can make groups that limit memory; None for nowhere."""
    try:
        mounts = _mounts((proc / "mountinfo").read_text())
        own = _own((proc / "cgroup").read_text())
    except OSError:
        return None
    return _version_2(mounts, own) or _version_1(mounts, own)


def _version_1(mounts: list[Mount], own: dict[str, str]) -> Groups | None:
    places = {}
    for controller in _WANTED_V1:
        mount = next((m for m in mounts if m.version == 1 and controller in m.options), None)
        place = None if mount is None or controller not in own else _inside(mount, own[controller])
        if place is not None and os.access(place, os.W_OK):
            places[controller] = place
    return _tried(Groups(1, places)) if _NEEDED in places else None


def _version_2(mounts: list[Mount], own: dict[str, str]) -> Groups | None:
    """The nearest group, from this process's own upwards, that hands the controllers down to those below it."""
    mount = next((m for m in mounts if m.version == 2), None)
    place = None if mount is None or "" not in own else _inside(mount, own[""])
    while mount is not None and place is not None and place.is_relative_to(mount.place):
        handed = _words(place / "cgroup.subtree_control")
        if _NEEDED in handed and os.access(place, os.W_OK):
            return _tried(Groups(2, {name: place for name in ("memory", "pids") if name in handed}))
        place = place.parent
    return None


def _tried(groups: Groups) -> Groups | None:
    """The same, if a group can be made, filled and removed. What runs that were killed have left goes first."""
    groups.sweep()
    try:
        groups.discard(groups.make(memory=64 << 20, processes=8))
    except OSError:
        return None
    return groups


def _inside(mount: Mount, path: str) -> Path | None:
    """Where a group is seen; None when it lies outside of what is mounted, as in some containers."""
    if mount.root == "/":
        return mount.place / path.lstrip("/")
    if path == mount.root or path.startswith(mount.root + "/"):
        return mount.place / path[len(mount.root) :].lstrip("/")
    return mount.place if path == "/" else None


def _mounts(text: str) -> list[Mount]:
    found = []
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        fields, (kind, _, options) = before.split(), [*after.split(), "", "", ""][:3]
        if kind in ("cgroup", "cgroup2"):
            version = 1 if kind == "cgroup" else 2
            place = Path(fields[4].encode().decode("unicode_escape"))
            found.append(Mount(version=version, place=place, root=fields[3], options=frozenset(options.split(","))))
    return found


def _own(text: str) -> dict[str, str]:
    """Controller → this process's group; "" for version 2."""
    own = {}
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        own.update(dict.fromkeys(controllers.split(","), path))
    return own


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []


def _field(file: Path, name: str) -> int:
    words = _words(file)
    return int(words[words.index(name) + 1]) if name in words else 0
