"""Which routes a trace leads through.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast

from ..probe import first_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .site import App, Route, Site


class Case:
    """A trace with its places resolved. steps: file, line, column of each."""

    def __init__(self, site: Site, case: dict[str, Any]) -> None:
        told = case.get("steps") or []
        self.steps = [(site.path(s["path"]), int(s["line"]), int(s.get("column") or 1)) for s in told]
        self.note = str(told[0].get("note") or "") if told else ""
        self.marks = {(path, line) for path, line, _ in self.steps}
        self.library = site.library
        self.functions = self._functions()

    def _functions(self) -> list[tuple[Any, Any]]:
        """The functions around the steps, innermost first, each once."""
        found: list[tuple[Any, Any]] = []
        for path, line, _ in self.steps:
            source = self.library.read(path)
            for function in source.around(line) if source else ():
                if not any(function is other for _, other in found):
                    found.append((source, function))
        return found


def ranked(site: Site, case: Case, loose: bool = True) -> list[tuple[int, App, Route]]:
    """All routes by how many steps of the trace they hold, the source and the sink before others. loose: where none holds
    one, by what their functions name."""
    scores: dict[int, int] = {}
    index = site.index()
    for at, (path, line, _) in enumerate(case.steps):
        source = case.library.read(path)
        weight = 20 if at == 0 else 10 if at == len(case.steps) - 1 else 6
        held: dict[int, int] = {}
        for function in source.around(line) if source else ():
            for _, route, first in index.get((path, function.name), ()):
                if first_line(function) <= first <= function.lineno:
                    within = (path, first, function.name) in route.within
                    held[id(route)] = max(held.get(id(route), 0), weight - 5 * within + (function.name in route.names))
        for route_id, worth in held.items():
            scores[route_id] = scores.get(route_id, 0) + worth
    found = [(scores.get(id(route), 0), app, route) for app in site.apps for route in app.routes]
    if not scores and loose:
        own = {id(route) for held in index.values() for _, route, _ in held}
        found = [(_mentions(site, case, route), app, route) for _, app, route in found if id(route) in own]
    return sorted(found, key=lambda item: (-item[0], 0 if scores else len(item[2].params())))


def _mentions(site: Site, case: Case, route: Route) -> int:
    """1 when a function of the route names a function or class of the trace."""
    names = {function.name for _, function in case.functions} - {"get", "post", "__init__", "main"}
    for source, function in case.functions:
        names |= {a.name for a in source.above(function) if isinstance(a, ast.ClassDef)}
    for owner in route.owners:
        if not site.owns(owner[0]):
            continue
        found = case.library.function(owner)
        for node in ast.walk(found[1]) if found else ():
            if (getattr(node, "attr", None) or getattr(node, "id", None)) in names:
                return 1
    return 0
