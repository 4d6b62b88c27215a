"""`ports.Executor` that runs its tasks here: for a few that were run before, where starting a process costs more than they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from casemate.ports import Done, Failed, Item, Result


class InProcess:
    """One after the other."""

    def map(
        self, task: Callable[[Item], Result], items: Iterable[Item], *, label: Callable[[Item], str]
    ) -> Iterator[Done[Item, Result] | Failed[Item]]:
        """Their results, in order."""
        for item in items:
            yield Done(item, task(item))
