"""What a run uses, looked at from outside: by its control group, or process by process where there is none."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from casemate.adapters.sandbox.cgroups import Group, Groups
from casemate.model.sandbox import Limits

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """memory: bytes; 0 where the kernel itself keeps to the limit. killed: processes that it ended for that. processes:
    with every thread for itself, as the kernel counts."""

    memory: int = 0
    killed: int = 0
    processes: int = 0
    cpu: float = 0.0


class Gauge:
    """Looks at one run. first: its first process."""

    def __init__(self, first: int, limits: Limits, groups: Groups | None) -> None:
        """Puts the process into a group of its own. Raises OSError when it cannot be limited."""
        self._first = first
        self._limits = limits
        self._groups = groups
        self._group: Group | None = None
        if groups is not None:
            self._group = groups.make(memory=limits.memory, processes=limits.processes + 1)
            try:
                self._group.add(first)
            except OSError:
                groups.discard(self._group)
                raise

    def use(self) -> Use:
        """What is used now."""
        group = self._group
        if group is None:
            return tree(self._first, self._limits)
        cpu = group.cpu()
        lacking = cpu is None or "pids" not in group.controllers
        seen = tree(self._first, self._limits) if lacking else Use()
        return Use(killed=group.killed(), processes=seen.processes, cpu=seen.cpu if cpu is None else cpu)

    def killed(self) -> int:
        """How many processes the kernel ended for lack of memory."""
        return 0 if self._group is None else self._group.killed()

    def close(self) -> None:
        """When all processes are gone."""
        if self._groups is not None and self._group is not None:
            self._groups.discard(self._group)


def tree(first: int, limits: Limits) -> Use:
    """What a process and all that came from it use together. No more is looked at than it takes to see that it is too much."""
    processes = descendants(first, limits.processes + 2)
    memory = sum(map(_memory, processes))  # quick; it counts what processes share for each of them
    if memory > limits.memory:
        memory = sum(map(_share, processes))
    return Use(memory=memory, processes=sum(map(_threads, processes)), cpu=sum(map(_cpu, processes)))


def descendants(first: int, most: int) -> list[int]:
    """A process and what came from it, at most so many; orphans stay in the tree, since the first process is their reaper."""
    found: list[int] = []
    todo = [first]
    while todo and len(found) < most:
        pid = todo.pop()
        found.append(pid)
        try:
            for thread in (_PROC / str(pid) / "task").iterdir():
                todo += map(int, (thread / "children").read_text().split())
        except OSError:
            continue
    return found


def _memory(pid: int) -> int:
    return _sum(_PROC / str(pid) / "status", ("RssAnon:", "RssShmem:")) << 10


def _share(pid: int) -> int:
    """What is the process's own, and its part of what it shares."""
    found = _sum(_PROC / str(pid) / "smaps_rollup", ("Pss_Anon:", "Pss_Shmem:")) << 10
    return found or _memory(pid)


def _sum(file: Path, names: tuple[str, ...]) -> int:
    try:
        lines = file.read_text().splitlines()
    except (OSError, ValueError):
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(names))


def _threads(pid: int) -> int:
    return _sum(_PROC / str(pid) / "status", ("Threads:",))


def _cpu(pid: int) -> float:
    """Of the process and of its children that have ended."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS
