"""Who unpacks what they have packed themselves: a store, a cache, a queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casemate.taint.frame import Unit
from casemate.taint.solver import Solver
from casemate.taint.summary import Deed, Site

ACT: Final = "packing"
"""The act of whoever writes objects in a form that rebuilds them."""


def packs(solver: Solver, site: Site) -> bool:
    """Whether what is called at a site belongs to a library with which the class of that place (or its module, beside any class)
    also writes objects: what comes back to it is, as likely as not, what it gave."""
    library = site[3].partition(".")[0]
    return any(act == ACT and place[3].partition(".")[0] == library for place, act in _beside(solver, site[:2]))


def _beside(solver: Solver, unit: Unit) -> Iterator[Deed]:
    """The acts of the methods of a function's class; of the functions of its module, where it is in none."""
    owner = solver.program.function(unit).owner
    for number, fn in enumerate(solver.program.modules[unit[0]].functions):
        summary = solver.summaries.get((unit[0], number))
        if fn.owner == owner and summary is not None:
            yield from summary.acts
