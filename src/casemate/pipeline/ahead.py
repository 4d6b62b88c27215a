"""Solving ahead: while this process solves a program from its first module on, workers solve the last ones, and what they ran is
taken over where its grounds stand, as from an earlier scan. So the report rests on nothing that a worker found by another way,
and is the same with any number of processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from casemate.languages import ir
from casemate.ports import Done, Executor
from casemate.taint import memory
from casemate.taint.memory import Run, Unit
from casemate.taint.program import Program
from casemate.taint.solver import Elsewhere, Solver

LEAST = 400_000  # bytes of packed code that pay for a process
LESS = 85  # per cent of an equal share: a worker also solves what its modules ask for of others
MOST_WHOLE = 60_000_000  # of a program: of a larger one a worker would hold as much again as this process
MOST = 8_000_000  # for one worker: what takes longer would run into the limit of a task


class Part(NamedTuple):
    """Modules, in order of name, that one worker solves; none: nothing to do, by which the others get under way."""

    names: tuple[str, ...]


def parts(program: Program, remembered: Mapping[Unit, list[Run]], workers: int) -> list[Part]:
    """What each of so many workers is to solve, the first modules being left to this process; nothing where there is little
    that is not remembered, or very much in all."""
    known = {module for module, _ in remembered}
    weights = [(name, 0 if name in known else _weight(program.modules[name])) for name in sorted(program.modules)]
    total = sum(weight for _, weight in weights)
    if not LEAST <= total <= MOST_WHOLE:
        return []
    share = min(total * LESS // (100 * (workers + 1)), MOST)
    out: list[Part] = []
    names: list[str] = []
    weight = 0
    for name, one in reversed(weights):
        names.append(name)
        weight += one
        if weight >= share:
            out.append(Part(tuple(reversed(names))))
            names, weight = [], 0
            if len(out) == workers:
                break
    return out


def _weight(module: ir.Module) -> int:
    return sum(len(fn.blocks) for fn in module.functions)


def ahead(program: Program, remembered: Mapping[Unit, list[Run]], executor: Executor, workers: int) -> Elsewhere | None:
    """Set so many workers to solving the last modules; None where that is not worth it."""
    wanted = parts(program, remembered, workers) if workers else []
    if not wanted:
        return None

    def solve(part: Part) -> bytes:
        if not part.names:
            return b""
        solver = Solver(program, remembered)
        mine = frozenset(part.names)
        solver.solve(of=mine)
        return memory.dump({unit: runs for unit, runs in solver.runs.items() if unit[0] in mine})

    # Workers are copies of this process, so the program need not be sent. Asking for the outcome of nothing starts them all.
    outcomes = executor.map(solve, [Part(()), *wanted], label=lambda part: f"solving ahead: {len(part.names)} modules")
    next(outcomes, None)

    def ran() -> dict[Unit, list[Run]]:
        out: dict[Unit, list[Run]] = {}
        for outcome in outcomes:
            if isinstance(outcome, Done):  # a worker that failed leaves its part to this process
                out.update(memory.load(outcome.result))
        return out

    return Elsewhere(wanted[-1].names[0], ran)
