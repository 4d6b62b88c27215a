"""The code that a flow passes: for each function on its way the lines that are its own.

A function's lines are all of it, decorators and nested functions included. Those of a module or a class are what stands
outside of its functions and classes.
"""

from __future__ import annotations

from typing import NamedTuple

from casemate.languages import ir
from casemate.taint import onward
from casemate.taint.explain import Hop
from casemate.taint.flows import Flow
from casemate.taint.frame import Unit
from casemate.taint.solver import Solver
from casemate.taint.summary import SinkHit

BODIES = frozenset({"function", "class", "module"})


class Region(NamedTuple):
    """Lines of a file, 1-based, both ends included. holes: spans inside that belong to others."""

    path: str
    first: int
    last: int
    holes: tuple[tuple[int, int], ...] = ()

    def meets(self, lines: frozenset[int]) -> bool:
        """Whether one of these lines is among its own."""
        return any(
            self.first <= line <= self.last and not any(low <= line <= high for low, high in self.holes)
            for line in lines
        )


class Regions:
    """Regions of a solved program."""

    def __init__(self, solver: Solver) -> None:
        self._solver = solver
        self._known: dict[Unit, Region] = {}

    def of(self, flow: Flow, hops: list[Hop]) -> tuple[Region, ...]:
        """Where a flow passes: the functions of its steps, and every callee on its way, however many there are."""
        units = {self._around(hop.module, hop.pos) for hop in hops}
        units |= {self._body(unit) for unit in (flow.unit, flow.site[:2], *((flow.stored[0],) if flow.stored else ()))}
        hit: SinkHit | None = flow.hit
        seen = set()
        while hit is not None and hit.callee is not None and hit not in seen:
            seen.add(hit)
            units.add(self._body(hit.callee))
            hit = next(iter(onward.following(self._solver, hit)), None)
        return tuple(sorted(self._region(unit) for unit in units))

    def around(self, unit: Unit) -> tuple[Region, ...]:
        """The body in which a fact stands that no flow leads to."""
        return (self._region(self._body(unit)),)

    def _around(self, module: str, pos: int) -> Unit:
        """The innermost body that an offset lies in."""
        functions = self._solver.program.modules[module].functions
        holding = [f for f in functions if f.kind in BODIES and _start(f) <= pos < f.end and f.number]
        return module, max(holding, key=lambda f: (_start(f), -f.end), default=functions[0]).number

    def _body(self, unit: Unit) -> Unit:
        """The unit, or for a lambda or the like the body that it stands in."""
        functions = self._solver.program.modules[unit[0]].functions
        number = unit[1]
        while number > 0 and functions[number].kind not in BODIES:
            number = functions[number].parent
        return unit[0], max(0, number)

    def _region(self, unit: Unit) -> Region:
        known = self._known.get(unit)
        if known is None:
            module = self._solver.program.modules[unit[0]]
            fn = module.functions[unit[1]]
            holes: tuple[tuple[int, int], ...] = ()
            if fn.kind != "function":
                inner = [f for f in module.functions if f.kind in ("function", "class") and f.parent == fn.number]
                holes = tuple((_line(module, _start(f)), _line(module, f.end - 1)) for f in inner)
            last = _line(module, fn.end - 1) if fn.number else len(module.line_starts)
            known = self._known[unit] = Region(
                module.path, 1 if not fn.number else _line(module, _start(fn)), last, holes
            )
        return known


def _start(function: ir.Function) -> int:
    """Where a function starts, with its decorators."""
    return min((function.pos, *(decorator.pos for decorator in function.decorators)))


def _line(module: ir.Module, pos: int) -> int:
    return max(1, module.line(pos))
