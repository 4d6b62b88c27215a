"""What earlier scans have worked out, kept per file: the runs of its functions and what they rested on."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

from casemate import __version__
from casemate.pipeline.lowering import Lowered
from casemate.ports import Store
from casemate.taint import memory
from casemate.taint.memory import Run, Unit


class Recall:
    """Runs remembered for the modules of a scan. Whatever does not fit any more is found out by the solver."""

    def __init__(self, store: Store, fingerprint: str, lowered: Mapping[str, Lowered]) -> None:
        self._store = store
        self._keys = {
            name: blake2b(
                f"{entry.digest}\0{fingerprint}\0{__version__}\0{memory.VERSION}".encode(), digest_size=20
            ).hexdigest()
            for name, entry in lowered.items()
        }
        self.remembered: dict[Unit, list[Run]] = {}
        for name, key in self._keys.items():
            for number, runs in memory.load(store.get(key)).items():
                self.remembered[name, number] = runs

    def with_learned(self, learned: Mapping[str, dict[int, list[Run]]]) -> dict[Unit, list[Run]]:
        """What was remembered, and what has been worked out since."""
        new = {(name, number): of for name, runs in learned.items() for number, of in runs.items()}
        return {**self.remembered, **new}

    def keep(self, learned: Mapping[str, dict[int, list[Run]]]) -> None:
        """Remember the runs of modules in which anything was worked out anew."""
        for name, runs in learned.items():
            self._store.put(self._keys[name], memory.dump(runs))
