"""What every adapter does alike once it can start a sandbox: the self test, one run, many cases."""

from __future__ import annotations

import platform
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Literal

from casemate.adapters.sandbox import cgroups, plan, seccomp
from casemate.adapters.sandbox.bytecode import Bytecode
from casemate.adapters.sandbox.searching import search
from casemate.adapters.sandbox.selftest import examine
from casemate.adapters.sandbox.session import Session
from casemate.adapters.sandbox.syscalls import NUMBERS
from casemate.model.sandbox import Examination, Job, Profile, Run

Found = cgroups.Groups | Literal["as found"] | None


class Starting(ABC):
    """A sandbox of one machine, but for how it is started. Raises Unavailable where the architecture is unknown, and as
    `cgroups.held` does."""

    def __init__(self, groups: Found, *, namespaces: bool) -> None:
        """groups: what limits memory; None for a watchdog. namespaces: whether the job has an account of its own in them."""
        machine = platform.machine()
        if machine not in NUMBERS:
            raise cgroups.Unavailable(f"no filter is known for {machine!r}")
        self._groups = cgroups.held(cgroups.find() if groups == "as found" else groups)
        memory_files = self._groups is not None
        refused = seccomp.refusals(namespaces=namespaces, shared_account=not namespaces, memory_files=memory_files)
        self._filter = seccomp.program(machine, refused)
        self._bytecode = Bytecode()

    @property
    @abstractmethod
    def name(self) -> str:
        """Which sandbox, and by what it holds."""

    @property
    def limited_by(self) -> str:
        """What keeps to its limits, in words."""
        return str(self._groups) if self._groups else "limits of processes and a watchdog"

    def examine(self, profile: Profile) -> Examination:
        """Try every wall in this very profile."""
        found = examine(self, profile)
        if not found.refusal:
            self._bytecode.holds(profile)
        return found

    def run(self, profile: Profile, job: Job) -> Run:
        """Run a job in a fresh sandbox."""
        return _finished(self._start(profile, job, bytecode=self._bytecode.of(profile, self._compiled), serve=False))

    def search(self, profile: Profile, job: Job, cases: Iterable[bytes]) -> Iterator[Run]:
        """Run a harness on many cases in one sandbox."""
        return search(
            lambda: self._start(profile, job, bytecode=self._bytecode.of(profile, self._compiled), serve=True), cases
        )

    def _compiled(self, profile: Profile, bytecode: str) -> Run:
        """Compile what the profile lends, without running it; without folders what runs inside for us."""
        roots = tuple(folder.at for folder in profile.folders) or (self._runtime,)
        job = plan.compiling(profile.interpreter, self._runtime, roots)
        return _finished(self._start(profile, job, bytecode=bytecode, serve=False))

    @property
    @abstractmethod
    def _runtime(self) -> str:
        """Where `proofs/runtime` is seen inside."""

    @abstractmethod
    def _start(self, profile: Profile, job: Job, *, bytecode: str, serve: bool) -> Session | Run:
        """A sandbox whose job waits to be driven, or why there is none. bytecode: a folder with what was compiled, "" for
        none. serve: as a fork server."""


def _finished(started: Session | Run) -> Run:
    return started.finish() if isinstance(started, Session) else started
