"""Where in a request a trace begins: the channel, and the key that the program reads.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast

from . import channels, keys, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .ranking import Case
    from .site import App, Route


def places(
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
    alone = app.fidelity == "isolated function"
    if alone and "request target" in case.note.lower() and app.framework == "tornado" and not route.params():
        add("target", keys.Way([], "whole"))  # whoever attached the view may attach it to every address
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
        if way.keys and not way.through:  # taken apart by the framework
            return [("json", way), ("form", way)]
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
