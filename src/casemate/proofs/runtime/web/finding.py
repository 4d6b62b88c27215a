"""From a trace to the requests that carry its value: which route, which channel, which key.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast
import itertools
import os

from . import benign, channels, conditions, keys, reading, surroundings
from .frameworks import flask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .site import App, Route, Site

_MOST = 32  # variants of a case
_ROUTES = 12  # routes that are tried where none holds a step of the trace
_BODY = frozenset(["form", "json", "body", "file", "filename"])


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


def app_of(site: Site, variant: dict[str, Any]) -> App | None:
    """The application of a variant; one that is only made on demand is made."""
    name = variant.get("app")
    app = next((a for a in site.apps if a.name == name), None)
    if app is None and variant.get("attach"):
        flask.attach(site, site.path(variant["attach"]))
        app = next((a for a in site.apps if a.name == name), None)
    return app


def variants(site: Site, told: dict[str, Any]) -> list[dict[str, Any]]:
    """The ways of driving a case, likeliest first."""
    case = Case(site, told)
    wanted = channels.named(case.note)
    if not wanted:
        return []
    ranked = _ranked(site, case)
    if not ranked or ranked[0][0] == 0:
        for path in dict.fromkeys(path for path, _, _ in case.steps):
            flask.attach(site, path)
        ranked = _ranked(site, case)
    best = ranked[0][0] if ranked else 0
    chosen = [(app, route) for score, app, route in ranked if score == best or (best and score * 2 > best)][:_ROUTES]
    by_route = [_of_route(site, case, wanted, app, route) for app, route in chosen]
    if not best:  # nothing tells the routes apart: the likeliest of each comes first
        longest = max(map(len, by_route), default=0)
        return [found[at] for at in range(longest) for found in by_route if at < len(found)][:_MOST]
    return [variant for found in by_route for variant in found][:_MOST]


def _ranked(site: Site, case: Case) -> list[tuple[int, App, Route]]:
    """All routes by how many steps of the trace they hold, the source and the sink before others."""
    scores: dict[int, int] = {}
    index = site.index()
    for at, (path, line, _) in enumerate(case.steps):
        source = case.library.read(path)
        weight = 20 if at == 0 else 10 if at == len(case.steps) - 1 else 6
        held: dict[int, int] = {}
        for function in source.around(line) if source else ():
            for _, route, first in index.get((path, function.name), ()):
                if reading.first_line(function) <= first <= function.lineno:
                    within = (path, first, function.name) in route.within
                    held[id(route)] = max(held.get(id(route), 0), weight - 5 * within)
        for route_id, worth in held.items():
            scores[route_id] = scores.get(route_id, 0) + worth
    ranked = [(scores.get(id(route), 0), app, route) for app in site.apps for route in app.routes]
    if not scores:
        own = {id(route) for held in index.values() for _, route, _ in held}
        ranked = [(_mentions(site, case, route), app, route) for _, app, route in ranked if id(route) in own]
    return sorted(ranked, key=lambda item: (-item[0], 0 if scores else len(item[2].params())))


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


def _of_route(site: Site, case: Case, wanted: tuple[str, ...], app: App, route: Route) -> list[dict[str, Any]]:
    scope = _scope(site, case, app, route, case.functions)
    finder = keys.Finder(case.library, scope, case.steps)
    people = surroundings.people(scope)
    guarding = surroundings.login(scope) or ("user" if people else "")
    made: list[dict[str, Any]] = []
    for channel, way, wraps in _places(case, wanted, app, route, scope, finder):
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
    if app.fidelity != "entry point" and made:
        for variant in made:
            variant["attach"] = os.path.relpath(case.steps[0][0], site.target)
    return sorted(made, key=lambda v: v["login"] == "staff" and not guarding)


def _affixed(case: Case, way: keys.Way) -> list[dict[str, Any]]:
    """What the value must begin and end with, where the program asks for that."""
    source = case.library.read(case.steps[0][0])
    if source is None or way.node not in source.parents:
        return [{}]
    told = list(conditions.of(case.library, source, source.function_of(way.node) or source.tree, way.node, case.marks))
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
            if other_app is app and reading.first_line(function) <= first <= function.lineno and other not in ends:
                ends.append(other)
    if not ends or route in ends:
        return []
    made = []
    for other in ends[:2]:
        scope = _scope(site, case, app, other, [])
        finder = keys.Finder(case.library, scope, case.steps)
        method = _methods(other, "query", surroundings.method_wanted(scope, case.marks))[0]
        around = surroundings.parts(case.library, finder, scope, case.marks, method)
        guest = _guests(app, surroundings.login(scope), surroundings.people(scope))[0]
        made.append({**_variant(app, other, method, "", keys.Way([], "nothing"), around), **guest, "wrap": []})
    return made


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


def _places(
    case: Case, wanted: tuple[str, ...], app: App, route: Route, scope: list[tuple[Any, Any]], finder: keys.Finder
) -> list[tuple[str, keys.Way, list[str]]]:
    """Channel, way and what the program decodes by itself, likeliest first, each once."""
    found: list[tuple[str, keys.Way, list[str]]] = []

    def add(channel: str, way: keys.Way, wraps: list[str] | None = None) -> None:
        place = (channel, way, wraps or [])
        if not any(place[:2] == other[:2] for other in found):
            found.append(place)

    path, line, column = case.steps[0]
    source = case.library.read(path)
    parameter = channels.parameter(case.note)
    if parameter:
        told = finder.words_on_trace()
        for channel, names in sorted(
            app.declared(route, parameter), key=lambda place: not set(map(str, place[1])) & told
        ):
            add(channel, keys.Way(names))
        if "path" in wanted:
            for name in _path_parameter(case, route, parameter, finder):
                add("path", keys.Way([name]))
        if found:
            return found
    node = source.at(line, column) if source else None
    if source is not None and node is not None and not parameter:
        attribute = getattr(node, "attr", "")
        if attribute not in channels.READ_AS or {"file", "filename"} & set(wanted):
            for way in finder.below(source, getattr(node, "value", node)):
                for channel, names in (
                    app.declared(route, str(way.keys[0])) if way.carrier == "parameter" else [(wanted[0], way.keys)]
                ):
                    add(wanted[0] if {"file", "filename"} & set(wanted) else channel, keys.Way(names))
        for channel in _narrowed(wanted, attribute):
            for way in finder.ways(source, node, channel in ("json", "body")):
                wraps = keys.undone(source, way.node) if way.node in source.parents else []
                for place in _settled(case, channel, way, scope, route):
                    add(*place, wraps)
    for channel in wanted:
        if channel in ("query", "form", "json", "cookie", "header", "file", "filename") and not found:
            for text in finder.on_trace():
                add(channel, keys.Way([text]))
    for channel in wanted:
        channel, names = channels.variant_key(channel, [])
        if names:
            add(channel, keys.Way(names))
        elif channel == "path" and not found:
            for piece in route.params():
                add("path", keys.Way([piece[1]]))
    return found


def _narrowed(wanted: tuple[str, ...], attribute: str) -> list[str]:
    """The channels that the attribute reads, of those that the trace names; all of those when it tells nothing."""
    read = channels.READ_AS.get(attribute, ())
    both = [channel for channel in wanted if channel in read]
    return both or [channel for channel in wanted if not channel.startswith("header:")]


def _settled(
    case: Case, channel: str, way: keys.Way, scope: list[tuple[Any, Any]], route: Route
) -> list[tuple[str, keys.Way]]:
    """What the way means in that channel."""
    if channel == "body":
        if way.through:
            channel = "json" if {"loads", "load"} & set(way.through) else "form"
        return [(channel, way)]
    if channel == "header" and way.carrier == "value" and way.keys:
        name = str(way.keys[0])
        told = channels.of_environ(name) if name.isupper() and "_" in name else ("header", name)
        if told[0] == "header":
            return [("header", keys.Way([told[1].replace("_", "-")], "value", (), way.node))]
        return [(told[0], keys.Way([], "whole", (), way.node))] if told[0] else []
    if way.carrier != "whole" or channel == "json":
        return [(channel, way)]
    names = _spelled(case, scope)
    if channel == "query":
        return [(channel, keys.Way([name], "value", (), way.node)) for name in names] + [(channel, way)]
    if channel in ("file", "filename"):
        return [(channel, keys.Way([name])) for name in [*names, "file"]]
    if channel == "path":
        return [("path", keys.Way([piece[1]])) for piece in route.params()]
    return [(channel, keys.Way([name])) for name in names or ["field"]]


def _spelled(case: Case, scope: list[tuple[Any, Any]]) -> list[str]:
    """Names that are looked for by hand, as in `text.find("name=")`."""
    found: list[str] = []
    for source, function in scope:
        if not any(path == source.path for path, _ in case.marks):
            continue
        for node in ast.walk(function):
            if isinstance(node, (ast.BinOp, ast.expr)):
                text = case.library.constant(source, node) if not isinstance(node, ast.Name) else None
                name = text[:-1] if text and text.endswith("=") else ""
                if name and name.replace("-", "_").isidentifier() and name not in found:
                    found.append(name)
    return found


def _path_parameter(case: Case, route: Route, parameter: str, finder: keys.Finder) -> list[str]:
    """Which variable part of the path a parameter of the view is: by its name, by its place, or by the key that is read of it."""
    known = [piece[1] for piece in route.params()]
    if parameter in known:
        return [parameter]
    told = [name for name in finder.on_trace() if name in known]
    if told:
        return told
    _, function = case.functions[0] if case.functions else (None, None)
    if function is not None:
        given = [name for name in reading.parameters(function) if name not in ("self", "request", "req")]
        if parameter in given and given.index(parameter) < len(known):
            return [known[given.index(parameter)]]
    return known


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
