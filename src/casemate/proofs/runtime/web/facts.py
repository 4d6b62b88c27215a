"""For a finding without a trace, read off the code as it stands: requests that come to its line.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast
import os
import sys

from . import channels, ranking, reading, surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .ranking import Case
    from .site import Site

_ENOUGH = 32  # requests


def of_fact(
    site: Site, told: dict[str, Any], case: Case, variants: Callable[..., Any], plain: Callable[..., Any]
) -> list[dict[str, Any]]:
    """For a finding without a trace: each part of the request that the functions around it read, then a plain request."""
    found: list[dict[str, Any]] = []
    sink = {**told["steps"][-1], "role": "sink"}
    innermost = case.functions[:1]
    for source, function in innermost:
        places: list[tuple[Any, Any, Any]] = [(source, node, None) for node in surroundings.reads(function)]
        places += [
            (other, node, call)
            for call, other, held in _helpers(site, case, source, function)
            for node in surroundings.reads(held)
        ]
        for other, node, call in places:
            line, column = reading.place(other, node)
            word = channels.WORD_OF.get(channels.READ_AS[node.attr][0], "request")
            steps = [_step(site, other, line, column, f"{word} enters")]
            if call is not None:
                steps.append(_step(site, source, call.lineno, 1, ""))
            for variant in variants(site, {**told, "steps": [*steps, sink]})[:3]:
                if variant not in found:
                    found.append(variant)
    best = [(app, route) for score, app, route in ranking.ranked(site, case) if score][:3] if innermost else []
    for app, route in best:
        found.append(plain(site, case, app, route))
    return found[:_ENOUGH]


def _step(site: Site, source: reading.Source, line: int, column: int, note: str) -> dict[str, Any]:
    return {
        "path": os.path.relpath(source.path, site.target),
        "line": line,
        "column": column,
        "role": "flow",
        "note": note,
    }


def _helpers(
    site: Site, case: Case, source: reading.Source, function: Any
) -> list[tuple[ast.Call, reading.Source, Any]]:
    """Functions of files that this one imports, which the function calls with a constant text."""
    names = [
        name
        for node in ast.walk(source.tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        for name in (
            [alias.name] if isinstance(node, ast.Import) else [node.module or "", f"{node.module}.{alias.name}"]
        )
    ]
    files = [path for name in dict.fromkeys(names) for path in _file(site, name)]
    known = [case.library.read(path) for path in dict.fromkeys(files)]
    calls = [n for n in ast.walk(function) if isinstance(n, ast.Call) and any(map(reading.literal, n.args))]
    return [
        (call, other, held)
        for call in calls
        for other in known
        if other is not None
        for held in other.functions
        if held.name == (getattr(call.func, "attr", "") or getattr(call.func, "id", ""))
    ]


def _file(site: Site, name: str) -> list[str]:
    """The file of a module of the target; it may not be loaded before a view has run."""
    below = name.replace(".", os.sep)
    loaded = getattr(sys.modules.get(name), "__file__", None)
    places = [os.path.join(site.target, top, below + end) for top in ("", "src") for end in (".py", "/__init__.py")]
    found = [os.path.realpath(path) for path in [loaded, *places] if path and os.path.isfile(path)]
    return [path for path in found if site.owns(path)][:1]
