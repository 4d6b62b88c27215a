"""Solving in several processes: what others have run is used, and the report does not tell how many there were."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from casemate.adapters.inprocess import InProcess
from casemate.adapters.processes import ProcessExecutor
from casemate.knowledge.loader import load
from casemate.languages import ir
from casemate.languages.python.frontend import lower
from casemate.pipeline import beside
from casemate.taint import company, memory
from casemate.taint.program import Program
from casemate.taint.solver import Solver

BANK = Path(__file__).parents[2] / "examples" / "bank"


def program() -> Program:
    modules = []
    for path in sorted(BANK.rglob("*.py")):
        name = ".".join(path.relative_to(BANK).with_suffix("").parts)
        lowered = lower(path.read_bytes(), path=path.name, name=name, package=False)
        assert isinstance(lowered, ir.Module)
        modules.append(ir.unpack(ir.pack(lowered)))
    return Program(modules, load())


class Heard:
    """An exchange on which everything was said before; it keeps what is said to it."""

    def __init__(self, said: list[bytes]) -> None:
        self.sent: list[bytes] = []
        self._said = said

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def received(self) -> list[bytes]:
        said, self._said = self._said, []
        return said


class Before(InProcess):
    """An executor whose first companion has run every function, from behind, before anything else is done."""

    def __init__(self, change: Callable[[bytes], bytes] = lambda said: said) -> None:
        self.exchanges: list[Heard] = []
        apart = Heard([])
        post = beside.Post([apart])
        company.begin(Solver(program()), post, company.Place(1, 1))
        post.send()
        self._said = [change(data) for data in apart.sent]

    @contextmanager
    def beside(self, task: Callable[[Any], None]) -> Iterator[Heard]:
        self.exchanges.append(Heard(self._said))
        self._said = []
        yield self.exchanges[-1]


def facts(solver: Solver) -> tuple[Any, ...]:
    return solver.summaries, solver.cells, solver.entries, solver.runs, solver.order(), solver.learned()


def solved(executor: Any, companions: int) -> Solver:
    solver = Solver(program())
    beside.solve(solver, executor, companions, lambda done, total: None)
    return solver


def ran(exchange: Heard) -> int:
    """How many runs were told of: those that were interpreted here."""
    return sum(len(runs) for data in exchange.sent for runs in memory.load(data).values())


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "LEAST", 1)
    monkeypatch.setattr(beside, "FEW", 1)
    monkeypatch.setattr(beside, "BATCH", 3)
    monkeypatch.setattr(beside, "OFTEN", 1)


@pytest.mark.parametrize("companions", [1, 2, 3])
def test_facts_are_the_same_with_any_number_of_processes(companions: int) -> None:
    """Runs too, which the next scan reads, and what is to be kept of them."""
    alone = solved(InProcess(), 0)
    assert facts(solved(ProcessExecutor(jobs=1), companions)) == facts(alone)


@pytest.mark.parametrize("companions", [1, 2])
def test_what_others_have_run_is_taken_over(companions: int) -> None:
    """Of a companion that was quicker nearly everything, and the facts are the same."""
    alone = solved(InProcess(), 0)
    executor = Before()
    assert facts(solved(executor, companions)) == facts(alone)
    assert ran(executor.exchanges[0]) < len(alone.order()) // 3


@pytest.mark.parametrize("broken", [lambda said: said[:-1], lambda said: b"", lambda said: b"\xff" + said])
def test_what_is_no_run_counts_for_nothing(broken: Callable[[bytes], bytes]) -> None:
    """All of it is run here."""
    alone = solved(InProcess(), 0)
    executor = Before(broken)
    assert facts(solved(executor, 1)) == facts(alone)
    assert ran(executor.exchanges[0]) > len(alone.order()) - beside.BATCH  # what is left of a batch is not told


def test_what_one_companion_says_reaches_the_others() -> None:
    """They speak with this process only."""
    exchanges = [Heard([memory.dump({})]), Heard([]), Heard([])]
    beside.Post(exchanges).told(("m", 0))
    assert [len(exchange.sent) for exchange in exchanges] == [0, 1, 1]


def test_what_is_remembered_needs_no_companion() -> None:
    """A second scan starts none."""
    first = solved(InProcess(), 0)
    executor = Before()
    again = Solver(program(), first.runs)
    beside.solve(again, executor, 1, lambda done, total: None)
    assert facts(again)[:5] == facts(first)[:5]
    assert len(executor.exchanges) <= 1  # perhaps to run functions again, which is not known before


def test_a_small_program_is_solved_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process costs more than it saves."""
    monkeypatch.undo()
    executor = Before()
    solved(executor, 3)
    assert executor.exchanges == []


def test_a_companion_of_a_great_program_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it does not take the memory that the scan needs; what it has said until then is used."""
    alone = solved(InProcess(), 0)
    monkeypatch.setattr(beside, "MOST", 20)
    said = []
    with beside._company(Said(said), 1, lambda post, place: company.begin(Solver(program()), post, place)):
        pass
    assert 0 < sum(len(runs) for data in said for runs in memory.load(data).values()) <= 21
    assert facts(solved(ProcessExecutor(jobs=1), 1)) == facts(alone)


class Said(InProcess):
    """An executor that works on the task at once, here, and keeps what is said."""

    def __init__(self, said: list[bytes]) -> None:
        self._said = said

    @contextmanager
    def beside(self, task: Callable[[Any], None]) -> Iterator[Heard]:
        exchange = Heard([])
        task(exchange)
        self._said += exchange.sent
        yield exchange


@pytest.mark.parametrize("executor", [InProcess(), ProcessExecutor(jobs=2), ProcessExecutor(jobs=1)])
def test_work_is_done_apart(executor: Any) -> None:
    """Its result is what it would be here."""
    assert beside.apart(executor, 1, lambda: [("a", 1)])() == [("a", 1)]


def test_work_apart_that_fails_is_done_here() -> None:
    """A copy that dies costs time only."""
    here = os.getpid()

    def work() -> int:
        if os.getpid() != here:
            os._exit(1)
        return 7

    assert beside.apart(ProcessExecutor(jobs=2), 1, work)() == 7


def test_without_companions_nothing_is_done_apart() -> None:
    """The work is what gives its result."""
    work = object
    assert beside.apart(ProcessExecutor(jobs=2), 0, work) is work
