"""Solving in several processes: each is a whole solver of the same program, begins at another place, and tells the others what
it has run. What others have run is taken over where its grounds stand, as from an earlier scan. So the report rests on nothing
that was found by another way, and is the same with any number of processes.

This process goes from the first module to the last, one companion from the last to the first: so they do the same only where they
meet. A companion asks for functions of modules that the other one works on, and finds most of them done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import TypeVar

from casemate.model.companion import Exchange
from casemate.ports import Done, Executor
from casemate.taint import company, memory
from casemate.taint.company import Place
from casemate.taint.memory import Run, Unit
from casemate.taint.solver import Solver

Made = TypeVar("Made")
LEAST = 400_000  # bytes of packed code that pay for a process
MANY = 300  # files whose facts pay for one
FEW = 100  # functions to be run again that do
MOST = 30_000  # runs that a companion knows of: beyond, it would double the memory of a scan that needs most of it
OFTEN = 4  # questions, after which it is looked whether something has come
BATCH = 32  # runs that are told at once: a few hundredths of a second of work


class Enough(BaseException):
    """A companion knows of as many runs as it may. No fault, which the engine would take for one of a function."""


class Post:
    """Runs, by way of exchanges, to all who solve the same and from them: `company.Others`. most: so many, None for all."""

    def __init__(self, exchanges: Sequence[Exchange], most: int | None = None) -> None:
        self._exchanges = exchanges
        self._room = most
        self._going: dict[Unit, list[Run]] = {}
        self._count = self._asked = 0
        self._new: list[Unit] = []
        self._come: dict[Unit, list[Run]] = {}  # kept to the end: the solver knows questions by identity

    def tell(self, unit: Unit, run: Run) -> None:
        """Have it sent with others."""
        self._going.setdefault(unit, []).append(run)
        self._count += 1
        self._know(1)
        if self._count >= BATCH:
            self.send()

    def send(self) -> None:
        """Send what waits."""
        data = memory.dump(self._going)
        for exchange in self._exchanges:
            exchange.send(data)
        self._going, self._count = {}, 0

    def _know(self, more: int) -> None:
        if self._room is not None:
            self._room -= more
            if self._room < 0:
                raise Enough

    def _hear(self) -> None:
        for exchange in self._exchanges:
            for data in exchange.received():
                for other in self._exchanges:
                    if other is not exchange:
                        other.send(data)
                come = memory.load(data)
                self._know(len(come))
                for of, runs in come.items():
                    self._come.setdefault(of, []).extend(runs)
                    self._new.append(of)

    def told(self, unit: Unit) -> list[Run]:
        """What has come of it."""
        self._asked += 1
        if not self._asked % OFTEN:
            self._hear()
        return self._come.get(unit, [])

    def news(self) -> list[Unit]:
        """Of which functions something has come."""
        self._hear()
        new, self._new = self._new, []
        return new


def solve(solver: Solver, executor: Executor, companions: int, progress: Callable[[int, int], None]) -> None:
    """Compute all facts, with so many companions where that is worth it."""
    # A companion has a copy of the solver as it is when it comes.
    with _company(executor, companions if _left(solver) >= LEAST else 0, partial(company.begin, solver)) as others:
        solver.begin(progress, others=others)
    with _company(
        executor, companions if len(solver.waiting()) >= FEW else 0, partial(company.finish, solver)
    ) as others:
        solver.finish(others)


def apart(executor: Executor, companions: int, work: Callable[[], Made]) -> Callable[[], Made]:
    """Begin some work in a copy of this process, as it is now; what gives its result, made here where the copy fails."""
    if not companions:
        return work
    # The outcome of nothing is there at once, and then the other task is under way.
    outcomes = executor.map(lambda wanted: work() if wanted else None, (False, True), label=lambda _: "facts")
    next(outcomes, None)

    def result() -> Made:
        outcome = next(outcomes, None)
        made = outcome.result if isinstance(outcome, Done) else None
        return work() if made is None else made

    return result


@contextmanager
def _company(executor: Executor, companions: int, work: Callable[[Post, Place], None]) -> Iterator[Post | None]:
    """So many companions at work; None where nobody comes."""

    def task(place: Place, exchange: Exchange) -> None:
        post = Post([exchange], MOST)
        with suppress(Enough):
            work(post, place)
        post.send()

    with ExitStack() as held:
        come = [
            held.enter_context(executor.beside(partial(task, Place(number + 1, companions))))
            for number in range(companions)
        ]
        exchanges = [exchange for exchange in come if exchange is not None]
        yield Post(exchanges) if exchanges else None


def _left(solver: Solver) -> int:
    """About how much there is to run: bytes of code."""
    known = {module for module, _ in solver.remembered}
    modules = (module for name, module in solver.program.modules.items() if name not in known)
    return sum(len(fn.blocks) for module in modules for fn in module.functions)
