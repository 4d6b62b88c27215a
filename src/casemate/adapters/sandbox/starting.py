"""What every adapter does alike once it can start a sandbox: the self test, one run, many cases."""

from __future__ import annotations

import platform
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Literal

from casemate.adapters.sandbox import cgroups, seccomp
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
        return examine(self, profile)

    def run(self, profile: Profile, job: Job) -> Run:
        """Run a job in a fresh sandbox."""
        started = self._start(profile, job, serve=False)
        return started.finish() if isinstance(started, Session) else started

    def search(self, profile: Profile, job: Job, cases: Iterable[bytes]) -> Iterator[Run]:
        """Run a harness on many cases in one sandbox."""
        return search(lambda: self._start(profile, job, serve=True), cases)

    @abstractmethod
    def _start(self, profile: Profile, job: Job, *, serve: bool) -> Session | Run:
        """A sandbox whose job waits to be driven, or why there is none. serve: as a fork server."""
