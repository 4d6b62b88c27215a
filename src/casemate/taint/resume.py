"""Going on from an earlier solve: where an edit left every fact that others rest on as it was, nothing of the rest is run again.

A solve is a sequence of runs. An edit changes the runs of the functions that it touches; when each of these, run with its new
code, asks for the same facts in the same order and gives the same outcome, every other run of the sequence is what it was, and
so is the solution. What is shown here is this, and nothing weaker:

* the same modules, and in an edited one the same names, classes and functions, in their places; what is new stands behind
  them, under names that no run ever asked for;
* a function whose code is the same, its place apart, is not run: positions in facts count from the start of a function;
* a function whose code is another had run once, on facts that have not changed since. It is run on them again: it must read the
  same facts in the same order and give the others the same;
* a new function rests on nothing that would have had to be run for it, and tells nobody anything.

Whatever cannot be shown is no error: then the whole is replayed (`memory`).
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from casemate.languages import ir
from casemate.taint import memory
from casemate.taint.memory import Run, Unit
from casemate.taint.program import Program
from casemate.taint.solver import Solver
from casemate.taint.summary import Summary

NEW_NAMES = (ir.BOUND_FUNCTION, ir.BOUND_VALUE)


class Solution(NamedTuple):
    """A solved program in plain data. order: units, as they were first done. called: those whose summaries somebody asked for.
    questions: what was asked of the program, packed. given_up: functions whose facts kept changing. registered: as of
    `Solver.registrations`."""

    summaries: dict[Unit, Summary]
    cells: dict[Any, Any]
    entries: dict[Unit, tuple[int, ...]]
    order: list[Unit]
    called: frozenset[Unit]
    questions: bytes
    given_up: frozenset[Unit]
    registered: frozenset[tuple[Any, ...]]


class Edited(NamedTuple):
    """A module as it was, and the runs of its functions then."""

    module: ir.Module
    runs: Mapping[int, list[Run]]


def solution(solver: Solver, earlier: Solution | None = None) -> Solution:
    """What a solver has found, before anything else is asked of it. earlier: the one from which it went on."""
    return Solution(
        summaries=solver.summaries,
        cells=solver.cells,
        entries=solver.entries,
        order=solver.order(),
        called=solver.called(),
        questions=(earlier.questions if earlier is not None else b"") + marshal.dumps(solver.program.questions()),
        given_up=frozenset(solver.given_up),
        registered=frozenset(solver.registrations()),
    )


def dump(found: Solution) -> bytes:
    """A solution as bytes."""
    plain = {unit: memory.plain_summary(of) for unit, of in found.summaries.items()}
    return marshal.dumps((memory.VERSION, plain, *found[1:]))


def load(data: bytes) -> Solution | None:
    """The inverse of `dump`; None when the bytes are not such."""
    try:
        version, plain, *rest = marshal.loads(data)
        if version != memory.VERSION:
            return None
        return Solution({unit: memory.read_summary(of) for unit, of in plain.items()}, *rest)
    except (ValueError, EOFError, TypeError):
        return None


def resume(program: Program, found: Solution, edited: Mapping[str, Callable[[], Edited | None]]) -> Solver | None:
    """The solver of a program of which these modules were edited since the solution was found, solved; None where it cannot
    be shown that nothing else has changed."""
    changes = []
    for name in sorted(edited):
        was = edited[name]()
        change = _change(was, program.modules[name]) if was is not None else None
        if was is None or change is None or any(_asked(new, found.questions) for new in change.names):
            return None
        changes.append((name, was, change))
    solver = Solver(program)
    solver.summaries, solver.cells, solver.entries = dict(found.summaries), dict(found.cells), dict(found.entries)
    solver.given_up = set(found.given_up)
    solver.called_before, solver.registered_before = found.called, found.registered
    solver.settle(found.order, edited)
    order = list(found.order)
    for name, was, change in changes:
        runs = dict(was.runs)
        for number in change.other:
            ran = _again(solver, (name, number), was.runs[number], change.names, found.called)
            if ran is None:
                return None
            runs[number] = [ran]
        # All bodies come first, then module by module.
        last = max(n for n, unit in enumerate(order) if unit[0] <= name or not unit[1])
        done = set(order[: last + 1])
        for number in change.new:
            ran = _first(solver, (name, number), done)
            if ran is None:
                return None
            runs[number] = [ran]
        order[last + 1 : last + 1] = [(name, number) for number in change.new]
        for number, of in runs.items():
            solver.runs[name, number] = of
            solver.summaries[name, number] = of[-1].summary
            solver.entries[name, number] = of[-1].entries
        for key, plain in (pair for number in change.other for pair in runs[number][0].written):
            solver.cells[key] = found.cells.get(key, plain)
    solver.summaries = {unit: solver.summaries[unit] for unit in order}  # in the order of a solve from nothing
    solver.settle(order, edited)
    return solver


def _asked(name: str, questions: bytes) -> bool:
    """Whether a run may have asked what this name stands for: false is certain."""
    return name.encode("utf-8", "surrogatepass") in questions


class _Change(NamedTuple):
    """other: numbers of functions whose code is another. new: numbers of those that were not there. names: new ones."""

    other: list[int]
    new: list[int]
    names: list[str]


def _change(was: Edited, module: ir.Module) -> _Change | None:
    """What an edit has changed, None for more than is looked into here."""
    old = was.module
    before, now = dict(old.names), dict(module.names)
    names = [name for name in now if name not in before]
    if (
        old[:4] != module[:4]
        or old[5:7] != module[5:7]
        or old.losses
        or module.losses
        or [item for item in module.names if item[0] in before] != list(old.names)
        or any(now[name][0] not in NEW_NAMES for name in names)
        or [_plain_class(c) for c in old.classes] != [_plain_class(c) for c in module.classes]
        or len(module.functions) < len(old.functions)
        or was.runs.keys() != set(range(len(old.functions)))
    ):
        return None
    other = []
    for one, two in zip(old.functions, module.functions, strict=False):
        if _header(one) != _header(two):
            return None
        if repr(one.consts) != repr(two.consts) or not _same(one, two):  # 1 and True are equal, and not the same
            other.append(one.number)
    new = [fn.number for fn in module.functions[len(old.functions) :]]
    if any(
        fn.free or fn.kind not in ("function", "lambda") or fn.owner >= 0
        for fn in module.functions[len(old.functions) :]
    ):
        return None
    return _Change(other, new, names)


def _plain_class(klass: ir.Class) -> tuple[Any, ...]:
    return (*klass[:5], repr([d[:4] for d in klass.decorators]), *klass[6:10], klass.doc)


def _header(fn: ir.Function) -> tuple[Any, ...]:
    return (*fn[:6], repr(fn.params), repr([(*d[:4], d.pos - fn.pos) for d in fn.decorators]), *fn[8:12], fn.doc)


def _same(one: ir.Function, two: ir.Function) -> bool:
    """Whether two functions are the same code, perhaps in different places."""
    moved = two.pos - one.pos
    if one.end + moved != two.end:
        return False
    if not moved and one.blocks == two.blocks:
        return True
    old, new = ir.graph(one), ir.graph(two)
    return len(old) == len(new) and all(_same_block(a, b, moved) for a, b in zip(old, new, strict=True))


def _same_block(a: ir.Block, b: ir.Block, moved: int) -> bool:
    if a[2] != b[2] or len(a[0]) != len(b[0]) or not _same_at(a[1], b[1], moved if a[1][0] in ir.PLACED else 0):
        return False
    return all(_same_at(x, y, moved) for x, y in zip(a[0], b[0], strict=True))


def _same_at(x: tuple[Any, ...], y: tuple[Any, ...], moved: int) -> bool:
    """Whether two instructions are the same but for where they stand."""
    if not moved:
        return x == y
    return x[0] == y[0] and x[1] + moved == y[1] and x[2:] == y[2:]


def _again(solver: Solver, unit: Unit, had: list[Run], names: list[str], read: frozenset[Unit]) -> Run | None:
    """The run of a function with its new code, where it is for all others what its only run was."""
    if len(had) != 1 or any(first != last or solver.digest(key) != last for key, first, last in had[0].reads):
        return None
    ran = solver.try_out(unit)
    old = had[0]
    if [key for key, *_ in ran.reads] != [key for key, *_ in old.reads] or any(
        first != last for _, first, last in ran.reads
    ):
        return None
    if ran.registered != old.registered or ran.entries != old.entries or ran.summary.lost or old.summary.lost:
        return None
    if ran.summary != old.summary and unit in read:
        return None
    before, now = dict(old.written), dict(ran.written)
    if any(key not in now or repr(now[key]) != repr(before[key]) for key in before):
        return None
    added = [key for key in now if key not in before]
    if any(key in solver.cells or key[:2] != ("cell", unit[0]) or key[2] not in names for key in added):
        return None
    return ran


def _first(solver: Solver, unit: Unit, done: Collection[Unit]) -> Run | None:
    """The run of a new function, where it would have found done whatever it asks for and tells nobody anything. done: when
    its turn comes."""
    ran = solver.try_out(unit)
    if ran.written or ran.registered or ran.summary.lost:
        return None
    for key, first, now in ran.reads:
        on = key[1] if key[0] in ("sum", "ran") else (key[1], 0) if key[0] == "cell" else None
        if first != now or (on is not None and on not in done):
            return None
    return ran
