"""From a trace to the requests that carry its value.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import itertools
import os

from ..probe import first_line
from . import benign, channels, conditions, facts, keys, surroundings
from .finders import ATTACHERS
from .places import places
from .ranking import Case, ranked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .site import App, Route, Site

_MOST = 32  # variants of a case
_ROUTES = 12  # routes that are tried where none holds a step of the trace
_BODY = frozenset(["form", "json", "body", "file", "filename"])


def app_of(site: Site, variant: dict[str, Any]) -> App | None:
    """The application of a variant; one that is only made on demand is made."""
    name = variant.get("app")
    app = next((a for a in site.apps if a.name == name), None)
    if variant.get("attach"):
        _attach(site, site.path(variant["attach"]))
        app = next((a for a in site.apps if a.name == name), None)
    return app


def _attach(site: Site, path: str) -> None:
    """Attach what stands in a file and what no application has."""
    source = site.library.read(path)
    text = "\n".join(source.lines) if source else ""
    for word, attach in ATTACHERS:
        if word in text:
            try:
                attach(site, path)
            except Exception as error:
                site.problem(f"attaching {os.path.basename(path)}", error)


def _attached(case: Case, route: Route) -> str:
    """The file of the trace by which the route was attached."""
    files = {owner[0] for owner in route.owners}
    return next((path for path, _, _ in case.steps if path in files), case.steps[0][0])


def variants(site: Site, told: dict[str, Any]) -> list[dict[str, Any]]:
    """The ways of driving a case, likeliest first."""
    case = Case(site, told)
    wanted = channels.named(case.note)
    if not wanted:
        return [] if case.note else facts.of_fact(site, told, case, variants, _plain)
    order = ranked(site, case, loose=False)
    if not order or order[0][0] == 0:
        for path in dict.fromkeys(path for path, _, _ in case.steps):
            _attach(site, path)
        order = ranked(site, case)
    best = order[0][0] if order else 0
    chosen = [(app, route) for score, app, route in order if score == best or (best and score * 2 > best)][:_ROUTES]
    by_route = [_of_route(site, case, wanted, app, route) for app, route in chosen]
    if not best:  # nothing tells the routes apart: the likeliest of each comes first
        longest = max(map(len, by_route), default=0)
        return [found[at] for at in range(longest) for found in by_route if at < len(found)][:_MOST]
    return [variant for found in by_route for variant in found][:_MOST]


def _of_route(site: Site, case: Case, wanted: tuple[str, ...], app: App, route: Route) -> list[dict[str, Any]]:
    scope = _scope(site, case, app, route, case.functions)
    finder = keys.Finder(case.library, scope, case.steps)
    people = surroundings.people(scope)
    guarding = surroundings.login(scope) or ("user" if people else "")
    made: list[dict[str, Any]] = []
    for channel, way, wraps in places(case, wanted, app, route, scope, finder):
        for method in _methods(route, channel, surroundings.method_wanted(scope, case.marks)):
            around = surroundings.parts(case.library, finder, scope, case.marks, method)
            variant = _variant(app, route, method, channel, way, around)
            tweaks = itertools.product(
                [{"wrap": wraps}, {"wrap": []}] if wraps else [{"wrap": []}],
                _affixed(case, way),
                _guests(app, guarding, people),
                _beside(case, scope, way),
                _paths(app, case, scope),
            )
            for several in tweaks:
                made.append({**variant, **{key: value for tweak in several for key, value in tweak.items()}})
    then = _then(site, case, app, route)
    if then:
        made = [{**variant, "then": [follow]} for variant in made for follow in then]
    if "isolated function" in (app.fidelity, route.fidelity) and made:
        for variant in made:
            variant["fidelity"] = "isolated function"
            variant["attach"] = os.path.relpath(_attached(case, route), site.target)
    return sorted(made, key=lambda v: v["login"] == "staff" and not guarding)


def _affixed(case: Case, way: keys.Way) -> list[dict[str, Any]]:
    """What the value must begin and end with, where the program asks for that."""
    source = case.library.read(case.steps[0][0])
    told: list[conditions.Condition] = []
    if source is not None and way.node in source.parents:
        function = source.function_of(way.node) or source.tree
        told += conditions.of(case.library, source, function, way.node, case.marks)
    for other, function in case.functions:
        told += conditions.handed_over(case.library, other, function, case.marks)
    affixes = conditions.affixes(told)
    return [{"affixes": list(affixes)}, {}] if any(affixes) else [{}]


def _guests(app: App, guarding: str, people: list[str]) -> list[dict[str, Any]]:
    """Who asks."""
    if guarding:
        return [{"login": guarding, "people": people}]
    anybody: dict[str, Any] = {"login": "", "people": []}
    return [anybody, {"login": "staff", "people": []}] if app.framework == "django" else [anybody]


def _then(site: Site, case: Case, app: App, route: Route) -> list[dict[str, Any]]:
    """Requests that have to follow, where another view comes to the end of the trace: the value was kept in between."""
    path, line, _ = case.steps[-1]
    source = case.library.read(path)
    ends: list[Route] = []
    for function in source.around(line) if source else ():
        for other_app, other, first in site.index().get((path, function.name), ()):
            if other_app is app and first_line(function) <= first <= function.lineno and other not in ends:
                ends.append(other)
    if not ends or route in ends:
        return []
    return [_plain(site, case, app, other) for other in ends[:2]]


def _plain(site: Site, case: Case, app: App, route: Route) -> dict[str, Any]:
    """A request that carries nothing but what is plausible."""
    scope = _scope(site, case, app, route, [])
    finder = keys.Finder(case.library, scope, case.steps)
    method = _methods(route, "query", surroundings.method_wanted(scope, case.marks))[0]
    around = surroundings.parts(case.library, finder, scope, case.marks, method)
    guest = _guests(app, surroundings.login(scope), surroundings.people(scope))[0]
    return {**_variant(app, route, method, "", keys.Way([], "nothing"), around), **guest, "wrap": []}


def _scope(site: Site, case: Case, app: App, route: Route, before: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """The functions of the target that belong to a route, behind others."""
    scope = list(before)
    for owner in sorted(route.owners | app.around()):
        found = case.library.function(owner) if site.owns(owner[0]) else None
        if found is not None and not any(found[1] is other for _, other in scope):
            scope.append(found)
    return scope


def _paths(app: App, case: Case, scope: list[tuple[Any, Any]]) -> list[dict[str, Any]]:
    """Where the program itself looks at the path: those that it looks for."""
    if app.framework != "wsgi":
        return [{}]
    found = [text[1:] for text in keys.compared(scope, case.library) if text.startswith("/")]
    return [{"path": {"path": text}} for text in found[:6]] or [{}]


def _beside(case: Case, scope: list[tuple[Any, Any]], way: keys.Way) -> list[dict[str, Any]]:
    """Where the canary is a name: what its value may have to be."""
    if way.carrier != "key":
        return [{}]
    held = [item for item in scope if any(p == item[0].path for p, _ in case.marks)]
    texts = _texts_near(case, held)
    return [{"beside": text} for text in [*texts[:6], "ok"]]


def _texts_near(case: Case, scope: list[tuple[Any, Any]]) -> list[str]:
    source_step = case.steps[0]
    near = [item for item in scope if item[0].path == source_step[0]]
    return keys.compared(near or scope, case.library)


def _methods(route: Route, channel: str, asked: list[str]) -> list[str]:
    order = ["POST", "PUT", "PATCH", "DELETE", "GET"] if channel in _BODY else ["GET", "POST", "PUT", "PATCH", "DELETE"]
    there = [method for method in asked + order if method in route.methods or "*" in route.methods]
    chosen = list(dict.fromkeys(there)) or route.methods
    if channel in _BODY and len(chosen) > 1:
        chosen = [method for method in chosen if method != "GET"]
    return chosen[:2]


def _variant(
    app: App, route: Route, method: str, channel: str, way: keys.Way, around: dict[str, Any]
) -> dict[str, Any]:
    names = [str(key) if not isinstance(key, int) else key for key in way.keys]
    path = {
        piece[1]: benign.value(piece[1], piece[2])
        if not piece[3] or piece[2] in ("int", "uuid", "slug")
        else benign.matching(piece[3], piece[1])
        for piece in route.params()
    }
    made: dict[str, Any] = {
        "app": app.name, "framework": app.framework, "route": route.rule, "endpoint": route.endpoint, "method": method,
        "channel": channel, "keys": names or ([] if channel in ("json", "body", "query", "") else ["field"]),
        "carrier": way.carrier, "pieces": route.pieces, "path": path, **around,
    }  # fmt: skip
    for name, default in app.defaults(route).items():
        held = made.get(name)
        made[name] = {**default, **held} if isinstance(held, dict) and isinstance(default, dict) else held or default
    if names and way.carrier == "value":  # the same name elsewhere would hide the canary
        for other in ("query", "form"):
            if other != channel:
                made[other] = {key: text for key, text in made[other].items() if key != names[0]}
    if channel in ("form", "file", "filename", "body"):
        made["json"] = None
    if channel == "json":
        made["form"], made["file"] = {}, {}
    if channel not in ("file", "filename") and made["json"] is not None and made["form"]:
        made["json"] = None
    if method == "GET" and channel not in _BODY:
        made["form"], made["file"], made["json"] = {}, {}, None
    return made
