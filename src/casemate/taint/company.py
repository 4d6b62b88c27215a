"""Solvers of the same program in several processes: each runs functions in an order of its own, tells the others what it has run,
and takes over what they have run where its grounds stand (`memory`). The first goes forwards, as if it were alone; its
companions come from behind, so that they meet.
"""

from __future__ import annotations

from heapq import heappop
from typing import TYPE_CHECKING, NamedTuple, Protocol

from casemate.taint.memory import Run, Unit

if TYPE_CHECKING:
    from casemate.taint.solver import Solver

PIECES = 16  # of what is to be run again


class Place(NamedTuple):
    """Which of so many companions one is: 1 and so on."""

    number: int
    of: int


class Others(Protocol):
    """Who solves the same program meanwhile."""

    def tell(self, unit: Unit, run: Run) -> None:
        """A run of a function that was interpreted here."""

    def told(self, unit: Unit) -> list[Run]:
        """The runs of a function that were interpreted there."""

    def news(self) -> list[Unit]:
        """Functions of which runs have come since this was last asked."""


def begin(solver: Solver, others: Others, place: Place) -> None:
    """Run every function once, as a companion."""
    names = sorted(solver.program.modules)
    cut = len(names) * place.number // place.of
    solver.begin(others=others, names=[*names[:cut][::-1], *names[cut:][::-1]])


def finish(solver: Solver, others: Others, place: Place) -> None:
    """Run functions again until nothing changes that they rest on, as a companion: piece by piece from behind, and what others
    have run as soon as that is told. In a piece it goes forwards, since callees come before callers; what that changes for
    functions of other pieces waits."""
    solver.others = others
    while left := solver.waiting():
        size = 1 + len(left) // PIECES
        pieces = [left[n : n + size] for n in range(0, len(left), size)]
        cut = len(pieces) * place.number // place.of
        for piece in (*pieces[:cut][::-1], *pieces[cut:][::-1]):
            first, last = piece[0][0], piece[-1][0]
            solver.queue = piece
            while solver.queue:
                number, unit = heappop(solver.queue)
                if first <= number <= last:
                    solver.run_again((unit,))
                solver.run_again(others.news())
    solver.others = None
