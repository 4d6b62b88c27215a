"""Which sandbox this machine has: the first that is there, and that passes its self test in the profile it is to be used in.

This is the only way that `app` gets a sandbox. It fails closed: what was not tried, or did not hold, runs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from casemate.adapters.sandbox.bubblewrap import Bubblewrap
from casemate.adapters.sandbox.cgroups import Unavailable
from casemate.adapters.sandbox.landlock import Landlock
from casemate.model.sandbox import Examination, Job, Profile, Refused, Run, Wall
from casemate.ports import Sandbox

ADAPTERS: tuple[Callable[[], Sandbox], ...] = (Bubblewrap, Landlock)
"""From the one that holds most to the one that needs least."""


class Chosen:
    """`ports.Sandbox`: the best that holds, found anew for each profile, once."""

    def __init__(self, adapters: Sequence[Callable[[], Sandbox]] = ADAPTERS) -> None:
        self._lacking: list[Examination] = []
        self._there: list[Sandbox] = []
        for make in adapters:
            try:
                self._there.append(make())
            except Unavailable as why:
                walls = (Wall(name="is there", failed=str(why)),)
                self._lacking.append(Examination(sandbox=getattr(make, "__name__", "sandbox"), walls=walls))
        self._known: dict[Profile, tuple[Sandbox | None, Examination]] = {}

    @property
    def name(self) -> str:
        """What is there, best first; whether it holds is for `examine`."""
        return "; ".join(sandbox.name for sandbox in self._there) or "none"

    @property
    def lacking(self) -> tuple[str, ...]:
        """What is not there, and why, each in one line."""
        return tuple(f"{one.sandbox}: {wall.failed}" for one in self._lacking for wall in one.walls)

    def examine(self, profile: Profile) -> Examination:
        """The self test of the sandbox that is used for this profile; when none holds, of all of them together."""
        self._known.pop(profile, None)
        return self._for(profile)[1]

    def run(self, profile: Profile, job: Job) -> Run:
        """Run a job in a fresh sandbox that held."""
        sandbox, examination = self._for(profile)
        return Refused(why=examination.refusal) if sandbox is None else sandbox.run(profile, job)

    def search(self, profile: Profile, job: Job, cases: Iterable[bytes]) -> Iterator[Run]:
        """Run a harness on many cases in a sandbox that held."""
        sandbox, examination = self._for(profile)
        if sandbox is None:
            return (Refused(why=examination.refusal) for _ in cases)
        return sandbox.search(profile, job, cases)

    def _for(self, profile: Profile) -> tuple[Sandbox | None, Examination]:
        if profile not in self._known:
            self._known[profile] = self._try(profile)
        return self._known[profile]

    def _try(self, profile: Profile) -> tuple[Sandbox | None, Examination]:
        failed = list(self._lacking)
        for sandbox in self._there:
            examination = sandbox.examine(profile)
            if not examination.refusal:
                return sandbox, examination
            failed.append(examination)
        walls = [
            Wall(name=f"{one.sandbox}: {wall.name}", failed=wall.failed)
            for one in failed
            for wall in (*one.walls, Wall(name="self test", failed="nothing could be tried" if not one.walls else ""))
            if wall.failed
        ]
        return None, Examination(sandbox="no sandbox holds here", walls=tuple(walls))
