"""A solver that is asked about everything at once: first a run that only notes what is asked, then all of it, then the run."""

from __future__ import annotations

from casemate.evals.answers import Answer, Posed
from casemate.evals.asking import Ask


class Batch:
    """ask: about all that was noted."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._noted: dict[str, Posed] = {}
        self._answers: dict[str, Answer] | None = None

    def __call__(self, posed: Posed) -> Answer:
        """The answer; before `ask_all` it is only noted, and an empty one given."""
        if self._answers is None:
            if posed.name in self._noted:
                raise ValueError(f"two programs are called {posed.name!r}")
            self._noted[posed.name] = posed
            return Answer()
        return self._answers.get(posed.name) or Answer(silence="it was not asked")

    def ask_all(self) -> None:
        """Ask about everything that was noted."""
        self._answers = dict(self._ask(list(self._noted.values())))
