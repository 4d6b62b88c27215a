"""What earlier scans have worked out: per file the runs of its functions and what they rested on, and the last solution of
the whole."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from functools import cached_property, partial
from hashlib import blake2b

from casemate import __version__
from casemate.languages import ir
from casemate.pipeline.lowering import Lowered
from casemate.ports import Store
from casemate.taint import memory, resume
from casemate.taint.explain import Known
from casemate.taint.memory import Run, Unit
from casemate.taint.program import Program
from casemate.taint.resume import Edited, Solution
from casemate.taint.solver import Solver

MOST_EDITED = 20  # files; after more the whole is replayed
OFTEN = 8  # edited files, from which on the solution is written anew: until then they are looked at again each time
MOST_UNITS = 60_000  # functions of which a solution is kept: more take memory that the scan itself needs


class Recall:
    """What is remembered for the modules of a scan. Whatever does not fit any more is found out by the solver."""

    def __init__(
        self, store: Store, fingerprint: str, lowered: Mapping[str, Lowered], aliases: Mapping[str, str]
    ) -> None:
        self._store = store
        self._about = f"{fingerprint}\0{__version__}\0{memory.VERSION}"
        self._digests = {name: entry.digest for name, entry in lowered.items()}
        self._keys = {name: self._key(digest) for name, digest in self._digests.items()}
        self._whole = self._key(repr((sorted(lowered), sorted(aliases.items()))))
        self._earlier: Solution | None = None
        self._edits = 0  # since the earlier solution

    def _key(self, what: str) -> str:
        return blake2b(f"{what}\0{self._about}".encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()

    @cached_property
    def remembered(self) -> dict[Unit, list[Run]]:
        """The runs of earlier scans."""
        out: dict[Unit, list[Run]] = {}
        for name, key in self._keys.items():
            for number, runs in memory.load(self._store.get(key)).items():
                out[name, number] = runs
        return out

    def resumed(self, program: Program) -> Solver | None:
        """The program solved by going on from the last solution, where few files were edited and it can be shown that the rest
        stands; else None."""
        try:
            digests, data = marshal.loads(self._store.get(self._whole) or b"")
            edited = [name for name, digest in self._digests.items() if digests[name] != digest]
        except (ValueError, EOFError, TypeError, KeyError):
            return None
        found = resume.load(data) if len(edited) <= MOST_EDITED else None
        if found is None:
            return None
        solver = resume.resume(program, found, {name: partial(self._edited, digests[name]) for name in edited})
        if solver is not None:
            self._earlier, self._edits = found, len(edited)
        return solver

    def _edited(self, digest: str) -> Edited | None:
        """A module as it was in the file of that digest."""
        packed = self._store.get(digest)
        runs = memory.load(self._store.get(self._key(digest)))
        try:
            return Edited(ir.unpack(packed), runs) if packed is not None else None
        except (ValueError, EOFError, TypeError, IndexError):
            return None

    def keep_solution(self, solver: Solver) -> None:
        """Remember what a solve has found; before anything else is asked of the solver."""
        if len(solver.summaries) <= MOST_UNITS and not (self._earlier is not None and self._edits < OFTEN):
            data = marshal.dumps((self._digests, resume.dump(resume.solution(solver, self._earlier))))
            self._store.put(self._whole, data)

    @cached_property
    def ways(self) -> dict[Unit, Known]:
        """What explaining has found in functions; what it finds now is added to it."""
        names = {digest: name for name, digest in self._digests.items()}
        try:
            plain = marshal.loads(self._store.get(self._key(f"ways {self._whole}")) or b"")
            return {(names[d], number): Known._make(of) for (d, number), of in plain.items() if d in names}
        except (ValueError, EOFError, TypeError, AttributeError):
            return {}

    def keep_ways(self) -> None:
        """Remember what explaining has found."""
        plain = {(self._digests[name], number): tuple(of) for (name, number), of in sorted(self.ways.items())}
        self._store.put(self._key(f"ways {self._whole}"), marshal.dumps(plain))

    def with_learned(self, learned: Mapping[str, dict[int, list[Run]]]) -> dict[Unit, list[Run]]:
        """What was remembered, and what has been worked out since."""
        new = {(name, number): of for name, runs in learned.items() for number, of in runs.items()}
        return {**self.remembered, **new}

    def keep(self, learned: Mapping[str, dict[int, list[Run]]]) -> None:
        """Remember the runs of modules in which anything was worked out anew."""
        for name, runs in learned.items():
            self._store.put(self._keys[name], memory.dump(runs))
