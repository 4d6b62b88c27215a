"""Bytecode for the runs of a profile: made once, by a job in the same sandbox that runs nothing of the target, and lent to all.

A run can write no bytecode, so each would compile the same files. What a run leaves behind is never lent to another: only what
the compiling job made of the sources is, and Python takes a piece only for the very source that it was made of. It changes how
long a run takes and nothing else: where none can be made there is none.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

from casemate.adapters.sandbox.plan import COMPILED
from casemate.model.sandbox import Finished, Limits, Profile, Run

OURS, TARGETS = "ours", "targets"
"""The files in the folder. The first was made where nothing of a target was to be read: the first process inside, which is a
witness against the target, takes up no other."""

_LIMITS = Limits(memory=1 << 30, processes=8, report=64 << 20, tmp=64 << 20, cpu=60, wall=120.0)
Compiled = Callable[[Profile, str], Run]
"""Runs the job that compiles what a profile lends, or what is ours where it lends nothing; told the folder with what there is
already, "" for nothing."""


class Bytecode:
    """What was made so far, in folders that are gone with this object."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._top = ""
        self._ours: dict[str, str] = {}
        self._all: dict[Profile, str] = {}
        self._holding: set[Profile] = set()

    def holds(self, profile: Profile) -> None:
        """Every wall of it was tried: from now on the target's files may be looked at in it."""
        self._holding.add(profile)

    def of(self, profile: Profile, compiled: Compiled) -> str:
        """The folder to lend to a run, "" for none."""
        with self._lock:
            interpreter = profile.interpreter
            if interpreter not in self._ours:
                self._ours[interpreter] = self._made(
                    Profile(interpreter=interpreter, limits=_LIMITS), OURS, "", compiled
                )
            if profile not in self._holding or not profile.folders:
                return self._ours[interpreter]
            own = Profile(interpreter=interpreter, folders=profile.folders, limits=_LIMITS)
            if own not in self._all:
                ours = self._ours[interpreter]
                self._all[own] = self._made(own, TARGETS, ours, compiled) or ours
            return self._all[own]

    def _made(self, profile: Profile, name: str, before: str, compiled: Compiled) -> str:
        """A folder with what was compiled, and what there was before."""
        run = compiled(profile, before)
        if not isinstance(run, Finished) or run.exit_code != 0:
            return ""
        content = next((file.content for file in run.seen.files if file.path == COMPILED), b"")
        if not content:
            return ""
        try:
            if not self._top:
                self._top = tempfile.mkdtemp(prefix="casemate-bytecode-")
                weakref.finalize(self, _remove, self._top, os.getpid())
            folder = Path(tempfile.mkdtemp(dir=self._top))
            (folder / name).write_bytes(content)
            if before:
                shutil.copy(Path(before) / OURS, folder / OURS)
        except OSError:
            return ""
        return str(folder)


def _remove(top: str, owner: int) -> None:
    if os.getpid() == owner:  # and not a process that was forked from it
        shutil.rmtree(top, ignore_errors=True)
