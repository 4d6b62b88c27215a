"""Solving ahead in workers: what they ran is used, and the report does not tell how many there were."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casemate.adapters.processes import ProcessExecutor
from casemate.knowledge.loader import load
from casemate.languages import ir
from casemate.languages.python.frontend import lower
from casemate.model.outcome import NotExamined, Reason
from casemate.pipeline import ahead
from casemate.ports import Failed
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


class Failing:
    """An executor whose workers all die."""

    def map(self, task: Any, items: Iterable[Any], *, label: Callable[[Any], str]) -> Iterator[Any]:
        for item in items:
            yield Failed(item, NotExamined(what=label(item), reason=Reason.CRASHED, detail="its worker died"))


def facts(solver: Solver) -> tuple[Any, ...]:
    return solver.summaries, solver.cells, solver.entries, solver.runs


def solved(executor: Any, workers: int) -> Solver:
    whole = program()
    solver = Solver(whole)
    solver.solve(elsewhere=ahead.ahead(whole, {}, executor, workers))
    return solver


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "LEAST", 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_facts_are_the_same_with_any_number_of_processes(workers: int) -> None:
    """Runs too, which the next scan reads."""
    alone = solved(Failing(), 0)
    assert facts(solved(ProcessExecutor(jobs=workers + 1), workers)) == facts(alone)


def test_a_worker_that_dies_costs_time_only() -> None:
    """What it should have solved is solved here."""
    assert facts(solved(Failing(), 1)) == facts(solved(Failing(), 0))


def test_workers_solve_the_last_modules() -> None:
    """All functions of these are among what they ran."""
    whole = program()
    elsewhere = ahead.ahead(whole, {}, ProcessExecutor(jobs=3), 2)
    assert elsewhere is not None
    last = {name for name in whole.modules if name >= elsewhere.first}
    assert last < set(whole.modules)
    assert {name for name, _ in elsewhere.runs()} == last


def test_what_is_remembered_is_not_solved_ahead() -> None:
    """A second scan starts no worker."""
    whole = program()
    first = Solver(whole)
    first.solve()
    assert ahead.parts(whole, first.runs, 2) == []


def test_a_small_program_is_solved_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process costs more than it saves."""
    monkeypatch.undo()
    assert ahead.ahead(program(), {}, Failing(), 3) is None


def test_a_very_large_program_is_solved_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to so much it is not."""
    whole = program()
    weight = sum(len(fn.blocks) for module in whole.modules.values() for fn in module.functions)
    monkeypatch.setattr(ahead, "MOST_WHOLE", weight)
    assert ahead.parts(whole, {}, 1)
    monkeypatch.setattr(ahead, "MOST_WHOLE", weight - 1)
    assert ahead.parts(whole, {}, 1) == []
